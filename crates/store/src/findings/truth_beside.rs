//! Findings that were dismissed beside one that is true of the same invoices: their money was asked for
//! there, so they say nothing of how often their check is wrong.
//!
//! Not for: which of several takes the money (`counted`).

use std::collections::{HashMap, HashSet};

use domain::finding::VerdictTally;
use domain::{FileType, Finding, FindingKey, UnitName};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::counted::NAMED_AT_ONCE;
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, MILLIONTHS, all, placeholders_from, storable};

/// The condition of a `WHERE`, of what may have been dismissed beside another: its money counts there.
const MAY_HAVE: &str = "state = 'not_duplicate' AND counted IS NULL AND at_risk IS NOT NULL \
    AND suppressed IS NULL";

/// A row of a ledger of invoices.
pub(crate) type InvoiceRow = (FileType, String);

/// Dismissed beside one that is true, as far as it is counted by its sort.
pub(super) struct DismissedBeside {
    check: String,
    kind: String,
    pattern: Option<String>,
    by_evidence: Option<i64>,
    pub(super) finding: Finding,
}

/// The invoices that a finding speaks of.
pub(crate) fn invoice_rows(finding: &Finding) -> impl Iterator<Item = InvoiceRow> {
    let rows = finding.rows.iter().filter(|row| row.ledger.is_of_invoices());
    rows.map(|row| (row.ledger, storable(&row.id)))
}

impl CustomerStore {
    /// Those of some invoices that a finding speaks of which people decided to be true, and which names
    /// money.
    pub(crate) async fn confirmed_invoices(
        &self,
        unit: &UnitName,
        rows: impl IntoIterator<Item = InvoiceRow>,
    ) -> Result<HashSet<InvoiceRow>, Error> {
        let mut by_ledger: HashMap<FileType, HashSet<String>> = HashMap::new();
        for (ledger, id) in rows {
            by_ledger.entry(ledger).or_default().insert(id);
        }
        let mut confirmed = HashSet::new();
        for (ledger, ids) in by_ledger {
            let ids: Vec<String> = ids.into_iter().collect();
            for some in ids.chunks(NAMED_AT_ONCE) {
                let select = format!(
                    "SELECT DISTINCT finding_rows.id FROM finding_rows JOIN findings \
                     ON findings.customer = finding_rows.customer AND findings.unit = finding_rows.unit \
                     AND findings.key = finding_rows.key WHERE finding_rows.customer = $1 \
                     AND finding_rows.unit = $2 AND finding_rows.ledger = $3 AND finding_rows.id IN ({}) \
                     AND state = 'duplicate' AND at_risk IS NOT NULL AND suppressed IS NULL",
                    placeholders_from(4, some.len())
                );
                let query = sqlx::query(AssertSqlSafe(select)).persistent(false);
                let query = query.bind(self.customer.as_str()).bind(unit.as_str());
                let query = query.bind(ledger.as_str());
                let query = some.iter().fold(query, |query, id| query.bind(id.as_str()));
                let named = query.fetch_all(self.parts.db.reader()).await?;
                let id = |row: &AnyRow| Fields::new(row, "finding_rows", "id").text("id");
                confirmed.extend(all(&named, id)?.into_iter().map(|id| (ledger, id)));
            }
        }
        Ok(confirmed)
    }

    /// The number of other findings of a check and kind that were dismissed beside one that is true.
    pub(super) async fn dismissed_beside_of_kind(
        &self,
        unit: &UnitName,
        (check, kind): (&str, &str),
        but: &FindingKey,
    ) -> Result<u64, Error> {
        let found = self.dismissed_beside(unit).await?;
        let others = found.iter().filter(|one| one.finding.key != *but);
        let of_kind = others.filter(|one| one.check == check && one.kind == kind);
        Ok(of_kind.count() as u64)
    }

    pub(super) async fn dismissed_beside(
        &self,
        unit: &UnitName,
    ) -> Result<Vec<DismissedBeside>, Error> {
        let select = format!(
            "SELECT check_name, kind, pattern, by_evidence, body FROM findings WHERE customer = $1 \
             AND unit = $2 AND {MAY_HAVE}"
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        let mut found = all(&rows, dismissed)?;
        let rows = found.iter().flat_map(|one| invoice_rows(&one.finding));
        let confirmed = self.confirmed_invoices(unit, rows).await?;
        found.retain(|one| invoice_rows(&one.finding).any(|row| confirmed.contains(&row)));
        Ok(found)
    }
}

/// Takes what was dismissed beside one that is true out of the verdicts by sort.
pub(super) fn without_dismissed_beside(
    mut tallies: Vec<VerdictTally>,
    beside: &[DismissedBeside],
) -> Vec<VerdictTally> {
    for one in beside {
        let of_sort = tallies.iter_mut().find(|tally| {
            (&tally.check, &tally.kind, &tally.pattern) == (&one.check, &one.kind, &one.pattern)
        });
        // Somebody may have decided otherwise between the two looks.
        let Some(tally) = of_sort else { continue };
        tally.dismissed = tally.dismissed.saturating_sub(1);
        #[expect(clippy::cast_precision_loss, reason = "millionths of a few thousand")]
        let claimed = one.by_evidence.unwrap_or_default() as f64 / MILLIONTHS;
        tally.claimed = tally.claimed.map(|all| (all - claimed).max(0.0));
    }
    tallies.retain(|tally| tally.decided() > 0);
    tallies
}

fn dismissed(row: &AnyRow) -> Result<DismissedBeside, Error> {
    let fields = Fields::new(row, "findings", "check_name");
    Ok(DismissedBeside {
        check: fields.text("check_name")?,
        kind: fields.text("kind")?,
        pattern: fields.optional_text("pattern")?,
        by_evidence: fields.optional_number("by_evidence")?,
        finding: serde_json::from_str(&fields.text("body")?)
            .map_err(|_invalid| fields.corrupt())?,
    })
}
