//! What is said of each line once it has its row, and of the rows that the statement lacks.
//!
//! Not for: which row a line has (`matching`).

use std::collections::BTreeSet;

use domain::statement::{
    LineState, ReconciledLine, Reconciliation, StatementLine, StatementListing, StatementRow,
};
use domain::{Amount, FileType};
use evidence::invoice_number::InvoiceNumber;
use jiff::civil::Date;

use super::matching::Matcher;
use super::open_items::OpenItem;
use super::table::{OpeningBalance, is_payment};

/// The days of a statement that what we have is held against.
#[derive(Debug, Clone, Copy)]
struct Period {
    /// Of a statement that begins with a balance: what is older is in it.
    first: Option<Date>,
    last: Option<Date>,
    lists: StatementListing,
}

impl Period {
    fn has(self, date: Option<Date>) -> bool {
        let Some(date) = date else { return true };
        self.first.is_none_or(|first| date >= first) && self.last.is_none_or(|last| date <= last)
    }
}

pub(super) fn reconciliation(matcher: &Matcher, opening: OpeningBalance) -> Reconciliation {
    let days = || matcher.lines.iter().filter_map(|line| line.date);
    let has_payments = matcher.lines.iter().any(is_payment);
    let period = Period {
        first: days().min().filter(|_| opening == OpeningBalance::Said),
        last: days().max(),
        lists: if opening == OpeningBalance::Said && has_payments {
            StatementListing::Movements
        } else {
            StatementListing::OpenItems
        },
    };
    let lines = (0..matcher.lines.len()).map(|at| reconciled(matcher, at, period)).collect();
    let missing = matcher.items.iter().zip(&matcher.taken_by).filter(|(item, taken_by)| {
        let is_open = taken_by.is_none() && !item.is_paid();
        is_open && item.ledger == FileType::Transactions && period.has(item.date)
    });
    let missing_there = missing
        .map(|(item, _)| StatementRow { words: words_of_missing(matcher, item), ..row(item) })
        .collect();
    Reconciliation { listing: period.lists, lines, missing_there }
}

/// The credits to which no row belongs. One that likely is ours under a number like its own is none: that is
/// asked for. Nor is one that takes back an invoice of the statement that is not with us either: nothing was
/// paid for it. That holds of no invoice that may be with us after all.
pub(super) fn credits_not_taken(matcher: &Matcher) -> Vec<StatementLine> {
    // A row is one credit at most.
    let mut likely = BTreeSet::new();
    let lines = matcher.lines.iter().enumerate();
    let without_row = lines.filter(|(at, line)| {
        if !matcher.of_line[*at].is_empty() || matcher.repeated.contains_key(at) || is_payment(line)
        {
            return false;
        }
        if line.amount.ten_thousandths() < 0 {
            matcher.likely_place(*at).is_none_or(|place| !likely.insert(place))
        } else {
            matcher.possible_row(*at).is_none()
        }
    });
    let with_currency = |(at, line): (usize, &StatementLine)| StatementLine {
        currency: matcher.currency(at),
        ..line.clone()
    };
    let (credits, mut invoices): (Vec<StatementLine>, Vec<StatementLine>) =
        without_row.map(with_currency).partition(|line| line.amount.ten_thousandths() < 0);
    let mut not_taken = Vec::new();
    for credit in credits {
        let amount = -credit.amount.ten_thousandths();
        let takes_back = |invoice: &StatementLine| {
            invoice.amount.ten_thousandths() == amount && invoice.currency == credit.currency
        };
        match invoices.iter().position(takes_back) {
            Some(at) => {
                invoices.swap_remove(at);
            }
            None => not_taken.push(credit),
        }
    }
    not_taken
}

fn reconciled(matcher: &Matcher, at: usize, period: Period) -> ReconciledLine {
    let line = StatementLine { currency: matcher.currency(at), ..matcher.lines[at].clone() };
    let rows: Vec<&OpenItem> =
        matcher.of_line[at].iter().map(|place| &matcher.items[*place]).collect();
    let (state, words) = match (rows.first(), matcher.repeated.get(&at)) {
        _ if is_payment(&line) => {
            (LineState::Payment, "a payment that the statement counts".to_owned())
        }
        (row, Some(first)) => {
            let first = matcher.lines[*first].line;
            let also = if row.is_some() { "; it is with us twice as well" } else { "" };
            (LineState::Duplicate, format!("line {first} has the same number and amount{also}"))
        }
        (None, None) => without_row(matcher, at),
        (Some(_), None) => beside(&line, &rows, period),
    };
    ReconciledLine { line, state, words, row: rows.first().map(|item| row(item)) }
}

/// Of a line to which nothing belongs: also which row it may be under another number, or under its own of
/// another time, so that somebody can ask.
fn without_row(matcher: &Matcher, at: usize) -> (LineState, String) {
    let possible = matcher.possible_row(at);
    let namesake = matcher.namesake(at).filter(|_| possible.is_none());
    let number = if namesake.is_some() { "number and time" } else { "number" };
    let (state, words) = if matcher.amount(at) < 0 {
        (LineState::CreditNotTaken, format!("no credit note of this {number} is with us"))
    } else if matcher.numbers[at].is_usable() {
        (LineState::MissingHere, format!("no invoice of this {number} is with us"))
    } else {
        (LineState::MissingHere, "no invoice of this day and amount is with us".to_owned())
    };
    let Some(item) = possible.or(namesake) else { return (state, words) };
    let is_waiting = item.ledger == FileType::UnpostedInvoices;
    let holder = if is_waiting { "the workflow" } else { "the ledger" };
    let number = &item.written;
    let over = if item.amount == matcher.amount(at) {
        "the same amount".to_owned()
    } else {
        Amount::nearest(item.amount).to_string()
    };
    let day = item.date.map(|day| format!(", of {day}")).unwrap_or_default();
    let words =
        format!("{words}; {holder} has {number} over {over}{day}: ask whether it is this one");
    (state, words)
}

/// Of a line that has its rows: one, or several that come to its amount.
fn beside(line: &StatementLine, rows: &[&OpenItem], period: Period) -> (LineState, String) {
    let sum: i128 = rows.iter().map(|item| item.amount).sum();
    let item = rows[0];
    if Amount::nearest(sum) != line.amount {
        let currency = item.currency.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
        let over = Amount::nearest(sum);
        return (LineState::Different, format!("with us it is over {over}{currency}"));
    }
    if rows.iter().any(|item| item.ledger == FileType::UnpostedInvoices) {
        return (LineState::Unposted, "it waits in the workflow".to_owned());
    }
    if let Some(found) = paid(rows, period) {
        return found;
    }
    let words = if rows.len() > 1 {
        format!("the number is the same, and {} rows come to the amount", rows.len())
    } else if line.number.trim().is_empty() || !item.number.is_usable() {
        "the amount and the day are the same".to_owned()
    } else if InvoiceNumber::new(&line.number).plain == item.number.plain {
        "number and amount are the same".to_owned()
    } else {
        format!("the amount is the same, the number with us is {}", item.written)
    };
    (LineState::Agreed, words)
}

/// Of a line of which we have paid all, or a part of what the statement has open.
fn paid(rows: &[&OpenItem], period: Period) -> Option<(LineState, String)> {
    let days: Vec<Date> = rows.iter().filter_map(|item| item.paid).collect();
    let last_paid = *days.iter().max()?;
    let is_before = |day: &Date| period.last.is_none_or(|last| *day <= last);
    let before: Vec<Date> = days.iter().copied().filter(is_before).collect();
    if let (Some(day), StatementListing::OpenItems) = (before.iter().max(), period.lists) {
        let words = if before.len() == rows.len() {
            format!("the ledger says that it was paid on {day}")
        } else {
            let (some, all) = (before.len(), rows.len());
            format!("the ledger says that {some} of its {all} rows had been paid by {day}")
        };
        return Some((LineState::PaidHere, words));
    }
    let how = if is_before(&last_paid) {
        "; the statement counts payments"
    } else {
        ", after the last line"
    };
    let is_whole = days.len() == rows.len();
    is_whole.then(|| (LineState::Agreed, format!("paid by us on {last_paid}{how}")))
}

/// The words on a row whose number the statement has once, and we twice.
fn words_of_missing(matcher: &Matcher, item: &OpenItem) -> Option<String> {
    let mut taken = matcher.items.iter().zip(&matcher.taken_by);
    let twin = taken.find_map(|(other, line)| {
        let is_twin = item.number.is_usable() && other.number.plain == item.number.plain;
        line.filter(|_| is_twin)
    })?;
    Some(format!(
        "the statement has this number once, in line {}, and we have it again",
        matcher.lines[twin].line
    ))
}

fn row(item: &OpenItem) -> StatementRow {
    StatementRow {
        ledger: item.ledger,
        id: item.id.clone(),
        number: item.written.clone(),
        date: item.date,
        amount: Amount::nearest(item.amount),
        currency: item.currency.clone(),
        words: None,
    }
}

#[cfg(test)]
mod tests;
