//! The verdicts that stand on the findings of a file, and the receipts of their money.
//!
//! Invariant: of the histories they stand in, no more is held at once than of a hundred findings.

use std::collections::BTreeMap;

use domain::finding::{ExportedFinding, FindingState, Receipts, StandingVerdict, StoredFinding};
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
    let (mut verdicts, mut receipts) = (BTreeMap::new(), BTreeMap::new());
    for keys in decided.chunks(HISTORIES_AT_ONCE) {
        for (key, history) in store.finding_histories(unit, keys).await? {
            receipts.insert(key.clone(), Receipts::of(&history));
            verdicts.extend(StandingVerdict::of(&history).map(|verdict| (key, verdict)));
        }
    }
    let exported = |stored: StoredFinding| ExportedFinding {
        verdict: verdicts.remove(&stored.finding.key),
        receipts: receipts.remove(&stored.finding.key).unwrap_or_default(),
        stored,
    };
    Ok(findings.into_iter().map(exported).collect())
}
