//! A finding as a row of a table, the same in CSV, XLSX and Parquet.
//!
//! Not for: writing those files. Invariant: as many cells as there are columns, in their order.

use std::fmt;

use jiff::Timestamp;

use super::{Amount, KeptFinding};

/// The columns, in order.
pub const EXPORTED: [&str; 19] = [
    "key",
    "check",
    "kind",
    "title",
    "probability",
    "at_risk",
    "currency",
    "state",
    "because",
    "recovered",
    "assignee",
    "suppressed",
    "rows",
    "evidence",
    "innocent_if",
    "first_seen",
    "first_run",
    "last_run",
    "gone_at",
];

/// One value. As text it is what a CSV has.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    /// From 0 to 1.
    Share(f64),
    Amount(Amount),
    Time(Timestamp),
}

impl KeptFinding {
    /// In the order of [`EXPORTED`].
    pub fn exported(&self) -> [Cell; EXPORTED.len()] {
        let Self { finding, standing, seen } = self;
        let text = |text: &str| Cell::Text(text.to_owned());
        let optional = |text: &Option<String>| text.clone().map_or(Cell::Empty, Cell::Text);
        let money = finding.at_risk.as_ref();
        let rows: Vec<_> =
            finding.rows.iter().map(|row| format!("{} {}", row.ledger, row.id)).collect();
        let evidence: Vec<_> =
            finding.evidence.iter().map(|of| format!("{} ({:+.1})", of.words, of.bits)).collect();
        [
            text(finding.key.as_str()),
            text(&finding.check),
            text(&finding.kind),
            text(&finding.title),
            Cell::Share(finding.probability),
            money.map_or(Cell::Empty, |money| Cell::Amount(money.amount)),
            money.map_or(Cell::Empty, |money| optional(&money.currency)),
            text(standing.state.as_str()),
            optional(&standing.because),
            standing.recovered.map_or(Cell::Empty, Cell::Amount),
            optional(&standing.assignee),
            finding.suppressed.as_ref().map_or(Cell::Empty, |why| text(&why.words)),
            Cell::Text(rows.join("; ")),
            Cell::Text(evidence.join("; ")),
            text(&finding.innocent_if),
            Cell::Time(seen.first_seen),
            Cell::Text(seen.first_run.to_string()),
            Cell::Text(seen.last_run.to_string()),
            seen.gone_at.map_or(Cell::Empty, Cell::Time),
        ]
    }
}

impl fmt::Display for Cell {
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
