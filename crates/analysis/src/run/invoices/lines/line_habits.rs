//! What the amounts of a document's rows say, and what is usual where they leave a doubt: how often a
//! supplier bills in lines, how often its lines repeat, and whether its Unique IDs are those of documents.
//!
//! Invariant: nothing is learnt from documents that leave the doubt themselves.

use domain::InvoiceLines;
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
/// A Unique ID is that of a document where, of documents in several rows, more than this share bear one id
/// in all of them: of an id that is given to every line none does.
const IDS_OF_DOCUMENTS_ABOVE: f64 = 0.5;
/// The number of its own documents that weigh as much as the ledger's share of them: a column of ids means
/// one thing in most of a ledger.
const IDS_SHRINKAGE: f64 = 10.0;

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
    /// In several rows of one Unique ID.
    of_one_id: f64,
    /// In lines of several, under a number of one day.
    of_several_ids: f64,
}

/// The usual shares of documents in lines, for each supplier and for the ledger.
#[derive(Debug, Default)]
pub(in crate::run::invoices) struct LineHabits {
    suppliers: Vec<Tally>,
    ledger: Tally,
}

impl LineHabits {
    pub(super) fn learn(rows: &Invoices, documents: &Documents) -> Self {
        let of_supplier = documents.of_supplier.iter().zip(&documents.ids_in_rows);
        let suppliers = of_supplier.map(|(count, in_rows)| Tally {
            documents: f64::from(*count),
            of_one_id: f64::from(*in_rows),
            ..Tally::default()
        });
        let mut suppliers: Vec<Tally> = suppliers.collect();
        for (document, is_of_many_days) in documents.of_several().zip(&documents.is_of_many_days) {
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
                // Under the number of an account each id may be that of another bill.
                tally.of_several_ids += f64::from(u8::from(!*is_of_many_days));
            }
            tally.repeating += f64::from(u8::from(shape == Shape::SomeRepeated));
        }
        let mut ledger = Tally::default();
        for tally in &suppliers {
            ledger.documents += tally.documents;
            ledger.to_lines += tally.to_lines;
            ledger.of_three += tally.of_three;
            ledger.repeating += tally.repeating;
            ledger.of_one_id += tally.of_one_id;
            ledger.of_several_ids += tally.of_several_ids;
        }
        Self { suppliers, ledger }
    }

    /// Returns `true` when a supplier often bills in several rows.
    pub(super) fn bills_lines(&self, supplier: Option<u32>) -> bool {
        let (own, ledger) = (self.own(supplier), self.ledger);
        let of_ledger = (ledger.to_lines, ledger.documents);
        share((own.to_lines, own.documents), of_ledger, SHRINKAGE) >= BILLS_LINES_FROM
    }

    /// Returns `true` when a supplier's documents often have the same line again.
    pub(super) fn repeats_lines(&self, supplier: Option<u32>) -> bool {
        let (own, ledger) = (self.own(supplier), self.ledger);
        let of_ledger = (ledger.repeating, ledger.of_three);
        share((own.repeating, own.of_three), of_ledger, SHRINKAGE) >= REPEATS_FROM
    }

    /// Returns `true` where rows of different Unique IDs are of different documents, whatever number and days
    /// they share: the ledger gives an id to a document and not to a line of one, and this supplier's rows do
    /// not say otherwise.
    pub(in crate::run::invoices) fn are_split_by_ids(
        &self,
        setting: InvoiceLines,
        supplier: Option<u32>,
    ) -> bool {
        let in_rows = |tally: Tally| (tally.of_one_id, tally.of_one_id + tally.of_several_ids);
        let (own, ledger) = (in_rows(self.own(supplier)), in_rows(self.ledger));
        setting == InvoiceLines::Automatic
            && share(own, ledger, IDS_SHRINKAGE) > IDS_OF_DOCUMENTS_ABOVE
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

/// The share of a supplier's documents that are so, drawn towards the ledger's as far as it has few; both as
/// how many are, of how many.
fn share((own, of_own): (f64, f64), (all, of_all): (f64, f64), shrinkage: f64) -> f64 {
    let usual = all / (of_all + LEDGER_BEGINS_WITH);
    (own + shrinkage * usual) / (of_own + shrinkage)
}
