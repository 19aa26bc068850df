//! The pages' part of the table.
//!
//! Invariant: whatever changes something is a POST behind the guard, and each row says whom it is for.

use axum::handler::Handler;
use http::Method;

use super::{Access, Entry, entry};
use crate::App;
use crate::http::web::access::Permission;
use crate::http::web::{
    assets, design, guard, help, index, invitations, me, reading_rules, sign_in, uploads,
};

const COLUMNS: &str = "/at/{customer}/{unit}/uploads/{upload}/columns";
const SEND: &str = "/at/{customer}/{unit}/uploads/send";

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = of_visitors();
    entries.extend(of_oneself());
    entries.extend(of_a_unit());
    entries.extend(of_uploads());
    entries.extend(of_columns_and_help());
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

fn of_uploads() -> Vec<Entry> {
    use Permission::{Analyst, Viewer};
    use uploads::{decide, one, send};
    vec![
        get(SEND, "get_send", "The form to send a file by hand", Analyst, send::get_send),
        post(SEND, "send", "Send a file by hand", Analyst, send::send),
        get(
            "/at/{customer}/{unit}/uploads/{upload}",
            "get_upload_page",
            "One upload, its life and its problems",
            Viewer,
            one::get_upload,
        ),
        get(
            "/at/{customer}/{unit}/uploads/{upload}/problems.csv",
            "get_problems_csv",
            "Its problems for a spreadsheet",
            Viewer,
            one::get_problems_csv,
        ),
        get(
            "/at/{customer}/{unit}/uploads/{upload}/file",
            "get_file",
            "The file as it was sent",
            Analyst,
            one::get_file,
        ),
        post(
            "/at/{customer}/{unit}/uploads/{upload}/release",
            "release_upload",
            "Let a held snapshot in",
            Analyst,
            decide::release,
        ),
        post(
            "/at/{customer}/{unit}/uploads/{upload}/refuse",
            "refuse_upload",
            "Keep a held snapshot out",
            Analyst,
            decide::refuse,
        ),
        post(
            "/at/{customer}/{unit}/uploads/{upload}/read-again",
            "read_upload_again",
            "Read a refused file again",
            Analyst,
            decide::read_again,
        ),
    ]
}

fn of_columns_and_help() -> Vec<Entry> {
    use Permission::{Admin, Viewer};
    vec![
        get(
            COLUMNS,
            "get_columns",
            "Which column of a file holds what",
            Admin,
            reading_rules::get_columns,
        ),
        post(
            COLUMNS,
            "set_columns",
            "Say which column holds what",
            Admin,
            reading_rules::set_columns,
        ),
        get(
            "/at/{customer}/{unit}/columns/{type}",
            "get_columns_of_type",
            "The same, by the newest file of a type",
            Admin,
            reading_rules::get_columns_of_type,
        ),
        get("/at/{customer}/{unit}/help", "get_help", "How to send files", Viewer, help::get_help),
        get(
            "/at/{customer}/{unit}/help/api",
            "get_reference",
            "The API, to read",
            Viewer,
            help::reference::get_reference,
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
