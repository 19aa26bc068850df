//! The pages' part of the table.
//!
//! Invariant: whatever changes something is a POST behind the guard, and each row says whom it is for.

use axum::handler::Handler;
use http::Method;

use super::{Access, Entry, entry};
use crate::App;
use crate::http::web::access::Permission;
use crate::http::web::{
    assets, design, employees, guard, index, invitations, me, overview, sign_in, suppliers,
    transactions, uploads,
};

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = of_visitors();
    entries.extend(of_oneself());
    entries.extend(of_a_unit());
    entries.extend(of_ledgers());
    entries
}

fn of_visitors() -> Vec<Entry> {
    use Permission::Anybody;
    vec![
        get("/", "get_index", "On to where somebody works", Anybody, index::get_index),
        get("/assets/{mark}/{name}", "get_asset", "A file of looks", Anybody, assets::get_asset),
        get("/design", "get_design", "Every component of the pages", Anybody, design::get_design),
        post("/look", "set_look", "Theme and keys of this browser", Anybody, me::set_look),
        get("/sign-in", "get_sign_in", "The form to sign in", Anybody, sign_in::get_sign_in),
        post("/sign-in", "sign_in", "Sign in", Anybody, sign_in::sign_in),
        get(
            "/welcome/{secret}",
            "get_welcome",
            "The first administrator's form",
            Anybody,
            invitations::get_welcome,
        ),
        post(
            "/welcome/{secret}",
            "accept_welcome",
            "Become the first administrator",
            Anybody,
            invitations::accept,
        ),
        get(
            "/invitation/{secret}",
            "get_invitation",
            "The form of a new member",
            Anybody,
            invitations::get_welcome,
        ),
        post(
            "/invitation/{secret}",
            "accept_invitation",
            "Become a member",
            Anybody,
            invitations::accept,
        ),
    ]
}

fn of_oneself() -> Vec<Entry> {
    use Permission::SignedIn;
    vec![
        post("/sign-out", "sign_out", "Sign out", SignedIn, sign_in::sign_out),
        get("/me", "get_me", "One's own account", SignedIn, me::get_me),
        post("/me/password", "set_password", "Change the password", SignedIn, me::set_password),
        post("/me/sessions/end", "end_session", "End a session", SignedIn, me::end_session),
        get("/me/totp", "get_totp", "A square for an authenticator app", SignedIn, me::get_totp),
        post("/me/totp", "set_totp", "Turn two-step sign-in on", SignedIn, me::set_totp),
        post("/me/totp/off", "clear_totp", "Turn two-step sign-in off", SignedIn, me::clear_totp),
    ]
}

fn of_a_unit() -> Vec<Entry> {
    use Permission::Viewer;
    vec![
        get("/at/{customer}/{unit}/", "get_unit", "On to the unit", Viewer, index::get_unit),
        get(
            "/at/{customer}/{unit}/uploads",
            "list_uploads_page",
            "The unit's uploads, newest first",
            Viewer,
            uploads::list_uploads,
        ),
    ]
}

fn of_ledgers() -> Vec<Entry> {
    use Permission::{Analyst, Viewer};
    const SUPPLIER: &str = "/at/{customer}/{unit}/suppliers/{supplier}";
    const EMPLOYEE: &str = "/at/{customer}/{unit}/employees/{employee}";
    vec![
        get(
            "/at/{customer}/{unit}/overview",
            "get_overview_page",
            "What is new, at risk and recovered",
            Viewer,
            overview::get_overview,
        ),
        get(
            "/at/{customer}/{unit}/transactions",
            "list_transactions_page",
            "The unit's transactions",
            Viewer,
            transactions::list_transactions,
        ),
        get(
            "/at/{customer}/{unit}/transactions/{transaction}",
            "get_transaction_page",
            "One transaction",
            Viewer,
            transactions::get_transaction,
        ),
        get(
            "/at/{customer}/{unit}/suppliers",
            "list_suppliers_page",
            "The unit's suppliers",
            Viewer,
            suppliers::list_suppliers,
        ),
        get(SUPPLIER, "get_supplier_page", "One supplier", Viewer, suppliers::get_supplier),
        post(
            SUPPLIER,
            "show_supplier_page",
            "One supplier with its accounts whole",
            Analyst,
            suppliers::show_supplier,
        ),
        get(
            "/at/{customer}/{unit}/employees",
            "list_employees_page",
            "The unit's employees",
            Viewer,
            employees::list_employees,
        ),
        get(EMPLOYEE, "get_employee_page", "One employee", Viewer, employees::get_employee),
        post(
            EMPLOYEE,
            "show_employee_page",
            "One employee with accounts whole",
            Analyst,
            employees::show_employee,
        ),
    ]
}

fn get<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    permission: Permission,
    handler: H,
) -> Entry {
    page(Method::GET, path, operation, summary, permission, handler)
}

/// Something is changed.
fn post<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    permission: Permission,
    handler: H,
) -> Entry {
    page(Method::POST, path, operation, summary, permission, handler)
}

fn page<H: Handler<T, App>, T: 'static>(
    method: Method,
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    permission: Permission,
    handler: H,
) -> Entry {
    let Entry { route, handler } =
        entry(method, path, operation, summary, Access::Page(permission), handler);
    Entry { route, handler: handler.layer(axum::middleware::from_fn(guard::guard)) }
}
