//! This API as an OpenAPI 3.1 document, made from the table of routes and the types of their handlers.
//!
//! Invariant: every documented route of the table is in it, and the schemas are those the answers are
//! written with; tests compare real answers with them.

use std::sync::Arc;

use api::ProblemDetails;
use axum::Extension;
use domain::{
    CustomerName, DeliveryId, FileName, FileType, FindingKey, RefusalCode, ResumableId, RunId,
    StatementId, UnitName, UploadId, VerdictId,
};
use serde_json::{Map, Value, json};

use crate::http::operation::Operation;
use crate::http::permission::Access;
use crate::http::respond::{CachedAnswer, JsonDocument};
use crate::http::route::{Route, RouteDocument};
use crate::http::schemas::Schemas;
use crate::site::Site;

/// The document of all routes, as the router hands it to those who show it.
#[derive(Debug, Clone)]
pub(crate) struct ApiDocument {
    value: Arc<Value>,
    written: JsonDocument,
}

impl ApiDocument {
    pub(crate) fn new(routes: &[Route], site: &Site) -> Self {
        let value = document(routes, site);
        Self { written: JsonDocument::new(&value), value: Arc::new(value) }
    }

    pub(crate) fn json(&self) -> &Value {
        &self.value
    }
}

/// A parameter in the path of a route: wherever it stands, it is the same.
struct Segment {
    name: &'static str,
    description: &'static str,
    schema: fn(&mut Schemas) -> Value,
    /// The refusal when there is no such thing.
    refusal: Option<RefusalCode>,
}

const SEGMENTS: [Segment; 12] = [
    Segment {
        name: "customer",
        description: "The customer's short name.",
        schema: Schemas::answered::<CustomerName>,
        refusal: None,
    },
    Segment {
        name: "unit",
        description: "The unit's short name; a customer with one unit uses its own name for it.",
        schema: Schemas::answered::<UnitName>,
        refusal: None,
    },
    Segment {
        name: "type",
        description: "What the file holds.",
        schema: Schemas::answered::<FileType>,
        refusal: None,
    },
    Segment {
        name: "fileName",
        description: "The file's name, with a timestamp inside, such as invoices_20261123.csv.",
        schema: Schemas::answered::<FileName>,
        refusal: None,
    },
    Segment {
        name: "upload",
        description: "The upload's id.",
        schema: Schemas::answered::<UploadId>,
        refusal: Some(RefusalCode::UploadNotFound),
    },
    Segment {
        name: "resumable",
        description: "The id of a file that is sent in several requests, as its Location has it.",
        schema: Schemas::answered::<ResumableId>,
        refusal: Some(RefusalCode::ResumableNotFound),
    },
    Segment {
        name: "run",
        description: "The run's id.",
        schema: Schemas::answered::<RunId>,
        refusal: Some(RefusalCode::RunNotFound),
    },
    Segment {
        name: "finding",
        description: "The finding's key.",
        schema: Schemas::answered::<FindingKey>,
        refusal: Some(RefusalCode::FindingNotFound),
    },
    Segment {
        name: "verdict",
        description: "The remembered verdict's id.",
        schema: Schemas::answered::<VerdictId>,
        refusal: Some(RefusalCode::VerdictNotFound),
    },
    Segment {
        name: "delivery",
        description: "The id of what was posted.",
        schema: Schemas::answered::<DeliveryId>,
        refusal: Some(RefusalCode::NotFound),
    },
    Segment {
        name: "statement",
        description: "The statement's id.",
        schema: Schemas::answered::<StatementId>,
        refusal: Some(RefusalCode::NotFound),
    },
    Segment {
        name: "code",
        description: "The code of a problem, as in its `type`.",
        schema: Schemas::answered::<RefusalCode>,
        refusal: Some(RefusalCode::NotFound),
    },
];

/// The headings, in the order of the document.
const TAGS: [(&str, &str); 12] = [
    ("Uploads", "Sending files and reading back what became of them."),
    ("Reading rules", "How the columns of a unit's files are read."),
    ("Units", "The units of a customer."),
    ("Checks", "What the checks go by."),
    ("Runs", "Executions of the checks over a unit's ledgers."),
    ("Findings", "What the checks found, and what people decide about it."),
    ("Screening", "Invoices checked against the ledgers before they are paid."),
    ("Holds", "Invoices that are not to be paid, for the ERP to fetch."),
    ("Payment runs", "Files of payments about to go out, released and held line by line."),
    ("Statements", "Suppliers' statements beside the ledger."),
    ("Webhooks", "Where events are posted, and what was posted there."),
    ("Server", "Health, readiness, keys and this document."),
];

const ABOUT: &str = "Receives extracts of suppliers, invoices and employees. 201 means received and safe, not \
    analysed. Every error is application/problem+json with a stable code.";

pub(crate) async fn get_openapi(
    Extension(document): Extension<ApiDocument>,
) -> CachedAnswer<JsonDocument> {
    CachedAnswer(300, document.written)
}

/// The whole document of these routes; those that are not documented are left out.
pub(super) fn document(routes: &[Route], site: &Site) -> Value {
    let mut schemas = Schemas::new();
    let problem = schemas.answered::<ProblemDetails>();
    let mut paths = Map::new();
    for route in routes {
        let Some(documented) = &route.documented else { continue };
        let method = route.method.as_str().to_ascii_lowercase();
        let operations = paths.entry(documented.path).or_insert_with(|| json!({}));
        operations[method] = operation(route, documented, &mut schemas, &problem);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Bursar",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": site.href("/"), "description": "The server that this document comes from." }],
        "tags": TAGS.map(|(name, description)| json!({ "name": name, "description": description })),
        "paths": paths,
        "components": {
            "schemas": schemas.into_definitions(),
            "securitySchemes": {
                "accessToken": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
        },
    })
}

fn operation(
    route: &Route,
    documented: &RouteDocument,
    schemas: &mut Schemas,
    problem: &Value,
) -> Value {
    let segments = documented.path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        let known = SEGMENTS.iter().find(|segment| segment.name == name);
        Some(known.expect("each parameter of a path is in the table"))
    });
    let segments: Vec<(&Segment, Value)> =
        segments.map(|segment| (segment, (segment.schema)(schemas))).collect();
    let mut operation = Operation::new(schemas);
    for (segment, mut schema) in segments {
        schema["description"] = segment.description.into();
        operation.takes_segment(segment.name, schema);
        operation.refuses(segment.refusal.as_slice());
    }
    (documented.describe)(&mut operation);
    operation.refuses(documented.refusals);
    let mut written = json!({
        "operationId": route.operation,
        "summary": route.summary,
        "tags": [documented.tag],
        "security": [],
    });
    if route.access != Access::Public {
        written["security"] = json!([{ "accessToken": [] }]);
    }
    written["responses"] = responses(&mut operation, route.summary, problem);
    if !operation.parameters.is_empty() {
        written["parameters"] = operation.parameters.into();
    }
    if let Some(body) = operation.request_body {
        written["requestBody"] = body;
    }
    written
}

fn responses(operation: &mut Operation<'_>, summary: &str, problem: &Value) -> Value {
    for (status, codes) in operation.refusals() {
        let description: Vec<String> =
            codes.iter().map(|code| format!("{code}: {}.", code.title())).collect();
        operation.answers(status, "application/problem+json", problem);
        if let Some((header, schema)) = refusal_header(status) {
            operation.answers_header(status, header, schema);
        }
        operation.answer(status)["description"] = description.join(" ").into();
    }
    let answers =
        std::mem::take(&mut operation.responses).into_iter().map(|(status, mut answer)| {
            if answer.get("description").is_none() {
                answer["description"] = summary.into();
            }
            (status.to_string(), answer)
        });
    Value::Object(answers.collect())
}

/// The header that goes with a refusal of this status.
fn refusal_header(status: u16) -> Option<(&'static str, Value)> {
    match status {
        401 | 403 => Some((
            "WWW-Authenticate",
            json!({ "type": "string", "description": "What is wrong with the token (RFC 6750)." }),
        )),
        429 | 503 => Some((
            "Retry-After",
            json!({ "type": "integer", "description": "Seconds to wait before trying again." }),
        )),
        _ => None,
    }
}
