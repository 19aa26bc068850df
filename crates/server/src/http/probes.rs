//! The small public answers: the index for programs, health, readiness, public keys.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use domain::{ReadinessReport, RefusalCode};

use crate::App;
use crate::http::error::ApiError;
use crate::http::respond::{CachedAnswer, Json, JsonDocument, PlainText};

const INDEX: &str = "Bursar receives extracts of suppliers, invoices and employees and looks for payments \
that should not be made twice.\n\n\
Send a file:  POST /customers/<customer>/units/<unit>/Uploads/upload/<APT|Suppliers|Employees|IMS|Payments>/<file name>\n\
              Authorization: Bearer <access token>\n\
              Content-Type: text/csv\n\n\
This API:     /openapi.json\n";

/// The answer to programs at `/`; people are sent on to the pages.
pub(super) fn index() -> Response {
    PlainText(INDEX.to_owned()).into_response()
}

pub(crate) async fn get_health() -> PlainText {
    PlainText("ok\n".to_owned())
}

/// Ready: uploads are let in and can be kept. Otherwise a problem that names what is in the way.
pub(crate) async fn get_readiness(
    State(app): State<App>,
) -> Result<Json<ReadinessReport>, ApiError> {
    let report = app.readiness.report(&app).await;
    if report.ready {
        return Ok(Json(report));
    }
    let in_the_way = report.blocking_details();
    Err(ApiError::saying(RefusalCode::Busy, in_the_way.trim_end_matches('.'))
        .with_checks(report.checks))
}

pub(crate) async fn get_jwks(
    State(app): State<App>,
) -> Result<CachedAnswer<JsonDocument>, ApiError> {
    let jwks = app.keys.to_jwks().await.map_err(ApiError::internal)?;
    Ok(CachedAnswer(60, JsonDocument::new(&jwks)))
}
