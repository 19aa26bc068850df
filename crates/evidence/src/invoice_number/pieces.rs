//! Numbers that say of themselves that they are a piece of another: `9601-1`, `9601 2 of 3`, `9601/A`.
//!
//! Not for: what is appended for other reasons (`likeness`).
//!
//! Invariant: what is left of a number without the mark of a piece has at least [`DIGITS_MIN`] digits.

/// With fewer digits a number is the beginning of others by chance.
const DIGITS_MIN: usize = 3;
/// Nobody writes more pieces.
const PIECES_MAX: u32 = 99;
/// Words before the number of a piece, in the languages of Europe.
const WORDS: [&str; 19] = [
    "part",
    "pt",
    "instalment",
    "inst",
    "stage",
    "no",
    "teil",
    "rate",
    "abschlag",
    "tranche",
    "partie",
    "acompte",
    "parte",
    "cuota",
    "deel",
    "termijn",
    "del",
    "rata",
    "osa",
];
/// Words between the number of a piece and how many there are.
const OF: [&str; 8] = ["of", "von", "sur", "de", "di", "van", "av", "af"];
/// Letters that stand for the first pieces.
const LETTERS: std::ops::RangeInclusive<char> = 'A'..='H';

/// A number without the mark of a piece; none where it bears none.
pub(crate) fn whole_of(text: &str) -> Option<&str> {
    let text = text.trim().trim_end_matches([')', ']']);
    let whole = of_count(text).or_else(|| of_number(text)).or_else(|| of_letter(text))?;
    let digits = whole.bytes().filter(u8::is_ascii_digit).count();
    (digits >= DIGITS_MIN).then_some(whole)
}

/// `9601 2 of 3`, `9601-2/3`
fn of_count(text: &str) -> Option<&str> {
    let (rest, pieces) = number_behind(text)?;
    let rest = rest.trim_end();
    let of_word = || OF.into_iter().find_map(|word| without_word(rest, word));
    let rest = rest.strip_suffix('/').or_else(of_word)?;
    let (rest, piece) = number_behind(rest.trim_end())?;
    let whole = without_sign(without_words(rest))?;
    (piece <= pieces).then_some(whole)
}

/// `9601-2`, `9601 part 2`
fn of_number(text: &str) -> Option<&str> {
    let (rest, _) = number_behind(text)?;
    without_sign(without_words(rest))
}

/// `9601A`, `9601/A`
fn of_letter(text: &str) -> Option<&str> {
    let rest = text.strip_suffix(|c: char| LETTERS.contains(&c.to_ascii_uppercase()))?;
    let whole = without_sign(rest).unwrap_or(rest);
    whole.ends_with(|c: char| c.is_ascii_digit()).then_some(whole)
}

/// One or two digits at the end that no digit stands before, and what stands before them.
fn number_behind(text: &str) -> Option<(&str, u32)> {
    let rest = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: u32 = text.get(rest.len()..)?.parse().ok()?;
    (1..=PIECES_MAX).contains(&number).then_some((rest, number))
}

fn without_words(text: &str) -> &str {
    let trimmed = text.trim_end();
    WORDS.into_iter().find_map(|word| without_word(trimmed, word)).unwrap_or(text)
}

fn without_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(word.len())?;
    text.get(at..).filter(|end| end.eq_ignore_ascii_case(word))?;
    text.get(..at)
}

/// Without the sign or the space behind a number; none where there is none.
fn without_sign(text: &str) -> Option<&str> {
    let whole = text.trim_end_matches(['-', '/', ' ', '.', '_', '(', '[', '#', ',']);
    (whole.len() < text.len()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::whole_of;

    #[test]
    fn the_mark_of_a_piece_is_taken_off() {
        for (text, whole) in [
            ("9601-1", Some("9601")),
            ("9601/02", Some("9601")),
            ("9601 1 of 2", Some("9601")),
            ("INV-9601 (2 of 2)", Some("INV-9601")),
            ("9601-1/2", Some("9601")),
            ("9601 PART 2", Some("9601")),
            ("9601 - Part 2", Some("9601")),
            ("9601 Teil 2", Some("9601")),
            ("9601/2 sur 3", Some("9601")),
            ("9601A", Some("9601")),
            ("9601/b", Some("9601")),
            ("9601", None),
            ("9601 100", None),
            ("12-1", None),
            ("9601Z", None),
            ("", None),
            ("é-1", None),
            // The third of two is none, and so it is the second piece of `9601 3`.
            ("9601 3/2", Some("9601 3")),
        ] {
            assert_eq!(whole_of(text), whole, "{text}");
        }
    }
}
