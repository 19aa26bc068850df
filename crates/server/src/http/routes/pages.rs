//! The pages' part of the table.
//!
//! Invariant: whatever changes something is a POST behind the guard, and each row says whom it is for.

mod ledgers;
mod letters;
mod notifications;
mod payment_runs;
mod recovery;
mod remembered;
mod settings;
mod tryouts;
mod uploads;

use axum::handler::Handler;
use http::Method;

use super::{Entry, entry};
use crate::App;
use crate::http::pages::{
    assets, design, erasure, export, findings, guard, index, invitations, me, oidc, operator,
    password_links, saved_views, sign_in, two_step, verdicts,
};
use crate::http::permission::{Access, Permission};

const FINDINGS: &str = "/at/{customer}/{unit}/findings";
const FINDING: &str = "/at/{customer}/{unit}/findings/{finding}";
const DECIDED_FINDING: &str = "/at/{customer}/{unit}/findings/{finding}/history/{entry}";

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = of_visitors();
    // From no browser, so that no guard of forms stands before it: what it holds is signed.
    entries.push(entry(
        Method::POST,
        "/sign-in/with/{provider}/logout",
        "receive_logout",
        "The word of an identity provider that sessions are over",
        Access::Page(Permission::Anybody),
        oidc::receive_logout,
    ));
    entries.extend(of_links());
    entries.extend(of_oneself());
    entries.extend(of_the_operator());
    entries.extend(of_a_unit());
    entries.extend(of_findings());
    entries.extend(of_decisions());
    entries.extend(recovery::entries());
    entries.extend(remembered::entries());
    entries.extend(payment_runs::entries());
    entries.extend(uploads::entries());
    entries.extend(tryouts::entries());
    entries.extend(ledgers::entries());
    entries.extend(settings::entries());
    entries.extend(letters::entries());
    entries.extend(notifications::entries());
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
            "/sign-in/with/{provider}",
            "begin_at_provider",
            "On to an identity provider",
            Anybody,
            oidc::begin_at_provider,
        ),
        post(
            "/sign-in/with/{provider}",
            "begin_with_form",
            "On to an identity provider, with a form that was not written yet",
            Anybody,
            oidc::begin_with_form,
        ),
        get(
            "/sign-in/with/{provider}/callback",
            "return_from_provider",
            "Back from an identity provider",
            Anybody,
            oidc::return_from_provider,
        ),
    ]
}

/// Pages behind a link that somebody was given.
fn of_links() -> Vec<Entry> {
    use Permission::Anybody;
    vec![
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
        get(
            "/password/{secret}",
            "get_password_link",
            "The form of whoever has forgotten their password",
            Anybody,
            password_links::get_password_link,
        ),
        post(
            "/password/{secret}",
            "choose_password",
            "Choose a new password",
            Anybody,
            password_links::choose_password,
        ),
    ]
}

fn of_oneself() -> Vec<Entry> {
    use Permission::SignedIn;
    vec![
        post("/sign-out", "sign_out", "Sign out", SignedIn, sign_in::sign_out),
        get("/me", "get_me", "One's own account", SignedIn, me::get_me),
        post("/me/password", "set_password", "Change the password", SignedIn, me::set_password),
        post("/me/formats", "set_formats", "Days and numbers", SignedIn, me::set_formats),
        post("/me/sessions/end", "end_session", "End a session", SignedIn, me::end_session),
        get(
            "/me/totp",
            "get_totp",
            "A square for an authenticator app",
            SignedIn,
            two_step::get_totp,
        ),
        post("/me/totp", "set_totp", "Turn two-step sign-in on", SignedIn, two_step::set_totp),
        post(
            "/me/totp/off",
            "clear_totp",
            "Turn two-step sign-in off",
            SignedIn,
            two_step::clear_totp,
        ),
        post(
            "/me/totp/codes",
            "renew_recovery_codes",
            "Make other recovery codes",
            SignedIn,
            two_step::renew_recovery_codes,
        ),
    ]
}

fn of_the_operator() -> Vec<Entry> {
    use Permission::Operator;
    vec![
        get(
            operator::PATH,
            "list_customers_page",
            "All customers, for whoever runs the server",
            Operator,
            operator::list_customers,
        ),
        post(
            "/operator/invite",
            "invite_first_admin",
            "Make a link for the first admin of a customer",
            Operator,
            operator::invite_first_admin,
        ),
        get(
            erasure::CUSTOMER_PATH,
            "look_at_customer_erasure",
            "What goes with a customer",
            Operator,
            erasure::look_at_customer,
        ),
        post(
            erasure::CUSTOMER_PATH,
            "erase_customer",
            "Erase a customer",
            Operator,
            erasure::erase_customer,
        ),
    ]
}

fn of_a_unit() -> Vec<Entry> {
    use Permission::Viewer;
    vec![get("/at/{customer}/{unit}/", "get_unit", "On to the unit", Viewer, index::get_unit)]
}

fn of_findings() -> Vec<Entry> {
    const CSV: &str = "/at/{customer}/{unit}/findings.csv";
    const XLSX: &str = "/at/{customer}/{unit}/findings.xlsx";
    const PARQUET: &str = "/at/{customer}/{unit}/findings.parquet";
    const ZIP: &str = "/at/{customer}/{unit}/findings.zip";
    const WITH_FILES: &str = "The queue as a workbook, with the files beside its findings";
    use Permission::{Analyst, Unmasker, Viewer};
    vec![
        get(FINDINGS, "list_findings_page", "The queue", Viewer, findings::list_findings),
        get(FINDING, "get_finding_page", "One finding", Viewer, findings::detail::get_finding),
        get(
            DECIDED_FINDING,
            "get_finding_as_decided",
            "A finding as it was when something was decided",
            Viewer,
            findings::as_decided::get_finding_as_decided,
        ),
        get(
            "/at/{customer}/{unit}/findings/{finding}/scans/{row}",
            "get_scan_page",
            "The scan of a row, from where the extract says it is",
            Analyst,
            findings::scans::get_scan,
        ),
        post(
            DECIDED_FINDING,
            "show_finding_as_decided",
            "A finding as it was then, whole",
            Unmasker,
            findings::as_decided::show_finding_as_decided,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/show",
            "show_finding_page",
            "One finding, whole",
            Unmasker,
            findings::detail::show_finding,
        ),
        get(CSV, "export_csv_page", "The queue as CSV", Viewer, export::export_csv),
        get(XLSX, "export_xlsx_page", "The queue as a workbook", Viewer, export::export_xlsx),
        get(PARQUET, "export_parquet_page", "The queue as Parquet", Viewer, export::export_parquet),
        get(ZIP, "export_zip_page", WITH_FILES, Viewer, export::export_zip),
        post(
            "/at/{customer}/{unit}/views",
            "save_view",
            "Keep a queue under a name",
            Viewer,
            saved_views::save_view,
        ),
        post(
            "/at/{customer}/{unit}/views/{view}/remove",
            "remove_view",
            "Forget a queue",
            Viewer,
            saved_views::remove_view,
        ),
    ]
}

fn of_decisions() -> Vec<Entry> {
    use Permission::Analyst;
    vec![
        post(
            FINDINGS,
            "decide_findings_page",
            "One verdict on all that are ticked",
            Analyst,
            verdicts::decide_findings,
        ),
        post(
            "/at/{customer}/{unit}/findings/assign",
            "assign_findings_page",
            "Give all that are ticked to somebody",
            Analyst,
            verdicts::assign_findings,
        ),
        post(
            "/at/{customer}/{unit}/findings/undo",
            "undo_findings_page",
            "Take back the last verdict on all that are ticked",
            Analyst,
            verdicts::undo_findings,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/verdict",
            "decide_finding_page",
            "Decide what a finding is",
            Analyst,
            verdicts::decide_finding,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/confirm",
            "confirm_verdict_page",
            "Let a verdict count that somebody else proposed",
            Analyst,
            verdicts::confirm_verdict,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/undo",
            "undo_verdict_page",
            "Take the last verdict back",
            Analyst,
            verdicts::undo_verdict,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/assign",
            "assign_finding_page",
            "Say who works on it",
            Analyst,
            verdicts::assign_finding,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/comments",
            "comment_on_finding_page",
            "Say something about it",
            Analyst,
            verdicts::comment_on_finding,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/recovered",
            "set_recovered_page",
            "Say what came back of the money",
            Analyst,
            verdicts::set_recovered,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pages::layout::{SECTIONS, SETTINGS};

    #[test]
    fn every_section_has_its_route() {
        let known: Vec<_> =
            entries().iter().map(|entry| (entry.route.path, entry.route.access)).collect();
        let sections = SECTIONS.iter().map(|(_, _, route)| (*route, Permission::Viewer));
        let settings = SETTINGS.iter().map(|(_, route, permission)| (*route, *permission));
        for (route, permission) in sections.chain(settings) {
            assert!(known.contains(&(route, Access::Page(permission))), "{route}");
        }
    }
}
