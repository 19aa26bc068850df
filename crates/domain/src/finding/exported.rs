//! A finding as a row of a table, the same in CSV, XLSX and Parquet; and its invoices, for a workbook.
//!
//! Not for: writing those files. Invariant: as many cells as there are columns, in their order.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    Evidence, FindingEnd, FindingRow, HistoryEntry, HistoryWord, Receipts, StoredFinding,
    WeighedReason,
};
use crate::amount::Amount;
use crate::columns::{ColumnKind, transactions};
use crate::file_type::FileType;
use crate::text::each_once;

/// The columns, in order.
pub const EXPORTED: [&str; 39] = [
    "key",
    "lane",
    "check",
    "kind",
    "title",
    "supplier",
    "answer",
    "probability",
    "at_risk",
    "counted",
    "billed",
    "currency",
    "state",
    "because",
    "reason_code",
    "decided_by",
    "decided_on",
    "recovered",
    "recovery",
    "recovery_amount",
    "recovery_on",
    "asked_on",
    "reference",
    "received_on",
    "receipts",
    "due",
    "payment_due",
    "assignee",
    "suppressed",
    "rows",
    "for",
    "against",
    "evidence",
    "innocent_if",
    "next_step",
    "first_seen",
    "first_run",
    "last_run",
    "gone_at",
];

/// The field of an invoice that was added up: how many lines its amounts are the sums of.
const LINES: &str = "lines";

/// The columns of the invoices that findings speak of, in order: those of the ledger stand between what
/// finding it is, how it stands, of how many lines they are the sum and what came back.
pub const EXPORTED_INVOICES: [&str; 4 + transactions::EXPORTED.columns.len()] = {
    let ledger = transactions::EXPORTED.columns;
    let mut columns = ["finding"; 4 + transactions::EXPORTED.columns.len()];
    columns[1] = "state";
    let mut at = 0;
    while at < ledger.len() {
        columns[2 + at] = ledger[at];
        at += 1;
    }
    columns[2 + ledger.len()] = LINES;
    columns[3 + ledger.len()] = "recovered";
    columns
};

/// One value. As text it is what a CSV has.
#[derive(Debug, Clone, PartialEq)]
pub enum ExportedCell {
    Empty,
    Text(String),
    /// From 0 to 1.
    Share(f64),
    Amount(Amount),
    Time(Timestamp),
}

/// A finding on its way into a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedFinding {
    pub stored: StoredFinding,
    /// None where nobody has decided.
    pub verdict: Option<StandingVerdict>,
    pub receipts: Receipts,
}

/// The verdict that stands: by whom, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingVerdict {
    pub by: String,
    pub at: Timestamp,
}

impl StandingVerdict {
    /// The last of a history that was not taken back.
    pub fn of(history: &[HistoryEntry]) -> Option<Self> {
        let undone: BTreeSet<u64> = history.iter().filter_map(|entry| entry.undoes).collect();
        let is_verdict = |entry: &&HistoryEntry| {
            entry.what == HistoryWord::Verdict && !undone.contains(&entry.entry)
        };
        let last = history.iter().rev().find(is_verdict)?;
        Some(Self { by: last.by.clone(), at: last.at })
    }
}

impl ExportedFinding {
    /// The cells in the order of [`EXPORTED`].
    pub fn cells(&self) -> [ExportedCell; EXPORTED.len()] {
        self.stored.exported(self.verdict.as_ref(), &self.receipts)
    }
}

impl StoredFinding {
    /// The suppliers that the rows name, each once.
    pub fn suppliers(&self) -> String {
        let names = self.finding.rows.iter().filter_map(|row| row.fields.get("supplier_name"));
        each_once(names.map(String::as_str)).join("; ")
    }

    /// The money at risk that adds up to what the pages say: none where the finding names none, in a lane
    /// that is not about money, or once it is no longer found and nobody has decided it; nothing of it where
    /// another finding of the same invoices has it.
    pub fn counted_here(&self) -> Option<Amount> {
        let is_gone = self.end() == Some(FindingEnd::Gone);
        self.finding.at_risk.as_ref().filter(|_money| !is_gone)?;
        self.finding.lane.counted(Some(self.counted.unwrap_or_default()))
    }

    /// The cells in the order of [`EXPORTED`].
    pub fn exported(
        &self,
        verdict: Option<&StandingVerdict>,
        receipts: &Receipts,
    ) -> [ExportedCell; EXPORTED.len()] {
        let Self { finding, standing, seen, last_entry: _, counted: _ } = self;
        let text = |text: &str| ExportedCell::Text(text.to_owned());
        let optional =
            |text: &Option<String>| text.clone().map_or(ExportedCell::Empty, ExportedCell::Text);
        let day = |day: Date| ExportedCell::Text(day.to_string());
        let step = standing.recovery.as_ref();
        let money = finding.at_risk.as_ref();
        let billed = finding.billed.as_ref();
        let rows: Vec<_> = finding.rows.iter().map(written_row).collect();
        let weighed = |of: &Evidence| format!("{} ({:+.1})", of.with_rates(), of.bits);
        let evidence: Vec<_> = finding.evidence.iter().map(weighed).collect();
        let explained = self.explain();
        let reasons = |of: &[WeighedReason]| {
            let reasons: Vec<_> = of.iter().map(ToString::to_string).collect();
            ExportedCell::Text(reasons.join(" "))
        };
        [
            text(finding.key.as_str()),
            text(finding.lane.as_str()),
            text(&finding.check),
            text(&finding.kind),
            text(&finding.title),
            Some(self.suppliers())
                .filter(|names| !names.is_empty())
                .map_or(ExportedCell::Empty, ExportedCell::Text),
            text(&explained.answer),
            finding.probability.map_or(ExportedCell::Empty, ExportedCell::Share),
            money.map_or(ExportedCell::Empty, |money| ExportedCell::Amount(money.amount)),
            self.counted_here().map_or(ExportedCell::Empty, ExportedCell::Amount),
            billed.map_or(ExportedCell::Empty, |money| ExportedCell::Amount(money.amount)),
            money.or(billed).map_or(ExportedCell::Empty, |money| optional(&money.currency)),
            text(standing.state.as_str()),
            optional(&standing.because),
            standing.reason_code.as_ref().map_or(ExportedCell::Empty, |code| text(code.as_str())),
            verdict.map_or(ExportedCell::Empty, |verdict| text(&verdict.by)),
            verdict.map_or(ExportedCell::Empty, |verdict| ExportedCell::Time(verdict.at)),
            standing.recovered.map_or(ExportedCell::Empty, ExportedCell::Amount),
            self.recovery_stage().map_or(ExportedCell::Empty, |stage| text(stage.as_str())),
            step.and_then(|step| step.amount).map_or(ExportedCell::Empty, ExportedCell::Amount),
            step.map_or(ExportedCell::Empty, |step| day(step.on)),
            step.and_then(|step| step.asked_on).map_or(ExportedCell::Empty, day),
            step.map_or(ExportedCell::Empty, |step| optional(&step.reference)),
            receipts.last_on().map_or(ExportedCell::Empty, day),
            Some(receipts.references())
                .filter(|references| !references.is_empty())
                .map_or(ExportedCell::Empty, ExportedCell::Text),
            standing.due.map_or(ExportedCell::Empty, day),
            finding.payment_due().map_or(ExportedCell::Empty, day),
            optional(&standing.assignee),
            finding.suppressed.as_ref().map_or(ExportedCell::Empty, |why| text(&why.words)),
            ExportedCell::Text(rows.join("; ")),
            reasons(&explained.reasons_for),
            reasons(&explained.against),
            ExportedCell::Text(evidence.join("; ")),
            text(&finding.innocent_if),
            text(&explained.next_step),
            ExportedCell::Time(seen.first_seen),
            ExportedCell::Text(seen.first_run.to_string()),
            ExportedCell::Text(seen.last_run.to_string()),
            seen.gone_at.map_or(ExportedCell::Empty, ExportedCell::Time),
        ]
    }

    /// Its transactions, each in the order of [`EXPORTED_INVOICES`]; the earlier first. Nothing in them is
    /// personal.
    pub fn exported_invoices(
        &self,
    ) -> impl Iterator<Item = [ExportedCell; EXPORTED_INVOICES.len()]> {
        let rows = self.finding.rows.iter().filter(|row| row.ledger == FileType::Transactions);
        rows.map(|row| {
            EXPORTED_INVOICES.map(|column| match column {
                "finding" => ExportedCell::Text(self.finding.key.as_str().to_owned()),
                "state" => ExportedCell::Text(self.standing.state.as_str().to_owned()),
                "unique_id" => ExportedCell::Text(row.id.clone()),
                "recovered" => {
                    self.standing.recovered.map_or(ExportedCell::Empty, ExportedCell::Amount)
                }
                column => field(row.fields.get(column), column),
            })
        })
    }
}

/// `APT U1`, and `APT U1 (of 2 lines)` of an invoice that was added up.
fn written_row(row: &FindingRow) -> String {
    let of_lines = row.fields.get(LINES).map(|lines| format!(" (of {lines} lines)"));
    format!("{} {}{}", row.ledger, row.id, of_lines.unwrap_or_default())
}

/// An amount that is none stays the text it is.
fn field(value: Option<&String>, column: &str) -> ExportedCell {
    let Some(value) = value else { return ExportedCell::Empty };
    let kind = FileType::Transactions.column(column).map(|column| column.kind);
    let amount = (kind == Some(ColumnKind::Amount)).then(|| value.parse().ok()).flatten();
    amount.map_or_else(|| ExportedCell::Text(value.clone()), ExportedCell::Amount)
}

impl fmt::Display for ExportedCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Share(share) => write!(f, "{share:.4}"),
            Self::Amount(amount) => amount.fmt(f),
            Self::Time(time) => time.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_invoices_of_a_finding_are_rows_of_their_own() {
        let row = |ledger: &str, id: &str, fields: serde_json::Value| json!({ "ledger": ledger, "id": id, "fields": fields });
        let found: StoredFinding = serde_json::from_value(json!({
            "key": "fnd_00000000000000000000000000000000",
            "check": "duplicate_invoices",
            "kind": "exact",
            "title": "Invoice 7 was keyed twice",
            "probability": 0.9,
            "atRisk": null,
            "rows": [
                row("APT", "U1", json!({
                    "invoice_number": "=7", "base_amount": "4310.5", "base_amount_currency": "GBP",
                    "invoice_amount": "what", "lines": "2",
                })),
                row("Employees", "E1", json!({ "full_name": "Ann Smith" })),
                row("APT", "U2", json!({ "supplier_name": "ACME" })),
            ],
            "evidence": [],
            "innocentIf": "it is rent",
            "suppressed": null,
            "pattern": null,
            "state": "duplicate",
            "because": null,
            "recovered": "100",
            "assignee": null,
            "firstSeen": "2026-11-23T10:00:00Z",
            "firstRun": "run_01k00000000000000000000000",
            "lastRun": "run_01k00000000000000000000000",
            "goneAt": null,
        }))
        .unwrap();
        let text = |row: &[ExportedCell]| {
            row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
        };
        assert_eq!(written_row(&found.finding.rows[0]), "APT U1 (of 2 lines)");
        let rows: Vec<String> = found.exported_invoices().map(|row| text(&row)).collect();
        assert_eq!(
            rows,
            [
                "fnd_00000000000000000000000000000000|duplicate|||=7|||what||4310.50|GBP||U1|2|100.00",
                "fnd_00000000000000000000000000000000|duplicate||ACME|||||||||U2||100.00",
            ]
        );
    }
}
