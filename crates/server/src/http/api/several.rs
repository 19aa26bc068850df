//! Decisions on several findings at once: decided, taken back, given to somebody.
//!
//! Not for: one finding (`verdicts`).
//!
//! Invariant: written about all of them or about none.

use std::collections::BTreeMap;

use api::{
    BulkAssignment, BulkAssignmentResult, BulkUndo, BulkUndoResult, BulkVerdict, BulkVerdictResult,
    FINDINGS_AT_ONCE_MAX,
};
use axum::extract::State;
use domain::FindingKey;
use domain::finding::ASSIGNEE_CHARS_MAX;
use store::{DecisionCount, SeenFinding};

use super::findings::malformed;
use super::verdicts::{bounded, decide};
use crate::App;
use crate::http::access::Analyst;
use crate::http::error::ApiError;
use crate::http::json_body::JsonBody;
use crate::http::respond::Json;

pub(crate) async fn decide_findings(
    State(app): State<App>,
    analyst: Analyst,
    JsonBody(several): JsonBody<BulkVerdict>,
) -> Result<Json<BulkVerdictResult>, ApiError> {
    let findings = seen_findings(several.findings, &several.seen)?;
    let DecisionCount { decided, proposed, .. } =
        decide(&app, &analyst, findings, several.verdict).await?;
    Ok(Json(BulkVerdictResult { decided, proposed }))
}

pub(crate) async fn undo_verdicts(
    State(app): State<App>,
    analyst: Analyst,
    JsonBody(several): JsonBody<BulkUndo>,
) -> Result<Json<BulkUndoResult>, ApiError> {
    let findings = seen_findings(several.findings, &several.seen)?;
    let decider = analyst.decider(&app);
    let count = analyst.store.undo_all(&analyst.unit, findings, decider).await?;
    Ok(Json(BulkUndoResult { undone: count.undone, undecided: count.undecided }))
}

pub(crate) async fn assign_findings(
    State(app): State<App>,
    analyst: Analyst,
    JsonBody(several): JsonBody<BulkAssignment>,
) -> Result<Json<BulkAssignmentResult>, ApiError> {
    let findings = seen_findings(several.findings, &several.seen)?;
    let assignee = several.assignee.as_deref().map(str::trim).filter(|name| !name.is_empty());
    bounded("assignee", assignee.unwrap_or_default(), ASSIGNEE_CHARS_MAX)?;
    let (assigned, decider) = (findings.len(), analyst.decider(&app));
    analyst.store.assign_all(&analyst.unit, findings, assignee, decider).await?;
    Ok(Json(BulkAssignmentResult { assigned }))
}

/// Each once, with how far its history was seen.
fn seen_findings(
    mut keys: Vec<FindingKey>,
    seen: &BTreeMap<String, u64>,
) -> Result<Vec<SeenFinding>, ApiError> {
    keys.sort_unstable();
    keys.dedup();
    if !(1..=FINDINGS_AT_ONCE_MAX).contains(&keys.len()) {
        return Err(malformed(format_args!(
            "findings names 1 to {FINDINGS_AT_ONCE_MAX} findings, and here it is {}",
            keys.len()
        )));
    }
    // Misspelt, it would let a decision through that it was to hold back.
    if let Some(other) = seen.keys().find(|seen| keys.iter().all(|key| key.as_str() != *seen)) {
        return Err(malformed(format_args!("seen names {other}, which findings does not")));
    }
    let seen_finding =
        |key: FindingKey| SeenFinding { entry: seen.get(key.as_str()).copied(), key };
    Ok(keys.into_iter().map(seen_finding).collect())
}
