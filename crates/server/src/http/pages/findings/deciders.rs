//! By whom the findings of a list were decided, and when.

use std::collections::BTreeMap;

use domain::FindingKey;
use domain::finding::{FindingState, HistoryEntry, StandingVerdict, StoredFinding};

use super::people::People;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// By whom each of these findings was decided and on which day, in words; of what is decided.
pub(super) async fn decided_by(
    viewer: &Member,
    listed: &[StoredFinding],
    people: &People,
) -> Result<BTreeMap<FindingKey, String>, PageError> {
    let is_decided = |found: &&StoredFinding| {
        matches!(found.standing.state, FindingState::Confirmed | FindingState::Dismissed)
    };
    let keys: Vec<FindingKey> =
        listed.iter().filter(is_decided).map(|found| found.finding.key.clone()).collect();
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let histories = viewer.store.finding_histories(&viewer.unit, &keys).await?;
    let words = |(key, history): (FindingKey, Vec<HistoryEntry>)| {
        let verdict = StandingVerdict::of(&history)?;
        let who = people.named(&verdict.by, None);
        Some((key, format!("{who}, {}", format::date(verdict.at))))
    };
    Ok(histories.into_iter().filter_map(words).collect())
}
