//! What the document says of runs, findings and verdicts.

use domain::finding::{EXPORTED, FindingSummary, VerdictRequest};
use domain::page::Page;
use domain::{FindingKey, Run, RunId};
use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::subschema;
use crate::http::api::findings::FoundFinding;
use crate::http::api::runs::ReportedRun;
use crate::http::api::verdicts::{
    Assignment, Comment, DecidedSeveral, Recovery, RememberedVerdicts, VerdictOnSeveral,
};

/// The filters of a list of findings: name, type, meaning.
const FILTERS: [(&str, &str, &str); 11] = [
    ("check", "string", "Of this check."),
    ("kind", "string", "Of this kind."),
    ("state", "string", "open, duplicate, not_duplicate or needs_information."),
    ("assignee", "string", "Somebody works on it; empty: nobody."),
    ("supplier", "string", "Text of the title or of what the rows say of suppliers, in any case."),
    ("min_probability", "number", "At least so probable, 0 to 1."),
    ("min_amount", "string", "At least so much at risk, whatever the currency."),
    ("run", "string", "First found by this run."),
    ("suppressed", "string", "false (when absent), true or only: what looked like a finding."),
    ("gone", "string", "false (when absent), true or only: what the last run did not find."),
    ("sort", "string", "priority (when absent), amount, probability or first_seen."),
];

/// The query of a route.
pub(super) fn parameters(operation: &str) -> Vec<Value> {
    let optional = |name: &str, kind: &str, description: &str| {
        json!({ "name": name, "in": "query", "description": description,
            "schema": { "type": kind } })
    };
    let is_list = matches!(operation, "list_findings" | "list_runs");
    let has_filters = operation == "list_findings" || operation.starts_with("export_findings");
    let mut parameters = Vec::new();
    if has_filters {
        parameters.extend(FILTERS.map(|(name, kind, meaning)| optional(name, kind, meaning)));
    }
    if is_list {
        parameters.push(optional("limit", "integer", "How many, 1 to 500; 50 when absent."));
        parameters.push(optional("after", "string", "The next of the page before."));
    }
    parameters
}

/// The JSON that a route takes.
pub(super) fn request(operation: &str, generator: &mut SchemaGenerator) -> Option<Value> {
    let schema = match operation {
        "decide_finding" => subschema::<VerdictRequest>(generator),
        "decide_findings" => subschema::<VerdictOnSeveral>(generator),
        "assign_finding" => subschema::<Assignment>(generator),
        "comment_on_finding" => subschema::<Comment>(generator),
        "set_recovered" => subschema::<Recovery>(generator),
        _ => return None,
    };
    Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }))
}

/// What a route answers when it does what is asked: status and content.
pub(super) fn response(
    operation: &str,
    generator: &mut SchemaGenerator,
) -> Option<(&'static str, Value)> {
    let schema = match operation {
        "list_runs" => subschema::<Page<Run, RunId>>(generator),
        "get_run" => subschema::<ReportedRun>(generator),
        "ask_for_run" => {
            let schema = subschema::<Run>(generator);
            return Some(("202", json!({ "application/json": { "schema": schema } })));
        }
        "list_findings" => subschema::<Page<FindingSummary, FindingKey>>(generator),
        "get_finding" | "decide_finding" | "undo_verdict" | "assign_finding"
        | "comment_on_finding" | "set_recovered" => subschema::<FoundFinding>(generator),
        "decide_findings" => subschema::<DecidedSeveral>(generator),
        "list_verdicts" => subschema::<RememberedVerdicts>(generator),
        "end_verdict" => return Some(("204", json!({}))),
        "export_findings_csv" => {
            let description = format!(
                "A header line, {}, then a line for each finding; cells that a spreadsheet would \
                 calculate begin with an apostrophe.",
                EXPORTED.join(",")
            );
            let schema = json!({ "type": "string", "description": description });
            return Some(("200", json!({ "text/csv": { "schema": schema } })));
        }
        "export_findings_xlsx" => {
            let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            return Some(("200", json!({ media: {} })));
        }
        "export_findings_parquet" => {
            return Some(("200", json!({ "application/vnd.apache.parquet": {} })));
        }
        _ => return None,
    };
    Some(("200", json!({ "application/json": { "schema": schema } })))
}
