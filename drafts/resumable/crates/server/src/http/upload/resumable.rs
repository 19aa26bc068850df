//! Sending a file in several requests, as *Resumable Uploads for HTTP* has it
//! (draft-ietf-httpbis-resumable-upload-12): begun by a POST that says `Upload-Complete: ?0`, its offset asked
//! for by HEAD, gone on with by PATCH, given up by DELETE, announced in the answer to OPTIONS.
//!
//! Not for: files that come whole, with `Upload-Complete: ?1` or without; those are uploads like any other.
//!
//! Invariant: `Upload-Offset` in an answer says how many bytes are durable. What was sent of a request that was
//! cut off is kept. A file is received only when its sender says that it is complete.

mod answers;
mod fields;
mod whole;

use axum::body::Body;
use axum::extract::{Path, State};
use domain::{AccessScope, RefusalCode, ResumableId};
use http::HeaderMap;
use http::request::Parts;
use store::{CustomerStore, NewResumable, PartWriter, ResumableBegin, ResumableLimits, ResumableUpload};
use tokio::time::Instant;

use super::body::TimedBody;
use super::headers::{Coding, UploadHead, too_large};
use super::{FileRequest, intake_refusal, too_frequent};
use crate::App;
use crate::admission::{Permit, Turn};
use crate::http::access::{Uploader, out_of_scope};
use crate::http::error::ApiError;
use crate::http::respond::NoContent;
use crate::intake;
use crate::limits::{
    RESUMABLE_BYTES_PER_CUSTOMER_MAX, RESUMABLE_LASTS, RESUMABLE_OPEN_PER_CUSTOMER_MAX,
    RESUMABLE_PART_BYTES,
};

pub(crate) use answers::{Appending, Begun, Offered, Standing};
pub(super) use fields::is_to_be_continued;
use fields::{Complete, parse_append, parse_upload_length};

/// Says that and how files can be sent in several requests.
pub(crate) async fn offer_resumption(_uploader: Uploader, State(app): State<App>) -> Offered {
    Offered { bytes_max: app.limits.body_bytes_max }
}

/// Begins a file of which this request has nothing or a first part.
pub(super) async fn begin(
    app: &App,
    uploader: &Uploader,
    parts: &Parts,
    body: Body,
) -> Result<Begun, ApiError> {
    let head = UploadHead::parse(parts, &uploader.scope, &app.limits)?;
    if !matches!(head.coding, Coding::Identity) {
        return Err(ApiError::because(
            RefusalCode::ContentCodingUnsupported,
            "a file that is sent in several requests is not packed",
        ));
    }
    let length = parse_upload_length(&parts.headers)?;
    if let Some(length) = length.filter(|length| *length > app.limits.body_bytes_max) {
        return Err(too_large(length, app.limits.body_bytes_max));
    }
    app.admission.count_upload(uploader.token, Instant::now()).map_err(too_frequent)?;
    let permit = intake::admit(app, &uploader.customer, length).map_err(intake_refusal)?;
    let now = app.clock.now();
    let new = NewResumable {
        id: ResumableId::new(now, app.randomness.bytes()),
        unit: uploader.unit.clone(),
        file_type: head.file_type,
        file_name: head.file_name,
        sha256: head.stored_digest,
        idempotency_key: head.idempotency_key,
        length,
        begun_at: now,
        expires_at: now + RESUMABLE_LASTS,
    };
    let limits = ResumableLimits {
        open_max: RESUMABLE_OPEN_PER_CUSTOMER_MAX,
        bytes_max: RESUMABLE_BYTES_PER_CUSTOMER_MAX.max(app.limits.body_bytes_max),
    };
    let begun = match uploader.store.begin_resumable(new, limits).await {
        Ok(ResumableBegin::Begun(begun)) => begun,
        // What it says of its content is where it stands already.
        Ok(ResumableBegin::Known(known)) => return Ok(Begun::of(app, known)),
        Ok(ResumableBegin::TooMany) => return Err(ApiError::new(RefusalCode::UploadsTooMany)),
        Err(store::Error::Conflict { .. }) => {
            return Err(ApiError::new(RefusalCode::IdempotencyKeyReused));
        }
        Err(error) => return Err(error.into()),
    };
    if head.declared_bytes == Some(0) {
        return Ok(Begun::of(app, begun));
    }
    let append = Append::begin(app, &uploader.store, begun, permit).await;
    let appended = append.run(TimedBody::new(body, &app.limits)).await?;
    Ok(Begun::of(app, appended.of))
}

/// Says how much of a file is safe.
pub(crate) async fn get_offset(
    uploader: Uploader,
    State(app): State<App>,
    Path((_customer, _unit, id)): Path<(String, String, String)>,
) -> Result<Standing, ApiError> {
    let of = find(&app, &uploader, &id).await?;
    // Whoever asks has no request under way any more, whatever this side knows of it.
    let turn = app.admission.appends.take_turn(of.id).await;
    drop(turn);
    let of = find(&app, &uploader, &id).await?;
    Ok(Standing::of(&app, of))
}

/// Goes on with a file where it stands.
pub(crate) async fn append(
    uploader: Uploader,
    State(app): State<App>,
    Path((_customer, _unit, id)): Path<(String, String, String)>,
    FileRequest(request): FileRequest,
) -> Result<Appending, ApiError> {
    let (parts, body) = request.into_parts();
    let wanted = parse_append(&parts.headers)?;
    let of = find(&app, &uploader, &id).await?;
    let declared = content_length(&parts.headers);
    let permit = intake::admit(&app, &uploader.customer, declared).map_err(intake_refusal)?;
    let mut append = Append::begin(&app, &uploader.store, of, permit).await;
    // Another request may have gone on with it while this one waited for its turn.
    append.of = find(&app, &uploader, &id).await?;
    if append.of.upload.is_some() {
        return whole::receipt_of(&append, declared).await;
    }
    if wanted.offset != append.of.received {
        return Err(answers::offset_mismatch(append.of.received));
    }
    append.check_length(&wanted, declared).await?;
    let token = uploader.token;
    // A client that goes away must not stop what has begun: what came is kept.
    let work = tokio::spawn(async move {
        let append = append.run(TimedBody::new(body, &append_limits(&app))).await?;
        match wanted.complete {
            Complete::Later => Ok(Appending::Part(Standing::of(&app, append.of))),
            Complete::Now => whole::receive(append, token).await,
        }
    });
    work.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}

fn append_limits(app: &App) -> crate::Limits {
    app.limits.clone()
}

/// Gives a file up.
pub(crate) async fn cancel(
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
    let scope: &AccessScope = &uploader.scope;
    if scope.allows_type(found.file_type) { Ok(found) } else { Err(out_of_scope(scope)) }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A request that appends, with its turn and its place among the uploads.
struct Append {
    app: App,
    store: CustomerStore,
    of: ResumableUpload,
    turn: Turn,
    _permit: Permit,
}

/// A part that was filled, or all that came.
enum Filled {
    Part,
    End,
}

impl Append {
    async fn begin(app: &App, store: &CustomerStore, of: ResumableUpload, permit: Permit) -> Self {
        let turn = app.admission.appends.take_turn(of.id).await;
        Self { app: app.clone(), store: store.clone(), of, turn, _permit: permit }
    }

    /// Holds what this request says of the whole length against what is known, and notes what is new.
    async fn check_length(
        &mut self,
        wanted: &fields::AppendHead,
        declared: Option<u64>,
    ) -> Result<(), ApiError> {
        let from_content = match (wanted.complete, declared) {
            (Complete::Now, Some(declared)) => Some(self.of.received.saturating_add(declared)),
            _ => None,
        };
        let said = [wanted.length, from_content];
        let mut said = said.into_iter().flatten();
        let Some(length) = said.next().or(self.of.length) else { return Ok(()) };
        let is_other = |other: &u64| *other != length;
        if said.next().as_ref().is_some_and(is_other) || self.of.length.as_ref().is_some_and(is_other)
        {
            return Err(ApiError::because(
                RefusalCode::RequestMalformed,
                "the length of the file is another than was said before",
            ));
        }
        if length > self.app.limits.body_bytes_max {
            return Err(too_large(length, self.app.limits.body_bytes_max));
        }
        if self.of.length.is_none() {
            self.store.set_resumable_length(self.of.id, length).await?;
            self.of.length = Some(length);
        }
        Ok(())
    }

    /// Adds what comes, part by part; what came before it was cut off is kept.
    async fn run(mut self, mut body: TimedBody) -> Result<Self, ApiError> {
        loop {
            let mut part = self.store.begin_part(&self.of, self.app.randomness.bytes()).await?;
            let filled = self.fill(&mut part, &mut body).await;
            self.of.received = match part.finish().await {
                Ok(received) => received,
                Err(store::Error::Conflict { .. }) => {
                    return Err(ApiError::new(RefusalCode::OffsetMismatched));
                }
                Err(error) => return Err(error.into()),
            };
            match filled? {
                Filled::Part => {}
                Filled::End => return Ok(self),
            }
        }
    }

    async fn fill(&self, part: &mut PartWriter, body: &mut TimedBody) -> Result<Filled, ApiError> {
        let max = self.of.length.unwrap_or(self.app.limits.body_bytes_max);
        while part.bytes() < RESUMABLE_PART_BYTES {
            let piece = tokio::select! {
                piece = body.next() => piece?,
                () = self.turn.is_wanted() => {
                    return Err(ApiError::new(RefusalCode::OffsetMismatched));
                }
            };
            let Some(piece) = piece else { return Ok(Filled::End) };
            let end = self.of.received + part.bytes() + piece.len() as u64;
            if end > max {
                return Err(too_large(end, max));
            }
            part.write(piece).await?;
        }
        Ok(Filled::Part)
    }
}
