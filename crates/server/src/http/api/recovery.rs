//! Money on its way back: the steps of one finding, and all of a unit in sums.

use api::{FindingDetail, RecoveryAgeSum, RecoveryOverview, RecoveryStageSum};
use axum::extract::{Path, State};
use domain::RefusalCode;
use domain::Visibility;
use domain::finding::{NewRecovery, RecoveryRequest};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{RECOVERY_AGES, SeenFinding};

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
    let sums = viewer.store.recovery_sums(&viewer.unit, today(&app)).await?;
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
    let step = NewRecovery::new(step, today(&app))
        .map_err(|why| ApiError::saying(RefusalCode::DecisionImpossible, why))?;
    let seen = SeenFinding { key: key.clone(), entry };
    let named = analyst.named(&app);
    analyst.store.step_recovery(&analyst.unit, [seen], &step, named.decider()).await?;
    found(&analyst.store, &analyst.unit, &key, Visibility::AccountsMasked).await
}

fn today(app: &App) -> Date {
    TimeZone::UTC.to_datetime(app.clock.now()).date()
}
