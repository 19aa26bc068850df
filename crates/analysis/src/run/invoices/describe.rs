//! A group of invoices in words: its title, its rows, why, and what would make it innocent.

use domain::finding::{Evidence, Finding, FindingKey, FindingRow};
use domain::{Amount, FileType, Money};
use evidence::duplicates::{Group, Kind, Reason, evidence as readings, written as written_amount};
use evidence::habits::{Habits, Place};
use evidence::invoices::Invoices;
use evidence::netting::Netting;
use evidence::weigh::{Pair, WeighedPair};

use super::InvoiceTable;
use crate::checks::Check;
use crate::run::draft::{self, FindingDraft};

pub(super) fn finding(
    table: &InvoiceTable,
    habits: &Habits,
    check: &Check,
    group: &Group,
) -> Finding {
    let best = &group.best;
    let invoices = &table.invoices;
    let kind = Kind::of(invoices, best);
    let (members, at_risk) = with_third(invoices, habits, kind, group);
    let ids: Vec<&str> = members.iter().map(|at| invoices.id(*at)).collect();
    let first = members[0];
    let (reference, _) = table.supplier_of(first);
    let mut evidence: Vec<Evidence> = readings(invoices, habits, best)
        .into_iter()
        .map(|reading| draft::reason(reading.field, reading.words, reading.bits))
        .collect();
    if kind == Kind::WrongSupplier {
        evidence.push(draft::reason("supplier_ref", whose(table, habits, &best.pair), 0.0));
    }
    let references = references(table, &members);
    if kind != Kind::WrongSupplier && references.len() > 1 {
        let words = format!(
            "{} are taken for one supplier, as they bear one name but for capitals, punctuation and legal \
             form: what it usually does is learnt from the invoices of all",
            references.join(" and ")
        );
        evidence.push(draft::reason("supplier_ref", words, 0.0));
    }
    let draft = FindingDraft {
        key: FindingKey::new(check.name, ids.iter().map(|id| (FileType::Transactions, *id))),
        kind: kind.as_str(),
        title: title(table, kind, best, &members),
        bits: best.bits(),
        at_risk: Some(Money {
            amount: Amount::from_ten_thousandths(at_risk),
            currency: currency(table, &members).map(str::to_owned),
        }),
        rows: members.iter().map(|at| row(invoices, *at)).collect(),
        evidence,
        pattern: Some(format!("{reference}/{}", kind.as_str())),
        claim: kind.claim(),
    };
    let mut finding = draft.finish(check);
    finding.innocent_if = kind.innocent_if().into();
    if members.len() > 2 {
        let (a, b) = (invoices.number(best.pair.a), invoices.number(best.pair.b));
        let which = format!(" The reasons compare the two most alike, {a} and {b}.");
        finding.reckoning.push_str(&which);
        if kind == Kind::SumOfTwo {
            finding.reckoning.push_str(
                " They weigh that one of these repeats the other; that it repeats the third as well follows \
                 from the sum, which is exact.",
            );
        }
    }
    finding
}

/// An invoice of several lines shows their sum and how many they are.
fn row(invoices: &Invoices, at: usize) -> FindingRow {
    let mut row = draft::row(FileType::Transactions, invoices.id(at));
    if invoices.rows[at] > 1 {
        let amount = |value| Amount::from_ten_thousandths(value).to_string();
        row.fields.insert("base_amount".into(), amount(invoices.amount[at]));
        row.fields.insert("invoice_amount".into(), amount(invoices.stated[at]));
        row.fields.insert("lines".into(), invoices.rows[at].to_string());
    }
    row
}

/// Of the suppliers of invoices, each once, in the order of the invoices.
fn references<'a>(table: &'a InvoiceTable, members: &[usize]) -> Vec<&'a str> {
    let mut references: Vec<&str> = Vec::new();
    for at in members {
        let reference = table.supplier_of(*at).0.as_str();
        if !references.contains(&reference) {
            references.push(reference);
        }
    }
    references
}

/// A joint bill is one only beside both that it joins.
fn with_third(
    invoices: &Invoices,
    habits: &Habits,
    kind: Kind,
    group: &Group,
) -> (Vec<usize>, i64) {
    let third = (kind == Kind::SumOfTwo)
        .then(|| habits.third(invoices, group.best.pair.a, group.best.pair.b));
    match third.flatten() {
        Some(third) if group.invoices.len() == 2 => {
            let mut members = group.invoices.clone();
            members.push(third);
            members.sort_unstable_by_key(|at| (invoices.entered[*at], *at));
            let joint = members.iter().map(|at| invoices.amount[*at]).max();
            (members, joint.expect("there are three"))
        }
        _ => (group.invoices.clone(), group.at_risk),
    }
}

/// The base currency, unless these invoices have no base amount: their own currency then, which is that of
/// their amounts.
fn currency<'a>(table: &'a InvoiceTable, members: &[usize]) -> Option<&'a str> {
    let base = table.base_currency.as_deref()?;
    let invoices = &table.invoices;
    let first = members.first().map(|at| invoices.currency[*at])?;
    let is_own = |at: &usize| {
        invoices.currency[*at] == first && invoices.amount[*at] == invoices.stated[*at]
    };
    let own = table.words.iter().find(|(_, word)| **word == first).map(|(text, _)| text.as_str());
    Some(own.filter(|_| members.iter().all(is_own)).unwrap_or(base))
}

fn title(table: &InvoiceTable, kind: Kind, best: &WeighedPair, members: &[usize]) -> String {
    let invoices = &table.invoices;
    let written = |at: usize| {
        let (reference, name) = table.supplier_of(at);
        format!("{} of {name} ({reference})", invoices.number(at))
    };
    let currency = currency(table, members).map_or(String::new(), |code| format!("{code} "));
    let amount = |at: usize| format!("{currency}{}", written_amount(invoices.amount[at]));
    let (a, b) = (best.pair.a, best.pair.b);
    match (kind, members) {
        (Kind::WrongSupplier, _) => format!(
            "Invoice {} and invoice {} look like one keyed under two suppliers: {}",
            written(a),
            written(b),
            amount(a)
        ),
        (Kind::SumOfTwo, [_, _, _]) => {
            let joint = members
                .iter()
                .copied()
                .max_by_key(|at| invoices.amount[*at])
                .expect("there are three");
            let parts: Vec<&str> =
                members.iter().filter(|at| **at != joint).map(|at| invoices.number(*at)).collect();
            format!(
                "Invoice {} over {} looks like {} billed together once more",
                written(joint),
                amount(joint),
                parts.join(" and ")
            )
        }
        _ => {
            let count = match members.len() {
                2 => "Two invoices".to_owned(),
                more => format!("{more} invoices"),
            };
            let (_, name) = table.supplier_of(members[0]);
            let reference = references(table, members).join(", ");
            let numbers: Vec<&str> = members.iter().map(|at| invoices.number(*at)).collect();
            format!(
                "{count} of {name} ({reference}) over {} look like one, {}: {}",
                amount(a),
                kind.words(),
                numbers.join(", ")
            )
        }
    }
}

/// Which of two suppliers an invoice is, as far as their numbering tells.
fn whose(table: &InvoiceTable, habits: &Habits, pair: &Pair) -> String {
    let invoices = &table.invoices;
    let strays = |at: usize, without: usize| habits.place(invoices, at, without) == Place::Strays;
    let names = |at: usize| &table.supplier_of(at).1;
    let wrong = match (strays(pair.a, pair.b), strays(pair.b, pair.a)) {
        (true, false) => pair.a,
        (false, true) => pair.b,
        _ => return "the numbering of neither supplier tells which of the two it really is".into(),
    };
    let right = if wrong == pair.a { pair.b } else { pair.a };
    format!(
        "the number does not fit into the numbering of {}: it is probably an invoice of {}",
        names(wrong),
        names(right)
    )
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
            let credit = netting.partner(weighed.pair.a).or(netting.partner(weighed.pair.b));
            let id = credit.map_or("", |at| invoices.id(at));
            format!("one of the two was taken back by {id}")
        }
        Reason::Recurring => format!(
            "the supplier bills this amount about every {} days, {} times so far",
            recurrence.middle_gap, recurrence.count
        ),
        Reason::UsualAmount => {
            format!("this supplier's amounts often come again; this one {} times", recurrence.count)
        }
        Reason::AccountReference => format!(
            "{} invoices of this supplier bear this number: a customer's account or a contract",
            habits.number_used(weighed.pair.a).max(habits.number_used(weighed.pair.b))
        ),
        Reason::ConsecutiveNumbers => {
            "numbers of this supplier are often so alike, and both stand where its count stood"
                .into()
        }
        Reason::UsualDays => "this supplier's invoices usually come so close together".into(),
        Reason::UsualHere | Reason::Decided => {
            "several things that would be telling elsewhere are usual for this supplier".into()
        }
    }
}
