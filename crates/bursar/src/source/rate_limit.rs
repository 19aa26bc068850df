//! How many bytes a second may leave, over all files that are sent at once.
//!
//! Invariant: over any while the bytes that left are at most the rate times that while, and one piece
//! more.

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The pieces sent in a second, so that something moves several times within a second, and no slow pace
/// looks like a stalled line.
const PIECES_A_SECOND: u64 = 4;
/// Below this a file of any use takes days, and pieces are farther apart than the shortest `--timeout`.
const RATE_MIN: u64 = 1_000;

/// A limit of bytes a second, shared by all that send.
#[derive(Debug, Clone)]
pub struct RateLimit {
    bytes_a_second: NonZeroU64,
    free_at: Arc<Mutex<Option<Instant>>>,
}

impl RateLimit {
    pub fn new(bytes_a_second: NonZeroU64) -> Self {
        Self { bytes_a_second, free_at: Arc::default() }
    }

    /// The most bytes that may leave at once.
    pub fn piece_bytes(&self) -> usize {
        let piece = (self.bytes_a_second.get() / PIECES_A_SECOND).max(1);
        usize::try_from(piece.min(isize::MAX.unsigned_abs() as u64)).expect("it is an address")
    }

    /// Counts so many bytes that leave now, and says when the next ones may.
    pub fn reserve(&self, bytes: u64) -> Instant {
        let nanoseconds = u128::from(bytes) * 1_000_000_000 / u128::from(self.bytes_a_second.get());
        let takes = Duration::from_nanos_u128(nanoseconds);
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let next = free_at.map_or(now, |free_at| free_at.max(now)) + takes;
        *free_at = Some(next);
        next
    }
}

/// Parses `500k`, `5M`, `1G` or a number of bytes, a second.
pub fn parse_rate(text: &str) -> Result<NonZeroU64, &'static str> {
    let advice = "write bytes a second, at least 1k, such as 500k, 5M or 1G";
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], 1_000),
        Some(b'm' | b'M') => (&text[..text.len() - 1], 1_000_000),
        Some(b'g' | b'G') => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    let rate = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    rate.filter(|rate| *rate >= RATE_MIN).and_then(NonZeroU64::new).ok_or(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_as_they_are_written() {
        for (text, rate) in [
            ("1000", Some(1_000)),
            ("500k", Some(500_000)),
            ("5M", Some(5_000_000)),
            ("1g", Some(1_000_000_000)),
            ("999", None),
            ("0", None),
            ("5 M", None),
            ("-1k", None),
            ("99999999999999999999G", None),
            ("", None),
            ("k", None),
        ] {
            assert_eq!(parse_rate(text).ok().map(NonZeroU64::get), rate, "{text}");
        }
    }

    #[tokio::test]
    async fn turns_follow_each_other_at_the_rate() {
        let rate_limit = RateLimit::new(NonZeroU64::new(1_000_000).unwrap());
        let first = rate_limit.reserve(500_000);
        let second = rate_limit.clone().reserve(250_000);
        let third = rate_limit.reserve(500_000);
        assert_eq!(second - first, Duration::from_millis(250));
        assert_eq!(third - second, Duration::from_millis(500));
        assert_eq!(rate_limit.piece_bytes(), 250_000);
    }
}
