//! What the amounts of a document's rows say, and what is usual where they leave a doubt: how often a
//! supplier bills in lines, and how often its lines repeat.
//!
//! Invariant: nothing is learnt from documents that leave the doubt themselves.

use evidence::amounts::AmountLikeness;
use evidence::invoices::Invoices;

use super::documents::Documents;
use super::line::Line;

/// The number of its own documents that weigh as much as what is usual in the ledger.
const SHRINKAGE: f64 = 4.0;
/// Documents without any line that a ledger begins with: a few alone make no habit.
const LEDGER_BEGINS_WITH: f64 = 20.0;
/// A supplier bills in lines from this share of documents in lines on. Two keyings of one day that differ
/// by a slip of the amount are seen once in thousands of invoices; two lines whose amounts look so by chance,
/// in about one of thirty documents.
const BILLS_LINES_FROM: f64 = 0.05;
/// A supplier's lines repeat from this share of documents of three lines and more with a repeated one
/// on: real ledgers of lines have 0.15 to 0.6, of invoices 0.02.
const REPEATS_FROM: f64 = 0.1;

/// The pattern in the amounts of several lines of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// All differ.
    Lines,
    /// Two, of which a slip of the hand makes one of the other.
    Slip,
    /// Some come again, others do not.
    SomeRepeated,
    /// Nothing but one amount.
    OneRepeated,
    /// Several amounts, each so often.
    AllRepeated { times: usize },
}

impl Shape {
    /// The shape of lines in the order of their money.
    pub(super) fn of(lines: &[Line]) -> Self {
        let counts = || lines.chunk_by(|x, y| x.money() == y.money()).map(<[Line]>::len);
        let most = counts().max().unwrap_or(0);
        match lines {
            [one, other] if most == 1 && is_slip(one, other) => Self::Slip,
            _ if most == 1 => Self::Lines,
            _ if counts().any(|count| count != most) => Self::SomeRepeated,
            _ if most == lines.len() => Self::OneRepeated,
            _ => Self::AllRepeated { times: most },
        }
    }
}

fn is_slip(one: &Line, other: &Line) -> bool {
    use AmountLikeness::{Equal, Nearly, NetForGross, SlippedDecimal, Transposed};
    let ((a, stated), (b, other_stated)) = (one.money(), other.money());
    let likeness = AmountLikeness::of(a, b);
    matches!(likeness, Equal | Transposed | SlippedDecimal | NetForGross | Nearly)
        || stated == other_stated
}

/// Documents of a supplier, or of the ledger.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    documents: f64,
    to_lines: f64,
    /// Of three lines and more, not all repeated.
    of_three: f64,
    repeating: f64,
}

/// The usual shares of documents in lines, for each supplier and for the ledger.
#[derive(Debug, Default)]
pub(in crate::run::invoices) struct LineHabits {
    suppliers: Vec<Tally>,
    ledger: Tally,
}

impl LineHabits {
    pub(super) fn learn(rows: &Invoices, documents: &Documents) -> Self {
        let of_supplier = documents.of_supplier.iter();
        let suppliers =
            of_supplier.map(|count| Tally { documents: f64::from(*count), ..Tally::default() });
        let mut suppliers: Vec<Tally> = suppliers.collect();
        for document in documents.of_several() {
            // What later uploads bring may be copies.
            let Some(lines) = document.chunk_by(|x, y| x.upload == y.upload).next() else {
                continue;
            };
            if lines.len() < 2 {
                continue;
            }
            let tally = &mut suppliers[rows.supplier[lines[0].at as usize] as usize];
            let shape = Shape::of(lines);
            if matches!(shape, Shape::Lines | Shape::SomeRepeated) {
                tally.to_lines += 1.0;
                tally.of_three += f64::from(u8::from(lines.len() > 2));
            }
            tally.repeating += f64::from(u8::from(shape == Shape::SomeRepeated));
        }
        let mut ledger = Tally::default();
        for tally in &suppliers {
            ledger.documents += tally.documents;
            ledger.to_lines += tally.to_lines;
            ledger.of_three += tally.of_three;
            ledger.repeating += tally.repeating;
        }
        Self { suppliers, ledger }
    }

    /// Returns `true` when a supplier often bills in several rows.
    pub(super) fn bills_lines(&self, supplier: Option<u32>) -> bool {
        let own = self.own(supplier);
        share(own.to_lines, own.documents, self.ledger.to_lines, self.ledger.documents)
            >= BILLS_LINES_FROM
    }

    /// Returns `true` when a supplier's documents often have the same line again.
    pub(super) fn repeats_lines(&self, supplier: Option<u32>) -> bool {
        let own = self.own(supplier);
        share(own.repeating, own.of_three, self.ledger.repeating, self.ledger.of_three)
            >= REPEATS_FROM
    }

    /// A supplier by its number, where it had billed when this was learnt.
    pub(in crate::run::invoices) fn known(&self, supplier: u32) -> Option<u32> {
        ((supplier as usize) < self.suppliers.len()).then_some(supplier)
    }

    /// The habits of one supplier; of one that has not billed nothing is known.
    fn own(&self, supplier: Option<u32>) -> Tally {
        supplier.map_or_else(Tally::default, |supplier| self.suppliers[supplier as usize])
    }
}

fn share(own: f64, of_own: f64, all: f64, of_all: f64) -> f64 {
    let usual = all / (of_all + LEDGER_BEGINS_WITH);
    (own + SHRINKAGE * usual) / (of_own + SHRINKAGE)
}
