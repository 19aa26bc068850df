//! Panics are said: in the log with where and why, and as a measure.
//!
//! Not for: what follows from one; whoever waits for the work decides (`http`: a 500, `work`: a failed
//! attempt). Invariant: no panic of the server goes without a line in its log.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::set_hook;
use std::thread;

use crate::measures;

const NO_TEXT: &str = "with a value that is no text";

/// Logs and counts every panic of the process from now on, wherever it is caught.
pub fn log_all() {
    set_hook(Box::new(|panic| {
        measures::panicked();
        let backtrace = Backtrace::capture();
        tracing::error!(
            thread = thread::current().name().unwrap_or("unnamed"),
            location = panic.location().map(ToString::to_string),
            backtrace =
                (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string()),
            "panicked: {}",
            panic.payload_as_str().unwrap_or(NO_TEXT)
        );
    }));
}

/// The message of a panic.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Panic(String);

impl From<Box<dyn Any + Send>> for Panic {
    fn from(payload: Box<dyn Any + Send>) -> Self {
        let formatted = payload.downcast_ref::<String>().map(String::as_str);
        let text = formatted.or_else(|| payload.downcast_ref::<&str>().copied());
        Self(text.unwrap_or(NO_TEXT).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn what_was_said_is_kept() {
        let said = |panics: fn()| Panic::from(catch_unwind(panics).unwrap_err()).to_string();
        assert_eq!(said(|| panic!("as it is")), "as it is");
        assert_eq!(said(|| panic!("with {:?}", Some(1))), "with Some(1)");
        assert_eq!(said(|| std::panic::panic_any(7)), NO_TEXT);
    }
}
