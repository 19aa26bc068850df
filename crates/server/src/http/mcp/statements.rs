//! Suppliers' statements as agents read them: listed, and one some lines at a time.
//!
//! Not for: sending one, which people do on the supplier's page.
//!
//! Invariant: what a statement came to is told as it was kept; counts are of all of it, whatever is shown.

use std::collections::BTreeMap;

use api::StatementFinding;
use domain::RefusalCode;
use domain::statement::{LineState, Reconciliation};
use serde_json::{Value, json};
use store::StatementSummary;

use super::arguments::{GetStatement, ListStatements, page_size};
use super::tools::Tools;
use crate::http::api::statements::findings_about;
use crate::http::error::ApiError;

/// The state of a row of ours that a statement lacks, beside those of its lines.
const MISSING_THERE: &str = "missing_there";

impl Tools {
    pub(super) async fn statements(&self, asked: ListStatements) -> Result<Value, ApiError> {
        let unit = self.unit(asked.unit.as_deref()).await?;
        let known = self.agent.store.statements(&unit, &asked.reference).await?;
        let size = page_size(asked.limit).get() as usize;
        let begin = match asked.after {
            Some(after) => {
                known.iter().position(|one| one.id == after).map_or(known.len(), |at| at + 1)
            }
            None => 0,
        };
        let behind = &known[begin..];
        let shown = &behind[..behind.len().min(size)];
        let next = shown.last().filter(|_last| shown.len() < behind.len()).map(|last| last.id);
        let items: Vec<Value> = shown.iter().map(summary).collect();
        Ok(json!({ "items": items, "next": next }))
    }

    pub(super) async fn statement(&self, asked: GetStatement) -> Result<Value, ApiError> {
        let unit = self.unit(asked.unit.as_deref()).await?;
        let found = self.agent.store.statement(&unit, asked.statement).await?;
        let found = found.ok_or_else(|| {
            let why = "there is no such statement; list those of the supplier";
            ApiError::saying(RefusalCode::NotFound, why)
        })?;
        let outcome = &found.reconciliation;
        let findings = findings_about(&self.agent.store, &unit, &found).await?;
        let entries = entries(outcome, &findings, asked.state);
        let size = page_size(asked.limit).get() as usize;
        let begin = asked.after.min(entries.len());
        let end = entries.len().min(begin + size);
        let next = (end < entries.len()).then_some(end);
        Ok(json!({
            "statement": summary(&found.summary), "counts": counts(outcome),
            "lines": &entries[begin..end], "next": next,
        }))
    }
}

fn summary(one: &StatementSummary) -> Value {
    json!({
        "statement": one.id, "reference": one.supplier, "fileName": one.file_name,
        "sentAt": one.sent_at, "sentBy": one.sent_by, "lines": one.lines, "toAsk": one.to_ask,
        "missingThere": one.missing_there,
    })
}

/// The lines in the order of the statement, each with the question to the supplier and the finding about it
/// where there is one; then what it lacks.
fn entries(
    outcome: &Reconciliation,
    findings: &[StatementFinding],
    state: Option<LineState>,
) -> Vec<Value> {
    let is_asked_for = |of: LineState| state.is_none_or(|state| state == of);
    let lines = outcome.lines.iter().filter(|line| is_asked_for(line.state)).map(|line| {
        let mut entry = json!(line);
        entry["question"] = json!(line.state.question());
        if let Some(about) = findings.iter().find(|about| about.line == line.line.line) {
            entry["finding"] = json!(about.finding);
        }
        entry
    });
    let missing = outcome.missing_there.iter().filter(|_row| state.is_none());
    lines.chain(missing.map(|row| json!({ "state": MISSING_THERE, "row": row }))).collect()
}

fn counts(outcome: &Reconciliation) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = LineState::ALL
        .into_iter()
        .map(|state| (word(state), outcome.of(state).count()))
        .filter(|(_, count)| *count > 0)
        .collect();
    counts.insert(MISSING_THERE.to_owned(), outcome.missing_there.len());
    counts
}

/// The state as the lines have it.
fn word(state: LineState) -> String {
    let word = json!(state);
    word.as_str().expect("it is a word").to_owned()
}
