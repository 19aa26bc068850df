//! Money on its way back: the steps of one finding, and all of a unit in sums.

use api::{
    CreditDecision, CreditMatches, FindingDetail, RecoveryAgeSum, RecoveryOverview,
    RecoveryStageSum,
};
use axum::extract::{Path, State};
use domain::RefusalCode;
use domain::Visibility;
use domain::finding::{NewRecovery, RecoveryRequest};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{CreditOutcome, RECOVERY_AGES, SeenFinding};

use super::at_risk::{RecoveredAmount, not_above_at_risk};
use super::findings::{found, key_of};
use crate::App;
use crate::http::access::{Analyst, Viewer};
use crate::http::error::ApiError;
use crate::http::if_match::IfMatch;
use crate::http::json_body::JsonBody;
use crate::http::respond::{Json, TaggedJson};

pub(crate) async fn get_recovery(
    State(app): State<App>,
    viewer: Viewer,
) -> Result<Json<RecoveryOverview>, ApiError> {
    let sums = viewer.store.finding_sums(&viewer.unit).await?.recovery_sums(today(&app)).await?;
    let days = RECOVERY_AGES.into_iter().map(Some).chain([None]);
    let stages = sums.stages.into_iter().map(|sum| RecoveryStageSum {
        stage: sum.stage,
        findings: sum.findings,
        money: sum.money,
        overdue: sum.overdue,
    });
    let ages = days.zip(sums.ages).map(|(days_max, age)| RecoveryAgeSum {
        days_max,
        findings: age.findings,
        money: age.money,
    });
    Ok(Json(RecoveryOverview { stages: stages.collect(), ages: ages.collect() }))
}

pub(crate) async fn step_recovery(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Path<(String, String, String)>,
    IfMatch(entry): IfMatch,
    JsonBody(step): JsonBody<RecoveryRequest>,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    let key = key_of(&key)?;
    let amount = RecoveredAmount { amount: step.amount, above: step.above };
    not_above_at_risk(&analyst, [&key], amount).await?;
    let step = NewRecovery::new(step, today(&app))
        .map_err(|why| ApiError::saying(RefusalCode::DecisionImpossible, why))?;
    let seen = SeenFinding::new(&key, entry);
    let decider = analyst.decider(&app);
    analyst.store.step_recovery(&analyst.unit, [seen], &step, decider).await?;
    found(&analyst.store, &analyst.unit, &key, Visibility::AccountsMasked).await
}

/// Lists the credits that nobody has decided about.
pub(crate) async fn list_credits(viewer: Viewer) -> Result<Json<CreditMatches>, ApiError> {
    let items = viewer.store.credit_matches(&viewer.unit, None).await?;
    Ok(Json(CreditMatches { items }))
}

/// Takes a credit for the answer to a claim, or says that it is none.
pub(crate) async fn decide_credit(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Path<(String, String, String)>,
    JsonBody(decision): JsonBody<CreditDecision>,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    let key = key_of(&key)?;
    let known = analyst.store.credit_matches(&analyst.unit, Some(&key)).await?;
    if !known.iter().any(|known| known.credit.id == decision.credit) {
        return Err(ApiError::saying(
            RefusalCode::DecisionImpossible,
            "there is no such credit to decide about for this finding; list them anew",
        ));
    }
    let decider = analyst.decider(&app);
    let CreditDecision { credit, is_answer } = decision;
    let outcome = if is_answer { CreditOutcome::Taken } else { CreditOutcome::Refused };
    analyst.store.decide_credit(&analyst.unit, &credit, outcome, decider).await?;
    found(&analyst.store, &analyst.unit, &key, Visibility::AccountsMasked).await
}

fn today(app: &App) -> Date {
    TimeZone::UTC.to_datetime(app.clock.now()).date()
}
