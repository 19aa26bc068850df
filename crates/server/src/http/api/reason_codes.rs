//! The reasons of a customer that verdicts may name by a code.
//!
//! Not for: adding and retiring them, which admins do on a page, nor deciding (`verdicts`).

use api::ReasonList;

use crate::http::access::Viewer;
use crate::http::error::ApiError;
use crate::http::respond::Json;

/// Lists the reasons that verdicts may name, and those that they might once.
pub(crate) async fn list_reason_codes(viewer: Viewer) -> Result<Json<ReasonList>, ApiError> {
    let known = viewer.store.reason_codes().await?;
    Ok(Json(ReasonList { items: known.reasons().to_vec() }))
}
