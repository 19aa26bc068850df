//! How the service is: a heartbeat file, and a page for monitors on this machine.
//!
//! Invariant: the page is served to this machine only and tells no token, path or content.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::tally::{Tally, is_warning};
use crate::auth::token::WARN_AHEAD_DAYS;
use crate::journal::OutcomeCounts;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// Before the next try when nobody can be let in.
const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);
/// A monitor asks in a moment or not at all.
const HEADER_TIME: std::time::Duration = std::time::Duration::from_secs(5);

/// The health of every job.
#[derive(Debug, Clone, Default)]
pub(super) struct Health(Rc<RefCell<BTreeMap<String, JobHealth>>>);

#[derive(Debug, Default)]
struct JobHealth {
    last_round: Option<Timestamp>,
    last_success: Option<Timestamp>,
    next: Option<Timestamp>,
    tally: Tally,
    token_ends: Option<Timestamp>,
    failure: Option<ExitCode>,
    warning: Option<ExitCode>,
    outcomes: OutcomeCounts,
    /// That a file was received longer ago than its job waits, and is not yet read.
    late: Option<ExitCode>,
}

impl JobHealth {
    fn failure(&self) -> Option<ExitCode> {
        let of_outcomes = [
            (self.outcomes.refused > 0, ExitCode::FileRefused),
            (self.outcomes.held > 0, ExitCode::FileHeld),
        ];
        let outcome = of_outcomes.into_iter().find_map(|(is_so, exit)| is_so.then_some(exit));
        self.failure.or(outcome).or(self.late)
    }

    fn warning(&self) -> Option<ExitCode> {
        let rows = (self.outcomes.rows_set_aside > 0).then_some(ExitCode::RowsSetAside);
        self.warning.or(rows)
    }
}

impl Health {
    pub(super) fn expect(&self, job: &str, next: Option<Timestamp>) {
        self.0.borrow_mut().entry(job.to_owned()).or_default().next = next;
    }

    pub(super) fn note(&self, job: &str, round: &Result<Tally, Failure>, now: Timestamp) {
        let mut all = self.0.borrow_mut();
        let health = all.entry(job.to_owned()).or_default();
        health.last_round = Some(now);
        match round {
            Ok(tally) => {
                health.failure = tally.failure();
                health.warning = tally.warning();
                health.token_ends = tally.token_ends.or(health.token_ends);
                health.tally = tally.clone();
            }
            Err(failure) => {
                let code = Some(failure.exit);
                (health.failure, health.warning) =
                    if is_warning(failure.exit) { (None, code) } else { (code, None) };
            }
        }
        if health.failure.is_none() {
            health.last_success = Some(now);
        }
    }

    /// Notes what the server made of received files, and that it has had one for too long.
    pub(super) fn note_outcomes(&self, job: &str, counts: OutcomeCounts, late: Option<ExitCode>) {
        let mut all = self.0.borrow_mut();
        let health = all.entry(job.to_owned()).or_default();
        (health.outcomes, health.late) = (counts, late);
    }

    pub(super) fn forget_all(&self) {
        self.0.borrow_mut().clear();
    }

    fn is_well(&self) -> bool {
        self.0.borrow().values().all(|health| health.failure().is_none())
    }

    fn status(&self) -> &'static str {
        if !self.is_well() {
            "failing"
        } else if self.0.borrow().values().any(|health| health.warning().is_some()) {
            "warning"
        } else {
            "ok"
        }
    }

    pub(super) fn to_json(&self, now: Timestamp) -> Value {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let jobs: serde_json::Map<String, Value> = self
            .0
            .borrow()
            .iter()
            .map(|(name, health)| {
                let value = json!({
                    "lastRound": text(health.last_round),
                    "lastSuccess": text(health.last_success),
                    "next": text(health.next),
                    "tokenEnds": text(health.token_ends),
                    "tokenEndsSoon": health.token_ends.is_some_and(|ends| is_soon(ends, now)),
                    "failure": health.failure().map(ExitCode::meaning),
                    "warning": health.warning().map(ExitCode::meaning),
                    "waiting": health.tally.waiting,
                    "failed": health.tally.failed,
                    "empty": health.tally.empty,
                    "awaited": health.outcomes.awaited,
                    "held": health.outcomes.held,
                    "refused": health.outcomes.refused,
                    "rowsSetAside": health.outcomes.rows_set_aside,
                });
                (name.clone(), value)
            })
            .collect();
        json!({
            "status": self.status(),
            "at": now.to_string(),
            "jobs": jobs,
        })
    }
}

/// Returns `true` when a token ends so soon that sending warns of it.
fn is_soon(ends: Timestamp, now: Timestamp) -> bool {
    ends.duration_since(now).as_hours() < 24 * WARN_AHEAD_DAYS
}

/// Parses an address of this machine.
pub(super) fn parse(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_malformed| "write it as 127.0.0.1:9177".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!("{address} is not of this machine alone; use 127.0.0.1 or ::1"))
    }
}

pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("the health page cannot be served at {address}: {fault}"),
            "Another program may have the port; correct health in [service].",
        )
    })
}

/// Serves the page, one connection after the other: monitors are few.
pub(super) async fn serve(listener: TcpListener, health: Health, now: fn() -> Timestamp) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Without files or memory for more it fails at once, again and again.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let answer = |_request: Request<Incoming>| {
            let status =
                if health.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            let mut response =
                Response::new(Full::new(Bytes::from(health.to_json(now()).to_string())));
            *response.status_mut() = status;
            let json = http::HeaderValue::from_static("application/json");
            response.headers_mut().insert(http::header::CONTENT_TYPE, json);
            std::future::ready(Ok::<_, Infallible>(response))
        };
        let served = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIME)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service_fn(answer));
        // Whoever asked has gone, or sent no HTTP.
        served.await.unwrap_or_else(|_asker_is_gone| ());
    }
}

/// Writes the page into a file, whole or not at all.
pub(super) fn beat(path: &Path, health: &Health, now: Timestamp) -> std::io::Result<()> {
    let new = path.with_added_extension("new");
    std::fs::write(&new, format!("{}\n", health.to_json(now)))?;
    std::fs::rename(new, path)
}
