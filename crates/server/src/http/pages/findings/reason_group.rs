//! The reasons that verdicts may name by a code, to choose from.
//!
//! Not for: adding and retiring them (`limits`).
//!
//! Invariant: what is retired is not offered.

use domain::finding::{CodedReason, FindingState, ReasonCatalogue};

/// The reasons of one verdict.
pub(super) struct ReasonGroup {
    pub(super) state: FindingState,
    /// The verdict in words.
    pub(super) label: &'static str,
    pub(super) reasons: Vec<CodedReason>,
}

/// The reasons by their verdicts; a verdict without any is left out.
pub(super) fn reason_groups(known: &ReasonCatalogue) -> Vec<ReasonGroup> {
    let verdicts =
        [FindingState::Dismissed, FindingState::Confirmed, FindingState::NeedsInformation];
    let group = |state| {
        let reasons: Vec<CodedReason> = known.live(state).into_iter().cloned().collect();
        (!reasons.is_empty()).then(|| ReasonGroup { state, label: state.title(), reasons })
    };
    verdicts.into_iter().filter_map(group).collect()
}
