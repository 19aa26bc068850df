//! Whether every record of real ledgers is accounted for: reads each file below a folder, prints one
//! row for it, one for each publisher's folder and one for all. Each is read as an upload is, by the mapping
//! of its publisher in `open_data/`.
//!
//! Not for: judging the ledgers. Records are counted by another reader than ours; files of other
//! kinds than text are passed over.
//! `cargo xtask open-data`, or `cargo run -p extract --example open_data -- FOLDER`.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

use std::error::Error;
use std::fs::File;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use domain::{FileFormat, FileType};
use extract::{Mapping, Options, Place, Problem, Sink, SinkError};

/// The mappings by the beginning of the folder's name.
const MAPPINGS: [(&str, &str); 6] = [
    ("uk_cabinetoffice", include_str!("open_data/cabinet_office.toml")),
    ("uk_gla", include_str!("open_data/gla.toml")),
    ("uk_harrogate", include_str!("open_data/harrogate.toml")),
    ("uk_leeds", include_str!("open_data/leeds.toml")),
    ("uk_salford", include_str!("open_data/salford.toml")),
    ("uk_sheffield", include_str!("open_data/sheffield.toml")),
];

/// One line of the table, or the sum of several.
#[derive(Debug, Default, Clone, Copy)]
struct Row {
    /// The records that the other reader counts.
    records: u64,
    read: u64,
    aside: u64,
    non_rows: u64,
    /// In ten-thousandths.
    amount: i128,
    lost: u64,
}

/// Adds up the amounts of the rows it is given.
#[derive(Debug, Default)]
struct Amounts(i128);

impl Sink for Amounts {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        if let Some(column) = batch.column_by_name("invoice_amount") {
            let amounts = column.as_primitive::<Decimal128Type>();
            self.0 += amounts.iter().flatten().sum::<i128>();
        }
        Ok(())
    }

    fn problem(&mut self, _problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        self.0 = 0;
        Ok(())
    }
}

impl AddAssign for Row {
    fn add_assign(&mut self, other: Self) {
        self.records += other.records;
        self.read += other.read;
        self.aside += other.aside;
        self.non_rows += other.non_rows;
        self.amount += other.amount;
        self.lost += other.lost;
    }
}

impl Row {
    fn of(
        path: &Path,
        format: FileFormat,
        mapping: Option<&Mapping>,
    ) -> Result<Self, Box<dyn Error>> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path)?;
        let mut record = csv::ByteRecord::new();
        let mut records = 0;
        while reader.read_byte_record(&mut record)? {
            records += 1;
        }
        let options = Options {
            mapping,
            failed_per_mille_max: 1_000,
            ..Options::new(FileType::Transactions, format)
        };
        let mut amounts = Amounts::default();
        let reading = extract::read(File::open(path)?, &options, &mut amounts)?;
        Ok(Self {
            records,
            read: reading.rows_read,
            aside: reading.rows_set_aside,
            non_rows: reading.non_rows.all(),
            amount: amounts.0,
            lost: records.abs_diff(reading.records()),
        })
    }

    fn print(&self, name: &str) {
        let Self { records, read, aside, non_rows, amount, lost } = *self;
        let sign = if amount < 0 { "-" } else { "" };
        let units = amount.unsigned_abs();
        let amount = format!("{sign}{}.{:04}", units / 10_000, units % 10_000);
        let verdict = if lost == 0 { "yes".to_owned() } else { format!("NO, {lost} off") };
        println!(
            "{name:<40} {records:>9} {read:>9} {aside:>9} {non_rows:>9} {amount:>20}  {verdict}"
        );
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("name the folder with the ledgers")?;
    let folder = PathBuf::from(folder);
    if !folder.is_dir() {
        println!("there is no folder {}: nothing was read", folder.display());
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{:<40} {:>9} {:>9} {:>9} {:>9} {:>20}  all there",
        "file", "records", "read", "aside", "non-rows", "amount"
    );
    let (mut all, mut failed) = (Row::default(), 0);
    for publisher in sorted(&folder)? {
        let mut total = Row::default();
        let mapping = mapping_of(&publisher)?;
        for (path, format) in texts(&publisher)? {
            let name =
                path.strip_prefix(&folder).expect("it was found there").display().to_string();
            match Row::of(&path, format, mapping.as_ref()) {
                Ok(row) => {
                    row.print(&name);
                    total += row;
                }
                Err(error) => {
                    failed += 1;
                    println!("{name:<40} NOT READ: {error}");
                }
            }
        }
        let name = publisher.file_name().unwrap_or_default().display().to_string();
        total.print(&format!("= {name}"));
        all += total;
    }
    all.print("= all");
    Ok(if all.lost == 0 && failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn mapping_of(publisher: &Path) -> Result<Option<Mapping>, Box<dyn Error>> {
    let name = publisher.file_name().unwrap_or_default().to_string_lossy();
    let found = MAPPINGS.iter().find(|(beginning, _)| name.starts_with(beginning));
    Ok(found.map(|(_, text)| toml::from_str(text)).transpose()?)
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The texts at or below a path.
fn texts(path: &Path) -> std::io::Result<Vec<(PathBuf, FileFormat)>> {
    if path.is_dir() {
        let below = sorted(path)?.into_iter().map(|path| texts(&path));
        return Ok(below.collect::<std::io::Result<Vec<_>>>()?.concat());
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let format = [FileFormat::Csv, FileFormat::Tsv, FileFormat::Txt]
        .into_iter()
        .find(|format| format.extension().eq_ignore_ascii_case(extension));
    Ok(format.map(|format| (path.to_owned(), format)).into_iter().collect())
}
