//! Invoices as the table that the checks read.

use std::sync::Arc;

use arrow_array::builder::{Date32Builder, Decimal128Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_schema::{ArrowError, DataType};
use domain::FileType;

use super::header::Header;

/// The ledger's table of transactions.
pub(crate) fn table(headers: &[Header]) -> Result<RecordBatch, ArrowError> {
    let schema = analysis::table_schema(FileType::Transactions);
    let mut columns: Vec<ArrayRef> = Vec::new();
    for field in schema.fields() {
        let name = field.name().as_str();
        let column: ArrayRef = match field.data_type() {
            DataType::Utf8 => {
                let mut built = StringBuilder::new();
                for header in headers {
                    built.append_option(header.text(name));
                }
                Arc::new(built.finish())
            }
            DataType::Date32 => {
                let mut built = Date32Builder::new();
                for header in headers {
                    built.append_option(header.day(name));
                }
                Arc::new(built.finish())
            }
            DataType::Decimal128(precision, scale) => {
                let mut built =
                    Decimal128Builder::new().with_precision_and_scale(*precision, *scale)?;
                for header in headers {
                    built.append_option(header.amount(name));
                }
                Arc::new(built.finish())
            }
            other => new_null_array(other, headers.len()),
        };
        columns.push(column);
    }
    RecordBatch::try_new(schema, columns)
}

impl Header {
    fn text(&self, column: &str) -> Option<&str> {
        Some(match column {
            "unique_id" => &self.id,
            "invoice_number" => &self.number,
            "supplier_ref" => &self.supplier,
            "supplier_name" => &self.supplier_name,
            "invoice_amount_currency" => &self.currency,
            "user_id" => &self.user,
            "org_group_ref" => &self.group,
            "po_number" => &self.order,
            "payment_type" => &self.means,
            "description" => &self.description,
            _ => return None,
        })
        .filter(|text: &&String| !text.is_empty())
        .map(String::as_str)
    }

    fn day(&self, column: &str) -> Option<i32> {
        match column {
            "invoice_date" => Some(self.invoiced),
            "entered_date" => Some(self.entered),
            "paid_date" => self.paid,
            _ => None,
        }
    }

    fn amount(&self, column: &str) -> Option<i128> {
        match column {
            "base_amount" => Some(self.amount.into()),
            "invoice_amount" => Some(self.stated.into()),
            _ => None,
        }
    }
}
