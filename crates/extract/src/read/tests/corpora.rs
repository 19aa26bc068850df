//! Files that others published: each is read or refused, and what is read is what other readers read.
//!
//! Not for: what rows mean; most of these are no extracts. Invariant: without the folder nothing is read and
//! nothing fails; with it every cell that differs is named, or is in the list of those that are known.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use self::cells::Cells;
use self::outcomes::Outcomes;
use super::*;
use crate::headers::Matcher;
use crate::record::Record;
use crate::source::open;

mod by_calamine;
mod by_csv;
mod by_python;
mod cells;
mod known;
mod outcomes;
mod value;

/// The folder that `cargo xtask corpora` fills: a folder for each package, and what Python reads of them.
const FOLDER_VARIABLE: &str = "BURSAR_CORPORA";

/// Reading any file stays under this, whatever it holds.
const MEMORY_MAX_MIB: u64 = 256;

/// A file with its corpus.
pub(super) struct CorpusFile {
    corpus: String,
    /// Below the folder of all.
    name: String,
    path: PathBuf,
    format: FileFormat,
}

#[test]
fn what_others_published_is_read_as_others_read_it() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from) else {
        println!("no corpora: `cargo xtask corpora` fetches them");
        return;
    };
    let files = files(&folder);
    assert!(!files.is_empty(), "there is nothing in {}", folder.display());
    let mut outcomes = BTreeMap::<String, Outcomes>::new();
    for file in &files {
        let of_corpus = outcomes.entry(file.corpus.clone()).or_default();
        read_file(file, of_corpus);
    }
    let memory = peak_mib();
    let by_python = by_python::load(&folder.join("python.jsonl"));
    for file in &files {
        let of_corpus = outcomes.get_mut(&file.corpus).unwrap();
        compare(file, &by_python, of_corpus);
    }
    outcomes::print(&outcomes);
    if let Some(memory) = memory {
        println!("at most {memory} MiB while reading");
        assert!(memory < MEMORY_MAX_MIB, "{memory} MiB");
    }
    let unknown: usize = outcomes.values().map(|of| of.unknown.len()).sum();
    assert_eq!(unknown, 0, "cells differ that nobody has looked at; they are named above");
}

/// All files of the kinds that are read, in an order that does not change.
fn files(folder: &Path) -> Vec<CorpusFile> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
            let format = match ending.to_ascii_lowercase().as_str() {
                "xlsx" | "xlsm" => FileFormat::Xlsx,
                "xls" => FileFormat::Xls,
                "ods" => FileFormat::Ods,
                "csv" => FileFormat::Csv,
                "tsv" | "tab" => FileFormat::Tsv,
                _ => continue,
            };
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let corpus = name.split('/').next().unwrap().to_owned();
            files.push(CorpusFile { corpus, name, path, format });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// Reads it as each type of file, from its first byte to its last.
fn read_file(file: &CorpusFile, outcomes: &mut Outcomes) {
    outcomes.files += 1;
    let bytes = fs::read(&file.path).unwrap();
    let begun = Instant::now();
    for file_type in FileType::ALL {
        let options = Options {
            require: Require::WhatIsThere,
            failed_per_mille_max: 1_000,
            ..Options::new(file_type, file.format)
        };
        let read = read(Cursor::new(&bytes), &options, &mut NullSink);
        if let Err(other @ (ReadError::Source(_) | ReadError::Sink(_))) = read {
            panic!("{}: {other:?}", file.name);
        }
    }
    let slow = (begun.elapsed().as_millis(), file.name.clone());
    if slow > outcomes.slowest {
        outcomes.slowest = slow;
    }
}

/// Holds the cells of each of its sheets against those of the other readers.
fn compare(file: &CorpusFile, by_python: &by_python::Sheets, outcomes: &mut Outcomes) {
    match file.format {
        FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => by_csv::compare(file, outcomes),
        FileFormat::Xlsx | FileFormat::Xls | FileFormat::Ods | FileFormat::Xml => {
            let by_calamine = by_calamine::sheets(file);
            let mut others = vec![("calamine", by_calamine)];
            if let Some((reader, sheets)) = by_python.get(&file.name) {
                others.push((reader, Ok(sheets.clone())));
            }
            let other = others.iter().find(|(_, sheets)| sheets.is_ok()).map(|(reader, _)| *reader);
            let mut ours = BTreeMap::<String, Result<Cells, String>>::new();
            for (reader, sheets) in others {
                for (name, theirs) in sheets.unwrap_or_else(|_unread| Vec::new()) {
                    let of_sheet =
                        ours.entry(name.clone()).or_insert_with(|| cells_of(file, Some(&name)));
                    if let Ok(of_sheet) = of_sheet {
                        outcomes.compare((file, &name, reader), of_sheet, &theirs);
                    }
                }
            }
            if ours.is_empty() {
                ours.insert(String::new(), cells_of(file, None));
            }
            outcomes.count_file(file, &ours, other);
        }
    }
}

/// The cells that are not empty.
fn cells_of(file: &CorpusFile, sheet: Option<&str>) -> Result<Cells, String> {
    let rules = ReadingRules { sheet: sheet.map(str::to_owned), ..ReadingRules::default() };
    let options = Options::by_rules(FileType::Transactions, file.format, &rules);
    let matcher = Matcher::new(options.file_type, None).unwrap();
    let bytes = fs::read(&file.path).unwrap();
    let said = |refused: ReadError| refused.to_string();
    let mut source = open(Cursor::new(bytes), &options, &matcher).map_err(said)?;
    let mut record = Record::default();
    let mut cells = Cells::new();
    while source.next(&mut record).map_err(said)? {
        for (column, text) in record.cells().enumerate().filter(|(_, text)| !text.is_empty()) {
            cells.insert((record.line, column), text.to_owned());
        }
    }
    Ok(cells)
}

/// The most memory this process has had; none where the system does not say.
fn peak_mib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib / 1024)
}
