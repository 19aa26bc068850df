//! What the states of findings and the rows in them are called on the pages.
//!
//! Not for: the words of a state on a finding of one check (`known_checks`).

use domain::FileType;
use domain::finding::{FindingState, FindingSummary, StoredFinding};

use super::filter::{ANY_STATE, UNFINISHED};
use super::search::DECIDED;
use crate::http::pages::known_checks::KnownChecks;

/// The states that can be asked for, of all checks, in the order in which they are offered.
pub(super) const STATES: [(&str, &str); 7] = [
    (FindingState::Open.as_str(), FindingState::Open.title()),
    (UNFINISHED, "Unfinished: open, waiting, or not recovered yet"),
    (FindingState::NeedsInformation.as_str(), FindingState::NeedsInformation.title()),
    (DECIDED, "Decided, either way"),
    (FindingState::Confirmed.as_str(), FindingState::Confirmed.title()),
    (FindingState::Dismissed.as_str(), FindingState::Dismissed.title()),
    (ANY_STATE, "All"),
];

pub(in crate::http::pages) const fn state_tone(state: FindingState) -> &'static str {
    match state {
        FindingState::Open => "",
        FindingState::Confirmed => "risk",
        FindingState::Dismissed => "done",
        FindingState::NeedsInformation => "caution",
    }
}

/// The state of a finding as a tag, and its tone: of what nobody has decided because it is not in the queue,
/// why it is not.
pub(in crate::http::pages) fn state_tag(
    found: &FindingSummary,
    known: KnownChecks<'_>,
) -> (&'static str, &'static str) {
    let facts = (found.suppressed.is_some(), found.seen.gone_at.is_some());
    tag_of(found.standing.state, facts, &found.check, known)
}

/// The tag of a finding that is known whole.
pub(super) fn stored_state_tag(
    found: &StoredFinding,
    known: KnownChecks<'_>,
) -> (&'static str, &'static str) {
    let facts = (found.finding.suppressed.is_some(), found.seen.gone_at.is_some());
    tag_of(found.standing.state, facts, &found.finding.check, known)
}

fn tag_of(
    state: FindingState,
    (is_suppressed, is_gone): (bool, bool),
    check: &str,
    known: KnownChecks<'_>,
) -> (&'static str, &'static str) {
    match state {
        FindingState::Open if is_suppressed => ("suppressed", "plain"),
        FindingState::Open if is_gone => ("no longer found", "plain"),
        state => (known.state_words(state, check), state_tone(state)),
    }
}

pub(super) const fn row_word(ledger: FileType) -> &'static str {
    match ledger {
        FileType::Transactions => "Transaction",
        FileType::Suppliers => "Supplier",
        FileType::Employees => "Employee",
        FileType::UnpostedInvoices => "Not posted yet:",
        FileType::Payments => "Payment",
    }
}
