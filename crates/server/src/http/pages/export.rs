//! The queue, and money on its way back, as files, as the API writes them.
//!
//! Invariant: who took which findings out is in the audit log.

use axum::extract::State;
use domain::RefusalCode;
use store::{FindingFilter, FindingOrder};

use super::access::Viewer;
use super::error::PageError;
use super::findings::filter::QueueFilter;
use super::format;
use super::query::Query;
use super::respond::PageResult;
use super::site::SiteUrl;
use crate::App;
use crate::http::api::export::{ExportFile, ExportKind, ExportTaker, export};
use crate::http::api::findings::Selection;
use crate::http::error::ApiError;
use crate::http::workbook::{SheetZone, WorkbookPlace};

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

pub(crate) async fn export_recovery_csv(
    State(app): State<App>,
    viewer: Viewer,
    site: SiteUrl,
) -> PageResult {
    recovery_file(&app, &viewer, &site, ExportKind::Csv).await
}

pub(crate) async fn export_recovery_xlsx(
    State(app): State<App>,
    viewer: Viewer,
    site: SiteUrl,
) -> PageResult {
    recovery_file(&app, &viewer, &site, ExportKind::Xlsx).await
}

/// The findings of every stage, in the order of the page.
async fn recovery_file(app: &App, viewer: &Viewer, site: &SiteUrl, kind: ExportKind) -> PageResult {
    let (filter, order) = (FindingFilter::of_recovery(), FindingOrder::Recovery);
    let selection = Selection { filter, order };
    selected(app, viewer, site, (selection, ""), (kind, "recovery")).await
}

async fn file(
    app: &App,
    viewer: &Viewer,
    site: &SiteUrl,
    filter: QueueFilter,
    kind: ExportKind,
) -> PageResult {
    if let Some(why) = filter.wrong() {
        return Err(PageError::Impossible(why.to_owned()));
    }
    let query = filter.query();
    selected(app, viewer, site, (filter.selection, &query), (kind, "findings")).await
}

async fn selected(
    app: &App,
    viewer: &Viewer,
    site: &SiteUrl,
    (selection, query): (Selection, &str),
    (kind, name): (ExportKind, &'static str),
) -> PageResult {
    let (store, unit) = (viewer.store.clone(), viewer.unit.clone());
    let findings_url = Some(format!("{site}{}", viewer.path("findings")));
    let taker = ExportTaker { who: viewer.address().to_owned(), at: app.clock.now() };
    let zone = SheetZone::named(&format::zone_name());
    let form = ExportFile { kind, name, place: WorkbookPlace { findings_url, zone } };
    let exported = export(app, (store, unit), selection, form, taker.clone()).await;
    let response = exported.map_err(PageError::from)?;
    let mut entry = taker.entry(&viewer.unit, kind, query);
    entry.details["name"] = name.into();
    viewer.store.audit(entry).await?;
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
