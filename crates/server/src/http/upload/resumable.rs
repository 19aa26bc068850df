//! Sending a file in several requests, as *Resumable Uploads for HTTP* has it
//! (draft-ietf-httpbis-resumable-upload-12): begun by a POST that says `Upload-Complete`, its offset asked
//! for by HEAD, gone on with by PATCH, given up by DELETE, announced in the answer to OPTIONS.
//!
//! Not for: files that come in one request and say nothing of it; those are uploads like any other.
//!
//! Invariant: `Upload-Offset` in an answer says how many bytes are durable. What came of a request that was
//! cut off is kept. A file is received only when its sender says that it is complete.

mod answers;
mod append;
mod fields;
mod notices;
mod whole;

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequest, Path, Request, State};
use domain::{RefusalCode, ResumableId};
use http::request::Parts;
use http_body::Body as _;
use store::{NewResumable, ResumableBegin, ResumableLimits, ResumableUpload, WhenKnown};
use tokio::time::Instant;

use super::body::TimedBody;
use super::headers::{UploadHead, too_large};
use super::{intake_refusal, too_frequent};
use crate::App;
use crate::http::access::{Uploader, out_of_scope};
use crate::http::error::ApiError;
use crate::http::operation::{Operation, Takes};
use crate::http::respond::NoContent;
use crate::intake;
use crate::limits::{
    RESUMABLE_BYTES_MAX, RESUMABLE_BYTES_PER_CUSTOMER_MAX, RESUMABLE_LASTS,
    RESUMABLE_OPEN_PER_CUSTOMER_MAX, RESUMABLE_OPEN_PER_TOKEN_MAX,
};

use answers::ResumableOffset;
pub(crate) use answers::{AppendAnswer, ResumptionOffer, SendAnswer};
use append::Append;
use fields::{AppendHead, UPLOAD_LIMIT};
pub(super) use fields::{Complete, completeness};
use notices::Notices;

/// A request with more of a file in its body, of which nothing is read yet.
#[derive(Debug)]
pub(crate) struct AppendRequest(Request);

/// Says that and how files can be sent in several requests.
pub(crate) async fn offer_resumption(
    _uploader: Uploader,
    State(app): State<App>,
) -> ResumptionOffer {
    ResumptionOffer { bytes_max: app.limits.body_bytes_max }
}

/// Begins a file of which this request has nothing, a first part, or all.
pub(super) async fn begin(
    app: &App,
    uploader: Uploader,
    (parts, body): (Parts, Body),
    complete: Complete,
) -> Result<SendAnswer, ApiError> {
    let upload = UploadHead::parse(&parts, &uploader.scope, &app.limits)?;
    let head = AppendHead::of_first(&parts.headers, complete).before(&body);
    let length = head.whole_length(None)?;
    check_length(app, length)?;
    app.admission.count_upload(uploader.token, Instant::now()).map_err(too_frequent)?;
    // Its parts, and the whole that they become.
    let room = length.map(|length| length.saturating_mul(2));
    let permit = intake::admit(app, &uploader.customer, room).map_err(intake_refusal)?;
    let when_known = if body.is_end_stream() { WhenKnown::GoesOn } else { WhenKnown::BeginsAnew };
    let of = match begin_or_find(app, &uploader, upload, length, when_known).await? {
        ResumableBegin::Begun(begun) => begun,
        ResumableBegin::Known(known) => {
            return Ok(SendAnswer::Begun(ResumableOffset::of(app, known)));
        }
        ResumableBegin::TooMany => return Err(ApiError::new(RefusalCode::UploadsTooMany)),
        ResumableBegin::NoRoom => return Err(ApiError::new(RefusalCode::StorageFull)),
    };
    let offset = ResumableOffset::of(app, of.clone());
    let notices = Notices::of(&parts);
    notices.begun(&offset);
    if when_known == WhenKnown::GoesOn && complete == Complete::Later {
        return Ok(SendAnswer::Begun(offset));
    }
    let append = Append::begin(app, &uploader.store, of, (permit, notices)).await;
    let (app, token) = (app.clone(), uploader.token);
    // A client that goes away must not stop what has begun: what came is kept.
    let work = tokio::spawn(async move {
        let append = append.run(TimedBody::new(body, &app.limits)).await?;
        match complete {
            Complete::Later => Ok(SendAnswer::Begun(ResumableOffset::of(&app, append.of))),
            Complete::Now => Ok(SendAnswer::Whole(whole::receive(append, token).await?)),
        }
    });
    work.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}

fn check_length(app: &App, length: Option<u64>) -> Result<(), ApiError> {
    let max = app.limits.body_bytes_max;
    match length.filter(|length| *length > max) {
        Some(length) => {
            let limit = format!("max-size={max}").try_into().expect("a number is ASCII");
            Err(too_large(length, max).with_header(UPLOAD_LIMIT, limit))
        }
        None => Ok(()),
    }
}

async fn begin_or_find(
    app: &App,
    uploader: &Uploader,
    head: UploadHead,
    length: Option<u64>,
    when_known: WhenKnown,
) -> Result<ResumableBegin, ApiError> {
    let now = app.clock.now();
    let new = NewResumable {
        id: ResumableId::new(now, app.randomness.bytes()),
        unit: uploader.unit.clone(),
        token: uploader.token,
        file_type: head.file_type,
        file_name: head.file_name,
        coding: head.coding,
        sha256: head.stored_digest,
        wire_sha256: head.wire_digest,
        idempotency_key: head.idempotency_key,
        length,
        begun_at: now,
        expires_at: now + RESUMABLE_LASTS,
        when_known,
    };
    let longest = app.limits.body_bytes_max;
    let limits = ResumableLimits {
        open_per_token_max: RESUMABLE_OPEN_PER_TOKEN_MAX,
        open_per_customer_max: RESUMABLE_OPEN_PER_CUSTOMER_MAX,
        bytes_per_customer_max: RESUMABLE_BYTES_PER_CUSTOMER_MAX.max(longest),
        bytes_max: RESUMABLE_BYTES_MAX.max(longest),
        longest_bytes: longest,
    };
    let store = &uploader.store;
    let begun = store.begin_resumable(new.clone(), limits).await.map_err(begin_error)?;
    let ResumableBegin::Known(known) = &begun else { return Ok(begun) };
    if known.upload.is_some() || store.has_parts(known).await? {
        return Ok(begun);
    }
    store.remove_resumable(known).await?;
    store.begin_resumable(new, limits).await.map_err(begin_error)
}

fn begin_error(error: store::Error) -> ApiError {
    match error {
        store::Error::Conflict { .. } => ApiError::new(RefusalCode::IdempotencyKeyReused),
        error => error.into(),
    }
}

/// Says how much of a file is safe.
pub(crate) async fn get_resumable_offset(
    uploader: Uploader,
    State(app): State<App>,
    Path((_customer, _unit, id)): Path<(String, String, String)>,
) -> Result<ResumableOffset, ApiError> {
    let of = find(&app, &uploader, &id).await?;
    // Whoever asks has no request under way any more, whatever this side knows of it.
    let turn = app.admission.appends.take_turn(of.id).await;
    let of = find(&app, &uploader, &id).await?;
    drop(turn);
    if of.upload.is_none() && !uploader.store.has_parts(&of).await? {
        uploader.store.remove_resumable(&of).await?;
        return Err(ApiError::new(RefusalCode::ResumableNotFound));
    }
    Ok(ResumableOffset::of(&app, of))
}

/// Goes on with a file where it stands.
pub(crate) async fn append_to_resumable(
    uploader: Uploader,
    State(app): State<App>,
    Path((_customer, _unit, id)): Path<(String, String, String)>,
    AppendRequest(request): AppendRequest,
) -> Result<AppendAnswer, ApiError> {
    let (parts, body) = request.into_parts();
    let head = AppendHead::parse(&parts.headers)?.before(&body);
    let of = find(&app, &uploader, &id).await?;
    app.admission.count_upload(uploader.token, Instant::now()).map_err(too_frequent)?;
    // What is still to come, and the whole that the parts become.
    let room = of.length.map(|length| length.saturating_mul(2).saturating_sub(of.received));
    let permit = intake::admit(&app, &uploader.customer, room.or(head.declared));
    let permit = permit.map_err(intake_refusal)?;
    let held = (permit, Notices::of(&parts));
    let mut append = Append::begin(&app, &uploader.store, of, held).await;
    // Another request may have gone on with it while this one waited for its turn.
    append.of = find(&app, &uploader, &id).await?;
    if append.of.upload.is_some() {
        return Err(answers::completed(&append.of, &head));
    }
    if head.offset != append.of.received {
        return Err(answers::offset_mismatch(append.of.received));
    }
    let length = head.whole_length(append.of.length)?;
    check_length(&app, length)?;
    append.note_length(length).await?;
    let token = uploader.token;
    // A client that goes away must not stop what has begun: what came is kept.
    let work = tokio::spawn(async move {
        let append = append.run(TimedBody::new(body, &app.limits)).await?;
        match head.complete {
            Complete::Later => Ok(AppendAnswer::Part(ResumableOffset::of(&app, append.of))),
            Complete::Now => Ok(AppendAnswer::Whole(whole::receive(append, token).await?)),
        }
    });
    work.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}

/// Gives a file up.
pub(crate) async fn cancel_resumable(
    uploader: Uploader,
    State(app): State<App>,
    Path((_customer, _unit, id)): Path<(String, String, String)>,
) -> Result<NoContent, ApiError> {
    let of = find(&app, &uploader, &id).await?;
    let turn = app.admission.appends.take_turn(of.id).await;
    uploader.store.remove_resumable(&of).await?;
    drop(turn);
    Ok(NoContent)
}

async fn find(app: &App, uploader: &Uploader, id: &str) -> Result<ResumableUpload, ApiError> {
    let unknown = || ApiError::new(RefusalCode::ResumableNotFound);
    let id: ResumableId = id.parse().map_err(|_no_id| unknown())?;
    let found = uploader.store.resumable_upload(&uploader.unit, id, app.clock.now()).await?;
    let found = found.ok_or_else(unknown)?;
    if uploader.scope.allows_type(found.file_type) {
        Ok(found)
    } else {
        Err(out_of_scope(&uploader.scope))
    }
}

impl FromRequest<App> for AppendRequest {
    type Rejection = Infallible;

    async fn from_request(request: Request, _app: &App) -> Result<Self, Infallible> {
        Ok(Self(request))
    }
}

impl Takes for AppendRequest {
    fn describe(operation: &mut Operation<'_>) {
        answers::describe_append(operation);
        operation.refuses(&super::REFUSALS);
        operation.refuses(&[RefusalCode::OffsetMismatched, RefusalCode::UploadCompleted]);
    }
}
