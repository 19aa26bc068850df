//! Numbers, sizes and times as a person reads them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A count with its noun: `41,220 rows`.
pub fn plural(count: u64, name: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {name}{s}", group_digits(count))
}

/// A number with a comma before every three digits.
pub fn group_digits(number: u64) -> String {
    domain::digits::grouped(&number.to_string())
}

/// A length in bytes: `19.3 MB`, in decimal units, as disks and networks count.
pub fn byte_size(bytes: u64) -> String {
    let (whole, unit) = match bytes {
        0..1_000 => return format!("{bytes} bytes"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes.saturating_mul(10) / whole;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A span of time: `1.5 s` below ten seconds, `15 s` from there on.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.1} s") } else { format!("{seconds:.0} s") }
}

/// A span of time in the largest unit that has come full: `119 minutes`, `2 hours`, `3 days`.
pub fn age(time: SignedDuration) -> String {
    let minutes = time.as_mins().unsigned_abs();
    match minutes {
        0..120 => plural(minutes, "minute"),
        120..2_880 => plural(minutes / 60, "hour"),
        _ => plural(minutes / 1_440, "day"),
    }
}

/// A moment to the minute: `23 Nov 2026 14:15 UTC`.
pub fn date_time(at: Timestamp) -> String {
    at.strftime("%-d %b %Y %H:%M UTC").to_string()
}

/// A moment to the day, in UTC: `23 Nov 2026`.
pub fn date(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_for_a_person() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (19_345_678, "19.3 MB"),
            (4_294_967_296, "4.2 GB"),
        ] {
            assert_eq!(byte_size(bytes), text);
        }
    }

    #[test]
    fn ages_for_a_person() {
        for (seconds, text) in
            [(59, "0 minutes"), (7_199, "119 minutes"), (7_200, "2 hours"), (3 * 86_400, "3 days")]
        {
            assert_eq!(age(SignedDuration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn numbers_for_a_person() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (41_220_007, "41,220,007")]
        {
            assert_eq!(group_digits(number), text);
        }
        assert_eq!((plural(1, "row").as_str(), plural(2, "row").as_str()), ("1 row", "2 rows"));
    }
}
