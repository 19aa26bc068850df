//! The columns of transactions (`APT`): header values of invoices and credit notes.
//!
//! Not for: what they are called in files of others (`extract`). Invariant: every column is in each view, or
//! the view says why it is not.

use super::ColumnKind::{Amount, Currency, Date, Identifier, Reference, Text};
use super::{Column, View};
use crate::personal::Sensitivity::Plain;

/// The columns in the order in which they stand in the ledger.
pub const COLUMNS: &[Column] = &[
    Column::new("unique_id", "Unique ID", "Unique ID", Identifier, Plain).mandatory(),
    Column::new("invoice_number", "Invoice Number", "Invoice number", Reference, Plain).mandatory(),
    Column::new("invoice_amount", "Invoice Amount", "Invoice amount", Amount, Plain).mandatory(),
    Column::new(
        "invoice_amount_currency",
        "Invoice Amount Currency",
        "Invoice currency",
        Currency,
        Plain,
    ),
    Column::new("base_amount", "Base Amount", "Base amount", Amount, Plain).mandatory(),
    Column::new("base_amount_currency", "Base Amount Currency", "Base currency", Currency, Plain),
    Column::new("description", "Description", "Description", Text, Plain),
    Column::new("po_number", "PO Number", "PO number", Reference, Plain),
    Column::new("status", "Invoice / Payment Status", "Status", Text, Plain),
    Column::new("invoice_date", "Invoice Date", "Invoice date", Date, Plain).mandatory(),
    Column::new("received_date", "Received Date", "Received", Date, Plain),
    Column::new("entered_date", "Entered Date", "Entered", Date, Plain).mandatory(),
    Column::new("due_date", "Due Date", "Due", Date, Plain),
    Column::new("paid_date", "Paid Date", "Paid", Date, Plain),
    Column::new("payment_cleared_date", "Payment Cleared Date", "Cleared", Date, Plain),
    Column::new("payment_type", "Payment Type", "Payment type", Text, Plain),
    Column::new("supplier_name", "Supplier Name", "Supplier", Text, Plain).mandatory(),
    Column::new("supplier_ref", "Supplier Ref", "Supplier ref", Reference, Plain).mandatory(),
    Column::new("site_ref", "Site Ref", "Site", Text, Plain),
    Column::new("user_id", "User ID", "Entered by", Text, Plain),
    Column::new("scanned_image", "Scanned Image", "Image", Text, Plain),
    Column::new("org_group_ref", "Org Group Ref", "Group ref", Text, Plain),
    Column::new("org_group_name", "Org Group Name", "Group", Text, Plain),
    Column::new("erp_id", "ERP ID", "ERP ID", Text, Plain),
    Column::new("modified_date", "Modified Date", "Changed", Date, Plain),
];

/// The columns as the page of one transaction reads, with what findings and files add to them.
pub const READING_ORDER: &[&str] = &[
    "unique_id",
    "invoice_number",
    "supplier_name",
    "supplier_ref",
    "invoice_amount",
    "invoice_amount_currency",
    "base_amount",
    "base_amount_currency",
    "lines",
    "invoice_date",
    "received_date",
    "entered_date",
    "user_id",
    "due_date",
    "paid_date",
    "payment_cleared_date",
    "payment_type",
    "status",
    "description",
    "po_number",
    "site_ref",
    "modified_date",
    "org_group_ref",
    "org_group_name",
    "scanned_image",
    "erp_id",
    "extra",
];

/// The columns of a list, each of which it can be ordered by; the first is the usual order.
pub const LISTED: View = View {
    columns: &[
        "invoice_date",
        "invoice_number",
        "supplier_name",
        "supplier_ref",
        "base_amount",
        "paid_date",
        "entered_date",
        "unique_id",
    ],
    others: "the page of one transaction shows it",
};

/// Read with a list beside its columns: its amounts are shown with them, its texts looked for.
pub const BESIDE: &[&str] =
    &["base_amount_currency", "invoice_amount", "invoice_amount_currency", "description", "status"];

/// The columns in which a text is looked for.
pub const SEARCHED: View = View {
    columns: &["invoice_number", "supplier_name", "supplier_ref", "unique_id", "description"],
    others: "nobody remembers an invoice by it",
};

/// The columns that a finding shows of a transaction.
pub const IN_FINDINGS: View = View {
    columns: &[
        "invoice_number",
        "invoice_date",
        "invoice_amount",
        "invoice_amount_currency",
        "base_amount",
        "base_amount_currency",
        "supplier_ref",
        "supplier_name",
        "description",
        "po_number",
        "status",
        "received_date",
        "entered_date",
        "due_date",
        "paid_date",
        "payment_type",
        "user_id",
        "org_group_ref",
        "org_group_name",
        "site_ref",
        "scanned_image",
    ],
    others: "it tells no duplicate from another invoice",
};

/// The columns of invoices in an exported workbook: what a letter to a supplier names.
pub const EXPORTED: View = View {
    columns: &[
        "supplier_ref",
        "supplier_name",
        "invoice_number",
        "invoice_date",
        "po_number",
        "invoice_amount",
        "invoice_amount_currency",
        "base_amount",
        "base_amount_currency",
        "paid_date",
        "unique_id",
    ],
    others: "a supplier knows nothing of it",
};
