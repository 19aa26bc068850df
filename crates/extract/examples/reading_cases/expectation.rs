//! What is right for a file, as `cases.toml` writes it.

use std::collections::BTreeMap;

use domain::FileType;
use serde::Deserialize;

use super::outcome::{Outcome, Row};

#[derive(Debug, Deserialize)]
pub(crate) struct Cases {
    pub(crate) case: Vec<Expectation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    pub(crate) file: String,
    /// Rows that are read; any number when absent.
    rows: Option<usize>,
    #[serde(default)]
    aside: Option<u64>,
    /// Words of which the refusal must hold one; it must not be refused when there are none.
    #[serde(default)]
    refused: Vec<String>,
    /// Set when a refusal is as right as being read as the rest says.
    #[serde(default)]
    may_be_refused: bool,
    /// Codes of which one at least must be said.
    #[serde(default)]
    says: Vec<String>,
    /// Codes of which none may be said.
    #[serde(default)]
    never: Vec<String>,
    /// Years in which every date of these columns lies.
    #[serde(default)]
    years: BTreeMap<String, Vec<String>>,
    /// The number of rows that hold something in a column.
    #[serde(default)]
    filled: BTreeMap<String, usize>,
    /// The number of rows with an amount below nothing.
    #[serde(default)]
    negative: BTreeMap<String, usize>,
    /// Texts that are among the values of a column.
    #[serde(default)]
    has: BTreeMap<String, Vec<String>>,
    /// Texts in no value of a column.
    #[serde(default)]
    lacks: BTreeMap<String, Vec<String>>,
    /// Rows by their place, from 0.
    #[serde(default)]
    row: BTreeMap<String, Row>,
    /// The unit's reading rules; the usual when absent.
    #[serde(default)]
    pub(crate) rules: toml::Table,
}

impl Expectation {
    pub(crate) fn file_type(&self) -> FileType {
        let is = |word: &str| self.file.contains(word);
        if is("suppliers") || is("41-aba") {
            FileType::Suppliers
        } else if is("employees") {
            FileType::Employees
        } else {
            FileType::Transactions
        }
    }

    /// Where the outcome is another; empty when it is right.
    pub(crate) fn faults(&self, outcome: &Outcome) -> Vec<String> {
        if let Some(refusal) = &outcome.refusal {
            let is_named = self.refused.iter().any(|word| refusal.contains(word.as_str()));
            return match () {
                () if is_named || self.may_be_refused => vec![],
                () => vec![format!("refused: {refusal}")],
            };
        }
        let mut faults = Vec::new();
        if !self.refused.is_empty() {
            faults.push(format!("not refused, though {:?} was to be said", self.refused));
        }
        if self.rows.is_some_and(|rows| rows != outcome.rows.len()) {
            faults.push(format!("{} rows, not {:?}", outcome.rows.len(), self.rows));
        }
        if self.aside.is_some_and(|aside| aside != outcome.aside) {
            faults.push(format!("{} set aside, not {:?}", outcome.aside, self.aside));
        }
        let is_said = |code: &String| outcome.said.contains_key(code);
        if !self.says.is_empty() && !self.says.iter().any(is_said) {
            faults.push(format!("none of {:?} is said, but {:?}", self.says, outcome.said));
        }
        for code in self.never.iter().filter(|code| is_said(code)) {
            faults.push(format!("{code} is said: {}", outcome.said[code]));
        }
        self.compare_columns(outcome, &mut faults);
        for (place, cells) in &self.row {
            let row = place.parse::<usize>().ok().and_then(|place| outcome.rows.get(place));
            for (column, text) in cells {
                let found = row.and_then(|row| row.get(column)).map_or("", String::as_str);
                if found != text {
                    faults.push(format!("row {place}: {column} is {found:?}, not {text:?}"));
                }
            }
        }
        faults
    }

    fn compare_columns(&self, outcome: &Outcome, faults: &mut Vec<String>) {
        for (column, years) in &self.years {
            let is_in = |day: &&str| years.iter().any(|year| day.starts_with(year.as_str()));
            let others: Vec<_> =
                outcome.values(column).into_iter().filter(|day| !is_in(day)).take(3).collect();
            if !others.is_empty() {
                faults.push(format!("{column} has {others:?}, not only {years:?}"));
            }
        }
        let count = |column: &str, is_it: fn(&str) -> bool| {
            outcome
                .rows
                .iter()
                .filter(|row| row.get(column).is_some_and(|text| is_it(text)))
                .count()
        };
        for (column, wanted) in &self.filled {
            let found = count(column, |_| true);
            if found != *wanted {
                faults.push(format!("{column} is filled in {found} rows, not in {wanted}"));
            }
        }
        for (column, wanted) in &self.negative {
            let found = count(column, |text| text.starts_with('-'));
            if found != *wanted {
                faults.push(format!("{column} is negative in {found} rows, not in {wanted}"));
            }
        }
        for (column, texts) in &self.has {
            let values = outcome.values(column);
            for text in texts.iter().filter(|text| !values.contains(text.as_str())) {
                let some: Vec<_> = values.iter().take(4).collect();
                faults.push(format!("{column} has no {text:?}, but {some:?}"));
            }
        }
        for (column, texts) in &self.lacks {
            let values = outcome.values(column);
            for text in texts {
                if let Some(value) = values.iter().find(|value| value.contains(text.as_str())) {
                    faults.push(format!("{column} has {value:?}, and should not have {text:?}"));
                }
            }
        }
    }
}
