//! Suppliers' statements: sent, listed, shown line by line, written out; and the columns that were settled
//! for a supplier.
//!
//! Not for: reading them (`analysis`).
//!
//! Invariant: a statement is kept as it came out, and the audit log has who sent and who took it out.

use api::{
    NewStatementQuery, STATEMENT_NAME_CHARS_MAX, SUPPLIER_CHARS_MAX, Statement, StatementFinding,
    StatementSummary, Statements, StatementsQuery, SupplierQuery,
};
use axum::body::Body;
use axum::extract::{FromRequest, Path, Request, State};
use axum::response::{IntoResponse, Response};
use domain::finding::CheckedUnit;
use domain::statement::{
    LineState, ReconciledLine, StatementColumns, StatementCredit, StatementRefusal,
};
use domain::{AuditEntry, FindingKey, JobId, RefusalCode, RunId, StatementId, UnitName};
use http::StatusCode;
use http::header::{self, HeaderValue};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use store::{CustomerStore, Decider, KeptStatement, NewRun, NewStatement};

use crate::App;
use crate::Limits;
use crate::http::access::{Analyst, Viewer};
use crate::http::error::ApiError;
use crate::http::json_body::JsonBody;
use crate::http::operation::{Answers, Operation, Takes};
use crate::http::query::QueryParams;
use crate::http::respond::{Json, csv_schema, json_with_headers};
use crate::http::statement_file::{LISTED, StatementFileKind, statement_csv};
use crate::http::upload::body::TimedBody;
use crate::http::workbook::statement_workbook;
use crate::ledgers::{LedgersError, StatementFile};
use crate::limits::STATEMENT_BYTES_MAX;

type StatementPath = Path<(String, String, String)>;

/// The bytes of a statement.
#[derive(Debug)]
pub(crate) struct StatementBytes(Vec<u8>);

impl FromRequest<App> for StatementBytes {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let longest = app.limits.body_bytes_max.min(STATEMENT_BYTES_MAX);
        let limits = Limits { body_bytes_max: longest, ..app.limits.clone() };
        let mut body = TimedBody::new(request.into_body(), &limits);
        let mut bytes = Vec::new();
        while let Some(piece) = body.next().await? {
            bytes.extend_from_slice(&piece);
        }
        if bytes.is_empty() {
            return Err(malformed("the body is empty; send the file itself"));
        }
        Ok(Self(bytes))
    }
}

impl Takes for StatementBytes {
    fn describe(operation: &mut Operation<'_>) {
        operation.takes_bytes(
            "The statement as the supplier sent it; the ending of its name says what it is.",
            &["application/octet-stream", "text/csv", "application/pdf"],
        );
        operation.refuses(&[
            RefusalCode::RequestMalformed,
            RefusalCode::BodyIncomplete,
            RefusalCode::BodyTooSlow,
            RefusalCode::BodyTooLarge,
        ]);
    }
}

/// 201: the statement was compared with the ledgers, and is kept.
#[derive(Debug)]
pub(crate) struct CreatedStatement {
    location: String,
    statement: Box<Statement>,
}

impl IntoResponse for CreatedStatement {
    fn into_response(self) -> Response {
        let location = (header::LOCATION, self.location.as_str());
        json_with_headers(StatusCode::CREATED, &self.statement, &[location])
    }
}

impl Answers for CreatedStatement {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<Statement>(201);
        let location = json!({ "type": "string", "description": "The path of the statement." });
        operation.answers_header(201, "Location", location);
    }
}

/// Holds a statement of a supplier against the ledgers.
pub(crate) async fn send_statement(
    State(app): State<App>,
    analyst: Analyst,
    QueryParams(query): QueryParams<NewStatementQuery>,
    StatementBytes(bytes): StatementBytes,
) -> Result<CreatedStatement, ApiError> {
    let NewStatementQuery { supplier, file_name } = query;
    is_short("supplier", &supplier, SUPPLIER_CHARS_MAX)?;
    is_short("file_name", &file_name, STATEMENT_NAME_CHARS_MAX)?;
    let of = CheckedUnit { customer: analyst.store.name().clone(), unit: analyst.unit.clone() };
    let file = (file_name.as_str(), bytes);
    let decider = analyst.decider(&app);
    let kept = hold(&app, &analyst.store, of, (&supplier, file), &decider).await;
    let id = kept.map_err(Failure::into_api)?.map_err(|refusal| malformed(refusal.words))?;
    let kept = analyst.store.statement(&analyst.unit, id).await?;
    let kept = kept.ok_or_else(|| ApiError::new(RefusalCode::NotFound))?;
    let (customer, unit) = (analyst.store.name(), &analyst.unit);
    Ok(CreatedStatement {
        location: format!("/customers/{customer}/units/{unit}/statements/{id}"),
        statement: Box::new(statement(&analyst.store, &analyst.unit, kept).await?),
    })
}

/// Why a statement could not be held against anything, through no fault of its own.
#[derive(Debug)]
pub(in crate::http) enum Failure {
    Store(store::Error),
    Ledgers(LedgersError),
}

impl Failure {
    fn into_api(self) -> ApiError {
        match self {
            Self::Store(error) => error.into(),
            Self::Ledgers(error) => ApiError::internal(error),
        }
    }
}

/// Reads a statement, holds it against the ledgers and keeps what it came to; or says why it cannot be read.
pub(in crate::http) async fn hold(
    app: &App,
    store: &CustomerStore,
    of: CheckedUnit,
    (supplier, (name, bytes)): (&str, (&str, Vec<u8>)),
    decider: &Decider<'_>,
) -> Result<Result<StatementId, StatementRefusal>, Failure> {
    let columns = store.statement_columns(&of.unit, supplier).await.map_err(Failure::Store)?;
    let file = StatementFile { name: name.to_owned(), bytes, columns, today: today(decider.at) };
    let reconciled = app.browser.reconcile(&of, supplier, file).await.map_err(Failure::Ledgers)?;
    let reconciliation = match reconciled {
        Ok(reconciliation) => reconciliation,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let id = StatementId::new(app.clock.now(), app.randomness.bytes());
    let run = Some(NewRun {
        run: RunId::new(decider.at, app.randomness.bytes()),
        job: JobId::new(decider.at, app.randomness.bytes()),
    });
    let new = NewStatement { id, supplier, file_name: name, reconciliation: &reconciliation, run };
    store.keep_statement(&of.unit, new, decider).await.map_err(Failure::Store)?;
    app.new_work.notify_one();
    Ok(Ok(id))
}

fn today(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

pub(crate) async fn list_statements(
    viewer: Viewer,
    QueryParams(query): QueryParams<StatementsQuery>,
) -> Result<Json<Statements>, ApiError> {
    let listed = match query.supplier {
        Some(supplier) => {
            is_short("supplier", &supplier, SUPPLIER_CHARS_MAX)?;
            viewer.store.statements(&viewer.unit, &supplier).await?
        }
        None => viewer.store.newest_statements(&viewer.unit).await?,
    };
    Ok(Json(Statements { items: listed.into_iter().map(summary).collect() }))
}

pub(crate) async fn get_statement(
    viewer: Viewer,
    Path((_, _, id)): StatementPath,
) -> Result<Json<Statement>, ApiError> {
    let kept = find(&viewer.store, &viewer.unit, &id).await?;
    statement(&viewer.store, &viewer.unit, kept).await.map(Json)
}

/// All lines of a statement as CSV.
#[derive(Debug)]
pub(crate) struct StatementCsv(Response);

impl IntoResponse for StatementCsv {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answers for StatementCsv {
    fn describe(operation: &mut Operation<'_>) {
        let of = "line, and then for each row that the statement lacks";
        operation.answers(200, "text/csv", &csv_schema(&LISTED, of));
    }
}

/// All lines of a statement as a workbook, with what to ask on a sheet of its own.
#[derive(Debug)]
pub(crate) struct StatementXlsx(Response);

impl IntoResponse for StatementXlsx {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answers for StatementXlsx {
    fn describe(operation: &mut Operation<'_>) {
        let bytes = json!({ "type": "string", "format": "binary" });
        operation.answers(200, StatementFileKind::Xlsx.media_type(), &bytes);
    }
}

pub(crate) async fn export_statement_csv(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): StatementPath,
) -> Result<StatementCsv, ApiError> {
    exported(&app, &viewer, &id, StatementFileKind::Csv).await.map(StatementCsv)
}

pub(crate) async fn export_statement_xlsx(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): StatementPath,
) -> Result<StatementXlsx, ApiError> {
    exported(&app, &viewer, &id, StatementFileKind::Xlsx).await.map(StatementXlsx)
}

async fn exported(
    app: &App,
    viewer: &Viewer,
    id: &str,
    kind: StatementFileKind,
) -> Result<Response, ApiError> {
    let kept = find(&viewer.store, &viewer.unit, id).await?;
    let (who, at) = (viewer.token.to_string(), app.clock.now());
    viewer.store.audit(export_entry(who, &viewer.unit, &kept, (kind, at))).await?;
    let findings = findings_about(&viewer.store, &viewer.unit, &kept).await?;
    file(&kept, &findings, kind)
}

/// The findings about the credits of a statement, as far as they are there.
pub(in crate::http) async fn findings_about(
    store: &CustomerStore,
    unit: &UnitName,
    kept: &KeptStatement,
) -> Result<Vec<StatementFinding>, store::Error> {
    let of_line = |credit: &ReconciledLine| {
        let credit = StatementCredit {
            statement_id: kept.summary.id,
            file_name: kept.summary.file_name.clone(),
            supplier: kept.summary.supplier.clone(),
            credit: credit.line.clone(),
        };
        (credit.credit.line, FindingKey::of_statement_credit(&credit))
    };
    let credits = kept.reconciliation.of(LineState::CreditNotTaken);
    let lines: Vec<(u64, FindingKey)> = credits.map(of_line).collect();
    let keys: Vec<FindingKey> = lines.iter().map(|(_, key)| key.clone()).collect();
    let mut names = store.finding_names(unit, &keys).await?;
    let found = lines.into_iter().filter_map(|(line, finding)| {
        let title = names.remove(&finding)?.title;
        Some(StatementFinding { line, finding, title })
    });
    Ok(found.collect())
}

/// A statement as a file.
pub(in crate::http) fn file(
    kept: &KeptStatement,
    findings: &[StatementFinding],
    kind: StatementFileKind,
) -> Result<Response, ApiError> {
    let body = match kind {
        StatementFileKind::Csv => Body::from(statement_csv(&kept.reconciliation, findings)),
        StatementFileKind::Xlsx => {
            let book = statement_workbook(&kept.reconciliation, findings);
            Body::from(book.map_err(ApiError::internal)?)
        }
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind.content_type());
    let name = format!("attachment; filename=\"{}.{}\"", kept.summary.id, kind.extension());
    let name = HeaderValue::from_str(&name).expect("ids are letters and digits");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// The entry of the audit log that says who took a statement out.
pub(in crate::http) fn export_entry(
    who: String,
    unit: &UnitName,
    kept: &KeptStatement,
    (kind, at): (StatementFileKind, Timestamp),
) -> AuditEntry {
    let statement = kept.summary.id;
    let details =
        json!({ "unit": unit.as_str(), "statement": statement, "file": kind.extension() });
    AuditEntry {
        at,
        who,
        what: "statement.export".to_owned(),
        about: kept.summary.supplier.clone(),
        // The store says whose it is.
        customer: None,
        details,
    }
}

/// The columns that were settled for a supplier; none where they are found by their usual names.
pub(crate) async fn get_statement_columns(
    viewer: Viewer,
    QueryParams(query): QueryParams<SupplierQuery>,
) -> Result<Json<StatementColumns>, ApiError> {
    is_short("supplier", &query.supplier, SUPPLIER_CHARS_MAX)?;
    let columns = viewer.store.statement_columns(&viewer.unit, &query.supplier).await?;
    Ok(Json(columns.unwrap_or_default()))
}

/// Settles which column of a supplier's statements holds what, from now on.
pub(crate) async fn set_statement_columns(
    State(app): State<App>,
    analyst: Analyst,
    QueryParams(query): QueryParams<SupplierQuery>,
    JsonBody(columns): JsonBody<StatementColumns>,
) -> Result<Json<StatementColumns>, ApiError> {
    is_short("supplier", &query.supplier, SUPPLIER_CHARS_MAX)?;
    let columns = columns.checked().map_err(malformed)?;
    let (unit, decider) = (&analyst.unit, analyst.decider(&app));
    let store = &analyst.store;
    store.settle_statement_columns(unit, &query.supplier, &columns, &decider).await?;
    Ok(Json(columns))
}

async fn find(store: &CustomerStore, unit: &UnitName, id: &str) -> Result<KeptStatement, ApiError> {
    let not_found = || {
        ApiError::saying(RefusalCode::NotFound, "there is no such statement; list them to find it")
    };
    let id: StatementId = id.parse().map_err(|_invalid| not_found())?;
    store.statement(unit, id).await?.ok_or_else(not_found)
}

fn summary(kept: store::StatementSummary) -> StatementSummary {
    StatementSummary {
        statement_id: kept.id,
        supplier: kept.supplier,
        file_name: kept.file_name,
        sent_by: kept.sent_by,
        sent_at: kept.sent_at,
        line_count: kept.lines,
        to_ask_count: kept.to_ask,
        missing_there_count: kept.missing_there,
    }
}

async fn statement(
    store: &CustomerStore,
    unit: &UnitName,
    kept: KeptStatement,
) -> Result<Statement, ApiError> {
    Ok(Statement {
        findings: findings_about(store, unit, &kept).await?,
        questions: kept.reconciliation.questions(),
        summary: summary(kept.summary),
        reconciliation: kept.reconciliation,
    })
}

fn is_short(name: &str, text: &str, most: usize) -> Result<(), ApiError> {
    if !text.trim().is_empty() && text.chars().count() <= most {
        return Ok(());
    }
    Err(malformed(format_args!("{name} has 1 to {most} letters")))
}

fn malformed(why: impl std::fmt::Display) -> ApiError {
    ApiError::because(RefusalCode::RequestMalformed, why)
}
