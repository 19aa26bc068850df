//! One cell of a sheet: where it stands, and its value as text.
//!
//! Not for: rows. Invariant: a cell lies within what a sheet can hold, in the row it is written in.

use super::super::limits::SHEET_COLUMNS_MAX;
use super::super::number::{write_iso, write_number};
use super::super::refusal::WorkbookRefusal;
use super::super::row_cells::misplaced;
use super::super::strings::decode_escapes;
use super::super::workbook::Workbook;
use super::super::xml::{Tag, not_text};

#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// From 0.
    pub(super) column: usize,
    pub(super) style: usize,
    pub(super) kind: Kind,
    pub(super) empty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Shared,
    Text,
    Boolean,
    /// `#N/A` and the like, shown as they are.
    Error,
    IsoDate,
}

/// Reads what the tag says of the cell; without a reference it stands in `next_column`.
pub(super) fn read_cell_tag(
    tag: Tag<'_>,
    row: u32,
    next_column: usize,
) -> Result<Cell, WorkbookRefusal> {
    let mut cell = Cell { column: next_column, style: 0, kind: Kind::Number, empty: tag.empty };
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        match name {
            b"r" => {
                cell.column = column_of(value, row).ok_or_else(|| misplaced(u64::from(row) - 1))?;
            }
            b"s" => {
                cell.style = decimal(value).ok_or_else(|| {
                    WorkbookRefusal::damaged(format!(
                        "a cell of row {row} has a format that is no number"
                    ))
                })?;
            }
            b"t" => {
                cell.kind = match value {
                    b"s" => Kind::Shared,
                    b"str" | b"inlineStr" => Kind::Text,
                    b"b" => Kind::Boolean,
                    b"e" => Kind::Error,
                    b"d" => Kind::IsoDate,
                    _ => Kind::Number,
                }
            }
            _ => {}
        }
    }
    if cell.column >= SHEET_COLUMNS_MAX {
        return Err(misplaced(u64::from(row) - 1));
    }
    Ok(cell)
}

/// The column (from 0) of a reference such as `AB12`, which has to be in `row`.
fn column_of(reference: &[u8], row: u32) -> Option<usize> {
    let letters = reference.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (letters, digits) = reference.split_at(letters);
    if letters.is_empty() || letters.len() > 3 || decimal(digits) != Some(row as usize) {
        return None;
    }
    let place = |letter: &u8| usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    let number = letters.iter().fold(0, |number, letter| number * 26 + place(letter));
    Some(number - 1)
}

fn decimal(digits: &[u8]) -> Option<usize> {
    const DIGITS_MAX: usize = 9;
    if digits.is_empty() || digits.len() > DIGITS_MAX {
        return None;
    }
    digits.iter().try_fold(0, |number: usize, digit| {
        digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0'))
    })
}

/// The cell's text, from the shared strings, `raw` or `rendered`.
pub(super) fn render<'t>(
    cell: Cell,
    workbook: &'t Workbook,
    raw: &'t [u8],
    rendered: &'t mut String,
    row: u32,
) -> Result<&'t str, WorkbookRefusal> {
    let raw = str::from_utf8(raw).map_err(|_not_utf8| not_text())?;
    if raw.is_empty() {
        return Ok("");
    }
    rendered.clear();
    match cell.kind {
        Kind::Shared => {
            let text = decimal(raw.trim_ascii().as_bytes()).and_then(|at| workbook.strings.get(at));
            return text.ok_or_else(|| {
                WorkbookRefusal::damaged(format!("a text that row {row} refers to is missing"))
            });
        }
        Kind::Text => rendered.push_str(&decode_escapes(raw)),
        Kind::Boolean => {
            let is_false =
                raw.trim_ascii() == "0" || raw.trim_ascii().eq_ignore_ascii_case("false");
            rendered.push_str(if is_false { "FALSE" } else { "TRUE" });
        }
        Kind::Error => return Ok(raw),
        Kind::IsoDate => write_iso(raw, rendered),
        Kind::Number => {
            let format = workbook.styles.format(cell.style, raw);
            write_number(raw, format, workbook.system, rendered);
        }
    }
    Ok(rendered)
}
