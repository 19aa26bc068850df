//! Employees: made people, and the file that lists them.
//!
//! Not for: users of the ledger (`organisation`).
//!
//! Invariant: national insurance numbers begin with QQ, which is never issued.

use std::io;
use std::path::Path;

use domain::FileType;

use super::bank::Account;
use super::calendar::{Calendar, Day};
use super::names::Address;
use super::organisation::GROUPS;
use super::table::Table;

/// The columns that are made, in the order of their cells.
pub(super) const COLUMNS: [&str; 22] = [
    "employee_id",
    "first_name",
    "last_name",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "town",
    "postcode",
    "country",
    "telephone",
    "mobile",
    "email",
    "bank_account_name",
    "sort_code",
    "account_number",
    "iban",
    "tax_number",
    "department",
    "start_date",
    "leave_date",
    "org_group_ref",
    "erp_id",
];

#[derive(Debug, Clone)]
pub(super) struct Employee {
    pub(super) id: String,
    pub(super) first_name: &'static str,
    pub(super) last_name: String,
    pub(super) address: Address,
    pub(super) telephone: String,
    pub(super) mobile: Option<String>,
    pub(super) email: String,
    pub(super) account: Account,
    pub(super) insurance_number: String,
    pub(super) department: &'static str,
    pub(super) started: Day,
    pub(super) left: Option<Day>,
    pub(super) group: usize,
}

pub(super) fn write(path: &Path, employees: &[Employee], calendar: &Calendar) -> io::Result<u64> {
    let mut table = Table::create(path, FileType::Employees, &COLUMNS)?;
    for employee in employees {
        table.cell(&employee.id);
        table.cell(employee.first_name);
        table.cell(&employee.last_name);
        table.cell(&employee.address.lines[0]);
        table.cell(&employee.address.lines[1]);
        table.cell("");
        table.cell(&employee.address.town);
        table.cell(&employee.address.postcode);
        table.cell("GB");
        table.cell(&employee.telephone);
        table.cell(employee.mobile.as_deref().unwrap_or(""));
        table.cell(&employee.email);
        table.cell(&employee.account.holder);
        table.cell(&employee.account.sort_code);
        table.cell(&employee.account.number);
        table.cell(&employee.account.iban);
        table.cell(&employee.insurance_number);
        table.cell(employee.department);
        table.cell(calendar.text(employee.started));
        table.cell(employee.left.map_or("", |day| calendar.text(day)));
        table.cell(GROUPS[employee.group].reference);
        table.cell(GROUPS[employee.group].erp);
        table.end_row()?;
    }
    table.finish()
}
