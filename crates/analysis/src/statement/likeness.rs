//! How a line of a statement and a row of a ledger are alike where their numbers are not the same.
//!
//! Not for: their days (`days`), nor which row a line gets (`matching`).

use evidence::invoice_number::{InvoiceNumber, NumberLikeness};

use super::open_items::OpenItem;

/// Characters of a number that is not found in another by chance.
const WHOLE_NUMBER_MIN: usize = 5;
/// Characters of a number in which a slip is told from the next invoice.
const SLIP_MIN: usize = 4;

/// The words of a number between its signs, as capitals.
pub(super) fn number_words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_uppercase).collect()
}

/// Returns `true` where a number stands whole in another, with signs or nothing round it: `RE-10983` has
/// `10983`, `1098345` has not.
pub(super) fn is_part(number: &str, whole: &str) -> bool {
    let (part, whole) = (number_words(number), number_words(whole));
    let letters: usize = part.iter().map(String::len).sum();
    letters >= WHOLE_NUMBER_MIN && whole.windows(part.len()).any(|some| some == part)
}

/// Returns `true` for numbers of the same digits in other pieces: `2026/1/11` is not `2026/11/1`.
pub(super) fn is_split_otherwise(one: &str, other: &str) -> bool {
    let pieces = |text: &str| -> Vec<String> {
        let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
        runs.map(|run| run.trim_start_matches('0').to_owned()).collect()
    };
    let (one, other) = (pieces(one), pieces(other));
    one.len() == other.len() && one != other
}

/// Returns `true` for numbers that a slip, a scanner or a prefix makes of one another.
pub(super) fn is_written_otherwise(line: (&str, &InvoiceNumber), item: &OpenItem) -> bool {
    use NumberLikeness as Like;
    let (own, ours) = (line.1.plain.as_str(), item.number.plain.as_str());
    // A prefix without a sign between is none by the rules of numbers that nothing else speaks for.
    let is_behind = |whole: &str, end: &str| end.len() >= WHOLE_NUMBER_MIN && whole.ends_with(end);
    if line.1.is_usable() && (is_behind(own, ours) || is_behind(ours, own)) {
        return true;
    }
    match Like::of(line, (item.written.as_str(), &item.number)) {
        Like::Misread
        | Like::LeadingZeros
        | Like::Suffix
        | Like::Prefix
        | Like::LongTail
        | Like::Contained
        | Like::Rearranged => true,
        Like::Transposed | Like::Dropped => own.len().min(ours.len()) >= SLIP_MIN,
        Like::Identical
        | Like::Punctuation
        | Like::Neighbouring
        | Like::Substituted
        | Like::Unrelated
        | Like::Unknown => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_other_pieces_are_others() {
        for (one, other, expected) in [
            ("2026/1/11", "2026/11/1", true),
            ("2026/1/11", "2026-01-011", false),
            ("2026/1/11", "2026111", false),
            ("INV-0117", "inv 117", false),
            ("Rent", "RENT", false),
        ] {
            assert_eq!(is_split_otherwise(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_part_of_a_number_is_whole() {
        for (number, whole, expected) in [
            ("INV035297", "RE-INV035297", true),
            ("KE050717", "10482/ke050717", true),
            ("RO-77905", "RO-77905 - ES", true),
            ("10983", "1098345", false),
            ("2026", "RE/2026/7", false),
            ("", "RE-1", false),
        ] {
            assert_eq!(is_part(number, whole), expected, "{number} {whole}");
        }
    }
}
