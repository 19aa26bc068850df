//! The cells that records hold.
//!
//! Not for: formulas; the value saved with them is read. Invariant: a record gives as many cells as it
//! has bytes for.

use std::collections::VecDeque;

use super::super::refusal::WorkbookRefusal;
use super::records::{Fields, id};
use super::texts::TextKind;

/// A cell with its place and style.
#[derive(Debug, Clone)]
pub(super) struct BiffCell {
    /// From 0.
    pub(super) row: u32,
    /// From 0.
    pub(super) column: usize,
    pub(super) style: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Empty,
    Number(f64),
    /// The place among the shared texts.
    Shared(usize),
    Text(String),
    Boolean(bool),
    Error(u8),
}

/// Cells that were read and not yet taken.
#[derive(Debug, Default)]
pub(super) struct PendingCells {
    cells: VecDeque<BiffCell>,
    /// A formula whose text comes in a later record.
    formula: Option<BiffCell>,
}

impl PendingCells {
    pub(super) fn next(&mut self) -> Option<BiffCell> {
        self.cells.pop_front()
    }

    pub(super) fn put_back(&mut self, found: BiffCell) {
        self.cells.push_front(found);
    }

    /// Takes in the text that a formula gives.
    pub(super) fn complete(&mut self, text: String) {
        if let Some(mut formula) = self.formula.take() {
            formula.value = Value::Text(text);
            self.cells.push_back(formula);
        }
    }

    /// Takes in a record of a sheet, if it holds cells.
    pub(super) fn read(
        &mut self,
        record: u16,
        data: &[u8],
        texts: TextKind,
    ) -> Result<(), WorkbookRefusal> {
        let mut fields = Fields(data);
        match record {
            id::MUL_RK => self.read_many(fields)?,
            id::NUMBER
            | id::RK
            | id::LABEL_SST
            | id::LABEL
            | id::RSTRING
            | id::BOOL_ERR
            | id::FORMULA => {
                let (row, column, style) = (fields.u16()?, fields.u16()?, fields.u16()?);
                let value = match record {
                    id::NUMBER => Value::Number(fields.f64()?),
                    id::RK => Value::Number(rk(fields.u32()?)),
                    id::LABEL_SST => Value::Shared(fields.u32()? as usize),
                    id::BOOL_ERR => {
                        let (value, is_error) = (fields.u8()?, fields.u8()?);
                        if is_error == 1 { Value::Error(value) } else { Value::Boolean(value != 0) }
                    }
                    id::FORMULA => result(&mut fields)?,
                    _ => Value::Text(texts.long(&mut fields)?),
                };
                let (row, column, style) = (row.into(), column.into(), style.into());
                let found = BiffCell { row, column, style, value };
                if record == id::FORMULA && matches!(found.value, Value::Text(_)) {
                    self.formula = Some(found);
                } else {
                    self.cells.push_back(found);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Numbers that stand side by side: row, first column, style and number of each, last column.
    fn read_many(&mut self, mut fields: Fields<'_>) -> Result<(), WorkbookRefusal> {
        const CELL_BYTES: usize = 6;
        let row = fields.u16()?.into();
        let mut column = fields.u16()?.into();
        while fields.0.len() >= CELL_BYTES {
            let (style, number) = (fields.u16()?.into(), fields.u32()?);
            let value = Value::Number(rk(number));
            self.cells.push_back(BiffCell { row, column, style, value });
            column += 1;
        }
        Ok(())
    }
}

/// A number in four bytes: the upper half of a float, or 30 bits of a whole one, either in hundredths.
fn rk(bits: u32) -> f64 {
    const IN_HUNDREDTHS: u32 = 1;
    const IS_WHOLE: u32 = 2;
    let value = if bits & IS_WHOLE == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & IN_HUNDREDTHS == 0 { value } else { value / 100.0 }
}

/// The value saved with a formula: a number, or by a mark in its last bytes something else. An empty
/// text is a value too, and one that comes later an empty one for now.
fn result(fields: &mut Fields<'_>) -> Result<Value, WorkbookRefusal> {
    let bytes = fields.take(8)?;
    Ok(match bytes {
        [0, .., 0xff, 0xff] => Value::Text(String::new()),
        [1, _, value, .., 0xff, 0xff] => Value::Boolean(*value != 0),
        [2, _, code, .., 0xff, 0xff] => Value::Error(*code),
        [3, .., 0xff, 0xff] => Value::Empty,
        _ => Value::Number(Fields(bytes).f64()?),
    })
}
