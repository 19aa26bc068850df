//! How long received files are kept.
//!
//! Not for: which of them may go (`store`).
//!
//! Invariant: it is counted in whole days of UTC, so that what somebody was shown before they agreed is what
//! goes on that day.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Time to notice at a month end that a file was read wrongly, and to have it read again.
pub const KEPT_DAYS_MIN: u32 = 30;
/// Twenty years, longer than any law on bookkeeping asks; who wants more keeps files for ever.
pub const KEPT_DAYS_MAX: u32 = 20 * 366;

/// A number of days within the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeptDays(u32);

/// The time for which files of a unit are kept, in the place of what holds for its organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitRetention {
    ForEver,
    Days(KeptDays),
}

/// Not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a whole number of days from {KEPT_DAYS_MIN} to {KEPT_DAYS_MAX}")]
pub struct InvalidKeptDays;

impl KeptDays {
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The moment before which received files are kept no longer: the day's beginning, so many days
    /// ago.
    pub fn cutoff(self, now: Timestamp) -> Timestamp {
        let today = TimeZone::UTC.to_datetime(now).date();
        let begun = today.to_zoned_datetime(TimeZone::UTC).expect("a day of UTC has a midnight");
        let kept = SignedDuration::from_hours(24 * i64::from(self.0));
        begun.timestamp().checked_sub(kept).expect("files are kept for years, not for millennia")
    }
}

impl UnitRetention {
    /// The days; none: for ever.
    pub const fn days(self) -> Option<KeptDays> {
        match self {
            Self::ForEver => None,
            Self::Days(days) => Some(days),
        }
    }
}

impl TryFrom<u32> for KeptDays {
    type Error = InvalidKeptDays;
    fn try_from(days: u32) -> Result<Self, InvalidKeptDays> {
        let is_within = (KEPT_DAYS_MIN..=KEPT_DAYS_MAX).contains(&days);
        if is_within { Ok(Self(days)) } else { Err(InvalidKeptDays) }
    }
}

impl FromStr for KeptDays {
    type Err = InvalidKeptDays;
    fn from_str(text: &str) -> Result<Self, InvalidKeptDays> {
        text.parse::<u32>().map_err(|_no_number| InvalidKeptDays)?.try_into()
    }
}

impl fmt::Display for KeptDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_within_bounds_and_counted_whole() {
        for good in ["30", "400", "7320"] {
            assert_eq!(good.parse::<KeptDays>().unwrap().to_string(), good);
        }
        for wrong in ["", "29", "7321", "-30", "1e3", "30.5", "99999999999"] {
            assert_eq!(wrong.parse::<KeptDays>(), Err(InvalidKeptDays), "{wrong}");
        }
        let days: KeptDays = "30".parse().unwrap();
        for now in ["2026-11-23T00:00:00Z", "2026-11-23T23:59:59Z"] {
            let cutoff: Timestamp = "2026-10-24T00:00:00Z".parse().unwrap();
            assert_eq!(days.cutoff(now.parse().unwrap()), cutoff);
        }
    }
}
