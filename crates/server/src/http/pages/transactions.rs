//! One transaction, or one invoice that is not posted yet: all its fields and the findings that name it.

use askama::Template;
use axum::extract::{Path, State};
use domain::finding::party;
use domain::ledger_view::{LedgerRow, RowsFilter};
use domain::page::PageSize;
use domain::{FileType, Visibility};
use serde::Deserialize;

use super::access::{Member, Unmasker, Viewer};
use super::derived_fields::DerivedFields;
use super::error::PageError;
use super::field::Text;
use super::field_labels;
use super::filters;
use super::findings::other_columns::parse;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::ledger::fields::{self, FieldText};
use super::ledger::{RelatedFindings, first_rows, rows_by_id};
use super::query::Query;
use super::respond::{PageResult, html};
use super::unmasking::{UnmaskForm, UnmaskOffer};
use crate::App;

/// The column that holds, as one text, the columns that are no fields.
const EXTRA: &str = "extra";
const SUPPLIER: &str = "supplier_ref";
const TRANSACTIONS: FileType = FileType::Transactions;
const UNPOSTED: FileType = FileType::UnpostedInvoices;

#[derive(Template)]
#[template(path = "transaction.html")]
struct TransactionPage {
    page: Layout,
    here: String,
    amount: String,
    supplier: Option<SupplierLink>,
    /// The invoices of other suppliers with the same Unique ID.
    others: Vec<SupplierLink>,
    fields: Vec<TransactionField>,
    /// The columns of the extract that are no fields, and their values.
    other_columns: Vec<(String, String)>,
    findings: RelatedFindings,
    unmask_offer: Option<UnmaskOffer>,
    is_whole: bool,
}

/// A field, and what it is taken from where the extract has no column for it.
struct TransactionField {
    text: FieldText,
    derived: String,
}

impl TransactionField {
    fn new(text: FieldText, derived: &DerivedFields) -> Self {
        let derived = derived.source_of_label(&text.label).unwrap_or_default().to_owned();
        Self { text, derived }
    }
}

struct SupplierLink {
    name: String,
    href: String,
}

/// The invoice that is asked for, where several have one Unique ID.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct InvoiceQuery {
    /// The reference of its supplier; empty where nobody says it.
    supplier: Text,
}

/// An invoice of the ledger, and whose others with its Unique ID are: references and names.
struct FoundInvoice {
    row: LedgerRow,
    others: Vec<(String, String)>,
}

pub(crate) async fn get_transaction(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): Path<(String, String, String)>,
    Query(query): Query<InvoiceQuery>,
) -> PageResult {
    let found = found(&app, &viewer, (TRANSACTIONS, &id), &query).await?;
    show(&app, &viewer, (TRANSACTIONS, &found), viewer.role.visibility()).await
}

pub(crate) async fn get_unposted_invoice(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): Path<(String, String, String)>,
    Query(query): Query<InvoiceQuery>,
) -> PageResult {
    let found = found(&app, &viewer, (UNPOSTED, &id), &query).await?;
    show(&app, &viewer, (UNPOSTED, &found), viewer.role.visibility()).await
}

/// Shows a transaction whole; the audit log knows before anybody sees it.
pub(crate) async fn show_transaction(
    State(app): State<App>,
    unmasker: Unmasker,
    Path((_, _, id)): Path<(String, String, String)>,
    Query(query): Query<InvoiceQuery>,
    Form(form): Form<UnmaskForm>,
) -> PageResult {
    let found = found(&app, &unmasker, (TRANSACTIONS, &id), &query).await?;
    let visibility = unmasker.unmask(&app, ("transaction.show", &id), &form).await?;
    show(&app, &unmasker, (TRANSACTIONS, &found), visibility).await
}

/// Shows an unposted invoice whole; the audit log knows before anybody sees it.
pub(crate) async fn show_unposted_invoice(
    State(app): State<App>,
    unmasker: Unmasker,
    Path((_, _, id)): Path<(String, String, String)>,
    Query(query): Query<InvoiceQuery>,
    Form(form): Form<UnmaskForm>,
) -> PageResult {
    let found = found(&app, &unmasker, (UNPOSTED, &id), &query).await?;
    let visibility = unmasker.unmask(&app, ("unposted_invoice.show", &id), &form).await?;
    show(&app, &unmasker, (UNPOSTED, &found), visibility).await
}

/// The invoice of the supplier that is asked for; the first where nobody asks for one, or the ledger names
/// another now.
async fn found(
    app: &App,
    member: &Member,
    (file_type, id): (FileType, &str),
    query: &InvoiceQuery,
) -> Result<FoundInvoice, PageError> {
    let asked = &*query.supplier;
    let mut rows = rows_by_id(app, member, file_type, id).await?;
    if !asked.is_empty() && !rows.iter().any(|row| supplier_of(row) == asked) {
        // Behind the rows of many others.
        let filter = RowsFilter {
            id: Some(id.to_owned()),
            supplier: Some(asked.to_owned()),
            ..RowsFilter::default()
        };
        let page = first_rows(app, member, file_type, filter, PageSize::fixed(1)).await?;
        rows.extend(page.rows.into_iter().filter(|row| row.id == id && supplier_of(row) == asked));
    }
    let is_asked = |row: &LedgerRow| !asked.is_empty() && supplier_of(row) == asked;
    let at = rows.iter().position(is_asked).unwrap_or(0);
    let mut suppliers: Vec<(String, String)> = Vec::new();
    for row in &rows {
        let reference = supplier_of(row);
        if !suppliers.iter().any(|(known, _)| known == reference) {
            let name = row.fields.get("supplier_name").cloned().unwrap_or_default();
            suppliers.push((reference.to_owned(), name));
        }
    }
    let row = rows.into_iter().nth(at).ok_or(PageError::NotFound)?;
    // Without a reference there is nothing to ask for it by.
    suppliers.retain(|(known, _)| !known.is_empty() && known != supplier_of(&row));
    Ok(FoundInvoice { row, others: suppliers })
}

fn supplier_of(row: &LedgerRow) -> &str {
    row.fields.get(SUPPLIER).map_or("", String::as_str)
}

async fn show(
    app: &App,
    viewer: &Member,
    (ledger, found): (FileType, &FoundInvoice),
    visibility: Visibility,
) -> PageResult {
    let (row, id) = (&found.row, &found.row.id);
    let hides = fields::hides_anything(ledger, row, visibility);
    let here = viewer.invoice_path(ledger, id, supplier_of(row));
    let text = |column| fields::value_text(ledger, row, column, visibility);
    let title = match text("invoice_number") {
        number if number.is_empty() => format!("{} {id}", format::capital(ledger.spec().words.one)),
        number => format!("Invoice {number}"),
    };
    let reference = text(SUPPLIER);
    let own = Some(supplier_of(row)).filter(|own| !own.is_empty() && !found.others.is_empty());
    let of = (ledger, id.as_str(), own);
    let derived = DerivedFields::load(viewer).await?;
    let others = field_labels::label(EXTRA);
    let other_columns = parse(&text(EXTRA)).into_iter();
    let other_columns: Vec<_> = other_columns.filter(|(_, value)| !value.is_empty()).collect();
    html(&TransactionPage {
        page: Layout::for_member(app, viewer, Section::Transactions, &title).await?,
        unmask_offer: hides.then(|| UnmaskOffer::to(viewer, here.clone())).flatten(),
        is_whole: visibility == Visibility::Full,
        here,
        amount: text("base_amount"),
        supplier: (!reference.is_empty()).then(|| SupplierLink {
            name: Some(text("supplier_name"))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| reference.clone()),
            href: viewer.row_path(FileType::Suppliers, &reference),
        }),
        fields: fields::field_texts(ledger, row, visibility)
            .into_iter()
            .filter(|field| other_columns.is_empty() || field.label != others)
            .map(|field| TransactionField::new(field, &derived))
            .collect(),
        other_columns,
        others: other_invoices(viewer, ledger, found),
        findings: viewer.related_findings(app, of, &text("supplier_name")).await?,
    })
}

/// The invoices of other suppliers with the Unique ID of one.
fn other_invoices(viewer: &Member, ledger: FileType, found: &FoundInvoice) -> Vec<SupplierLink> {
    let link = |(reference, name): &(String, String)| SupplierLink {
        name: party(name, reference),
        href: viewer.invoice_path(ledger, &found.row.id, reference),
    };
    found.others.iter().map(link).collect()
}
