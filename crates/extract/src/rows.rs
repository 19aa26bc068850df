//! One record to one row, or to the reasons why it is none.
//!
//! Not for: what stands in for a row that is none (`non_rows`). Every cell of a record is looked at,
//! so that all that is wrong with it is said at once.
//!
//! Invariant: a row is kept with all its values or not at all.

mod amounts;
mod base_currency;
mod column;
mod credit_notes;
mod days;
mod sides;
mod source;
mod structure;

use std::ops::RangeInclusive;

use arrow_array::RecordBatch;
use domain::ColumnKind;

use crate::batches::{Batches, Column as Cells};
use crate::cell_text;
use crate::dates::SwappedDates;
use crate::empty_words::{EmptyWords, FieldContent};
use crate::extra::Extra;
use crate::fields::Field;
use crate::formats::{ColumnFormat, Signs};
use crate::headers::{Header, Source as FieldSource};
use crate::options::{Options, Require};
use crate::record::{Quotes, Record, cut_to_limit, trimmed};
use amounts::AmountContext;
use column::{CellCurrency, CellProblem, MappedColumn};
pub(crate) use credit_notes::CreditNotes;
use domain::problem::Reason;
use sides::SideColumns;
use source::{CurrencyCounts, Source};
pub(crate) use structure::RecordEnds;

/// A problem of a row, of one cell or of the whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowProblem {
    /// The cell; none when it is the record.
    pub(crate) position: Option<usize>,
    pub(crate) reason: Reason,
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
    /// Where the base currency is the one that most rows are in.
    currencies: CurrencyCounts,
    /// The place of the identifier in `mapped`.
    identifier: Option<usize>,
    /// The text of a field that is built of several columns.
    joined: String,
    /// Groups of columns, of which one must be filled.
    alternatives: Vec<Vec<usize>>,
    empty_words: EmptyWords,
    extra: Extra,
    sides: SideColumns,
    pub(crate) credit_notes: CreditNotes,
    /// The place of the invoice's amount in `mapped`.
    invoice_amount: Option<usize>,
    batches: Batches,
    /// The places in `mapped` of the dates of the invoice and of its entry.
    invoiced_and_entered: Option<(usize, usize)>,
    pub(crate) swapped: SwappedDates,
    /// Bytes of text in the record just parsed.
    text_bytes: usize,
    /// Why the record just parsed cannot be a row.
    pub(crate) faults: Vec<RowProblem>,
    /// Notes on it all the same.
    pub(crate) notes: Vec<RowProblem>,
    /// Mapped cells that are not empty.
    pub(crate) filled: usize,
    /// Fields that a row must fill.
    must: usize,
    /// Set when the unit takes totals for rows.
    pub(crate) keeps_totals: bool,
    pub(crate) ends: RecordEnds,
    /// Where dates stand that show whether cells were shifted.
    last_dates: Option<RangeInclusive<usize>>,
}

impl Rows {
    pub(crate) fn new(options: &Options<'_>, header: &Header, formats: &[ColumnFormat]) -> Self {
        let Options { file_type, require, .. } = *options;
        let columns = header.columns.as_slice();
        let position_of = |name: &str| header.position(Field::named(file_type, name)?);
        let (mut mapped, mut constants) = (Vec::new(), Vec::new());
        for (index, field) in Field::all(file_type).enumerate() {
            let Some(column) = MappedColumn::new((index, field), header, formats, options) else {
                continue;
            };
            match header.source(field) {
                Some(FieldSource::Constant(text)) => {
                    constants.push(ConstantColumn { text: text.clone(), column });
                }
                _ => mapped.push(column),
            }
        }
        let sides = SideColumns::new(columns, formats);
        let position = |name: &str| mapped.iter().position(|m| m.field.name() == name);
        let groups = match require {
            Require::Mandatory => file_type.spec().alternatives.iter(),
            Require::WhatIsThere => [].iter(),
        };
        Self {
            columns: columns.len(),
            identifier: mapped.iter().position(|m| m.field.kind() == ColumnKind::Identifier),
            invoice_amount: position("invoice_amount"),
            invoiced_and_entered: position("invoice_date").zip(position("entered_date")),
            swapped: SwappedDates::default(),
            must: mapped.iter().filter(|m| m.if_empty.is_some()).count(),
            keeps_totals: options.rules.keeps_totals,
            ends: RecordEnds::default(),
            last_dates: structure::last_dates(header, &sides),
            joined: String::new(),
            mapped,
            constants,
            currencies: CurrencyCounts::new(header),
            alternatives: groups
                .filter_map(|names| names.iter().map(|name| position_of(name)).collect())
                .collect(),
            empty_words: EmptyWords::new(&options.rules.empty_words),
            extra: Extra::new(columns),
            sides,
            credit_notes: CreditNotes::new(columns),
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
            if let Source::Column(position) | Source::Sides([position, _]) = mapped.source
                && !signs[position].0.is_some_and(is_typed)
            {
                let mut own = mapped.signs.clone();
                own.amounts = mapped.amounts.signs;
                signs[position] = (Some(mapped.field.kind()), own);
            }
        }
        for (position, sides) in self.sides.signs() {
            signs[position].1.sides = sides;
        }
        signs
    }

    pub(crate) fn mapped(&self) -> usize {
        let has_column = |mapped: &&MappedColumn| {
            !matches!(mapped.source, Source::WithAmount(_) | Source::Numbered(_))
        };
        self.mapped.iter().filter(has_column).count()
    }

    /// The number of fields that a row must fill.
    pub(crate) fn must(&self) -> usize {
        self.must
    }

    /// The currency that most rows are in, where that is asked for; empty where most name none.
    pub(crate) fn most_frequent_currency(&self) -> Option<&str> {
        let held = || self.mapped.iter().find_map(|mapped| mapped.held.as_ref()?.most_frequent());
        self.currencies.most_frequent().or_else(held)
    }

    /// The base currency, where it had to be guessed.
    pub(crate) fn assumed_base_currency(&self) -> Option<String> {
        let held = || self.mapped.iter().find_map(|mapped| mapped.held.as_ref()?.assumed());
        self.currencies.most_frequent().map(str::to_owned).or_else(held)
    }

    /// The record's identifier; none when the file has no column of it.
    pub(crate) fn identifier<'a>(&'a mut self, record: &'a Record) -> Option<&'a str> {
        let mapped = &self.mapped[self.identifier?];
        let text = mapped.source.text(record, &mut self.joined).0;
        Some(mapped.unwrapped(text).unwrap_or(text))
            .filter(|text| !self.empty_words.is_nothing(text, mapped.content))
    }

    /// Looks at every cell. The record can be a row when there are no faults; it is one once it is
    /// kept, and forgotten once it is discarded.
    pub(crate) fn parse_record(&mut self, record: &Record) {
        self.faults.clear();
        self.notes.clear();
        self.filled = 0;
        self.text_bytes = 0;
        if record.quotes != Quotes::Plain {
            self.check_quotes(record);
        }
        let side = self.sides.side(record, &mut self.notes);
        let mut found = CellCurrency::Nothing;
        for mapped in &mut self.mapped {
            let said = self.notes.len();
            let (mut cell, position) = mapped.source.text(record, &mut self.joined);
            if cell_text::may_be_wrapped(cell) {
                cell = mapped.take_off(cell, position, &mut self.notes);
            }
            cell = cut_to_limit(cell);
            let is_in_a_cell = !matches!(mapped.source, Source::Numbered(_));
            self.filled += usize::from(!cell.is_empty() && is_in_a_cell);
            if matches!(mapped.cells, Cells::Texts(_)) {
                self.text_bytes += cell.len();
            }
            // What is made of two columns is text.
            let is_number =
                record.is_number(position) && !matches!(mapped.source, Source::Sides(_));
            let context = AmountContext { record, position, is_number, side };
            let (notes, words) = (&mut self.notes, &self.empty_words);
            match mapped.read(cell, context, words, &mut found, notes) {
                None => {}
                Some(CellProblem::Fault(reason)) => {
                    // Said once for the record, not for each cell it lacks.
                    let is_there = position < record.len();
                    let reason = if is_there { reason } else { Reason::TooFewCells };
                    let position = is_there.then_some(position);
                    let fault = RowProblem { position, reason };
                    let is_new = is_there && !mapped.is_shared;
                    if is_new || !self.faults.contains(&fault) {
                        self.faults.push(fault);
                    }
                }
                // Nothing is said of a derived amount that only lacks what its column lacks.
                Some(CellProblem::Note(Reason::NotInBaseCurrency))
                    if record.cell(position).is_empty() => {}
                Some(CellProblem::Note(reason)) => {
                    self.notes.push(RowProblem { position: Some(position), reason });
                }
            }
            if mapped.is_shared {
                keep_new(&mut self.notes, said);
            }
        }
        self.compare_cells(record);
        if record.is_long() {
            self.check_cells(record);
        }
        if record.len() != self.columns {
            self.check_length(record);
        }
        if !self.alternatives.is_empty() {
            self.check_alternatives(record);
        }
        self.currencies.add(record);
        let is_misfit = |fault: &RowProblem| fault.position.is_none();
        if matches!(record.quotes, Quotes::Misplaced { .. })
            || (self.faults.iter().any(is_misfit) && record.raw().contains(['\n', '\r']))
        {
            self.faults.push(RowProblem { position: None, reason: Reason::RunsOverLines });
        }
    }

    /// Compares cells of one record with one another.
    #[inline]
    fn compare_cells(&mut self, record: &Record) {
        if let Some((invoiced, entered)) = self.invoiced_and_entered
            && let (Some(invoiced_on), Some(entered_on)) =
                (self.mapped[invoiced].day, self.mapped[entered].day)
        {
            let text = || self.mapped[invoiced].source.text(record, &mut self.joined).0.to_owned();
            self.swapped.count(invoiced_on, entered_on, text);
        }
        if self.credit_notes.are_looked_for()
            && let Some(amount) =
                self.invoice_amount.and_then(|at| self.mapped[at].cells.last_amount())
        {
            self.credit_notes.count(record, amount);
        }
    }

    fn check_alternatives(&mut self, record: &Record) {
        let is_filled = |position: &usize| {
            !self.empty_words.is_nothing(trimmed(record.cell(*position)), FieldContent::Names)
        };
        if !self.alternatives.iter().any(|group| group.iter().all(is_filled)) {
            let position = self.alternatives[0].iter().find(|position| !is_filled(position));
            self.faults.push(RowProblem { position: position.copied(), reason: Reason::Empty });
        }
    }

    /// Keeps the record just parsed as a row; gives a batch when that filled one.
    pub(crate) fn keep(&mut self, record: &Record) -> Option<RecordBatch> {
        self.batches.keep(self.text_bytes, self.extra.object(record), record.line);
        if self.batches.is_full() { self.take() } else { None }
    }

    /// Forgets the values of the record just parsed.
    pub(crate) fn discard(&mut self) {
        let rows = self.batches.rows();
        for mapped in &mut self.mapped {
            mapped.cells.truncate(rows);
        }
    }

    /// The rows that are in no batch yet.
    pub(crate) fn take(&mut self) -> Option<RecordBatch> {
        for ConstantColumn { text, column } in &mut self.constants {
            for _ in 0..self.batches.rows() {
                column.read_constant(text, &self.empty_words);
            }
        }
        let constants = self.constants.iter_mut().map(|constant| &mut constant.column);
        let mut columns: Vec<&mut MappedColumn> = self.mapped.iter_mut().chain(constants).collect();
        columns.sort_unstable_by_key(|column| column.index);
        self.batches.take(columns.into_iter().map(|column| (column.index, &mut column.cells)))
    }
}

/// Leaves out of the problems from `said` on those that were made before.
#[cold]
fn keep_new(problems: &mut Vec<RowProblem>, said: usize) {
    for at in (said..problems.len()).rev() {
        if problems[..at].contains(&problems[at]) {
            problems.remove(at);
        }
    }
}
