//! A cell's value as another reader has it, and whether a text of ours is the same.

/// What other readers tell apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
    Boolean(bool),
    Error(String),
    /// Seconds from 0000-03-01, or any day that is the same for both.
    Moment(i64),
    /// Seconds of a day, or of many.
    Time(i64),
}

/// Readers round halves of a second their own way.
const SECONDS_APART: i64 = 1;
/// Of the 15 digits that a spreadsheet shows; text of ours has them rounded.
const NUMBERS_APART: f64 = 1e-14;

impl Value {
    pub(super) fn agrees_with(&self, ours: &str) -> bool {
        match self {
            Self::Text(text) | Self::Error(text) => text == ours,
            Self::Number(number) => ours.parse::<f64>().is_ok_and(|ours| is_near(ours, *number)),
            Self::Boolean(value) => ours == if *value { "TRUE" } else { "FALSE" },
            Self::Moment(seconds) => moment(ours).is_some_and(|ours| are_near(ours, *seconds)),
            Self::Time(seconds) => time(ours).is_some_and(|ours| are_near(ours, *seconds)),
        }
    }

    /// The moment that such a text names, with or without a time.
    pub(super) fn of_iso(text: &str) -> Option<Self> {
        moment(text).map(Self::Moment).or_else(|| time(text).map(Self::Time))
    }

    pub(super) fn of_parts([year, month, day]: [i64; 3], seconds: i64) -> Self {
        Self::Moment(days(year, month, day) * 86_400 + seconds)
    }
}

fn is_near(one: f64, other: f64) -> bool {
    let scale = one.abs().max(other.abs());
    (one - other).abs() <= scale * NUMBERS_APART
}

fn are_near(one: i64, other: i64) -> bool {
    one.abs_diff(other) <= SECONDS_APART.unsigned_abs()
}

fn moment(text: &str) -> Option<i64> {
    let (date, of_day) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let parts: Vec<i64> = date.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [year, month, day] = parts[..] else { return None };
    Some(days(year, month, day) * 86_400 + time(of_day)?)
}

/// `HH:MM` or `HH:MM:SS`, of any number of hours, with or without parts of a second.
fn time(text: &str) -> Option<i64> {
    let text = text.trim_end_matches('Z');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<i64> = whole.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes] => (hours, minutes, 0),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    let rounded = i64::from(fraction.starts_with(['5', '6', '7', '8', '9']));
    Some(hours * 3_600 + minutes * 60 + seconds + rounded)
}

/// Any day has a number, so that 29 February 1900 has one too.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    (year * 12 + month) * 31 + day
}

#[test]
fn texts_agree_with_the_values_they_show() {
    for (value, ours, agrees) in [
        (Value::Text("a ".to_owned()), "a ", true),
        (Value::Text("a ".to_owned()), "a", false),
        (Value::Number(0.1 + 0.2), "0.3", true),
        (Value::Number(12.0), "00012", true),
        (Value::Number(12.0), "12.1", false),
        (Value::Boolean(true), "TRUE", true),
        (Value::of_iso("2024-03-05T10:00:00.499").unwrap(), "2024-03-05T10:00:00", true),
        (Value::of_iso("2024-03-05 00:00:00").unwrap(), "2024-03-05", true),
        (Value::of_iso("2024-03-05").unwrap(), "2024-05-03", false),
        (Value::Time(129_600), "36:00:00", true),
        (Value::of_iso("12:30").unwrap(), "12:30:00", true),
    ] {
        assert_eq!(value.agrees_with(ours), agrees, "{value:?} {ours}");
    }
}
