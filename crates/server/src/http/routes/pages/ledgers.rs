//! The overview of a unit and what is in its ledgers.

use super::{get, post};
use crate::http::pages::ledger::page;
use crate::http::pages::{employees, overview, population, statements, suppliers, transactions};
use crate::http::permission::Permission;
use crate::http::routes::Entry;

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = unit_entries();
    entries.extend(transaction_entries());
    entries.extend(unposted_invoice_entries());
    entries.extend(supplier_entries());
    entries.extend(employee_entries());
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

fn transaction_entries() -> Vec<Entry> {
    use Permission::{Unmasker, Viewer};
    const TRANSACTION: &str = "/at/{customer}/{unit}/transactions/{transaction}";
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
    ]
}

fn unposted_invoice_entries() -> Vec<Entry> {
    use Permission::{Unmasker, Viewer};
    const UNPOSTED: &str = "/at/{customer}/{unit}/unposted_invoices/{invoice}";
    vec![
        get(
            "/at/{customer}/{unit}/unposted_invoices",
            "list_unposted_invoices_page",
            "The unit's invoices that are not posted yet",
            Viewer,
            page::list_unposted_invoices,
        ),
        get(
            UNPOSTED,
            "get_unposted_invoice_page",
            "One invoice that is not posted yet",
            Viewer,
            transactions::get_unposted_invoice,
        ),
        post(
            UNPOSTED,
            "show_unposted_invoice_page",
            "One invoice that is not posted yet, whole",
            Unmasker,
            transactions::show_unposted_invoice,
        ),
    ]
}

/// Suppliers, and their statements beside the ledger.
fn supplier_entries() -> Vec<Entry> {
    use Permission::{Analyst, Unmasker, Viewer};
    const SUPPLIER: &str = "/at/{customer}/{unit}/suppliers/{supplier}";
    const STATEMENT: &str = "/at/{customer}/{unit}/statements/{statement}";
    vec![
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
        post(
            "/at/{customer}/{unit}/suppliers/{supplier}/statements",
            "send_statement_page",
            "Reconcile a supplier's statement with the ledger",
            Analyst,
            statements::send_statement,
        ),
        get(
            STATEMENT,
            "get_statement_page",
            "A supplier's statement beside the ledger",
            Viewer,
            statements::get_statement,
        ),
        get(
            "/at/{customer}/{unit}/statements/{statement}/lines.csv",
            "export_statement_page",
            "The lines of a statement as a file",
            Viewer,
            statements::export_statement,
        ),
        get(
            "/at/{customer}/{unit}/statements/{statement}/lines.xlsx",
            "export_statement_workbook_page",
            "The lines of a statement as a workbook, with what to ask",
            Viewer,
            statements::export_statement_workbook,
        ),
        post(
            "/at/{customer}/{unit}/suppliers/{supplier}/statement-columns",
            "set_statement_columns_page",
            "Settle which column of a supplier's statements holds what",
            Analyst,
            statements::set_statement_columns,
        ),
    ]
}

fn employee_entries() -> Vec<Entry> {
    use Permission::{Unmasker, Viewer};
    const EMPLOYEE: &str = "/at/{customer}/{unit}/employees/{employee}";
    vec![
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
