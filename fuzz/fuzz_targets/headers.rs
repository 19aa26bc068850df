//! Header matching: any headers are understood the same with and without the mapping that is suggested
//! for them.
#![no_main]

use std::collections::BTreeSet;

use domain::FileFormat;
use extract::{Options, Require, suggested_mapping};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
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
    let options = Options { require: Require::WhatIsThere, ..options };
    let Some((without, rows)) = promises::read(&bytes, &options) else { return };
    let with_mapping = Options { mapping: Some(&mapping), ..options };
    let Some((with, rows_with)) = promises::read(&bytes, &with_mapping) else {
        panic!("refused with the mapping that was suggested for it");
    };
    assert_eq!(with.columns, without.columns, "the mapping means something else");
    assert_eq!(rows_with.batches, rows.batches);
});

/// A file with these headers and one row.
fn file(headers: &[String]) -> Option<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headers).ok()?;
    writer.write_record(headers.iter().map(|_| "1")).ok()?;
    writer.into_inner().ok()
}
