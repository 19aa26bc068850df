//! A batch of invoices that was keyed again, as one finding with its pairs inside.
//!
//! Invariant: the rows stand in pairs, the earlier first; the money of all pairs is at risk, also of those
//! whose rows are not shown.

use std::collections::BTreeMap;

use domain::finding::{Finding, FindingKey};
use domain::{Amount, Money};
use evidence::duplicates::{Group, Kind};
use evidence::habits::Habits;
use evidence::invoice_number::{InvoiceNumber, NumberLikeness};
use evidence::weigh::{Pair, WeighedPair};
use jiff::ToSpan as _;

use super::InvoiceTable;
use super::advice::{GroupAdvice, compared, numbers, with_currency};
use super::describe::{amounts, currency, evidence_of, row};
use super::payee_names::suppliers;
use crate::checks::Check;
use crate::run::draft::{self, FindingDraft};

/// Pairs whose rows a finding shows; nobody reads more of them.
const PAIRS_SHOWN_MAX: usize = 100;
/// Numbers that a title names; more are counted.
const NUMBERS_NAMED_MAX: usize = 3;

pub(super) fn finding(
    table: &InvoiceTable,
    habits: &Habits,
    check: &Check,
    group: &Group,
) -> Finding {
    let (invoices, best) = (&table.invoices, &group.best);
    let later: Vec<usize> = group.pairs.iter().map(|(_, later)| *later).collect();
    let (reference, name) = table.supplier_of(later[0]);
    // Many bear the reference of a collective account.
    let payee = match table.payees.names_of_collective(invoices, later[0]) {
        Some(_) => format!("{reference}/{name}"),
        None => reference.to_owned(),
    };
    let day = day(invoices.entered[later[0]]);
    let currency = currency(table, &later);
    let advised = GroupAdvice {
        table,
        kind: Kind::Batch,
        members: &group.invoices,
        at_risk: with_currency(currency, group.at_risk),
    };
    let mut evidence = evidence_of(invoices, habits, best, &group.invoices);
    evidence.push(draft::reason("unique_id", pairs_words(table, group, &day), 0.0));
    let rows = group.pairs.iter().take(PAIRS_SHOWN_MAX).zip(1..).flat_map(|(pair, number)| {
        [pair.0, pair.1].map(|at| {
            let mut row = row(table, at);
            row.fields.insert("pair".into(), number.to_string());
            row
        })
    });
    let draft = FindingDraft {
        // What was keyed again stays one finding, though a pair more is found.
        key: FindingKey::new(&format!("{}/batch/{payee}/{day}", check.name), []),
        kind: Kind::Batch.as_str(),
        title: title(table, &later, &day),
        bits: Some(best.bits()),
        money: Some(Money {
            amount: Amount::from_ten_thousandths(group.at_risk),
            currency: currency.map(str::to_owned),
        }),
        rows: rows.collect(),
        evidence,
        pattern: Some(format!("{reference}/{}", Kind::Batch.as_str())),
        claim: Some(advised.claim()),
        next_step: Some(advised.next_step()),
    };
    let mut finding = draft.finish(check);
    finding.innocent_if = Kind::Batch.innocent_if().into();
    if let Some(at_risk_is) = advised.at_risk_is() {
        finding.at_risk_is = at_risk_is.into();
    }
    let compared = compared(table, [best.pair.a, best.pair.b]);
    finding.reckoning = format!("{} {compared}", finding.reckoning);
    finding
}

fn title(table: &InvoiceTable, later: &[usize], day: &str) -> String {
    let mut numbers = numbers(table, later);
    let more = numbers.len().saturating_sub(NUMBERS_NAMED_MAX);
    numbers.truncate(NUMBERS_NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "{} invoices of {} for {} look like a batch that was keyed again on {day}: {}{more}",
        later.len(),
        suppliers(table, &later[..1]),
        amounts(table, later),
        numbers.join(", ")
    )
}

/// Words for the ways in which the pairs are alike, the most frequent first.
fn pairs_words(table: &InvoiceTable, group: &Group, day: &str) -> String {
    let invoices = &table.invoices;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (earlier, later) in &group.pairs {
        let pair = Pair { a: *earlier, b: *later, ..group.best.pair };
        let pair = Pair { number: likeness(table, *earlier, *later), ..pair };
        let weighed = WeighedPair { pair, weights: Vec::new(), joint: None };
        *kinds.entry(Kind::of(invoices, &weighed).words()).or_default() += 1;
    }
    let mut kinds: Vec<(&str, usize)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(words, count)| (std::cmp::Reverse(*count), *words));
    let kinds: Vec<String> =
        kinds.iter().map(|(words, count)| format!("{count} {words}")).collect();
    let count = group.pairs.len();
    let shown = if count > PAIRS_SHOWN_MAX {
        format!("; the first {PAIRS_SHOWN_MAX} pairs are shown")
    } else {
        String::new()
    };
    format!(
        "{count} invoices keyed on {day} bear the amounts of as many invoices of this supplier: {}{shown}",
        kinds.join(", ")
    )
}

fn likeness(table: &InvoiceTable, one: usize, other: usize) -> NumberLikeness {
    let [x, y] = [one, other].map(|at| table.invoices.number(at));
    NumberLikeness::of((x, &InvoiceNumber::new(x)), (y, &InvoiceNumber::new(y)))
}

/// Writes a day as checks do.
fn day(since_epoch: i32) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.saturating_add(i64::from(since_epoch).days()).to_string()
}
