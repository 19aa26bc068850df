//! Erasing a customer or a unit: its rows, its files, its ledgers, and what the audit log says of it.
//!
//! Not for: one received file (`erasure::uploads`), or files whose time is over (`retention`).
//!
//! Invariant: the rows go in one transaction with the entry that says so; then the files, and what a crash
//! leaves of those the sweep removes, as nothing leads to it. Of the audit log the text of the entries goes
//! and their hashes stay, and the entry about the erasure names them: the chain proves the rest as before. A
//! name is never given again, so that no token, cache or backup of before fits what comes after.

mod accounts;
mod audited;
mod person;
mod uploads;

use domain::{AuditEntry, CustomerName, UnitName};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use object_store::ObjectStore as _;
use object_store::path::Path;
use serde_json::json;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::SystemStore;
use crate::db::Database;
use crate::error::Error;
use crate::ledger_files;
use crate::objects::ObjectKey;
use crate::tables::{Owner, TABLES, Table};
use accounts::Leavers;

pub(crate) use audited::{EntryPlaces, erased_entry};
pub use person::PersonErasureReport;

/// Everything of a customer, or of one of its units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErasureScope {
    Customer(CustomerName),
    Unit(CustomerName, UnitName),
}

/// The counts of an erasure, done or only looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErasureReport {
    /// Rows by table, those without any left out.
    pub rows: Vec<(&'static str, u64)>,
    /// Received files that are kept.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Accounts of people who belong to nobody else.
    pub accounts: u64,
    /// Entries of the audit log whose text goes.
    pub audit_entries: u64,
    /// Files of ledgers; known once they are gone.
    pub ledger_files: u64,
}

impl ErasureScope {
    pub const fn customer(&self) -> &CustomerName {
        match self {
            Self::Customer(customer) | Self::Unit(customer, _) => customer,
        }
    }

    pub const fn unit(&self) -> Option<&UnitName> {
        match self {
            Self::Customer(_) => None,
            Self::Unit(_, unit) => Some(unit),
        }
    }

    const fn is_unit(&self) -> bool {
        matches!(self, Self::Unit(..))
    }

    /// The word by which the audit log names what was done.
    const fn verb(&self) -> &'static str {
        match self {
            Self::Customer(_) => "customer.erase",
            Self::Unit(..) => "unit.erase",
        }
    }

    /// The condition by which a row of a table is erased, of `$1` the customer and `$2` the unit; none where
    /// no row is. What belongs to people is looked at one by one.
    pub(crate) fn condition(&self, table: Table) -> Option<String> {
        let unit = |column: &str| match self {
            Self::Customer(_) => "customer = $1".to_owned(),
            Self::Unit(..) => format!("customer = $1 AND {column} = $2"),
        };
        let parent = |column: &str, parents: &str| {
            format!("{column} IN (SELECT id FROM {parents} WHERE {})", unit("unit"))
        };
        match table.owner {
            Owner::Customer(_) if self.is_unit() => None,
            Owner::Customer(column) => Some(format!("{column} = $1")),
            Owner::Units => Some("customer = $1".to_owned()),
            Owner::Unit(column) => Some(unit(column)),
            Owner::Upload => Some(parent("upload", "uploads")),
            Owner::Run => Some(parent("run", "runs")),
            Owner::Deployment | Owner::User(_) | Owner::Session | Owner::AuditLog => None,
        }
    }

    /// The names that a condition of a table speaks of, in their order.
    fn names(&self, table: Table) -> Vec<&str> {
        let customer = self.customer().as_str();
        let unit = self.unit().filter(|_| table.owner != Owner::Units);
        std::iter::once(customer).chain(unit.map(UnitName::as_str)).collect()
    }
}

impl SystemStore {
    /// The counts of what would go. [`Error::NotFound`] without the customer or unit, [`Error::Illegal`] for
    /// the only unit of a customer.
    pub async fn look_at_erasure(&self, scope: &ErasureScope) -> Result<ErasureReport, Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.parts.db.claim_scope(&mut transaction, scope).await?;
        self.parts.db.count_erasure(&mut transaction, scope).await
    }

    /// Erases everything of it. `by` is a user's address, or `operator` for a command.
    pub async fn erase(
        &self,
        scope: &ErasureScope,
        by: &str,
        now: Timestamp,
    ) -> Result<ErasureReport, Error> {
        let db = &self.parts.db;
        let mut transaction = db.begin().await?;
        db.claim_scope(&mut transaction, scope).await?;
        let mut report = db.count_erasure(&mut transaction, scope).await?;
        let leavers = Leavers::load(&mut transaction, scope).await?;
        let erased = audited::blank(&mut transaction, scope, &leavers).await?;
        for table in TABLES.iter().rev() {
            if let Some(condition) = scope.condition(*table) {
                let delete = format!("DELETE FROM {} WHERE {condition}", table.name);
                run(&mut transaction, delete, &scope.names(*table)).await?;
            }
            leavers.remove_from(&mut transaction, *table).await?;
        }
        let rows: serde_json::Map<_, _> =
            report.rows.iter().map(|(table, rows)| ((*table).to_owned(), json!(rows))).collect();
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: scope.verb().to_owned(),
            about: scope.unit().map_or(scope.customer().as_str(), UnitName::as_str).to_owned(),
            customer: scope.unit().map(|_| scope.customer().clone()),
            details: json!({
                "entries": erased.to_string(), "rows": rows, "files": report.files,
                "bytes": report.bytes, "accounts": report.accounts,
            }),
        };
        db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        self.parts.sums.forget(scope.customer(), scope.unit());
        let removed = self.remove_files(scope, &mut report).await;
        // Whatever became of the files: no second try would find the rows.
        db.scrub().await?;
        removed.map(|()| report)
    }

    async fn remove_files(
        &self,
        scope: &ErasureScope,
        report: &mut ErasureReport,
    ) -> Result<(), Error> {
        let objects = &self.parts.objects;
        let (customer, unit) = (scope.customer(), scope.unit());
        objects.remove_below(&ObjectKey::folder(customer, unit)).await?;
        let ledgers = ledger_files::folder(customer.as_str(), unit.map(UnitName::as_str));
        report.ledger_files = objects.remove_below(&ledgers).await?;
        Ok(())
    }

    /// Removes ledgers of customers and units that are not there, unless something of them changed after
    /// `before`: what an erasure that was cut off left, or a worker that was still at it.
    pub(crate) async fn remove_ownerless_ledgers(&self, before: Timestamp) -> Result<u64, Error> {
        let objects = &self.parts.objects;
        let mut removed = 0;
        for customer in objects.folders_in(ledger_files::ROOT).await? {
            let Ok(known) = customer.parse::<CustomerName>() else { continue };
            if !self.customer(&known).exists().await? {
                removed += self.remove_old_ledgers(&customer, None, before).await?;
                continue;
            }
            let units = self.customer(&known).units().await?;
            for unit in objects.folders_in(&ledger_files::folder(&customer, None)).await? {
                let is_lost = unit.parse().is_ok_and(|unit: UnitName| !units.contains(&unit));
                if is_lost {
                    removed += self.remove_old_ledgers(&customer, Some(&unit), before).await?;
                }
            }
        }
        Ok(removed)
    }

    /// Removes ledgers unless they are new: those that come with an import have no rows yet.
    async fn remove_old_ledgers(
        &self,
        customer: &str,
        unit: Option<&str>,
        before: Timestamp,
    ) -> Result<u64, Error> {
        let prefix = [Some(customer), unit].into_iter().flatten().collect::<Path>();
        let files = self.ledger_files()?;
        let mut listed = files.list(Some(&prefix));
        while let Some(file) = listed.try_next().await? {
            if file.last_modified.timestamp_micros() >= before.as_microsecond() {
                return Ok(0);
            }
        }
        self.parts.objects.remove_below(&ledger_files::folder(customer, unit)).await
    }
}

impl Database {
    /// Waits until nothing refers to the customer or unit that is not committed, and lets nothing more.
    async fn claim_scope(
        &self,
        transaction: &mut Transaction<'static, Any>,
        scope: &ErasureScope,
    ) -> Result<(), Error> {
        let (table, what) = match scope {
            ErasureScope::Customer(_) => ("customers WHERE name = $1", "customer"),
            ErasureScope::Unit(..) => ("units WHERE customer = $1 AND name = $2", "unit"),
        };
        let select = format!("SELECT name FROM {table} {}", self.locked());
        let names = [Some(scope.customer().as_str()), scope.unit().map(UnitName::as_str)];
        let mut query = sqlx::query(AssertSqlSafe(select));
        for name in names.into_iter().flatten() {
            query = query.bind(name);
        }
        if query.fetch_optional(&mut **transaction).await?.is_none() {
            return Err(Error::NotFound { what });
        }
        if scope.is_unit() {
            let units: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM units WHERE customer = $1")
                .bind(scope.customer().as_str())
                .fetch_one(&mut **transaction)
                .await?;
            if units < 2 {
                let why = "it is the only unit of its customer; remove the customer";
                return Err(Error::Illegal { why: why.to_owned() });
            }
        }
        Ok(())
    }

    async fn count_erasure(
        &self,
        transaction: &mut Transaction<'static, Any>,
        scope: &ErasureScope,
    ) -> Result<ErasureReport, Error> {
        let mut report = ErasureReport::default();
        for &table in TABLES {
            let Some(condition) = scope.condition(table) else { continue };
            let select = format!("SELECT COUNT(*) FROM {} WHERE {condition}", table.name);
            let rows = count(transaction, select, &scope.names(table)).await?;
            report.rows.extend((rows > 0).then_some((table.name, rows)));
        }
        let of_files = match scope {
            ErasureScope::Customer(_) => "customer = $1",
            ErasureScope::Unit(..) => "customer = $1 AND unit = $2",
        };
        let names: Vec<&str> = std::iter::once(scope.customer().as_str())
            .chain(scope.unit().map(UnitName::as_str))
            .collect();
        for (counted, sum) in [
            (&mut report.files, "COUNT(*)"),
            (&mut report.bytes, "CAST(COALESCE(SUM(bytes), 0) AS BIGINT)"),
        ] {
            let select =
                format!("SELECT {sum} FROM uploads WHERE removed_at IS NULL AND {of_files}");
            *counted = count(transaction, select, &names).await?;
        }
        let leavers = Leavers::load(transaction, scope).await?;
        report.accounts = leavers.len();
        report.audit_entries = audited::count(transaction, scope, &leavers).await?;
        Ok(report)
    }
}

async fn count(
    transaction: &mut Transaction<'static, Any>,
    select: String,
    names: &[&str],
) -> Result<u64, Error> {
    let mut query = sqlx::query_scalar(AssertSqlSafe(select));
    for name in names {
        query = query.bind((*name).to_owned());
    }
    let rows: i64 = query.fetch_one(&mut **transaction).await?;
    u64::try_from(rows).map_err(Error::internal)
}

async fn run(
    transaction: &mut Transaction<'static, Any>,
    statement: String,
    names: &[&str],
) -> Result<(), Error> {
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for name in names {
        query = query.bind((*name).to_owned());
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}
