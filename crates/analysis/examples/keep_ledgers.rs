//! Writes ledgers as this version of the schema has them, for tests of all later ones: whoever changes the
//! columns of a ledger runs it once, and from then on every test run opens, checks, extends and exports them.
//!
//! `cargo run -p analysis --example keep_ledgers -- crates/analysis/tests/ledgers/schema-2` reads the
//! files of `crates/analysis/tests/ledgers/rows`, in the order of their names, into the ledgers of one
//! unit in that folder, which must not be there, and writes beside them what each holds then as CSV.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use analysis::{Ledgers, ReadRequest, ReadingOutcome, Retention, export_csv};
use domain::{FileFormat, FileType, LedgerName, ReadingRules, UploadId};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;

/// When the rows came, as the other tests of ledgers have it.
const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: keep_ledgers FOLDER")?;
    fs::create_dir(&folder)?;
    let files = Arc::new(LocalFileSystem::new_with_prefix(&folder)?);
    let ledgers = Ledgers::new(files, Retention::default());
    for (number, path) in (1_u8..).zip(rows()?) {
        let request = ReadRequest {
            ledger: ledger(file_type(&path)?)?,
            upload: UploadId::new(NOW, [number; 10]),
            format: FileFormat::Csv,
            rules: ReadingRules::default(),
            is_released: false,
            is_read_again: false,
        };
        match ledgers.prepare(request, File::open(&path)?).await? {
            ReadingOutcome::Ready(_, pending) => pending.commit(NOW).await?,
            other => return Err(format!("{} was not read: {other:?}", path.display()).into()),
        };
    }
    for file_type in FileType::ALL {
        let name = ledger(file_type)?;
        let to = File::create(Path::new(&folder).join(format!("{}.csv", name.table())))?;
        let opened = ledgers.open(&name).await?;
        tokio::task::spawn_blocking(move || export_csv(&opened, to)).await??;
    }
    Ok(())
}

fn rows() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ledgers/rows");
    let files: Result<Vec<PathBuf>, _> =
        fs::read_dir(folder)?.map(|entry| Ok::<_, std::io::Error>(entry?.path())).collect();
    let mut files = files?;
    files.sort();
    Ok(files)
}

fn ledger(file_type: FileType) -> Result<LedgerName, Box<dyn Error>> {
    Ok(LedgerName { customer: "acme".parse()?, unit: "uk".parse()?, file_type })
}

/// Of a file that is called by its number and the table.
fn file_type(path: &Path) -> Result<FileType, Box<dyn Error>> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a name that is no text")?;
    for file_type in FileType::ALL {
        if stem.ends_with(ledger(file_type)?.table()) {
            return Ok(file_type);
        }
    }
    Err(format!("{} names no table", path.display()).into())
}
