//! A version of a ledger as a file for other programs and people.
//!
//! Invariant: what a spreadsheet opens holds no formula, whatever the extracts held; amounts and days are
//! written by us and are what they are.

use std::io::Write;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use domain::spreadsheet::{csv_cell, csv_line};
use jiff::civil::Date;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::Error;
use crate::ledger::Ledger;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Writes a header and every row as CSV; how many rows. Blocking.
pub fn export_csv(ledger: &Ledger, mut to: impl Write) -> Result<u64, Error> {
    let schema = ledger.schema();
    let header = csv_line(schema.fields().iter().map(|field| field.name().as_str()));
    to.write_all(header.as_bytes()).map_err(Error::storage)?;
    let mut rows = 0;
    for batch in ledger.rows(None)? {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        to.write_all(lines(&batch)?.as_bytes()).map_err(Error::storage)?;
    }
    to.flush().map_err(Error::storage)?;
    Ok(rows)
}

/// Writes every row as one Parquet file; how many rows. Blocking.
pub fn export_parquet(ledger: &Ledger, to: impl Write + Send) -> Result<u64, Error> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut writer = ArrowWriter::try_new(to, ledger.schema(), Some(properties))?;
    let mut rows = 0;
    for batch in ledger.rows(None)? {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(rows)
}

fn lines(batch: &RecordBatch) -> Result<String, Error> {
    let columns: Vec<Vec<String>> =
        batch.columns().iter().map(cells).collect::<Result<_, Error>>()?;
    let line = |row: usize| {
        let cells: Vec<&str> = columns.iter().map(|cells| cells[row].as_str()).collect();
        cells.join(",") + "\r\n"
    };
    Ok((0..batch.num_rows()).map(line).collect())
}

fn cells(array: &ArrayRef) -> Result<Vec<String>, Error> {
    let text: Box<dyn Fn(usize) -> String + '_> = match array.data_type() {
        DataType::Utf8 => {
            let array = array.as_string::<i32>();
            Box::new(move |row| csv_cell(array.value(row)).into_owned())
        }
        DataType::Int64 => {
            let array = array.as_primitive::<Int64Type>();
            Box::new(move |row| array.value(row).to_string())
        }
        DataType::Boolean => {
            let array = array.as_boolean();
            Box::new(move |row| array.value(row).to_string())
        }
        DataType::Decimal128(..) => {
            let array = array.as_primitive::<Decimal128Type>();
            Box::new(move |row| array.value_as_string(row))
        }
        DataType::Date32 => {
            let array = array.as_primitive::<Date32Type>();
            Box::new(move |row| day(array.value(row)))
        }
        other => return Err(Error::UnsupportedType(other.to_string())),
    };
    Ok((0..array.len())
        .map(|row| if array.is_null(row) { String::new() } else { text(row) })
        .collect())
}

fn day(since_epoch: i32) -> String {
    let days = jiff::Span::new().days(i64::from(since_epoch));
    EPOCH.checked_add(days).map_or_else(|_out_of_range| String::new(), |day| day.to_string())
}
