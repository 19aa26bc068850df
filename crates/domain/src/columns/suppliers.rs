//! The columns of suppliers: one row a supplier, site or bank account.
//!
//! Not for: what they are called in files of others (`extract`). Invariant: every column is in each view, or
//! the view says why it is not.

use super::ColumnKind::{Currency, Date, Reference, Text};
use super::{Column, View};
use crate::personal::Sensitivity::{Account, Name, Personal, Plain};

/// The columns in the order in which they stand in the ledger.
pub const COLUMNS: &[Column] = &[
    Column::new("supplier_ref", "Supplier Ref", "Supplier ref", Reference, Plain)
        .means("The ERP's number of the supplier; all rows of one supplier share it.")
        .mandatory_or("supplier_name"),
    Column::new("supplier_name", "Supplier Name", "Supplier", Text, Plain)
        .means("The name of the supplier.")
        .mandatory(),
    Column::new("site_ref", "Site Ref", "Site", Text, Plain)
        .means("The supplier's site or branch that the row is about."),
    Column::new("address_line_1", "Address Line 1", "Address", Text, Plain)
        .means("The first line of the address: house and street."),
    Column::new("address_line_2", "Address Line 2", "Address line 2", Text, Plain)
        .means("The second line of the address."),
    Column::new("address_line_3", "Address Line 3", "Address line 3", Text, Plain)
        .means("The third line of the address."),
    Column::new("address_line_4", "Address Line 4", "Address line 4", Text, Plain)
        .means("The fourth line of the address."),
    Column::new("town", "Town", "Town", Text, Plain).means("The town of the address."),
    Column::new("postcode", "Postcode", "Postcode", Text, Plain)
        .means("The postcode of the address."),
    Column::new("country", "Country", "Country", Text, Plain)
        .means("The country of the address, best as its ISO code."),
    Column::new("telephone", "Telephone", "Telephone", Text, Personal)
        .means("The telephone number of the supplier."),
    Column::new("email", "E-mail", "E-mail", Text, Personal)
        .means("The e-mail address that remittances or orders go to."),
    Column::new("website", "Website", "Website", Text, Plain).means("The supplier's web site."),
    Column::new("vat_number", "VAT Number", "VAT number", Reference, Plain)
        .means("The VAT registration number, with the letters of its country."),
    Column::new("tax_id", "Tax ID", "Tax ID", Reference, Personal)
        .means("Another number by which tax authorities know the supplier."),
    Column::new(
        "company_registration_number",
        "Company Registration Number",
        "Company number",
        Reference,
        Plain,
    )
    .means("The number in the register of companies."),
    Column::new("bank_account_name", "Bank Account Name", "Bank account name", Text, Name)
        .means("The name that the bank account is in."),
    Column::new("sort_code", "Sort Code", "Sort code", Reference, Account)
        .means("The code of the bank or branch: sort code, routing number, BSB."),
    Column::new("account_number", "Account Number", "Account number", Reference, Account)
        .means("The number of the bank account that is paid to."),
    Column::new("iban", "IBAN", "IBAN", Reference, Account)
        .means("The IBAN of the bank account that is paid to."),
    Column::new("bic", "BIC", "BIC", Text, Personal).means("The BIC (SWIFT code) of the bank."),
    Column::new("currency", "Currency", "Currency", Currency, Plain)
        .means("The currency that the supplier bills in."),
    Column::new("payment_terms", "Payment Terms", "Payment terms", Text, Plain)
        .means("The terms of payment."),
    Column::new("payment_type", "Payment Type", "Payment type", Text, Plain)
        .means("The way in which the supplier is paid."),
    Column::new("created_date", "Created Date", "Created", Date, Plain)
        .means("The day on which the supplier was set up."),
    Column::new("created_by", "Created By", "Created by", Text, Plain)
        .means("Who set the supplier up."),
    Column::new("modified_date", "Modified Date", "Changed", Date, Plain)
        .means("The day on which the supplier was last changed."),
    Column::new("modified_by", "Modified By", "Modified by", Text, Plain)
        .means("Who changed the supplier last."),
    Column::new("status", "Status", "Status", Text, Plain)
        .means("Whether the supplier is active, on hold or blocked."),
    Column::new("one_time", "One-time Flag", "One-time", Text, Plain)
        .means("Whether the record stands for suppliers that are paid once."),
    Column::new("org_group_ref", "Org Group Ref", "Group ref", Text, Plain)
        .means("The code of the company that deals with the supplier."),
    Column::new("erp_id", "ERP ID", "ERP ID", Text, Plain)
        .means("Which of several ERPs the row comes from."),
];

/// The columns as the page of one supplier reads.
pub const READING_ORDER: &[&str] = &[
    "supplier_name",
    "supplier_ref",
    "payment_type",
    "status",
    "site_ref",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "address_line_4",
    "town",
    "postcode",
    "country",
    "telephone",
    "email",
    "website",
    "vat_number",
    "tax_id",
    "company_registration_number",
    "bank_account_name",
    "sort_code",
    "account_number",
    "iban",
    "bic",
    "currency",
    "payment_terms",
    "created_date",
    "modified_date",
    "one_time",
    "org_group_ref",
    "erp_id",
    "extra",
    "created_by",
    "modified_by",
];

/// The columns of a list; the first is the usual order.
pub const LISTED: View = View {
    columns: &["supplier_name", "supplier_ref", "town", "country", "vat_number", "created_date"],
    others: "the page of one supplier shows it",
};

/// Read with a list beside its columns.
pub const BESIDE: &[&str] = &["postcode", "status"];

/// The columns in which a text is looked for.
pub const SEARCHED: View = View {
    columns: &["supplier_name", "supplier_ref", "vat_number", "postcode"],
    others: "who looks for it reads the page of the supplier",
};

/// The columns that a finding shows of a supplier; accounts by their end.
pub const IN_FINDINGS: View = View {
    columns: &[
        "supplier_name",
        "address_line_1",
        "address_line_2",
        "town",
        "postcode",
        "country",
        "telephone",
        "email",
        "vat_number",
        "company_registration_number",
        "sort_code",
        "account_number",
        "iban",
        "created_date",
        "modified_date",
        "status",
    ],
    others: "it does not tell two suppliers apart, and the page of the supplier shows it",
};

/// Where the money goes: shown of every variation.
pub const BANK: &[&str] = &["bank_account_name", "sort_code", "account_number", "iban", "bic"];

/// The columns whose change from one variation to the next is shown.
pub const FOLLOWED: View = View {
    columns: &[
        "supplier_name",
        "site_ref",
        "address_line_1",
        "address_line_2",
        "town",
        "postcode",
        "country",
        "email",
        "telephone",
        "vat_number",
        "payment_terms",
        "status",
    ],
    others: "its change says nothing of who the supplier is, or whom the money goes to",
};
