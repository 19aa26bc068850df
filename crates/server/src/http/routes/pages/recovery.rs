//! Money on its way back: its list, its steps, and letters about it; and payments that are held.
//!
//! Invariant: who only reads sees how far money is, and no letter.

use super::super::Entry;
use super::{get, post};
use crate::http::pages::{export, findings, holds, letters, outcomes, recovery, verdicts};
use crate::http::permission::Permission::{Analyst, Auditor, Viewer};

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = step_entries();
    entries.extend(outcome_entries());
    entries.extend(attachment_entries());
    entries.extend(letter_entries());
    entries.extend(hold_entries());
    entries
}

/// The steps of a finding's money, from the claim to what came back.
fn step_entries() -> Vec<Entry> {
    const RECOVERY: &str = "/at/{customer}/{unit}/recovery";
    vec![
        get(RECOVERY, "get_recovery_page", "Money on its way back", Viewer, recovery::get_recovery),
        get(
            "/at/{customer}/{unit}/recovery.csv",
            "export_recovery_csv_page",
            "Money on its way back as CSV",
            Viewer,
            export::export_recovery_csv,
        ),
        get(
            "/at/{customer}/{unit}/recovery.xlsx",
            "export_recovery_xlsx_page",
            "Money on its way back as a workbook",
            Viewer,
            export::export_recovery_xlsx,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/recovery",
            "step_recovery_page",
            "Say how far the money has come",
            Analyst,
            verdicts::step_recovery,
        ),
        get(
            "/at/{customer}/{unit}/findings/{finding}/history.csv",
            "export_finding_history_page",
            "All that was done to a finding, as CSV",
            Auditor,
            findings::history_file::export_history,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/credit",
            "decide_credit_page",
            "Take a credit for the answer, or say that it is none",
            Analyst,
            verdicts::decide_credit,
        ),
    ]
}

fn outcome_entries() -> Vec<Entry> {
    vec![
        get(
            "/at/{customer}/{unit}/outcomes",
            "get_outcomes_page",
            "What findings came to, in a report",
            Viewer,
            outcomes::get_outcomes,
        ),
        get(
            "/at/{customer}/{unit}/outcomes.xlsx",
            "export_outcomes_xlsx_page",
            "A report as a workbook",
            Viewer,
            outcomes::export_outcomes_xlsx,
        ),
        get(
            "/at/{customer}/{unit}/outcomes.pdf",
            "export_outcomes_pdf_page",
            "A report as PDF",
            Viewer,
            outcomes::export_outcomes_pdf,
        ),
    ]
}

fn attachment_entries() -> Vec<Entry> {
    vec![
        post(
            "/at/{customer}/{unit}/findings/{finding}/attachments",
            "attach_file_page",
            "Put a file beside a finding",
            Analyst,
            verdicts::attach_file,
        ),
        get(
            "/at/{customer}/{unit}/findings/{finding}/attachments/{attachment}",
            "get_attachment_page",
            "A copy of a file beside a finding",
            Viewer,
            verdicts::get_attachment,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/attachments/remove",
            "detach_file_page",
            "Take a file away",
            Analyst,
            verdicts::detach_file,
        ),
    ]
}

fn letter_entries() -> Vec<Entry> {
    const LETTER: &str = "/at/{customer}/{unit}/letter";
    vec![
        post(
            "/at/{customer}/{unit}/recovery/letter",
            "begin_letter_page",
            "On to the letter about all that are ticked",
            Analyst,
            letters::begin_letter,
        ),
        post(
            "/at/{customer}/{unit}/recovery/step",
            "step_recoveries_page",
            "A step of the money of all that are ticked",
            Analyst,
            verdicts::step_recoveries,
        ),
        get(LETTER, "get_letter_page", "Letters to suppliers", Analyst, letters::get_letter),
        post(
            LETTER,
            "ask_by_letter_page",
            "Note that a letter was sent",
            Analyst,
            letters::ask_by_letter,
        ),
        get(
            "/at/{customer}/{unit}/letter.txt",
            "get_letter_text",
            "The text of one letter",
            Analyst,
            letters::get_letter_text,
        ),
        get(
            "/at/{customer}/{unit}/letter.pdf",
            "get_letter_pdf",
            "One letter as PDF",
            Analyst,
            letters::get_letter_pdf,
        ),
        get(
            "/at/{customer}/{unit}/letter.eml",
            "get_letter_eml",
            "One letter as a draft of an e-mail",
            Analyst,
            letters::get_letter_eml,
        ),
        get(
            "/at/{customer}/{unit}/claim.zip",
            "get_claim",
            "One letter with its invoices and the reasons",
            Analyst,
            letters::get_claim,
        ),
    ]
}

fn hold_entries() -> Vec<Entry> {
    const HOLDS: &str = "/at/{customer}/{unit}/holds";
    vec![
        get(HOLDS, "get_holds_page", "Invoices that are not to be paid", Viewer, holds::get_holds),
        post(
            "/at/{customer}/{unit}/holds/lift",
            "lift_holds_page",
            "Let what is ticked be paid again",
            Analyst,
            holds::lift_holds,
        ),
        post(
            "/at/{customer}/{unit}/findings/hold",
            "hold_findings_page",
            "Hold the payments of all that are ticked",
            Analyst,
            verdicts::hold_findings,
        ),
        post(
            "/at/{customer}/{unit}/findings/{finding}/hold",
            "hold_finding_page",
            "Hold the payments of a finding",
            Analyst,
            verdicts::hold_finding,
        ),
    ]
}
