//! What is said of each line once it has its row, and of the rows that the statement lacks.
//!
//! Not for: which row a line has (`matching`).

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

/// The credits to which no row belongs. One that takes back an invoice of the statement that is not with us
/// either is none: nothing was paid for it.
pub(super) fn credits_not_taken(matcher: &Matcher) -> Vec<StatementLine> {
    let lines = matcher.lines.iter().enumerate();
    let without_row = lines.filter(|(at, line)| {
        matcher.of_line[*at].is_empty() && !matcher.repeated.contains_key(at) && !is_payment(line)
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
    let is_credit = line.amount.ten_thousandths() < 0;
    let (state, words) = match (rows.first(), matcher.repeated.get(&at)) {
        _ if is_payment(&line) => {
            (LineState::Payment, "a payment that the statement counts".to_owned())
        }
        (row, Some(first)) => {
            let first = matcher.lines[*first].line;
            let also = if row.is_some() { "; it is with us twice as well" } else { "" };
            (LineState::Duplicate, format!("line {first} has the same number and amount{also}"))
        }
        (None, None) if is_credit => {
            (LineState::CreditNotTaken, "no credit note of this number is with us".to_owned())
        }
        (None, None) if matcher.numbers[at].is_usable() => {
            (LineState::MissingHere, "no invoice of this number is with us".to_owned())
        }
        (None, None) => {
            (LineState::MissingHere, "no invoice of this day and amount is with us".to_owned())
        }
        (Some(_), None) => beside(&line, &rows, period),
    };
    ReconciledLine { line, state, words, row: rows.first().map(|item| row(item)) }
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
    if item.ledger == FileType::UnpostedInvoices {
        return (LineState::Unposted, "it waits in the workflow".to_owned());
    }
    let paid: Option<Vec<Date>> = rows.iter().map(|item| item.paid).collect();
    if let Some(paid) = paid.and_then(|days| days.into_iter().max()) {
        let is_later = period.last.is_some_and(|last| paid > last);
        return if is_later {
            (LineState::Agreed, format!("paid by us on {paid}, after the last line"))
        } else if period.lists == StatementListing::Movements {
            (LineState::Agreed, format!("paid by us on {paid}; the statement counts payments"))
        } else {
            (LineState::PaidHere, format!("the ledger says that it was paid on {paid}"))
        };
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
