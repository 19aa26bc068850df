//! Findings of a time as far as their outcomes go, read part by part.
//!
//! Not for: adding them up (`domain::finding`). Invariant: a part is bounded, and all parts are all findings
//! that a run has not suppressed, the gone among them: what was decided stays decided, and what was not is
//! told as gone.

use domain::UnitName;
use domain::finding::{DecidedFinding, FindingKey, FindingState};
use domain::{Amount, finding};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::findings::invoice_rows;
use crate::rows::{Fields, all};

/// The rows of one part: some megabytes of text.
const PART: i64 = 500;

impl CustomerStore {
    /// The next findings that were first seen from a moment on and before another, by their keys, behind
    /// `after`; empty behind the last.
    pub async fn decided_findings(
        &self,
        unit: &UnitName,
        (from, before): (Timestamp, Timestamp),
        after: Option<&FindingKey>,
    ) -> Result<Vec<DecidedFinding>, Error> {
        let rows = sqlx::query(
            "SELECT key, state, reason_code, first_seen, counted, recovered, gone_at, body FROM findings \
             WHERE customer = $1 AND unit = $2 AND first_seen >= $3 AND first_seen < $4 AND suppressed IS NULL \
             AND key > $5 ORDER BY key LIMIT $6",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(from.as_microsecond())
        .bind(before.as_microsecond())
        .bind(after.map(FindingKey::as_str).unwrap_or_default())
        .bind(PART)
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut found = all(&rows, decided_finding)?;
        let may_have = |one: &DecidedFinding| {
            one.state == FindingState::Dismissed
                && one.counted.is_none()
                && one.finding.at_risk.is_some()
        };
        let rows =
            found.iter().filter(|one| may_have(one)).flat_map(|one| invoice_rows(&one.finding));
        let confirmed = self.confirmed_invoices(unit, rows).await?;
        for one in found.iter_mut().filter(|one| may_have(one)) {
            one.has_truth_beside = invoice_rows(&one.finding).any(|row| confirmed.contains(&row));
        }
        Ok(found)
    }
}

fn decided_finding(row: &AnyRow) -> Result<DecidedFinding, Error> {
    let fields = Fields::new(row, "findings", "key");
    let found: finding::Finding =
        serde_json::from_str(&fields.text("body")?).map_err(|_invalid| fields.corrupt())?;
    let amount = |column: &'static str| {
        Ok::<_, Error>(fields.optional_number(column)?.map(Amount::from_ten_thousandths))
    };
    Ok(DecidedFinding {
        state: fields.parsed("state")?,
        reason_code: fields.optional_parsed("reason_code")?,
        first_seen: fields.time("first_seen")?,
        is_gone: fields.optional_time("gone_at")?.is_some(),
        counted: amount("counted")?,
        recovered: amount("recovered")?,
        has_truth_beside: false,
        finding: found,
    })
}
