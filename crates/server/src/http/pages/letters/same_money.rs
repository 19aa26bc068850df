//! Findings of one payment in letters: the one that counts asks for the money, and the others are named
//! beside it.
//!
//! Invariant: a letter asks for what totals count, and for no more.

use domain::FindingKey;
use domain::finding::{FindingState, StoredFinding};

use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// A finding whose money another one asks for.
pub(super) struct SecondClaim {
    pub(super) found: StoredFinding,
    /// Those that ask for it.
    pub(super) counting: Vec<StoredFinding>,
}

/// The findings that ask for the money of another; none where that asks for its own.
pub(super) async fn counting(
    member: &Member,
    found: &StoredFinding,
) -> Result<Vec<StoredFinding>, PageError> {
    if found.counted.is_some() {
        return Ok(Vec::new());
    }
    let others = member.store.findings_of_same_money(&member.unit, &found.finding).await?;
    let is_counting = |other: &StoredFinding| {
        other.counted.is_some() && other.standing.state == FindingState::Confirmed
    };
    Ok(others.into_iter().filter(is_counting).collect())
}

/// The findings whose money this one asks for with its own.
pub(super) async fn asked_with(
    member: &Member,
    found: &StoredFinding,
) -> Result<Vec<StoredFinding>, PageError> {
    let others = member.store.findings_of_same_money(&member.unit, &found.finding).await?;
    let is_asked = |other: &StoredFinding| {
        other.counted.is_none() && other.standing.state == FindingState::Confirmed
    };
    Ok(others.into_iter().filter(is_asked).collect())
}

impl SecondClaim {
    /// Returns `true` when that one asks for its money.
    pub(super) fn is_with(&self, key: &FindingKey) -> bool {
        self.counting.iter().any(|one| one.finding.key == *key)
    }

    /// Why a letter without any of them does not ask for it.
    pub(super) fn why(&self) -> String {
        let titles = self.counting.iter().map(|one| format::prose(&one.finding.title));
        let titles: Vec<String> = titles.map(|title| format!("“{title}”")).collect();
        format!(
            "{}: it is the same money as {}, which asks for it",
            format::prose(&self.found.finding.title),
            titles.join(" and ")
        )
    }
}
