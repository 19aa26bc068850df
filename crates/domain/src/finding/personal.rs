//! Which fields of a finding's rows are personal data.
//!
//! Not for: ledgers' own columns; where those are read, the same is said of each.
//!
//! Invariant: of an employee everything is, but for what is listed.

use crate::file_type::FileType;

/// What says nothing about whom an employee is.
const OF_EMPLOYEES_PUBLIC: [&str; 3] = ["department", "start_date", "leave_date"];
/// A supplier may be one person, and an account is what a thief looks for.
const OF_SUPPLIERS: [&str; 8] = [
    "telephone",
    "email",
    "tax_id",
    "bank_account_name",
    "sort_code",
    "account_number",
    "iban",
    "bic",
];

/// Whether a field is shown to those only who may see personal data.
pub fn is_personal(ledger: FileType, field: &str) -> bool {
    match ledger {
        FileType::Transactions => false,
        FileType::Suppliers => OF_SUPPLIERS.contains(&field),
        FileType::Employees => !OF_EMPLOYEES_PUBLIC.contains(&field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_employee_all_is_personal_that_is_not_listed() {
        for (ledger, field, is_it) in [
            (FileType::Employees, "full_name", true),
            (FileType::Employees, "something_new", true),
            (FileType::Employees, "department", false),
            (FileType::Suppliers, "iban", true),
            (FileType::Suppliers, "supplier_name", false),
            (FileType::Transactions, "description", false),
        ] {
            assert_eq!(is_personal(ledger, field), is_it, "{field}");
        }
    }
}
