//! A large file over a line that breaks: begun once, and gone on with from where the server has it
//! (Resumable Uploads for HTTP, draft-ietf-httpbis-resumable-upload-12).
//!
//! Only towards a server that says that it takes files so, and never towards the vendor's own service.
//!
//! Invariant: nothing that the server has is sent again, but for what was on its way when the line broke. The
//! file counts as received only on the receipt for its last part.

use std::future::Future;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::Empty;

use super::attempt::{Attempts, with_retries};
use super::delivery::{Courier, Parcel};
use crate::net::answer::{Answer, SentFile};
use crate::net::link::TransportError;
use crate::net::target::DOMAIN_DEFAULT;
use crate::report::progress::Progress;
use crate::source::{BodyStream, SentBytes};

/// Below this, sending a file again costs little more than asking how far it came.
pub const RESUMABLE_FROM_BYTES: u64 = 32 * 1024 * 1024;
/// Answers by which a server says that it stands elsewhere than it just said, or that it has given the file
/// up: more of them in a row are a fault of it that going on does not mend.
const SURPRISES_MAX: u32 = 3;

const PARTIAL_UPLOAD: &str = "application/partial-upload";
const ACCEPT_PATCH: &str = "accept-patch";
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_OFFSET: &str = "upload-offset";
const YES: HeaderValue = HeaderValue::from_static("?1");
const NO: HeaderValue = HeaderValue::from_static("?0");

/// A file on its way in parts.
struct Resumption<'a> {
    courier: &'a Courier<'a>,
    parcel: &'a Parcel<'a>,
    headers: &'a HeaderMap,
    progress: &'a Progress,
    file: SentFile,
    /// The path where it goes on, once it is begun.
    place: Option<String>,
    /// The farthest that the server has come.
    farthest: u64,
    /// Since then.
    surprises: u32,
}

/// What is known of a file before a part of it is sent.
enum Position {
    At(u64),
    /// The server has another word on it.
    Answered(Answer),
}

impl Courier<'_> {
    /// Sends a large file in parts, where the server takes it so; none where it has to go whole.
    pub(super) async fn send_in_parts(
        &self,
        parcel: &Parcel<'_>,
        headers: &HeaderMap,
        progress: &Progress,
    ) -> Option<(Attempts, Option<SentFile>)> {
        let bytes = parcel.source.bytes();
        if bytes < RESUMABLE_FROM_BYTES || self.is_vendors() || !self.offers(parcel, headers).await {
            return None;
        }
        let sha256 = match parcel.source.digest_apart().await {
            Ok(sha256) => sha256,
            Err(fault) => {
                let result = Err(TransportError::Source(fault));
                return Some((Attempts { result, tries: 1 }, None));
            }
        };
        let file = SentFile { bytes, sha256 };
        let mut sending = Resumption {
            courier: self,
            parcel,
            headers,
            progress,
            file,
            place: None,
            farthest: 0,
            surprises: 0,
        };
        let policy = self.route.retry_policy;
        let attempts =
            with_retries(policy, self.system, self.output, async || sending.go_on().await).await;
        Some((attempts, Some(file)))
    }

    /// The vendor's service has nothing of this, and is asked for nothing that its page does not have.
    fn is_vendors(&self) -> bool {
        let host = self.route.link.target.host();
        host == DOMAIN_DEFAULT
            || host.strip_suffix(DOMAIN_DEFAULT).is_some_and(|rest| rest.ends_with('.'))
    }

    /// Asks whether the server takes files in parts. Whatever else it answers, the file goes whole.
    async fn offers(&self, parcel: &Parcel<'_>, headers: &HeaderMap) -> bool {
        let answer = self.ask(Method::OPTIONS, parcel.path, bare(headers)).await;
        answer.is_ok_and(|answer| {
            let accepted = answer.headers.get_all(ACCEPT_PATCH).iter();
            let mut types = accepted.filter_map(|value| value.to_str().ok());
            answer.status.is_success() && types.any(|types| types.contains(PARTIAL_UPLOAD))
        })
    }

    /// A request without a body.
    fn ask(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
    ) -> impl Future<Output = Result<Answer, TransportError>> {
        let request = path.parse::<Uri>().map(|uri| {
            let mut request = Request::new(Empty::<Bytes>::new());
            *request.method_mut() = method;
            *request.uri_mut() = uri;
            *request.headers_mut() = headers;
            request
        });
        async move {
            let request = request.map_err(|_not_path| TransportError::NotHttp)?;
            self.route.link.exchange(request, &SentBytes::default()).await
        }
    }
}

/// The headers without those of a body.
fn bare(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in [CONTENT_LENGTH, CONTENT_TYPE] {
        headers.remove(name);
    }
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
                Ok(answer) if self.is_surprise(&answer) => {}
                Ok(answer) => return Ok(answer),
                Err(error) if error.is_temporary() => {
                    self.courier.output.note(&format!("{}; going on from there", error.summary()));
                    broke = Some((offset, error));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns `true` for an answer after which the server is asked anew where the file stands.
    fn is_surprise(&mut self, answer: &Answer) -> bool {
        let is_over = matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE);
        if is_over {
            self.place = None;
        }
        let is_elsewhere = answer.status == StatusCode::CONFLICT;
        // What came whole and was refused is refused for good.
        let is_whole = answer.headers.get(&UPLOAD_COMPLETE) == Some(&YES);
        self.surprises += 1;
        (is_over || is_elsewhere) && !is_whole && self.surprises <= SURPRISES_MAX
    }

    async fn position(&mut self) -> Result<Position, TransportError> {
        if let Some(place) = &self.place {
            let answer = self.courier.ask(Method::HEAD, place, bare(self.headers)).await?;
            if let (true, Some(offset)) = (answer.status.is_success(), offset_of(&answer)) {
                return Ok(Position::At(offset));
            }
            if !self.is_surprise(&answer) || self.place.is_some() {
                return Ok(Position::Answered(answer));
            }
        }
        self.begin().await
    }

    /// Begins the file; one that was begun before with the same key stands where it stood.
    async fn begin(&mut self) -> Result<Position, TransportError> {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
        headers.insert(UPLOAD_COMPLETE, NO);
        headers.insert(UPLOAD_LENGTH, HeaderValue::from(self.file.bytes));
        let digest = HeaderValue::from_str(&self.file.sha256.to_field());
        headers.insert(REPR_DIGEST, digest.expect("a digest field is ASCII"));
        let answer = self.courier.ask(Method::POST, self.parcel.path, headers).await?;
        let place = answer.field(LOCATION.as_str()).and_then(|place| self.own_path(place));
        match place {
            Some(place) if answer.status == StatusCode::CREATED => {
                self.place = Some(place);
                // Begun just now, nothing was sent with it yet.
                Ok(Position::At(offset_of(&answer).unwrap_or(0)))
            }
            _ => Ok(Position::Answered(answer)),
        }
    }

    /// The path of a place on the same server, below its prefix; the token goes to no other.
    fn own_path(&self, place: &str) -> Option<String> {
        let target = &self.courier.route.link.target;
        let path = match place.strip_prefix(&target.to_string()) {
            Some(path) => path,
            None if place.starts_with('/') && !place.starts_with("//") => {
                place.strip_prefix(&target.below("")).unwrap_or(place)
            }
            None => return None,
        };
        path.starts_with('/').then(|| path.to_owned())
    }

    /// Sends all that is left.
    async fn append(&self, offset: u64) -> Result<Answer, TransportError> {
        let left = self.file.bytes.saturating_sub(offset);
        let (body, sent_bytes) = BodyStream::begin_at(
            self.parcel.source,
            offset,
            self.courier.rate_limit.cloned(),
            self.progress.clone(),
        )
        .map_err(TransportError::Source)?;
        let place = self.place.as_deref().expect("it was begun");
        let mut request = Request::new(body);
        *request.method_mut() = Method::PATCH;
        *request.uri_mut() = place.parse().map_err(|_not_path| TransportError::NotHttp)?;
        let mut headers = bare(self.headers);
        headers.insert(CONTENT_LENGTH, HeaderValue::from(left));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PARTIAL_UPLOAD));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.1"));
        headers.insert(UPLOAD_OFFSET, HeaderValue::from(offset));
        headers.insert(UPLOAD_COMPLETE, YES);
        *request.headers_mut() = headers;
        self.courier.route.link.exchange(request, &sent_bytes).await
    }
}

fn offset_of(answer: &Answer) -> Option<u64> {
    answer.field(UPLOAD_OFFSET)?.trim().parse().ok()
}
