//! The small public answers: the index for programs, health, readiness, public keys.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use domain::RefusalCode;
use http::header::{self, HeaderValue};

use crate::App;
use crate::http::{ApiError, json};

const INDEX: &str = "Bursar receives extracts of suppliers, invoices and employees and looks for payments \
that should not be made twice.\n\n\
Send a file:  POST /customers/<customer>/units/<unit>/Uploads/upload/<APT|Suppliers|Employees>/<file name>\n\
              Authorization: Bearer <access token>\n\
              Content-Type: text/csv\n\n\
This API:     /openapi.json\n";

/// What a program is told at `/`; people are sent on to the pages.
pub(super) fn index() -> Response {
    text(INDEX.to_owned())
}

pub(crate) async fn get_health() -> Response {
    text("ok\n".to_owned())
}

/// Ready: the database and the objects answer, and the server is not stopping.
pub(crate) async fn get_readiness(State(app): State<App>) -> Result<Response, ApiError> {
    if app.gate.is_closed() || !app.readiness.is_ready(&app.store, app.clock.now()).await {
        return Err(ApiError::new(RefusalCode::Busy));
    }
    Ok(text("ready\n".to_owned()))
}

pub(crate) async fn get_jwks(State(app): State<App>) -> Result<Response, ApiError> {
    let jwks = app.keys.to_jwks().await.map_err(ApiError::internal)?;
    let mut response = json(&jwks)?;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    Ok(response)
}

pub(super) fn text(body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
