//! What pictures are drawn of: the rows of a check's `figures.sql` as JSON.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::DataType;
use datafusion::arrow::compute::cast;
use datafusion::prelude::SessionContext;
use serde_json::{Map, Value};

use crate::engine::query_all;
use crate::error::Error;

/// An array of objects, one a row, by column names.
pub(super) async fn read(session: &SessionContext, sql: &str) -> Result<Value, Error> {
    let mut rows = Vec::new();
    for batch in query_all(session, sql).await? {
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let mut object = Map::new();
            for (at, field) in schema.fields().iter().enumerate() {
                object.insert(field.name().clone(), value(batch.column(at), row)?);
            }
            rows.push(Value::Object(object));
        }
    }
    Ok(Value::Array(rows))
}

fn value(column: &ArrayRef, row: usize) -> Result<Value, Error> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    let one = column.slice(row, 1);
    Ok(match column.data_type() {
        of if of.is_integer() => {
            Value::from(cast(&one, &DataType::Int64)?.as_primitive::<Int64Type>().value(0))
        }
        of if of.is_numeric() => {
            let number = cast(&one, &DataType::Float64)?.as_primitive::<Float64Type>().value(0);
            Value::from((number * 1e6).round() / 1e6)
        }
        _ => Value::from(cast(&one, &DataType::Utf8)?.as_string::<i32>().value(0)),
    })
}
