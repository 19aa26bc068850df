//! What the states of findings and the rows in them are called on the pages.
//!
//! Not for: the words of a state on a finding of one check (`known_checks`).

use domain::FileType;
use domain::finding::FindingState;

/// States of all checks, in the order in which they are offered.
pub(super) const STATES: [(FindingState, &str); 4] = [
    (FindingState::Open, "Open"),
    (FindingState::Confirmed, "Duplicate, or needs action"),
    (FindingState::Dismissed, "Not a duplicate, or explained"),
    (FindingState::NeedsInformation, "Needs information"),
];

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
