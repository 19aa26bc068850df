//! A folder of ledgers that goes away with the test, and short ways to read files into them.

use std::collections::BTreeMap;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use analysis::{
    Checker, Engine, EngineLimits, Error, Ledger, Ledgers, PreparedChange, ReadRequest,
    ReadingOutcome, Retention, RunSettings,
};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use domain::finding::{CheckRequest, CheckedUnit, RunOutcome};
use domain::{
    FileFormat, FileType, InvoiceLines, LedgerChange, LedgerName, ReadingRules, UploadId,
};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use tempfile::TempDir;

pub(crate) const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

/// A row as it is compared: column to text, empty for null.
pub(crate) type Row = BTreeMap<String, String>;

pub(crate) struct Site {
    pub(crate) folder: TempDir,
    pub(crate) ledgers: Ledgers,
}

impl Site {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
        Self { ledgers: Ledgers::new(Arc::new(files), Retention::default()), folder }
    }

    /// Over a copy of ledgers that are kept.
    pub(crate) fn over(kept: &Path) -> Self {
        let site = Self::new();
        copy(kept, site.folder.path());
        site
    }

    /// Every file there is, with its length.
    pub(crate) fn files(&self) -> Vec<(PathBuf, u64)> {
        let mut files = Vec::new();
        collect(self.folder.path(), &mut files);
        files.sort();
        files
    }

    /// What preparing `text` comes to; `number` makes the upload's id.
    pub(crate) async fn prepare(&self, read: FileToRead<'_>) -> Result<ReadingOutcome, Error> {
        self.prepare_into(ledger(read.file_type), read).await
    }

    async fn prepare_into(
        &self,
        ledger: LedgerName,
        read: FileToRead<'_>,
    ) -> Result<ReadingOutcome, Error> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(read.bytes).unwrap();
        file.rewind().unwrap();
        let request = ReadRequest {
            ledger,
            upload: upload(read.number),
            format: read.format,
            rules: ReadingRules::default(),
            is_released: read.is_released,
            is_read_again: read.is_read_again,
        };
        self.ledgers.prepare(request, file).await
    }

    pub(crate) async fn pending(&self, read: FileToRead<'_>) -> PreparedChange {
        match self.prepare(read).await.unwrap() {
            ReadingOutcome::Ready(_, pending) => pending,
            other => panic!("not ready: {other:?}"),
        }
    }

    pub(crate) async fn read(&self, file_type: FileType, number: u8, text: &str) -> LedgerChange {
        let read = FileToRead { number, ..FileToRead::csv(file_type, text.as_bytes()) };
        self.pending(read).await.commit(NOW).await.unwrap()
    }

    /// Reads a file into a ledger of another unit.
    pub(crate) async fn read_into(&self, ledger: &LedgerName, number: u8, text: &str) {
        let read = FileToRead { number, ..FileToRead::csv(ledger.file_type, text.as_bytes()) };
        match self.prepare_into(ledger.clone(), read).await.unwrap() {
            ReadingOutcome::Ready(_, pending) => pending.commit(NOW).await.unwrap(),
            other => panic!("not ready: {other:?}"),
        };
    }

    pub(crate) async fn open(&self, file_type: FileType) -> Ledger {
        self.ledgers.open(&ledger(file_type)).await.unwrap()
    }

    pub(crate) async fn rows(&self, file_type: FileType) -> Vec<Row> {
        rows(self.open(file_type).await).await
    }
}

/// The unit that tests check.
pub(crate) fn unit() -> CheckedUnit {
    CheckedUnit { customer: "acme".parse().unwrap(), unit: "uk".parse().unwrap() }
}

/// A request to check a unit of which nobody has decided or set anything.
pub(crate) fn check_request(of: CheckedUnit) -> CheckRequest {
    CheckRequest::new(of, NOW)
}

/// What one check comes to over files of transactions.
pub(crate) async fn check_files(
    check: &str,
    files: &[String],
    invoice_lines: InvoiceLines,
) -> RunOutcome {
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let site = Site::new();
    for (number, text) in (1..).zip(files) {
        site.read(FileType::Transactions, number, text).await;
    }
    let names = (1..).zip(files).map(|(number, _)| (upload(number), format!("file-{number}.csv")));
    let request = CheckRequest { file_names: names.collect(), ..check_request(unit()) };
    let settings = RunSettings {
        only: Some(vec![check.to_owned()]),
        parameters: BTreeMap::new(),
        invoice_lines,
        ..RunSettings::default()
    };
    let checks = Checker::new(site.ledgers.clone(), engine);
    checks.check_with(&request, settings, |_, _| {}).await.unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, u64)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            collect(&entry.path(), files);
        } else {
            files.push((entry.path(), entry.metadata().unwrap().len()));
        }
    }
}

/// A file to read.
#[derive(Clone, Copy)]
pub(crate) struct FileToRead<'a> {
    pub(crate) file_type: FileType,
    pub(crate) number: u8,
    pub(crate) format: FileFormat,
    pub(crate) bytes: &'a [u8],
    pub(crate) is_released: bool,
    pub(crate) is_read_again: bool,
}

impl<'a> FileToRead<'a> {
    pub(crate) fn csv(file_type: FileType, bytes: &'a [u8]) -> Self {
        Self {
            file_type,
            number: 1,
            format: FileFormat::Csv,
            bytes,
            is_released: false,
            is_read_again: false,
        }
    }
}

pub(crate) fn ledger(file_type: FileType) -> LedgerName {
    LedgerName { customer: "acme".parse().unwrap(), unit: "uk".parse().unwrap(), file_type }
}

pub(crate) fn upload(number: u8) -> UploadId {
    UploadId::new(NOW, [number; 10])
}

/// All rows of a ledger in the order of their texts.
pub(crate) async fn rows(ledger: Ledger) -> Vec<Row> {
    let batches: Vec<RecordBatch> = tokio::task::spawn_blocking(move || {
        ledger.rows(None).unwrap().map(Result::unwrap).collect()
    })
    .await
    .unwrap();
    let mut rows: Vec<Row> = batches.iter().flat_map(of_batch).collect();
    rows.sort();
    rows
}

/// One column of the rows, sorted as the rows are.
pub(crate) fn column(rows: &[Row], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}

fn of_batch(batch: &RecordBatch) -> Vec<Row> {
    let schema = batch.schema();
    let text = |row: usize| {
        let cells = schema.fields().iter().zip(batch.columns());
        cells.map(|(field, array)| (field.name().clone(), shown(array, row))).collect()
    };
    (0..batch.num_rows()).map(text).collect()
}

fn shown(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return String::new();
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Date32 => array.as_primitive::<Date32Type>().value(row).to_string(),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value_as_string(row),
        other => panic!("a column of type {other}"),
    }
}
