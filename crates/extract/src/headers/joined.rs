//! A header that stands in two lines, as reports write them: `Invoice` above `Number`.
//!
//! Not for: choosing among header rows. Invariant: two lines are one header only where both hold words
//! and no values, and together name more columns than either.

/// A cell of a header is a few words; a longer one is a sentence.
const CELL_CHARS_MAX: usize = 40;

/// Columns that two lines must name together: fewer are met by chance.
pub(super) const JOINED_MIN: usize = 3;

/// The ways in which the upper and the lower line are one header: cell by cell, and with cells of the
/// upper line that reach over several columns. None where one of them is no line of a header.
pub(super) fn joined(upper: &[&str], lower: &[&str]) -> Vec<Vec<String>> {
    if !is_words(upper) || !is_words(lower) {
        return Vec::new();
    }
    let width = upper.len().max(lower.len());
    let cell =
        |line: &[&str], place: usize| line.get(place).map_or("", |cell| cell.trim()).to_owned();
    let join = |above: &str, below: &str| [above, below].join(" ").trim().to_owned();
    let plain = (0..width).map(|place| join(&cell(upper, place), &cell(lower, place))).collect();
    let mut over = String::new();
    let reaching = |place: usize| {
        let above = cell(upper, place);
        if !above.is_empty() {
            over = above;
        }
        join(&over, &cell(lower, place))
    };
    vec![plain, (0..width).map(reaching).collect()]
}

/// Returns `true` for several cells that are a few words each.
fn is_words(line: &[&str]) -> bool {
    let mut filled = line.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let is_word = |cell: &str| {
        let has_digit = cell.bytes().any(|byte| byte.is_ascii_digit());
        let has_letter = cell.chars().any(char::is_alphabetic);
        has_letter && !has_digit && cell.chars().count() <= CELL_CHARS_MAX
    };
    line.len() > 1 && filled.clone().count() > 1 && filled.all(is_word)
}
