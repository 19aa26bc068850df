//! The API's part of the table.
//!
//! Invariant: a row's handler says by its types who may ask, what it takes and what it answers.

mod check_settings;
mod payment_runs;
mod reading_rules;
mod reason_codes;
mod recovery;
mod resumable_uploads;
mod screenings;
mod statements;
mod webhooks;

use axum::handler::Handler;
use domain::RefusalCode;
use http::Method;

use super::{Entry, entry};
use crate::App;
use crate::http::api::{
    across, erasure, export, findings, problems, runs, several, uploads, verdicts,
};
use crate::http::operation::ApiHandler;
use crate::http::route::RouteDocument;
use crate::http::{openapi, probes, problems as kinds, upload};

const UPLOADS: &str = "/customers/{customer}/units/{unit}/Uploads";
const UPLOAD: &str = "/customers/{customer}/units/{unit}/Uploads/{upload}";
const PROBLEMS: &str = "/customers/{customer}/units/{unit}/Uploads/{upload}/problems";
const RUNS: &str = "/customers/{customer}/units/{unit}/runs";
const RUN: &str = "/customers/{customer}/units/{unit}/runs/{run}";
const ACROSS: &str = "/customers/{customer}/units/{unit}/acrossUnits";
const FINDINGS: &str = "/customers/{customer}/units/{unit}/findings";
const FINDINGS_CSV: &str = "/customers/{customer}/units/{unit}/findings.csv";
const FINDINGS_XLSX: &str = "/customers/{customer}/units/{unit}/findings.xlsx";
const FINDINGS_PARQUET: &str = "/customers/{customer}/units/{unit}/findings.parquet";
const FINDINGS_ZIP: &str = "/customers/{customer}/units/{unit}/findings.zip";
const LANE_TOTALS: &str = "/customers/{customer}/units/{unit}/laneTotals";
const FINDING: &str = "/customers/{customer}/units/{unit}/findings/{finding}";
const FINDING_VERDICT: &str = "/customers/{customer}/units/{unit}/findings/{finding}/verdict";
const FINDING_CONFIRM: &str = "/customers/{customer}/units/{unit}/findings/{finding}/confirm";
const FINDING_UNDO: &str = "/customers/{customer}/units/{unit}/findings/{finding}/undo";
const FINDING_ASSIGN: &str = "/customers/{customer}/units/{unit}/findings/{finding}/assign";
const FINDING_COMMENTS: &str = "/customers/{customer}/units/{unit}/findings/{finding}/comments";
const VERDICTS: &str = "/customers/{customer}/units/{unit}/verdicts";
const ERASURE: &str = "/customers/{customer}/units/{unit}/erasure";
const VERDICTS_UNDO: &str = "/customers/{customer}/units/{unit}/verdicts/undo";
const ASSIGNMENTS: &str = "/customers/{customer}/units/{unit}/assignments";
const VERDICT: &str = "/customers/{customer}/units/{unit}/verdicts/{verdict}";
const SEND: &str = "/customers/{customer}/units/{unit}/Uploads/upload/{*file}";
const SEND_AS_FILLED_IN: &str =
    "/customers/{customer}/units/{unit}/Uploads/upload/{type}/{fileName}";
/// Where a file is sent, with the last segments missing, so that what is missing can be said.
const SEND_INCOMPLETE: [&str; 2] = [
    "/customers/{customer}/units/{unit}/Uploads/upload/",
    "/customers/{customer}/units/{unit}/Uploads/upload",
];

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = server_routes();
    entries.extend(upload_routes());
    entries.extend(resumable_uploads::entries());
    entries.extend(reading_rules::entries());
    entries.extend(check_settings::entries());
    entries.extend(run_routes());
    entries.extend(finding_routes());
    entries.extend(decision_routes());
    entries.extend(reason_codes::entries());
    entries.extend(recovery::entries());
    entries.extend(routes_for_several());
    entries.extend(unit_routes());
    entries.extend(webhooks::entries());
    entries.extend(payment_runs::entries());
    entries.extend(screenings::entries());
    entries.extend(statements::entries());
    entries
}

fn server_routes() -> Vec<Entry> {
    tagged(
        "Server",
        [
            get("/healthz", "get_health", "Whether the process answers", probes::get_health),
            get(
                "/readyz",
                "get_readiness",
                "Whether uploads are taken; when not, what is in the way",
                probes::get_readiness,
            )
            .refuses(&[RefusalCode::Busy]),
            get("/openapi.json", "get_openapi", "This API as OpenAPI 3.1", openapi::get_openapi),
            get(
                "/.well-known/jwks.json",
                "get_jwks",
                "The public keys of the access tokens",
                probes::get_jwks,
            ),
            get(
                "/problems/{code}",
                "get_problem",
                "What a kind of refusal means",
                kinds::get_problem,
            ),
        ],
    )
}

fn upload_routes() -> Vec<Entry> {
    let send = || post(SEND, "upload_file", "Send one file", upload::upload_file);
    let mut entries = tagged(
        "Uploads",
        [
            get(UPLOADS, "list_uploads", "The unit's uploads, newest first", uploads::list_uploads)
                .refuses(&[RefusalCode::UploadNotFound]),
            get(UPLOAD, "get_upload", "One upload and how far it has come", uploads::get_upload),
            get(
                PROBLEMS,
                "list_upload_problems",
                "What could not be used as it is, and how to mend it",
                problems::list_upload_problems,
            ),
            send().filled_in_as(SEND_AS_FILLED_IN),
        ],
    );
    entries.extend(SEND_INCOMPLETE.map(|path| send().undocumented(path)));
    entries
}

fn unit_routes() -> Vec<Entry> {
    tagged(
        "Units",
        [
            get(
                ERASURE,
                "look_at_unit_erasure",
                "What would go with the unit",
                erasure::look_at_erasure,
            ),
            post(ERASURE, "erase_unit", "Erase the unit, for good", erasure::erase_unit),
        ]
        .map(|entry| entry.refuses(&[RefusalCode::DecisionImpossible])),
    )
}

fn run_routes() -> Vec<Entry> {
    tagged(
        "Runs",
        [
            get(RUNS, "list_runs", "The unit's runs, newest first", runs::list_runs)
                .refuses(&[RefusalCode::RunNotFound]),
            get(RUN, "get_run", "One run, how far it is and what each check did", runs::get_run),
            post(
                RUNS,
                "ask_for_run",
                "Ask for a run; the one that waits already when there is one",
                runs::ask_for_run,
            ),
            get(
                ACROSS,
                "get_across_units",
                "Invoices that are in several units of the customer, as of the newest comparison",
                across::get_across,
            )
            .refuses(&[RefusalCode::RunNotFound]),
            post(
                ACROSS,
                "ask_across_units",
                "Ask for a comparison of the customer's units; the one that waits when there is one",
                across::ask_across,
            )
            .refuses(&[RefusalCode::RunNotFound]),
        ],
    )
}

fn finding_routes() -> Vec<Entry> {
    use export::{CsvForm, ParquetForm, XlsxForm, ZipForm, export_findings};
    const FILE: &str = "The findings as one file, without pages";
    const TOTALS: &str = "What is open, in sums by what can be done about it, as on the overview";
    const ZIP: &str = "The findings as a workbook, with the files beside them";
    tagged(
        "Findings",
        [
            get(
                FINDINGS,
                "list_findings",
                "What was found, by what can be done about it, the gravest first",
                findings::list_findings,
            )
            .refuses(&[RefusalCode::FindingNotFound]),
            get(FINDINGS_CSV, "export_findings_csv", FILE, export_findings::<CsvForm>),
            get(FINDINGS_XLSX, "export_findings_xlsx", FILE, export_findings::<XlsxForm>),
            get(FINDINGS_PARQUET, "export_findings_parquet", FILE, export_findings::<ParquetForm>),
            get(FINDINGS_ZIP, "export_findings_zip", ZIP, export_findings::<ZipForm>),
            get(LANE_TOTALS, "get_lane_totals", TOTALS, findings::get_lane_totals),
            get(
                FINDING,
                "get_finding",
                "One finding: rows, evidence, what people did",
                findings::get_finding,
            ),
            get(
                VERDICTS,
                "list_verdicts",
                "The verdicts that later runs are told of, newest first",
                verdicts::list_verdicts,
            )
            .refuses(&[RefusalCode::VerdictNotFound]),
        ],
    )
}

fn decision_routes() -> Vec<Entry> {
    tagged(
        "Findings",
        [
            post(
                FINDING_VERDICT,
                "decide_finding",
                "Decide what a finding is",
                verdicts::decide_finding,
            ),
            post(
                FINDING_CONFIRM,
                "confirm_verdict",
                "Let a verdict count that somebody else proposed",
                verdicts::confirm_verdict,
            ),
            post(
                FINDING_UNDO,
                "undo_verdict",
                "Take the last verdict back: the finding is as it was before",
                verdicts::undo_verdict,
            ),
            post(FINDING_ASSIGN, "assign_finding", "Say who works on it", verdicts::assign_finding),
            post(
                FINDING_COMMENTS,
                "comment_on_finding",
                "Say something about it",
                verdicts::comment_on_finding,
            ),
            documented(
                Method::DELETE,
                VERDICT,
                "end_verdict",
                "End a remembered verdict early; the finding keeps it",
                verdicts::end_verdict,
            ),
        ],
    )
}

/// The refusals of a decision on several findings, beside those of one on a single finding.
const SEVERAL_REFUSED: &[RefusalCode] =
    &[RefusalCode::FindingNotFound, RefusalCode::FindingChanged];

fn routes_for_several() -> Vec<Entry> {
    tagged(
        "Findings",
        [
            post(
                VERDICTS,
                "decide_findings",
                "One verdict on several findings: on all or on none",
                several::decide_findings,
            )
            .refuses(SEVERAL_REFUSED),
            post(
                VERDICTS_UNDO,
                "undo_verdicts",
                "Take the last verdict on several findings back: on all or on none",
                several::undo_verdicts,
            )
            .refuses(SEVERAL_REFUSED),
            post(
                ASSIGNMENTS,
                "assign_findings",
                "Say who works on several findings: on all or on none",
                several::assign_findings,
            )
            .refuses(SEVERAL_REFUSED),
        ],
    )
}

fn get<H, T, D>(
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    handler: H,
) -> Entry
where
    H: Handler<T, App> + ApiHandler<D>,
    T: 'static,
{
    documented(Method::GET, path, operation, summary, handler)
}

fn post<H, T, D>(
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    handler: H,
) -> Entry
where
    H: Handler<T, App> + ApiHandler<D>,
    T: 'static,
{
    documented(Method::POST, path, operation, summary, handler)
}

/// A row of the document: who may ask, and all that is sent and answered, follow from the handler's types.
fn documented<H, T, D>(
    method: Method,
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    handler: H,
) -> Entry
where
    H: Handler<T, App> + ApiHandler<D>,
    T: 'static,
{
    let mut entry = entry(method, path, operation, summary, H::ACCESS, handler);
    entry.route.documented =
        Some(RouteDocument { path, tag: "", refusals: &[], describe: H::describe });
    entry
}

/// Rows under one heading of the document.
fn tagged<const ROWS: usize>(tag: &'static str, entries: [Entry; ROWS]) -> Vec<Entry> {
    entries.map(|entry| entry.document(|documented| documented.tag = tag)).into()
}

impl Entry {
    /// Names refusals that the types of the handler do not tell.
    fn refuses(self, refusals: &'static [RefusalCode]) -> Self {
        self.document(|documented| documented.refusals = refusals)
    }

    /// Writes the path as a client fills it in, where the router matches another.
    fn filled_in_as(self, path: &'static str) -> Self {
        self.document(|documented| documented.path = path)
    }

    /// Answers at another path as well, of which the document says nothing.
    fn undocumented(mut self, path: &'static str) -> Self {
        self.route.path = path;
        self.route.documented = None;
        self
    }

    fn document(mut self, change: impl FnOnce(&mut RouteDocument)) -> Self {
        self.route.documented.as_mut().map(change);
        self
    }
}
