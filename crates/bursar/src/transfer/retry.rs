//! When to try again, and after how long.
//!
//! Not for: trying; this only decides, and the jitter comes in as a number.
//!
//! Invariant: no wait is longer than `RETRY_AFTER_MAX`, whatever a server asks for.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use jiff::Timestamp;

use crate::net::answer::{Answer, parse_http_date};

/// Seven tries within about a minute and a half: longer than a restart of a server or a change of
/// route takes, short enough for a person who waits.
pub const RETRIES_DEFAULT: u32 = 6;
/// The wait before the first retry is up to this, and doubles with each.
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// Where doubling stops.
const BACKOFF_MAX: Duration = Duration::from_mins(1);
/// A server may ask for any time; a nightly job must come to an end.
const RETRY_AFTER_MAX: Duration = Duration::from_mins(5);

/// Returns `true` when the contract says that the same request may succeed later; 520 to 530 are
/// Cloudflare's, in front of the vendor's service.
pub fn is_temporary(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=524 | 527 | 530)
}

/// Returns `true` for a temporary answer: by its status, or as a Bursar server that is still
/// receiving the first try of a file says so with 409, and that it passes.
pub fn is_temporary_answer(answer: &Answer) -> bool {
    let says_so = || answer.json().and_then(|json| json.get("retryable")?.as_bool());
    is_temporary(answer.status)
        || answer.status == StatusCode::CONFLICT && says_so().unwrap_or(false)
}

/// The wait before retry number `retry` (from 1): exponential, with full jitter by `jitter` (0 to 1), or as
/// long as the server asked for, which is capped.
pub fn backoff(retry: u32, asked: Option<Duration>, jitter: f64) -> Duration {
    let doubled = BACKOFF_FIRST.saturating_mul(1_u32.checked_shl(retry - 1).unwrap_or(u32::MAX));
    let jittered = doubled.min(BACKOFF_MAX).mul_f64(jitter.clamp(0.0, 1.0));
    asked.map_or(jittered, |asked| asked.min(RETRY_AFTER_MAX))
}

/// The `Retry-After` of an answer, in seconds or as a date (RFC 9110 section 10.2.3); `None` when it
/// is absent or cannot be read.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(
            text.parse().unwrap_or_else(|_longer_than_ever| u64::MAX),
        ));
    }
    let at = parse_http_date(text)?;
    let seconds = at.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(seconds.max(0).unsigned_abs()))
}

#[cfg(test)]
mod tests;
