//! Matching: which row of the ledgers belongs to which line of a statement.
//!
//! Not for: the money of several lines together.
//!
//! Invariant: a row belongs to one line; surer likenesses choose first, and a likeness that fits several rows
//! or several lines decides nothing.

use std::collections::BTreeMap;

use domain::statement::{LineState, ReconciledLine, Reconciliation, StatementLine, StatementRow};
use domain::{Amount, FileType};
use evidence::invoice_number::{InvoiceNumber, NumberLikeness};

use super::open_items::OpenItem;

/// Words of lines that are payments of ours.
const PAYMENTS: [&str; 10] = [
    "payment",
    "receipt",
    "received",
    "bacs",
    "cheque",
    "transfer",
    "zahlung",
    "paiement",
    "betaling",
    "on account",
];
/// A number that was keyed otherwise, with the same amount, is the same invoice on a day so near.
const DAYS_APART_MAX: i64 = 45;
/// Characters of a number that is not found in another by chance.
const WHOLE_NUMBER_MIN: usize = 5;

struct Matcher {
    lines: Vec<StatementLine>,
    numbers: Vec<InvoiceNumber>,
    items: Vec<OpenItem>,
    /// Of each line, the place of its row.
    of_line: Vec<Option<usize>>,
    is_taken: Vec<bool>,
    /// Lines that stand there before, by line.
    repeated: BTreeMap<usize, usize>,
}

pub(super) fn reconcile(lines: Vec<StatementLine>, items: Vec<OpenItem>) -> Reconciliation {
    let numbers = lines.iter().map(|line| InvoiceNumber::new(&line.number)).collect();
    let mut matcher = Matcher {
        of_line: vec![None; lines.len()],
        is_taken: vec![false; items.len()],
        repeated: BTreeMap::new(),
        lines,
        numbers,
        items,
    };
    matcher.find_repeated();
    matcher.assign(|line, item| is_same_number(line, item) && is_same_amount(line, item));
    matcher.assign(is_same_number);
    matcher.assign(|line, item| {
        is_same_amount(line, item) && is_near(line, item) && is_written_otherwise(line, item)
    });
    matcher.outcome()
}

/// A line as it is compared.
struct ComparedLine<'a> {
    line: &'a StatementLine,
    number: &'a InvoiceNumber,
}

fn is_same_number(line: &ComparedLine<'_>, item: &OpenItem) -> bool {
    line.number.is_usable() && item.number.is_usable() && line.number.plain == item.number.plain
}

fn is_same_amount(line: &ComparedLine<'_>, item: &OpenItem) -> bool {
    i128::from(line.line.amount.ten_thousandths()) == item.amount
}

fn is_near(line: &ComparedLine<'_>, item: &OpenItem) -> bool {
    match (line.line.date, item.date) {
        (Some(one), Some(other)) => i64::from((one - other).get_days()).abs() <= DAYS_APART_MAX,
        _ => true,
    }
}

/// Returns `true` for numbers that a slip, a scanner or a prefix makes of one another.
fn is_written_otherwise(line: &ComparedLine<'_>, item: &OpenItem) -> bool {
    use NumberLikeness as Like;
    let (one, other) = (line.line.number.as_str(), item.written.as_str());
    let (own, ours) = (line.number.plain.as_str(), item.number.plain.as_str());
    // A prefix without a sign between is none by the rules of numbers that nothing else speaks for.
    let is_behind = |whole: &str, end: &str| end.len() >= WHOLE_NUMBER_MIN && whole.ends_with(end);
    if line.number.is_usable() && (is_behind(own, ours) || is_behind(ours, own)) {
        return true;
    }
    matches!(
        Like::of((one, line.number), (other, &item.number)),
        Like::Misread
            | Like::LeadingZeros
            | Like::Suffix
            | Like::Transposed
            | Like::Dropped
            | Like::Prefix
            | Like::LongTail
            | Like::Contained
            | Like::Rearranged
    )
}

impl Matcher {
    /// Lines of one number and amount: the later ones stand there twice.
    fn find_repeated(&mut self) {
        let mut first: BTreeMap<(String, i64), usize> = BTreeMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            if !self.numbers[at].is_usable() || is_payment(line) {
                continue;
            }
            let key = (self.numbers[at].plain.clone(), line.amount.ten_thousandths());
            match first.get(&key) {
                Some(known) => {
                    self.repeated.insert(at, *known);
                }
                None => {
                    first.insert(key, at);
                }
            }
        }
    }

    /// Gives lines the rows that fit, where one fits and is fitted by no other line.
    fn assign(&mut self, fits: impl Fn(&ComparedLine<'_>, &OpenItem) -> bool) {
        let mut wanted: Vec<(usize, usize)> = Vec::new();
        for at in 0..self.lines.len() {
            if self.of_line[at].is_some()
                || self.repeated.contains_key(&at)
                || is_payment(&self.lines[at])
            {
                continue;
            }
            let line = ComparedLine { line: &self.lines[at], number: &self.numbers[at] };
            let free = (0..self.items.len()).filter(|item| !self.is_taken[*item]);
            let fitting: Vec<usize> = free.filter(|item| fits(&line, &self.items[*item])).collect();
            // Of several the open one.
            let open: Vec<usize> =
                fitting.iter().copied().filter(|item| !self.items[*item].is_paid).collect();
            match (fitting.as_slice(), open.as_slice()) {
                ([only], _) | (_, [only]) => wanted.push((at, *only)),
                _ => {}
            }
        }
        for (at, item) in &wanted {
            if wanted.iter().filter(|(_, other)| other == item).count() == 1 {
                self.of_line[*at] = Some(*item);
                self.is_taken[*item] = true;
            }
        }
    }

    fn outcome(self) -> Reconciliation {
        let lines = (0..self.lines.len()).map(|at| self.line(at)).collect();
        let last = self.lines.iter().filter_map(|line| line.date).max();
        let missing = self.items.iter().zip(&self.is_taken).filter(|(item, is_taken)| {
            let is_in_time = last.is_none_or(|last| item.date.is_none_or(|date| date <= last));
            !**is_taken && !item.is_paid && is_in_time && item.ledger == FileType::Transactions
        });
        let missing_there = missing.map(|(item, _)| row(item)).collect();
        Reconciliation { lines, missing_there }
    }

    fn line(&self, at: usize) -> ReconciledLine {
        let line = self.lines[at].clone();
        let item = self.of_line[at].map(|item| &self.items[item]);
        let is_credit = line.amount.ten_thousandths() < 0;
        let (state, words) = match (item, self.repeated.get(&at)) {
            _ if is_payment(&line) => {
                (LineState::Payment, "a payment that the statement counts".to_owned())
            }
            (_, Some(first)) => {
                let words =
                    format!("line {} has the same number and amount", self.lines[*first].line);
                (LineState::Duplicate, words)
            }
            (None, None) if is_credit => {
                (LineState::CreditNotTaken, "no credit note of this number is with us".to_owned())
            }
            (None, None) => {
                (LineState::MissingHere, "no invoice of this number is with us".to_owned())
            }
            (Some(item), None) => beside(&line, item),
        };
        ReconciledLine { line, state, words, row: item.map(row) }
    }
}

/// The line's state and its words, beside the row that it is of.
fn beside(line: &StatementLine, item: &OpenItem) -> (LineState, String) {
    let amount = Amount::nearest(item.amount);
    if amount != line.amount {
        return (LineState::Different, format!("with us it is over {amount}"));
    }
    if item.ledger == FileType::UnpostedInvoices {
        return (LineState::Unposted, "it waits in the workflow".to_owned());
    }
    if item.is_paid {
        return (LineState::PaidHere, "the ledger says that it is paid".to_owned());
    }
    let number = InvoiceNumber::new(&line.number);
    if number.plain == item.number.plain {
        return (LineState::Agreed, "number and amount are the same".to_owned());
    }
    (LineState::Agreed, format!("the amount is the same, the number with us is {}", item.written))
}

/// Returns `true` for a payment of ours: it takes from what is owed, and says so.
fn is_payment(line: &StatementLine) -> bool {
    let said = format!("{} {}", line.kind, line.number).to_lowercase();
    line.amount.ten_thousandths() < 0 && PAYMENTS.iter().any(|word| said.contains(word))
}

fn row(item: &OpenItem) -> StatementRow {
    StatementRow {
        ledger: item.ledger,
        id: item.id.clone(),
        number: item.written.clone(),
        date: item.date,
        amount: Amount::nearest(item.amount),
    }
}
