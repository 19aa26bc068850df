//! The columns of a ledger: the fields of its file type, what no field holds, and where each row came from.
//!
//! Not for: tables that other versions wrote (`evolution`). Invariant: a column is added and never renamed,
//! taken away or given another type; other programs read these tables, and so do later versions of this one.

mod evolution;

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use deltalake_core::kernel::{DataType as TableType, PrimitiveType, StructField};
use domain::FileType;

pub(crate) use self::evolution::TableColumns;
use crate::error::Error;

/// The upload a row came with; its line is in [`extract::LINE_COLUMN`].
pub const UPLOAD_COLUMN: &str = "_upload";
/// The version of the ledger by which the row came into it.
pub const VERSION_COLUMN: &str = "_version";
/// Suppliers and employees: whether the row was in the last snapshot.
pub const ACTIVE_COLUMN: &str = "_active";
/// The version by which this variation of a supplier or employee was first there.
pub const SINCE_COLUMN: &str = "_since";
/// The version by which it was there no more; null while it is active.
pub const ENDED_COLUMN: &str = "_ended";

/// The columns of the ledger of a file type. All may be null to other programs' eyes.
pub fn table_schema(file_type: FileType) -> SchemaRef {
    let of_extract = extract::schema(file_type);
    let read = of_extract.fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
    let mut fields: Vec<Field> = read.collect();
    fields.push(Field::new(UPLOAD_COLUMN, DataType::Utf8, true));
    fields.push(Field::new(VERSION_COLUMN, DataType::Int64, true));
    if file_type.is_snapshot() {
        fields.push(Field::new(ACTIVE_COLUMN, DataType::Boolean, true));
        fields.push(Field::new(SINCE_COLUMN, DataType::Int64, true));
        fields.push(Field::new(ENDED_COLUMN, DataType::Int64, true));
    }
    Arc::new(Schema::new(fields))
}

/// The columns of a ledger as Delta Lake has them.
pub(crate) fn table_columns(schema: &Schema) -> Result<Vec<StructField>, Error> {
    schema
        .fields()
        .iter()
        .map(|field| Ok(StructField::new(field.name(), table_type(field.data_type())?, true)))
        .collect()
}

fn table_type(data_type: &DataType) -> Result<TableType, Error> {
    Ok(match data_type {
        DataType::Utf8 => TableType::STRING,
        DataType::Int64 => TableType::LONG,
        DataType::Boolean => TableType::BOOLEAN,
        DataType::Date32 => TableType::DATE,
        DataType::Decimal128(precision, scale) => {
            let scale = u8::try_from(*scale).map_err(Error::storage)?;
            let decimal = PrimitiveType::decimal(*precision, scale).map_err(Error::storage)?;
            TableType::Primitive(decimal)
        }
        other => return Err(Error::UnsupportedType(other.to_string())),
    })
}
