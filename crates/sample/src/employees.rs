//! Employees: made people, and the file that lists them.
//!
//! Not for: users of the ledger (`organisation`).
//!
//! Invariant: national insurance numbers begin with QQ, which is never issued.

use std::io;
use std::path::Path;

use super::bank::Account;
use super::calendar::{Calendar, Day};
use super::names::Address;
use super::organisation::GROUPS;
use super::table::Table;

pub(super) const HEADER: [&str; 22] = [
    "Employee ID",
    "First Name",
    "Last Name",
    "Address Line 1",
    "Address Line 2",
    "Address Line 3",
    "Town",
    "Postcode",
    "Country",
    "Telephone",
    "Mobile",
    "E-mail",
    "Bank Account Name",
    "Sort Code",
    "Account Number",
    "IBAN",
    "Tax / National Insurance Number",
    "Department",
    "Start Date",
    "Leave Date",
    "Org Group Ref",
    "ERP ID",
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
    let mut table = Table::create(path, &HEADER)?;
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
