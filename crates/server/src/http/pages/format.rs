//! Values as the pages write them: dates, numbers, sizes, money.
//!
//! Invariant: one way to write each, wherever it stands.

use domain::digits::grouped;
use domain::{Amount, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Currencies with a sign of their own.
const SIGNS: [(&str, &str); 3] = [("GBP", "£"), ("EUR", "€"), ("USD", "US$")];

const ISO_DATE_CHARS: usize = "2026-11-09".len();

/// The moment at which a day begins, in UTC, as all days of pages are.
pub(crate) fn day_begins(day: Date) -> Timestamp {
    let midnight = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
    midnight.expect("days of this system's clock and their weeks are moments as well")
}

/// `23 Nov 2026`
pub(crate) fn day(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// The day of a moment, in UTC.
pub(crate) fn date(at: Timestamp) -> String {
    day(TimeZone::UTC.to_datetime(at).date())
}

/// `23 Nov 2026, 10:05`, in UTC.
pub(crate) fn moment(at: Timestamp) -> String {
    format!("{}, {}", date(at), at.strftime("%H:%M"))
}

/// `23 Nov 2026, 10:05:41`, in UTC, where it matters which came first.
pub(crate) fn second(at: Timestamp) -> String {
    format!("{}, {}", date(at), at.strftime("%H:%M:%S"))
}

/// A sentence of a check with its days and its money written as the pages write them: the checks write
/// `2026-11-09` and `GBP 4,310.00`.
pub(crate) fn prose(text: &str) -> String {
    with_signs(&with_dates(text))
}

/// `£4,310.00` for `GBP 4,310.00`.
fn with_signs(text: &str) -> String {
    let mut written = text.to_owned();
    for (code, sign) in SIGNS {
        let mark = format!("{code} ");
        let mut parts = written.split(&mark).peekable();
        let mut signed = String::with_capacity(written.len());
        while let Some(part) = parts.next() {
            signed.push_str(part);
            let Some(next) = parts.peek() else { break };
            let figure = next.strip_prefix('-').unwrap_or(next);
            let is_word = signed.ends_with(|c: char| c.is_alphanumeric());
            if is_word || !figure.starts_with(|c: char| c.is_ascii_digit()) {
                signed.push_str(code);
                signed.push(' ');
            } else {
                signed.push_str(sign);
            }
        }
        written = signed;
    }
    written
}

/// A sentence with its days as the pages write them.
fn with_dates(text: &str) -> String {
    let written = |word: &str| word.parse().ok().filter(|_| word.len() == ISO_DATE_CHARS).map(day);
    let parts = text.split_inclusive(|c: char| !c.is_ascii_digit() && c != '-').map(|part| {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_digit());
        match written(word) {
            Some(day) => day + &part[word.len()..],
            None => part.to_owned(),
        }
    });
    parts.collect()
}

/// For machines, in a `<time datetime>`.
pub(crate) fn machine(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `41,220`
pub(crate) fn count(number: impl TryInto<u64>) -> String {
    let Ok(number) = number.try_into() else { panic!("a count is never below zero") };
    grouped(&number.to_string())
}

/// `1 row`, `2 rows`
pub(crate) fn counted(number: impl TryInto<u64>, one: &str, more: &str) -> String {
    let Ok(number) = number.try_into() else { panic!("a count is never below zero") };
    domain::digits::counted(number, one, more)
}

/// `19.3 MB`
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if number < 1000 {
        return format!("{number} B");
    }
    let (mut tenths, mut unit) = (number / 100, 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Puts a capital in front and leaves the rest as it is.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// Sums of several currencies, the largest first; empty where there is no money.
pub(crate) fn sums(sums: &[Money]) -> String {
    sums.iter().map(money).collect::<Vec<_>>().join(" + ")
}

/// `£4,310.00`; a currency without a sign of its own is written by its code.
pub(crate) fn money(money: &Money) -> String {
    let sign = match money.currency.as_deref() {
        Some(code) => match SIGNS.into_iter().find(|(known, _)| *known == code) {
            Some((_, sign)) => sign,
            None => return format!("{code}\u{a0}{}", amount(money.amount)),
        },
        None => "",
    };
    let text = amount(money.amount);
    match text.strip_prefix('\u{2212}') {
        Some(rest) => format!("\u{2212}{sign}{rest}"),
        None => format!("{sign}{text}"),
    }
}

/// Sums of several currencies in few digits, for where there is little room: `£394k`.
pub(crate) fn short_sums(sums: &[Money]) -> String {
    sums.iter().map(short_money).collect::<Vec<_>>().join(" + ")
}

/// `£394k`, `£1.3m`; up to a thousand whole.
fn short_money(money: &Money) -> String {
    const STEPS: [(i64, &str); 3] = [(1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k")];
    let whole = money.amount.ten_thousandths() / 10_000;
    let figure = match STEPS.into_iter().find(|(step, _)| whole.abs() >= *step) {
        // Two digits tell 1.3 from 1.4 million; three tell enough of anything.
        Some((step, letter)) if whole.abs() < step * 10 => {
            let tenths = whole * 10 / step;
            format!("{}.{}{letter}", tenths / 10, (tenths % 10).abs())
        }
        Some((step, letter)) => format!("{}{letter}", whole / step),
        None => whole.to_string(),
    };
    format!("{}{figure}", sign(money.currency.as_deref()))
}

/// The sign of a currency, or its code with a space behind; nothing of money whose currency is not known.
pub(crate) fn sign(currency: Option<&str>) -> String {
    let Some(code) = currency else { return String::new() };
    let known = SIGNS.into_iter().find(|(known, _)| *known == code);
    known.map_or_else(|| format!("{code}\u{a0}"), |(_, sign)| sign.to_owned())
}

/// An amount in the currency of another; empty where there is none.
pub(crate) fn of_currency(amount: Option<Amount>, other: Option<&Money>) -> String {
    let currency = other.and_then(|money| money.currency.clone());
    amount.map_or_else(String::new, |amount| money(&Money { amount, currency }))
}

/// `4,310.00`
pub(crate) fn amount(amount: Amount) -> String {
    let text = amount.to_string();
    let (sign, digits) =
        text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("\u{2212}", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    format!("{sign}{}.{part}", grouped(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_checks_are_written_as_pages_write() {
        for (text, written) in [
            ("paid GBP 4,310.00 on 2026-11-09", "paid £4,310.00 on 9 Nov 2026"),
            ("EUR 1.00 to USD -2.00", "€1.00 to US$-2.00"),
            ("GBP is the currency, XGBP 7 is none", "GBP is the currency, XGBP 7 is none"),
            ("CHF 12.00", "CHF 12.00"),
        ] {
            assert_eq!(prose(text), written);
        }
    }

    #[test]
    fn money_in_few_digits_is_cut_and_never_more() {
        for (amount, currency, text) in [
            ("393589.35", Some("GBP"), "£393k"),
            ("20585.92", Some("GBP"), "£20k"),
            ("5123.80", Some("EUR"), "€5.1k"),
            ("1399999", Some("CHF"), "CHF\u{a0}1.3m"),
            ("999.99", None, "999"),
        ] {
            let money =
                Money { amount: amount.parse().unwrap(), currency: currency.map(str::to_owned) };
            assert_eq!(short_sums(&[money]), text);
        }
    }

    #[test]
    fn values_are_written_one_way() {
        let at: Timestamp = "2026-11-03T10:05:59Z".parse().unwrap();
        assert_eq!(
            (date(at), moment(at)),
            ("3 Nov 2026".to_owned(), "3 Nov 2026, 10:05".to_owned())
        );
        for (number, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (19_312_345, "19.3 MB"),
            (5_000_000_000, "5.0 GB"),
        ] {
            assert_eq!(bytes(number), text);
        }
        for (number, text) in
            [(0_u64, "0"), (999, "999"), (41_220, "41,220"), (1_000_000, "1,000,000")]
        {
            assert_eq!(count(number), text);
        }
        assert_eq!(
            (counted(1_u64, "row", "rows"), counted(2_u64, "row", "rows")),
            ("1 row".into(), "2 rows".into())
        );
        for (amount, currency, text) in [
            ("4310.00", Some("GBP"), "£4,310.00"),
            ("-1234567.8901", Some("EUR"), "\u{2212}€1,234,567.8901"),
            ("0.5", Some("CHF"), "CHF\u{a0}0.50"),
            ("12", None, "12.00"),
        ] {
            let money =
                Money { amount: amount.parse().unwrap(), currency: currency.map(str::to_owned) };
            assert_eq!(super::money(&money), text);
        }
    }
}
