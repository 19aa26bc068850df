//! The reasons of a report: each code with its words, its verdict, its findings and their money.
//!
//! Not for: adding them up (`domain::finding`).

use domain::Money;
use domain::finding::{Outcomes, ReasonCatalogue, ReasonOutcome};

use super::{number_column, text_column};
use crate::http::pages::format;
use crate::pdf::Table;

/// A reason, as the page and the PDF write it.
pub(super) struct ReasonRow {
    pub(super) code: String,
    /// Its words and its verdict; empty where nobody knows the code any more.
    pub(super) words: String,
    pub(super) verdict: &'static str,
    pub(super) findings: String,
    pub(super) money: String,
}

pub(super) fn reason_rows(outcomes: &Outcomes, catalogue: &ReasonCatalogue) -> Vec<ReasonRow> {
    let row = |outcome: &ReasonOutcome| {
        let known = catalogue.get(&outcome.code);
        let (amount, currency) = (outcome.money, outcome.currency.clone());
        let names_none = currency.is_none() && amount.ten_thousandths() == 0;
        ReasonRow {
            code: outcome.code.to_string(),
            words: known.map(|reason| reason.words.clone()).unwrap_or_default(),
            verdict: known.map_or("", |reason| reason.state.title()),
            findings: format::count(outcome.findings),
            money: if names_none {
                String::new()
            } else {
                format::money(&Money { amount, currency })
            },
        }
    };
    outcomes.reasons.iter().map(row).collect()
}

/// The reasons as a table of the PDF.
pub(super) fn reason_table(rows: Vec<ReasonRow>) -> Table {
    let cells =
        |row: ReasonRow| vec![row.code, row.words, row.verdict.to_owned(), row.findings, row.money];
    Table {
        columns: vec![
            text_column("Code", 16),
            text_column("Reason", 36),
            text_column("Verdict", 18),
            number_column("Findings", 10),
            number_column("Money", 18),
        ],
        rows: rows.into_iter().map(cells).collect(),
    }
}
