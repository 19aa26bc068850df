//! The statement of a check with a limit of approval, for each of several limits.
//!
//! Not for: what a unit's limits are (`domain::check`).
//!
//! Invariant: a limit in a currency is held against invoices in that currency, by their own amounts; one
//! without against those in the base currency and in currencies that have no limit, by their base amounts. A
//! finding about the first limit is known as it was when there was one alone.

use std::collections::BTreeSet;

use domain::Limit;

use super::SET;

/// The statement for the parameter's own number, which `with_numbers` writes in, beside other limits.
pub(super) fn first(sql: &str, name: &str, more: &BTreeSet<Limit>) -> String {
    let written = LimitParts {
        rows: in_base(more),
        those: comparable(more),
        key: String::new(),
        ..LimitParts::default()
    };
    written.into_statement(sql, name)
}

/// The statement for one more limit.
pub(super) fn one_more(sql: &str, name: &str, limit: &Limit, more: &BTreeSet<Limit>) -> String {
    let sql = sql.replace(&format!("{{{name}}}"), &limit.amount().to_string());
    let sql = sql.replace(&format!("{{{name}.basis}}"), SET);
    let sql = sql.replace(&format!("{{{name}.is_set}}"), "true");
    let key = format!(" {limit}");
    let written = match limit.currency() {
        None => LimitParts {
            rows: in_base(more),
            those: comparable(more),
            key,
            ..LimitParts::default()
        },
        Some(code) => LimitParts {
            amount: "invoice_amount",
            currency: "invoice_amount_currency",
            rows: format!("invoice_amount_currency = '{code}'"),
            those: format!("{code} "),
            key,
        },
    };
    written.into_statement(&sql, name)
}

/// The parts of a statement that differ from limit to limit.
struct LimitParts {
    amount: &'static str,
    currency: &'static str,
    /// The condition for the invoices it is a limit of.
    rows: String,
    /// Those invoices in words, before “invoices”.
    those: String,
    /// Behind the supplier, to tell findings about it from those about the first.
    key: String,
}

impl Default for LimitParts {
    fn default() -> Self {
        Self {
            amount: "base_amount",
            currency: "base_amount_currency",
            rows: String::new(),
            those: String::new(),
            key: String::new(),
        }
    }
}

impl LimitParts {
    fn into_statement(self, sql: &str, name: &str) -> String {
        let Self { amount, currency, rows, those, key } = self;
        let parts = [
            ("amount", amount),
            ("currency", currency),
            ("rows", rows.as_str()),
            ("those", those.as_str()),
            ("key", key.as_str()),
        ];
        parts
            .into_iter()
            .fold(sql.to_owned(), |sql, (of, text)| sql.replace(&format!("{{{name}.{of}}}"), text))
    }
}

/// The invoices in currencies that have no limit of their own; those in the base currency are always among
/// them, whether its code stands at a limit or not.
fn in_base(more: &BTreeSet<Limit>) -> String {
    let codes = codes(more);
    if codes.is_empty() {
        return "base_amount IS NOT NULL".to_owned();
    }
    let codes: Vec<String> = codes.iter().map(|code| format!("'{code}'")).collect();
    format!(
        "(coalesce(invoice_amount_currency, '') NOT IN ({}) OR invoice_amount_currency = base_amount_currency)",
        codes.join(", ")
    )
}

/// Not all invoices are held against a limit in the base currency where others have their own.
fn comparable(more: &BTreeSet<Limit>) -> String {
    if codes(more).is_empty() { String::new() } else { "comparable ".to_owned() }
}

fn codes(more: &BTreeSet<Limit>) -> BTreeSet<&str> {
    more.iter().filter_map(Limit::currency).collect()
}
