//! The page that lists a ledger's rows, one for all file types: columns, order and search are those of its
//! specification.
//!
//! Not for: the page of one row (`transactions`, also of unposted invoices, `suppliers`, `employees`).
//!
//! Invariant: who is shown no names orders by none and searches by a whole key only: a search for a name
//! would say whose it is.

use askama::Template;
use axum::extract::State;
use domain::columns::ColumnKind;
use domain::ledger_view::{LedgerRow, RowsFilter};
use domain::{FileType, Sensitivity, Visibility};

use super::fields;
use super::list::{Head, LedgerList, ListAddress, ListCell, ListQuery};
use super::supplier_columns::SupplierColumns;
use crate::App;
use crate::http::pages::access::{Member, Viewer};
use crate::http::pages::filters;
use crate::http::pages::format;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::query::Query;
use crate::http::pages::respond::{PageResult, html};

#[derive(Template)]
#[template(path = "rows_page.html")]
struct RowsPage {
    page: Layout,
    here: String,
    uploads: String,
    title: String,
    nouns: &'static str,
    texts: &'static ListTexts,
    is_snapshot: bool,
    /// A list that belongs to this one, in words.
    beside: Option<(String, &'static str)>,
    has_open: bool,
    /// Somebody who is shown no names searches by a key of this name.
    only_key: Option<&'static str>,
    wanted: ListQuery,
    list: LedgerList,
    /// Suppliers that only invoices name, as nobody has sent a list.
    are_of_invoices: bool,
}

/// The texts of one file type's list, beside its specification.
struct ListTexts {
    section: Section,
    /// The column whose cell leads to the page of its row.
    name: &'static str,
    placeholder: &'static str,
    /// The way in which rows come to be there, while there are none.
    empty: &'static str,
}

static TRANSACTIONS: ListTexts = ListTexts {
    section: Section::Transactions,
    name: "invoice_number",
    placeholder: "Invoice number, supplier, PO, user, ID or amount",
    empty: "Send an extract of type APT: two or three years of invoices and credit notes first, then every day \
            what is new or changed.",
};
static SUPPLIERS: ListTexts = ListTexts {
    section: Section::Suppliers,
    name: "supplier_name",
    placeholder: "Name, supplier ref, VAT number or postcode",
    empty: "Send an extract of type Suppliers: every active supplier, every time, with bank details. Without it \
            no check can see a changed account.",
};
static EMPLOYEES: ListTexts = ListTexts {
    section: Section::Employees,
    name: "full_name",
    placeholder: "Name, Employee ID or department",
    empty: "Send an extract of type Employees: everyone paid through payroll. They are compared with suppliers, \
            to find people who are paid as both.",
};

static UNPOSTED_INVOICES: ListTexts = ListTexts {
    section: Section::Transactions,
    name: "invoice_number",
    placeholder: "Invoice number, supplier, PO, user, ID or amount",
    empty: "None wait in the workflow, or none were sent. Send an extract of type IMS: the invoices that are \
            captured and not posted yet, then every day what is new or changed. They are compared with the \
            ledger before anybody pays them, and leave this list when they are posted.",
};

static PAYMENTS: ListTexts = ListTexts {
    section: Section::PaymentRuns,
    name: "payee_name",
    placeholder: "Payee, payee ref, payment ID or reference",
    empty: "Send the file of a payment run as type Payments, before it goes to the bank.",
};

pub(crate) async fn list_transactions(
    State(app): State<App>,
    viewer: Viewer,
    Query(address): Query<ListAddress>,
) -> PageResult {
    list_rows(&app, &viewer, FileType::Transactions, address).await
}

pub(crate) async fn list_suppliers(
    State(app): State<App>,
    viewer: Viewer,
    Query(address): Query<ListAddress>,
) -> PageResult {
    list_rows(&app, &viewer, FileType::Suppliers, address).await
}

pub(crate) async fn list_employees(
    State(app): State<App>,
    viewer: Viewer,
    Query(address): Query<ListAddress>,
) -> PageResult {
    list_rows(&app, &viewer, FileType::Employees, address).await
}

pub(crate) async fn list_unposted_invoices(
    State(app): State<App>,
    viewer: Viewer,
    Query(address): Query<ListAddress>,
) -> PageResult {
    list_rows(&app, &viewer, FileType::UnpostedInvoices, address).await
}

pub(crate) async fn list_payments(
    State(app): State<App>,
    viewer: Viewer,
    Query(address): Query<ListAddress>,
) -> PageResult {
    list_rows(&app, &viewer, FileType::Payments, address).await
}

async fn list_rows(
    app: &App,
    member: &Member,
    file_type: FileType,
    address: ListAddress,
) -> PageResult {
    let (spec, texts) = (file_type.spec(), texts(file_type));
    let visibility = member.role.visibility();
    let here = member.path(spec.table);
    let mut wanted = ListQuery::new(address, file_type, here.clone());
    let mut filter = wanted.filter();
    let is_key_only = hides_names(file_type, visibility);
    if is_key_only {
        let is_plain = |column: &&str| file_type.sensitivity(column) == Sensitivity::Plain;
        let orders: Vec<&'static str> = spec.orders().filter(is_plain).collect();
        wanted = wanted.ordered_only_by(&orders, spec.key);
        filter = RowsFilter { id: filter.text.take(), ..filter };
    }
    let found = wanted.rows(app, member, filter).await?;
    // An order by anything else would say whose a row is.
    let may_order =
        |order: &str| !is_key_only || file_type.sensitivity(order) == Sensitivity::Plain;
    let mut heads = heads(&wanted, file_type, may_order);
    let suppliers = if file_type == FileType::Suppliers {
        Some(SupplierColumns::of(member, &found).await?)
    } else {
        None
    };
    heads.extend(suppliers.iter().flat_map(SupplierColumns::heads));
    let cells = |row: &LedgerRow| {
        let mut cells = row_cells(member, file_type, row);
        cells.extend(suppliers.iter().flat_map(|columns| columns.cells(member, &row.id)));
        cells
    };
    let rows = found.rows.iter().map(cells).collect();
    let rows = if file_type.is_snapshot() { joined(rows) } else { rows };
    let list = wanted.list(heads, rows, found.total, (spec.words.row, spec.words.rows));
    let title = format::capital(spec.words.many);
    html(&RowsPage {
        page: Layout::for_member(app, member, texts.section, &title).await?,
        here,
        uploads: member.path("uploads"),
        title,
        nouns: spec.words.many,
        texts,
        is_snapshot: file_type.is_snapshot(),
        beside: beside(member, file_type),
        has_open: file_type == FileType::UnpostedInvoices,
        only_key: is_key_only.then(|| FileType::label_of(spec.key).unwrap_or(spec.key)),
        wanted,
        list,
        are_of_invoices: found.are_of_invoices,
    })
}

/// The heads of the columns, with the orders that `may_order` is true of.
fn heads(wanted: &ListQuery, file_type: FileType, may_order: impl Fn(&str) -> bool) -> Vec<Head> {
    let spec = file_type.spec();
    let head = |column: &&'static str| {
        let order = spec.order_of(column).filter(|order| may_order(order));
        wanted.head(column, order, head_class(file_type, column))
    };
    let mut heads: Vec<Head> = spec.listed.columns.iter().map(head).collect();
    if file_type.is_snapshot() {
        heads.push(Head::active());
    }
    heads
}

fn beside(member: &Member, file_type: FileType) -> Option<(String, &'static str)> {
    let list = |of: FileType| member.path(of.spec().table);
    match file_type {
        FileType::Transactions => Some((list(FileType::UnpostedInvoices), "Not posted yet")),
        FileType::UnpostedInvoices => Some((list(FileType::Transactions), "Posted")),
        FileType::Payments => Some((member.path("payment_runs"), "Payment runs")),
        FileType::Suppliers | FileType::Employees => None,
    }
}

/// Rows that say the same stand once, with how many they are: a supplier has one for each of its accounts
/// and sites, which its own page tells apart.
fn joined(rows: Vec<Vec<ListCell>>) -> Vec<Vec<ListCell>> {
    let texts = |row: &[ListCell]| row.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
    let mut joined: Vec<(Vec<String>, usize, Vec<ListCell>)> = Vec::new();
    for row in rows {
        let said = texts(&row);
        match joined.last_mut().filter(|(known, ..)| *known == said) {
            Some((_, alike, _)) => *alike += 1,
            None => joined.push((said, 1, row)),
        }
    }
    let named = |(_, alike, mut row): (Vec<String>, usize, Vec<ListCell>)| {
        if let Some(name) = row.first_mut().filter(|_| alike > 1) {
            name.text = format!("{} ({alike} accounts or sites)", name.text);
        }
        row
    };
    joined.into_iter().map(named).collect()
}

/// The cells of a row as the list has them; a supplier's newest invoices are shown so too.
pub(crate) fn row_cells(member: &Member, file_type: FileType, row: &LedgerRow) -> Vec<ListCell> {
    let columns = file_type.spec().listed.columns.iter();
    let mut cells: Vec<ListCell> =
        columns.map(|column| cell(member, file_type, row, column)).collect();
    if file_type.is_snapshot() {
        cells.push(ListCell::active(row.is_active));
    }
    cells
}

fn cell(member: &Member, file_type: FileType, row: &LedgerRow, column: &'static str) -> ListCell {
    let visibility = member.role.visibility();
    let text = |column| fields::value_text(file_type, row, column, visibility);
    if column == texts(file_type).name {
        let name = match file_type {
            FileType::Employees => fields::person_name(row, visibility),
            FileType::Transactions
            | FileType::Suppliers
            | FileType::UnpostedInvoices
            | FileType::Payments => text(column),
        };
        let name = if name.is_empty() { row.id.clone() } else { name };
        let cell = ListCell::text(column, name).class("name");
        // A payment is seen within its run.
        if file_type == FileType::Payments {
            return cell;
        }
        let supplier = Some(text("supplier_ref")).filter(|_| file_type.is_of_invoices());
        return cell.link(member.invoice_path(file_type, &row.id, &supplier.unwrap_or_default()));
    }
    if column == file_type.spec().key {
        return ListCell::text(column, row.id.clone());
    }
    let cell = ListCell::text(column, text(column)).class(cell_class(file_type, column));
    match (column, text("supplier_ref")) {
        ("supplier_name", reference) if !reference.is_empty() => {
            cell.link(member.row_path(FileType::Suppliers, &reference))
        }
        _ => cell,
    }
}

fn texts(file_type: FileType) -> &'static ListTexts {
    match file_type {
        FileType::Transactions => &TRANSACTIONS,
        FileType::Suppliers => &SUPPLIERS,
        FileType::Employees => &EMPLOYEES,
        FileType::UnpostedInvoices => &UNPOSTED_INVOICES,
        FileType::Payments => &PAYMENTS,
    }
}

/// Tells whether a search could find out what is masked.
fn hides_names(file_type: FileType, visibility: Visibility) -> bool {
    let mut searched = file_type.spec().searched.columns.iter();
    visibility == Visibility::Masked
        && searched.any(|column| file_type.sensitivity(column) != Sensitivity::Plain)
}

fn head_class(file_type: FileType, column: &str) -> &'static str {
    match cell_class(file_type, column) {
        "num" => "num",
        _ => "",
    }
}

fn cell_class(file_type: FileType, column: &str) -> &'static str {
    match file_type.column(column).map(|column| column.kind) {
        Some(ColumnKind::Amount) => "num",
        Some(ColumnKind::Date) => "when",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_say_the_same_stand_once() {
        let row = |name: &str| vec![ListCell::text("supplier_name", name.to_owned())];
        let rows = joined(vec![row("Alder"), row("Alder"), row("Birch"), row("Alder")]);
        let told: Vec<&str> = rows.iter().map(|row| row[0].text.as_str()).collect();
        assert_eq!(told, ["Alder (2 accounts or sites)", "Birch", "Alder"]);
    }

    #[test]
    fn only_lists_of_people_are_searched_by_key_alone() {
        for file_type in FileType::ALL {
            let is_of_people = file_type == FileType::Employees;
            assert_eq!(hides_names(file_type, Visibility::Masked), is_of_people, "{file_type}");
            assert!(!hides_names(file_type, Visibility::AccountsMasked), "{file_type}");
            let listed = file_type.spec().listed;
            assert!(listed.has(texts(file_type).name), "{file_type}");
        }
    }
}
