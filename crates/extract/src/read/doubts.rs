//! Doubts of a whole text, as notes with cells somebody can see them by.
//!
//! Not for: what raises them (`text`). Invariant: a personal value is in none of them.

use domain::problem::{Problem, Reason};
use domain::text::is_invisible;

use crate::fields::Field;
use crate::headers::Header;
use crate::options::Options;
use crate::problem::shown;
use crate::record::Doubt;

/// Cells that a note shows.
const CELLS_SHOWN: usize = 3;

/// The note of a doubt; none when no cell bears it out.
pub(super) fn note(doubt: Doubt, header: &Header, options: &Options<'_>) -> Option<Problem> {
    let field = |place: &usize| header.columns.get(*place).and_then(|column| column.field);
    let is_name = |place: &usize| field(place).is_some_and(|field| field.name().ends_with("name"));
    let is_lost = doubt.reason == Reason::LostLetters;
    let cells: Vec<(usize, String)> =
        doubt.cells.into_iter().filter(|(place, _)| !is_lost || is_name(place)).collect();
    if is_lost && cells.is_empty() {
        return None;
    }
    let has_personal = Field::all(options.file_type).any(Field::is_personal);
    let is_plain = |place: &usize| field(place).map_or(!has_personal, |field| !field.is_personal());
    let plain = cells.iter().filter(|(place, _)| is_plain(place)).take(CELLS_SHOWN);
    let plain = plain.map(|(_, cell)| with_named_invisible(cell)).collect::<Vec<_>>().join(", ");
    let parts = [doubt.taken_for, Some(plain).filter(|plain| !plain.is_empty())];
    let value = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
    Some(Problem { value: Some(shown(&value, None)), ..Problem::of_file(doubt.reason) })
}

/// The text with the numbers of characters that cannot be seen.
fn with_named_invisible(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for c in cell.chars() {
        if is_invisible(c) && !c.is_whitespace() {
            text.extend(["<U+", &format!("{:04X}", u32::from(c)), ">"]);
        } else {
            text.push(c);
        }
    }
    text
}
