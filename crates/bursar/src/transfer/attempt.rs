//! Trying, and trying again: one request made anew for each try until there is an answer that stands.
//!
//! Invariant: what `retry` calls temporary is tried again, nothing else; the caller gets the last
//! answer or the last breakage, and how often it was tried.

use std::time::Duration;

use crate::explain::{explain_answer, explain_transport_error};
use crate::net::answer::Answer;
use crate::net::link::TransportError;
use crate::net::target::Target;
use crate::report::failure::Failure;
use crate::report::format::duration;
use crate::report::output::Output;
use crate::system::System;
use crate::transfer::retry;

/// The number of retries, and the pace of time between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    pub retries: u32,
    /// The length of a second of waiting; only tests make it shorter.
    pub second: Duration,
}

/// The last answer to a request, or the last error, and how often it was tried.
#[derive(Debug)]
pub struct Attempts {
    pub result: Result<Answer, TransportError>,
    pub tries: u32,
}

impl Attempts {
    /// The status of the last answer, if there is one.
    pub fn status(&self) -> Option<http::StatusCode> {
        self.result.as_ref().ok().map(|answer| answer.status)
    }

    /// Takes the answer if it has this status, else explains it.
    pub fn expect(self, status: http::StatusCode, target: &Target) -> Result<Answer, Failure> {
        let mut failure = match self.result {
            Ok(answer) if answer.status == status => return Ok(answer),
            Ok(answer) => explain_answer(&answer, target),
            Err(transport_error) => explain_transport_error(&transport_error, target),
        };
        if self.tries > 1 {
            failure.next = format!("Tried {} times. {}", self.tries, failure.next);
        }
        Err(failure)
    }
}

/// Makes a request anew until its answer is not temporary or no retry is left.
pub async fn with_retries(
    retry_policy: RetryPolicy,
    system: &System,
    output: &Output,
    mut attempt: impl AsyncFnMut() -> Result<Answer, TransportError>,
) -> Attempts {
    let mut tries = 1;
    loop {
        let result = attempt().await;
        let (is_temporary, asked, reason) = match &result {
            Ok(answer) => (
                retry::is_temporary_answer(answer),
                retry::retry_after(&answer.headers, (system.now)()),
                format!("the server answered {}", answer.status.as_u16()),
            ),
            Err(transport_error) => {
                (transport_error.is_temporary(), None, transport_error.summary().to_owned())
            }
        };
        if !is_temporary || tries > retry_policy.retries {
            return Attempts { result, tries };
        }
        let wait = retry::backoff(tries, asked, (system.rng)());
        output.note(&format!(
            "{reason}; trying again in {} ({tries} of {})",
            duration(wait),
            retry_policy.retries
        ));
        tokio::time::sleep(retry_policy.second.mul_f64(wait.as_secs_f64())).await;
        tries += 1;
    }
}
