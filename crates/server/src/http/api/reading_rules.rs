//! How the files of a unit are read: shown, set and set back to usual.
//!
//! Invariant: whoever sets it is an [`Admin`], and what cannot be followed by any file is not kept.

use api::{ReadingRules, TypeReadingRules, UnitReadingRules};
use axum::extract::{Path, State};
use domain::{FileType, RefusalCode};

use crate::App;
use crate::http::access::Admin;
use crate::http::error::ApiError;
use crate::http::json_body::JsonBody;
use crate::http::respond::{Json, NoContent};

type Type = Path<(String, String, String)>;

pub(crate) async fn list_reading_rules(admin: Admin) -> Result<Json<UnitReadingRules>, ApiError> {
    let mut items = Vec::new();
    for file_type in FileType::ALL {
        let rules = admin.store.reading_rules(&admin.unit, file_type).await?;
        items.push(TypeReadingRules { file_type: file_type.into(), rules: rules.into() });
    }
    Ok(Json(UnitReadingRules { items }))
}

pub(crate) async fn get_reading_rules(
    admin: Admin,
    Path((_, _, file_type)): Type,
) -> Result<Json<ReadingRules>, ApiError> {
    let file_type = admin.file_type(&file_type)?;
    Ok(Json(admin.store.reading_rules(&admin.unit, file_type).await?.into()))
}

/// All of them at once: what is left out is as usual from then on.
pub(crate) async fn set_reading_rules(
    State(app): State<App>,
    admin: Admin,
    Path((_, _, file_type)): Type,
    JsonBody(rules): JsonBody<ReadingRules>,
) -> Result<Json<ReadingRules>, ApiError> {
    let file_type = admin.file_type(&file_type)?;
    let rules = domain::ReadingRules::try_from(rules).map_err(malformed)?;
    let rules = app.reader.checked_rules(file_type, rules).map_err(malformed)?;
    let decider = admin.decider(&app);
    admin.store.decide_reading_rules(&admin.unit, file_type, &rules, &decider).await?;
    Ok(Json(rules.into()))
}

pub(crate) async fn clear_reading_rules(
    State(app): State<App>,
    admin: Admin,
    Path((_, _, file_type)): Type,
) -> Result<NoContent, ApiError> {
    let file_type = admin.file_type(&file_type)?;
    let (usual, decider) = (domain::ReadingRules::default(), admin.decider(&app));
    admin.store.decide_reading_rules(&admin.unit, file_type, &usual, &decider).await?;
    Ok(NoContent)
}

fn malformed(why: impl std::fmt::Display) -> ApiError {
    ApiError::because(RefusalCode::RequestMalformed, why)
}
