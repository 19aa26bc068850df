//! A file that came in parts, once it is whole: received like any other.
//!
//! Not for: what receiving means (`intake`).
//!
//! Invariant: however often it is completed, by whichever node, one upload comes of it: without a key of its
//! sender the file's own id is the key.

use std::collections::VecDeque;

use bytes::Bytes;
use domain::{PartId, RefusalCode, Sender, TokenId};
use futures_util::StreamExt as _;
use store::{CustomerStore, ObjectBytes, ReceiveOutcome, ResumableUpload};

use super::answers::refused_as_whole;
use super::append::Append;
use super::fields::malformed;
use crate::http::error::ApiError;
use crate::http::upload::body::BodyError;
use crate::http::upload::coding::{InflatedBody, Packing};
use crate::http::upload::receipt::Receiving;
use crate::intake::{self, ByteSource, Offer};

/// The bytes of all parts, in order.
struct PartsSource {
    store: CustomerStore,
    of: ResumableUpload,
    parts: VecDeque<PartId>,
    current: Option<ObjectBytes>,
}

/// Why the parts come to no file.
#[derive(Debug, thiserror::Error)]
enum PartsError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Content(#[from] BodyError),
}

impl ByteSource for PartsSource {
    type Error = PartsError;

    async fn next(&mut self) -> Result<Option<Bytes>, PartsError> {
        loop {
            if let Some(current) = &mut self.current
                && let Some(piece) = current.next().await
            {
                return Ok(Some(piece?));
            }
            let Some(part) = self.parts.pop_front() else { return Ok(None) };
            self.current = Some(self.store.read_part(&self.of, part).await?);
        }
    }

    fn finish(&mut self) -> Result<(), PartsError> {
        Ok(())
    }
}

/// Receives the whole file. A refusal of it ends it; a fault of this server leaves it as it is, to be
/// completed once more.
pub(super) async fn receive(append: Append, token: TokenId) -> Result<Receiving, ApiError> {
    let (app, store, of) = (&append.app, &append.store, &append.of);
    if of.length.is_some_and(|length| length != of.received) {
        return Err(malformed("the file is said to be complete, and is not as long as was said"));
    }
    let parts = match store.resumable_parts(of).await {
        Ok(parts) => parts.into(),
        Err(error) => return lost_or(&append, error).await,
    };
    let source = PartsSource { store: store.clone(), of: of.clone(), parts, current: None };
    let packing = Packing { coding: of.coding, wire_digest: of.wire_sha256 };
    let source = InflatedBody::new(source, packing, &app.limits);
    let offer = Offer {
        unit: of.unit.clone(),
        file_type: of.file_type,
        file_name: of.file_name.clone(),
        sender: Sender::Token(token),
        expected_sha256: of.sha256,
        idempotency_key: Some(of.idempotency_key.clone().unwrap_or_else(|| of.id.to_string())),
    };
    let received = match intake::receive(app, store, offer, source).await {
        Ok(received) => received,
        Err(intake::Error::Source(PartsError::Store(error)) | intake::Error::Store(error)) => {
            return lost_or(&append, error).await;
        }
        // With another token it can still be completed.
        Err(error @ intake::Error::Revoked) => {
            return Err(ApiError::because(RefusalCode::TokenRevoked, error));
        }
        Err(refusal) => {
            let refusal = whole_refusal(refusal);
            store.remove_resumable(of).await?;
            return Err(refused_as_whole(refusal));
        }
    };
    let (ReceiveOutcome::New(upload) | ReceiveOutcome::Repeated(upload)) = &received;
    if let Err(error) = store.finish_resumable(of, upload.id).await {
        // The file is received; what is left of its parts goes when its time is over.
        tracing::warn!(%error, resumable = %of.id, "the parts of a received file stay for now");
    }
    Ok(Receiving::of(received))
}

async fn receipt_of(append: &Append, of: &ResumableUpload) -> Result<Receiving, ApiError> {
    let id = of.upload.expect("it is asked for of what became an upload");
    let upload = append.store.upload(&of.unit, id).await?;
    let upload = upload.ok_or_else(|| ApiError::new(RefusalCode::ResumableNotFound))?;
    Ok(Receiving::of(ReceiveOutcome::Repeated(upload)))
}

/// The end of a file whose parts are gone: its receipt where another node received it meanwhile, else a
/// refusal, and its sender begins again. Any other error is the server's own.
async fn lost_or(append: &Append, error: store::Error) -> Result<Receiving, ApiError> {
    if !matches!(error, store::Error::NotFound { .. }) {
        return Err(error.into());
    }
    let (store, of) = (&append.store, &append.of);
    let now = store.resumable_upload(&of.unit, of.id, append.app.clock.now()).await?;
    match now {
        Some(now) if now.upload.is_some() => receipt_of(append, &now).await,
        Some(now) => {
            tracing::warn!(resumable = %of.id, "parts of a file are gone; its sender begins again");
            store.remove_resumable(&now).await?;
            Err(ApiError::new(RefusalCode::ResumableNotFound))
        }
        None => Err(ApiError::new(RefusalCode::ResumableNotFound)),
    }
}

fn whole_refusal(error: intake::Error<PartsError>) -> ApiError {
    match error {
        intake::Error::Source(PartsError::Content(error)) => error.into(),
        intake::Error::Source(PartsError::Store(error)) | intake::Error::Store(error) => {
            error.into()
        }
        intake::Error::Content(why) => ApiError::saying(RefusalCode::ContentUnexpected, why),
        intake::Error::DigestMismatch { .. } => {
            ApiError::because(RefusalCode::DigestMismatch, error)
        }
        intake::Error::KeyReused => ApiError::new(RefusalCode::IdempotencyKeyReused),
        intake::Error::Revoked => ApiError::because(RefusalCode::TokenRevoked, error),
    }
}
