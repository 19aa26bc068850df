//! How often files are sent with one access token.
//!
//! A token that runs wild, or was stolen, would fill the database and the disk with files of a few bytes:
//! each costs a row, a job and four syncs. A share saved up while nothing is sent lets a full folder
//! through at once.
//!
//! Invariant: a token whose share is full is not remembered.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::TokenId;
use tokio::time::Instant;

/// Tokens remembered before those are forgotten whose share is full again.
const REMEMBERED_MAX: usize = 1024;

/// Lets every token send so many files a minute, and a minute's worth of them at once.
#[derive(Debug)]
pub(super) struct UploadRate {
    per_minute: u32,
    spent: Mutex<HashMap<TokenId, Share>>,
}

/// The uploads of a token that are not earned back yet.
#[derive(Debug, Clone, Copy)]
struct Share {
    uploads: f64,
    at: Instant,
}

impl UploadRate {
    pub(super) fn new(per_minute: u32) -> Self {
        Self { per_minute, spent: Mutex::default() }
    }

    /// Counts an upload, or says how long it is until the next one may be sent.
    pub(super) fn take(&self, token: TokenId, now: Instant) -> Result<(), Duration> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= REMEMBERED_MAX {
            spent.retain(|_, spent| self.rests(*spent, now) > 0.0);
        }
        let before = spent.get(&token).map_or(0.0, |spent| self.rests(*spent, now));
        let over = before + 1.0 - f64::from(self.per_minute);
        if over > 0.0 {
            return Err(Duration::from_secs_f64(over / self.per_second()));
        }
        spent.insert(token, Share { uploads: before + 1.0, at: now });
        Ok(())
    }

    fn rests(&self, spent: Share, now: Instant) -> f64 {
        let earned = now.saturating_duration_since(spent.at).as_secs_f64() * self.per_second();
        (spent.uploads - earned).max(0.0)
    }

    fn per_second(&self) -> f64 {
        f64::from(self.per_minute) / 60.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(number: u16) -> TokenId {
        let mut random = [0; 10];
        random[..2].copy_from_slice(&number.to_be_bytes());
        TokenId::new(jiff::Timestamp::UNIX_EPOCH, random)
    }

    #[test]
    fn a_minutes_worth_passes_at_once_and_then_by_the_rate() {
        let rate = UploadRate::new(30);
        let (token, other) = (token(1), token(2));
        let begin = Instant::now();
        for _ in 0..30 {
            assert_eq!(rate.take(token, begin), Ok(()));
        }
        assert_eq!(rate.take(token, begin), Err(Duration::from_secs(2)));
        assert_eq!(rate.take(other, begin), Ok(()), "each has its own");
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert_eq!(rate.take(token, at(1)), Err(Duration::from_secs(1)));
        assert_eq!(rate.take(token, at(2)), Ok(()));
        assert!(rate.take(token, at(3)).is_err());
        for _ in 0..30 {
            assert_eq!(rate.take(token, at(100)), Ok(()), "an hour of rest saves up no more");
        }
        assert!(rate.take(token, at(100)).is_err());
    }

    #[test]
    fn who_sends_nothing_is_forgotten() {
        let rate = UploadRate::new(60);
        let begin = Instant::now();
        for number in 0..2_000 {
            assert_eq!(rate.take(token(number), begin), Ok(()));
        }
        let later = begin + Duration::from_secs(2);
        assert_eq!(rate.take(token(9_999), later), Ok(()));
        assert_eq!(rate.spent.lock().unwrap().len(), 1);
    }
}
