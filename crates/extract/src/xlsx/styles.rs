//! What the number formats of a workbook make of a number: a date, a time, a padded number, or itself.
//!
//! Not for: fonts, colours, currency signs and decimal places; they change the look, not the value.
//!
//! Invariant: a format that is not understood leaves the number as it is.

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::limits::FORMATS_MAX;
use super::refusal::WorkbookRefusal;
use super::xml::{Event, Tag, Xml, to_text};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFormat {
    Plain,
    /// Days since the epoch, shown with a year, a month or a day.
    Date,
    /// A part of a day, or hours that may go on beyond it.
    Time,
    /// Zeros in front up to this many digits: `00000` for references such as supplier numbers.
    Padded(u8),
}

/// By the style number that cells carry.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: Vec<NumberFormat>,
}

impl Styles {
    pub(super) fn read<R: Read + Seek>(xml: &mut Xml<R>) -> Result<Self, WorkbookRefusal> {
        let mut own = HashMap::new();
        let mut styles = Self::default();
        let mut in_cell_formats = false;
        loop {
            match xml.next()? {
                Event::Open(tag) if tag.name == b"cellXfs" => in_cell_formats = !tag.empty,
                Event::Close(b"cellXfs") => in_cell_formats = false,
                Event::Open(tag) if tag.name == b"numFmt" => {
                    if let Some((id, format)) = read_own_format(tag)? {
                        own.insert(id, format);
                    }
                }
                Event::Open(tag) if in_cell_formats && tag.name == b"xf" => {
                    let id = number_attribute(tag, b"numFmtId")?.unwrap_or(0);
                    let format = own.get(&id).copied().unwrap_or_else(|| builtin(id));
                    styles.formats.push(format);
                }
                Event::End => return Ok(styles),
                _ => {}
            }
            if own.len() > FORMATS_MAX || styles.formats.len() > FORMATS_MAX {
                return Err(WorkbookRefusal::too_large(format!(
                    "it has more than {FORMATS_MAX} cell formats"
                )));
            }
        }
    }

    pub(super) fn format(&self, style: usize) -> NumberFormat {
        self.formats.get(style).copied().unwrap_or(NumberFormat::Plain)
    }
}

fn read_own_format(tag: Tag<'_>) -> Result<Option<(u32, NumberFormat)>, WorkbookRefusal> {
    let id = number_attribute(tag, b"numFmtId")?;
    let mut format = NumberFormat::Plain;
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        if name == b"formatCode" {
            format = from_code(&to_text(value)?);
        }
    }
    Ok(id.map(|id| (id, format)))
}

fn number_attribute(tag: Tag<'_>, wanted: &[u8]) -> Result<Option<u32>, WorkbookRefusal> {
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        if name == wanted {
            let number = str::from_utf8(value).ok().and_then(|value| value.parse().ok());
            return number.map(Some).ok_or_else(|| {
                WorkbookRefusal::damaged("a number format is named by something else than a number")
            });
        }
    }
    Ok(None)
}

/// The formats every workbook has without saying so (ECMA-376 part 1, 18.8.30; the East Asian ones are
/// dates and times too).
fn builtin(id: u32) -> NumberFormat {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => NumberFormat::Date,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => NumberFormat::Time,
        _ => NumberFormat::Plain,
    }
}

/// Only the first section counts: it is the one for positive numbers.
pub(super) fn from_code(code: &str) -> NumberFormat {
    let (mut day, mut time, mut months) = (false, false, false);
    let mut zeros = 0_u8;
    let mut only_zeros = true;
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        let zero = character == '0';
        zeros = zeros.saturating_add(zero.into());
        only_zeros &= zero;
        match character.to_ascii_lowercase() {
            ';' => break,
            '"' => while characters.next().is_some_and(|quoted| quoted != '"') {},
            '\\' | '_' | '*' => {
                characters.next();
            }
            // `[Red]`, `[$-409]`; but `[h]` counts hours beyond the day.
            '[' => {
                let inside: String = characters.by_ref().take_while(|&c| c != ']').collect();
                let elapsed = |unit: &str| !unit.is_empty() && inside.to_lowercase() == unit;
                time |= ["h", "hh", "m", "mm", "s", "ss"].into_iter().any(elapsed);
            }
            'y' | 'd' => day = true,
            'h' | 's' => time = true,
            'm' => months = true,
            // `General` says nothing, whatever follows.
            'g' if code.to_ascii_lowercase().starts_with("general") => return NumberFormat::Plain,
            _ => {}
        }
    }
    match (day, time, months) {
        (true, _, _) | (false, false, true) => NumberFormat::Date,
        (false, true, _) => NumberFormat::Time,
        (false, false, false) if only_zeros && zeros > 1 => NumberFormat::Padded(zeros),
        (false, false, false) => NumberFormat::Plain,
    }
}
