//! The number formats that cells of a workbook carry, by number.
//!
//! Not for: what a format makes of a number (`format_code`).

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::format_code::{ConditionalFormat, FormatCode, NumberFormat, from_code};
use super::limits::FORMATS_MAX;
use super::refusal::WorkbookRefusal;
use super::xml::{Event, Tag, Xml, to_text};

/// By the style number that cells carry.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: Vec<CellFormat>,
    conditional: Vec<ConditionalFormat>,
}

#[derive(Debug, Clone, Copy)]
enum CellFormat {
    Always(NumberFormat),
    /// Which of the conditional ones.
    ByValue(usize),
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
                    if let Some((id, code)) = read_own_format(tag)? {
                        own.insert(id, styles.keep(code));
                    }
                }
                Event::Open(tag) if in_cell_formats && tag.name == b"xf" => {
                    let id = number_attribute(tag, b"numFmtId")?.unwrap_or(0);
                    let format = own.get(&id).copied();
                    let format = format.unwrap_or_else(|| CellFormat::Always(builtin(id)));
                    styles.formats.push(format);
                }
                Event::End => return Ok(styles),
                _ => {}
            }
            let kept = own.len().max(styles.formats.len()).max(styles.conditional.len());
            if kept > FORMATS_MAX {
                return Err(WorkbookRefusal::too_large(format!(
                    "it has more than {FORMATS_MAX} cell formats"
                )));
            }
        }
    }

    /// The format of a number `raw` with this style.
    pub(super) fn format(&self, style: usize, raw: &str) -> NumberFormat {
        match self.formats.get(style) {
            Some(CellFormat::Always(format)) => *format,
            Some(CellFormat::ByValue(at)) => match raw.trim_ascii().parse() {
                Ok(value) => self.conditional[*at].of(value),
                Err(_no_number) => NumberFormat::Plain,
            },
            None => NumberFormat::Plain,
        }
    }

    fn keep(&mut self, code: FormatCode) -> CellFormat {
        match code {
            FormatCode::Always(format) => CellFormat::Always(format),
            FormatCode::ByValue(format) => {
                self.conditional.push(format);
                CellFormat::ByValue(self.conditional.len() - 1)
            }
        }
    }
}

fn read_own_format(tag: Tag<'_>) -> Result<Option<(u32, FormatCode)>, WorkbookRefusal> {
    let id = number_attribute(tag, b"numFmtId")?;
    let mut format = FormatCode::Always(NumberFormat::Plain);
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
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => NumberFormat::Time,
        46 => NumberFormat::Elapsed,
        _ => NumberFormat::Plain,
    }
}
