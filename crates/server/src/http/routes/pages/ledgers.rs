//! The overview of a unit and what is in its ledgers.

use super::{get, post};
use crate::http::pages::ledger::page;
use crate::http::pages::{employees, overview, population, suppliers, transactions};
use crate::http::permission::Permission;
use crate::http::routes::Entry;

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = unit_entries();
    entries.extend(ledger_entries());
    entries
}

/// The pages over all ledgers of a unit.
fn unit_entries() -> Vec<Entry> {
    vec![
        get(
            "/at/{customer}/{unit}/overview",
            "get_overview_page",
            "What is new, at risk and recovered",
            Permission::Viewer,
            overview::get_overview,
        ),
        get(
            "/at/{customer}/{unit}/population",
            "get_population_page",
            "How amounts and findings are spread",
            Permission::Viewer,
            population::get_population,
        ),
    ]
}

fn ledger_entries() -> Vec<Entry> {
    use Permission::{Unmasker, Viewer};
    const TRANSACTION: &str = "/at/{customer}/{unit}/transactions/{transaction}";
    const SUPPLIER: &str = "/at/{customer}/{unit}/suppliers/{supplier}";
    const EMPLOYEE: &str = "/at/{customer}/{unit}/employees/{employee}";
    vec![
        get(
            "/at/{customer}/{unit}/transactions",
            "list_transactions_page",
            "The unit's transactions",
            Viewer,
            page::list_transactions,
        ),
        get(
            TRANSACTION,
            "get_transaction_page",
            "One transaction",
            Viewer,
            transactions::get_transaction,
        ),
        post(
            TRANSACTION,
            "show_transaction_page",
            "One transaction, whole",
            Unmasker,
            transactions::show_transaction,
        ),
        get(
            "/at/{customer}/{unit}/suppliers",
            "list_suppliers_page",
            "The unit's suppliers",
            Viewer,
            page::list_suppliers,
        ),
        get(SUPPLIER, "get_supplier_page", "One supplier", Viewer, suppliers::get_supplier),
        post(
            SUPPLIER,
            "show_supplier_page",
            "One supplier with its accounts whole",
            Unmasker,
            suppliers::show_supplier,
        ),
        get(
            "/at/{customer}/{unit}/employees",
            "list_employees_page",
            "The unit's employees",
            Viewer,
            page::list_employees,
        ),
        get(EMPLOYEE, "get_employee_page", "One employee", Viewer, employees::get_employee),
        post(
            EMPLOYEE,
            "show_employee_page",
            "One employee with accounts whole",
            Unmasker,
            employees::show_employee,
        ),
    ]
}
