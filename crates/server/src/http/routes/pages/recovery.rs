//! Money on its way back: its list, its steps, and letters about it.
//!
//! Invariant: who only reads sees how far money is, and no letter.

use super::super::Entry;
use super::{get, post};
use crate::http::pages::{letters, recovery, verdicts};
use crate::http::permission::Permission::{Analyst, Viewer};

pub(super) fn entries() -> Vec<Entry> {
    const RECOVERY: &str = "/at/{customer}/{unit}/recovery";
    const LETTER: &str = "/at/{customer}/{unit}/letter";
    vec![
        get(RECOVERY, "get_recovery_page", "Money on its way back", Viewer, recovery::get_recovery),
        post(
            "/at/{customer}/{unit}/findings/{finding}/recovery",
            "step_recovery_page",
            "Say how far the money has come",
            Analyst,
            verdicts::step_recovery,
        ),
        post(
            "/at/{customer}/{unit}/recovery/letter",
            "begin_letter_page",
            "On to the letter about all that are ticked",
            Analyst,
            letters::begin_letter,
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
            "/at/{customer}/{unit}/letter.eml",
            "get_letter_eml",
            "One letter as a draft of an e-mail",
            Analyst,
            letters::get_letter_eml,
        ),
    ]
}
