//! Texts that stand where a number should and are none: `REDACTED`, `REFUND`, `EXPENSES`, `IMPLANT Q2`,
//! `999999`.
//!
//! Who is paid under such a text is nobody: each payment is to somebody else.
//!
//! Not for: numbers that one supplier writes on many invoices, such as a customer's account (`numbers`).
//!
//! Invariant: a text is judged by its use and by no list, so it is one in any language.

use rustc_hash::FxHashSet;

use super::number_forms::{NumberForms, Wording};
use crate::invoice_number::InvoiceNumber;
use crate::invoices::Invoices;

/// Words without a digit on so many invoices are a remark. Copies of one invoice count as one.
const INVOICES_MIN: usize = 3;
/// A word with digits that so many parties write is no number of any of them: by chance two or three
/// write `MILEAGE 1`.
const PARTIES_MIN: usize = 5;
/// Digits that so many parties write, none of which counted so far. Where a count may have come to them, each
/// party is to have written them for so many amounts on average: a number of its own is on one invoice.
const PARTIES_OF_DIGITS_MIN: usize = 8;
const USES_OF_FEW_DIGITS_MIN: usize = 2;

/// In a handful of rows ids and numbers may be the same by somebody's choice.
const IDS_MIN: usize = 20;

/// A text, what sort it is, and the party and amount it was written for.
type Use = (u64, Wording, u32, i64);

/// Words that stand for nothing in a ledger.
#[derive(Debug, Default)]
pub struct Placeholders(FxHashSet<u64>);

impl Placeholders {
    /// Finds the words without a digit that stand in the place of numbers.
    pub fn find(invoices: &Invoices) -> Self {
        let is_words = |at: &usize| !invoices.number(*at).contains(|c: char| c.is_ascii_digit());
        let uses = (0..invoices.len()).filter(is_words).filter_map(|at| {
            let text = key(invoices.number(at));
            (text != 0).then(|| (text, Wording::Words, invoices.party[at], invoices.amount[at]))
        });
        Self::of(uses.collect())
    }

    /// Returns `true` when a payee of this name is nobody.
    pub fn is_nobody(&self, name: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&key(name))
    }

    fn of(mut uses: Vec<Use>) -> Self {
        uses.sort_unstable_by_key(|(text, _, party, amount)| (*text, *party, *amount));
        uses.dedup();
        let texts = uses.chunk_by(|x, y| x.0 == y.0).filter(|uses| stand_for_nothing(uses));
        Self(texts.map(|uses| uses[0].0).collect())
    }
}

/// The identity of a text as numbers are compared; 0 when it tells nothing.
fn key(text: &str) -> u64 {
    let number = InvoiceNumber::new(text);
    if number.is_usable() { crate::text_key(&number.plain) } else { 0 }
}

/// Makes the texts that stand for no number tell nothing, and gives their identities.
pub(super) fn leave_out(invoices: &Invoices, read: &mut [NumberForms]) -> FxHashSet<u64> {
    let words = read
        .iter()
        .enumerate()
        .filter(|(_, read)| read.plain != 0 && read.wording != Wording::Number);
    let uses =
        words.map(|(at, read)| (read.plain, read.wording, invoices.party[at], invoices.amount[at]));
    let Placeholders(texts) = Placeholders::of(uses.collect());
    if !texts.is_empty() {
        for read in read.iter_mut().filter(|read| texts.contains(&read.plain)) {
            *read = read.without_number();
        }
    }
    texts
}

/// Returns `true` when every number is the id of its row: files without the supplier's own numbers,
/// in whose place the system's stand. Rows of other days have other ids whatever is on the paper, and
/// neighbours in the system are neighbours on nobody's paper.
///
/// Every one, and not most by degrees: where a single row has another number, ids may have been made of the
/// suppliers' numbers (`INV-7`, and `INV-7/2` for the second row with it). To hear nothing from those that
/// agree would then hide the very pairs that share a number.
pub(super) fn are_ids(invoices: &Invoices) -> bool {
    invoices.len() >= IDS_MIN
        && (0..invoices.len()).all(|at| invoices.number(at) == invoices.id(at))
}

/// Of the uses of one text, each by a party for an amount, in the order of parties.
fn stand_for_nothing(uses: &[Use]) -> bool {
    let parties = || uses.chunk_by(|x, y| x.2 == y.2).count();
    match uses[0].1 {
        Wording::Number => false,
        Wording::Words => uses.len() >= INVOICES_MIN,
        Wording::WordAndDigits => parties() >= PARTIES_MIN,
        Wording::TypedDigits => parties() >= PARTIES_OF_DIGITS_MIN,
        Wording::FewTypedDigits => {
            let parties = parties();
            parties >= PARTIES_OF_DIGITS_MIN && uses.len() >= parties * USES_OF_FEW_DIGITS_MIN
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::number_forms::read_all;
    use super::*;
    use crate::invoices::Invoice;

    #[test]
    fn numbers_that_are_the_ids_of_all_rows_are_the_systems() {
        let table = |rows: usize, own: Option<&str>| {
            let mut invoices = Invoices::default();
            for row in 0..rows {
                let id = format!("51056{row:05}");
                let number = own.filter(|_| row == 7).unwrap_or(&id);
                invoices.push(&Invoice { id: &id, number, ..Invoice::default() });
            }
            invoices
        };
        for (rows, own, expected) in [
            (20, None, true),
            (19, None, false),
            (20, Some("INV-7"), false),
            // Ids made of numbers: this row's own is that of another row.
            (20, Some("5105600003"), false),
            (20, Some(""), false),
        ] {
            let invoices = table(rows, own);
            assert_eq!(are_ids(&invoices), expected, "{rows} {own:?}");
            let numbers = super::super::numbers::Numbers::of(&invoices, 1);
            assert_eq!(numbers.plain(0) == 0, expected, "{rows} {own:?}");
        }
    }

    #[test]
    fn texts_are_placeholders_by_their_use() {
        for (text, parties, each, is_placeholder) in [
            ("REDACTED", 1, 3, true),
            ("n/a", 3, 1, true),
            ("REDACTED", 1, 2, false),
            ("IMPLANT Q2", 5, 1, true),
            ("IMPLANT Q2", 2, 9, false),
            ("INV1", 9, 1, false),
            ("4711", 9, 9, false),
            ("999999", 8, 1, true),
            ("999999", 7, 9, false),
            ("12345678", 8, 1, true),
            ("0000087654321", 8, 1, true),
            ("12345687", 9, 9, false),
            ("2023", 8, 2, true),
            ("0001", 8, 2, true),
            ("123", 8, 2, true),
            // The first bill of a new firm, and the charge of a year.
            ("1", 9, 1, false),
            ("2023", 9, 1, false),
            ("2123", 9, 9, false),
            ("INV999999", 9, 9, false),
        ] {
            let mut invoices = Invoices::default();
            for party in 0..parties {
                for amount in 0..each {
                    // Copies of one invoice are one use.
                    for _copy in 0..2 {
                        let invoice = Invoice { number: text, party, amount, ..Invoice::default() };
                        invoices.push(&invoice);
                    }
                }
            }
            let mut read = read_all(&invoices, 1);
            assert_eq!(leave_out(&invoices, &mut read).len(), usize::from(is_placeholder));
            assert_eq!(read[0].plain == 0, is_placeholder, "{text} {parties} {each}");
            let is_nobody = Placeholders::find(&invoices).is_nobody(&text.to_lowercase());
            let has_digit = text.contains(|c: char| c.is_ascii_digit());
            assert_eq!(is_nobody, is_placeholder && !has_digit, "{text} {parties} {each}");
        }
    }
}
