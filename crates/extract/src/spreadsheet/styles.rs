//! The number formats that cells of a workbook carry, by number.
//!
//! Not for: what a format makes of a number (`format_code`).

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::format_code::{ConditionalFormat, FormatCode, NumberFormat, from_code};
use super::limits::FORMATS_MAX;
use super::refusal::{WorkbookRefusal, grouped};
use super::xml::{Event, Tag, Xml, to_text};

/// The styles by the number that cells carry.
#[derive(Debug, Default)]
pub(super) struct Styles {
    own: HashMap<u32, CellFormat>,
    formats: Vec<CellFormat>,
    conditional: Vec<ConditionalFormat>,
}

#[derive(Debug, Clone, Copy)]
enum CellFormat {
    Always(NumberFormat),
    /// By the value: the place among the conditional ones.
    ByValue(usize),
}

impl Styles {
    pub(super) fn read<R: Read + Seek>(xml: &mut Xml<R>) -> Result<Self, WorkbookRefusal> {
        let mut styles = Self::default();
        let mut in_cell_formats = false;
        loop {
            match xml.next()? {
                Event::Open(tag) if tag.name == b"cellXfs" => in_cell_formats = !tag.empty,
                Event::Close(b"cellXfs") => in_cell_formats = false,
                Event::Open(tag) if tag.name == b"numFmt" => {
                    if let Some((id, code)) = read_own_format(tag)? {
                        styles.define(id, &code)?;
                    }
                }
                Event::Open(tag) if in_cell_formats && tag.name == b"xf" => {
                    styles.add(number_attribute(tag, b"numFmtId")?.unwrap_or(0))?;
                }
                Event::End => return Ok(styles),
                _ => {}
            }
        }
    }

    /// Takes in a number format of the workbook's own.
    pub(super) fn define(&mut self, id: u32, code: &str) -> Result<(), WorkbookRefusal> {
        let format = match from_code(code) {
            FormatCode::Always(format) => CellFormat::Always(format),
            FormatCode::ByValue(format) => {
                self.conditional.push(format);
                CellFormat::ByValue(self.conditional.len() - 1)
            }
        };
        self.own.insert(id, format);
        check_count(self.own.len().max(self.conditional.len()))
    }

    /// Adds the next style of cells, which has the number format `id`.
    pub(super) fn add(&mut self, id: u32) -> Result<(), WorkbookRefusal> {
        let own = self.own.get(&id).copied();
        self.formats.push(own.unwrap_or_else(|| CellFormat::Always(builtin(id))));
        check_count(self.formats.len())
    }

    /// The format of a number `raw` with this style.
    pub(super) fn format(&self, style: usize, raw: &str) -> NumberFormat {
        match self.formats.get(style) {
            Some(CellFormat::Always(format)) => *format,
            Some(CellFormat::ByValue(at)) => match raw.trim_ascii().parse() {
                Ok(value) => self.conditional[*at].for_value(value),
                Err(_no_number) => NumberFormat::Plain,
            },
            None => NumberFormat::Plain,
        }
    }
}

fn check_count(formats: usize) -> Result<(), WorkbookRefusal> {
    if formats > FORMATS_MAX {
        let formats = grouped(FORMATS_MAX as u64);
        return Err(WorkbookRefusal::too_large(format!("it has more than {formats} cell formats")));
    }
    Ok(())
}

fn read_own_format(tag: Tag<'_>) -> Result<Option<(u32, String)>, WorkbookRefusal> {
    let id = number_attribute(tag, b"numFmtId")?;
    let mut code = String::new();
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        if name == b"formatCode" {
            code = to_text(value)?;
        }
    }
    Ok(id.map(|id| (id, code)))
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
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => NumberFormat::Time,
        46 => NumberFormat::Elapsed,
        _ => NumberFormat::Plain,
    }
}
