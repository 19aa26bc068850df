//! Suppliers as agents read them: found by name, and one with what it billed.
//!
//! Invariant: accounts and personal values are masked as the role of the token has them masked elsewhere.

use domain::ledger_view::{LedgerRow, RowsFilter, RowsOrder, RowsRequest};
use domain::{FileType, RefusalCode};
use serde_json::{Value, json};

use super::arguments::{GetSupplier, ListSuppliers, SEARCH_CHARS_MAX, page_size};
use super::tools::Tools;
use crate::http::error::ApiError;
use crate::limits::LISTED_ROWS_MAX;

/// Months of a supplier that are told, the newest.
const MONTHS_MAX: usize = 12;

impl Tools {
    pub(super) async fn suppliers(&self, asked: ListSuppliers) -> Result<Value, ApiError> {
        let unit = self.unit(asked.unit.as_deref()).await?;
        let text = asked.text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > SEARCH_CHARS_MAX) {
            let why = format!("text has at most {SEARCH_CHARS_MAX} characters; shorten it");
            return Err(ApiError::saying(RefusalCode::RequestMalformed, why));
        }
        if asked.after > LISTED_ROWS_MAX {
            let why = format!("lists end after {LISTED_ROWS_MAX} suppliers; search by text");
            return Err(ApiError::saying(RefusalCode::RequestMalformed, why));
        }
        let file_type = FileType::Suppliers;
        let request = RowsRequest {
            of: self.checked(&unit),
            file_type,
            filter: RowsFilter { text, ..RowsFilter::default() },
            order: RowsOrder::usual(file_type),
            skip: asked.after,
            size: page_size(asked.limit),
        };
        let found = self.app.browser.rows(&request).await.map_err(ApiError::internal)?;
        let items: Vec<Value> = found.rows.iter().map(listed).collect();
        let shown = u64::from(asked.after) + items.len() as u64;
        let next = (!items.is_empty() && shown < found.total).then_some(shown);
        Ok(json!({ "items": items, "total": found.total, "next": next }))
    }

    pub(super) async fn supplier(&self, asked: GetSupplier) -> Result<Value, ApiError> {
        let unit = self.unit(asked.unit.as_deref()).await?;
        let of = self.checked(&unit);
        let found = self.app.browser.supplier(&of, &asked.reference).await;
        let found = found.map_err(ApiError::internal)?.ok_or_else(|| {
            let why =
                format!("no file and no invoice of {unit} names a supplier {}", asked.reference);
            ApiError::saying(RefusalCode::NotFound, why)
        })?;
        let visibility = self.agent.role.visibility();
        let record = found.variations.first().map(|newest| {
            let shown = newest.fields.iter().map(|(column, value)| {
                let masked = FileType::Suppliers.sensitivity(column).masked(value, visibility);
                (column.clone(), Value::from(masked.into_owned()))
            });
            Value::Object(shown.collect())
        });
        let months = found.months.iter().rev().take(MONTHS_MAX).map(|month| {
            json!({ "month": month.month, "invoices": month.invoices, "billed": month.billed })
        });
        Ok(json!({
            "reference": found.reference, "record": record, "variations": found.variations.len(),
            "currency": found.currency, "months": months.collect::<Vec<_>>(),
        }))
    }
}

/// The words by which somebody tells one supplier from another; nothing of it is personal.
fn listed(row: &LedgerRow) -> Value {
    let field = |column: &str| row.fields.get(column);
    json!({
        "reference": row.id, "name": field("supplier_name"), "town": field("town"),
        "country": field("country"), "isActive": row.is_active,
    })
}
