//! One transaction, or one invoice that is not posted yet: all its fields and the findings that name it.

use askama::Template;
use axum::extract::{Path, State};
use domain::ledger_view::LedgerRow;
use domain::{FileType, Visibility};

use super::access::{Member, Unmasker, Viewer};
use super::derived_fields::DerivedFields;
use super::error::PageError;
use super::field_labels;
use super::filters;
use super::findings::other_columns::parse;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::ledger::fields::{self, FieldText};
use super::ledger::{RelatedFindings, rows_by_id};
use super::respond::{PageResult, html};
use super::unmasking::{UnmaskForm, UnmaskOffer};
use crate::App;

/// The column that holds, as one text, the columns that are no fields.
const EXTRA: &str = "extra";
const TRANSACTIONS: FileType = FileType::Transactions;
const UNPOSTED: FileType = FileType::UnpostedInvoices;

#[derive(Template)]
#[template(path = "transaction.html")]
struct TransactionPage {
    page: Layout,
    here: String,
    amount: String,
    supplier: Option<SupplierLink>,
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

pub(crate) async fn get_transaction(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): Path<(String, String, String)>,
) -> PageResult {
    let row = row(&app, &viewer, TRANSACTIONS, &id).await?;
    show(&app, &viewer, (TRANSACTIONS, &row), viewer.role.visibility()).await
}

pub(crate) async fn get_unposted_invoice(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): Path<(String, String, String)>,
) -> PageResult {
    let row = row(&app, &viewer, UNPOSTED, &id).await?;
    show(&app, &viewer, (UNPOSTED, &row), viewer.role.visibility()).await
}

/// Shows a transaction whole; the audit log knows before anybody sees it.
pub(crate) async fn show_transaction(
    State(app): State<App>,
    unmasker: Unmasker,
    Path((_, _, id)): Path<(String, String, String)>,
    Form(form): Form<UnmaskForm>,
) -> PageResult {
    let row = row(&app, &unmasker, TRANSACTIONS, &id).await?;
    let visibility = unmasker.unmask(&app, ("transaction.show", &id), &form).await?;
    show(&app, &unmasker, (TRANSACTIONS, &row), visibility).await
}

/// Shows an unposted invoice whole; the audit log knows before anybody sees it.
pub(crate) async fn show_unposted_invoice(
    State(app): State<App>,
    unmasker: Unmasker,
    Path((_, _, id)): Path<(String, String, String)>,
    Form(form): Form<UnmaskForm>,
) -> PageResult {
    let row = row(&app, &unmasker, UNPOSTED, &id).await?;
    let visibility = unmasker.unmask(&app, ("unposted_invoice.show", &id), &form).await?;
    show(&app, &unmasker, (UNPOSTED, &row), visibility).await
}

async fn row(
    app: &App,
    member: &Member,
    file_type: FileType,
    id: &str,
) -> Result<LedgerRow, PageError> {
    let rows = rows_by_id(app, member, file_type, id).await?;
    rows.into_iter().next().ok_or(PageError::NotFound)
}

async fn show(
    app: &App,
    viewer: &Member,
    (ledger, row): (FileType, &LedgerRow),
    visibility: Visibility,
) -> PageResult {
    let id = &row.id;
    let hides = fields::hides_anything(ledger, row, visibility);
    let here = viewer.row_path(ledger, id);
    let text = |column| fields::value_text(ledger, row, column, visibility);
    let title = match text("invoice_number") {
        number if number.is_empty() => format!("{} {id}", format::capital(ledger.spec().words.one)),
        number => format!("Invoice {number}"),
    };
    let reference = text("supplier_ref");
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
        findings: viewer.related_findings(app, (ledger, id), &text("supplier_name")).await?,
    })
}
