//! A group of invoices in words: its title, its rows, why, and what would make it innocent.

use domain::finding::{Evidence, Finding, FindingKey, FindingRow, party};
use domain::{Amount, MinorDigits, Money};
use evidence::amounts::AmountLikeness;
use evidence::days::{DayLikeness, every};
use evidence::duplicates::{
    Group, Kind, Reading, Reason, evidence as readings, innocent_if, usual_amount,
    written as written_amount,
};
use evidence::habits::{Habits, Place};
use evidence::invoice_number::NumberLikeness;
use evidence::invoices::Invoices;
use evidence::netting::Netting;
use evidence::weigh::WeighedPair;

use super::InvoiceTable;
use super::advice::{GroupAdvice, compared, in_words, numbers, with_currency};
use super::payee_names::{misposted, of_suppliers, suppliers};
use crate::checks::Check;
use crate::run::draft::{self, FindingDraft};

/// Parts of a sum that a title names; more are counted.
const PARTS_NAMED_MAX: usize = 4;

pub(super) fn finding(
    table: &InvoiceTable,
    habits: &Habits,
    check: &Check,
    group: &Group,
) -> Finding {
    let best = &group.best;
    let invoices = &table.invoices;
    let kind = Kind::of(invoices, best);
    let (members, at_risk) = with_parts(invoices, habits, group);
    let keyed = members.iter().map(|at| (table.ledger_of(*at), invoices.id(*at)));
    let first = members[0];
    let (reference, _) = table.supplier_of(first);
    let mut evidence = evidence_of(invoices, habits, best, &members);
    evidence.extend(of_suppliers(table, habits, best, &members));
    let currency = currency(table, &members);
    let advised =
        GroupAdvice { table, kind, members: &members, at_risk: with_currency(currency, at_risk) };
    let draft = FindingDraft {
        key: FindingKey::new(check.name, keyed),
        kind: kind.as_str(),
        title: title(table, habits, best, &members),
        bits: Some(best.bits()),
        money: Some(Money {
            amount: Amount::from_ten_thousandths(at_risk),
            currency: currency.map(str::to_owned),
        }),
        rows: members.iter().map(|at| row(table, *at)).collect(),
        evidence,
        pattern: Some(format!("{reference}/{}", kind.as_str())),
        claim: Some(advised.claim()),
        next_step: Some(advised.next_step()),
    };
    let mut finding = draft.finish(check);
    finding.innocent_if = innocent_if(invoices, habits, best);
    finding.misposted_row = misposted(table, habits, best).map(|at| invoices.id(at).to_owned());
    if let Some(at_risk_is) = advised.at_risk_is() {
        finding.at_risk_is = at_risk_is.into();
    }
    if members.len() > 2 {
        if best.joint.is_none() {
            finding.reckoning.push(' ');
            finding.reckoning.push_str(&compared(table, [best.pair.a, best.pair.b]));
        }
        if kind == Kind::SumOfTwo && best.joint.is_none() {
            finding.reckoning.push_str(
                " They weigh that one of these repeats the other; that it repeats the third as well follows \
                 from the sum, which is exact.",
            );
        }
    }
    finding
}

/// The reasons of a pair among the invoices of a finding, each with its rates.
pub(super) fn evidence_of(
    invoices: &Invoices,
    habits: &Habits,
    best: &WeighedPair,
    members: &[usize],
) -> Vec<Evidence> {
    let reason = |reading: Reading| {
        let reason = draft::reason(reading.field, reading.words, reading.bits);
        Evidence { rates: reading.rates, ..reason }
    };
    readings(invoices, habits, best, members).into_iter().map(reason).collect()
}

/// An invoice of several lines shows their sum and how many they are.
pub(super) fn row(table: &InvoiceTable, at: usize) -> FindingRow {
    let invoices = &table.invoices;
    let mut row = draft::row(table.ledger_of(at), invoices.id(at));
    // A posting over several suppliers has a row of each under one id.
    row.fields.insert("supplier_ref".into(), table.supplier_of(at).0.to_owned());
    let is_collective = table.payees.names_of_collective(invoices, at).is_some();
    if invoices.rows[at] > 1 || is_collective {
        let amount = |value| Amount::from_ten_thousandths(value).to_string();
        row.fields.insert("base_amount".into(), amount(invoices.amount[at]));
        row.fields.insert("invoice_amount".into(), amount(invoices.stated[at]));
    }
    if is_collective {
        // One posting may pay many names under one reference.
        row.fields.insert("supplier_name".into(), table.supplier_of(at).1.to_owned());
    }
    if invoices.rows[at] > 1 {
        row.fields.insert("lines".into(), invoices.rows[at].to_string());
    }
    row
}

/// The amounts of invoices in words: one, or from the least to the most.
pub(super) fn amounts(table: &InvoiceTable, members: &[usize]) -> String {
    let currency = currency(table, members);
    let digits = MinorDigits::of(currency);
    // A credit note that was keyed as an invoice is of the same amount, whatever its sign.
    let all = || members.iter().map(|at| table.invoices.amount[*at].abs());
    let (least, most) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
    let from = with_currency(currency, least);
    if least == most { from } else { format!("{from} to {}", written_amount(most, digits)) }
}

/// A joint bill of two is one only beside both that it joins: the members, and the money at risk.
fn with_parts(invoices: &Invoices, habits: &Habits, group: &Group) -> (Vec<usize>, i64) {
    let Some((whole, parts)) = sum(invoices, habits, &group.best) else {
        return (group.invoices.clone(), group.at_risk);
    };
    let mut members = group.invoices.clone();
    members.extend(parts);
    members.sort_unstable_by_key(|at| (invoices.entered[*at], *at));
    members.dedup();
    (members, invoices.amount[whole])
}

/// The whole and the parts of a sum, where the pair that says most is of one.
fn sum(invoices: &Invoices, habits: &Habits, best: &WeighedPair) -> Option<(usize, Vec<usize>)> {
    let whole = best.whole(invoices);
    if let Some(joint) = &best.joint {
        return Some((whole, joint.parts.clone()));
    }
    if best.pair.amount != AmountLikeness::SumOfTwo {
        return None;
    }
    let (a, b) = (best.pair.a, best.pair.b);
    let part = if whole == a { b } else { a };
    Some((whole, vec![part, habits.third(invoices, a, b)?]))
}

/// The base currency, unless these invoices have no base amount: their own currency then, which is that of
/// their amounts.
pub(super) fn currency<'a>(table: &'a InvoiceTable, members: &[usize]) -> Option<&'a str> {
    let base = table.base_currency.as_deref()?;
    let invoices = &table.invoices;
    let first = members.first().map(|at| invoices.currency[*at])?;
    let is_own = |at: &usize| {
        invoices.currency[*at] == first && invoices.amount[*at] == invoices.stated[*at]
    };
    let own = table.words.iter().find(|(_, word)| **word == first).map(|(text, _)| text.as_str());
    Some(own.filter(|_| members.iter().all(is_own)).unwrap_or(base))
}

fn title(table: &InvoiceTable, habits: &Habits, best: &WeighedPair, members: &[usize]) -> String {
    let invoices = &table.invoices;
    let kind = Kind::of(invoices, best);
    let written = |at: usize| {
        let (reference, name) = table.supplier_of(at);
        format!("{} of {}", invoices.written_number(at), party(name, reference))
    };
    let currency = currency(table, members);
    let amount = |at: usize| with_currency(currency, invoices.amount[at]);
    let (a, b) = (best.pair.a, best.pair.b);
    if let Some((whole, parts)) = sum(invoices, habits, best) {
        return of_sum(table, whole, &parts, &amount);
    }
    match kind {
        Kind::WrongSupplier => format!(
            "Invoice {} and invoice {} look like one keyed under two suppliers: {}",
            written(a),
            written(b),
            amount(a)
        ),
        Kind::CreditAsInvoice => {
            let invoice = if invoices.amount[a] < 0 { b } else { a };
            format!(
                "Invoice {} for {} looks like the credit note of that number, keyed as an invoice",
                written(invoice),
                amount(invoice)
            )
        }
        _ => {
            let count = match members.len() {
                2 => "Two invoices".to_owned(),
                more => format!("{more} invoices"),
            };
            format!(
                "{count} of {} for {} look like one, {}: {}",
                suppliers(table, members),
                amounts(table, members),
                likeness(kind, best),
                numbers(table, members).join(", ")
            )
        }
    }
}

/// The kind in words. Numbers that tell nothing, such as the ledger's own, are not those of one paper keyed
/// as it is.
const fn likeness(kind: Kind, best: &WeighedPair) -> &'static str {
    match (kind, best.pair.number, best.pair.day) {
        (Kind::Exact, NumberLikeness::Unknown, DayLikeness::Same) => "billed again on one day",
        (Kind::Exact, NumberLikeness::Unknown, _) => "billed again within days",
        _ => kind.words(),
    }
}

/// The title of an invoice and others that it comes to, by which were keyed first.
fn of_sum(
    table: &InvoiceTable,
    whole: usize,
    parts: &[usize],
    amount: &dyn Fn(usize) -> String,
) -> String {
    let invoices = &table.invoices;
    let (reference, name) = table.supplier_of(whole);
    let supplier = party(name, reference);
    let number = invoices.written_number(whole);
    let numbers = numbers(table, parts);
    let named = if parts.len() > PARTS_NAMED_MAX || numbers.len() < parts.len() {
        format!("{} other invoices", parts.len())
    } else {
        in_words(&numbers)
    };
    let is_first = parts.iter().all(|at| invoices.entered[whole] < invoices.entered[*at]);
    if is_first {
        format!(
            "{named} of {supplier} look like invoice {number} for {} once more in pieces",
            amount(whole)
        )
    } else {
        format!(
            "Invoice {number} of {supplier} for {} looks like {named} billed together once more",
            amount(whole)
        )
    }
}

pub(super) fn why(
    table: &InvoiceTable,
    habits: &Habits,
    netting: &Netting,
    weighed: &WeighedPair,
    reason: Reason,
) -> String {
    let invoices = &table.invoices;
    let recurrence = habits.recurrence(invoices, weighed.pair.a);
    match reason {
        Reason::Credited => {
            let taken_back = [weighed.pair.a, weighed.pair.b]
                .into_iter()
                .find_map(|at| Some((at, netting.partner(at)?)));
            let Some((at, credit)) = taken_back else {
                // Of a statement the pair is only the dearest of what it joins.
                return "one of the invoices that the statement joins was credited".to_owned();
            };
            format!(
                "{} ({}) was taken back by {} ({})",
                invoices.written_number(at),
                invoices.id(at),
                invoices.written_number(credit),
                invoices.id(credit)
            )
        }
        Reason::Recurring => format!(
            "the supplier bills this amount about {}, {} times so far",
            every(recurrence.middle_gap),
            recurrence.count
        ),
        Reason::UsualAmount => usual_amount(invoices, habits, &weighed.pair),
        Reason::AccountReference => format!(
            "{} invoices of this supplier bear this number: a customer's account or a contract",
            [weighed.pair.a, weighed.pair.b]
                .map(|at| habits.billed_under(invoices, at))
                .into_iter()
                .max()
                .unwrap_or(0)
        ),
        Reason::ConsecutiveNumbers => {
            let (a, b) = (weighed.pair.a, weighed.pair.b);
            let fits = |at, without| habits.place(invoices, at, without) == Place::Fits;
            let placed = if fits(a, b) && fits(b, a) {
                ", and both stand where its count stood"
            } else {
                ""
            };
            format!("numbers of this supplier are often so alike{placed}")
        }
        Reason::UsualSums => {
            "invoices of this supplier come to the sum of others again and again: it bills so"
                .into()
        }
        Reason::UsualDays => "two invoices of this supplier are often as far apart as these".into(),
        Reason::UsualHere | Reason::Decided => {
            "several things that would be telling elsewhere are usual for this supplier".into()
        }
    }
}
