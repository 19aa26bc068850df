//! Which rows are lines of one invoice, which are invoices of their own, and which are a file sent again.
//!
//! Rows of one supplier, number, invoice date and entry date are a *document*. How its rows are read is
//! decided for each document by its own amounts; where those leave a doubt, by what is usual for the
//! supplier, drawn towards the ledger. So no share of the whole ledger turns all of it at once. Where Unique
//! IDs are those of documents, rows of different ones are not added up, whatever their amounts.
//! docs/checks.md states the rule.
//!
//! Not for: what is said about it (`domain::finding::InvoicesRead`), comparing invoices (`evidence`).
//!
//! Invariant: every row is in one invoice, or left out as a copy of a row of an earlier upload.

mod documents;
mod line;
mod line_habits;
mod sent_again;

use domain::InvoiceLines;
use evidence::invoices::Invoices;

use self::documents::{Documents, Parts};
pub(super) use self::line::Line;
pub(super) use self::line_habits::LineHabits;
use self::line_habits::Shape;
pub(super) use self::sent_again::SentAgain;

/// The invoices that the rows became.
#[derive(Debug, Default)]
pub(super) struct RollUp {
    /// By place: in another row's invoice, or a copy.
    pub(super) left_out: Vec<bool>,
    /// Invoices that stand there several times with all their rows.
    pub(super) repeated: u64,
    /// Rows that are copies of an earlier upload's and in no invoice.
    pub(super) copies: u64,
    pub(super) sent_again: Vec<SentAgain>,
    pub(super) habits: LineHabits,
}

/// The invoices that the lines of one document are.
#[derive(Debug)]
pub(super) struct LineSplit {
    pub(super) invoices: Vec<Vec<Line>>,
    /// One stands there several times with all its lines.
    pub(super) is_repeated: bool,
}

impl LineSplit {
    /// Splits several lines, in the order of their money, each with an id of its own, of a supplier that has
    /// billed or of none.
    pub(super) fn new(
        lines: &[Line],
        setting: InvoiceLines,
        habits: &LineHabits,
        supplier: Option<u32>,
    ) -> Self {
        if habits.are_split_by_ids(setting, supplier) {
            Self::by_ids(lines)
        } else {
            Self::by_amounts(lines, setting, habits, supplier)
        }
    }

    fn by_ids(lines: &[Line]) -> Self {
        let is_repeated = !matches!(Shape::of(lines), Shape::Lines | Shape::Slip);
        Self { invoices: lines.iter().map(|line| vec![*line]).collect(), is_repeated }
    }

    /// Splits lines by their amounts, as those are split that have no ids.
    pub(super) fn by_amounts(
        lines: &[Line],
        setting: InvoiceLines,
        habits: &LineHabits,
        supplier: Option<u32>,
    ) -> Self {
        let all = || vec![lines.to_vec()];
        let each = || lines.iter().map(|line| vec![*line]).collect();
        let (invoices, is_repeated) = match (setting, Shape::of(lines)) {
            (InvoiceLines::Never, _) => (each(), false),
            (InvoiceLines::Always, _) | (_, Shape::Lines | Shape::SomeRepeated) => (all(), false),
            (_, Shape::Slip) if habits.bills_lines(supplier) => (all(), false),
            (_, Shape::Slip) => (each(), false),
            (_, Shape::OneRepeated) if habits.repeats_lines(supplier) => (all(), false),
            (_, Shape::OneRepeated) => (each(), true),
            (_, Shape::AllRepeated { times }) => {
                // In the order of amounts, so many of each.
                let copy = |copy: usize| lines.iter().skip(copy).step_by(times).copied().collect();
                ((0..times).map(copy).collect(), true)
            }
        };
        Self { invoices, is_repeated }
    }
}

/// Adds lines up in place: an invoice is where its row of the smallest id is. `uploads` has the rank of
/// each row's upload, the earliest first; rows marked in `is_apart` are invoices of their own. None are where
/// it is empty.
pub(super) fn roll_up(
    rows: &mut Invoices,
    (uploads, is_apart): (&[u32], &[bool]),
    setting: InvoiceLines,
    threads: usize,
) -> RollUp {
    let mut left_out = vec![false; rows.len()];
    let documents = Documents::find(rows, (uploads, is_apart), &mut left_out, threads);
    let habits = LineHabits::learn(rows, &documents);
    let mut sent_again = documents.sent_again();
    let mut rolling = Rolling { rows, habits, setting, left_out, repeated: 0, copies: 0 };
    for document in documents.of_several() {
        let is_left_out = |upload: u32| sent_again::of(&sent_again, upload).is_some();
        let supplier = rolling.rows.supplier[document[0].at as usize];
        let are_split_by_ids = rolling.habits.are_split_by_ids(setting, Some(supplier));
        let parts = Parts::of(document, is_left_out);
        rolling.resolve(parts.own);
        for copied in parts.copied {
            if let Some(at) = sent_again::of(&sent_again, copied.upload) {
                rolling.leave_out(&copied.pairs);
                sent_again[at].note(&copied.pairs);
                rolling.resolve(copied.others);
            } else if copied.is_whole || setting == InvoiceLines::Never || are_split_by_ids {
                rolling.resolve(copied.pairs.iter().map(|(_, copy)| *copy).collect());
            } else {
                rolling.leave_out(&copied.pairs);
            }
        }
    }
    for file in &mut sent_again {
        file.show(rolling.rows);
    }
    let Rolling { habits, left_out, repeated, copies, .. } = rolling;
    RollUp { left_out, repeated, copies, sent_again, habits }
}

struct Rolling<'a> {
    rows: &'a mut Invoices,
    habits: LineHabits,
    setting: InvoiceLines,
    left_out: Vec<bool>,
    repeated: u64,
    copies: u64,
}

impl Rolling<'_> {
    /// Lines of one document to invoices.
    fn resolve(&mut self, mut lines: Vec<Line>) {
        if lines.len() < 2 || self.setting == InvoiceLines::Never {
            return;
        }
        lines.sort_by_key(Line::money);
        let supplier = self.rows.supplier[lines[0].at as usize];
        let split = LineSplit::new(&lines, self.setting, &self.habits, Some(supplier));
        self.repeated += u64::from(split.is_repeated);
        for invoice in split.invoices {
            self.add_up(&invoice);
        }
    }

    fn add_up(&mut self, lines: &[Line]) {
        let rows = &mut *self.rows;
        let by_id = |x: &&Line, y: &&Line| rows.id(x.at as usize).cmp(rows.id(y.at as usize));
        let Some(first) = lines.iter().min_by(by_id).map(|line| line.at) else { return };
        for line in lines.iter().filter(|line| line.at != first) {
            documents::join(rows, first as usize, line.at as usize);
            self.left_out[line.at as usize] = true;
        }
    }

    /// The second of each.
    fn leave_out(&mut self, pairs: &[(Line, Line)]) {
        for (_, copy) in pairs {
            self.left_out[copy.at as usize] = true;
            self.copies += 1;
        }
    }
}

#[cfg(test)]
mod tests;
