//! A real ledger as headers: any file or folder of files that `extract` can read.
//!
//! What a ledger lacks is filled in as an honest reader would: the base amount is the invoice's, the day it
//! was keyed is its date, and its number is the document's where suppliers' own are not published.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array as _, RecordBatch};
use domain::{FileFormat, FileType, Mapping};
use extract::{Options, Place, Problem, Require, Sink, SinkError};

use super::header::Header;

/// Before the number of a document that stands for the invoice's own as well, so that it tells as much where
/// nothing is injected as where something is.
const DOCUMENT: &str = "document-";

#[derive(Default)]
struct Rows(Vec<RecordBatch>);

impl Sink for Rows {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        self.0.push(batch);
        Ok(())
    }

    fn problem(&mut self, _problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        self.0.clear();
        Ok(())
    }
}

/// Headers of all files at or below a path, lines of one document summed.
pub(crate) fn read(path: &Path, mapping: Option<&Mapping>) -> Result<Vec<Header>, Box<dyn Error>> {
    let mut headers: Vec<Header> = Vec::new();
    let mut places: HashMap<(String, String, String), usize> = HashMap::new();
    for (file, format) in files(path)? {
        let options = Options {
            mapping,
            require: Require::WhatIsThere,
            failed_per_mille_max: 1_000,
            ..Options::new(FileType::Transactions, format)
        };
        let mut rows = Rows::default();
        extract::read(File::open(&file)?, &options, &mut rows)?;
        for batch in &rows.0 {
            for row in 0..batch.num_rows() {
                let Some(header) = header(batch, row, headers.len()) else { continue };
                let key = (header.supplier.clone(), header.number.clone(), header.id.clone());
                if let Some(at) = places.get(&key) {
                    headers[*at].amount += header.amount;
                    headers[*at].stated += header.stated;
                } else {
                    places.insert(key, headers.len());
                    headers.push(header);
                }
            }
        }
    }
    Ok(headers)
}

fn header(batch: &RecordBatch, row: usize, count: usize) -> Option<Header> {
    let text = |name: &str| {
        let column = batch.column_by_name(name)?.as_string::<i32>();
        column
            .is_valid(row)
            .then(|| column.value(row).trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let day = |name: &str| {
        let column = batch.column_by_name(name)?.as_primitive::<Date32Type>();
        column.is_valid(row).then(|| column.value(row))
    };
    let amount = |name: &str| {
        let column = batch.column_by_name(name)?.as_primitive::<Decimal128Type>();
        column.is_valid(row).then(|| i64::try_from(column.value(row)).ok()).flatten()
    };
    let stated = amount("invoice_amount").or_else(|| amount("base_amount"))?;
    let invoiced =
        ["invoice_date", "entered_date", "received_date", "paid_date", "payment_cleared_date"]
            .into_iter()
            .find_map(day)?;
    let supplier_name = text("supplier_name").unwrap_or_default();
    let (id, number) = match (text("unique_id"), text("invoice_number")) {
        (Some(id), Some(number)) => (id, number),
        // Where all ids are numbers as well, numbers tell nothing; with the first injected one they would.
        (Some(id), None) => (format!("{DOCUMENT}{id}"), id),
        (None, number) => (format!("row-{count}"), number?),
    };
    Some(Header {
        id,
        number,
        supplier: text("supplier_ref").unwrap_or_else(|| supplier_name.clone()),
        supplier_name,
        amount: amount("base_amount").unwrap_or(stated),
        stated,
        currency: text("invoice_amount_currency").unwrap_or_else(|| "GBP".into()),
        invoiced,
        entered: day("entered_date").unwrap_or(invoiced),
        paid: day("paid_date").or_else(|| day("payment_cleared_date")),
        user: text("user_id").unwrap_or_default(),
        group: text("org_group_ref").unwrap_or_default(),
        order: text("po_number").unwrap_or_default(),
        means: text("payment_type").unwrap_or_default(),
        description: text("description").unwrap_or_default(),
    })
}

fn files(path: &Path) -> std::io::Result<Vec<(PathBuf, FileFormat)>> {
    if path.is_dir() {
        let mut below: Vec<PathBuf> = std::fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<_>>()?;
        below.sort();
        let found = below.iter().map(|path| files(path)).collect::<std::io::Result<Vec<_>>>()?;
        return Ok(found.concat());
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let formats = [FileFormat::Csv, FileFormat::Tsv, FileFormat::Txt, FileFormat::Xlsx];
    let format =
        formats.into_iter().find(|format| format.extension().eq_ignore_ascii_case(extension));
    Ok(format.map(|format| (path.to_owned(), format)).into_iter().collect())
}
