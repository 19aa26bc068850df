//! What a person is told when something did not work: what happened, and what to do next.
//!
//! Invariant: neither sentence holds a token, and the exit code says the same as the words.

use std::fmt;

use serde_json::{Value, json};

use crate::report::exit_code::ExitCode;

/// A file that was not sent or a command that was not carried out: why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub exit: ExitCode,
    /// The event: a sentence that begins in lower case, for it follows `not sent: `.
    pub what: String,
    /// The advice, in whole sentences.
    pub next: String,
}

impl Failure {
    pub fn new(exit: ExitCode, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { exit, what: what.into(), next: next.into() }
    }

    /// The two sentences as JSON: `{what, next}`.
    pub fn to_json(&self) -> Value {
        json!({ "what": self.what, "next": self.next })
    }

    pub fn usage(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, what, next)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}", self.what, self.next)
    }
}

impl std::error::Error for Failure {}
