//! Header matching: any headers are understood the same with and without the mapping that is suggested
//! for them.
//!
//! Not for: values below them. Invariant: as in `promises`.

use std::collections::BTreeSet;

use domain::{FileFormat, Mapping};
use extract::{Options, Reading, Require, suggested_mapping};

use super::promises;

pub fn run(input: &[u8]) {
    let [choice, text @ ..] = input else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let headers: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
    let options = promises::options(*choice, FileFormat::Csv);
    let mapping = suggested_mapping(options.file_type, &headers);
    assert!(mapping.columns.len() <= headers.len());
    let mut named = BTreeSet::new();
    for name in mapping.columns.values().filter(|name| !name.is_empty()) {
        assert!(named.insert(name), "{name} is suggested for two columns");
    }
    let Some(bytes) = file(&headers) else { return };
    // What would be derived is in the mapping too, and is derived only where it must be there.
    let only_columns = Mapping { columns: mapping.columns.clone(), ..Mapping::default() };
    for (require, mapping) in
        [(Require::WhatIsThere, &only_columns), (Require::Mandatory, &mapping)]
    {
        let options = Options { require, ..options.clone() };
        let without = promises::read(&bytes, &options);
        let with_mapping = Options { mapping: Some(mapping), ..options };
        let with = promises::read(&bytes, &with_mapping);
        let batches = |read: Option<(Reading, promises::Rows)>| read.map(|(_, rows)| rows.batches);
        assert_eq!(batches(with), batches(without), "the mapping means something else");
    }
}

/// A file with these headers and one row.
fn file(headers: &[String]) -> Option<Vec<u8>> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(headers).ok()?;
    writer.write_record(headers.iter().map(|_| "1")).ok()?;
    writer.into_inner().ok()
}
