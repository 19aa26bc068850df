//! Deciding about findings, and the verdicts that later runs are told of.
//!
//! Not for: several findings at once (`several`).
//!
//! Invariant: whoever decides is an [`Analyst`], whose name is written beside what was decided.

use api::{Assignment, Comment, FindingDetail, PageQuery, Recovery, RememberedVerdicts};
use axum::extract::{Path, State};
use domain::finding::{ASSIGNEE_CHARS_MAX, NewVerdict, VerdictRequest, WORDS_CHARS_MAX};
use domain::{FindingKey, RefusalCode, VerdictId, Visibility};
use store::{DecisionCount, SeenFinding};

use super::at_risk::{RecoveredAmount, not_above_at_risk};
use super::findings::{found, key_of, malformed};
use crate::App;
use crate::http::access::{Analyst, Viewer};
use crate::http::error::ApiError;
use crate::http::if_match::IfMatch;
use crate::http::json_body::JsonBody;
use crate::http::query::QueryParams;
use crate::http::respond::{DecidedJson, Json, NoContent, TaggedJson};

type Key = Path<(String, String, String)>;

/// The finding as whoever decided sees it afterwards.
async fn as_it_stands(
    analyst: &Analyst,
    key: &FindingKey,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    found(&analyst.store, &analyst.unit, key, Visibility::AccountsMasked).await
}

pub(crate) async fn decide_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    IfMatch(entry): IfMatch,
    JsonBody(verdict): JsonBody<VerdictRequest>,
) -> Result<DecidedJson<FindingDetail>, ApiError> {
    let key = key_of(&key)?;
    let count = decide(&app, &analyst, vec![SeenFinding::new(&key, entry)], verdict).await?;
    let finding = as_it_stands(&analyst, &key).await?;
    Ok(DecidedJson { finding, is_proposed: count.proposed > 0 })
}

/// Lets a verdict count that somebody else proposed.
pub(crate) async fn confirm_verdict(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    IfMatch(entry): IfMatch,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    let key = key_of(&key)?;
    let id = VerdictId::new(app.clock.now(), app.randomness.bytes());
    let decider = analyst.decider(&app);
    analyst.store.confirm(&analyst.unit, SeenFinding::new(&key, entry), id, decider).await?;
    as_it_stands(&analyst, &key).await
}

pub(super) async fn decide(
    app: &App,
    analyst: &Analyst,
    findings: Vec<SeenFinding>,
    verdict: VerdictRequest,
) -> Result<DecisionCount, ApiError> {
    let now = app.clock.now();
    let recovered = RecoveredAmount { amount: verdict.recovered, above: verdict.above };
    let keys = findings.iter().map(|seen| &seen.key);
    not_above_at_risk(analyst, keys, recovered).await?;
    let verdict = NewVerdict::new(verdict, now)
        .map_err(|why| ApiError::saying(RefusalCode::DecisionImpossible, why))?;
    let new_id = || VerdictId::new(now, app.randomness.bytes());
    let decider = analyst.decider(app);
    Ok(analyst.store.decide(&analyst.unit, findings, &verdict, new_id, decider).await?)
}

pub(crate) async fn undo_verdict(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    IfMatch(entry): IfMatch,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    let key = key_of(&key)?;
    analyst.store.undo(&analyst.unit, SeenFinding::new(&key, entry), analyst.decider(&app)).await?;
    as_it_stands(&analyst, &key).await
}

pub(crate) async fn assign_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    IfMatch(entry): IfMatch,
    JsonBody(assignment): JsonBody<Assignment>,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    let key = key_of(&key)?;
    let assignee = assignment.assignee.as_deref().map(str::trim).filter(|name| !name.is_empty());
    bounded("assignee", assignee.unwrap_or_default(), ASSIGNEE_CHARS_MAX)?;
    let (seen, decider) = (SeenFinding::new(&key, entry), analyst.decider(&app));
    analyst.store.assign(&analyst.unit, seen, assignee, decider).await?;
    as_it_stands(&analyst, &key).await
}

pub(crate) async fn comment_on_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    IfMatch(entry): IfMatch,
    JsonBody(comment): JsonBody<Comment>,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    let key = key_of(&key)?;
    if comment.words.trim().is_empty() {
        return Err(malformed("words is empty"));
    }
    bounded("words", &comment.words, WORDS_CHARS_MAX)?;
    let decider = analyst.decider(&app);
    let seen = SeenFinding::new(&key, entry);
    analyst.store.comment(&analyst.unit, seen, &comment.words, decider).await?;
    as_it_stands(&analyst, &key).await
}

pub(crate) async fn set_recovered(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    IfMatch(entry): IfMatch,
    JsonBody(recovery): JsonBody<Recovery>,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    let key = key_of(&key)?;
    let decider = analyst.decider(&app);
    let Recovery { recovered, above } = recovery;
    not_above_at_risk(&analyst, [&key], RecoveredAmount { amount: recovered, above }).await?;
    let seen = SeenFinding::new(&key, entry);
    analyst.store.set_recovered(&analyst.unit, seen, recovered, decider).await?;
    as_it_stands(&analyst, &key).await
}

pub(crate) async fn list_verdicts(
    State(app): State<App>,
    viewer: Viewer,
    QueryParams(query): QueryParams<PageQuery<VerdictId>>,
) -> Result<Json<RememberedVerdicts>, ApiError> {
    let part = (query.size(), query.after);
    let now = app.clock.now();
    let page = viewer.store.remembered_verdicts_page(&viewer.unit, part, now).await?;
    Ok(Json(RememberedVerdicts { items: page.items, next: page.next }))
}

pub(crate) async fn end_verdict(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, verdict)): Key,
) -> Result<NoContent, ApiError> {
    let not_found = |_invalid| ApiError::new(RefusalCode::VerdictNotFound);
    let id: VerdictId = verdict.parse().map_err(not_found)?;
    analyst.store.end_verdict(&analyst.unit, id, analyst.decider(&app)).await?;
    Ok(NoContent)
}

pub(super) fn bounded(name: &str, text: &str, characters_max: usize) -> Result<(), ApiError> {
    if text.chars().count() > characters_max {
        return Err(malformed(format_args!("{name} has more than {characters_max} characters")));
    }
    Ok(())
}
