//! Receiving one file: bytes first, then the row and the job, then the receipt.
//!
//! Not for: HTTP. Whoever calls gives a source of bytes and maps the refusals.
//!
//! Invariant: every refusal leaves nothing behind, and everything that is returned is durable.

mod spans;

use std::io;
use std::path::Path;

use bytes::{Bytes, BytesMut};
use domain::content::{ContentRefusal, SIGNATURE_BYTES, check_signature};
use domain::file_name::FileNameRefusal;
use domain::{
    CustomerName, FileName, FileType, JobId, MemberRole, Sender, Sha256Digest, UnitName, UploadId,
};
use store::{CustomerStore, NewUpload, ObjectWriter, ReceiveOutcome, WrittenObject};
use tokio::io::AsyncReadExt as _;
use tracing::{Instrument as _, Span};

use crate::App;
use crate::admission::{AdmissionRefusal, Permit};
use crate::{measures, traces};

/// Bytes of a file on this machine that are handed on at once.
const PIECE_BYTES: usize = 1 << 18;

/// An upload as its headers describe it.
#[derive(Debug)]
pub struct Offer {
    pub unit: UnitName,
    pub file_type: FileType,
    pub file_name: FileName,
    pub sender: Sender,
    /// The digest that the stored bytes must have.
    pub expected_sha256: Option<Sha256Digest>,
    pub idempotency_key: Option<String>,
}

/// Why a file's own name offers no upload.
#[derive(Debug, thiserror::Error)]
pub enum NameRefusal {
    #[error("the file has no name")]
    Missing,
    #[error(transparent)]
    Unusable(#[from] FileNameRefusal),
    #[error("the name {0} does not tell what the file holds; choose the type and send it again")]
    TypeUnknown(FileName),
}

impl Offer {
    /// An upload of a file as it is called where it lies, possibly with folders before its name: the name is
    /// made safe, and without a `file_type` it says what the file holds. For ways in that have no header
    /// fields: a form, a folder of files.
    ///
    /// # Errors
    /// See [`NameRefusal`].
    pub fn from_name(
        unit: UnitName,
        sender: Sender,
        path: &str,
        file_type: Option<FileType>,
    ) -> Result<Self, NameRefusal> {
        let name = path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty());
        let name = name.ok_or(NameRefusal::Missing)?;
        let file_name = name.parse().or_else(|_unsafe| FileName::made_safe(name))?;
        let Some(file_type) = file_type.or_else(|| FileType::guess(file_name.as_str())) else {
            return Err(NameRefusal::TypeUnknown(file_name));
        };
        Ok(Self {
            unit,
            file_type,
            file_name,
            sender,
            expected_sha256: None,
            idempotency_key: None,
        })
    }
}

/// A source of bytes, in order.
pub trait ByteSource {
    type Error;
    /// The next piece; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, Self::Error>> + Send;
    /// Called at the end: whether what passed was what the sender meant to send.
    fn finish(&mut self) -> Result<(), Self::Error>;
}

/// The bytes of a file on this machine.
#[derive(Debug)]
pub struct FileSource(tokio::fs::File);

impl FileSource {
    pub async fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(tokio::fs::File::open(path).await?))
    }
}

impl ByteSource for FileSource {
    type Error = io::Error;

    async fn next(&mut self) -> Result<Option<Bytes>, io::Error> {
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        let read = self.0.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| piece.freeze()))
    }

    fn finish(&mut self) -> Result<(), io::Error> {
        Ok(())
    }
}

/// Why a file was not received.
#[derive(Debug, thiserror::Error)]
pub enum Error<S> {
    #[error("the body could not be received")]
    Source(S),
    #[error(transparent)]
    Content(#[from] ContentRefusal),
    #[error("the file's SHA-256 is {actual}, the header says {expected}")]
    DigestMismatch { expected: Sha256Digest, actual: Sha256Digest },
    #[error("the Idempotency-Key was used for another file")]
    KeyReused,
    #[error("the token was revoked, or the sender's role taken away, while the file was sent")]
    Revoked,
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Why no file is let in now. Nothing was read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeRefusal {
    /// The server receives as many as it may, or this customer does.
    Busy(AdmissionRefusal),
    /// The disk is nearly full.
    Full,
}

/// Admits an upload when there is a place for it and room on the disk.
///
/// # Errors
/// See [`IntakeRefusal`].
pub fn admit(
    app: &App,
    customer: &CustomerName,
    declared: Option<u64>,
) -> Result<Permit, IntakeRefusal> {
    let permit = app.admission.acquire(customer).map_err(IntakeRefusal::Busy)?;
    if let Some(free) = app.store.system().free_bytes()
        && !app.limits.has_room(free, declared.unwrap_or(0))
    {
        tracing::error!(free, reserve = app.limits.disk_reserve_bytes, "disk is nearly full");
        return Err(IntakeRefusal::Full);
    }
    Ok(permit)
}

/// Receives one file. When it returns, the bytes, the row and the job are durable.
///
/// # Errors
/// Nothing is kept; see [`Error`].
pub async fn receive<S: ByteSource>(
    app: &App,
    store: &CustomerStore,
    offer: Offer,
    source: S,
) -> Result<ReceiveOutcome, Error<S::Error>>
where
    S::Error: Send + 'static,
{
    let span = spans::begin(&offer);
    let received = receive_uncounted(app, store, offer, source).instrument(span.clone()).await;
    spans::end(&span, &received);
    let received = received?;
    announce(app, &received, &span);
    Ok(received)
}

/// Receives one file of a tryout: as [`receive`] does, but no worker is woken, and neither the counters of
/// this server nor its log have it.
///
/// # Errors
/// Nothing is kept; see [`Error`].
pub(crate) async fn receive_uncounted<S: ByteSource>(
    app: &App,
    store: &CustomerStore,
    offer: Offer,
    mut source: S,
) -> Result<ReceiveOutcome, Error<S::Error>>
where
    S::Error: Send + 'static,
{
    let now = app.clock.now();
    let id = UploadId::new(now, app.randomness.bytes());
    let first = first_bytes(&mut source).await?;
    check_signature(offer.file_name.format(), &first)?;

    let mut object = store.create_object(&offer.unit, id).await?;
    if let Err(error) = copy(first, &mut source, &mut object).await {
        object.abandon().await;
        return Err(error);
    }
    let written = object.finish().await?;
    if let Err(error) = source.finish() {
        written.discard().await;
        return Err(Error::Source(error));
    }
    let new = NewUpload {
        id,
        unit: offer.unit,
        file_type: offer.file_type,
        file_name: offer.file_name,
        received_at: app.clock.now(),
        sender: offer.sender,
        idempotency_key: offer.idempotency_key,
        job: JobId::new(now, app.randomness.bytes()),
        trace: traces::current_place(),
    };
    let commit = commit(app.clone(), store.clone(), written, new, offer.expected_sha256);
    // A client that goes away now must not stop what has begun: half a commit would leave an object
    // without a row for the sweep to find.
    tokio::spawn(commit)
        .await
        .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}

/// Tells the workers, the counters and the log, which names the trace.
fn announce(app: &App, received: &ReceiveOutcome, span: &Span) {
    let (ReceiveOutcome::New(upload) | ReceiveOutcome::Repeated(upload)) = received;
    let repeated = matches!(received, ReceiveOutcome::Repeated(_));
    if !repeated {
        app.new_work.notify_one();
    }
    measures::upload(upload.file_type, upload.bytes);
    let trace = traces::place(span).map(|place| tracing::field::display(place.trace()));
    tracing::info!(
        upload = %upload.id, customer = %upload.customer, unit = %upload.unit,
        kind = %upload.file_type, bytes = upload.bytes, sender = %upload.sender, repeated, trace,
        "received"
    );
}

async fn first_bytes<S: ByteSource>(source: &mut S) -> Result<BytesMut, Error<S::Error>> {
    let mut first = BytesMut::new();
    while first.len() < SIGNATURE_BYTES {
        match source.next().await.map_err(Error::Source)? {
            Some(piece) => first.extend_from_slice(&piece),
            None => break,
        }
    }
    Ok(first)
}

async fn copy<S: ByteSource>(
    first: BytesMut,
    source: &mut S,
    object: &mut ObjectWriter,
) -> Result<(), Error<S::Error>> {
    object.write(first.freeze()).await?;
    while let Some(piece) = source.next().await.map_err(Error::Source)? {
        object.write(piece).await?;
    }
    Ok(())
}

async fn commit<E>(
    app: App,
    store: CustomerStore,
    written: WrittenObject,
    new: NewUpload,
    expected: Option<Sha256Digest>,
) -> Result<ReceiveOutcome, Error<E>> {
    let actual = written.sha256();
    let settled = settle(&app, &store, &new, expected, actual).await;
    match settled {
        Ok(None) => {
            let sealed = written.publish().await?;
            store.receive(sealed, new).await.map_err(stored)
        }
        Ok(Some(repeated)) => {
            written.discard().await;
            Ok(repeated)
        }
        Err(error) => {
            written.discard().await;
            Err(error)
        }
    }
}

/// Settles on the written bytes: to be published (`None`), or received before.
async fn settle<E>(
    app: &App,
    store: &CustomerStore,
    new: &NewUpload,
    expected: Option<Sha256Digest>,
    actual: Sha256Digest,
) -> Result<Option<ReceiveOutcome>, Error<E>> {
    if let Some(expected) = expected
        && expected != actual
    {
        return Err(Error::DigestMismatch { expected, actual });
    }
    let earlier = store.find_repeated(new, actual).await.map_err(stored)?;
    // That a token still stands is looked at in the transaction of the row, and a repeat gets none.
    let is_looked_at_later = earlier.is_none() && matches!(new.sender, Sender::Token(_));
    if !is_looked_at_later && !may_still_send(app, store, &new.unit, new.sender).await? {
        return Err(Error::Revoked);
    }
    Ok(earlier.map(ReceiveOutcome::Repeated))
}

/// The error of receiving a file that the store's own comes to; what conflicts is its key.
fn stored<E>(error: store::Error) -> Error<E> {
    match error {
        store::Error::Conflict { .. } => Error::KeyReused,
        store::Error::Revoked => Error::Revoked,
        other => Error::Store(other),
    }
}

/// A long file takes hours, and whoever sends it may lose the right to meanwhile.
async fn may_still_send(
    app: &App,
    store: &CustomerStore,
    unit: &UnitName,
    sender: Sender,
) -> Result<bool, store::Error> {
    match sender {
        Sender::Token(id) => {
            let token = app.store.system().token(id).await?;
            Ok(token.is_some_and(|token| token.revoked_at.is_none()))
        }
        Sender::User(id) => {
            let role = store.membership_of(id).await?.in_unit(unit);
            Ok(role.is_some_and(MemberRole::may_decide))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_offers_what_it_says() {
        let offer = |path, file_type| {
            let unit = "acme".parse().unwrap();
            let sender = Sender::Token("tok_01k00000000000000000000000".parse().unwrap());
            Offer::from_name(unit, sender, path, file_type)
                .map(|offer| (offer.file_type, offer.file_name.to_string()))
                .map_err(|why| why.to_string())
        };
        let transactions = FileType::Transactions;
        for (path, file_type, expected) in [
            ("invoices.csv", None, Ok((transactions, "invoices.csv"))),
            ("/var/out/invoices.csv", None, Ok((transactions, "invoices.csv"))),
            (r"C:\out\vendors 2024.xlsx", None, Ok((FileType::Suppliers, "vendors 2024.xlsx"))),
            ("vendors?.csv", None, Ok((FileType::Suppliers, "vendors_.csv"))),
            ("vendors.csv", Some(transactions), Ok((transactions, "vendors.csv"))),
            ("", None, Err("no name")),
            ("out/", Some(transactions), Err("no name")),
            ("data.csv", None, Err("does not tell what the file holds")),
            ("invoices.exe", None, Err("")),
        ] {
            match (offer(path, file_type), expected) {
                (Ok((found, name)), Ok((wanted, safe))) => {
                    assert_eq!((found, name.as_str()), (wanted, safe), "{path}");
                }
                (Err(found), Err(part)) => assert!(found.contains(part), "{path}: {found}"),
                (found, expected) => panic!("{path}: {found:?}, not {expected:?}"),
            }
        }
    }
}
