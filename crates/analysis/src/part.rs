//! Parts: the Parquet files of a ledger, written and read whole.
//!
//! Not for: which parts a ledger has (`ledger`). Invariant: the same rows in the same batches make the same
//! bytes, so that a repeated reading writes what the interrupted one wrote.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
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

/// Columns whose values hardly repeat: a dictionary of them costs a quarter of the writing and is
/// thrown away.
const VARIED_COLUMNS: [&str; 7] = [
    LINE_COLUMN,
    "invoice_number",
    "invoice_amount",
    "base_amount",
    "description",
    "po_number",
    "scanned_image",
];

/// Where the parts of one ledger are. Blocking: for threads that work on parts, never for those that
/// answer requests.
#[derive(Debug, Clone)]
pub(crate) struct PartStore {
    pub(crate) files: Arc<dyn ObjectStore>,
    pub(crate) runtime: Handle,
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
        Ok(OpenPart { bytes })
    }
}

/// A part in memory.
#[derive(Debug, Clone)]
pub(crate) struct OpenPart {
    bytes: Bytes,
}

impl OpenPart {
    /// All columns, or only these, in the table's order.
    pub(crate) fn rows(&self, columns: Option<&[&str]>) -> Result<ParquetRecordBatchReader, Error> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(self.bytes.clone())?;
        let mask = match columns {
            None => ProjectionMask::all(),
            Some(names) => ProjectionMask::columns(builder.parquet_schema(), names.iter().copied()),
        };
        Ok(builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()?)
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
        writer.write(batch)?;
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
        let content = writer.into_inner()?.0;
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
        .set_offset_index_disabled(true)
        .set_column_encoding(ColumnPath::from(LINE_COLUMN), Encoding::DELTA_BINARY_PACKED);
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
