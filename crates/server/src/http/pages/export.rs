//! The queue as a file, as the API writes it.
//!
//! Invariant: who took which findings out is in the audit log.

use axum::extract::State;
use domain::RefusalCode;

use super::access::Viewer;
use super::error::PageError;
use super::findings::filter::QueueFilter;
use super::query::Query;
use super::respond::PageResult;
use super::site::SiteUrl;
use crate::App;
use crate::http::api::export::{ExportKind, ExportTaker, export};
use crate::http::error::ApiError;

pub(crate) async fn export_csv(
    State(app): State<App>,
    viewer: Viewer,
    site: SiteUrl,
    Query(filter): Query<QueueFilter>,
) -> PageResult {
    file(&app, &viewer, &site, filter, ExportKind::Csv).await
}

pub(crate) async fn export_xlsx(
    State(app): State<App>,
    viewer: Viewer,
    site: SiteUrl,
    Query(filter): Query<QueueFilter>,
) -> PageResult {
    file(&app, &viewer, &site, filter, ExportKind::Xlsx).await
}

pub(crate) async fn export_parquet(
    State(app): State<App>,
    viewer: Viewer,
    site: SiteUrl,
    Query(filter): Query<QueueFilter>,
) -> PageResult {
    file(&app, &viewer, &site, filter, ExportKind::Parquet).await
}

pub(crate) async fn export_zip(
    State(app): State<App>,
    viewer: Viewer,
    site: SiteUrl,
    Query(filter): Query<QueueFilter>,
) -> PageResult {
    file(&app, &viewer, &site, filter, ExportKind::Zip).await
}

async fn file(
    app: &App,
    viewer: &Viewer,
    site: &SiteUrl,
    filter: QueueFilter,
    kind: ExportKind,
) -> PageResult {
    let query = filter.query();
    let (store, unit) = (viewer.store.clone(), viewer.unit.clone());
    if let Some(why) = filter.wrong() {
        return Err(PageError::Impossible(why.to_owned()));
    }
    let findings_url = format!("{site}{}", viewer.path("findings"));
    let taker = ExportTaker { who: viewer.address().to_owned(), at: app.clock.now() };
    let form = (kind, Some(findings_url));
    let exported = export(app, (store, unit), filter.selection, form, taker.clone()).await;
    let response = exported.map_err(PageError::from)?;
    viewer.store.audit(taker.entry(&viewer.unit, kind, &query)).await?;
    Ok(response)
}

impl From<ApiError> for PageError {
    fn from(error: ApiError) -> Self {
        match error.into_words() {
            (RefusalCode::Internal, _) => Self::Internal,
            (RefusalCode::Busy, _) => Self::Busy,
            (_, words) => Self::Impossible(words),
        }
    }
}
