//! The columns of employees: everyone paid through payroll. Nearly all of it is personal.
//!
//! Not for: what they are called in files of others (`extract`). Invariant: every column is in each view, or
//! the view says why it is not.

use super::ColumnKind::{Date, Reference, Text};
use super::{Column, View};
use crate::personal::Sensitivity::{Account, Name, Personal, Plain};

/// The columns in the order in which they stand in the ledger. The Employee ID is plain: by it those who see
/// nothing else find the row.
pub const COLUMNS: &[Column] = &[
    Column::new("employee_id", "Employee ID", "Employee ID", Reference, Plain)
        .means("The number by which payroll knows the employee; all rows of one share it.")
        .mandatory(),
    Column::new("first_name", "First Name", "First name", Text, Name)
        .means("The first name; needed with the last name where there is no full name."),
    Column::new("last_name", "Last Name", "Last name", Text, Name)
        .means("The last name; needed with the first name where there is no full name."),
    Column::new("full_name", "Full Name", "Name", Text, Name)
        .means("The whole name in one column, in place of first and last name."),
    Column::new("address_line_1", "Address Line 1", "Address", Text, Personal)
        .means("The first line of the employee's own address."),
    Column::new("address_line_2", "Address Line 2", "Address line 2", Text, Personal)
        .means("The second line of the address."),
    Column::new("address_line_3", "Address Line 3", "Address line 3", Text, Personal)
        .means("The third line of the address."),
    Column::new("address_line_4", "Address Line 4", "Address line 4", Text, Personal)
        .means("The fourth line of the address."),
    Column::new("town", "Town", "Town", Text, Personal).means("The town of the address."),
    Column::new("postcode", "Postcode", "Postcode", Text, Personal)
        .means("The postcode of the address."),
    Column::new("country", "Country", "Country", Text, Personal)
        .means("The country of the address, best as its ISO code."),
    Column::new("telephone", "Telephone", "Telephone", Text, Personal)
        .means("The employee's own telephone number."),
    Column::new("mobile", "Mobile", "Mobile", Text, Personal)
        .means("The employee's own mobile number."),
    Column::new("email", "E-mail", "E-mail", Text, Personal)
        .means("The employee's own e-mail address, not that of work."),
    Column::new("bank_account_name", "Bank Account Name", "Bank account name", Text, Name)
        .means("The name that the bank account is in."),
    Column::new("sort_code", "Sort Code", "Sort code", Reference, Account)
        .means("The code of the bank or branch: sort code, routing number, BSB."),
    Column::new("account_number", "Account Number", "Account number", Reference, Account)
        .means("The number of the bank account that the pay goes to."),
    Column::new("iban", "IBAN", "IBAN", Reference, Account)
        .means("The IBAN of the bank account that the pay goes to."),
    Column::new("tax_number", "Tax / National Insurance Number", "Tax number", Reference, Account)
        .means("The number by which tax or social security knows the employee."),
    Column::new("department", "Department", "Department", Text, Plain)
        .means("The department, cost centre or team."),
    Column::new("start_date", "Start Date", "Started", Date, Plain)
        .means("The day on which the employment began."),
    Column::new("leave_date", "Leave Date", "Left", Date, Plain)
        .means("The day on which the employment ended."),
    Column::new("org_group_ref", "Org Group Ref", "Group ref", Text, Plain)
        .means("The code of the company that employs."),
    Column::new("erp_id", "ERP ID", "ERP ID", Text, Plain)
        .means("Which of several systems the row comes from."),
];

/// A full name, or both of its parts: one of these groups must be in a file and filled in a row.
pub const NAMES: &[&[&str]] = &[&["full_name"], &["first_name", "last_name"]];

/// The columns as the page of one employee reads.
pub const READING_ORDER: &[&str] = &[
    "employee_id",
    "full_name",
    "first_name",
    "last_name",
    "department",
    "start_date",
    "leave_date",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "address_line_4",
    "town",
    "postcode",
    "country",
    "telephone",
    "mobile",
    "email",
    "tax_number",
    "bank_account_name",
    "sort_code",
    "account_number",
    "iban",
    "org_group_ref",
    "erp_id",
    "extra",
];

/// The columns of a list; the first is made of what names there are.
pub const LISTED: View = View {
    columns: &["full_name", "employee_id", "department", "start_date"],
    others: "the page of one employee shows it",
};

/// Read with a list beside its columns: the name is made of them.
pub const BESIDE: &[&str] = &["postcode", "first_name", "last_name", "leave_date"];

/// The columns in which a text is looked for.
pub const SEARCHED: View = View {
    columns: &["last_name", "full_name", "employee_id", "department"],
    others: "employees are looked for by who they are, and by nothing that is private",
};

/// The columns that a finding shows of an employee: who it is and where they work.
pub const IN_FINDINGS: View = View {
    columns: &["first_name", "last_name", "full_name", "department", "start_date", "leave_date"],
    others: "no check looks at it",
};

/// The columns of employees never shown in a finding, which says that there is something.
pub const WITHHELD: &[&str] = &[
    "address_line_1",
    "postcode",
    "telephone",
    "mobile",
    "email",
    "sort_code",
    "account_number",
    "iban",
];

/// Where the money goes.
pub const BANK: &[&str] = &["bank_account_name", "sort_code", "account_number", "iban"];
