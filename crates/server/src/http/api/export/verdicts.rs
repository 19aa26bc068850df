//! The verdicts that stand on the findings of a file.
//!
//! Invariant: of the histories they stand in, no more is held at once than of a hundred findings.

use std::collections::BTreeMap;

use domain::finding::{ExportedFinding, FindingState, StandingVerdict, StoredFinding};
use domain::{FindingKey, UnitName};
use store::{CustomerStore, HISTORIES_AT_ONCE};

pub(super) async fn with_verdicts(
    store: &CustomerStore,
    unit: &UnitName,
    findings: Vec<StoredFinding>,
) -> Result<Vec<ExportedFinding>, store::Error> {
    let is_decided = |found: &&StoredFinding| found.standing.state != FindingState::Open;
    let decided = findings.iter().filter(is_decided).map(|found| found.finding.key.clone());
    let decided: Vec<FindingKey> = decided.collect();
    let mut verdicts = BTreeMap::new();
    for keys in decided.chunks(HISTORIES_AT_ONCE) {
        for (key, history) in store.finding_histories(unit, keys).await? {
            verdicts.extend(StandingVerdict::of(&history).map(|verdict| (key, verdict)));
        }
    }
    let exported = |stored: StoredFinding| ExportedFinding {
        verdict: verdicts.remove(&stored.finding.key),
        stored,
    };
    Ok(findings.into_iter().map(exported).collect())
}
