//! One record to one row, or to the reasons why it is none.
//!
//! Not for: what stands in for a row that is none (`non_rows`). Every cell of a record is looked at,
//! so that all that is wrong with it is said at once.
//!
//! Invariant: a row is added with all its values or not at all.

use arrow_array::RecordBatch;
use domain::FileType;

use crate::amounts::{self, Amount, is_scientific};
use crate::batches::Batches;
use crate::currencies;
use crate::dates::{self, Day};
use crate::extra::Extra;
use crate::fields::{Field, FieldKind, alternatives};
use crate::formats::{ColumnFormat, Signs};
use crate::headers::Column;
use crate::read::Require;
use crate::record::Record;
use domain::problem::Reason;

/// What a cell gave.
#[derive(Debug, Clone, Copy)]
enum Value {
    Empty,
    /// The cell's text itself.
    Text,
    Day(i32),
    Amount(i128),
}

/// Something to say of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remark {
    /// The cell; none when it is the record.
    pub(crate) position: Option<usize>,
    pub(crate) reason: Reason,
}

/// A column that holds a field.
#[derive(Debug)]
struct Mapped {
    position: usize,
    /// Which of the type's fields, and so which column of a batch.
    index: usize,
    field: Field,
    /// An empty cell is a fault.
    is_mandatory: bool,
    format: ColumnFormat,
    signs: Signs,
    value: Value,
}

/// Reads records as rows of one file, whose columns are known.
#[derive(Debug)]
pub(crate) struct Rows {
    columns: usize,
    mapped: Vec<Mapped>,
    /// Groups of columns, of which one must be filled.
    alternatives: Vec<Vec<usize>>,
    extra: Extra,
    /// Why the record just looked at cannot be a row.
    pub(crate) faults: Vec<Remark>,
    /// What is worth saying of it all the same.
    pub(crate) notes: Vec<Remark>,
    /// Mapped cells that are not empty.
    pub(crate) filled: usize,
}

impl Rows {
    pub(crate) fn new(
        file_type: FileType,
        require: Require,
        columns: &[Column],
        formats: &[ColumnFormat],
    ) -> Self {
        let position_of = |name: &str| {
            columns.iter().position(|column| column.field.is_some_and(|f| f.name() == name))
        };
        let mapped = Field::all(file_type).enumerate().filter_map(|(index, field)| {
            let position = position_of(field.name())?;
            Some(Mapped {
                position,
                index,
                field,
                is_mandatory: require == Require::Mandatory && field.is_mandatory(),
                format: formats[position],
                signs: Signs::default(),
                value: Value::Empty,
            })
        });
        let groups = match require {
            Require::Mandatory => alternatives(file_type).iter(),
            Require::WhatIsThere => [].iter(),
        };
        Self {
            columns: columns.len(),
            mapped: mapped.collect(),
            alternatives: groups
                .filter_map(|names| names.iter().map(|name| position_of(name)).collect())
                .collect(),
            extra: Extra::new(columns),
            faults: Vec::new(),
            notes: Vec::new(),
            filled: 0,
        }
    }

    /// What the values so far tell of each column, by position.
    pub(crate) fn signs(&self) -> Vec<(Option<FieldKind>, Signs)> {
        let mut signs = vec![(None, Signs::default()); self.columns];
        for mapped in &self.mapped {
            signs[mapped.position] = (Some(mapped.field.kind()), mapped.signs);
        }
        signs
    }

    pub(crate) fn mapped(&self) -> usize {
        self.mapped.len()
    }

    pub(crate) fn holds(&self, field: Field) -> bool {
        self.mapped.iter().any(|mapped| mapped.field == field)
    }

    /// Looks at every cell. The record can be a row when there are no faults.
    pub(crate) fn look_at(&mut self, record: &Record) {
        self.faults.clear();
        self.notes.clear();
        self.filled = 0;
        if record.len() > self.columns {
            let beyond = record.cells().skip(self.columns);
            if beyond.map(trimmed).any(|cell| !cell.is_empty()) {
                self.faults.push(Remark { position: None, reason: Reason::TooManyCells });
            }
        }
        for mapped in &mut self.mapped {
            let cell = trimmed(record.cell(mapped.position));
            self.filled += usize::from(!cell.is_empty());
            let (value, remark) = mapped.read(cell);
            mapped.value = value;
            match remark {
                None => {}
                Some(Said::Fault(reason)) => {
                    // Said once for the record, not for each cell it lacks.
                    let is_there = mapped.position < record.len();
                    let reason = if is_there { reason } else { Reason::TooFewCells };
                    let position = is_there.then_some(mapped.position);
                    let fault = Remark { position, reason };
                    if is_there || !self.faults.contains(&fault) {
                        self.faults.push(fault);
                    }
                }
                Some(Said::Note(reason)) => {
                    self.notes.push(Remark { position: Some(mapped.position), reason });
                }
            }
        }
        let is_filled = |position: &usize| !trimmed(record.cell(*position)).is_empty();
        if !self.alternatives.is_empty()
            && !self.alternatives.iter().any(|group| group.iter().all(is_filled))
        {
            let position = self.alternatives[0].iter().find(|position| !is_filled(position));
            self.faults.push(Remark { position: position.copied(), reason: Reason::Empty });
        }
        let is_misfit = |fault: &Remark| fault.position.is_none();
        if self.faults.iter().any(is_misfit) && record.raw().contains(['\n', '\r']) {
            self.faults.push(Remark { position: None, reason: Reason::RunsOverLines });
        }
    }

    /// Adds the record just looked at; gives a batch when that filled one.
    pub(crate) fn add_to(&mut self, batches: &mut Batches, record: &Record) -> Option<RecordBatch> {
        for mapped in &self.mapped {
            match mapped.value {
                Value::Empty => batches.push_null(mapped.index),
                Value::Text => {
                    let cell = trimmed(record.cell(mapped.position));
                    batches.push_text(mapped.index, cell);
                }
                Value::Day(day) => batches.push_day(mapped.index, day),
                Value::Amount(amount) => batches.push_amount(mapped.index, amount),
            }
        }
        batches.end_row(self.extra.of(record), record.line)
    }
}

enum Said {
    Fault(Reason),
    Note(Reason),
}

impl Mapped {
    fn read(&mut self, cell: &str) -> (Value, Option<Said>) {
        if cell.is_empty() {
            return (Value::Empty, self.nothing(None));
        }
        match self.format {
            ColumnFormat::Text => (Value::Text, self.remark_on_text(cell)),
            ColumnFormat::Date { order, .. } => {
                let (day, sign) = dates::parse(cell, order);
                self.signs.count_order(sign);
                match day {
                    Ok(Day::Known(day)) => (Value::Day(day), None),
                    Ok(Day::FromDayNumber(day)) => {
                        (Value::Day(day), Some(Said::Note(Reason::DayNumbers)))
                    }
                    Ok(Day::EmptyWord) => (Value::Empty, self.nothing(Some(Reason::EmptyWords))),
                    Err(reason) => (Value::Empty, Some(Said::Fault(reason))),
                }
            }
            ColumnFormat::Amount { style, .. } => {
                let (amount, sign) = amounts::parse(cell, style);
                self.signs.count_style(sign);
                match amount {
                    Ok(Amount::Exact(amount)) => (Value::Amount(amount), None),
                    Ok(Amount::Rounded(amount)) => {
                        (Value::Amount(amount), Some(Said::Note(Reason::Rounded)))
                    }
                    Ok(Amount::Dash) => (Value::Amount(0), Some(Said::Note(Reason::DashAsZero))),
                    Err(reason) => (Value::Empty, Some(Said::Fault(reason))),
                }
            }
        }
    }

    /// What to say of a cell with nothing in it.
    fn nothing(&self, note: Option<Reason>) -> Option<Said> {
        if self.is_mandatory { Some(Said::Fault(Reason::Empty)) } else { note.map(Said::Note) }
    }

    fn remark_on_text(&self, cell: &str) -> Option<Said> {
        match self.field.kind() {
            FieldKind::Identifier if is_scientific(cell) => {
                Some(Said::Fault(Reason::RuinedIdentifier))
            }
            FieldKind::Reference if is_scientific(cell) => {
                Some(Said::Note(Reason::RuinedReference))
            }
            FieldKind::Currency if !currencies::is_code(cell) => {
                Some(Said::Note(Reason::NotACurrency))
            }
            _ => None,
        }
    }
}

/// Without blanks round it. Nearly every cell has none, which two bytes show.
pub(crate) fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [] => cell,
        [first, .., last] if is_plain(*first) && is_plain(*last) => cell,
        [only] if is_plain(*only) => cell,
        _ => cell.trim(),
    }
}

const fn is_plain(byte: u8) -> bool {
    b' ' < byte && byte < 0x80
}
