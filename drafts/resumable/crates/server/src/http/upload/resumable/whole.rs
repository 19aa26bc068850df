//! A file that came in parts, once it is whole: received like any other.

use std::collections::VecDeque;

use bytes::Bytes;
use domain::{RefusalCode, Sender, TokenId};
use futures_util::StreamExt as _;
use store::{CustomerStore, ObjectBytes};

use super::Append;
use super::answers::{Appending, refused_as_whole};
use crate::http::error::ApiError;
use crate::http::upload::{Receiving, receipt};
use crate::intake::{self, Offer, Source};

/// The bytes of all parts, in order.
struct PartsSource {
    store: CustomerStore,
    objects: VecDeque<String>,
    current: Option<ObjectBytes>,
}

impl Source for PartsSource {
    type Error = store::Error;

    async fn next(&mut self) -> Result<Option<Bytes>, store::Error> {
        loop {
            if let Some(current) = &mut self.current
                && let Some(piece) = current.next().await
            {
                return piece.map(Some);
            }
            let Some(object) = self.objects.pop_front() else { return Ok(None) };
            self.current = Some(self.store.read_part(&object).await?);
        }
    }

    fn finish(&mut self) -> Result<(), store::Error> {
        Ok(())
    }
}

/// Receives the whole file. A refusal of it ends the upload; a fault of this server leaves it as it is, to be
/// completed once more.
pub(super) async fn receive(append: Append, token: TokenId) -> Result<Appending, ApiError> {
    let (app, store, of) = (&append.app, &append.store, &append.of);
    if of.length.is_some_and(|length| length != of.received) {
        return Err(ApiError::because(
            RefusalCode::RequestMalformed,
            "the file is said to be complete, and is not as long as was said",
        ));
    }
    let objects = match store.resumable_parts(of).await {
        Ok(objects) => objects.into(),
        Err(error) => return Err(lost_or(&append, error).await),
    };
    let source = PartsSource { store: store.clone(), objects, current: None };
    let offer = Offer {
        unit: of.unit.clone(),
        file_type: of.file_type,
        file_name: of.file_name.clone(),
        sender: Sender::Token(token),
        expected_sha256: of.sha256,
        idempotency_key: of.idempotency_key.clone(),
    };
    let received = match intake::receive(app, store, offer, source).await {
        Ok(received) => received,
        Err(intake::Error::Source(error) | intake::Error::Store(error)) => {
            return Err(lost_or(&append, error).await);
        }
        Err(refusal) => {
            let refusal = whole_refusal(refusal);
            store.remove_resumable(of).await?;
            return Err(refused_as_whole(refusal));
        }
    };
    let id = match &received {
        store::ReceiveOutcome::New(upload) | store::ReceiveOutcome::Repeated(upload) => upload.id,
    };
    if let Err(error) = store.finish_resumable(of, id).await {
        // The file is received; what is left of its parts goes when its time is over.
        tracing::warn!(%error, resumable = %of.id, "the parts of a received file stay for now");
    }
    Ok(Appending::Whole(Receiving(receipt(received))))
}

/// The receipt once more, for who did not get it.
pub(super) async fn receipt_of(
    append: &Append,
    declared: Option<u64>,
) -> Result<Appending, ApiError> {
    if declared != Some(0) {
        return Err(ApiError::because(
            RefusalCode::RequestMalformed,
            "the file is complete, and nothing can be added to it",
        ));
    }
    let of = &append.of;
    let id = of.upload.expect("it is asked for of what became an upload");
    let upload = append.store.upload(&of.unit, id).await?;
    let upload = upload.ok_or_else(|| ApiError::new(RefusalCode::ResumableNotFound))?;
    Ok(Appending::Whole(Receiving(receipt(store::ReceiveOutcome::Repeated(upload)))))
}

/// The refusal of an upload whose parts are gone, which ends it; any other error is the server's own.
async fn lost_or(append: &Append, error: store::Error) -> ApiError {
    if !matches!(error, store::Error::NotFound { .. }) {
        return error.into();
    }
    tracing::warn!(resumable = %append.of.id, "parts of an upload are gone; its sender begins again");
    match append.store.remove_resumable(&append.of).await {
        Ok(()) => ApiError::new(RefusalCode::ResumableNotFound),
        Err(error) => error.into(),
    }
}

fn whole_refusal(error: intake::Error<store::Error>) -> ApiError {
    match error {
        intake::Error::Source(error) | intake::Error::Store(error) => error.into(),
        intake::Error::Content(why) => ApiError::saying(RefusalCode::ContentUnexpected, why),
        intake::Error::DigestMismatch { .. } => {
            ApiError::because(RefusalCode::DigestMismatch, error)
        }
        intake::Error::KeyReused => ApiError::new(RefusalCode::IdempotencyKeyReused),
        intake::Error::Revoked => ApiError::because(RefusalCode::TokenRevoked, error),
    }
}
