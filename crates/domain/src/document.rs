//! Rows that are lines of one invoice, as far as nothing but the rows tells it: those of one supplier, number
//! and day.
//!
//! Not for: runs of the checks, which also go by what is usual for a supplier.
//!
//! Invariant: every row is in one invoice.

/// Returns `true` for a text that tells invoices apart: a word such as REDACTED is the number of none.
pub fn is_invoice_number(text: &str) -> bool {
    text.contains(|character: char| character.is_ascii_digit())
}

/// The invoices that rows of one supplier, number and day are: one, or so many as each amount stands there
/// times, as then the same was keyed more than once.
pub fn invoices_of_document<T>(mut rows: Vec<T>, amount: impl Fn(&T) -> i128) -> Vec<Vec<T>> {
    rows.sort_by_key(&amount);
    let counts = rows.chunk_by(|one, other| amount(one) == amount(other)).map(<[T]>::len);
    let counts: Vec<usize> = counts.collect();
    let times = match counts.as_slice() {
        [] => 0,
        [first, others @ ..] if others.iter().all(|count| count == first) => *first,
        _ => 1,
    };
    let mut invoices: Vec<Vec<T>> = (0..times).map(|_| Vec::new()).collect();
    for (at, row) in rows.into_iter().enumerate() {
        invoices[at % times].push(row);
    }
    invoices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_lines_unless_all_stand_there_as_often() {
        for (amounts, invoices) in [
            (&[][..], &[][..]),
            (&[5], &[&[5][..]][..]),
            (&[5, 7], &[&[5, 7]]),
            (&[5, 5], &[&[5], &[5]]),
            (&[7, 5, 7, 5], &[&[5, 7], &[5, 7]]),
            (&[5, 5, 7], &[&[5, 5, 7]]),
        ] {
            let found = invoices_of_document(amounts.to_vec(), |amount| i128::from(*amount));
            assert_eq!(found, invoices, "{amounts:?}");
        }
        assert!(is_invoice_number("INV-7") && !is_invoice_number("REDACTED"));
    }
}
