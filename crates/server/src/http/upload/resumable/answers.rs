//! Answers about files that are sent in several requests, and what the document says of them.
//!
//! Not for: deciding what is answered.

use api::{Receipt, ResumableUploadState};
use axum::response::{IntoResponse, Response};
use domain::{ContentCoding, RefusalCode};
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::ResumableUpload;

use super::fields::{
    AppendHead, PARTIAL_UPLOAD, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_LIMIT, UPLOAD_OFFSET,
    malformed,
};
use crate::App;
use crate::http::error::ApiError;
use crate::http::operation::{Answers, Operation};
use crate::http::respond::json_with_headers;
use crate::http::upload::receipt::Receiving;
use crate::limits::RESUMABLE_LASTS;

const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// 204: files can be sent in several requests, up to this length.
#[derive(Debug)]
pub(crate) struct ResumptionOffer {
    pub(super) bytes_max: u64,
}

/// 204: so much of a file is safe.
#[derive(Debug)]
pub(crate) struct ResumableOffset {
    of: ResumableUpload,
    bytes_max: u64,
    now: Timestamp,
}

/// The answer to a POST of a file.
#[derive(Debug)]
pub(crate) enum SendAnswer {
    /// 201: the file is received, as it came in one request.
    Received(Receiving),
    /// 201: the file is begun, and goes on at the place that is answered.
    Begun(ResumableOffset),
    /// 201: the file is received, though it could have been gone on with.
    Whole(Receiving),
}

/// The answer to a request that appends.
#[derive(Debug)]
pub(crate) enum AppendAnswer {
    /// 204: what came is safe.
    Part(ResumableOffset),
    /// 201: the file is whole and received.
    Whole(Receiving),
}

/// A refusal of a file that came whole: to go on with it is in vain.
pub(super) fn refused_as_whole(error: ApiError) -> ApiError {
    error.with_header(UPLOAD_COMPLETE, HeaderValue::from_static("?1"))
}

/// The refusal of a request that appends to a file which is received already, and where that is.
pub(super) fn completed(of: &ResumableUpload, head: &AppendHead) -> ApiError {
    if head.declared != Some(0) {
        return refused_as_whole(malformed("the file is complete, and nothing can be added to it"));
    }
    let error = refused_as_whole(ApiError::new(RefusalCode::UploadCompleted));
    match received_at(of) {
        Some(path) => error.with_header(header::LOCATION, header_value(path)),
        None => error,
    }
}

/// The path of the upload that a file became.
fn received_at(of: &ResumableUpload) -> Option<String> {
    let ResumableUpload { customer, unit, .. } = of;
    of.upload.map(|upload| format!("/customers/{customer}/units/{unit}/Uploads/{upload}"))
}

fn header_value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("numbers, names and words are ASCII")
}

pub(super) fn offset_mismatch(received: u64) -> ApiError {
    ApiError::new(RefusalCode::OffsetMismatched)
        .with_header(UPLOAD_OFFSET, HeaderValue::from(received))
        .with_header(UPLOAD_COMPLETE, HeaderValue::from_static("?0"))
}

impl ResumableOffset {
    pub(super) fn of(app: &App, of: ResumableUpload) -> Self {
        Self { of, bytes_max: app.limits.body_bytes_max, now: app.clock.now() }
    }

    /// The path where the file goes on.
    pub(super) fn path(&self) -> String {
        let ResumableUpload { customer, unit, id, .. } = &self.of;
        format!("/customers/{customer}/units/{unit}/Uploads/resumable/{id}")
    }

    pub(super) fn limit(&self) -> String {
        limit(self.bytes_max, self.of.expires_at.duration_since(self.now).as_secs())
    }

    fn fields(&self) -> Vec<(HeaderName, String)> {
        let is_complete = if self.of.upload.is_some() { "?1" } else { "?0" };
        let mut fields = vec![
            (UPLOAD_OFFSET, self.of.received.to_string()),
            (UPLOAD_COMPLETE, is_complete.to_owned()),
            (UPLOAD_LIMIT, self.limit()),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        fields.extend(self.of.length.map(|length| (UPLOAD_LENGTH, length.to_string())));
        // Of one that is begun or under way `Location` is another place.
        fields.extend(received_at(&self.of).map(|path| (header::LOCATION, path)));
        fields
    }

    fn state(&self) -> ResumableUploadState {
        ResumableUploadState {
            resumable_id: self.of.id,
            offset: self.of.received,
            length: self.of.length,
            expires_at: self.of.expires_at,
        }
    }

    /// 201 with the place where the file goes on.
    fn into_begun(self) -> Response {
        let location = self.path();
        let response = json_with_headers(StatusCode::CREATED, &self.state(), &[]);
        let mut response = with_fields(response, self.fields());
        response.headers_mut().insert(header::LOCATION, header_value(location));
        response
    }
}

fn limit(bytes_max: u64, seconds: i64) -> String {
    format!("max-size={bytes_max}, max-age={}", seconds.max(0))
}

fn with_fields(mut response: Response, fields: Vec<(HeaderName, String)>) -> Response {
    for (name, value) in fields {
        response.headers_mut().insert(name, header_value(value));
    }
    response
}

fn received_in_parts(receiving: Receiving) -> Response {
    with_fields(receiving.into_response(), vec![(UPLOAD_COMPLETE, "?1".to_owned())])
}

impl IntoResponse for ResumptionOffer {
    fn into_response(self) -> Response {
        let fields = vec![
            (header::ALLOW, "POST, OPTIONS".to_owned()),
            (ACCEPT_PATCH, PARTIAL_UPLOAD.to_owned()),
            (header::ACCEPT_ENCODING, ContentCoding::ACCEPTED.to_owned()),
            (UPLOAD_LIMIT, limit(self.bytes_max, RESUMABLE_LASTS.as_secs())),
        ];
        with_fields(StatusCode::NO_CONTENT.into_response(), fields)
    }
}

impl IntoResponse for ResumableOffset {
    fn into_response(self) -> Response {
        with_fields(StatusCode::NO_CONTENT.into_response(), self.fields())
    }
}

impl IntoResponse for SendAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Received(receiving) => receiving.into_response(),
            Self::Begun(offset) => offset.into_begun(),
            Self::Whole(receiving) => received_in_parts(receiving),
        }
    }
}

impl IntoResponse for AppendAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Part(offset) => offset.into_response(),
            Self::Whole(receiving) => received_in_parts(receiving),
        }
    }
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn number(description: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": description })
}

fn describe_standing(operation: &mut Operation<'_>, status: u16) {
    operation.answer(status);
    operation.answers_header(status, "Upload-Offset", number("Bytes that are safe."));
    operation.answers_header(status, "Upload-Complete", text("`?1` once the file is received."));
    operation.answers_header(status, "Upload-Length", number("Of the whole, once it is known."));
    operation.answers_header(
        status,
        "Location",
        text("Where it goes on; of one that is received, where the upload can be looked at."),
    );
    operation.answers_header(
        status,
        "Upload-Limit",
        text("`max-size` in bytes, and `max-age`: the seconds after which it is given up."),
    );
}

impl Answers for ResumptionOffer {
    fn describe(operation: &mut Operation<'_>) {
        operation.answer(204);
        operation.answers_header(204, "Accept-Patch", text("application/partial-upload"));
        operation.answers_header(204, "Accept-Encoding", text("How a body may be packed."));
        operation.answers_header(204, "Upload-Limit", text("`max-size` in bytes, and `max-age`."));
    }
}

impl Answers for ResumableOffset {
    fn describe(operation: &mut Operation<'_>) {
        describe_standing(operation, 204);
    }
}

impl Answers for SendAnswer {
    /// A receipt, or where a file that is begun goes on.
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<ResumableUploadState>(201);
        let begun = operation.answer(201)["content"]["application/json"]["schema"].take();
        describe_standing(operation, 201);
        Receiving::describe(operation);
        operation.answers_json::<Receipt>(201);
        let received = operation.answer(201)["content"]["application/json"]["schema"].take();
        let either = json!({ "anyOf": [received, begun] });
        operation.answers(201, "application/json", &either);
        describe_begin(operation);
    }
}

impl Answers for AppendAnswer {
    fn describe(operation: &mut Operation<'_>) {
        describe_standing(operation, 204);
        Receiving::describe(operation);
        operation.answers_header(201, "Upload-Complete", text("`?1`"));
    }
}

/// The fields by which a file is begun, beside those that every upload has.
fn describe_begin(operation: &mut Operation<'_>) {
    let description = "`?0`: the body is none or a first part of the file, which goes on by PATCH at the \
        Location of the answer (Resumable Uploads for HTTP). `?1`: the body is all of it, and what came of one \
        that breaks off is kept, to be gone on with at the Location of the interim answer 104.";
    operation.takes_header(
        "Upload-Complete",
        json!({ "type": "string", "enum": ["?0", "?1"], "description": description }),
    );
    operation.takes_header("Upload-Length", number("Of the whole, with Upload-Complete."));
}

/// The fields of a request that appends.
pub(super) fn describe_append(operation: &mut Operation<'_>) {
    operation.takes_header("Upload-Offset", number("Where the body begins in the file."));
    operation.takes_header(
        "Upload-Complete",
        json!({
            "type": "string",
            "enum": ["?0", "?1"],
            "description": "`?1`: the file ends with the body. `?0`: not yet.",
        }),
    );
    operation.takes_header("Upload-Length", number("Of the whole."));
    operation.takes_bytes("The bytes of the file from that place on.", &[PARTIAL_UPLOAD]);
}
