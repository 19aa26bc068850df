//! One file over the network: tried until there is an answer that stands, and its receipt compared.
//!
//! Not for: names, types and what is remembered of it; those are in `send` and `journal`.
//!
//! Invariant: a file counts as received only on a 201 that does not contradict what left this machine.

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::explain::{explain_early_receipt, explain_receipt_mismatch};
use crate::journal::{Ending, FailedAttempt, Journal, LEASE, OutboxEntry, Receipt};
use crate::net::answer::{Answer, SentFile, ServerReceipt};
use crate::net::link::{PRODUCT, TransportError};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::report::progress::Progress;
use crate::source::{BodyStream, ContinueSignal, RateLimit, Source, discard_spooled};
use crate::system::System;
use crate::transfer::attempt::{Attempts, with_retries};
use crate::transfer::request::{open_on_continue, request};
use crate::transfer::route::Route;

/// Below this a refused body costs less than the wait for `100 Continue`; curl draws the same line.
pub(super) const EXPECT_ABOVE_BYTES: u64 = 1024 * 1024;
/// The header with a value that is the same in every try, so that a server can tell a repeat from another
/// file.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Signs of life within a lease; one may be late.
const RENEWALS_PER_LEASE: u32 = 4;

/// A file and the headers that go with it.
#[derive(Debug)]
pub struct Parcel<'a> {
    pub source: &'a Source,
    pub path: &'a str,
    pub content_type: &'a HeaderValue,
    pub idempotency_key: Option<&'a str>,
}

/// The result of sending a file.
#[derive(Debug)]
pub struct Delivery {
    pub tries: u32,
    pub status: Option<StatusCode>,
    pub result: Result<(SentFile, ServerReceipt), Failure>,
}

/// A sender of files along one route.
#[derive(Debug, Clone, Copy)]
pub struct Courier<'a> {
    pub route: &'a Route,
    pub system: &'a System,
    pub output: &'a Output,
    pub rate_limit: Option<&'a RateLimit>,
}

impl Parcel<'_> {
    /// The headers of the request, but for the expectation.
    pub fn headers(&self, route: &Route) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::from_iter([
            (AUTHORIZATION, route.token.header()?),
            (CONTENT_TYPE, self.content_type.clone()),
            (CONTENT_LENGTH, HeaderValue::from(self.source.bytes())),
            (USER_AGENT, HeaderValue::from_static(PRODUCT)),
        ]);
        if let Some(key) = self.idempotency_key {
            let key = HeaderValue::from_str(key).map_err(|_not_text| {
                Failure::usage(
                    "the entry's key cannot stand in a header",
                    "Drop it with bursar outbox drop, and send the file anew.",
                )
            })?;
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        Ok(headers)
    }

    /// The headers of the request, asking to be let in before a large body leaves.
    pub fn headers_with_expectation(&self, route: &Route) -> Result<HeaderMap, Failure> {
        let mut headers = self.headers(route)?;
        if self.source.bytes() > EXPECT_ABOVE_BYTES {
            headers.insert(EXPECT, HeaderValue::from_static("100-continue"));
        }
        Ok(headers)
    }
}

impl Courier<'_> {
    /// Sends an entry of the outbox and writes down how it ended. Nothing, when another process has it.
    pub async fn send_entry(
        &self,
        journal: &Journal,
        entry: &OutboxEntry,
    ) -> Result<Option<Delivery>, Failure> {
        let Some(claim) = journal.claim(entry.id, (self.system.now)()).await? else {
            return Ok(None);
        };
        let delivery = {
            let mut sending = std::pin::pin!(self.send_noted(entry));
            loop {
                tokio::select! {
                    delivery = &mut sending => break delivery,
                    () = tokio::time::sleep(LEASE / RENEWALS_PER_LEASE) => {
                        journal.renew(&claim, (self.system.now)()).await?;
                    }
                }
            }
        };
        let ending = ending(&delivery);
        journal.settle(claim, delivery.tries, &ending, (self.system.now)()).await?;
        if entry.is_spooled && matches!(ending, Ending::Received(_)) {
            discard_spooled(&entry.path);
        }
        Ok(Some(delivery))
    }

    async fn send_noted(&self, entry: &OutboxEntry) -> Delivery {
        let untried = |failure| Delivery { tries: 0, status: None, result: Err(failure) };
        let source = match Source::open_unchanged(&entry.path, &entry.fingerprint) {
            Ok(source) => source,
            Err(fault) => return untried(crate::explain::explain_source(&fault)),
        };
        let Ok(content_type) = HeaderValue::from_str(&entry.request.content_type) else {
            return untried(Failure::usage(
                "the media type cannot stand in a header",
                "Send it anew.",
            ));
        };
        let request = &entry.request;
        let path = request.address.upload_path(request.file_type, &request.name);
        self.send(&Parcel {
            source: &source,
            path: &path,
            content_type: &content_type,
            idempotency_key: Some(&request.idempotency_key),
        })
        .await
    }

    /// Sends a file until the answer is not temporary or no retry is left.
    pub async fn send(&self, parcel: &Parcel<'_>) -> Delivery {
        let name = parcel.path.rsplit('/').next().unwrap_or_default();
        let progress = Progress::new(parcel.source.bytes(), self.output).named(name);
        // Building the headers fails for all tries or for none.
        let headers = (parcel.headers(self.route), parcel.headers_with_expectation(self.route));
        let (plain, expecting) = match headers {
            (Ok(plain), Ok(expecting)) => (plain, expecting),
            (Err(failure), _) | (_, Err(failure)) => {
                return Delivery { tries: 0, status: None, result: Err(failure) };
            }
        };
        let resumed = Box::pin(self.send_resumably(parcel, &plain, &progress)).await;
        let (outcome, sent) = match resumed {
            Some(resumed) => resumed,
            None => self.send_whole(parcel, (&plain, &expecting), &progress).await,
        };
        progress.finish();
        let tries = outcome.tries;
        let status = outcome.result.as_ref().ok().map(|answer| answer.status);
        let result =
            outcome.expect(StatusCode::CREATED, &self.route.link.target).and_then(|answer| {
                let sent = sent.ok_or_else(explain_early_receipt)?;
                let receipt = answer
                    .receipt(sent)
                    .map_err(|difference| explain_receipt_mismatch(&difference))?;
                Ok((sent, receipt))
            });
        Delivery { tries, status, result }
    }

    /// Sends a file in one request, which is made anew for each try.
    async fn send_whole(
        &self,
        parcel: &Parcel<'_>,
        (plain, expecting): (&HeaderMap, &HeaderMap),
        progress: &Progress,
    ) -> (Attempts, Option<SentFile>) {
        let (mut sent, mut expects) = (None, true);
        let outcome = with_retries(self.route.retry_policy, self.system, self.output, async || {
            progress.restart();
            let headers = if expects { expecting } else { plain };
            let (mut answer, mut digest) = self.attempt(parcel, headers, progress).await?;
            // RFC 9110 section 10.1.1: the same request again, without the expectation.
            if answer.status == StatusCode::EXPECTATION_FAILED && expects {
                expects = false;
                progress.restart();
                (answer, digest) = self.attempt(parcel, plain, progress).await?;
            }
            sent = digest;
            Ok(answer)
        })
        .await;
        (outcome, sent)
    }

    async fn attempt(
        &self,
        parcel: &Parcel<'_>,
        headers: &HeaderMap,
        progress: &Progress,
    ) -> Result<(Answer, Option<SentFile>), TransportError> {
        let signal = headers.contains_key(EXPECT).then(ContinueSignal::default);
        let (body_stream, sent_bytes) = BodyStream::begin(
            parcel.source,
            signal.clone(),
            self.rate_limit.cloned(),
            progress.clone(),
        )
        .map_err(TransportError::Source)?;
        let mut request = request(Method::POST, parcel.path, headers.clone(), body_stream)?;
        open_on_continue(&mut request, signal);
        let answer = self.route.link.exchange(request, &sent_bytes).await?;
        let sent = sent_bytes
            .digest_of_whole(parcel.source)
            .map(|sha256| SentFile { bytes: parcel.source.bytes(), sha256 });
        Ok((answer, sent))
    }
}

/// The end of a sending as the journal keeps it.
fn ending(delivery: &Delivery) -> Ending {
    let status = delivery.status.map(|status| status.as_u16());
    match &delivery.result {
        Ok((sent, receipt)) => Ending::Received(Receipt {
            status: StatusCode::CREATED.as_u16(),
            sha256: sent.sha256,
            json: receipt.json.clone(),
        }),
        Err(failure) => {
            let failed_attempt = FailedAttempt { failure: failure.clone(), status };
            if is_of_the_file(failure.exit) {
                Ending::Never(failed_attempt)
            } else {
                Ending::Later(failed_attempt)
            }
        }
    }
}

/// Returns `true` when another try of the same file is in vain until a person changes something about
/// it. What lies in the network, the server, the token or a certificate may be mended without
/// touching it.
fn is_of_the_file(exit: ExitCode) -> bool {
    use ExitCode::{
        MediaTypeRefused, ReceiptDiffers, Refused, SourceChanged, SourceUnreadable, TooLarge, Usage,
    };
    matches!(
        exit,
        MediaTypeRefused
            | ReceiptDiffers
            | Refused
            | SourceChanged
            | SourceUnreadable
            | TooLarge
            | Usage
    )
}
