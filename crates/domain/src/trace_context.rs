//! A place in a trace, as W3C's Trace Context has it in a `traceparent`: all that follows from one request is
//! found by one id.
//!
//! Not for: spans, or where they are sent.
//! Invariant: neither id is zero; whatever a sender wrote besides is dropped.

use std::fmt;
use std::num::{NonZeroU64, NonZeroU128};
use std::str::FromStr;

/// The length of `00-<32 digits>-<16 digits>-<2 digits>`.
const TEXT_BYTES: usize = 55;
/// The version that is not allowed, so that a text of `f` alone is none.
const NO_VERSION: &str = "ff";
const VERSION: &str = "00";
/// The flag that says that the trace is recorded.
const SAMPLED: u8 = 1;

/// A span of a trace, and whether the trace is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: NonZeroU128,
    span: NonZeroU64,
    is_sampled: bool,
}

/// The id of a whole trace: 32 hexadecimal digits as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(NonZeroU128);

/// The choice of a trace's beginning: recorded or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    Recorded,
    LeftOut,
}

/// Text that is not a `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent of W3C's Trace Context")]
pub struct InvalidTraceContext;

impl TraceContext {
    /// A place in a trace; none where one of the ids is zero.
    pub fn new(trace: u128, span: u64, sampling: Sampling) -> Option<Self> {
        let (trace, span) = (NonZeroU128::new(trace)?, NonZeroU64::new(span)?);
        Some(Self { trace, span, is_sampled: sampling == Sampling::Recorded })
    }

    pub const fn trace(self) -> TraceId {
        TraceId(self.trace)
    }

    pub const fn span(self) -> u64 {
        self.span.get()
    }

    pub const fn sampling(self) -> Sampling {
        if self.is_sampled { Sampling::Recorded } else { Sampling::LeftOut }
    }
}

impl TraceId {
    pub const fn get(self) -> u128 {
        self.0.get()
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Written as a `traceparent`.
impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = if self.is_sampled { SAMPLED } else { 0 };
        write!(f, "{VERSION}-{}-{:016x}-{flags:02x}", self.trace(), self.span)
    }
}

/// Of a version that comes after ours what ours has is read (Trace Context, 3.2.4).
impl FromStr for TraceContext {
    type Err = InvalidTraceContext;
    fn from_str(text: &str) -> Result<Self, InvalidTraceContext> {
        let (head, rest) = text.split_at_checked(TEXT_BYTES).ok_or(InvalidTraceContext)?;
        let mut parts = head.split('-');
        let mut digits = |wanted: usize| {
            let part = parts.next().filter(|part| part.len() == wanted)?;
            let is_digit = |sign: u8| sign.is_ascii_digit() || (b'a'..=b'f').contains(&sign);
            part.bytes().all(is_digit).then_some(part)
        };
        let read = (digits(2), digits(32), digits(16), digits(2));
        let (Some(version), Some(trace), Some(span), Some(flags)) = read else {
            return Err(InvalidTraceContext);
        };
        let goes_on = if version == VERSION { rest.is_empty() } else { may_follow(rest) };
        if version == NO_VERSION || !goes_on {
            return Err(InvalidTraceContext);
        }
        let trace = u128::from_str_radix(trace, 16).map_err(|_no_number| InvalidTraceContext)?;
        let span = u64::from_str_radix(span, 16).map_err(|_no_number| InvalidTraceContext)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_no_number| InvalidTraceContext)?;
        let is_sampled = flags & SAMPLED != 0;
        let sampling = if is_sampled { Sampling::Recorded } else { Sampling::LeftOut };
        Self::new(trace, span, sampling).ok_or(InvalidTraceContext)
    }
}

fn may_follow(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_traceparent_is_read_as_the_standard_has_it() {
        for (text, read) in [
            (format!("00-{TRACE}-00f067aa0ba902b7-01"), Some("01")),
            (format!("00-{TRACE}-00f067aa0ba902b7-00"), Some("00")),
            // Flags that are not known are dropped.
            (format!("00-{TRACE}-00f067aa0ba902b7-03"), Some("01")),
            (format!("cc-{TRACE}-00f067aa0ba902b7-01"), Some("01")),
            (format!("cc-{TRACE}-00f067aa0ba902b7-01-more"), Some("01")),
            (format!("cc-{TRACE}-00f067aa0ba902b7-01more"), None),
            (format!("00-{TRACE}-00f067aa0ba902b7-01-more"), None),
            (format!("ff-{TRACE}-00f067aa0ba902b7-01"), None),
            (format!("00-{TRACE}-00f067aa0ba902b7-1"), None),
            (format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()), None),
            (format!("00-{TRACE}-0000000000000000-01"), None),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), None),
            (format!("00-{TRACE}-+0f067aa0ba902b7-01"), None),
            (format!("00_{TRACE}_00f067aa0ba902b7_01"), None),
            ("ä".repeat(30), None),
            (String::new(), None),
        ] {
            let context = text.parse::<TraceContext>().ok();
            let written = context.map(|context| context.to_string());
            let expected = read.map(|flags| format!("00-{TRACE}-00f067aa0ba902b7-{flags}"));
            assert_eq!(written, expected, "{text}");
            assert!(context.is_none_or(|context| context.trace().to_string() == TRACE));
        }
    }
}
