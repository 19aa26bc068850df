//! Checks that administrators wrote for a unit, every version of each.
//!
//! Not for: running them.
//!
//! Invariant: a version is never changed; whatever is done to a check is one more, and in the audit log with
//! the digest of its definition.

use std::fmt;
use std::str::FromStr;

use domain::audit::digest;
use domain::{AuditEntry, OwnCheck, OwnCheckName, UnitName};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::error::Error;
use crate::rows::{Fields, all};
use crate::{CustomerStore, Decider};

/// Checks of a unit that are not removed: a run carries out as many.
pub const OWN_CHECKS_MAX: usize = 20;

/// Versions of a check: nobody changes one as often by hand.
const VERSIONS_MAX: i64 = 1_000;
/// Names of checks of a unit, those of removed ones too: every run reads the newest version of each.
const NAMES_MAX: usize = 200;

const COLUMNS: &str = "SELECT name, version, state, definition, made_by, made_at FROM own_checks \
     WHERE customer = $1 AND unit = $2";

/// The state of a check: carried out by runs, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnCheckState {
    On,
    Off,
    /// Kept, so that it can be had back.
    Removed,
}

/// One version of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptOwnCheck {
    pub check: OwnCheck,
    /// Counted from 1.
    pub version: i64,
    pub state: OwnCheckState,
    pub made_by: String,
    pub made_at: Timestamp,
}

/// A word that is no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a check is on, off or removed")]
pub struct InvalidOwnCheckState;

impl OwnCheckState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Removed => "removed",
        }
    }
}

impl fmt::Display for OwnCheckState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OwnCheckState {
    type Err = InvalidOwnCheckState;
    fn from_str(text: &str) -> Result<Self, InvalidOwnCheckState> {
        let all = [Self::On, Self::Off, Self::Removed];
        all.into_iter().find(|state| state.as_str() == text).ok_or(InvalidOwnCheckState)
    }
}

impl CustomerStore {
    /// The newest version of each check of a unit, removed ones among them, by their names.
    pub async fn own_checks(&self, unit: &UnitName) -> Result<Vec<KeptOwnCheck>, Error> {
        let sql = format!(
            "{COLUMNS} AND version = (SELECT MAX(version) FROM own_checks AS newer \
             WHERE newer.customer = own_checks.customer AND newer.unit = own_checks.unit \
             AND newer.name = own_checks.name) ORDER BY name"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, read)
    }

    /// Every version of one check, the newest first.
    pub async fn own_check_versions(
        &self,
        unit: &UnitName,
        name: &OwnCheckName,
    ) -> Result<Vec<KeptOwnCheck>, Error> {
        let sql = format!("{COLUMNS} AND name = $3 ORDER BY version DESC");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(name.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, read)
    }

    /// Keeps a check, as a new one or as the next version of one of that name. [`Error::Illegal`] when there
    /// are as many as a run carries out, [`Error::NotFound`] when there is no such unit.
    pub async fn keep_own_check(
        &self,
        unit: &UnitName,
        check: &OwnCheck,
        state: OwnCheckState,
        decider: &Decider<'_>,
    ) -> Result<i64, Error> {
        let mut transaction = self.begin_writing(unit).await?;
        let newest = self.newest(&mut transaction, unit, &check.name).await?;
        self.check_room(unit, newest.as_ref(), state).await?;
        let what = if newest.is_some() { "own_check.change" } else { "own_check.add" };
        let version = newest.map_or(1, |kept| kept.version + 1);
        self.add_version(&mut transaction, unit, (check, version, state), (what, decider)).await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// Switches a check on or off, or removes it. `seen` is the version that whoever decides had before them:
    /// [`Error::Conflict`] when there is a newer one, [`Error::Illegal`] when one that was removed has no
    /// room any more.
    pub async fn set_own_check_state(
        &self,
        unit: &UnitName,
        (name, seen): (&OwnCheckName, i64),
        state: OwnCheckState,
        decider: &Decider<'_>,
    ) -> Result<i64, Error> {
        let mut transaction = self.begin_writing(unit).await?;
        let kept = self.newest_as_seen(&mut transaction, unit, (name, seen)).await?;
        self.check_room(unit, Some(&kept), state).await?;
        let what = match state {
            OwnCheckState::On => "own_check.switch_on",
            OwnCheckState::Off => "own_check.switch_off",
            OwnCheckState::Removed => "own_check.remove",
        };
        let next = (&kept.check, seen + 1, state);
        self.add_version(&mut transaction, unit, next, (what, decider)).await?;
        transaction.commit().await?;
        Ok(seen + 1)
    }

    /// Makes a check as it was before its newest version. [`Error::Illegal`] when it has only one, or when
    /// there is no room for it any more.
    pub async fn undo_own_check(
        &self,
        unit: &UnitName,
        (name, seen): (&OwnCheckName, i64),
        decider: &Decider<'_>,
    ) -> Result<i64, Error> {
        let mut transaction = self.begin_writing(unit).await?;
        let newest = self.newest_as_seen(&mut transaction, unit, (name, seen)).await?;
        let before = self.version(&mut transaction, unit, (name, seen - 1)).await?;
        let Some(before) = before else {
            let why = "this is the first version; remove the check instead".to_owned();
            return Err(Error::Illegal { why });
        };
        self.check_room(unit, Some(&newest), before.state).await?;
        let next = (&before.check, seen + 1, before.state);
        self.add_version(&mut transaction, unit, next, ("own_check.undo", decider)).await?;
        transaction.commit().await?;
        Ok(seen + 1)
    }

    /// A transaction beside which nobody else changes the checks of the unit.
    async fn begin_writing(&self, unit: &UnitName) -> Result<Transaction<'static, Any>, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let name = format!("own checks of {}/{unit}", self.customer);
        self.parts.db.claim_name(&mut transaction, &name).await?;
        Ok(transaction)
    }

    /// [`Error::Illegal`] when a check comes to be there for which there is no room: a run carries out as
    /// many, and which of more would be left out nobody could tell.
    async fn check_room(
        &self,
        unit: &UnitName,
        before: Option<&KeptOwnCheck>,
        state: OwnCheckState,
    ) -> Result<(), Error> {
        let is_there = |state: OwnCheckState| state != OwnCheckState::Removed;
        if !is_there(state) || before.is_some_and(|kept| is_there(kept.state)) {
            return Ok(());
        }
        let kept = self.own_checks(unit).await?;
        let why = if kept.iter().filter(|kept| is_there(kept.state)).count() >= OWN_CHECKS_MAX {
            format!(
                "the unit has {OWN_CHECKS_MAX} checks of its own; remove one, or make one of two"
            )
        } else if before.is_none() && kept.len() >= NAMES_MAX {
            format!(
                "the unit has had {NAMES_MAX} checks of its own; change one that was removed instead"
            )
        } else {
            return Ok(());
        };
        Err(Error::Illegal { why })
    }

    /// The newest version, which is the one that was seen.
    async fn newest_as_seen(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        (name, seen): (&OwnCheckName, i64),
    ) -> Result<KeptOwnCheck, Error> {
        let newest = self.newest(transaction, unit, name).await?;
        let newest = newest.ok_or(Error::NotFound { what: "check of the unit's own" })?;
        if newest.version != seen {
            return Err(Error::Conflict { what: "check" });
        }
        Ok(newest)
    }

    async fn newest(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        name: &OwnCheckName,
    ) -> Result<Option<KeptOwnCheck>, Error> {
        let sql = format!("{COLUMNS} AND name = $3 ORDER BY version DESC LIMIT 1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(name.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
        row.as_ref().map(read).transpose()
    }

    async fn version(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        (name, version): (&OwnCheckName, i64),
    ) -> Result<Option<KeptOwnCheck>, Error> {
        let sql = format!("{COLUMNS} AND name = $3 AND version = $4");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(name.as_str())
            .bind(version)
            .fetch_optional(&mut **transaction)
            .await?;
        row.as_ref().map(read).transpose()
    }

    async fn add_version(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        (check, version, state): (&OwnCheck, i64, OwnCheckState),
        (what, decider): (&str, &Decider<'_>),
    ) -> Result<(), Error> {
        if version > VERSIONS_MAX {
            let why = format!(
                "the check has {VERSIONS_MAX} versions; add it under another name to go on with it"
            );
            return Err(Error::Illegal { why });
        }
        let definition = serde_json::to_string(check).map_err(Error::internal)?;
        sqlx::query(
            "INSERT INTO own_checks \
             (customer, unit, name, version, state, definition, made_by, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(check.name.as_str())
        .bind(version)
        .bind(state.as_str())
        .bind(&definition)
        .bind(decider.by)
        .bind(decider.at.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: what.to_owned(),
            about: format!("{unit}/{}", check.name),
            customer: Some(self.customer.clone()),
            details: json!({
                "version": version,
                "state": state.as_str(),
                "sha256": digest(&definition),
            }),
        };
        self.parts.db.audit(transaction, &entry).await
    }
}

fn read(row: &AnyRow) -> Result<KeptOwnCheck, Error> {
    let fields = Fields::new(row, "own_checks", "name");
    let check = serde_json::from_str(&fields.text("definition")?);
    Ok(KeptOwnCheck {
        check: check.map_err(|_invalid| fields.corrupt())?,
        version: fields.number("version")?,
        state: fields.parsed("state")?,
        made_by: fields.text("made_by")?,
        made_at: fields.time("made_at")?,
    })
}
