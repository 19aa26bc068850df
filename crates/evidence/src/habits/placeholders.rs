//! Texts that stand where a number should and are none: `REDACTED`, `REFUND`, `EXPENSES`, `IMPLANT Q2`.
//!
//! Not for: numbers that one supplier writes on many invoices, such as a customer's account (`numbers`).
//!
//! Invariant: a text is judged by its use and by no list, so it is one in any language.

use rustc_hash::FxHashSet;

use super::number_forms::{NumberForms, Wording};
use crate::invoices::Invoices;

/// Words without a digit on so many invoices are a remark. Copies of one invoice count as one.
const INVOICES_MIN: usize = 3;
/// A word with digits that so many parties write is no number of any of them: by chance two or three
/// write `MILEAGE 1`.
const PARTIES_MIN: usize = 5;

/// Makes the texts that stand for no number tell nothing.
pub(super) fn leave_out(invoices: &Invoices, read: &mut [NumberForms]) {
    let mut uses: Vec<(u64, Wording, u32, i64)> = Vec::new();
    for (at, read) in read.iter().enumerate() {
        if read.plain != 0 && read.wording != Wording::Number {
            uses.push((read.plain, read.wording, invoices.party[at], invoices.amount[at]));
        }
    }
    uses.sort_unstable_by_key(|(text, _, party, amount)| (*text, *party, *amount));
    uses.dedup();
    let texts = uses.chunk_by(|x, y| x.0 == y.0).filter(|uses| stand_for_nothing(uses));
    let placeholders: FxHashSet<u64> = texts.map(|uses| uses[0].0).collect();
    if placeholders.is_empty() {
        return;
    }
    for read in read.iter_mut().filter(|read| placeholders.contains(&read.plain)) {
        *read = read.without_number();
    }
}

/// Of the uses of one text, each by a party for an amount, in the order of parties.
fn stand_for_nothing(uses: &[(u64, Wording, u32, i64)]) -> bool {
    match uses[0].1 {
        Wording::Number => false,
        Wording::Words => uses.len() >= INVOICES_MIN,
        Wording::WordAndDigits => uses.chunk_by(|x, y| x.2 == y.2).count() >= PARTIES_MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::super::number_forms::read_all;
    use super::*;
    use crate::invoices::Invoice;

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
            leave_out(&invoices, &mut read);
            assert_eq!(read[0].plain == 0, is_placeholder, "{text} {parties} {each}");
        }
    }
}
