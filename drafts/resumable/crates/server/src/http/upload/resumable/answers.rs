//! Answers about files that are sent in several requests.

use api::ResumableUploadState;
use axum::response::{IntoResponse, Response};
use domain::{MediaType, RefusalCode};
use http::header::{self, HeaderName, HeaderValue};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;
use store::ResumableUpload;

use super::super::{FileRequest, Receiving};
use super::fields::{PARTIAL_UPLOAD, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_LIMIT, UPLOAD_OFFSET};
use crate::App;
use crate::http::error::ApiError;
use crate::http::operation::{Answers, Operation};
use crate::http::respond::json_with_headers;
use crate::limits::RESUMABLE_LASTS;
use crate::site::Site;

/// 204: files can be sent in several requests, up to this length.
#[derive(Debug)]
pub(crate) struct Offered {
    pub(super) bytes_max: u64,
}

/// 204: so much of a file is safe.
#[derive(Debug)]
pub(crate) struct Standing {
    of: ResumableUpload,
    bytes_max: u64,
    now: Timestamp,
}

/// 201: a file is begun, and this is where it goes on.
#[derive(Debug)]
pub(crate) struct Begun(Standing);

/// The answer to a request that appends.
#[derive(Debug)]
pub(crate) enum Appending {
    /// 204: a part is safe.
    Part(Standing),
    /// 201: the file is whole and received.
    Whole(Receiving),
}

/// A refusal of a file that came whole: trying to go on with it is in vain.
pub(super) fn refused_as_whole(error: ApiError) -> ApiError {
    error.with_header(UPLOAD_COMPLETE, HeaderValue::from_static("?1"))
}

pub(super) fn offset_mismatch(received: u64) -> ApiError {
    ApiError::new(RefusalCode::OffsetMismatched)
        .with_header(UPLOAD_OFFSET, HeaderValue::from(received))
}

impl Standing {
    pub(super) fn of(app: &App, of: ResumableUpload) -> Self {
        Self { of, bytes_max: app.limits.body_bytes_max, now: app.clock.now() }
    }

    /// The path below which nothing but this server's prefix stands.
    fn path(&self) -> String {
        let ResumableUpload { customer, unit, id, .. } = &self.of;
        format!("/customers/{customer}/units/{unit}/Uploads/resumable/{id}")
    }

    fn fields(&self) -> Vec<(HeaderName, String)> {
        let left = self.of.expires_at.duration_since(self.now).as_secs();
        let is_complete = if self.of.upload.is_some() { "?1" } else { "?0" };
        let mut fields = vec![
            (UPLOAD_OFFSET, self.of.received.to_string()),
            (UPLOAD_COMPLETE, is_complete.to_owned()),
            (UPLOAD_LIMIT, limit(self.bytes_max, left)),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        fields.extend(self.of.length.map(|length| (UPLOAD_LENGTH, length.to_string())));
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
}

impl Begun {
    pub(super) fn of(app: &App, of: ResumableUpload) -> Self {
        Self(Standing::of(app, of))
    }
}

fn limit(bytes_max: u64, seconds: i64) -> String {
    format!("max-size={bytes_max}, max-age={}", seconds.max(0))
}

fn with_fields(mut response: Response, fields: Vec<(HeaderName, String)>) -> Response {
    for (name, value) in fields {
        let value = HeaderValue::try_from(value).expect("numbers and words are ASCII");
        response.headers_mut().insert(name, value);
    }
    response
}

impl IntoResponse for Offered {
    fn into_response(self) -> Response {
        let fields = vec![
            (header::ALLOW, "POST, OPTIONS".to_owned()),
            (header::HeaderName::from_static("accept-patch"), PARTIAL_UPLOAD.to_owned()),
            (header::ACCEPT_ENCODING, "gzip, zstd".to_owned()),
            (UPLOAD_LIMIT, limit(self.bytes_max, RESUMABLE_LASTS.as_secs())),
        ];
        with_fields(StatusCode::NO_CONTENT.into_response(), fields)
    }
}

impl IntoResponse for Standing {
    fn into_response(self) -> Response {
        with_fields(StatusCode::NO_CONTENT.into_response(), self.fields())
    }
}

impl IntoResponse for Begun {
    fn into_response(self) -> Response {
        let location = Site::of_request().href(&self.0.path());
        let response =
            json_with_headers(StatusCode::CREATED, &self.0.state(), &[(header::LOCATION, &location)]);
        with_fields(response, self.0.fields())
    }
}

impl IntoResponse for Appending {
    fn into_response(self) -> Response {
        match self {
            Self::Part(standing) => standing.into_response(),
            Self::Whole(receiving) => {
                let complete = vec![(UPLOAD_COMPLETE, "?1".to_owned())];
                with_fields(receiving.into_response(), complete)
            }
        }
    }
}

fn describe_standing(operation: &mut Operation<'_>, status: u16) {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let number = |description: &str| json!({ "type": "integer", "description": description });
    operation.answer(status);
    operation.answers_header(status, "Upload-Offset", number("Bytes that are safe."));
    operation.answers_header(status, "Upload-Complete", text("?1 once the file is received."));
    operation.answers_header(status, "Upload-Length", number("Of the whole file, once it is known."));
    operation.answers_header(
        status,
        "Upload-Limit",
        text("max-size in bytes, and max-age: the seconds after which it is given up."),
    );
}

impl Answers for Offered {
    fn describe(operation: &mut Operation<'_>) {
        let text = |description: &str| json!({ "type": "string", "description": description });
        operation.answer(204);
        operation.answers_header(204, "Accept-Patch", text("application/partial-upload"));
        operation.answers_header(204, "Accept-Encoding", text("How a body may be packed."));
        operation.answers_header(204, "Upload-Limit", text("max-size in bytes, and max-age."));
    }
}

impl Answers for Standing {
    fn describe(operation: &mut Operation<'_>) {
        describe_standing(operation, 204);
        operation.refuses(&[RefusalCode::ResumableNotFound]);
    }
}

impl Answers for Appending {
    fn describe(operation: &mut Operation<'_>) {
        describe_standing(operation, 204);
        Receiving::describe(operation);
        let number = |description: &str| json!({ "type": "integer", "description": description });
        let text = |description: &str| json!({ "type": "string", "description": description });
        operation.takes_header("Upload-Offset", number("Where the body begins in the file."));
        operation.takes_header("Upload-Complete", text("?1: the file ends with the body. ?0: not yet."));
        operation.takes_header("Upload-Length", number("Of the whole file."));
        operation.refuses(&[RefusalCode::ResumableNotFound, RefusalCode::OffsetMismatched]);
    }
}

/// What a file is begun with, beside what every upload has.
pub(in crate::http::upload) fn describe_begin(operation: &mut Operation<'_>) {
    let number = |description: &str| json!({ "type": "integer", "description": description });
    let text = |description: &str| json!({ "type": "string", "description": description });
    operation.takes_header(
        "Upload-Complete",
        text(
            "?0: the body is none or a first part of the file, which goes on by PATCH at the Location of the \
             answer (Resumable Uploads for HTTP). ?1, or no such header: the body is the file.",
        ),
    );
    operation.takes_header("Upload-Length", number("Of the whole file, with Upload-Complete: ?0."));
}

/// Media types of what is sent, for the document.
pub(in crate::http::upload) const PART_MEDIA: [&str; 1] = [PARTIAL_UPLOAD];

#[expect(dead_code, reason = "names the types that the document links")]
fn types(_request: FileRequest, _media: MediaType) {}
