//! The columns of payments (`Payments`): what a run orders a bank to pay.
//!
//! Not for: invoices that were paid (`transactions`). Invariant: a column that others have too bears the same
//! name and label.

use super::ColumnKind::{Amount, Currency, Date, Identifier, Reference, Text};
use super::{Column, View};
use crate::personal::Sensitivity::{Account, Personal, Plain};

/// The columns in the order in which they stand in the ledger.
pub const COLUMNS: &[Column] = &[
    Column::new("payment_id", "Payment ID", "Payment ID", Identifier, Plain)
        .means("The number of the payment within its run; where a file has none, its line.")
        .mandatory(),
    Column::new("payee_name", "Payee Name", "Payee", Text, Plain)
        .means("The name of whom is paid.")
        .mandatory(),
    Column::new("payee_ref", "Payee Ref", "Payee ref", Reference, Plain).means(
        "The ERP's number of the supplier that is paid, the same as in the file of suppliers.",
    ),
    Column::new("payment_amount", "Payment Amount", "Payment amount", Amount, Plain)
        .means("The amount that is paid, without a sign.")
        .mandatory(),
    Column::new(
        "payment_amount_currency",
        "Payment Amount Currency",
        "Payment currency",
        Currency,
        Plain,
    )
    .means("The currency of the Payment Amount."),
    Column::new("sort_code", "Sort Code", "Sort code", Reference, Account)
        .means("The code of the bank or branch: sort code, routing number, BSB."),
    Column::new("account_number", "Account Number", "Account number", Reference, Account)
        .means("The number of the bank account that is paid to."),
    Column::new("iban", "IBAN", "IBAN", Reference, Account)
        .means("The IBAN of the bank account that is paid to."),
    Column::new("bic", "BIC", "BIC", Text, Personal).means("The BIC (SWIFT code) of the bank."),
    Column::new("payment_date", "Payment Date", "Payment date", Date, Plain)
        .means("The day on which it is to be paid."),
    Column::new("payment_type", "Payment Type", "Payment type", Text, Plain)
        .means("The way in which it is paid, such as BACS or cheque."),
    Column::new("invoice_number", "Invoice Number", "Invoice number", Reference, Plain)
        .means("The supplier's number of the invoice that is paid, where a payment is of one."),
    Column::new("reference", "Reference", "Reference", Text, Plain)
        .means("The text that goes with the payment, such as the numbers of the invoices."),
];

/// The columns as the page of one payment reads.
pub const READING_ORDER: &[&str] = &[
    "payment_id",
    "payee_name",
    "payee_ref",
    "payment_amount",
    "payment_amount_currency",
    "payment_date",
    "invoice_number",
    "reference",
    "sort_code",
    "account_number",
    "iban",
    "bic",
    "payment_type",
    "extra",
];

/// The columns of a list; the first is the usual order.
pub const LISTED: View = View {
    columns: &[
        "payment_date",
        "payee_name",
        "payee_ref",
        "payment_amount",
        "reference",
        "payment_id",
    ],
    others: "the page of the run shows it",
};

/// Read with a list beside its columns.
pub const BESIDE: &[&str] = &["payment_amount_currency", "invoice_number"];

/// The columns in which a text is looked for.
pub const SEARCHED: View = View {
    columns: &["payee_name", "payee_ref", "payment_id", "reference", "invoice_number"],
    others: "nobody remembers a payment by it",
};

/// The columns that a finding would show of a payment; no check finds any.
pub const IN_FINDINGS: View =
    View { columns: &["payee_name", "payment_amount"], others: "no check is about payments" };

/// Where the money goes.
pub const BANK: &[&str] = &["sort_code", "account_number", "iban", "bic"];
