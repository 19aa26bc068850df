//! Rows that are lines of one invoice, as far as nothing but the rows tells it: those of one supplier, number
//! and day, over whatever amounts, as an invoice may have the same line twice.
//!
//! Not for: runs of the checks, which also go by what is usual for a supplier, and look for invoices that
//! were keyed twice on one day.
//!
//! Invariant: every row is in one invoice.

/// Returns `true` for a text that tells invoices apart: a word such as REDACTED is the number of none.
pub fn is_invoice_number(text: &str) -> bool {
    text.contains(|character: char| character.is_ascii_digit())
}

/// Returns `true` for two rows of one supplier, each by its number and day, that are lines of one invoice.
pub fn are_of_one_invoice<Day: PartialEq + Copy>(one: (&str, Day), other: (&str, Day)) -> bool {
    is_invoice_number(one.0) && one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_number_and_day_are_of_one_invoice() {
        for (one, other, are_of_one) in [
            (("INV-7", 1), ("INV-7", 1), true),
            (("INV-7", 1), ("INV-7", 2), false),
            (("INV-7", 1), ("INV-8", 1), false),
            (("REDACTED", 1), ("REDACTED", 1), false),
            (("", 1), ("", 1), false),
        ] {
            assert_eq!(are_of_one_invoice(one, other), are_of_one, "{one:?} {other:?}");
        }
    }
}
