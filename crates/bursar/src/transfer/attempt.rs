//! Trying, and trying again: one request made anew for each try until there is an answer that stands.
//!
//! Invariant: what `retry` calls temporary is tried again, nothing else; the caller gets the last
//! answer or the last breakage, and how often it was tried.

use std::time::Duration;

use crate::explain::{explain_answer, explain_breakage};
use crate::net::answer::Answer;
use crate::net::link::Breakage;
use crate::net::target::Target;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::system::{Machine, in_words};
use crate::transfer::retry;

/// How patiently to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub retries: u32,
    /// How long a second of waiting lasts; only tests make it shorter.
    pub second: Duration,
}

/// How it came out.
#[derive(Debug)]
pub struct Outcome {
    pub result: Result<Answer, Breakage>,
    pub tries: u32,
}

impl Outcome {
    /// The failure, if the answer does not have this status.
    pub fn expect(self, status: http::StatusCode, target: &Target) -> Result<Answer, Failure> {
        let mut failure = match self.result {
            Ok(answer) if answer.status == status => return Ok(answer),
            Ok(answer) => explain_answer(&answer, target),
            Err(breakage) => explain_breakage(&breakage, target),
        };
        if self.tries > 1 {
            failure.next = format!("Tried {} times. {}", self.tries, failure.next);
        }
        Err(failure)
    }
}

/// Tries until it stands or patience ends.
pub async fn persist(
    patience: Patience,
    machine: &Machine,
    output: &Output,
    mut attempt: impl AsyncFnMut() -> Result<Answer, Breakage>,
) -> Outcome {
    let mut tries = 1;
    loop {
        let result = attempt().await;
        let (is_temporary, asked, reason) = match &result {
            Ok(answer) => (
                retry::is_temporary_answer(answer),
                retry::retry_after(&answer.headers, (machine.now)()),
                format!("the server answered {}", answer.status.as_u16()),
            ),
            Err(breakage) => (breakage.is_temporary(), None, breakage.in_short().to_owned()),
        };
        if !is_temporary || tries > patience.retries {
            return Outcome { result, tries };
        }
        let wait = retry::wait(tries, asked, (machine.chance)());
        output.note(&format!(
            "{reason}; trying again in {} ({tries} of {})",
            in_words(wait),
            patience.retries
        ));
        tokio::time::sleep(patience.second.mul_f64(wait.as_secs_f64())).await;
        tries += 1;
    }
}
