//! Why a finding is found no more, as far as the ledger and the last run tell.
//!
//! Not for: what people decided, which stays. Invariant: nothing is claimed that was not looked up; where a
//! ledger cannot be read the page says so and stays.

use domain::columns::transactions::IN_FINDINGS;
use domain::finding::{CheckEnd, Finding, FindingRow};
use domain::ledger_view::LedgerRow;
use domain::page::PageSize;
use domain::{Amount, RunState, causes};

use super::ledger_row::row_now;
use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::{field_labels, format};

/// The rows of a finding that are looked at: of one about hundreds, the first tell as much.
const ROWS_COMPARED_MAX: usize = 12;
/// Findings that name a row and among which the one that took its place is looked for.
const OTHERS_LOOKED_AT: PageSize = PageSize::fixed(20);
/// Runs among which there is nearly always one that is done.
const RUNS_LOOKED_AT: PageSize = PageSize::fixed(20);
/// Of an invoice that was added up of several rows: its amounts are no row's.
const LINES: &str = "lines";

/// Why it is found no more.
pub(super) struct GoneReason {
    pub(super) words: String,
    /// The finding that took its place: its page and its title.
    pub(super) other: Option<(String, String)>,
}

impl GoneReason {
    const fn new(words: String) -> Self {
        Self { words, other: None }
    }
}

pub(super) async fn gone_reason(
    app: &App,
    member: &Member,
    finding: &Finding,
) -> Result<GoneReason, PageError> {
    if let Some(words) = not_looked_for(member, finding).await? {
        return Ok(GoneReason::new(words));
    }
    if finding.statement_credit.is_some() {
        let words = "The ledger has the credit now, or the supplier's statements have it no more.";
        return Ok(GoneReason::new(words.to_owned()));
    }
    if let Some(reason) = grown(member, finding).await? {
        return Ok(reason);
    }
    let rows = finding.rows.iter().filter(|row| row.ledger.is_of_invoices());
    for row in rows.take(ROWS_COMPARED_MAX) {
        let words = match row_now(app, member, row).await {
            Ok(now) => changed(row, now.as_ref()),
            Err(error) => {
                tracing::warn!(error = %causes::one_line(&error), "no ledger to say why a finding is gone");
                Some(
                    "The ledger cannot be read at the moment, so the reason is not known."
                        .to_owned(),
                )
            }
        };
        if let Some(words) = words {
            return Ok(GoneReason::new(words));
        }
    }
    Ok(GoneReason::new(
        "Its rows are as they were. What came since changed what is usual for the supplier or for all of \
         them, and with that it is no longer likely enough to be shown."
            .to_owned(),
    ))
}

/// The check that found it is turned off, or did not run.
async fn not_looked_for(member: &Member, finding: &Finding) -> Result<Option<String>, PageError> {
    let (store, unit) = (&member.store, &member.unit);
    if !store.check_settings(unit).await?.is_on(&finding.check) {
        return Ok(Some("The check that found it is turned off.".to_owned()));
    }
    let runs = store.runs(unit, RUNS_LOOKED_AT, None).await?.items;
    let done = runs.iter().find(|run| matches!(run.state, RunState::Done { .. }));
    let Some(run) = done else { return Ok(None) };
    let reports = store.run_reports(unit, run.run_id).await?;
    let report = reports.into_iter().find(|report| report.check == finding.check);
    Ok(report.and_then(|report| match report.end {
        CheckEnd::NotRun { why } => {
            Some(format!("The check that found it did not run last time: {why}."))
        }
        CheckEnd::Ran => None,
    }))
}

/// Another finding of the same check speaks of its rows now, as one about a supplier does that has grown.
async fn grown(member: &Member, finding: &Finding) -> Result<Option<GoneReason>, PageError> {
    let Some(row) = finding.rows.first() else { return Ok(None) };
    let naming = member.store.findings_naming(&member.unit, row.ledger, &row.id, OTHERS_LOOKED_AT);
    let other = naming.await?.into_iter().find(|other| {
        other.check == finding.check && other.key != finding.key && other.seen.gone_at.is_none()
    });
    Ok(other.map(|other| GoneReason {
        words: "Other rows belong to it now, so another finding took its place:".to_owned(),
        other: Some((member.path(&format!("findings/{}", other.key)), format::prose(&other.title))),
    }))
}

fn changed(row: &FindingRow, now: Option<&LedgerRow>) -> Option<String> {
    let Some(now) = now else {
        return Some(format!("Transaction {} is no longer in the ledger.", row.id));
    };
    if row.fields.contains_key(LINES) {
        return None;
    }
    let differs = |column: &&&str| {
        let (was, is) = (row.fields.get(**column), now.fields.get(**column));
        !alike(was.map_or("", String::as_str), is.map_or("", String::as_str))
    };
    let labels: Vec<_> =
        IN_FINDINGS.columns.iter().filter(differs).map(|c| field_labels::label(c)).collect();
    let words = || format!("Transaction {} was changed since: {}.", row.id, labels.join(", "));
    (!labels.is_empty()).then(words)
}

/// Returns `true` for one text twice, or one amount in another spelling.
fn alike(one: &str, other: &str) -> bool {
    let amount = |text: &str| text.parse::<Amount>().ok();
    one == other || (amount(one).is_some() && amount(one) == amount(other))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::FileType;

    use super::*;

    #[test]
    fn a_row_that_changed_says_where() {
        let fields = |amount: &str, paid: &str| {
            BTreeMap::from([
                ("base_amount".to_owned(), amount.to_owned()),
                ("paid_date".to_owned(), paid.to_owned()),
            ])
        };
        let row = |fields| FindingRow {
            ledger: FileType::Transactions,
            id: "U1".to_owned(),
            fields,
            withheld: Vec::new(),
        };
        let now = |fields| LedgerRow { id: "U1".to_owned(), is_active: None, fields };
        let was = row(fields("10.00", "2026-03-01"));
        for (is, words) in [
            (Some(now(fields("10.0000", "2026-03-01"))), None),
            (
                Some(now(fields("9", "2026-03-02"))),
                Some("Transaction U1 was changed since: Base amount, Paid."),
            ),
            (None, Some("Transaction U1 is no longer in the ledger.")),
        ] {
            assert_eq!(changed(&was, is.as_ref()).as_deref(), words);
        }
        let mut added_up = fields("20.00", "2026-03-01");
        added_up.insert(LINES.to_owned(), "2".to_owned());
        assert_eq!(changed(&row(added_up), Some(&now(fields("10", "2026-03-01")))), None);
    }
}
