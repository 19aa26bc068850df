//! The reader of the page that is being answered: their time zone, and how they read days and numbers.
//!
//! Invariant: whoever has chosen nothing, or is not signed in, reads as the United Kingdom writes, in UTC.

use std::cell::RefCell;

use domain::{DateFormat, Formats, NumberFormat};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

tokio::task_local! {
    static READER: RefCell<Reader>;
}

/// The name of the time zone of whoever has chosen none.
const UTC: &str = "UTC";

/// The formats of a reader, with their time zone found.
#[derive(Debug, Clone)]
struct Reader {
    formats: Formats,
    zone: TimeZone,
}

impl Default for Reader {
    fn default() -> Self {
        Self { formats: Formats::default(), zone: TimeZone::UTC }
    }
}

/// Answers a request; what is rendered meanwhile is written for [`set_reader`]'s reader.
pub(crate) async fn answer<F: Future>(answer: F) -> F::Output {
    READER.scope(RefCell::new(Reader::default()), answer).await
}

/// Lets the rest of the answer be written by these formats.
pub(crate) fn set_reader(formats: &Formats) {
    let zone = formats.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
    let reader = Reader { formats: formats.clone(), zone: zone.unwrap_or(TimeZone::UTC) };
    // Outside of an answer nothing is written for anybody.
    READER.try_with(|known| *known.borrow_mut() = reader).unwrap_or_else(|_no_answer| ());
}

fn with<T>(of: impl Fn(&Reader) -> T) -> T {
    READER
        .try_with(|reader| of(&reader.borrow()))
        .unwrap_or_else(|_no_answer| of(&Reader::default()))
}

/// The name of the reader's time zone.
pub(crate) fn zone_name() -> String {
    with(|reader| reader.formats.time_zone.clone()).unwrap_or_else(|| UTC.to_owned())
}

/// Returns `true` when there is a time zone of that name.
pub(crate) fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// The reader's time zone.
pub(crate) fn zone() -> TimeZone {
    with(|reader| reader.zone.clone())
}

/// The time of a moment where the reader is.
pub(super) fn local(at: Timestamp) -> DateTime {
    with(|reader| reader.zone.to_datetime(at))
}

/// The day that it is where the reader is.
pub(crate) fn today(now: Timestamp) -> Date {
    local(now).date()
}

/// The moment at which a day begins where the reader is; none of days that are no moments.
pub(crate) fn begin_of(day: Date) -> Option<Timestamp> {
    with(|reader| reader.zone.to_timestamp(day.at(0, 0, 0, 0))).ok()
}

/// The moment at which a day of this system's clock begins where the reader is.
pub(crate) fn day_begins(day: Date) -> Timestamp {
    begin_of(day).expect("days of this system's clock and their weeks are moments as well")
}

/// The moment at which the week of another begins where the reader is.
pub(crate) fn week_begins(now: Timestamp) -> Timestamp {
    let today = today(now);
    let since = i64::from(today.weekday().to_monday_zero_offset());
    day_begins(today.checked_sub(since.days()).expect("a week before today is a day"))
}

/// A day as the reader reads it.
pub(crate) fn day(day: Date) -> String {
    day_in(with(|reader| reader.formats.dates), day)
}

/// A day in one of the ways that a reader may choose.
pub(crate) fn day_in(format: DateFormat, day: Date) -> String {
    day.strftime(format.pattern()).to_string()
}

/// The month of a day: `Nov 2026`.
pub(crate) fn month(day: Date) -> String {
    with(|reader| day.strftime(reader.formats.dates.month_pattern()).to_string())
}

/// The month of a day, where there is little room: `Nov 26`.
pub(crate) fn short_month(day: Date) -> String {
    with(|reader| day.strftime(reader.formats.dates.short_month_pattern()).to_string())
}

/// The days from one to another, where there is little room, with what they share named once.
pub(crate) fn short_days(first: Date, last: Date) -> String {
    let format = with(|reader| reader.formats.dates);
    let written = |day: Date| day.strftime(format.short_pattern()).to_string();
    if first == last {
        return written(last);
    }
    let begins = match format {
        DateFormat::Words if first.first_of_month() == last.first_of_month() => {
            return format!("{}–{}", first.day(), written(last));
        }
        DateFormat::Words if first.year() == last.year() => first.strftime("%-d %b").to_string(),
        _ => written(first),
    };
    format!("{begins} – {}", written(last))
}

/// A number that is written `1,234.56`, as the reader reads it.
pub(crate) fn number(written: &str) -> String {
    match with(|reader| reader.formats.numbers) {
        NumberFormat::CommaPoint => written.to_owned(),
        other => other.rewrite(written),
    }
}

/// The sign before the decimals of numbers as the reader reads them.
pub(crate) fn decimal_sign() -> char {
    with(|reader| reader.formats.numbers.signs().1)
}

/// A language and region by which browsers write numbers as the reader reads them.
pub(crate) fn locale() -> &'static str {
    with(|reader| reader.formats.numbers.locale())
}

#[cfg(test)]
mod tests {
    use domain::DateFormat;

    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        for (now, begins) in [
            ("2026-11-30T10:00:00Z", "2026-11-30T00:00:00Z"),
            ("2026-11-29T23:59:59Z", "2026-11-23T00:00:00Z"),
        ] {
            assert_eq!(week_begins(now.parse().unwrap()), begins.parse::<Timestamp>().unwrap());
        }
    }

    #[test]
    fn days_name_what_they_share_once() {
        for (first, last, written) in [
            ("2023-10-12", "2023-10-12", "12 Oct 23"),
            ("2023-10-12", "2023-10-15", "12–15 Oct 23"),
            ("2023-05-09", "2023-09-05", "9 May – 5 Sep 23"),
            ("2022-10-12", "2023-10-15", "12 Oct 22 – 15 Oct 23"),
        ] {
            assert_eq!(short_days(first.parse().unwrap(), last.parse().unwrap()), written);
        }
    }

    #[tokio::test]
    async fn an_answer_is_written_for_its_reader() {
        let at: Timestamp = "2026-07-03T23:30:00Z".parse().unwrap();
        let formats = Formats {
            time_zone: Some("Europe/Berlin".to_owned()),
            dates: DateFormat::Dots,
            numbers: NumberFormat::PointComma,
        };
        let written = answer(async {
            set_reader(&formats);
            let days = short_days(today(at), today(at).last_of_month());
            let told = (month(today(at)), short_month(today(at)), days);
            (day(today(at)), number("1,234.56"), zone_name(), decimal_sign(), told)
        });
        let expected = (
            "04.07.2026".to_owned(),
            "1.234,56".to_owned(),
            "Europe/Berlin".to_owned(),
            ',',
            ("07.2026".to_owned(), "07.26".to_owned(), "04.07.26 – 31.07.26".to_owned()),
        );
        assert_eq!(written.await, expected);
        assert_eq!((day(today(at)), zone_name()), ("3 Jul 2026".to_owned(), "UTC".to_owned()));
        let nowhere =
            Formats { time_zone: Some("Nowhere/At_all".to_owned()), ..Formats::default() };
        let written = answer(async {
            set_reader(&nowhere);
            day(today(at))
        });
        assert_eq!(written.await, "3 Jul 2026", "a zone that is gone is no fault of the page");
    }
}
