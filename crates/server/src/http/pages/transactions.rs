//! A unit's transactions: the list, and one of them with all its fields and the findings that name it.

use askama::Template;
use axum::extract::{Path, State};
use domain::FileType;

use super::access::Viewer;
use super::error::PageError;
use super::filters;
use super::layout::{Layout, Section};
use super::ledger::fields::{self, FieldText};
use super::ledger::{RelatedFindings, rows_by_id};
use super::respond::{PageResult, html};
use crate::App;

const TRANSACTIONS: FileType = FileType::Transactions;

#[derive(Template)]
#[template(path = "transaction.html")]
struct TransactionPage {
    page: Layout,
    amount: String,
    supplier: Option<SupplierLink>,
    fields: Vec<FieldText>,
    findings: RelatedFindings,
}

struct SupplierLink {
    name: String,
    href: String,
}

pub(crate) async fn get_transaction(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): Path<(String, String, String)>,
) -> PageResult {
    let rows = rows_by_id(&app, &viewer, TRANSACTIONS, &id).await?;
    let row = rows.first().ok_or(PageError::NotFound)?;
    let visibility = viewer.role.visibility();
    let text = |column| fields::value_text(TRANSACTIONS, row, column, visibility);
    let title = match text("invoice_number") {
        number if number.is_empty() => format!("Transaction {id}"),
        number => format!("Invoice {number}"),
    };
    let reference = text("supplier_ref");
    html(&TransactionPage {
        page: Layout::for_member(&app, &viewer, Section::Transactions, &title).await?,
        amount: text("base_amount"),
        supplier: (!reference.is_empty()).then(|| SupplierLink {
            name: Some(text("supplier_name"))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| reference.clone()),
            href: viewer.row_path(FileType::Suppliers, &reference),
        }),
        fields: fields::field_texts(TRANSACTIONS, row, visibility),
        findings: viewer
            .related_findings(&app, (TRANSACTIONS, &id), &text("supplier_name"))
            .await?,
    })
}
