//! Findings as files: CSV, XLSX, Parquet, and a ZIP with the files beside them, with the filters of the list.
//!
//! Invariant: no cell is a formula, whatever a supplier's name is; no file is larger than its limit.

mod evidence;
mod permit_body;
mod verdicts;

use std::collections::BTreeMap;
use std::marker::PhantomData;

use api::FindingsQuery;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::finding::{
    EXPORTED, ExportedCell, ExportedFinding, HistoryEntry, Receipts, StoredFinding,
};
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::spreadsheet::csv_line;
use domain::{AuditEntry, FindingKey, MediaType, RefusalCode, UnitName};
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use http::header::{self, HeaderValue};
use http::request::Parts;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{CustomerStore, FindingFilter, FindingOrder, HISTORIES_AT_ONCE};

use self::permit_body::PermitBody;
use self::verdicts::with_verdicts;
use super::findings::{Selection, malformed};
use crate::App;
use crate::admission::AdmissionRefusal;
use crate::http::access::Viewer;
use crate::http::error::ApiError;
use crate::http::operation::{Answers, Operation, Takes};
use crate::http::query::QueryParams;
use crate::http::respond::csv_schema;
use crate::http::workbook::{WorkbookParts, WorkbookPlace, workbook};
use crate::limits::{CSV_FINDINGS_MAX, EXPORT_BYTES_MAX, FILE_FINDINGS_MAX};

/// The format of an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum ExportKind {
    Csv,
    Xlsx,
    Parquet,
    /// The workbook with the files that stand beside its findings.
    Zip,
}

impl ExportKind {
    pub(in crate::http) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
            Self::Zip => "zip",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Xlsx => MediaType::Xlsx.as_str(),
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Zip => "application/zip",
        }
    }

    const fn content_type(self) -> HeaderValue {
        match self {
            Self::Csv => HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
            Self::Xlsx | Self::Parquet | Self::Zip => HeaderValue::from_static(self.media_type()),
        }
    }

    const fn findings_max(self) -> u64 {
        match self {
            Self::Csv => CSV_FINDINGS_MAX,
            Self::Xlsx | Self::Parquet | Self::Zip => FILE_FINDINGS_MAX,
        }
    }
}

/// A file that is to be made.
#[derive(Debug)]
pub(in crate::http) struct ExportFile {
    pub(in crate::http) kind: ExportKind,
    /// The word in front of the unit in its name.
    pub(in crate::http) name: &'static str,
    /// Where a workbook is read.
    pub(in crate::http) place: WorkbookPlace,
}

/// A kind of file as a type, for the table of routes.
pub(crate) trait ExportForm {
    const KIND: ExportKind;
    /// The schema of the file, where it is text.
    fn schema() -> Value {
        json!({ "type": "string", "format": "binary" })
    }
}

#[derive(Debug)]
pub(crate) struct CsvForm;

#[derive(Debug)]
pub(crate) struct XlsxForm;

#[derive(Debug)]
pub(crate) struct ParquetForm;

#[derive(Debug)]
pub(crate) struct ZipForm;

impl ExportForm for CsvForm {
    const KIND: ExportKind = ExportKind::Csv;
    fn schema() -> Value {
        csv_schema(&EXPORTED, "finding")
    }
}

impl ExportForm for XlsxForm {
    const KIND: ExportKind = ExportKind::Xlsx;
}

impl ExportForm for ParquetForm {
    const KIND: ExportKind = ExportKind::Parquet;
}

impl ExportForm for ZipForm {
    const KIND: ExportKind = ExportKind::Zip;
}

/// A file of findings.
#[derive(Debug)]
pub(crate) struct FindingsFile<F>(Response, PhantomData<F>);

impl<F> IntoResponse for FindingsFile<F> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<F: ExportForm> Answers for FindingsFile<F> {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers(200, F::KIND.media_type(), &F::schema());
        operation.refuses(&[RefusalCode::ExportTooLarge, RefusalCode::Busy]);
    }
}

/// The query of a file of findings: the filters and the order of the list, and its text. A file holds all
/// and has no pages.
#[derive(Debug)]
pub(crate) struct ExportQuery(Selection, String);

const PAGING: [&str; 2] = ["limit", "after"];

impl FromRequestParts<App> for ExportQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, ApiError> {
        let QueryParams(query) = QueryParams::<FindingsQuery>::parse(parts)?;
        if query.limit.is_some() || query.after.is_some() {
            return Err(malformed(format_args!(
                "a file holds all and has no pages, so it takes neither {}",
                PAGING.join(" nor ")
            )));
        }
        let text = parts.uri.query().unwrap_or_default().to_owned();
        Ok(Self(Selection::try_from(&query)?, text))
    }
}

impl Takes for ExportQuery {
    fn describe(operation: &mut Operation<'_>) {
        operation.takes_query::<FindingsQuery>(&PAGING);
    }
}

pub(crate) async fn export_findings<F: ExportForm>(
    State(app): State<App>,
    viewer: Viewer,
    ExportQuery(selection, query): ExportQuery,
) -> Result<FindingsFile<F>, ApiError> {
    let (store, unit) = (viewer.store.clone(), viewer.unit.clone());
    let taker = ExportTaker { who: viewer.token.to_string(), at: app.clock.now() };
    let place = WorkbookPlace::default();
    let form = ExportFile { kind: F::KIND, name: "findings", place };
    let response = export(&app, (store, unit), selection, form, taker.clone()).await?;
    viewer.store.audit(taker.entry(&viewer.unit, F::KIND, &query)).await?;
    Ok(FindingsFile(response, PhantomData))
}

/// The person or token that takes a file out, by the name in the audit log, and when.
#[derive(Debug, Clone)]
pub(in crate::http) struct ExportTaker {
    pub(in crate::http) who: String,
    pub(in crate::http) at: Timestamp,
}

impl ExportTaker {
    /// The entry of the audit log about a file of findings.
    pub(in crate::http) fn entry(
        self,
        unit: &UnitName,
        kind: ExportKind,
        query: &str,
    ) -> AuditEntry {
        AuditEntry {
            at: self.at,
            who: self.who,
            what: "finding.export".to_owned(),
            about: unit.to_string(),
            customer: None,
            details: json!({ "file": kind.extension(), "query": query }),
        }
    }
}

/// All that is selected, as one file; for the API and the pages.
pub(in crate::http) async fn export(
    app: &App,
    (store, unit): (CustomerStore, UnitName),
    selection: Selection,
    ExportFile { kind, name, place }: ExportFile,
    taker: ExportTaker,
) -> Result<Response, ApiError> {
    let permit = app.admission.acquire_export(store.name()).map_err(export_refusal)?;
    let found = store.count_findings(&unit, &selection.filter).await?;
    let findings_max = kind.findings_max();
    if found > findings_max {
        return Err(ApiError::because(
            RefusalCode::ExportTooLarge,
            format_args!("{found} findings are wanted, and such a file holds {findings_max}"),
        ));
    }
    let findings = pages(store.clone(), unit.clone(), selection);
    let body = match kind {
        ExportKind::Csv => csv(findings, (store, unit.clone())),
        ExportKind::Xlsx => {
            let findings = collect_findings(findings).await?;
            Body::from(workbook_of(app, (&store, &unit), findings, place).await?)
        }
        ExportKind::Zip => {
            let findings = collect_findings(findings).await?;
            let keys: Vec<FindingKey> = keys_of(&findings).collect();
            let attachments = evidence::attachments(&store, &unit, &keys).await?;
            let workbook = workbook_of(app, (&store, &unit), findings, place).await?;
            evidence::zip(store, (unit.clone(), workbook), attachments, taker)
        }
        ExportKind::Parquet => {
            let findings = collect_findings(findings).await?;
            let findings = with_verdicts(&store, &unit, findings).await?;
            let made = app.browser.findings_parquet(findings).await;
            Body::from(made.map_err(ApiError::internal)?)
        }
    };
    let body = Body::new(PermitBody::new(body, permit));
    file(body, kind, &format!("{name}_{unit}"))
}

async fn workbook_of(
    app: &App,
    (store, unit): (&CustomerStore, &UnitName),
    findings: Vec<StoredFinding>,
    place: WorkbookPlace,
) -> Result<Vec<u8>, ApiError> {
    let keys: Vec<FindingKey> = keys_of(&findings).collect();
    let histories = histories(store, unit, &keys).await?;
    let app = app.clone();
    let made = tokio::task::spawn_blocking(move || {
        workbook(&WorkbookParts {
            checks: &app.checks,
            findings: &findings,
            histories: &histories,
            place: &place,
        })
    });
    made.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

fn keys_of(findings: &[StoredFinding]) -> impl Iterator<Item = FindingKey> {
    findings.iter().map(|found| found.finding.key.clone())
}

fn export_refusal(_why: AdmissionRefusal) -> ApiError {
    let why = "as many files of findings are being made or fetched as are at once";
    ApiError::because(RefusalCode::Busy, why)
}

/// All findings of a file that is made in memory, as long as their texts fit.
async fn collect_findings(
    mut pages: BoxStream<'static, Result<Vec<StoredFinding>, store::Error>>,
) -> Result<Vec<StoredFinding>, ApiError> {
    let (mut findings, mut bytes) = (Vec::new(), 0);
    while let Some(page) = pages.try_next().await? {
        bytes += page.iter().map(text_bytes).sum::<usize>();
        if bytes > EXPORT_BYTES_MAX {
            return Err(too_large("the texts of the findings have"));
        }
        findings.extend(page);
    }
    Ok(findings)
}

/// The histories of the findings of a file, as long as their words fit.
async fn histories(
    store: &CustomerStore,
    unit: &UnitName,
    keys: &[FindingKey],
) -> Result<BTreeMap<FindingKey, Vec<HistoryEntry>>, ApiError> {
    let (mut histories, mut bytes) = (BTreeMap::new(), 0);
    for keys in keys.chunks(HISTORIES_AT_ONCE) {
        let some = store.finding_histories(unit, keys).await?;
        bytes += some.values().flatten().map(history_bytes).sum::<usize>();
        if bytes > EXPORT_BYTES_MAX {
            return Err(too_large("what people wrote about the findings has"));
        }
        histories.extend(some);
    }
    Ok(histories)
}

fn history_bytes(entry: &HistoryEntry) -> usize {
    let texts = [&entry.words, &entry.from.because, &entry.to.because];
    texts.into_iter().flatten().map(String::len).sum::<usize>() + size_of::<HistoryEntry>()
}

fn too_large(what: &str) -> ApiError {
    let megabytes = EXPORT_BYTES_MAX >> 20;
    ApiError::because(
        RefusalCode::ExportTooLarge,
        format_args!("{what} more than {megabytes} MiB, and such a file holds no more"),
    )
}

fn text_bytes(finding: &StoredFinding) -> usize {
    let text =
        |cell: ExportedCell| if let ExportedCell::Text(text) = cell { text.len() } else { 0 };
    let invoices = finding.exported_invoices().flatten();
    finding.exported(None, &Receipts::default()).into_iter().chain(invoices).map(text).sum()
}

fn csv(
    findings: BoxStream<'static, Result<Vec<StoredFinding>, store::Error>>,
    of: (CustomerStore, UnitName),
) -> Body {
    let head = stream::once(async { Ok(Bytes::from(csv_line(EXPORTED))) });
    let of = std::sync::Arc::new(of);
    let lines = findings
        .and_then(move |page| {
            let of = std::sync::Arc::clone(&of);
            async move { with_verdicts(&of.0, &of.1, page).await }
        })
        .map_ok(|page| Bytes::from(page.iter().map(line).collect::<String>()))
        .inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "an export of findings broke off");
        });
    Body::from_stream(head.chain(lines))
}

/// Some at a time: an answer that breaks off is not taken for a whole one.
fn pages(
    store: CustomerStore,
    unit: UnitName,
    selection: Selection,
) -> BoxStream<'static, Result<Vec<StoredFinding>, store::Error>> {
    const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
    let from = std::sync::Arc::new((store, unit, selection.filter, selection.order));
    let pages = stream::try_unfold(Some(None), move |place: Option<Option<FindingKey>>| {
        let from = std::sync::Arc::clone(&from);
        async move {
            let (store, unit, filter, order): &(_, _, FindingFilter, FindingOrder) = &from;
            let Some(after) = place else { return Ok(None) };
            let store: &CustomerStore = store;
            let page = store.whole_findings(unit, filter, *order, SIZE, after.as_ref()).await?;
            Ok(Some((page.items, page.next.map(Some))))
        }
    });
    pages.boxed()
}

fn line(finding: &ExportedFinding) -> String {
    let cells = finding.cells().map(|cell| cell.to_string());
    csv_line(cells.iter().map(String::as_str))
}

fn file(body: Body, kind: ExportKind, name: &str) -> Result<Response, ApiError> {
    let mut response = Response::new(body);
    let name = format!("attachment; filename=\"{name}.{}\"", kind.extension());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind.content_type());
    let name = HeaderValue::try_from(name).map_err(ApiError::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
