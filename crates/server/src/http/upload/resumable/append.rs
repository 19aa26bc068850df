//! A request that adds to a file on its way.
//!
//! Not for: which request may; that is found out before.
//!
//! Invariant: what came before a request broke off, was too slow or had to end for another is added all the
//! same. Only what shows that the file is no extract at all ends it.

use bytes::Bytes;
use domain::content::{SIGNATURE_BYTES, check_signature};
use domain::{ContentCoding, PartId, RefusalCode};
use store::{CustomerStore, PartWriter, ResumableUpload};
use tokio::time::{Instant, timeout_at};

use super::answers::refused_as_whole;
use super::fields::malformed;
use super::notices::Notices;
use crate::App;
use crate::admission::{Permit, Turn};
use crate::http::error::ApiError;
use crate::http::upload::body::TimedBody;
use crate::http::upload::headers::too_large;
use crate::limits::{
    RESUMABLE_ARRIVED_WAIT, RESUMABLE_ENDING_TIME_MAX, RESUMABLE_PART_BYTES, RESUMABLE_PARTS_MAX,
};

/// A request that appends, with its turn and its place among the uploads.
pub(super) struct Append {
    pub(super) app: App,
    pub(super) store: CustomerStore,
    pub(super) of: ResumableUpload,
    turn: Turn,
    notices: Notices,
    /// When it ends for another request, once one wants its turn.
    ends_at: Option<Instant>,
    _permit: Permit,
}

/// A part that was filled, or all that came.
enum Fill {
    Part,
    End,
}

/// Why a part is not filled any further.
enum Stop {
    /// Keeps what came.
    Here(ApiError),
    /// Ends the file, which is nothing that is received.
    Refused(ApiError),
}

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self::Here(error)
    }
}

impl Append {
    /// Waits for its turn.
    pub(super) async fn begin(
        app: &App,
        store: &CustomerStore,
        of: ResumableUpload,
        (permit, notices): (Permit, Notices),
    ) -> Self {
        let turn = app.admission.appends.take_turn(of.id).await;
        let (app, store) = (app.clone(), store.clone());
        Self { app, store, of, turn, notices, ends_at: None, _permit: permit }
    }

    /// Notes the length of the whole file where it was not known.
    pub(super) async fn note_length(&mut self, length: Option<u64>) -> Result<(), ApiError> {
        let Some(length) = length.filter(|_| self.of.length.is_none()) else { return Ok(()) };
        match self.store.set_resumable_length(self.of.id, length).await {
            Ok(()) => {
                self.of.length = Some(length);
                Ok(())
            }
            Err(store::Error::Conflict { .. }) => {
                Err(malformed("the length of the file is another than was said before"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Adds what comes, part by part.
    pub(super) async fn run(mut self, mut body: TimedBody) -> Result<Self, ApiError> {
        loop {
            self.check_room()?;
            let id = PartId::new(self.app.clock.now(), self.app.randomness.bytes());
            let mut part = self.store.begin_part(&self.of, id).await?;
            let filled = match self.fill(&mut part, &mut body).await {
                Ok(filled) => Ok(filled),
                Err(Stop::Here(error)) => Err(error),
                Err(Stop::Refused(error)) => {
                    drop(part);
                    self.store.remove_resumable(&self.of).await?;
                    return Err(refused_as_whole(error));
                }
            };
            self.of = match part.finish().await {
                Ok(of) => of,
                Err(store::Error::Conflict { .. }) => {
                    return Err(ApiError::new(RefusalCode::OffsetMismatched));
                }
                Err(error) => return Err(error.into()),
            };
            match filled? {
                Fill::Part => self.notices.stands_at(self.of.received),
                Fill::End => return Ok(self),
            }
        }
    }

    fn check_room(&self) -> Result<(), ApiError> {
        if self.of.parts >= RESUMABLE_PARTS_MAX {
            return Err(malformed(format_args!(
                "the file came in {RESUMABLE_PARTS_MAX} parts and is not whole; begin it again, in longer ones"
            )));
        }
        let free = self.app.store.system().free_bytes();
        if free.is_some_and(|free| !self.app.limits.has_room(free, RESUMABLE_PART_BYTES)) {
            return Err(ApiError::new(RefusalCode::StorageFull));
        }
        Ok(())
    }

    async fn fill(&mut self, part: &mut PartWriter, body: &mut TimedBody) -> Result<Fill, Stop> {
        while part.bytes() < RESUMABLE_PART_BYTES {
            let Some(piece) = self.next_piece(body).await? else { return Ok(Fill::End) };
            let begins_at = self.of.received + part.bytes();
            if begins_at == 0 {
                self.check_first(&piece)?;
            }
            self.check_end(begins_at + piece.len() as u64)?;
            part.write(piece).await.map_err(ApiError::from)?;
        }
        Ok(Fill::Part)
    }

    /// The next bytes. When another request wants the turn, what has arrived already is still taken: its
    /// sender would have to send that again.
    async fn next_piece(&mut self, body: &mut TimedBody) -> Result<Option<Bytes>, ApiError> {
        if self.ends_at.is_none() {
            tokio::select! {
                piece = body.next() => return piece.map_err(ApiError::from),
                () = self.turn.is_wanted() => {
                    self.ends_at = Some(Instant::now() + RESUMABLE_ENDING_TIME_MAX);
                }
            }
        }
        let rest = Instant::now() + RESUMABLE_ARRIVED_WAIT;
        let until = self.ends_at.map_or(rest, |ends_at| ends_at.min(rest));
        match timeout_at(until, body.next()).await {
            Ok(piece) => piece.map_err(ApiError::from),
            Err(_elapsed) => Err(ApiError::new(RefusalCode::OffsetMismatched)),
        }
    }

    /// Holds the first bytes against the name, where enough came at once; else that is left to the end.
    fn check_first(&self, piece: &Bytes) -> Result<(), Stop> {
        if self.of.coding != ContentCoding::Identity || piece.len() < SIGNATURE_BYTES {
            return Ok(());
        }
        check_signature(self.of.file_name.format(), piece)
            .map_err(|why| Stop::Refused(ApiError::saying(RefusalCode::ContentUnexpected, why)))
    }

    fn check_end(&self, end: u64) -> Result<(), ApiError> {
        let max = self.app.limits.body_bytes_max;
        if self.of.length.is_some_and(|length| end > length) {
            return Err(malformed("the file is longer than was said"));
        }
        if end > max { Err(too_large(end, max)) } else { Ok(()) }
    }
}
