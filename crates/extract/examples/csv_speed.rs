//! How fast a large text is read, and in how much memory: makes one when it is not there yet, reads
//! it, prints the figures.
//!
//! Not for: deciding anything; the figures hold for one machine. Run it in release:
//! `cargo run --release -p extract --example csv_speed -- FILE.csv 5000000`.

#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use arrow_array::RecordBatch;
use domain::{FileFormat, FileType};
use extract::{Options, Place, Problem, Sink, SinkError};

/// Counts rows and forgets them.
#[derive(Default)]
struct Count {
    rows: usize,
    problems: u64,
    restarts: u64,
}

impl Sink for Count {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        self.rows += batch.num_rows();
        Ok(())
    }

    fn problem(&mut self, _problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        self.problems += 1;
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        *self = Self { restarts: self.restarts + 1, ..Self::default() };
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let path = arguments.next().map(PathBuf::from).ok_or("name the file to make and read")?;
    let rows = arguments.next().map_or(Ok(1_000_000), |rows| rows.to_string_lossy().parse())?;
    if !path.exists() {
        make(&path, rows)?;
    }
    let bytes = fs::metadata(&path)?.len();
    let options = Options::new(FileType::Transactions, FileFormat::Csv);
    let mut count = Count::default();
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    let reading = extract::read(File::open(&path)?, &options, &mut count)?;
    let (wall, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!(
        "{bytes} bytes, {} rows read, {} set aside, {} given out, {} problems, {} restarts",
        reading.rows_read, reading.rows_set_aside, count.rows, count.problems, count.restarts
    );
    let read = f64::from(u32::try_from(reading.rows_read)?);
    println!("{wall:.2} s wall, {cpu:.2} s CPU, {:.0} rows/s, {}", read / wall, peak_memory());
    Ok(())
}

/// User and system time of the process.
fn cpu_seconds() -> f64 {
    /// The parts of a second that the kernel counts in, on every machine.
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_else(|_no_linux| String::new());
    // The program's name may hold blanks and ends in the last parenthesis.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let times = fields.split_whitespace().skip(11).take(2);
    times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_else(|_no_linux| String::new());
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    peak.split_whitespace().collect::<Vec<_>>().join(" ")
}

const HEADER: &str = "Unique ID,Invoice Number,Invoice Amount,Invoice Amount Currency,Base Amount,\
                      Description,PO Number,Status,Invoice Date,Entered Date,Paid Date,\
                      Supplier Name,Supplier Ref";
const SUPPLIERS: u64 = 20_000;
const TRADES: [&str; 8] =
    ["Paper", "Cleaning", "Catering", "Legal", "Building", "Transport", "Software", "Energy"];

/// Complete under its name only when it is complete.
fn make(path: &Path, rows: u64) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
    writeln!(out, "{HEADER}")?;
    for row in 0..rows {
        write_row(&mut out, row)?;
    }
    out.into_inner()?.sync_all()?;
    fs::rename(unfinished, path)
}

/// One invoice. Multiplying by a large odd number and keeping the high bits scatters values without
/// chance.
fn write_row(out: &mut impl Write, row: u64) -> io::Result<()> {
    let scattered = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let supplier = scattered % SUPPLIERS;
    let trade = TRADES[usize::try_from(supplier % 8).expect("it is below eight")];
    let (pounds, pence) = (scattered / 7 % 49_999, scattered / 11 % 100);
    let sign = if row % 50 == 7 { "-" } else { "" };
    write!(out, "{:09},INV-{},", row + 1, 100_000 + scattered % 8_999_999)?;
    if row % 20 == 3 {
        write!(out, "{sign}{pounds}.{pence:02},EUR,{sign}{}.{pence:02},", pounds * 17 / 20)?;
    } else {
        write!(out, "{sign}{pounds}.{pence:02},GBP,{sign}{pounds}.{pence:02},")?;
    }
    match row % 10 {
        0 => write!(out, "\"{trade}, materials and labour {}\",", scattered % 997)?,
        5 => write!(out, "\"{trade} for \"\"Block {}\"\"\",", scattered % 97)?,
        _ => write!(out, "{trade} supplies {},", scattered % 99_991)?,
    }
    if row % 3 != 1 {
        write!(out, "45{:08}", scattered % 99_999_989)?;
    }
    write!(out, ",{},", if row.is_multiple_of(4) { "Approved" } else { "Paid" })?;
    let (day, month, year) = (1 + scattered % 28, 1 + scattered / 31 % 12, 2022 + scattered % 3);
    write!(out, "{day:02}/{month:02}/{year},{:02}/{month:02}/{year},", 1 + (day + 5) % 28)?;
    if !row.is_multiple_of(4) {
        write!(out, "{day:02}/{:02}/{year}", 1 + (month + 1) % 12)?;
    }
    match supplier % 10 {
        0 => write!(out, ",\"{trade}, Sons & Co {supplier} Ltd\"")?,
        1 => write!(out, ",Société {trade} n° {supplier}")?,
        _ => write!(out, ",{trade} Services {supplier} Ltd")?,
    }
    writeln!(out, ",S{supplier:05}")
}
