//! Answers that many handlers give, each with its media type and what the document says of it.

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::http::error::ApiError;
use crate::http::if_match::entity_tag;
use crate::http::operation::{Answers, Operation};

/// 200 with a value as JSON.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// 200 with a page of a list as JSON, or with all of the list as CSV.
#[derive(Debug)]
pub(crate) enum JsonOrCsv<T> {
    Json(Json<T>),
    Csv(Response),
}

/// A list that is answered as CSV too.
pub(crate) trait CsvList {
    const COLUMNS: &'static [&'static str];
    /// The noun of what stands on a line.
    const ROW: &'static str;
}

/// 200 with a finding or the like as JSON, and the entry of its history that it stands at as its entity tag.
#[derive(Debug)]
pub(crate) struct TaggedJson<T> {
    pub(crate) entry: u64,
    pub(crate) body: T,
}

/// 200 with a finding that was decided; 202 where the verdict waits for a second person.
#[derive(Debug)]
pub(crate) struct DecidedJson<T> {
    pub(crate) finding: TaggedJson<T>,
    pub(crate) is_proposed: bool,
}

/// 202: it will be done; `location` is where it can be followed.
#[derive(Debug)]
pub(crate) struct AcceptedJson<T> {
    pub(crate) location: String,
    pub(crate) body: T,
}

/// 204: done, and there is nothing to say about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoContent;

/// 200 in plain text.
#[derive(Debug)]
pub(crate) struct PlainText(pub(crate) String);

/// 200 with a JSON document that is written once and shared by all answers: whoever asks for it again and
/// again and reads none of it costs no copies.
#[derive(Debug, Clone)]
pub(crate) struct JsonDocument(Bytes);

/// An answer that may be kept for so many seconds by whoever passes it on.
#[derive(Debug)]
pub(crate) struct CachedAnswer<A>(pub(crate) u32, pub(crate) A);

/// Writes a value as JSON.
fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => {
            let mut response =
                with_type(Body::from(bytes), HeaderValue::from_static("application/json"));
            *response.status_mut() = status;
            response
        }
        Err(fault) => ApiError::internal(fault).into_response(),
    }
}

fn with_type(body: Body, media: HeaderValue) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response
}

/// Adds a header whose value was made here; one that is none is a fault of ours.
fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    match HeaderValue::try_from(value) {
        Ok(value) => {
            response.headers_mut().insert(name, value);
            response
        }
        Err(fault) => ApiError::internal(fault).into_response(),
    }
}

/// Answers a status, JSON and headers.
pub(super) fn json_with_headers(
    status: StatusCode,
    body: &impl Serialize,
    headers: &[(HeaderName, &str)],
) -> Response {
    headers.iter().fold(json_response(status, body), |response, (name, value)| {
        with_header(response, name.clone(), value)
    })
}

/// The schema of a CSV for a spreadsheet.
pub(super) fn csv_schema(columns: &[&str], row: &str) -> Value {
    let columns = columns.join(",");
    json!({ "type": "string", "description": format!("A header line, {columns}, then a line for each {row}; \
        cells that a spreadsheet would calculate begin with an apostrophe.") })
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, &self.0)
    }
}

impl<T: JsonSchema> Answers for Json<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<T>(200);
    }
}

impl<T: Serialize> IntoResponse for JsonOrCsv<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Json(page) => page.into_response(),
            Self::Csv(file) => file,
        }
    }
}

impl<T: JsonSchema + CsvList> Answers for JsonOrCsv<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<T>(200);
        operation.answers(200, "text/csv", &csv_schema(T::COLUMNS, T::ROW));
    }
}

impl<T: Serialize> IntoResponse for TaggedJson<T> {
    fn into_response(self) -> Response {
        let tag = entity_tag(self.entry);
        json_with_headers(StatusCode::OK, &self.body, &[(header::ETAG, &tag)])
    }
}

impl<T: JsonSchema> Answers for TaggedJson<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<T>(200);
        operation.answers_header(
            200,
            "ETag",
            json!({ "type": "string", "description": "What a decision about it says in If-Match." }),
        );
    }
}

impl<T: Serialize> IntoResponse for DecidedJson<T> {
    fn into_response(self) -> Response {
        let mut response = self.finding.into_response();
        if self.is_proposed && response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::ACCEPTED;
        }
        response
    }
}

impl<T: JsonSchema> Answers for DecidedJson<T> {
    fn describe(operation: &mut Operation<'_>) {
        TaggedJson::<T>::describe(operation);
        operation.answers_json::<T>(202);
        operation.answers_header(
            202,
            "ETag",
            json!({ "type": "string", "description": "What a decision about it says in If-Match." }),
        );
    }
}

impl<T: Serialize> IntoResponse for AcceptedJson<T> {
    fn into_response(self) -> Response {
        json_with_headers(StatusCode::ACCEPTED, &self.body, &[(header::LOCATION, &self.location)])
    }
}

impl<T: JsonSchema> Answers for AcceptedJson<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<T>(202);
        operation.answers_header(
            202,
            "Location",
            json!({ "type": "string", "description": "Where it can be followed." }),
        );
    }
}

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Answers for NoContent {
    fn describe(operation: &mut Operation<'_>) {
        operation.answer(204);
    }
}

impl IntoResponse for PlainText {
    fn into_response(self) -> Response {
        with_type(Body::from(self.0), HeaderValue::from_static("text/plain; charset=utf-8"))
    }
}

impl Answers for PlainText {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers(200, "text/plain", &json!({ "type": "string" }));
    }
}

impl JsonDocument {
    pub(crate) fn new(document: &Value) -> Self {
        let bytes = serde_json::to_vec(document).expect("keys of JSON values are text");
        Self(bytes.into())
    }
}

impl IntoResponse for JsonDocument {
    fn into_response(self) -> Response {
        with_type(Body::from(self.0), HeaderValue::from_static("application/json"))
    }
}

impl Answers for JsonDocument {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers(200, "application/json", &json!({ "type": "object" }));
    }
}

impl<A: IntoResponse> IntoResponse for CachedAnswer<A> {
    fn into_response(self) -> Response {
        let value = format!("public, max-age={}", self.0);
        with_header(self.1.into_response(), header::CACHE_CONTROL, &value)
    }
}

impl<A: Answers> Answers for CachedAnswer<A> {
    fn describe(operation: &mut Operation<'_>) {
        A::describe(operation);
    }
}
