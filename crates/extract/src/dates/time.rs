//! The time of day behind a date, of which only the zone tells anything.
//!
//! Not for: keeping it: ledgers hold days.

/// The part of a text behind its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    /// Of a time that is said to be in UTC: whether it may be midnight of the next day further east.
    pub(super) is_utc_evening: Option<bool>,
}

const NONE: Time = Time { is_utc_evening: None };

/// Reads nothing, or a time behind `T`, a blank or DB2's dash: `0:00`, `14:15:02.123Z`, `2:15 PM`,
/// `12.00.00.000000000 AM`, `141502`.
pub(super) fn read(rest: &str) -> Option<Time> {
    let time = match rest.as_bytes() {
        [] => return Some(NONE),
        [b'T' | b't' | b' ' | b',' | b':', ..] => rest[1..].trim(),
        [b'-', a, b, b'.', ..] if a.is_ascii_digit() && b.is_ascii_digit() => &rest[1..],
        _ => return None,
    };
    if time.is_empty() {
        return Some(NONE);
    }
    // The name of a zone, as in `[Europe/Berlin]` or `(Central European Standard Time)`.
    let time = time.split_once(['[', '(']).map_or(time, |(time, _)| time).trim();
    let end = time.find(|c: char| !c.is_ascii_digit() && !":.,".contains(c)).unwrap_or(time.len());
    let (clock, behind) = time.split_at(end);
    let is_clock = if clock.contains([':', '.']) {
        clock.split([':', '.', ',']).all(|part| !part.is_empty() && part.len() <= 9)
    } else {
        matches!(clock.len(), 4 | 6 | 9)
    };
    if !is_clock || !clock.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let zone = behind.trim();
    if !zone.chars().all(|c| c.is_ascii_alphanumeric() || "+-:. ()".contains(c)) || zone.len() > 16
    {
        return None;
    }
    let zone = zone.trim_start_matches(['.', ':']);
    let is_utc = matches!(zone, "Z" | "z" | "UTC" | "GMT" | "+00:00" | "+0000" | "+00" | "-00:00");
    Some(Time {
        is_utc_evening: is_utc.then(|| minutes(clock).is_some_and(is_midnight_in_the_east)),
    })
}

/// The minutes of a clock without seconds.
fn minutes(clock: &str) -> Option<u32> {
    let digits: String = clock.chars().filter(char::is_ascii_digit).collect();
    let number = |at: usize| digits.get(at..at + 2)?.parse::<u32>().ok();
    let is_whole = digits.get(4..)?.bytes().all(|byte| byte == b'0');
    is_whole.then_some(number(0)? * 60 + number(2)?)
}

/// Returns `true` when a minute of the day in UTC may be midnight of the day behind it, somewhere
/// east of Greenwich.
pub(super) const fn is_midnight_in_the_east(minutes: u32) -> bool {
    minutes >= 10 * 60 && minutes.is_multiple_of(30)
}
