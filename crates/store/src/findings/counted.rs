//! Money that counts once: of findings that speak of the same invoices, one stands for it in totals, letters
//! and files.
//!
//! Not for: adding it up (`queue`, `overview`, `recovery`).
//!
//! Invariant: a finding counts when it speaks of a row of which none before it does. What people said is true
//! comes first, then what nobody has decided, then what they said is none; so it is counted anew with every
//! run and in the transaction of every decision.

use std::collections::{HashMap, HashSet};

use domain::finding::{FindingRow, FindingState, RecoveryStage, StoredFinding};
use domain::{CustomerName, FileType, Finding, FindingKey, UnitName};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{summary_columns, whole};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, placeholders_from, storable};

/// The ids or keys that one statement names.
pub(super) const NAMED_AT_ONCE: usize = 100;

/// Others about the same money that a page or a letter names.
const SAME_MONEY_MAX: i64 = 50;

/// The findings that take part: what is suppressed does not, nor what is gone and was not decided to be true.
const TAKES_PART: &str =
    "at_risk IS NOT NULL AND suppressed IS NULL AND (gone_at IS NULL OR state = 'duplicate')";
/// The findings that take part or would, were they decided otherwise.
pub(super) const MAY_TAKE_PART: &str = "at_risk IS NOT NULL AND suppressed IS NULL";

/// The order in which findings of one invoice take its money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    /// Decided to be true.
    Claimed,
    /// Decided to be true, and not asked for any more.
    Ended,
    Undecided,
    /// Decided to be none.
    Dismissed,
}

/// A finding that takes part, as it stands.
pub(super) struct Claimant {
    pub(super) finding: Finding,
    pub(super) precedence: Precedence,
    pub(super) counted: Option<i64>,
}

impl Precedence {
    fn of(state: FindingState, stage: Option<RecoveryStage>) -> Self {
        let is_ended = matches!(stage, Some(RecoveryStage::Settled | RecoveryStage::WrittenOff));
        match state {
            FindingState::Confirmed if is_ended => Self::Ended,
            FindingState::Confirmed => Self::Claimed,
            FindingState::Dismissed => Self::Dismissed,
            FindingState::Open | FindingState::NeedsInformation => Self::Undecided,
        }
    }

    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Error> {
        let stage = fields.optional_text("recovery_stage")?.map(|word| word.parse());
        let stage = stage.transpose().map_err(|_no_stage| fields.corrupt())?;
        Ok(Self::of(fields.parsed("state")?, stage))
    }

    /// Of what is true the money counts, of all else also how likely that is.
    fn weight(self, finding: &Finding, money: i64) -> i64 {
        if self <= Self::Ended { money } else { finding.gravity() }
    }
}

/// The money at risk of the findings that speak of an invoice of which none before them does, so that totals
/// count no invoice twice.
pub(super) fn counted_once<'f>(
    findings: impl IntoIterator<Item = (&'f Finding, Precedence)>,
) -> HashMap<&'f FindingKey, i64> {
    let findings = findings.into_iter().filter(|(finding, _)| finding.suppressed.is_none());
    let mut at_risk: Vec<(&'f Finding, Precedence, i64)> = findings
        .filter_map(|(finding, precedence)| {
            Some((finding, precedence, finding.at_risk.as_ref()?.amount.ten_thousandths()))
        })
        .collect();
    at_risk.sort_by_key(|(finding, precedence, money)| {
        let weight = precedence.weight(finding, *money);
        (*precedence, -finding.lane.rank(), -weight, finding.key.as_str())
    });
    let mut spoken_of: HashSet<(FileType, &str, &str)> = HashSet::new();
    let mut counted = HashMap::new();
    for (finding, _, money) in at_risk {
        let mut rows = counted_rows(finding).peekable();
        let mut is_first = rows.peek().is_none();
        for row in rows {
            is_first |= spoken_of.insert(row.identity());
        }
        if is_first {
            counted.insert(&finding.key, money);
        }
    }
    counted
}

/// The rows whose money a finding speaks of. The supplier beside invoices is no money of its own; where a
/// finding names no invoice, its other rows stand for it. A credit of a statement is in no row, and the row
/// of its supplier is not what is counted.
fn counted_rows(finding: &Finding) -> impl Iterator<Item = &FindingRow> {
    let names_invoices = finding.rows.iter().any(|row| row.ledger.is_of_invoices());
    let is_of_statement = finding.statement_credit.is_some();
    let is_counted = move |row: &&FindingRow| {
        !is_of_statement && (!names_invoices || row.ledger.is_of_invoices())
    };
    finding.rows.iter().filter(is_counted)
}

impl CustomerStore {
    /// The others whose money is that of a finding, as they speak of a row of it: those that count first.
    pub async fn findings_of_same_money(
        &self,
        unit: &UnitName,
        finding: &Finding,
    ) -> Result<Vec<StoredFinding>, Error> {
        let mut found: Vec<StoredFinding> = Vec::new();
        for ledger in FileType::ALL {
            let rows = counted_rows(finding).filter(|row| row.ledger == ledger);
            let mut ids: Vec<String> = rows.map(|row| storable(&row.id)).collect();
            ids.truncate(NAMED_AT_ONCE);
            if ids.is_empty() {
                continue;
            }
            let select = format!(
                "SELECT {}, body FROM findings WHERE customer = $1 AND unit = $2 AND key <> $3 \
                 AND {TAKES_PART} AND key IN (SELECT key FROM finding_rows WHERE customer = $1 \
                 AND unit = $2 AND ledger = $4 AND id IN ({})) \
                 ORDER BY COALESCE(counted, 0) DESC, key LIMIT $5",
                summary_columns!(),
                placeholders_from(6, ids.len())
            );
            let query = sqlx::query(AssertSqlSafe(select)).persistent(false);
            let query = query.bind(self.customer.as_str()).bind(unit.as_str());
            let query = query.bind(finding.key.as_str()).bind(ledger.as_str()).bind(SAME_MONEY_MAX);
            let query = ids.iter().fold(query, |query, id| query.bind(id.as_str()));
            let sharing = all(&query.fetch_all(self.parts.db.reader()).await?, whole)?;
            let rows: HashSet<(FileType, &str, &str)> =
                counted_rows(finding).map(FindingRow::identity).collect();
            found.extend(sharing.into_iter().filter(|other| {
                let is_shared =
                    |row: &FindingRow| row.ledger == ledger && rows.contains(&row.identity());
                counted_rows(&other.finding).any(is_shared)
            }));
        }
        let mut met = HashSet::new();
        found.retain(|other| met.insert(other.finding.key.clone()));
        Ok(found)
    }

    /// The findings that may count otherwise once these are decided: they, and those that share a row with
    /// one of them. A finding is known by its rows, so this holds whoever decides meanwhile.
    pub(crate) async fn sharing_rows(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        keys: &[FindingKey],
    ) -> Result<HashSet<FindingKey>, Error> {
        let decided = claimants(transaction, (&self.customer, unit), (keys, MAY_TAKE_PART)).await?;
        let sharing = self.counted_with(transaction, unit, &decided).await?;
        Ok(sharing.into_iter().map(|one| one.finding.key).collect())
    }

    /// Counts anew what findings that are locked, and those that share their rows, come to.
    pub(crate) async fn count_anew(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        keys: &[FindingKey],
    ) -> Result<(), Error> {
        let decided = claimants(transaction, (&self.customer, unit), (keys, MAY_TAKE_PART)).await?;
        let sharing = self.counted_with(transaction, unit, &decided).await?;
        let all = self.counted_with(transaction, unit, &sharing).await?;
        let counted = counted_once(all.iter().map(|one| (&one.finding, one.precedence)));
        for one in &sharing {
            let now = counted.get(&one.finding.key).copied();
            if now != one.counted {
                set_counted(transaction, (&self.customer, unit), (&one.finding.key, now)).await?;
            }
        }
        Ok(())
    }

    /// All that take part and share a counted row with one of these, they among them.
    async fn counted_with(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        findings: &[Claimant],
    ) -> Result<Vec<Claimant>, Error> {
        let rows: HashSet<(FileType, String)> = (findings.iter())
            .flat_map(|one| counted_rows(&one.finding))
            .map(|row| (row.ledger, storable(&row.id)))
            .collect();
        let mut keys: HashSet<FindingKey> =
            findings.iter().map(|one| one.finding.key.clone()).collect();
        for ledger in FileType::ALL {
            let ids: Vec<&str> =
                rows.iter().filter(|(of, _)| *of == ledger).map(|(_, id)| id.as_str()).collect();
            for some in ids.chunks(NAMED_AT_ONCE) {
                let select = format!(
                    "SELECT DISTINCT key FROM finding_rows WHERE customer = $1 AND unit = $2 \
                     AND ledger = $3 AND id IN ({})",
                    placeholders_from(4, some.len())
                );
                let query = sqlx::query(AssertSqlSafe(select)).persistent(false);
                let query = query.bind(self.customer.as_str()).bind(unit.as_str());
                let query = query.bind(ledger.as_str());
                let query = some.iter().fold(query, |query, id| query.bind(*id));
                let named = query.fetch_all(&mut **transaction).await?;
                let key = |row: &AnyRow| Fields::new(row, "finding_rows", "key").parsed("key");
                keys.extend(all(&named, key)?);
            }
        }
        let named: HashSet<&FindingKey> = findings.iter().map(|one| &one.finding.key).collect();
        let keys: Vec<FindingKey> = keys.into_iter().collect();
        let of_unit = (&self.customer, unit);
        let mut found = claimants(transaction, of_unit, (&keys, TAKES_PART)).await?;
        let is_shared = |row: &FindingRow| rows.contains(&(row.ledger, storable(&row.id)));
        found.retain(|one| {
            named.contains(&one.finding.key) || counted_rows(&one.finding).any(is_shared)
        });
        Ok(found)
    }
}

/// Those of these findings of which a condition holds.
pub(super) async fn claimants(
    transaction: &mut Transaction<'static, Any>,
    (customer, unit): (&CustomerName, &UnitName),
    (keys, condition): (&[FindingKey], &str),
) -> Result<Vec<Claimant>, Error> {
    let mut found = Vec::with_capacity(keys.len());
    for some in keys.chunks(NAMED_AT_ONCE) {
        let select = format!(
            "SELECT key, state, recovery_stage, counted, body FROM findings WHERE customer = $1 \
             AND unit = $2 AND key IN ({}) AND {condition}",
            placeholders_from(3, some.len())
        );
        let query = sqlx::query(AssertSqlSafe(select)).persistent(false);
        let query = query.bind(customer.as_str()).bind(unit.as_str());
        let query = some.iter().fold(query, |query, key| query.bind(key.as_str()));
        found.extend(all(&query.fetch_all(&mut **transaction).await?, claimant)?);
    }
    Ok(found)
}

/// Sets the money by which a finding counts in totals.
pub(super) async fn set_counted(
    transaction: &mut Transaction<'static, Any>,
    (customer, unit): (&CustomerName, &UnitName),
    (key, counted): (&FindingKey, Option<i64>),
) -> Result<(), Error> {
    sqlx::query("UPDATE findings SET counted = $4 WHERE customer = $1 AND unit = $2 AND key = $3")
        .bind(customer.as_str())
        .bind(unit.as_str())
        .bind(key.as_str())
        .bind(counted)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

fn claimant(row: &AnyRow) -> Result<Claimant, Error> {
    let fields = Fields::new(row, "findings", "key");
    Ok(Claimant {
        finding: serde_json::from_str(&fields.text("body")?)
            .map_err(|_invalid| fields.corrupt())?,
        precedence: Precedence::read(&fields)?,
        counted: fields.optional_number("counted")?,
    })
}
