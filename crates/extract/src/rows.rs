//! One record to one row, or to the reasons why it is none.
//!
//! Not for: what stands in for a row that is none (`non_rows`). Every cell of a record is looked at,
//! so that all that is wrong with it is said at once.
//!
//! Invariant: a row is kept with all its values or not at all.

use arrow_array::RecordBatch;
use domain::{ColumnKind, DecimalStyle};

use crate::amounts::{self, Amount, is_scientific};
use crate::batches::{Batches, Column as Cells};
use crate::currencies;
use crate::dates::{self, DateStyle, Day, SwappedDates};
use crate::empty_words::{Content, EmptyWords};
use crate::extra::Extra;
use crate::fields::Field;
use crate::formats::{ColumnFormat, Signs};
use crate::headers::{Header, Source as FieldSource};
use crate::options::{Options, Require};
use crate::record::{Quotes, Record, trimmed};
use domain::problem::Reason;

mod days;
mod source;
mod structure;

use source::Source;

/// Something to say of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remark {
    /// The cell; none when it is the record.
    pub(crate) position: Option<usize>,
    pub(crate) reason: Reason,
}

/// A field that is read from the file.
#[derive(Debug)]
struct MappedColumn {
    source: Source,
    /// Whether another field is read from the same column, and says the same of it.
    is_shared: bool,
    /// Which of the type's fields, and so which column of a batch.
    index: usize,
    field: Field,
    /// What it holds, and so which words are nothing in it.
    content: Content,
    /// What to say of an empty cell: a fault where the field must be filled.
    if_empty: Option<CellProblem>,
    dates: DateStyle,
    /// The day just read, of a column of dates.
    day: Option<i32>,
    style: DecimalStyle,
    signs: Signs,
    cells: Cells,
}

/// A field that has the same text in every row.
#[derive(Debug)]
struct ConstantColumn {
    text: String,
    column: MappedColumn,
}

/// Reads records as rows of one file, whose columns are known.
#[derive(Debug)]
pub(crate) struct Rows {
    columns: usize,
    mapped: Vec<MappedColumn>,
    constants: Vec<ConstantColumn>,
    /// Which of `mapped` is the identifier.
    identifier: Option<usize>,
    /// The text of a field that is built of several columns.
    joined: String,
    /// Groups of columns, of which one must be filled.
    alternatives: Vec<Vec<usize>>,
    empty_words: EmptyWords,
    extra: Extra,
    batches: Batches,
    /// Which of `mapped` are the dates of the invoice and of its entry.
    invoiced_and_entered: Option<(usize, usize)>,
    pub(crate) swapped: SwappedDates,
    /// Bytes of text in the record just looked at.
    text_bytes: usize,
    /// Why the record just looked at cannot be a row.
    pub(crate) faults: Vec<Remark>,
    /// What is worth saying of it all the same.
    pub(crate) notes: Vec<Remark>,
    /// Mapped cells that are not empty.
    pub(crate) filled: usize,
    /// Fields that a row must fill.
    must: usize,
    /// Whether the unit takes totals for rows.
    pub(crate) keeps_totals: bool,
    /// Cells that a record may have though there are no headers for the last of them; they are empty.
    pub(crate) cells_max: usize,
}

impl Rows {
    pub(crate) fn new(options: &Options<'_>, header: &Header, formats: &[ColumnFormat]) -> Self {
        let Options { file_type, require, .. } = *options;
        let columns = header.columns.as_slice();
        let position_of = |name: &str| {
            let field = Field::named(file_type, name)?;
            header.positions(field).first().copied()
        };
        let (mut mapped, mut constants) = (Vec::new(), Vec::new());
        for (index, field) in Field::all(file_type).enumerate() {
            let Some(source) = header.source(field) else { continue };
            let must = require == Require::Mandatory && field.is_mandatory();
            let format = source.positions().first().map(|first| formats[*first]);
            let (source, is_shared) = match source {
                FieldSource::Column(position) => {
                    (Source::Column(*position), columns[*position].fields.len() > 1)
                }
                other => (Source::Built(other.positions().to_vec()), false),
            };
            let column = MappedColumn {
                source,
                is_shared,
                index,
                field,
                content: Content::of(field),
                if_empty: must.then_some(CellProblem::Fault(Reason::Empty)),
                dates: days::style(format, field, options),
                day: None,
                style: format.map(ColumnFormat::style).unwrap_or_default(),
                signs: Signs::default(),
                cells: Cells::new(field.kind()),
            };
            match header.source(field) {
                Some(FieldSource::Constant(text)) => {
                    constants.push(ConstantColumn { text: text.clone(), column });
                }
                _ => mapped.push(column),
            }
        }
        let position = |name: &str| mapped.iter().position(|m| m.field.name() == name);
        let groups = match require {
            Require::Mandatory => file_type.spec().alternatives.iter(),
            Require::WhatIsThere => [].iter(),
        };
        Self {
            columns: columns.len(),
            identifier: mapped.iter().position(|m| m.field.kind() == ColumnKind::Identifier),
            invoiced_and_entered: position("invoice_date").zip(position("entered_date")),
            swapped: SwappedDates::default(),
            must: mapped.iter().filter(|m| m.if_empty.is_some()).count(),
            keeps_totals: options.rules.keeps_totals,
            cells_max: columns.len(),
            joined: String::new(),
            mapped,
            constants,
            alternatives: groups
                .filter_map(|names| names.iter().map(|name| position_of(name)).collect())
                .collect(),
            empty_words: EmptyWords::new(&options.rules.empty_words),
            extra: Extra::new(columns),
            batches: Batches::new(file_type),
            text_bytes: 0,
            faults: Vec::new(),
            notes: Vec::new(),
            filled: 0,
        }
    }

    /// The evidence that the values so far give of each column's format, by position.
    pub(crate) fn signs(&self) -> Vec<(Option<ColumnKind>, Signs)> {
        let mut signs: Vec<(Option<ColumnKind>, Signs)> =
            vec![(None, Signs::default()); self.columns];
        let is_typed = |kind| matches!(kind, ColumnKind::Date | ColumnKind::Amount);
        for mapped in &self.mapped {
            // A built field is text, and says nothing of how its columns are written; nor does a
            // text beside a date or an amount of the same column.
            if let Source::Column(position) = mapped.source
                && !signs[position].0.is_some_and(is_typed)
            {
                signs[position] = (Some(mapped.field.kind()), mapped.signs.clone());
            }
        }
        signs
    }

    pub(crate) fn mapped(&self) -> usize {
        self.mapped.len()
    }

    /// The number of fields that a row must fill.
    pub(crate) fn must(&self) -> usize {
        self.must
    }

    /// The record's identifier; none when the file has no column of it.
    pub(crate) fn identifier<'a>(&'a mut self, record: &'a Record) -> Option<&'a str> {
        let mapped = &self.mapped[self.identifier?];
        Some(mapped.source.text(record, &mut self.joined).0)
            .filter(|text| !self.empty_words.is_nothing(text, mapped.content))
    }

    /// Looks at every cell. The record can be a row when there are no faults; it is one once it is
    /// kept, and forgotten once it is left.
    pub(crate) fn look_at(&mut self, record: &Record) {
        self.faults.clear();
        self.notes.clear();
        self.filled = 0;
        self.text_bytes = 0;
        if record.len() > self.columns || record.quotes != Quotes::Plain {
            self.look_at_structure(record);
        }
        for mapped in &mut self.mapped {
            let (cell, position) = mapped.source.text(record, &mut self.joined);
            self.filled += usize::from(!cell.is_empty());
            if matches!(mapped.cells, Cells::Texts(_)) {
                self.text_bytes += cell.len();
            }
            match mapped.read(cell, &self.empty_words) {
                None => {}
                Some(CellProblem::Fault(reason)) => {
                    // Said once for the record, not for each cell it lacks.
                    let is_there = position < record.len();
                    let reason = if is_there { reason } else { Reason::TooFewCells };
                    let position = is_there.then_some(position);
                    let fault = Remark { position, reason };
                    let is_new = is_there && !mapped.is_shared;
                    if is_new || !self.faults.contains(&fault) {
                        self.faults.push(fault);
                    }
                }
                Some(CellProblem::Note(reason)) => {
                    let note = Remark { position: Some(position), reason };
                    if !mapped.is_shared || !self.notes.contains(&note) {
                        self.notes.push(note);
                    }
                }
            }
        }
        if let Some((invoiced, entered)) = self.invoiced_and_entered
            && let (Some(invoiced_on), Some(entered_on)) =
                (self.mapped[invoiced].day, self.mapped[entered].day)
        {
            let text = || self.mapped[invoiced].source.text(record, &mut self.joined).0.to_owned();
            self.swapped.count(invoiced_on, entered_on, text);
        }
        if !self.alternatives.is_empty() {
            self.look_at_alternatives(record);
        }
        let is_misfit = |fault: &Remark| fault.position.is_none();
        if matches!(record.quotes, Quotes::Misplaced { .. })
            || (self.faults.iter().any(is_misfit) && record.raw().contains(['\n', '\r']))
        {
            self.faults.push(Remark { position: None, reason: Reason::RunsOverLines });
        }
    }

    fn look_at_alternatives(&mut self, record: &Record) {
        let is_filled = |position: &usize| {
            !self.empty_words.is_nothing(trimmed(record.cell(*position)), Content::Names)
        };
        if !self.alternatives.iter().any(|group| group.iter().all(is_filled)) {
            let position = self.alternatives[0].iter().find(|position| !is_filled(position));
            self.faults.push(Remark { position: position.copied(), reason: Reason::Empty });
        }
    }

    /// Keeps the record just looked at as a row; gives a batch when that filled one.
    pub(crate) fn keep(&mut self, record: &Record) -> Option<RecordBatch> {
        self.batches.keep(self.text_bytes, self.extra.object(record), record.line);
        if self.batches.is_full() { self.take() } else { None }
    }

    /// Forgets the values of the record just looked at.
    pub(crate) fn leave(&mut self) {
        let rows = self.batches.rows();
        for mapped in &mut self.mapped {
            mapped.cells.truncate(rows);
        }
    }

    /// The rows that are in no batch yet.
    pub(crate) fn take(&mut self) -> Option<RecordBatch> {
        for ConstantColumn { text, column } in &mut self.constants {
            for _ in 0..self.batches.rows() {
                column.read(text, &self.empty_words);
            }
        }
        let constants = self.constants.iter_mut().map(|constant| &mut constant.column);
        let mut columns: Vec<&mut MappedColumn> = self.mapped.iter_mut().chain(constants).collect();
        columns.sort_unstable_by_key(|column| column.index);
        self.batches.take(columns.into_iter().map(|column| (column.index, &mut column.cells)))
    }
}

#[derive(Debug, Clone, Copy)]
enum CellProblem {
    Fault(Reason),
    Note(Reason),
}

impl MappedColumn {
    /// Appends what the cell holds: a null when that is nothing, or when it cannot be read and the row
    /// will not be kept.
    fn read(&mut self, cell: &str, empty_words: &EmptyWords) -> Option<CellProblem> {
        if cell.is_empty() {
            self.cells.push_null();
            self.day = None;
            return self.if_empty;
        }
        if empty_words.is_own(cell) {
            self.cells.push_null();
            self.day = None;
            return Some(said_of_empty_word(self.if_empty));
        }
        match &mut self.cells {
            Cells::Texts(texts) => {
                if empty_words.is_nothing(cell, self.content) {
                    texts.push_null();
                    return Some(said_of_empty_word(self.if_empty));
                }
                texts.push(cell);
                self.remark_on_text(cell)
            }
            Cells::Days(days) => {
                let day = dates::parse(cell, &self.dates, &mut self.signs.dates);
                let (day, said) = match day {
                    Ok(Day::Known(day)) => (Some(day), None),
                    Ok(Day::Noted(day, reason)) => (Some(day), Some(CellProblem::Note(reason))),
                    Ok(Day::Nothing(reason)) => {
                        (None, Some(self.if_empty.unwrap_or(CellProblem::Note(reason))))
                    }
                    Err(_) if empty_words.is_nothing(cell, self.content) => {
                        (None, Some(said_of_empty_word(self.if_empty)))
                    }
                    Err(reason) => (None, Some(said_of_unreadable(self.field, reason))),
                };
                self.day = day;
                days.push(day);
                said
            }
            Cells::Amounts(amounts) => {
                let (amount, sign) = amounts::parse(cell, self.style);
                self.signs.count_style(sign);
                let (amount, said) = match amount {
                    Ok(Amount::Exact(amount)) => (Some(amount), None),
                    Ok(Amount::Rounded(amount)) => {
                        (Some(amount), Some(CellProblem::Note(Reason::Rounded)))
                    }
                    Ok(Amount::Dash) => (Some(0), Some(CellProblem::Note(Reason::DashAsZero))),
                    Err(_) if empty_words.is_nothing(cell, self.content) => {
                        (None, Some(said_of_empty_word(self.if_empty)))
                    }
                    Err(reason) => (None, Some(said_of_unreadable(self.field, reason))),
                };
                amounts.push(amount);
                said
            }
        }
    }

    fn remark_on_text(&self, cell: &str) -> Option<CellProblem> {
        match self.field.kind() {
            ColumnKind::Identifier if is_scientific(cell) => {
                Some(CellProblem::Fault(Reason::RuinedIdentifier))
            }
            ColumnKind::Reference if is_scientific(cell) => {
                Some(CellProblem::Note(Reason::RuinedReference))
            }
            ColumnKind::Currency if !currencies::is_code(cell) => {
                Some(CellProblem::Note(Reason::NotACurrency))
            }
            _ => None,
        }
    }
}

#[cold]
fn said_of_empty_word(if_empty: Option<CellProblem>) -> CellProblem {
    if_empty.unwrap_or(CellProblem::Note(Reason::EmptyWords))
}

/// Costs the row where the field must be filled, and else the value alone.
#[cold]
fn said_of_unreadable(field: Field, reason: Reason) -> CellProblem {
    if field.is_mandatory() { CellProblem::Fault(reason) } else { CellProblem::Note(reason) }
}
