//! The other findings about the money of one: named at its top, and settled with it by one verdict.
//!
//! Not for: which of them counts (`store`).

use domain::finding::{FindingState, StoredFinding};

use super::labels::stored_state_tag;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// The findings whose money is that of one.
#[derive(Default)]
pub(super) struct SameMoney {
    pub(super) lines: Vec<SameMoneyLine>,
    /// Those that nobody has decided, as a form names them; none where this one is decided.
    pub(super) with: Vec<String>,
    /// The reason by which this one is settled with another that was decided to be true.
    pub(super) settled_with: Option<String>,
    /// It is true, and another asks for its money.
    pub(super) is_asked_elsewhere: bool,
}

pub(super) struct SameMoneyLine {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) check: String,
    pub(super) at_risk: String,
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
}

impl SameMoney {
    pub(super) async fn load(
        member: &Member,
        known: KnownChecks<'_>,
        found: &StoredFinding,
    ) -> Result<Self, PageError> {
        if found.finding.at_risk.is_none() {
            return Ok(Self::default());
        }
        let mut others = member.store.findings_of_same_money(&member.unit, &found.finding).await?;
        // Of two that count, each has money of its own beside what they share.
        others.retain(|other| {
            (found.counted.is_none() || other.counted.is_none())
                && other.standing.state != FindingState::Dismissed
        });
        let is_undecided =
            |state| matches!(state, FindingState::Open | FindingState::NeedsInformation);
        let confirmed = others.iter().find(|other| other.standing.state == FindingState::Confirmed);
        let is_open = is_undecided(found.standing.state) && member.role.may_decide();
        let seen = |other: &StoredFinding| format!("{}@{}", other.finding.key, other.last_entry);
        Ok(Self {
            settled_with: confirmed.filter(|_| is_open).map(|other| {
                format!("The same money as “{}”", format::prose(&other.finding.title))
            }),
            is_asked_elsewhere: found.standing.state == FindingState::Confirmed
                && found.counted.is_none()
                && confirmed.is_some_and(|other| other.counted.is_some()),
            with: (others.iter())
                .filter(|other| is_open && is_undecided(other.standing.state))
                .map(seen)
                .collect(),
            lines: others.iter().map(|other| line(member, known, other)).collect(),
        })
    }
}

fn line(member: &Member, known: KnownChecks<'_>, other: &StoredFinding) -> SameMoneyLine {
    let (state, tone) = stored_state_tag(other, known);
    SameMoneyLine {
        href: member.path(&format!("findings/{}", other.finding.key)),
        title: format::prose(&other.finding.title),
        check: known.title(&other.finding.check),
        at_risk: other.finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
        state,
        tone,
    }
}
