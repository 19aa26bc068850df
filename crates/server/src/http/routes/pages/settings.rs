//! The pages below the cog, Organisation settings.
//!
//! Invariant: all of them are an admin's, but for the audit log, which an auditor reads, and access tokens,
//! which an admin of a unit makes for it.

use super::super::Entry;
use super::{get, post};
use crate::http::pages::{
    across, audit, check_settings, erasure, limits, mappings, own_checks, retention,
    screening_settings, sftp, tokens, units, users,
};
use crate::http::permission::Permission::{Admin, Auditor, TokenAdmin};

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = of_tokens();
    entries.extend(of_sftp());
    entries.extend(of_users());
    entries.extend(of_units());
    entries.extend(of_checks());
    entries.extend(of_reading());
    entries.extend(of_screening());
    entries.extend(of_limits());
    entries.extend(of_retention());
    entries.extend(of_own_checks());
    entries.extend(of_erasure());
    entries.extend(of_the_audit_log());
    entries
}

fn of_tokens() -> Vec<Entry> {
    vec![
        get(tokens::PATH, "list_tokens_page", "Access tokens", TokenAdmin, tokens::list_tokens),
        post(tokens::PATH, "issue_token", "Make an access token", TokenAdmin, tokens::issue_token),
        post(
            "/settings/{customer}/tokens/revoke",
            "revoke_token",
            "Refuse a token from now on",
            TokenAdmin,
            tokens::revoke_token,
        ),
    ]
}

fn of_erasure() -> Vec<Entry> {
    use erasure::{PERSON_PATH, UNIT_PATH};
    vec![
        get(
            UNIT_PATH,
            "look_at_unit_erasure",
            "What goes with a unit",
            Admin,
            erasure::look_at_unit,
        ),
        post(UNIT_PATH, "erase_unit", "Erase a unit", Admin, erasure::erase_unit),
        get(
            PERSON_PATH,
            "look_at_person_erasure",
            "What goes with an account",
            Admin,
            erasure::look_at_person,
        ),
        post(PERSON_PATH, "erase_person", "Erase an account", Admin, erasure::erase_person),
    ]
}

fn of_sftp() -> Vec<Entry> {
    vec![
        get(sftp::PATH, "list_sftp_page", "Credentials of SFTP", TokenAdmin, sftp::list_sftp),
        post(
            sftp::PATH,
            "add_sftp_credential",
            "Make a credential of SFTP",
            TokenAdmin,
            sftp::add_sftp_credential,
        ),
        post(
            "/settings/{customer}/sftp/revoke",
            "revoke_sftp_credential",
            "Refuse a credential of SFTP from now on",
            TokenAdmin,
            sftp::revoke_sftp_credential,
        ),
    ]
}

fn of_users() -> Vec<Entry> {
    vec![
        get(users::PATH, "list_users_page", "Members and invitations", Admin, users::list_users),
        post(
            "/settings/{customer}/users/invite",
            "invite_user",
            "Make a link for a member",
            Admin,
            users::invite_user,
        ),
        post(
            "/settings/{customer}/users/withdraw",
            "withdraw_invitation",
            "Let a link work no more",
            Admin,
            users::withdraw_invitation,
        ),
        post(
            "/settings/{customer}/users/password",
            "make_password_link",
            "Make a link by which a member chooses a new password",
            Admin,
            users::make_password_link,
        ),
        post(
            "/settings/{customer}/users/codes-off",
            "turn_codes_off",
            "Turn a member's two-step sign-in off",
            Admin,
            users::turn_codes_off,
        ),
        post(
            "/settings/{customer}/users/role",
            "set_role",
            "Give a member another role",
            Admin,
            users::set_role,
        ),
        post(
            "/settings/{customer}/users/unit-role",
            "set_unit_role",
            "Give a member a role of their own in a unit",
            Admin,
            users::set_unit_role,
        ),
        post(
            "/settings/{customer}/users/remove",
            "remove_user",
            "Let somebody be a member no more",
            Admin,
            users::remove_user,
        ),
    ]
}

fn of_units() -> Vec<Entry> {
    vec![
        get(units::PATH, "list_units_page", "Units", Admin, units::list_units),
        post(units::PATH, "add_unit", "Add a unit", Admin, units::add_unit),
        post(
            "/settings/{customer}/units/rename",
            "rename_unit",
            "Call a unit otherwise",
            Admin,
            units::rename_unit,
        ),
    ]
}

fn of_checks() -> Vec<Entry> {
    vec![
        get(
            check_settings::PATH,
            "list_checks_page",
            "Checks and their numbers",
            Admin,
            check_settings::list_checks,
        ),
        post(
            check_settings::PATH,
            "set_checks",
            "Set checks and ask for a run",
            Admin,
            check_settings::set_checks,
        ),
        get(
            check_settings::preview::PREVIEW_PATH,
            "get_check_preview_page",
            "What other numbers would change",
            Admin,
            check_settings::preview::get_preview,
        ),
        post(
            check_settings::preview::PREVIEW_PATH,
            "preview_checks",
            "Try other numbers without keeping them",
            Admin,
            check_settings::preview::preview_checks,
        ),
        post(
            "/settings/{customer}/checks/keep",
            "keep_previewed_checks",
            "Keep the numbers that were tried",
            Admin,
            check_settings::preview::keep_previewed,
        ),
    ]
}

fn of_reading() -> Vec<Entry> {
    vec![
        get(
            mappings::PATH,
            "list_mappings_page",
            "How extracts are read",
            Admin,
            mappings::list_mappings,
        ),
        post(
            "/settings/{customer}/mappings/take-back",
            "take_back_setting",
            "Let a setting of reading be as usual again",
            Admin,
            mappings::take_back,
        ),
    ]
}

fn of_screening() -> Vec<Entry> {
    vec![
        get(
            screening_settings::PATH,
            "get_screening_page",
            "When screenings say look or stop",
            Admin,
            screening_settings::get_screening_settings,
        ),
        post(
            screening_settings::PATH,
            "set_screening_page",
            "Set when screenings say look or stop",
            Admin,
            screening_settings::set_screening_settings,
        ),
    ]
}

fn of_limits() -> Vec<Entry> {
    vec![
        get(limits::PATH, "get_limits_page", "Calendar and limits", Admin, limits::get_limits),
        post(
            "/settings/{customer}/limits/reasons",
            "set_reasons",
            "Set from which amount on every verdict takes a reason",
            Admin,
            limits::set_reasons,
        ),
        post(
            "/settings/{customer}/limits/reason-codes",
            "add_reason_code",
            "Add a reason that verdicts may name by a code",
            Admin,
            limits::add_reason_code,
        ),
        post(
            "/settings/{customer}/limits/reason-codes/retire",
            "retire_reason_code",
            "Let no verdict name a reason any more",
            Admin,
            limits::retire_reason_code,
        ),
        post(
            "/settings/{customer}/limits/four-eyes",
            "set_four_eyes",
            "Set above which amount two people decide",
            Admin,
            limits::set_four_eyes,
        ),
        post(
            "/settings/{customer}/limits/scans",
            "set_scan_hosts",
            "Set the hosts that scans are taken from",
            Admin,
            limits::set_scan_hosts,
        ),
    ]
}

fn of_retention() -> Vec<Entry> {
    vec![
        get(
            retention::PATH,
            "get_retention_page",
            "What is kept for how long",
            Admin,
            retention::get_retention,
        ),
        post(
            retention::PATH,
            "set_retention",
            "Set for how long files are kept",
            Admin,
            retention::set_retention,
        ),
    ]
}

fn of_own_checks() -> Vec<Entry> {
    vec![
        get(
            across::PATH,
            "list_across_page",
            "Invoices in several units",
            Admin,
            across::list_across,
        ),
        post(
            across::PATH,
            "ask_across",
            "Ask for a comparison of the units",
            Admin,
            across::ask_across,
        ),
        get(
            own_checks::PATH,
            "list_own_checks_page",
            "Checks of a unit's own",
            Admin,
            own_checks::list_own_checks,
        ),
        post(
            own_checks::PATH,
            "write_own_check",
            "Try a check of a unit's own, or keep it",
            Admin,
            own_checks::write_own_check,
        ),
        post(
            "/settings/{customer}/own-checks/set",
            "set_own_check",
            "Switch a check of a unit's own, remove it or have it back",
            Admin,
            own_checks::set_own_check,
        ),
        get(
            "/settings/{customer}/own-checks/check.toml",
            "get_own_check_toml",
            "What a check of a unit's own says",
            Admin,
            own_checks::toml_file,
        ),
        get(
            "/settings/{customer}/own-checks/check.sql",
            "get_own_check_sql",
            "The SQL of a check of a unit's own",
            Admin,
            own_checks::sql_file,
        ),
    ]
}

fn of_the_audit_log() -> Vec<Entry> {
    vec![
        get(audit::PATH, "list_audit_page", "Who did what when", Auditor, audit::list_audit),
        get(
            "/settings/{customer}/audit.csv",
            "export_audit_csv",
            "The audit log as CSV",
            Auditor,
            audit::export_csv,
        ),
        get(
            "/settings/{customer}/audit.jsonl",
            "export_audit_json_lines",
            "The audit log as JSON lines",
            Auditor,
            audit::export_json_lines,
        ),
        post(
            "/settings/{customer}/audit/verify",
            "verify_audit",
            "Go over the chain",
            Auditor,
            audit::verify_audit,
        ),
    ]
}
