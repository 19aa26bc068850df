//! The columns of unposted invoices (`IMS`): header values of invoices that were captured and are not in the
//! ledger yet.
//!
//! Not for: which of them are still open (`invoice_workflow`), or what the columns are called in files of
//! others (`extract`). Invariant: a column that transactions have too bears the same name and label.

use super::ColumnKind::{Amount, Currency, Date, Identifier, Reference, Text};
use super::{Column, View};
use crate::personal::Sensitivity::Plain;

/// The column that says as which transaction an invoice was posted.
pub const POSTED_AS: &str = "posted_as";

/// The columns in the order in which they stand in the ledger.
pub const COLUMNS: &[Column] = &[
    Column::new("unique_id", "Unique ID", "Unique ID", Identifier, Plain)
        .means("The workflow's own key of the invoice; a later row with it is a new state of the same.")
        .mandatory(),
    Column::new("invoice_number", "Invoice Number", "Invoice number", Reference, Plain)
        .means("The supplier's own number of the invoice, as it stands on the paper.")
        .mandatory(),
    Column::new("invoice_amount", "Invoice Amount", "Invoice amount", Amount, Plain)
        .means("The gross amount in the currency of the invoice; credits have the other sign.")
        .mandatory(),
    Column::new(
        "invoice_amount_currency",
        "Invoice Amount Currency",
        "Invoice currency",
        Currency,
        Plain,
    )
    .means("The currency of the Invoice Amount."),
    Column::new("base_amount", "Base Amount", "Base amount", Amount, Plain)
        .means("The gross amount in the currency in which the books are kept.")
        .mandatory_or("invoice_amount"),
    Column::new("base_amount_currency", "Base Amount Currency", "Base currency", Currency, Plain)
        .means("The currency of the Base Amount."),
    Column::new("description", "Description", "Description", Text, Plain)
        .means("The text that was captured with the invoice."),
    Column::new("po_number", "PO Number", "PO number", Reference, Plain)
        .means("The purchase order that the invoice belongs to."),
    Column::new("status", "Workflow Status", "Status", Text, Plain)
        .means("Where the invoice stands in the workflow: open, approved, rejected, removed, posted."),
    Column::new("invoice_date", "Invoice Date", "Invoice date", Date, Plain)
        .means("The date on the invoice.")
        .mandatory(),
    Column::new("received_date", "Received Date", "Received", Date, Plain)
        .means("The day on which the invoice came in."),
    Column::new("entered_date", "Entered Date", "Entered", Date, Plain)
        .means("The day on which the invoice was captured."),
    Column::new("due_date", "Due Date", "Due", Date, Plain)
        .means("The day on which it must be paid."),
    Column::new("payment_type", "Payment Type", "Payment type", Text, Plain)
        .means("The way in which it is to be paid, such as BACS, cheque or direct debit."),
    Column::new("supplier_name", "Supplier Name", "Supplier", Text, Plain)
        .means("The name of the supplier that billed.")
        .mandatory(),
    Column::new("supplier_ref", "Supplier Ref", "Supplier ref", Reference, Plain)
        .means("The ERP's number of the supplier, the same as in transactions and suppliers.")
        .mandatory_or("supplier_name"),
    Column::new("site_ref", "Site Ref", "Site", Text, Plain)
        .means("The supplier's site or branch that billed."),
    Column::new("user_id", "User ID", "Entered by", Text, Plain).means("Who captured the invoice."),
    Column::new("approved_by", "Approved By", "Approved by", Text, Plain)
        .means("Who approved the invoice last."),
    Column::new("scanned_image", "Scanned Image", "Image", Text, Plain)
        .means("The address of the scanned invoice."),
    Column::new("org_group_ref", "Org Group Ref", "Group ref", Text, Plain)
        .means("The code of the company that was billed."),
    Column::new("org_group_name", "Org Group Name", "Group", Text, Plain)
        .means("The name of the company that was billed."),
    Column::new("erp_id", "ERP ID", "ERP ID", Text, Plain)
        .means("Which of several systems the row comes from."),
    Column::new("modified_date", "Modified Date", "Changed", Date, Plain)
        .means("The day on which the row was last changed."),
    Column::new("vat_amount", "VAT Amount", "VAT", Amount, Plain)
        .means("The VAT or sales tax in the Invoice Amount, in its currency."),
    Column::new(POSTED_AS, "Posted As", "Posted as", Reference, Plain)
        .means("The Unique ID of the transaction that the invoice was posted as; empty before that."),
];

/// The columns as the page of one invoice reads, with what findings and files add to them.
pub const READING_ORDER: &[&str] = &[
    "unique_id",
    "pair",
    "status",
    POSTED_AS,
    "invoice_number",
    "supplier_name",
    "supplier_ref",
    "invoice_amount",
    "invoice_amount_currency",
    "base_amount",
    "base_amount_currency",
    "vat_amount",
    "lines",
    "invoice_date",
    "received_date",
    "entered_date",
    "user_id",
    "approved_by",
    "due_date",
    "payment_type",
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
        "status",
        "received_date",
        "unique_id",
    ],
    others: "the page of one invoice shows it",
};

/// Read with a list beside its columns: its amounts are shown with them, its texts looked for.
pub const BESIDE: &[&str] = &[
    "base_amount_currency",
    "invoice_amount",
    "invoice_amount_currency",
    "description",
    "po_number",
    "user_id",
];

/// The columns in which a text is looked for.
pub const SEARCHED: View = View {
    columns: &[
        "invoice_number",
        "supplier_name",
        "supplier_ref",
        "unique_id",
        "description",
        "po_number",
        "user_id",
    ],
    others: "nobody remembers an invoice by it",
};

/// The columns that a finding shows of an unposted invoice.
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
        "payment_type",
        "user_id",
        "approved_by",
        "org_group_ref",
        "org_group_name",
        "site_ref",
        "scanned_image",
        "vat_amount",
    ],
    others: "it tells no duplicate from another invoice",
};
