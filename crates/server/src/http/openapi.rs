//! This API as an OpenAPI 3.1 document, made from the table of routes and the types themselves.
//!
//! Invariant: every route of the table is in it, and the schemas are those the answers are written
//! with; tests compare real answers with them.

mod findings;

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use domain::page::Page;
use domain::problem::LISTED;
use domain::{ProblemDetails, ReadinessReport, Receipt, RefusalCode, UploadId};
use http::header::{self, HeaderValue};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::http::api::problems::ListedProblems;
use crate::http::error::ApiError;
use crate::http::respond::json as json_response;
use crate::http::route::{Access, Route};

/// The document of all routes, as the router hands it to those who show it.
#[derive(Debug, Clone)]
pub(crate) struct ApiDocument(Arc<Value>);

impl ApiDocument {
    pub(crate) fn new(routes: &[Route]) -> Self {
        Self(Arc::new(document(routes)))
    }

    pub(crate) fn json(&self) -> &Value {
        &self.0
    }
}

pub(crate) async fn get_openapi(
    Extension(document): Extension<ApiDocument>,
) -> Result<Response, ApiError> {
    let mut response = json_response(document.json())?;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}

/// The whole document of these routes; pages are left out.
pub(super) fn document(routes: &[Route]) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| "/components/schemas".clone_into(settings.definitions_path.to_mut()))
        .into_generator();
    let schemas = Schemas {
        receipt: subschema::<Receipt>(&mut generator),
        page: subschema::<Page<Receipt, UploadId>>(&mut generator),
        problems: subschema::<ListedProblems>(&mut generator),
        problem: subschema::<ProblemDetails>(&mut generator),
        readiness: subschema::<ReadinessReport>(&mut generator),
    };
    let mut paths = Map::new();
    for route in routes {
        if matches!(route.access, Access::Page(_)) {
            continue;
        }
        let Some(path) = documented_path(route.path) else {
            continue;
        };
        let method = route.method.as_str().to_ascii_lowercase();
        let operations = paths.entry(path).or_insert_with(|| json!({}));
        operations[method] = operation(route, &schemas, &mut generator);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Bursar",
            "version": "1",
            "description": "Receives extracts of suppliers, invoices and employees. 201 means received and \
                safe, not analysed. Every error is application/problem+json with a stable code.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "accessToken": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
        },
    })
}

struct Schemas {
    receipt: Value,
    page: Value,
    problems: Value,
    problem: Value,
    readiness: Value,
}

fn subschema<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().into()
}

/// The path a client uses; `None` for the incomplete forms of sending a file, which exist to say
/// what is missing.
fn documented_path(path: &str) -> Option<String> {
    if path.ends_with("/upload") || path.ends_with("/upload/") {
        return None;
    }
    Some(path.replace("{*file}", "{type}/{fileName}"))
}

fn operation(route: &Route, schemas: &Schemas, generator: &mut SchemaGenerator) -> Value {
    let mut operation = json!({
        "operationId": route.operation,
        "summary": route.summary,
        "parameters": parameters(route),
        "responses": responses(route, schemas, generator),
    });
    if route.access != Access::Public {
        operation["security"] = json!([{ "accessToken": [] }]);
    }
    if let Some(body) = findings::request(route.operation, generator) {
        operation["requestBody"] = body;
    }
    if route.operation == "upload_file" {
        let file = json!({ "schema": { "type": "string", "format": "binary" } });
        let content: Map<String, Value> = domain::MediaType::ALL
            .iter()
            .map(|media| (media.as_str().to_owned(), file.clone()))
            .collect();
        operation["requestBody"] = json!({
            "required": true,
            "description": "The file itself: CSV, TSV, TXT or XLSX.",
            "content": content,
        });
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let path = documented_path(route.path).unwrap_or_default();
    let mut parameters: Vec<Value> = path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let schema = match name {
                "type" => json!({ "type": "string", "enum": domain::FileType::ALL }),
                _ => json!({ "type": "string" }),
            };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    let optional = |name: &str, place: &str, kind: &str, description: &str| json!({ "name": name, "in": place, "description": description, "schema": { "type": kind } });
    match route.operation {
        "list_uploads" => parameters.extend([
            optional("limit", "query", "integer", "How many, 1 to 500; 50 when absent."),
            optional("after", "query", "string", "The last upload of the page before."),
        ]),
        "list_upload_problems" => {
            parameters.extend([
                optional("limit", "query", "integer", "How many, 1 to 500; 50 when absent."),
                optional("after", "query", "integer", "The next of the page before."),
            ]);
            parameters.push(json!({
                "name": "format", "in": "query",
                "description": "csv: all problems for a spreadsheet, without pages. When absent, CSV \
                    answers an Accept that names text/csv and not application/json.",
                "schema": { "type": "string", "enum": ["json", "csv"] },
            }));
        }
        "upload_file" => parameters.extend([
            optional(
                "Content-Encoding",
                "header",
                "string",
                "gzip or zstd: the body is unpacked as it arrives.",
            ),
            optional(
                "Repr-Digest",
                "header",
                "string",
                "sha-256=:…: of the body as sent; compared while receiving.",
            ),
            optional("Content-Digest", "header", "string", "As Repr-Digest."),
            optional(
                "Idempotency-Key",
                "header",
                "string",
                "A repeat with the same key gives the first receipt, and says so by `repeated`.",
            ),
        ]),
        other => parameters.extend(findings::parameters(other)),
    }
    parameters
}

fn responses(route: &Route, schemas: &Schemas, generator: &mut SchemaGenerator) -> Value {
    let (status, description, content) = match route.operation {
        "upload_file" => (
            "201",
            "Received and safe.",
            json!({ "application/json": { "schema": schemas.receipt } }),
        ),
        "get_upload" => {
            ("200", route.summary, json!({ "application/json": { "schema": schemas.receipt } }))
        }
        "list_uploads" => {
            ("200", route.summary, json!({ "application/json": { "schema": schemas.page } }))
        }
        "list_upload_problems" => (
            "200",
            "What could not be used as it is: JSON in pages, or all as CSV for a spreadsheet.",
            json!({
                "application/json": { "schema": schemas.problems },
                "text/csv": { "schema": {
                    "type": "string",
                    "description": format!("A header line, {}, then a line for each problem; \
                        cells that a spreadsheet would calculate begin with an apostrophe.",
                        LISTED.join(",")),
                } },
            }),
        ),
        "get_readiness" => {
            ("200", route.summary, json!({ "application/json": { "schema": schemas.readiness } }))
        }
        "get_openapi" | "get_jwks" => ("200", route.summary, json!({ "application/json": {} })),
        other => match findings::response(other, generator) {
            Some((status, content)) => (status, route.summary, content),
            None => ("200", route.summary, json!({ "text/plain": {} })),
        },
    };
    let mut responses = Map::new();
    responses.insert(status.to_owned(), json!({ "description": description, "content": content }));
    for (status, codes) in refusals(route) {
        let description = codes
            .iter()
            .map(|code| format!("{}: {}.", code.as_str(), code.title()))
            .collect::<Vec<_>>()
            .join(" ");
        let content = json!({ "application/problem+json": { "schema": schemas.problem } });
        let response = json!({ "description": description, "content": content });
        responses.insert(status.to_string(), response);
    }
    Value::Object(responses)
}

/// What a route may refuse with, by status.
fn refusals(route: &Route) -> std::collections::BTreeMap<u16, Vec<RefusalCode>> {
    let mut by_status = std::collections::BTreeMap::<u16, Vec<RefusalCode>>::new();
    for code in RefusalCode::ALL {
        let occurs = match (route.access, route.operation) {
            (_, "upload_file") => !matches!(
                code,
                RefusalCode::UploadNotFound
                    | RefusalCode::FindingNotFound
                    | RefusalCode::RunNotFound
                    | RefusalCode::VerdictNotFound
                    | RefusalCode::MethodNotAllowed
                    | RefusalCode::DecisionImpossible
                    | RefusalCode::ExportTooLarge
            ),
            (Access::Uploader | Access::Viewer | Access::Analyst, operation) => {
                matches!(code.status(), 401 | 403 | 404 | 500 | 503)
                    || matches!(
                        code,
                        RefusalCode::RequestMalformed | RefusalCode::AuthorizationAmbiguous
                    )
                    || (*code == RefusalCode::DecisionImpossible && route.access == Access::Analyst)
                    || (*code == RefusalCode::ExportTooLarge && operation.starts_with("export_"))
            }
            (Access::Public, "get_readiness") => *code == RefusalCode::Busy,
            (Access::Public, "get_problem") => *code == RefusalCode::NotFound,
            (Access::Public, _) => *code == RefusalCode::Internal,
            (Access::Page(_), _) => false,
        };
        if occurs {
            by_status.entry(code.status()).or_default().push(*code);
        }
    }
    by_status
}
