//! The words that findings are searched by, and the conditions that look for them.
//!
//! Not for: the other columns of a filter (`filter`), or which words a finding has (`keep`).
//!
//! Invariant: nothing of what is looked for becomes SQL; it is bound. What marks a word is no letter, so that
//! no search for a word finds it.

use std::fmt::Write as _;

use domain::Amount;

use super::{FindingFilter, Value};

/// A column that a search may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchedColumn {
    Number,
    Order,
    User,
}

/// The invoices of a finding, as far as the ledger says when they were paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStanding {
    /// One at least is paid.
    SomePaid,
    /// One at least is not.
    SomeUnpaid,
}

/// The condition of a `WHERE`, of a text that is part of a column.
const PART_OF: &str = r"$c LIKE '%' || REPLACE(REPLACE(REPLACE($n, '\', '\\'), '%', '\%'), '_', '\_') || '%' ESCAPE '\'";

/// The most words of a search that are looked for one by one: more are a text that was pasted, and looked for
/// as it is.
const WORDS_MAX: usize = 8;

/// The values of a statement, and the place of the first of them.
struct Binding<'v> {
    next: usize,
    values: &'v mut Vec<Value>,
}

impl Binding<'_> {
    /// The condition that a text, or the amount that it is, stands among the words of a finding.
    fn has_text(&mut self, text: &str) -> String {
        let found = self.has(text.to_lowercase());
        // A text that is an amount as well is looked for as one, however it is written.
        match Amount::from_typed(text) {
            Ok(amount) => {
                let found_amount = self.has(amount_word(amount));
                format!("({found} OR {found_amount})")
            }
            Err(_no_amount) => found,
        }
    }

    fn has(&mut self, text: String) -> String {
        part_of("search_words", self.push(text))
    }

    fn push(&mut self, text: String) -> usize {
        self.values.push(Value::Text(text));
        self.next + self.values.len() - 1
    }
}

/// The condition that the text bound at a place is part of a column.
fn part_of(column: &str, place: usize) -> String {
    PART_OF.replace("$c", column).replace("$n", &format!("${place}"))
}

impl FindingFilter {
    /// Adds the conditions on what a finding is searched by.
    pub(super) fn of_words(&self, sql: &mut String, next: usize, values: &mut Vec<Value>) {
        let mut bound = Binding { next, values };
        let mut conditions: Vec<String> = Vec::new();
        if let Some(text) = &self.supplier {
            let words: Vec<&str> = text.split_whitespace().collect();
            let whole = bound.has_text(text);
            if (2..=WORDS_MAX).contains(&words.len()) {
                let each: Vec<String> = words.iter().map(|word| bound.has_text(word)).collect();
                conditions.push(format!("({whole} OR ({}))", each.join(" AND ")));
            } else {
                conditions.push(whole);
            }
        }
        for (column, text) in &self.in_columns {
            conditions.push(bound.has(format!("\n{}{}", column.mark(), text.to_lowercase())));
        }
        if let Some(kind) = &self.of_kind {
            let place = bound.push(kind.to_lowercase());
            let (kind, check) = (part_of("kind", place), part_of("check_name", place));
            conditions.push(format!("({kind} OR {check})"));
        }
        if let Some(payment) = self.payment {
            let found = bound.has(payment.word().to_owned());
            conditions.push(match payment {
                PaymentStanding::SomePaid => found,
                // The lane says so as well, also of what no run has kept since there is such a word.
                PaymentStanding::SomeUnpaid => format!("({found} OR lane = 'stop_payment')"),
            });
        }
        for condition in conditions {
            write!(sql, " AND {condition}").expect("a String takes all that is written");
        }
    }
}

impl SearchedColumn {
    /// The columns of a transaction that are searched by name.
    pub(in crate::findings) const ALL: [(Self, &'static str); 3] =
        [(Self::Number, "invoice_number"), (Self::Order, "po_number"), (Self::User, "user_id")];

    /// The mark in front of a value of the column among the words of a finding: no letter, so that
    /// no search for a word finds it.
    pub(in crate::findings) const fn mark(self) -> char {
        match self {
            Self::Number => '#',
            Self::Order => '^',
            Self::User => '@',
        }
    }
}

impl PaymentStanding {
    /// The mark among the words of a finding of which it is true: no letters, so that no search
    /// for a word finds it.
    pub(in crate::findings) const fn word(self) -> &'static str {
        match self {
            Self::SomePaid => "=●=",
            Self::SomeUnpaid => "=○=",
        }
    }
}

/// An amount as it stands among the words that findings are searched by: whole, and without its sign.
pub(in crate::findings) fn amount_word(amount: Amount) -> String {
    format!("={}=", Amount::from_ten_thousandths(amount.ten_thousandths().saturating_abs()))
}
