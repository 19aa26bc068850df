//! Findings as a Parquet file, for whoever works on them elsewhere.
//!
//! Not for: CSV and workbooks, which need no arrow (`server`). Invariant: the columns of
//! [`domain::finding::EXPORTED`], in their order; amounts are decimals, moments are moments.

use std::sync::Arc;

use arrow_array::builder::{
    Decimal128Builder, Float64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use domain::finding::{EXPORTED, ExportedCell, ExportedFinding};
use extract::{AMOUNT_PRECISION, AMOUNT_SCALE};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::Error;

/// The file's bytes.
pub fn findings_parquet(findings: &[ExportedFinding]) -> Result<Vec<u8>, Error> {
    let rows: Vec<[ExportedCell; EXPORTED.len()]> =
        findings.iter().map(ExportedFinding::cells).collect();
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (at, name) in EXPORTED.into_iter().enumerate() {
        let column = column(name, rows.iter().map(|row| &row[at]))?;
        fields.push(Field::new(name, column.data_type().clone(), true));
        columns.push(column);
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes)
}

fn column<'a>(
    name: &str,
    cells: impl Iterator<Item = &'a ExportedCell>,
) -> Result<ArrayRef, Error> {
    Ok(match data_type(name) {
        DataType::Float64 => {
            let mut built = Float64Builder::new();
            for cell in cells {
                built.append_option(if let ExportedCell::Share(share) = cell {
                    Some(*share)
                } else {
                    None
                });
            }
            Arc::new(built.finish())
        }
        DataType::Decimal128(precision, scale) => {
            let mut built = Decimal128Builder::new().with_precision_and_scale(precision, scale)?;
            for cell in cells {
                let amount =
                    if let ExportedCell::Amount(amount) = cell { Some(amount) } else { None };
                built.append_option(amount.map(|amount| i128::from(amount.ten_thousandths())));
            }
            Arc::new(built.finish())
        }
        DataType::Timestamp(..) => {
            let mut built = TimestampMicrosecondBuilder::new().with_timezone("UTC");
            for cell in cells {
                let time = if let ExportedCell::Time(time) = cell { Some(time) } else { None };
                built.append_option(time.map(|time| time.as_microsecond()));
            }
            Arc::new(built.finish())
        }
        _ => {
            let mut built = StringBuilder::new();
            for cell in cells {
                built.append_option(if let ExportedCell::Text(text) = cell {
                    Some(text)
                } else {
                    None
                });
            }
            Arc::new(built.finish())
        }
    })
}

fn data_type(column: &str) -> DataType {
    match column {
        "probability" => DataType::Float64,
        "at_risk" | "counted" | "billed" | "recovered" | "recovery_amount" => {
            DataType::Decimal128(AMOUNT_PRECISION, AMOUNT_SCALE)
        }
        "decided_on" | "first_seen" | "gone_at" => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        _ => DataType::Utf8,
    }
}
