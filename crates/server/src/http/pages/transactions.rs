//! A unit's transactions: the list, and one of them with all its fields and the findings that name it.

use askama::Template;
use axum::extract::{Path, State};
use domain::ledger_view::LedgerRow;
use domain::{FileType, Visibility};

use super::access::{Member, Viewer};
use super::error::PageError;
use super::layout::{Layout, Section};
use super::ledger::fields::{self, FieldText};
use super::ledger::list::{Cell, List, ListAddress, ListQuery};
use super::ledger::{RelatedFindings, rows_by_id};
use super::query::Query;
use super::respond::{PageResult, html};
use crate::App;

const TRANSACTIONS: FileType = FileType::Transactions;

#[derive(Template)]
#[template(path = "transactions.html")]
struct TransactionsPage {
    page: Layout,
    here: String,
    uploads: String,
    wanted: ListQuery,
    list: List,
}

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

pub(crate) async fn list_transactions(
    State(app): State<App>,
    viewer: Viewer,
    Query(address): Query<ListAddress>,
) -> PageResult {
    let here = viewer.path("transactions");
    let wanted = ListQuery::new(address, TRANSACTIONS, here.clone());
    let found = wanted.rows(&app, &viewer, wanted.filter()).await?;
    let visibility = viewer.role.visibility();
    let heads = vec![
        wanted.head("invoice_date", ""),
        wanted.head("invoice_number", ""),
        wanted.head("supplier_name", ""),
        wanted.head("supplier_ref", ""),
        wanted.head("base_amount", "num"),
        wanted.head("paid_date", ""),
        wanted.head("entered_date", ""),
        wanted.head("unique_id", ""),
    ];
    let rows = found.rows.iter().map(|row| row_cells(&viewer, row, visibility)).collect();
    let list = wanted.list(heads, rows, found.total, ("transaction", "transactions"));
    let page = Layout::for_member(&app, &viewer, Section::Transactions, "Transactions").await?;
    html(&TransactionsPage { page, here, uploads: viewer.path("uploads"), wanted, list })
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

/// Also of a supplier's newest, without what its own page says already.
pub(super) fn row_cells(member: &Member, row: &LedgerRow, visibility: Visibility) -> Vec<Cell> {
    let text = |column| fields::value_text(TRANSACTIONS, row, column, visibility);
    let own = member.row_path(TRANSACTIONS, &row.id);
    let number = Some(text("invoice_number")).filter(|number| !number.is_empty());
    let supplier = Cell::text("supplier_name", text("supplier_name"));
    let reference = text("supplier_ref");
    vec![
        Cell::text("invoice_date", text("invoice_date")).class("when"),
        Cell::text("invoice_number", number.unwrap_or_else(|| row.id.clone()))
            .class("name")
            .link(own),
        match reference.as_str() {
            "" => supplier,
            reference => supplier.link(member.row_path(FileType::Suppliers, reference)),
        },
        Cell::text("supplier_ref", reference),
        Cell::text("base_amount", text("base_amount")).class("num"),
        Cell::text("paid_date", text("paid_date")).class("when"),
        Cell::text("entered_date", text("entered_date")).class("when"),
        Cell::text("unique_id", row.id.clone()),
    ]
}
