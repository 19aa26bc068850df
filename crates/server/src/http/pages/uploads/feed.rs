//! The freshness of a unit's feeds, in words.
//!
//! Invariant: silence is said once it is longer than a weekend, and only of what came before.

use domain::FileType;
use jiff::{SignedDuration, Timestamp};

use crate::limits::FEED_SILENT_MAX;

/// The age of the last file of one type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FeedAge {
    /// `no transactions for 4 days`
    pub(crate) words: String,
    pub(crate) is_quiet: bool,
}

/// One for each type that ever came; with none, all is still to come and nothing is said.
pub(crate) fn feeds(last: &[(FileType, Timestamp)], now: Timestamp) -> Vec<FeedAge> {
    let feed = |file_type: FileType| {
        let (_, at) = last.iter().find(|(known, _)| *known == file_type)?;
        let age = now.duration_since(*at);
        let is_quiet = age > FEED_SILENT_MAX;
        let words = if is_quiet {
            format!("no {} for {}", noun(file_type), ago(age))
        } else {
            format!("{} came {} ago", noun(file_type), ago(age))
        };
        Some(FeedAge { words, is_quiet })
    };
    FileType::ALL.into_iter().filter_map(feed).collect()
}

/// The noun for what a file of the type holds.
pub(crate) const fn noun(file_type: FileType) -> &'static str {
    file_type.spec().words.many
}

fn ago(age: SignedDuration) -> String {
    let (minutes, hours) = (age.as_mins().max(0), age.as_hours().max(0));
    let counted = |number: i64, one: &str, more: &str| {
        super::format::counted(number.unsigned_abs(), one, more)
    };
    match (hours / 24, hours, minutes) {
        (days @ 2.., _, _) => counted(days, "day", "days"),
        (_, hours @ 1.., _) => counted(hours, "hour", "hours"),
        (_, _, minutes @ 1..) => counted(minutes, "minute", "minutes"),
        _ => "less than a minute".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_said() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let before = |minutes| now - SignedDuration::from_mins(minutes);
        for (minutes, words, is_quiet) in [
            (0, "transactions came less than a minute ago", false),
            (1, "transactions came 1 minute ago", false),
            (150, "transactions came 2 hours ago", false),
            (47 * 60, "transactions came 47 hours ago", false),
            (72 * 60, "transactions came 3 days ago", false),
            (72 * 60 + 1, "no transactions for 3 days", true),
        ] {
            let last = [(FileType::Transactions, before(minutes))];
            assert_eq!(feeds(&last, now), [FeedAge { words: words.to_owned(), is_quiet }]);
        }
        assert_eq!(feeds(&[], now), []);
    }
}
