//! How fast a file is read into a ledger, and in how much memory: `cargo xtask prove reading` runs it beside
//! `DuckDB`.
//!
//! `ledger_speed FOLDER FILE...` reads the files, one after the other, into the transactions of one ledger in
//! FOLDER and prints a line of JSON for each: rows, replaced, seconds, CPU seconds, peak resident MiB so far.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use analysis::{Ledgers, ReadRequest, ReadingOutcome, Retention};
use domain::{FileFormat, FileType, LedgerName, ReadingRules, UploadId};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;

/// When the rows come; it does not matter here.
const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);
/// Clock ticks of /proc in a second; the same on every Linux of today.
const TICKS_PER_SECOND: f64 = 100.0;

#[expect(clippy::print_stdout, reason = "the figures are what the program is for")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: ledger_speed FOLDER FILE...")?;
    fs::create_dir_all(&folder)?;
    let ledgers =
        Ledgers::new(Arc::new(LocalFileSystem::new_with_prefix(&folder)?), Retention::default());
    let ledger = LedgerName {
        customer: "acme".parse()?,
        unit: "acme".parse()?,
        file_type: FileType::Transactions,
    };
    for file in arguments {
        let version = ledgers.open(&ledger).await.map_or(0, |ledger| ledger.version());
        let number = u8::try_from(version % 256)?;
        let format = match Path::new(&file).extension().and_then(|extension| extension.to_str()) {
            Some("xlsx") => FileFormat::Xlsx,
            Some("tsv") => FileFormat::Tsv,
            Some("txt") => FileFormat::Txt,
            _ => FileFormat::Csv,
        };
        let request = ReadRequest {
            ledger: ledger.clone(),
            upload: UploadId::new(NOW, [number; 10]),
            format,
            rules: ReadingRules::default(),
            is_released: false,
            is_read_again: false,
        };
        let (started, cpu) = (Instant::now(), cpu_seconds()?);
        let rows = match ledgers.prepare(request, File::open(&file)?).await? {
            ReadingOutcome::Ready(_, pending) => pending.commit(NOW).await?.rows,
            other => return Err(format!("{file} was not read: {other:?}").into()),
        };
        println!(
            "{}",
            serde_json::json!({
                "file": file,
                "rows": rows.rows_read,
                "replaced": rows.rows_replaced,
                "seconds": started.elapsed().as_secs_f64(),
                "cpu_seconds": cpu_seconds()? - cpu,
                "peak_mib": peak_mib()?,
            })
        );
    }
    Ok(())
}

/// Of all threads of this process, in user and system.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / TICKS_PER_SECOND)
}

fn peak_mib() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kib: u64 = line.split_whitespace().next().unwrap_or_default().parse()?;
    Ok(kib / 1024)
}
