//! A large file over a line that breaks: begun once, and gone on with from where the server has it
//! (Resumable Uploads for HTTP, draft-ietf-httpbis-resumable-upload-12).
//!
//! Not for: servers that do not say that they take files so, and never the vendor's own service (`route`).
//!
//! Invariant: nothing that the server has is sent again, but for what was on its way when the line broke. The
//! file counts as received only on a receipt that does not contradict it, as every other.

use bytes::Bytes;
use domain::ContentCoding;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, LOCATION,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::Empty;

use super::attempt::{Attempts, RetryPolicy, with_retries};
use super::delivery::{Courier, EXPECT_ABOVE_BYTES, IDEMPOTENCY_KEY, Parcel};
use super::request::{open_on_continue, request};
use crate::net::answer::{Answer, SentFile};
use crate::net::link::TransportError;
use crate::net::target::Target;
use crate::report::progress::Progress;
use crate::source::{
    BodyStream, ContinueSignal, PackedSource, PrefixHashes, SentBytes, Source, SourceFault, pack,
};

/// Below this, sending a file again costs little more than asking how far it came.
const RESUMABLE_FROM_BYTES: u64 = 32 * 1024 * 1024;
/// Tries of the question whether a server goes on with files. Whoever does not answer it gets the file whole.
const OFFER_RETRIES_MAX: u32 = 2;
/// Answers by which a server says that it stands elsewhere than it just said, or that it has given the file
/// up: more of them in a row are a fault of it that going on does not mend.
const SURPRISES_MAX: u32 = 3;

const PARTIAL_UPLOAD: &str = "application/partial-upload";
const ACCEPT_PATCH: &str = "accept-patch";
const UNENCODED_DIGEST: HeaderName = HeaderName::from_static("unencoded-digest");
const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const INTEROP_VERSION: HeaderName = HeaderName::from_static("upload-draft-interop-version");
const OF_THIS_DRAFT: HeaderValue = HeaderValue::from_static("8");
const YES: HeaderValue = HeaderValue::from_static("?1");
const NO: HeaderValue = HeaderValue::from_static("?0");

/// The offer of a server for large files.
#[derive(Debug, Clone, Copy)]
struct Offer {
    takes_gzip: bool,
}

/// A file on its way in several requests.
struct Resumption<'a> {
    courier: &'a Courier<'a>,
    /// The path where it is begun.
    path: &'a str,
    /// The bytes that are sent.
    source: &'a Source,
    packed: Option<&'a PackedSource>,
    headers: &'a HeaderMap,
    progress: &'a Progress,
    prefixes: PrefixHashes,
    /// The path where it goes on, once it is begun.
    place: Option<String>,
    /// The farthest that the server has come.
    farthest: u64,
    /// Since then.
    surprises: u32,
}

/// The place of a file before more of it is sent.
enum Position {
    At(u64),
    /// The server has another word on it.
    Answered(Answer),
}

impl Courier<'_> {
    /// Sends a large file in as many requests as it takes, where the server goes on with it; none where it
    /// has to go in one.
    pub(super) async fn send_resumably(
        &self,
        parcel: &Parcel<'_>,
        headers: &HeaderMap,
        progress: &Progress,
    ) -> Option<(Attempts, Option<SentFile>)> {
        let is_large = parcel.source.bytes() >= RESUMABLE_FROM_BYTES;
        if !is_large || !self.route.large_files.are_resumed {
            return None;
        }
        let offer = self.offer(parcel, headers).await?;
        let packed = match self.packed(parcel, offer, progress).await {
            Ok(packed) => packed,
            Err(fault) => return Some((failed(fault), None)),
        };
        let mut sending = Resumption {
            courier: self,
            path: parcel.path,
            source: packed.as_ref().map_or(parcel.source, |packed| &packed.source),
            packed: packed.as_ref(),
            headers,
            progress,
            prefixes: PrefixHashes::default(),
            place: None,
            farthest: 0,
            surprises: 0,
        };
        let policy = self.route.retry_policy;
        let attempts =
            with_retries(policy, self.system, self.output, async || sending.go_on().await).await;
        if !attempts.result.as_ref().is_ok_and(|answer| answer.status == StatusCode::CREATED) {
            return Some((attempts, None));
        }
        let sha256 = match &packed {
            Some(packed) => Ok(packed.unpacked_sha256),
            None => parcel.source.digest_from(sending.prefixes.clone()).await,
        };
        match sha256 {
            Ok(sha256) => Some((attempts, Some(SentFile { bytes: parcel.source.bytes(), sha256 }))),
            Err(fault) => Some((failed(fault), None)),
        }
    }

    /// Asks whether and how the server takes a file in several requests.
    async fn offer(&self, parcel: &Parcel<'_>, headers: &HeaderMap) -> Option<Offer> {
        let usual = self.route.retry_policy;
        let policy = RetryPolicy { retries: usual.retries.min(OFFER_RETRIES_MAX), ..usual };
        let ask = async || self.ask(Method::OPTIONS, parcel.path, bare(headers)).await;
        let answer = with_retries(policy, self.system, self.output, ask).await.result.ok()?;
        let says = |name: &str, word: &str| {
            let values = answer.headers.get_all(name).iter();
            let mut words = values
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(',').map(str::trim));
            words.any(|said| said.eq_ignore_ascii_case(word))
        };
        let is_offered = answer.status.is_success() && says(ACCEPT_PATCH, PARTIAL_UPLOAD);
        let takes_gzip = says(ACCEPT_ENCODING.as_str(), ContentCoding::Gzip.as_str());
        is_offered.then_some(Offer { takes_gzip })
    }

    /// The file packed, where the server takes it so and it becomes much shorter.
    async fn packed(
        &self,
        parcel: &Parcel<'_>,
        offer: Offer,
        progress: &Progress,
    ) -> Result<Option<PackedSource>, SourceFault> {
        if !offer.takes_gzip || !self.route.large_files.are_packed {
            return Ok(None);
        }
        let packed = pack(parcel.source, progress.clone()).await?;
        let bytes = packed.as_ref().map_or(parcel.source.bytes(), |packed| packed.source.bytes());
        progress.begin_anew(bytes);
        Ok(packed)
    }

    /// A request without a body.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
    ) -> Result<Answer, TransportError> {
        let request = request(method, path, headers, Empty::<Bytes>::new())?;
        self.route.link.exchange(request, &SentBytes::default()).await
    }
}

fn failed(fault: SourceFault) -> Attempts {
    Attempts { result: Err(TransportError::Source(fault)), tries: 1 }
}

/// The headers without those of a body and of the first request.
fn bare(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in [CONTENT_LENGTH, CONTENT_TYPE, HeaderName::from_static(IDEMPOTENCY_KEY)] {
        headers.remove(name);
    }
    headers.insert(INTEROP_VERSION, OF_THIS_DRAFT);
    headers
}

impl Resumption<'_> {
    /// Goes on until the server has the last word. A line that breaks is no failed try as long as something
    /// came over it.
    async fn go_on(&mut self) -> Result<Answer, TransportError> {
        let mut broke: Option<(u64, TransportError)> = None;
        loop {
            let offset = match self.position().await? {
                Position::At(offset) => offset,
                Position::Answered(answer) => return Ok(answer),
            };
            if let Some((before, error)) = broke.take()
                && offset <= before
            {
                return Err(error);
            }
            if offset > self.farthest {
                (self.farthest, self.surprises) = (offset, 0);
            }
            self.progress.go_to(offset);
            match self.append(offset).await {
                Ok(answer) if is_surprise(&answer) && self.bears_a_surprise() => {}
                Ok(answer) => return Ok(answer),
                Err(error) if error.is_temporary() => {
                    let why = error.summary();
                    self.courier.output.note(&format!("{why}; going on from where the server is"));
                    broke = Some((offset, error));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Counts an answer after which the server is asked anew where the file stands.
    fn bears_a_surprise(&mut self) -> bool {
        self.surprises += 1;
        self.surprises <= SURPRISES_MAX
    }

    async fn position(&mut self) -> Result<Position, TransportError> {
        loop {
            let Some(place) = self.place.clone() else {
                if let Some(position) = self.begin().await? {
                    return Ok(position);
                }
                continue;
            };
            let answer = self.courier.ask(Method::HEAD, &place, bare(self.headers)).await?;
            if answer.status.is_success() && answer.headers.get(&UPLOAD_COMPLETE) == Some(&YES) {
                return Ok(Position::Answered(self.receipt(answer).await?));
            }
            match offset_of(&answer) {
                Some(offset) if answer.status.is_success() => return Ok(Position::At(offset)),
                _ if is_gone(&answer) && self.bears_a_surprise() => self.place = None,
                _ => return Ok(Position::Answered(answer)),
            }
        }
    }

    /// Begins the file; one that was begun before with the same key stands where it stood. `None` where that
    /// is still to be asked.
    async fn begin(&mut self) -> Result<Option<Position>, TransportError> {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
        headers.insert(INTEROP_VERSION, OF_THIS_DRAFT);
        headers.insert(UPLOAD_COMPLETE, NO);
        headers.insert(UPLOAD_LENGTH, HeaderValue::from(self.source.bytes()));
        if let Some(packed) = self.packed {
            let digest = HeaderValue::from_str(&packed.unpacked_sha256.to_field());
            headers.insert(UNENCODED_DIGEST, digest.expect("a digest field is ASCII"));
            headers
                .insert(CONTENT_ENCODING, HeaderValue::from_static(ContentCoding::Gzip.as_str()));
        }
        let answer = self.courier.ask(Method::POST, self.path, headers).await?;
        let place = answer.field(LOCATION.as_str()).and_then(|place| self.own_path(place));
        let is_complete = answer.headers.get(&UPLOAD_COMPLETE).map(|said| *said == YES);
        let (StatusCode::CREATED, Some(place), Some(is_complete)) =
            (answer.status, place, is_complete)
        else {
            return Ok(Some(Position::Answered(answer)));
        };
        self.place = Some(place);
        // Its receipt is asked for like an offset.
        if is_complete {
            return Ok(None);
        }
        Ok(offset_of(&answer).map(Position::At))
    }

    /// The receipt of a file that the server has whole, which it said over a line that broke.
    async fn receipt(&self, answer: Answer) -> Result<Answer, TransportError> {
        let place = answer.field(LOCATION.as_str()).and_then(|place| self.own_path(place));
        let Some(place) = place else { return Ok(answer) };
        let mut receipt = self.courier.ask(Method::GET, &place, bare(self.headers)).await?;
        if receipt.status == StatusCode::OK {
            receipt.status = StatusCode::CREATED;
        }
        Ok(receipt)
    }

    /// The path of a place on the same server, below its prefix; the token goes to no other.
    fn own_path(&self, place: &str) -> Option<String> {
        own_path(&self.courier.route.link.target, place)
    }

    /// Sends all that is left.
    async fn append(&self, offset: u64) -> Result<Answer, TransportError> {
        let left = self.source.bytes().saturating_sub(offset);
        let signal = (left > EXPECT_ABOVE_BYTES).then(ContinueSignal::default);
        let (body, sent_bytes) = BodyStream::begin_at(
            self.source,
            (offset, &self.prefixes),
            signal.clone(),
            (self.courier.rate_limit.cloned(), self.progress.clone()),
        )
        .map_err(TransportError::Source)?;
        let place = self.place.as_deref().expect("it was begun");
        let mut headers = bare(self.headers);
        headers.insert(CONTENT_LENGTH, HeaderValue::from(left));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PARTIAL_UPLOAD));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.1"));
        headers.insert(UPLOAD_OFFSET, HeaderValue::from(offset));
        headers.insert(UPLOAD_COMPLETE, YES);
        if signal.is_some() {
            headers.insert(EXPECT, HeaderValue::from_static("100-continue"));
        }
        let mut request = request(Method::PATCH, place, headers, body)?;
        open_on_continue(&mut request, signal);
        self.courier.route.link.exchange(request, &sent_bytes).await
    }
}

/// Returns `true` for an answer that says that the file is not where it was said to be. What came whole
/// and was refused is refused for good.
fn is_surprise(answer: &Answer) -> bool {
    let is_whole = answer.headers.get(&UPLOAD_COMPLETE) == Some(&YES);
    let is_received = answer.status == StatusCode::GONE;
    let is_elsewhere = answer.status == StatusCode::CONFLICT && !is_whole;
    let is_part = answer.status.is_success() && answer.status != StatusCode::CREATED;
    is_received || is_elsewhere || is_part || is_gone(answer)
}

fn is_gone(answer: &Answer) -> bool {
    answer.status == StatusCode::NOT_FOUND
}

fn offset_of(answer: &Answer) -> Option<u64> {
    answer.field(UPLOAD_OFFSET.as_str())?.trim().parse().ok()
}

fn own_path(target: &Target, place: &str) -> Option<String> {
    let path = match place.strip_prefix(&target.to_string()) {
        Some(path) => path,
        None if place.starts_with('/') && !place.starts_with("//") => {
            let below = place.strip_prefix(&target.below(""));
            below.filter(|path| path.starts_with('/')).unwrap_or(place)
        }
        None => return None,
    };
    path.starts_with('/').then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_of_the_same_server_or_none() {
        for (server, place, path) in [
            ("https://h", "/a/b", Some("/a/b")),
            ("https://h", "https://h/a/b", Some("/a/b")),
            ("https://h/bursar", "/bursar/a/b", Some("/a/b")),
            ("https://h/bursar", "https://h/bursar/a/b", Some("/a/b")),
            ("https://h/bursar", "/bursars/a", Some("/bursars/a")),
            ("https://h", "//other/a", None),
            ("https://h", "https://other/a", None),
            ("https://h", "https://hh/a", None),
            ("https://h", "a/b", None),
        ] {
            let target = Target::from_url(server).unwrap();
            assert_eq!(own_path(&target, place).as_deref(), path, "{server} {place}");
        }
    }
}
