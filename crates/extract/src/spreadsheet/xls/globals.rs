//! What stands before the sheets of a workbook: their names and places, formats, shared texts.
//!
//! Not for: cells. Invariant: what is kept is bounded, and an encrypted workbook is refused here.

use std::io::{Read, Seek};

use super::super::choice::Visibility;
use super::super::limits::{Caps, SHEETS_MAX};
use super::super::number::{DateSystem, write_number};
use super::super::refusal::WorkbookRefusal;
use super::super::relations::too_many_sheets;
use super::super::strings::SharedStrings;
use super::super::styles::Styles;
use super::cells::{BiffCell, Value};
use super::records::{BiffRecords, Fields, id};
use super::texts::{TextKind, code_page, read_shared};

#[derive(Debug)]
pub(super) struct Globals {
    pub(super) sheets: Vec<ListedSheet>,
    pub(super) texts: TextKind,
    strings: SharedStrings,
    styles: Styles,
    system: DateSystem,
}

/// A sheet, and where in the stream it begins.
#[derive(Debug)]
pub(super) struct ListedSheet {
    pub(super) name: String,
    pub(super) visible: Visibility,
    pub(super) offset: u64,
}

const SINCE_EXCEL_97: u16 = 0x0600;
const OF_WORKSHEET: u16 = 0x0010;

impl Globals {
    pub(super) fn read<R: Read + Seek>(
        records: &mut BiffRecords<R>,
        caps: Caps,
    ) -> Result<Self, WorkbookRefusal> {
        let mut globals = Self {
            sheets: Vec::new(),
            texts: TextKind::CodePage(code_page(1252)),
            strings: SharedStrings::default(),
            styles: Styles::default(),
            system: DateSystem::From1900,
        };
        if records.next()? != Some(id::BOF) {
            return Err(WorkbookRefusal::NotAWorkbook { found: "it is of a kind before Excel 5" });
        }
        let mut fields = Fields(records.data());
        let (version, kind) = (fields.u16()?, fields.u16()?);
        if version == SINCE_EXCEL_97 {
            globals.texts = TextKind::Unicode;
        }
        if kind == OF_WORKSHEET {
            let (name, visible) = (String::new(), Visibility::Shown);
            globals.sheets.push(ListedSheet { name, visible, offset: 0 });
        }
        while let Some(record) = records.next()? {
            match record {
                id::EOF => break,
                id::SST => globals.strings = read_shared(records, caps.strings_memory)?,
                _ => globals.take(record, records.data())?,
            }
            if globals.sheets.len() > SHEETS_MAX {
                return Err(too_many_sheets());
            }
        }
        Ok(globals)
    }

    fn take(&mut self, record: u16, data: &[u8]) -> Result<(), WorkbookRefusal> {
        let mut fields = Fields(data);
        match record {
            id::FILE_PASS => return Err(WorkbookRefusal::Encrypted),
            id::CODE_PAGE if matches!(self.texts, TextKind::CodePage(_)) => {
                self.texts = TextKind::CodePage(code_page(fields.u16()?));
            }
            id::DATE_MODE if fields.u16()? == 1 => self.system = DateSystem::From1904,
            id::FORMAT => {
                let number = fields.u16()?;
                let code = self.texts.code(&mut fields)?;
                self.styles.define(number.into(), &code)?;
            }
            id::XF => {
                let (_font, format) = (fields.u16()?, fields.u16()?);
                self.styles.add(format.into())?;
            }
            id::BOUND_SHEET => {
                let (offset, state, kind) = (fields.u32()?, fields.u8()?, fields.u8()?);
                let mut name = self.texts.short(&mut fields)?;
                name.retain(|character| !character.is_control());
                let visible = match state % 4 {
                    0 => Visibility::Shown,
                    _ => Visibility::Hidden,
                };
                // Charts and modules have no rows.
                if kind == 0 {
                    self.sheets.push(ListedSheet { name, visible, offset: offset.into() });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Appends the cell's value as text.
    pub(super) fn write(&self, found: &BiffCell, out: &mut String) -> Result<(), WorkbookRefusal> {
        match &found.value {
            Value::Number(number) => {
                /// Beyond it not every whole number is one.
                const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
                let is_exact = number.abs() <= WHOLE_MAX;
                let raw = if is_exact { number.to_string() } else { format!("{number:E}") };
                let format = self.styles.format(found.style, &raw);
                write_number(&raw, format, self.system, out);
            }
            Value::Shared(at) => match self.strings.get(*at) {
                Some(text) => out.push_str(text),
                None => {
                    return Err(WorkbookRefusal::damaged(format!(
                        "a text that row {} refers to is missing",
                        u64::from(found.row) + 1
                    )));
                }
            },
            Value::Text(text) => out.push_str(text),
            Value::Boolean(value) => out.push_str(if *value { "TRUE" } else { "FALSE" }),
            Value::Error(code) => out.push_str(error_name(*code)),
            Value::Empty => {}
        }
        Ok(())
    }
}

const fn error_name(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}
