//! Values as the pages write them: dates, numbers, sizes, money.
//!
//! Invariant: one way to write each for a reader, wherever it stands.

pub(super) mod reader;

use domain::digits::grouped;
use domain::{Amount, Money, TypedField, UnclearAmount};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

pub(crate) use crate::http::code_words::capital;
pub(crate) use reader::{
    day, day_begins, day_in, locale, month, short_days, short_month, today, week_begins, zone_name,
};

/// Currencies with a sign of their own.
const SIGNS: [(&str, &str); 3] = [("GBP", "£"), ("EUR", "€"), ("USD", "US$")];

const ISO_DATE_CHARS: usize = "2026-11-09".len();

/// The day of a moment, where the reader is.
pub(crate) fn date(at: Timestamp) -> String {
    day(reader::local(at).date())
}

/// The last day of a time that ends at a moment.
pub(crate) fn last_day(end: Timestamp) -> String {
    date(end.saturating_sub(SignedDuration::from_secs(1)).expect("an end is no first moment"))
}

/// The moment at which a day is over where the reader is; none of days that are no moments.
pub(crate) fn end_of(day: Date) -> Option<Timestamp> {
    day.tomorrow().ok().and_then(reader::begin_of)
}

/// `10:05`, where the reader is.
pub(crate) fn time(at: Timestamp) -> String {
    reader::local(at).strftime("%H:%M").to_string()
}

/// `23 Nov 2026, 10:05`, where the reader is.
pub(crate) fn moment(at: Timestamp) -> String {
    format!("{}, {}", date(at), time(at))
}

/// `23 Nov 2026, 10:05 UTC`, where nothing else says the time zone.
pub(crate) fn moment_in_zone(at: Timestamp) -> String {
    format!("{} {}", moment(at), zone_name())
}

/// `23 Nov 2026, 10:05:41`, where the reader is, where it matters which came first.
pub(crate) fn second(at: Timestamp) -> String {
    format!("{}, {}", date(at), reader::local(at).strftime("%H:%M:%S"))
}

/// A sentence of a check with its days and its money written as the pages write them: the checks write
/// `2026-11-09` and `GBP 4,310.00`.
pub(crate) fn prose(text: &str) -> String {
    with_signs(&with_dates(text))
}

/// `£4,310.00` for `GBP 4,310.00`, and the figures behind the codes of other currencies as the reader reads
/// them.
fn with_signs(text: &str) -> String {
    const CODE_LETTERS: usize = 3;
    let is_code = |code: &str| code.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_part = |c: char| c.is_ascii_digit() || c == ',' || c == '.';
    let (mut written, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(space) = rest.find(' ') {
        let (before, behind) = (&rest[..space], &rest[space + 1..]);
        let figure = behind.strip_prefix('-').unwrap_or(behind);
        let begins = space.checked_sub(CODE_LETTERS).filter(|at| before.is_char_boundary(*at));
        let code = begins.map(|at| (&before[..at], &before[at..]));
        let code = code.filter(|(front, code)| {
            let is_word = front.ends_with(|c: char| c.is_alphanumeric());
            is_code(code) && !is_word && figure.starts_with(|c: char| c.is_ascii_digit())
        });
        let Some((front, code)) = code else {
            written.push_str(&rest[..=space]);
            rest = behind;
            continue;
        };
        // A full stop or a comma behind the last digit belongs to the sentence.
        let end = figure.find(|c| !is_part(c)).unwrap_or(figure.len());
        let number = figure[..end].trim_end_matches([',', '.']);
        written.push_str(front);
        if let Some((_, sign)) = SIGNS.into_iter().find(|(known, _)| *known == code) {
            written.push_str(sign);
        } else {
            written.push_str(code);
            written.push(' ');
        }
        written.push_str(&behind[..behind.len() - figure.len()]);
        written.push_str(&reader::number(number));
        rest = &figure[number.len()..];
    }
    written.push_str(rest);
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

/// For the name of a file: `20261123T100541Z`.
pub(crate) fn file_name_part(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// For the header of an e-mail: `Mon, 23 Nov 2026 10:05:41 +0000`.
pub(crate) fn mail_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// `41,220`
pub(crate) fn count(number: impl TryInto<u64>) -> String {
    let Ok(number) = number.try_into() else { panic!("a count is never below zero") };
    reader::number(&grouped(&number.to_string()))
}

/// `1 row`, `2 rows`
pub(crate) fn counted(number: impl TryInto<u64>, one: &str, more: &str) -> String {
    let Ok(number) = number.try_into() else { panic!("a count is never below zero") };
    format!("{} {}", count(number), if number == 1 { one } else { more })
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
    let figure = format!("{}.{}", tenths / 10, tenths % 10);
    format!("{} {}", reader::number(&figure), UNITS[unit])
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
            None => return format!("{code}\u{a0}{}", amount(money)),
        },
        None => "",
    };
    let text = amount(money);
    match text.strip_prefix('\u{2212}') {
        Some(rest) => format!("\u{2212}{sign}{rest}"),
        None => format!("{sign}{text}"),
    }
}

/// Sums of several currencies in few digits, for where there is little room: `£394k`.
pub(crate) fn short_sums(sums: &[Money]) -> String {
    sums.iter().map(short_money).collect::<Vec<_>>().join(" + ")
}

/// `£394k`, `£1.3m`, each to the nearest; below a thousand whole.
fn short_money(money: &Money) -> String {
    /// In ten-thousandths, as amounts are.
    const STEPS: [(u64, &str); 4] =
        [(10_000, ""), (10_000_000, "k"), (10_000_000_000, "m"), (10_000_000_000_000, "bn")];
    let amount = money.amount.ten_thousandths();
    let in_units_of = |unit: u64| (amount.unsigned_abs() + unit / 2) / unit;
    // What would be written as a thousand is one of the next step.
    let fitting = STEPS.into_iter().find(|(step, _)| in_units_of(*step) < 1_000);
    let (step, letter) = fitting.unwrap_or(STEPS[3]);
    let tenths = in_units_of(step / 10);
    // Two digits tell 1.3 from 1.4 million; three tell enough of anything.
    let figure = if letter.is_empty() || tenths >= 100 {
        in_units_of(step).to_string()
    } else {
        reader::number(&format!("{}.{}", tenths / 10, tenths % 10))
    };
    let minus = if amount < 0 && figure != "0" { "\u{2212}" } else { "" };
    format!("{minus}{}{figure}{letter}", sign(money.currency.as_deref()))
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

/// The figure of an amount, where its currency stands elsewhere or is not known: `4,310.00`, of yen `4,310`.
pub(crate) fn figure(amount: Amount, currency: Option<&str>) -> String {
    let text = amount.written(currency);
    match text.strip_prefix('-') {
        Some(rest) => format!("\u{2212}{}", reader::number(rest)),
        None => reader::number(&text),
    }
}

fn amount(money: &Money) -> String {
    figure(money.amount, money.currency.as_deref())
}

/// Reads an amount that the reader typed, by the signs that they read numbers with, in a field whose currency
/// may be known.
pub(crate) fn typed(text: &str, currency: Option<&str>) -> Result<Amount, UnclearAmount> {
    Amount::from_typed_in(text, TypedField { currency, decimal_sign: reader::decimal_sign() })
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
            ("paid GBP 4,310.00, then EUR 7.50.", "paid £4,310.00, then €7.50."),
            ("A GBP", "A GBP"),
        ] {
            assert_eq!(prose(text), written);
        }
    }

    #[test]
    fn money_in_few_digits_is_the_nearest() {
        for (amount, currency, text) in [
            ("393589.35", Some("GBP"), "£394k"),
            ("20585.92", Some("GBP"), "£21k"),
            ("1277.80", Some("GBP"), "£1.3k"),
            ("-1277.80", Some("GBP"), "\u{2212}£1.3k"),
            ("5123.80", Some("EUR"), "€5.1k"),
            ("9949.99", Some("EUR"), "€9.9k"),
            ("9950.00", Some("EUR"), "€10k"),
            ("1399999", Some("CHF"), "CHF\u{a0}1.4m"),
            ("999499", None, "999k"),
            ("999500", None, "1.0m"),
            ("8100000000000", None, "8100bn"),
            ("999.49", None, "999"),
            ("999.50", None, "1.0k"),
            ("-0.30", Some("GBP"), "£0"),
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
            ("4310", Some("JPY"), "JPY\u{a0}4,310"),
            ("-0.5", Some("KWD"), "KWD\u{a0}\u{2212}0.500"),
        ] {
            let money =
                Money { amount: amount.parse().unwrap(), currency: currency.map(str::to_owned) };
            assert_eq!(super::money(&money), text);
        }
    }
}
