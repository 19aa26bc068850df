//! The columns of transactions (`APT`): header values of invoices and credit notes.
//!
//! Not for: what they are called in files of others (`extract`). Invariant: every column is in each view, or
//! the view says why it is not.

use super::ColumnKind::{Amount, Currency, Date, Identifier, Reference, Text};
use super::{Column, View};
use crate::personal::Sensitivity::Plain;

/// The columns in the order in which they stand in the ledger.
pub const COLUMNS: &[Column] = &[
    Column::new("unique_id", "Unique ID", "Unique ID", Identifier, Plain)
        .means("The ERP's own key of the row; a later row with it is a new state of the same.")
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
        .means("The text that was entered with the invoice."),
    Column::new("po_number", "PO Number", "PO number", Reference, Plain)
        .means("The purchase order that the invoice belongs to."),
    Column::new("status", "Invoice / Payment Status", "Status", Text, Plain)
        .means("Where the invoice stands, in the ERP's words: approved, paid, cancelled."),
    Column::new("invoice_date", "Invoice Date", "Invoice date", Date, Plain)
        .means("The date on the invoice.")
        .mandatory(),
    Column::new("received_date", "Received Date", "Received", Date, Plain)
        .means("The day on which the invoice came in."),
    Column::new("entered_date", "Entered Date", "Entered", Date, Plain)
        .means("The day on which the invoice was keyed, or else the posting date.")
        .mandatory_or("invoice_date"),
    Column::new("due_date", "Due Date", "Due", Date, Plain)
        .means("The day on which it must be paid."),
    Column::new("paid_date", "Paid Date", "Paid", Date, Plain)
        .means("The day on which it was paid."),
    Column::new("payment_cleared_date", "Payment Cleared Date", "Cleared", Date, Plain)
        .means("The day on which the payment went through the bank or the item was cleared."),
    Column::new("payment_type", "Payment Type", "Payment type", Text, Plain)
        .means("The way in which it is paid, such as BACS, cheque or direct debit."),
    Column::new("supplier_name", "Supplier Name", "Supplier", Text, Plain)
        .means("The name of the supplier that billed.")
        .mandatory(),
    Column::new("supplier_ref", "Supplier Ref", "Supplier ref", Reference, Plain)
        .means("The ERP's number of the supplier, the same as in the file of suppliers.")
        .mandatory_or("supplier_name"),
    Column::new("site_ref", "Site Ref", "Site", Text, Plain)
        .means("The supplier's site or branch that billed."),
    Column::new("user_id", "User ID", "Entered by", Text, Plain).means("Who entered the invoice."),
    Column::new("scanned_image", "Scanned Image", "Image", Text, Plain)
        .means("The address of the scanned invoice."),
    Column::new("org_group_ref", "Org Group Ref", "Group ref", Text, Plain)
        .means("The code of the company that was billed."),
    Column::new("org_group_name", "Org Group Name", "Group", Text, Plain)
        .means("The name of the company that was billed."),
    Column::new("erp_id", "ERP ID", "ERP ID", Text, Plain)
        .means("Which of several ERPs the row comes from."),
    Column::new("modified_date", "Modified Date", "Changed", Date, Plain)
        .means("The day on which the row was last changed."),
    Column::new("order_value", "Order Value", "Order value", Amount, Plain)
        .means("The value of the purchase order, in the currency of the invoice.")
        .added_in(2),
    Column::new("order_date", "Order Date", "Ordered", Date, Plain)
        .means("The day on which the purchase order was placed.")
        .added_in(2),
    Column::new("vat_amount", "VAT Amount", "VAT", Amount, Plain)
        .means("The VAT or sales tax in the Invoice Amount, in its currency.")
        .added_in(2),
    Column::new("vat_rate", "VAT Rate", "VAT rate", Text, Plain)
        .means("The rate of the VAT in percent, where one rate holds for the whole invoice.")
        .added_in(2),
    Column::new("discount_amount", "Discount Amount", "Discount", Amount, Plain)
        .means("The discount for early payment that was taken off, in the currency of the invoice.")
        .added_in(2),
    Column::new("approved_by", "Approved By", "Approved by", Text, Plain)
        .means("Who approved the invoice last.")
        .added_in(2),
];

/// The columns as the page of one transaction reads, with what findings and files add to them.
pub const READING_ORDER: &[&str] = &[
    "unique_id",
    "pair",
    "invoice_number",
    "supplier_name",
    "supplier_ref",
    "invoice_amount",
    "invoice_amount_currency",
    "base_amount",
    "base_amount_currency",
    "vat_amount",
    "vat_rate",
    "discount_amount",
    "lines",
    "invoice_date",
    "received_date",
    "entered_date",
    "user_id",
    "approved_by",
    "due_date",
    "paid_date",
    "payment_cleared_date",
    "payment_type",
    "status",
    "description",
    "po_number",
    "order_date",
    "order_value",
    "site_ref",
    "modified_date",
    "org_group_ref",
    "org_group_name",
    "scanned_image",
    "erp_id",
    "extra",
];

/// A field, and another whose value a person may let it take in a file that lacks it, the nearest first. No
/// reader does so by itself, as checks find less by such values.
pub const STAND_INS: [(&str, &str); 6] = [
    ("invoice_number", "unique_id"),
    ("invoice_date", "entered_date"),
    ("invoice_date", "received_date"),
    ("invoice_date", "paid_date"),
    ("invoice_date", "payment_cleared_date"),
    ("invoice_date", "due_date"),
];

/// Fields beside those of [`STAND_INS`] that a first look takes from another, so that a file is read at all.
pub const FOR_A_FIRST_LOOK: [(&str, &str); 2] =
    [("invoice_amount", "base_amount"), ("supplier_name", "supplier_ref")];

/// The columns that say that an invoice was paid: a day in either does. The day of payment is the first of
/// them that is there, as a payment is cleared days later.
pub const PAID: [&str; 2] = ["paid_date", "payment_cleared_date"];

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

/// Read with a list beside its columns: its amounts are shown with them, its texts looked for, and a supplier
/// was paid on a day of [`PAID`].
pub const BESIDE: &[&str] = &[
    "payment_cleared_date",
    "base_amount_currency",
    "invoice_amount",
    "invoice_amount_currency",
    "description",
    "status",
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

/// The columns in which an amount is looked for, with either sign.
pub const AMOUNTS_SEARCHED: [&str; 2] = ["base_amount", "invoice_amount"];

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
        "payment_cleared_date",
        "payment_type",
        "user_id",
        "org_group_ref",
        "org_group_name",
        "site_ref",
        "scanned_image",
        "order_value",
        "order_date",
        "vat_amount",
        "vat_rate",
        "discount_amount",
        "approved_by",
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
