//! `/` and the unit's own address: on to where somebody works.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use http::header;

use super::access::{Viewer, Visitor};
use super::layout::landing;
use super::respond::{PageResult, see_other};
use crate::App;
use crate::http::probes;

/// People are sent on to their work, programs are told what this is.
pub(crate) async fn get_index(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> PageResult {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !accept.is_some_and(|accept| accept.contains("text/html")) {
        return Ok(index());
    }
    let Some(current_user) = visitor.user else { return see_other("/sign-in") };
    let units = app.store.system().reachable_units(current_user.user.id).await?;
    see_other(&units.first().map_or_else(|| "/me".to_owned(), landing))
}

pub(crate) async fn get_unit(viewer: Viewer) -> PageResult {
    see_other(&viewer.path("overview"))
}

fn index() -> Response {
    probes::index()
}
