//! One file over the network: tried until there is an answer that stands, and its receipt compared.
//!
//! Not for: names, types and what is remembered of it; those are in `send` and `journal`.
//!
//! Invariant: a file counts as received only on a 201 that does not contradict what left this machine.

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};

use crate::explain::{explain_difference, explain_early_receipt};
use crate::journal::{Ending, Entry, Journal, LEASE, Receipt, Setback};
use crate::net::answer::{Answer, ReceivedReceipt, Sent};
use crate::net::link::Breakage;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::report::progress::Progress;
use crate::source::{Feed, Gate, Pace, Source};
use crate::system::Machine;
use crate::transfer::attempt::persist;
use crate::transfer::plan::Route;

/// Below this a refused body costs less than the wait for `100 Continue`; curl draws the same line.
const EXPECT_ABOVE_BYTES: u64 = 1024 * 1024;
/// Names the program, as an operator sees it in a log.
pub const PRODUCT: &str = concat!("bursar/", env!("CARGO_PKG_VERSION"));
/// The same for every try, so that a server can tell a repeat from another file.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Signs of life within a lease; one may be late.
const RENEWALS_PER_LEASE: u32 = 4;

/// A file and what is said with it.
#[derive(Debug)]
pub struct Parcel<'a> {
    pub source: &'a Source,
    pub path: &'a str,
    pub content_type: &'a HeaderValue,
    pub idempotency_key: Option<&'a str>,
}

/// What came of it.
#[derive(Debug)]
pub struct Delivery {
    pub tries: u32,
    pub status: Option<StatusCode>,
    pub result: Result<(Sent, ReceivedReceipt), Failure>,
}

/// Sends along one route.
#[derive(Debug, Clone, Copy)]
pub struct Courier<'a> {
    pub route: &'a Route,
    pub machine: &'a Machine,
    pub output: &'a Output,
    pub pace: Option<&'a Pace>,
    /// Whether a bar is of use: one file at a time.
    pub is_alone: bool,
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

    /// The same, asking to be let in before a large body leaves.
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
        entry: &Entry,
    ) -> Result<Option<Delivery>, Failure> {
        let Some(claim) = journal.claim(entry.id, (self.machine.now)()).await? else {
            return Ok(None);
        };
        let delivery = {
            let mut sending = std::pin::pin!(self.send_noted(entry));
            loop {
                tokio::select! {
                    delivery = &mut sending => break delivery,
                    () = tokio::time::sleep(LEASE / RENEWALS_PER_LEASE) => {
                        journal.renew(&claim, (self.machine.now)()).await?;
                    }
                }
            }
        };
        let ending = ending(&delivery);
        journal.settle(claim, delivery.tries, &ending, (self.machine.now)()).await?;
        if entry.is_spooled && matches!(ending, Ending::Received(_)) {
            // Left behind, it is swept when the outbox is opened again.
            std::fs::remove_file(&entry.path).unwrap_or_else(|_swept_later| ());
        }
        Ok(Some(delivery))
    }

    async fn send_noted(&self, entry: &Entry) -> Delivery {
        let untried = |failure| Delivery { tries: 0, status: None, result: Err(failure) };
        let source = match Source::as_noted(&entry.path, &entry.mark) {
            Ok(source) => source,
            Err(fault) => return untried(crate::explain::explain_source(&fault)),
        };
        let Ok(content_type) = HeaderValue::from_str(&entry.addressed.content_type) else {
            return untried(Failure::usage(
                "the media type cannot stand in a header",
                "Send it anew.",
            ));
        };
        let addressed = &entry.addressed;
        let path = addressed.place.upload_path(addressed.file_type, &addressed.name);
        self.send(&Parcel {
            source: &source,
            path: &path,
            content_type: &content_type,
            idempotency_key: Some(&addressed.idempotency_key),
        })
        .await
    }

    /// Tries until it stands or patience ends.
    pub async fn send(&self, parcel: &Parcel<'_>) -> Delivery {
        let progress = if self.output.shows_progress() && self.is_alone {
            Progress::shown(parcel.source.bytes())
        } else {
            Progress::hidden()
        };
        // Building the headers fails for all tries or for none.
        let headers = (parcel.headers(self.route), parcel.headers_with_expectation(self.route));
        let (plain, expecting) = match headers {
            (Ok(plain), Ok(expecting)) => (plain, expecting),
            (Err(failure), _) | (_, Err(failure)) => {
                return Delivery { tries: 0, status: None, result: Err(failure) };
            }
        };
        let (mut sent, mut expects) = (None, true);
        let outcome = persist(self.route.patience, self.machine, self.output, async || {
            progress.restart();
            let headers = if expects { &expecting } else { &plain };
            let (mut answer, mut digest) = self.attempt(parcel, headers, &progress).await?;
            // RFC 9110 section 10.1.1: the same request again, without the expectation.
            if answer.status == StatusCode::EXPECTATION_FAILED && expects {
                expects = false;
                progress.restart();
                (answer, digest) = self.attempt(parcel, &plain, &progress).await?;
            }
            sent = digest;
            Ok(answer)
        })
        .await;
        progress.finish();
        let tries = outcome.tries;
        let status = outcome.result.as_ref().ok().map(|answer| answer.status);
        let result =
            outcome.expect(StatusCode::CREATED, &self.route.link.target).and_then(|answer| {
                let sent = sent.ok_or_else(explain_early_receipt)?;
                let receipt =
                    answer.receipt(sent).map_err(|difference| explain_difference(&difference))?;
                Ok((sent, receipt))
            });
        Delivery { tries, status, result }
    }

    async fn attempt(
        &self,
        parcel: &Parcel<'_>,
        headers: &HeaderMap,
        progress: &Progress,
    ) -> Result<(Answer, Option<Sent>), Breakage> {
        let gate = headers.contains_key(EXPECT).then(Gate::default);
        let (feed, handed) =
            Feed::begin(parcel.source, gate.clone(), self.pace.cloned(), progress.clone())
                .map_err(Breakage::Source)?;
        let mut request = Request::new(feed);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = parcel.path.parse().map_err(|_not_path| Breakage::NotHttp)?;
        *request.headers_mut() = headers.clone();
        if let Some(gate) = gate {
            hyper::ext::on_informational(&mut request, move |interim| {
                if interim.status() == StatusCode::CONTINUE {
                    gate.open();
                }
            });
        }
        let answer = self.route.link.exchange(request, &handed).await?;
        let sent = handed
            .digest_of_whole(parcel.source)
            .map(|sha256| Sent { bytes: parcel.source.bytes(), sha256 });
        Ok((answer, sent))
    }
}

/// What the journal keeps of it.
fn ending(delivery: &Delivery) -> Ending {
    let status = delivery.status.map(|status| status.as_u16());
    match &delivery.result {
        Ok((sent, receipt)) => Ending::Received(Receipt {
            status: StatusCode::CREATED.as_u16(),
            sha256: sent.sha256,
            json: receipt.json.clone(),
        }),
        Err(failure) => {
            let setback = Setback { failure: failure.clone(), status };
            if is_of_the_file(failure.exit) {
                Ending::Never(setback)
            } else {
                Ending::Later(setback)
            }
        }
    }
}

/// Whether another try of the same file is in vain until a person changes something about it. What
/// lies in the network, the server, the token or a certificate may be mended without touching it.
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
