//! Parts: the Parquet files of a ledger, written and read whole.
//!
//! Not for: which parts a ledger has (`ledger`). Invariant: the same rows in the same batches make the same
//! bytes, so that a repeated reading writes what the interrupted one wrote; and rows are read in this
//! program's columns, whichever version of it wrote the part.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use extract::LINE_COLUMN;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use tokio::runtime::Handle;

use crate::error::Error;
use crate::limits::{BATCH_ROWS, PART_BYTES_MAX, PART_ROWS_MAX, ROW_GROUP_ROWS_MAX};
use crate::schema::VERSION_COLUMN;

/// Columns whose values hardly repeat: a dictionary of them costs a quarter of the writing and is
/// thrown away.
const VARIED_COLUMNS: [&str; 6] = [
    "invoice_number",
    "invoice_amount",
    "base_amount",
    "description",
    "po_number",
    "scanned_image",
];

/// Whole numbers that stay or go up by one from row to row: their differences take next to nothing.
const COUNTING_COLUMNS: [&str; 2] = [LINE_COLUMN, VERSION_COLUMN];

/// Where the parts of one ledger are. Blocking: for threads that work on parts, never for those that
/// answer requests.
#[derive(Debug, Clone)]
pub(crate) struct PartStore {
    pub(crate) files: Arc<dyn ObjectStore>,
    pub(crate) runtime: Handle,
    /// The columns in which rows are read and written.
    pub(crate) schema: SchemaRef,
}

/// A part as the log knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Below the ledger's own folder.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
}

impl PartStore {
    pub(crate) fn put(&self, name: String, content: Vec<Bytes>, rows: u64) -> Result<Part, Error> {
        let bytes = content.iter().map(|piece| piece.len() as u64).sum();
        let payload = PutPayload::from_iter(content);
        self.runtime.block_on(self.files.put(&Path::from(name.as_str()), payload))?;
        Ok(Part { path: name, bytes, rows })
    }

    pub(crate) fn open(&self, part: &Part) -> Result<OpenPart, Error> {
        let path = Path::from(part.path.as_str());
        let bytes = self.runtime.block_on(async { self.files.get(&path).await?.bytes().await })?;
        Ok(OpenPart { bytes, name: part.path.clone(), schema: Arc::clone(&self.schema) })
    }
}

/// A part in memory.
#[derive(Debug, Clone)]
pub(crate) struct OpenPart {
    bytes: Bytes,
    name: String,
    schema: SchemaRef,
}

impl OpenPart {
    /// All columns, or only these, in the schema's order; null in those that the part does not have.
    pub(crate) fn rows(&self, columns: Option<&[&str]>) -> Result<PartRows, Error> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(self.bytes.clone())?;
        let wanted = |field: &&Arc<Field>| {
            columns.is_none_or(|names| names.contains(&field.name().as_str()))
        };
        let fields: Vec<Arc<Field>> = self.schema.fields().iter().filter(wanted).cloned().collect();
        for field in &fields {
            let found = builder.schema().field_with_name(field.name()).ok();
            if let Some(found) = found.filter(|found| found.data_type() != field.data_type()) {
                return Err(Error::storage(format!(
                    "column {} of {} holds {}, and the table {}",
                    field.name(),
                    self.name,
                    found.data_type(),
                    field.data_type()
                )));
            }
        }
        let names = fields.iter().map(|field| field.name().as_str());
        let mask = ProjectionMask::columns(builder.parquet_schema(), names);
        let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()?;
        Ok(PartRows { reader, schema: Arc::new(Schema::new(fields)) })
    }
}

/// The rows of a part in batches.
pub(crate) struct PartRows {
    reader: ParquetRecordBatchReader,
    schema: SchemaRef,
}

impl Iterator for PartRows {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.reader.next()?;
        Some(read.map_err(Error::from).and_then(|batch| self.completed(&batch)))
    }
}

impl PartRows {
    fn completed(&self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let column = |field: &Arc<Field>| -> ArrayRef {
            let found = batch.column_by_name(field.name()).cloned();
            found.unwrap_or_else(|| new_null_array(field.data_type(), batch.num_rows()))
        };
        let columns = self.schema.fields().iter().map(column).collect();
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }
}

/// Writes rows into as many parts as they need.
pub(crate) struct PartWriter {
    store: PartStore,
    schema: SchemaRef,
    /// Names are this, a number and `.parquet`.
    stem: String,
    /// Text without repetition: a dictionary of it would be built in vain.
    unique_column: &'static str,
    current: Option<ArrowWriter<Pieces>>,
    rows: usize,
    parts: Vec<Part>,
}

impl PartWriter {
    pub(crate) fn new(
        store: PartStore,
        schema: SchemaRef,
        stem: String,
        unique_column: &'static str,
    ) -> Self {
        Self { store, schema, stem, unique_column, current: None, rows: 0, parts: Vec::new() }
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let writer = match &mut self.current {
            Some(writer) => writer,
            none => none.insert(open_writer(&self.schema, self.unique_column)?),
        };
        writer.write(batch).map_err(Error::encoding)?;
        self.rows += batch.num_rows();
        let bytes = writer.bytes_written() + writer.in_progress_size();
        if self.rows >= PART_ROWS_MAX || bytes >= PART_BYTES_MAX {
            self.end_part()?;
        }
        Ok(())
    }

    /// Forgets what was written. Parts that were put already are overwritten by what follows, or stay
    /// unknown to the log until upkeep removes them.
    pub(crate) fn restart(&mut self) {
        self.current = None;
        self.rows = 0;
        self.parts.clear();
    }

    pub(crate) fn finish(mut self) -> Result<Vec<Part>, Error> {
        self.end_part()?;
        Ok(self.parts)
    }

    fn end_part(&mut self) -> Result<(), Error> {
        let Some(writer) = self.current.take() else { return Ok(()) };
        let content = writer.into_inner().map_err(Error::encoding)?.0;
        let rows = mem::take(&mut self.rows) as u64;
        let name = format!("{}-{:05}.parquet", self.stem, self.parts.len());
        self.parts.push(self.store.put(name, content, rows)?);
        Ok(())
    }
}

fn open_writer(
    schema: &SchemaRef,
    unique_column: &'static str,
) -> Result<ArrowWriter<Pieces>, Error> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS_MAX))
        // One minimum and maximum for a row group; those of pages cost time and are read by nobody here.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true);
    // Few days lie between the dates of two rows, whatever the order: a dictionary takes as much room
    // and more time.
    let dates = schema.fields().iter().filter(|field| field.data_type() == &DataType::Date32);
    let dates = dates.map(|field| field.name().as_str());
    for column in COUNTING_COLUMNS.into_iter().chain(dates) {
        properties = properties
            .set_column_dictionary_enabled(ColumnPath::from(column), false)
            .set_column_encoding(ColumnPath::from(column), Encoding::DELTA_BINARY_PACKED);
    }
    // Rows stand in the order in which they came: the first and last of their texts leave no part out.
    for text in schema.fields().iter().filter(|field| field.data_type() == &DataType::Utf8) {
        let column = ColumnPath::from(text.name().as_str());
        properties = properties.set_column_statistics_enabled(column, EnabledStatistics::None);
    }
    for column in VARIED_COLUMNS.into_iter().chain([unique_column]) {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    let options = ArrowWriterOptions::new().with_properties(properties.build());
    Ok(ArrowWriter::try_new_with_options(Pieces::default(), Arc::clone(schema), options)?)
}

/// A file in memory that never moves what it has: a growing vector would hold it twice at times.
#[derive(Debug, Default)]
struct Pieces(Vec<Bytes>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(Bytes::copy_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
