//! Rows to arrow batches: columns that grow cell by cell, and the batch they become.
//!
//! Not for: deciding what a row is. A row's cells are appended while it is looked at, and either kept
//! or taken back; so a value is written once, where it stays.
//!
//! Invariant: a row is kept whole or not at all, and a batch never holds more than its limits by more
//! than one row.

use std::sync::Arc;

use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{ArrayRef, Int64Array, PrimitiveArray, RecordBatch, StringArray, new_null_array};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::SchemaRef;
use domain::{ColumnKind, FileType};

use crate::fields::{Field, arrow_type, schema};
use crate::limits::{BATCH_BYTES_MAX, BATCH_ROWS_MAX};

/// Text of a cell to make room for at first.
const USUAL_CELL_BYTES: usize = 16;

/// The rows of a column that are null. Most columns have few or none: a row that is not costs
/// nothing.
#[derive(Debug, Default)]
struct Nulls(Vec<usize>);

impl Nulls {
    fn truncate(&mut self, rows: usize) {
        while self.0.pop_if(|row| *row >= rows).is_some() {}
    }

    fn finish(&mut self, rows: usize) -> Option<NullBuffer> {
        if self.0.is_empty() {
            return None;
        }
        let mut is_there = BooleanBufferBuilder::new(rows);
        is_there.append_n(rows, true);
        for row in self.0.drain(..) {
            is_there.set_bit(row, false);
        }
        Some(NullBuffer::new(is_there.finish()))
    }
}

/// Texts, one behind the other.
#[derive(Debug)]
pub(crate) struct Texts {
    bytes: Vec<u8>,
    /// Where each begins, and the last ends.
    offsets: Vec<i32>,
    nulls: Nulls,
}

impl Texts {
    pub(crate) fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(BATCH_ROWS_MAX * USUAL_CELL_BYTES),
            offsets: offsets_of_none(),
            nulls: Nulls::default(),
        }
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.end_cell();
    }

    pub(crate) fn push_null(&mut self) {
        self.nulls.0.push(self.offsets.len() - 1);
        self.end_cell();
    }

    fn end_cell(&mut self) {
        let end = i32::try_from(self.bytes.len());
        self.offsets.push(end.expect("a batch and a row are bounded far below 2 GiB"));
    }

    fn truncate(&mut self, rows: usize) {
        self.offsets.truncate(rows + 1);
        self.nulls.truncate(rows);
        let end = self.offsets.last().map_or(0, |end| end.unsigned_abs() as usize);
        self.bytes.truncate(end);
    }

    fn finish(&mut self) -> ArrayRef {
        let offsets = std::mem::replace(&mut self.offsets, offsets_of_none());
        let nulls = self.nulls.finish(offsets.len() - 1);
        let room = Vec::with_capacity(self.bytes.len());
        let bytes = std::mem::replace(&mut self.bytes, room);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Arc::new(StringArray::new(offsets, bytes.into(), nulls))
    }
}

fn offsets_of_none() -> Vec<i32> {
    let mut offsets = Vec::with_capacity(BATCH_ROWS_MAX + 1);
    offsets.push(0);
    offsets
}

/// Values of one size: days, or amounts.
#[derive(Debug)]
pub(crate) struct Values<T> {
    values: Vec<T>,
    nulls: Nulls,
}

impl<T: Copy + Default> Values<T> {
    pub(crate) fn new() -> Self {
        Self { values: Vec::with_capacity(BATCH_ROWS_MAX), nulls: Nulls::default() }
    }

    /// Adds a value; none is a null.
    pub(crate) fn push(&mut self, value: Option<T>) {
        if value.is_none() {
            self.nulls.0.push(self.values.len());
        }
        self.values.push(value.unwrap_or_default());
    }

    fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
        self.nulls.truncate(rows);
    }

    fn take(&mut self) -> (Vec<T>, Option<NullBuffer>) {
        let nulls = self.nulls.finish(self.values.len());
        (std::mem::replace(&mut self.values, Vec::with_capacity(BATCH_ROWS_MAX)), nulls)
    }
}

/// One field's column of the batch that is being filled.
#[derive(Debug)]
pub(crate) enum Column {
    Texts(Texts),
    Days(Values<i32>),
    Amounts(Values<i128>),
}

impl Column {
    pub(crate) fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Date => Self::Days(Values::new()),
            ColumnKind::Amount => Self::Amounts(Values::new()),
            _ => Self::Texts(Texts::new()),
        }
    }

    pub(crate) fn push_null(&mut self) {
        match self {
            Self::Texts(texts) => texts.push_null(),
            Self::Days(days) => days.push(None),
            Self::Amounts(amounts) => amounts.push(None),
        }
    }

    /// The amount written last, zero where there is none.
    pub(crate) fn last_amount(&self) -> Option<i128> {
        match self {
            Self::Amounts(amounts) => amounts.values.last().copied(),
            Self::Texts(_) | Self::Days(_) => None,
        }
    }

    /// Takes back what is behind so many rows.
    pub(crate) fn truncate(&mut self, rows: usize) {
        match self {
            Self::Texts(texts) => texts.truncate(rows),
            Self::Days(days) => days.truncate(rows),
            Self::Amounts(amounts) => amounts.truncate(rows),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Texts(texts) => texts.finish(),
            Self::Days(days) => {
                let (days, nulls) = days.take();
                Arc::new(PrimitiveArray::<Date32Type>::new(days.into(), nulls))
            }
            Self::Amounts(amounts) => {
                let (amounts, nulls) = amounts.take();
                let array = PrimitiveArray::<Decimal128Type>::new(amounts.into(), nulls);
                Arc::new(array.with_data_type(arrow_type(ColumnKind::Amount)))
            }
        }
    }
}

/// The batch that is being filled, but for its fields' columns.
#[derive(Debug)]
pub(crate) struct Batches {
    schema: SchemaRef,
    kinds: Vec<ColumnKind>,
    extra: Texts,
    lines: Vec<i64>,
    text_bytes: usize,
}

impl Batches {
    pub(crate) fn new(file_type: FileType) -> Self {
        Self {
            schema: schema(file_type),
            kinds: Field::all(file_type).map(Field::kind).collect(),
            extra: Texts::new(),
            lines: Vec::with_capacity(BATCH_ROWS_MAX),
            text_bytes: 0,
        }
    }

    /// Rows kept so far.
    pub(crate) fn rows(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows() == BATCH_ROWS_MAX || self.text_bytes >= BATCH_BYTES_MAX
    }

    /// Keeps a row whose fields were appended with so many bytes of text: what is in none of them, and
    /// where it came from.
    pub(crate) fn keep(&mut self, text_bytes: usize, extra: Option<&str>, line: u64) {
        match extra {
            Some(extra) => self.extra.push(extra),
            None => self.extra.push_null(),
        }
        self.text_bytes += text_bytes + extra.map_or(0, str::len);
        self.lines.push(i64::try_from(line).expect("a file has fewer lines than 2^63"));
    }

    /// The rows that are in no batch yet. `columns` are those the file has, by the place of their
    /// field in the type, ascending.
    pub(crate) fn take<'a>(
        &mut self,
        columns: impl Iterator<Item = (usize, &'a mut Column)>,
    ) -> Option<RecordBatch> {
        let rows = self.rows();
        if rows == 0 {
            return None;
        }
        let mut columns = columns.peekable();
        let fields = self.kinds.iter().enumerate().map(|(place, kind)| {
            match columns.next_if(|(of, _)| *of == place) {
                Some((_, column)) => column.finish(),
                None => new_null_array(&arrow_type(*kind), rows),
            }
        });
        let mut arrays: Vec<ArrayRef> = fields.collect();
        arrays.push(self.extra.finish());
        let lines = std::mem::replace(&mut self.lines, Vec::with_capacity(BATCH_ROWS_MAX));
        arrays.push(Arc::new(Int64Array::from(lines)));
        self.text_bytes = 0;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays);
        Some(batch.expect("every column was built as the schema says, one value a row"))
    }
}
