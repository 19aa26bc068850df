//! A verdict that waits for a second person, as the page of its finding says it.
//!
//! Not for: confirming it (`verdicts`).

use domain::finding::{Proposal, ReasonCatalogue, Remember};

use super::people::People;
use crate::http::pages::access::Member;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// A verdict that waits for a second person.
pub(super) struct ProposedLine {
    /// `Ann Other proposed on 23 Nov 2026, 10:00: not a duplicate`
    pub(super) words: String,
    pub(super) because: String,
    /// Set when the reader may be the second person.
    pub(super) may_confirm: bool,
}

/// The words about a proposal, for a reader of the page.
pub(super) fn proposed_line(
    proposal: &Proposal,
    reader: &Member,
    (known, check): (KnownChecks<'_>, &str),
    (people, reasons): (&People, &ReasonCatalogue),
) -> ProposedLine {
    let state = known.state_words(proposal.verdict.state, check);
    let by = people.named(&proposal.by, Some(&proposal.who));
    let remembered = match proposal.verdict.remember {
        Remember::None => "",
        Remember::Rows => ", remembered for these rows",
        Remember::Pattern => ", remembered for every finding of this kind at this supplier",
    };
    let at = format::moment(proposal.at);
    let because = Some(proposal.verdict.because.as_str()).filter(|because| !because.is_empty());
    let because = reasons.in_words(proposal.verdict.reason_code.as_ref(), because);
    ProposedLine {
        words: format!("{by} proposed on {at}: {state}{remembered}"),
        may_confirm: reader.role.may_decide() && proposal.person != reader.address(),
        because: because.unwrap_or_default(),
    }
}
