//! The real ledgers beside the repository, when they are there: every record of every file is
//! accounted for.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::*;

const LEDGERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/open");

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}

/// Records as the oracle counts them; it takes any bytes.
fn records(path: &Path) -> u64 {
    let mut bytes = Vec::new();
    File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
    reader.byte_records().map(Result::unwrap).count() as u64
}

#[test]
fn every_record_of_every_ledger_is_accounted_for() {
    let folder = Path::new(LEDGERS);
    if !folder.is_dir() {
        eprintln!("no ledgers at {LEDGERS}");
        return;
    }
    let mut read_rows = 0;
    let mut set_aside = 0;
    for path in files(folder) {
        let mut kept = CollectingSink::default();
        let reading = read(File::open(&path).unwrap(), &survey(FileFormat::Csv), &mut kept);
        let reading = reading.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(reading.records(), records(&path), "{}", path.display());
        read_rows += reading.rows_read;
        set_aside += reading.rows_set_aside;
    }
    assert!(read_rows > 400_000 && set_aside * 50 < read_rows, "{read_rows} {set_aside}");
}
