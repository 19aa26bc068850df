//! Rows to arrow batches.
//!
//! Not for: deciding what a row is. Invariant: a row is added whole, and a batch never holds more than
//! its limits by more than one row.

use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, Date32Builder, Decimal128Builder, StringBuilder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_schema::SchemaRef;
use domain::FileType;

use crate::fields::{Field, FieldKind, arrow_type, schema};
use crate::limits::{BATCH_BYTES_MAX, BATCH_ROWS_MAX};

/// Text of a cell to make room for at first.
const USUAL_CELL_BYTES: usize = 16;

#[derive(Debug)]
pub(crate) struct Batches {
    schema: SchemaRef,
    /// One for each field of the type.
    columns: Vec<ColumnBuilder>,
    extra: StringBuilder,
    lines: UInt64Builder,
    rows: usize,
    text_bytes: usize,
}

#[derive(Debug)]
enum ColumnBuilder {
    /// The file has no such column.
    Absent(FieldKind),
    Text(StringBuilder),
    Date(Date32Builder),
    Amount(Decimal128Builder),
}

impl Batches {
    pub(crate) fn new(file_type: FileType, present: impl Fn(Field) -> bool) -> Self {
        let columns = Field::all(file_type)
            .map(|field| match field.kind() {
                kind if !present(field) => ColumnBuilder::Absent(kind),
                FieldKind::Date => {
                    ColumnBuilder::Date(Date32Builder::with_capacity(BATCH_ROWS_MAX))
                }
                FieldKind::Amount => ColumnBuilder::Amount(
                    Decimal128Builder::with_capacity(BATCH_ROWS_MAX)
                        .with_data_type(arrow_type(FieldKind::Amount)),
                ),
                _ => ColumnBuilder::Text(StringBuilder::with_capacity(
                    BATCH_ROWS_MAX,
                    BATCH_ROWS_MAX * USUAL_CELL_BYTES,
                )),
            })
            .collect();
        Self {
            schema: schema(file_type),
            columns,
            extra: StringBuilder::new(),
            lines: UInt64Builder::with_capacity(BATCH_ROWS_MAX),
            rows: 0,
            text_bytes: 0,
        }
    }

    pub(crate) fn push_text(&mut self, column: usize, text: &str) {
        if let ColumnBuilder::Text(builder) = &mut self.columns[column] {
            builder.append_value(text);
            self.text_bytes += text.len();
        }
    }

    pub(crate) fn push_day(&mut self, column: usize, day: i32) {
        if let ColumnBuilder::Date(builder) = &mut self.columns[column] {
            builder.append_value(day);
        }
    }

    pub(crate) fn push_amount(&mut self, column: usize, amount: i128) {
        if let ColumnBuilder::Amount(builder) = &mut self.columns[column] {
            builder.append_value(amount);
        }
    }

    pub(crate) fn push_null(&mut self, column: usize) {
        match &mut self.columns[column] {
            ColumnBuilder::Absent(_) => {}
            ColumnBuilder::Text(builder) => builder.append_null(),
            ColumnBuilder::Date(builder) => builder.append_null(),
            ColumnBuilder::Amount(builder) => builder.append_null(),
        }
    }

    /// Ends a row whose fields were pushed: what is in none of them, and where it came from. Gives the
    /// batch when it is full.
    pub(crate) fn end_row(&mut self, extra: Option<&str>, line: u64) -> Option<RecordBatch> {
        self.extra.append_option(extra);
        self.text_bytes += extra.map_or(0, str::len);
        self.lines.append_value(line);
        self.rows += 1;
        let is_full = self.rows == BATCH_ROWS_MAX || self.text_bytes >= BATCH_BYTES_MAX;
        if is_full { self.take() } else { None }
    }

    /// The rows that are in no batch yet.
    pub(crate) fn take(&mut self) -> Option<RecordBatch> {
        let rows = std::mem::take(&mut self.rows);
        self.text_bytes = 0;
        if rows == 0 {
            return None;
        }
        let fields = self.columns.iter_mut().map(|column| -> ArrayRef {
            match column {
                ColumnBuilder::Absent(kind) => new_null_array(&arrow_type(*kind), rows),
                ColumnBuilder::Text(builder) => ArrayBuilder::finish(builder),
                ColumnBuilder::Date(builder) => ArrayBuilder::finish(builder),
                ColumnBuilder::Amount(builder) => ArrayBuilder::finish(builder),
            }
        });
        let mut arrays: Vec<ArrayRef> = fields.collect();
        arrays.push(Arc::new(self.extra.finish()));
        arrays.push(Arc::new(self.lines.finish()));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays);
        Some(batch.expect("every column was built as the schema says, one value a row"))
    }
}
