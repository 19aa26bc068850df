//! What the states of findings and the rows in them are called on the pages.
//!
//! Invariant: a state is called by what its check looks for.

use domain::FileType;
use domain::finding::FindingState;

/// States of all checks, in the order in which they are offered.
pub(super) const STATES: [(FindingState, &str); 4] = [
    (FindingState::Open, "Open"),
    (FindingState::Confirmed, "Duplicate, or needs action"),
    (FindingState::Dismissed, "Not a duplicate, or explained"),
    (FindingState::NeedsInformation, "Needs information"),
];

/// How the checks that look for duplicates begin. Others find risks or state facts, such as an IBAN
/// that no bank has given out: what matters is whether somebody has to act on it.
const DUPLICATES: &str = "duplicate_";

/// What a state is called on a finding of this check.
pub(in crate::http::pages) fn state_words(state: FindingState, check: &str) -> &'static str {
    match (state, check.starts_with(DUPLICATES)) {
        (FindingState::Open, _) => "open",
        (FindingState::Confirmed, true) => "duplicate",
        (FindingState::Confirmed, false) => "needs action",
        (FindingState::Dismissed, true) => "not a duplicate",
        (FindingState::Dismissed, false) => "explained",
        (FindingState::NeedsInformation, _) => "needs information",
    }
}

pub(in crate::http::pages) const fn state_tone(state: FindingState) -> &'static str {
    match state {
        FindingState::Open => "",
        FindingState::Confirmed => "risk",
        FindingState::Dismissed => "done",
        FindingState::NeedsInformation => "caution",
    }
}

pub(super) const fn row_word(ledger: FileType) -> &'static str {
    match ledger {
        FileType::Transactions => "Transaction",
        FileType::Suppliers => "Supplier",
        FileType::Employees => "Employee",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_called_by_what_the_check_looks_for() {
        for (check, words) in
            [("duplicate_suppliers", "duplicate"), ("invalid_iban", "needs action")]
        {
            assert_eq!(state_words(FindingState::Confirmed, check), words);
        }
    }
}
