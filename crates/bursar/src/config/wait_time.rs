//! A time to wait, as it is written: `90s`, `10m` or `2h`.

use std::time::Duration;

use jiff::SignedDuration;

/// A week: longer is no limit.
const WAIT_LONGEST: Duration = Duration::from_hours(7 * 24);

/// Parses a time to wait, such as `90s`, `10m` or `2h`.
pub fn parse_wait_time(text: &str) -> Result<Duration, &'static str> {
    let advice = "write a time of at most seven days, such as 90s, 10m or 2h";
    let time = text.parse::<SignedDuration>().map_err(|_not_a_time| advice)?;
    let time = Duration::try_from(time).map_err(|_negative| advice)?;
    if time > WAIT_LONGEST { Err(advice) } else { Ok(time) }
}
