//! Amounts as people type them into a field: with a sign of a currency, with their digits in groups, with a
//! point or a comma before the decimals.
//!
//! Not for: amounts in files, where a whole column tells how it is written (`extract`), nor for programs,
//! which write digits and a point.
//!
//! Invariant: what can be read in two ways is refused, never guessed.

use super::{Amount, InvalidAmount, SCALE};
use crate::currency::MinorDigits;

/// A currency by its code has so many letters.
const CODE_LETTERS: usize = 3;
/// Digits of a group between two of its signs.
const GROUP_DIGITS: usize = 3;
const CURRENCY_SIGNS: [char; 4] = ['£', '€', '$', '¥'];
/// The euro and the currencies that the European Central Bank quotes. Other letters before a number are no
/// currency: `INV-2` is an invoice.
const CURRENCY_CODES: [&str; 31] = [
    "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR",
    "ILS", "INR", "ISK", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK",
    "SGD", "THB", "TRY", "USD", "ZAR",
];

/// A field for an amount, as far as it is known before anything is typed.
#[derive(Debug, Clone, Copy)]
pub struct TypedField<'a> {
    /// The currency that the amount is of, where the field has one.
    pub currency: Option<&'a str>,
    /// The sign before the decimals as whoever types reads numbers: a point or a comma.
    pub decimal_sign: char,
}

impl Default for TypedField<'_> {
    fn default() -> Self {
        Self { currency: None, decimal_sign: '.' }
    }
}

impl TypedField<'_> {
    /// Returns `true` when a comma before three digits can be the sign before decimals: whoever writes
    /// `1,5` may mean it so, and so may whoever types an amount of a currency that has thousandths.
    fn doubts_commas(self) -> bool {
        const THOUSANDTHS: u8 = 3;
        let digits = self.currency.and_then(MinorDigits::of_code).map(MinorDigits::count);
        self.decimal_sign == ',' || digits == Some(THOUSANDTHS)
    }
}

/// Why an amount that somebody typed is not taken, in words for them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnclearAmount {
    #[error("“{typed}” can be {small} or {whole}: write {whole}, or {exact}")]
    Ambiguous { typed: String, small: String, whole: String, exact: String },
    #[error("“{0}” is not an amount: write it like 4,310.50 or 4310.50")]
    Unreadable(String),
    #[error("“{typed}” is in another currency: write the amount in {currency}")]
    OtherCurrency { typed: String, currency: String },
}

impl Amount {
    /// Reads an amount as a person types it: `£4,310.50`, `4.310,50`, `4 310,50`, `4310.5 GBP`. A comma
    /// before three digits groups them, as it does where amounts are shown; a point before three digits
    /// is one or the other, and is refused.
    pub fn from_typed(text: &str) -> Result<Self, UnclearAmount> {
        Self::from_typed_in(text, TypedField::default())
    }

    /// Reads an amount in a field of which more is known: an amount of another currency is
    /// refused, and so is a comma before three digits where it can be the sign before decimals.
    pub fn from_typed_in(text: &str, field: TypedField<'_>) -> Result<Self, UnclearAmount> {
        let unreadable = || UnclearAmount::Unreadable(text.trim().to_owned());
        let (is_negative, number) = without_signs(text, field).ok_or_else(unreadable)?;
        if let Some(currency) = field.currency.filter(|code| names_another(text, code)) {
            let (typed, currency) = (text.trim().to_owned(), currency.to_owned());
            return Err(UnclearAmount::OtherCurrency { typed, currency });
        }
        match digits(&number, field) {
            Digits::Read { whole, part } => {
                let sign = if is_negative { "-" } else { "" };
                let read = format!("{sign}{whole}{}{part}", if part.is_empty() { "" } else { "." });
                read.parse().map_err(|InvalidAmount| unreadable())
            }
            Digits::Ambiguous { before, behind } => Err(UnclearAmount::Ambiguous {
                typed: text.trim().to_owned(),
                small: format!("{before}.{behind}"),
                whole: format!("{before}{behind}"),
                exact: format!("{before}.{behind:0<SCALE$}"),
            }),
            Digits::Unreadable => Err(unreadable()),
        }
    }
}

enum Digits {
    Read { whole: String, part: String },
    Ambiguous { before: String, behind: String },
    Unreadable,
}

/// The number without its sign, its currency and blanks round it; whether it is below zero. Blanks and
/// apostrophes within it, which only ever group digits, are spaces.
fn without_signs(text: &str, field: TypedField<'_>) -> Option<(bool, String)> {
    let plain = text.chars().map(|character| match character {
        '\'' | '\u{2019}' => ' ',
        '\u{2212}' => '-',
        blank if blank.is_whitespace() => ' ',
        other => other,
    });
    let plain: String = plain.collect();
    let (was_negative, rest) = without_minus(plain.trim());
    let (is_negative, rest) = without_minus(without_currency(rest, field));
    if was_negative && is_negative {
        return None;
    }
    rest.starts_with(|first: char| first.is_ascii_digit() || first == '.' || first == ',')
        .then(|| (was_negative || is_negative, rest.to_owned()))
}

fn without_minus(text: &str) -> (bool, &str) {
    text.strip_prefix('-').map_or((false, text), |rest| (true, rest.trim_start()))
}

/// The currencies that a sign is of.
const CURRENCIES_OF_SIGNS: [(char, &str); 4] = [
    ('£', "GBP EGP FKP GIP LBP SDG SHP SSP SYP"),
    ('€', "EUR"),
    (
        '$',
        "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD \
         TWD UYU XCD",
    ),
    ('¥', "JPY CNH CNY"),
];

/// Returns `true` when a sign or a code beside the number is of another currency.
fn names_another(text: &str, currency: &str) -> bool {
    let is_of = |codes: &str| codes.split(' ').any(|code| code == currency);
    let mut signs = CURRENCIES_OF_SIGNS.into_iter();
    let other_sign = signs.any(|(sign, codes)| text.contains(sign) && !is_of(codes));
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    other_sign || (letters.len() == CODE_LETTERS && !letters.eq_ignore_ascii_case(currency))
}

/// Takes a currency away that stands in front or behind.
fn without_currency<'t>(text: &'t str, field: TypedField<'_>) -> &'t str {
    let text = text.trim_start_matches(CURRENCY_SIGNS).trim_end_matches(CURRENCY_SIGNS).trim();
    let known = || CURRENCY_CODES.into_iter().chain(field.currency);
    let is_code = |code: &str| known().any(|known| known.eq_ignore_ascii_case(code));
    let front = text.split_at_checked(CODE_LETTERS).filter(|(code, _)| is_code(code));
    if let Some((_, rest)) = front {
        return rest.trim_start();
    }
    let behind = text.len().checked_sub(CODE_LETTERS).and_then(|at| text.split_at_checked(at));
    behind.filter(|(_, code)| is_code(code)).map_or(text, |(rest, _)| rest.trim_end())
}

fn digits(number: &str, field: TypedField<'_>) -> Digits {
    if !number.bytes().all(|byte| byte.is_ascii_digit() || b"., ".contains(&byte)) {
        return Digits::Unreadable;
    }
    let count = |sign: char| number.matches(sign).count();
    let is_spaced = number.contains(' ');
    match (count('.'), count(',')) {
        (0, 0) => grouped(number, " ", ""),
        (1, 0) | (0, 1) => {
            let (before, behind) = number.split_once(['.', ',']).expect("one of them is there");
            let is_comma = number.contains(',');
            let may_group = behind.len() == GROUP_DIGITS && !is_spaced && before != "0";
            let is_grouped = may_group && is_comma && !field.doubts_commas();
            match before.len() {
                1..=GROUP_DIGITS if is_grouped => grouped(number, ",", ""),
                1..=GROUP_DIGITS if may_group => {
                    Digits::Ambiguous { before: before.to_owned(), behind: behind.to_owned() }
                }
                _ if is_grouped => Digits::Unreadable,
                _ => grouped(before, " ", behind),
            }
        }
        (_, 0) => grouped(number, ".", ""),
        (0, _) => grouped(number, ",", ""),
        (1, _) if number.rfind('.') > number.rfind(',') => decimals(number, '.', ","),
        (_, 1) if number.rfind(',') > number.rfind('.') => decimals(number, ',', "."),
        _ => Digits::Unreadable,
    }
}

fn decimals(number: &str, sign: char, group: &str) -> Digits {
    let (before, behind) = number.split_once(sign).expect("it is there once");
    grouped(before, group, behind)
}

/// Digits whose groups are all of three, but for the first; without groups, any.
fn grouped(whole: &str, sign: &str, part: &str) -> Digits {
    let mut groups = whole.split(sign);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let are_groups = rest.iter().all(|group| group.len() == GROUP_DIGITS && is_digits(group))
        && (rest.is_empty() || (1..=GROUP_DIGITS).contains(&first.len()));
    // A sign of decimals has some behind it.
    let has_digits = !first.is_empty() || (rest.is_empty() && !part.is_empty());
    if !are_groups || !has_digits || !is_digits(first) || !is_digits(part) {
        return Digits::Unreadable;
    }
    let whole = if first.is_empty() { "0".to_owned() } else { first.to_owned() + &rest.concat() };
    Digits::Read { whole, part: part.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::digits::grouped as in_groups;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (typed, read) in [
            ("4310", "4310.00"),
            ("4310.50", "4310.50"),
            ("4310,50", "4310.50"),
            ("4 310,50", "4310.50"),
            ("4\u{a0}310,50", "4310.50"),
            ("4\u{202f}310.5", "4310.50"),
            ("4'310.50", "4310.50"),
            ("4.310,50", "4310.50"),
            ("4,310.50", "4310.50"),
            ("£4,310.00", "4310.00"),
            (" £ 4,887.06 ", "4887.06"),
            ("4.887,06", "4887.06"),
            ("4.887,06 €", "4887.06"),
            ("GBP 4,887.06", "4887.06"),
            ("4887.06gbp", "4887.06"),
            ("-£5", "-5.00"),
            ("£-5", "-5.00"),
            ("\u{2212}5,00", "-5.00"),
            ("1,000", "1000.00"),
            ("12,500,000", "12500000.00"),
            ("12.500.000", "12500000.00"),
            ("12.500,00", "12500.00"),
            ("1 000 000", "1000000.00"),
            ("0.125", "0.125"),
            ("0,125", "0.125"),
            ("1234.567", "1234.567"),
            ("0.1250", "0.125"),
            (".5", "0.50"),
            ("209351.79", "209351.79"),
        ] {
            let amount = Amount::from_typed(typed).unwrap_or_else(|why| panic!("{typed}: {why}"));
            assert_eq!(amount.to_string(), read, "{typed}");
        }
    }

    #[test]
    fn amounts_that_are_unclear_are_refused_in_words() {
        for typed in [
            "",
            "much",
            "£",
            "-",
            "--5",
            "1.2.3",
            "1,23,456",
            "12,34",
            "1,000,00",
            "1.000.00",
            "4 31",
            "1234,567",
            "1,000.000,00",
            "1e5",
            "0.12345",
            "99999999999999999999",
            "1/2",
            ",",
            ".",
            "1  000",
            "4310.50.",
            "GBPUSD 5 EUR",
            "INV-2",
            "abc 7",
        ] {
            let is_two_decimals = typed == "12,34";
            assert_eq!(Amount::from_typed(typed).is_ok(), is_two_decimals, "{typed}");
        }
        let twofold = Amount::from_typed("1.000").unwrap_err().to_string();
        assert_eq!(twofold, "“1.000” can be 1.000 or 1000: write 1000, or 1.0000");
        for clear in ["1000", "1.0000"] {
            assert!(Amount::from_typed(clear).is_ok(), "as it says to write it");
        }
        let none = Amount::from_typed("£much").unwrap_err().to_string();
        assert_eq!(none, "“£much” is not an amount: write it like 4,310.50 or 4310.50");
    }

    /// An analyst typed these into *Recovered* and into the queue's *At least*, which kept a hundredfold of
    /// them or took the page away.
    #[test]
    fn what_was_once_misread_is_read_or_asked_about() {
        for (typed, read) in [
            ("4310,50", Some("4310.50")),
            ("4 310,50", Some("4310.50")),
            ("4.310,50", Some("4310.50")),
            ("£4,310.00", Some("4310.00")),
            ("99999999999", Some("99999999999.00")),
            ("1000,50", Some("1000.50")),
            ("1.000", None),
        ] {
            let amount = Amount::from_typed(typed).ok().map(|amount| amount.to_string());
            assert_eq!(amount.as_deref(), read, "{typed}");
        }
    }

    #[test]
    fn a_field_with_a_currency_takes_no_other_and_doubts_thousandths() {
        let typed = |text: &str, currency: &str, decimal_sign: char| {
            let currency = Some(currency).filter(|code| !code.is_empty());
            Amount::from_typed_in(text, TypedField { currency, decimal_sign })
        };
        for (text, currency, sign, read) in [
            ("£4,310.50", "GBP", '.', Ok("4310.50")),
            ("4310.50 gbp", "GBP", '.', Ok("4310.50")),
            ("€4,310.50", "GBP", '.', Err("is in another currency: write the amount in GBP")),
            ("USD 4310.50", "EUR", '.', Err("write the amount in EUR")),
            ("$4310.50", "CAD", '.', Ok("4310.50")),
            ("KWD 1.5", "KWD", '.', Ok("1.50")),
            ("KWD 1.5", "", '.', Err("is not an amount")),
            ("1,500", "GBP", '.', Ok("1500.00")),
            ("1,500", "KWD", '.', Err("“1,500” can be 1.500 or 1500: write 1500, or 1.5000")),
            ("1,500", "GBP", ',', Err("can be 1.500 or 1500")),
            ("1234,567", "KWD", ',', Ok("1234.567")),
            ("1.234,567", "KWD", ',', Ok("1234.567")),
            ("1,234,567", "KWD", ',', Ok("1234567.00")),
        ] {
            match (typed(text, currency, sign), read) {
                (Ok(amount), Ok(read)) => assert_eq!(amount.to_string(), read, "{text} {currency}"),
                (Err(why), Err(says)) => assert!(why.to_string().contains(says), "{text}: {why}"),
                (found, _) => panic!("{text} {currency} {sign}: {found:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn an_amount_is_read_in_each_style_or_refused(value in 0_i64..100_000_000_000_000) {
            let amount = Amount::from_ten_thousandths(value * 100);
            let text = amount.to_string();
            let (whole, part) = text.split_once('.').unwrap();
            let english = format!("£{}.{part}", in_groups(whole));
            let german = format!("{},{part} €", in_groups(whole).replace(',', "."));
            let french = format!("{},{part}", in_groups(whole).replace(',', "\u{202f}"));
            for typed in [text.clone(), english, german, french, format!("{whole},{part}")] {
                prop_assert_eq!(Amount::from_typed(&typed), Ok(amount), "{}", typed);
            }
        }

        #[test]
        fn no_text_is_read_as_another_amount_than_its_digits(text in "[-0-9., £']{0,12}") {
            if let Ok(amount) = Amount::from_typed(&text) {
                let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
                let (typed, read) = (digits(&text), digits(&amount.to_string()));
                let bare = |digits: &str| digits.trim_start_matches('0').trim_end_matches('0').to_owned();
                prop_assert_eq!(bare(&typed), bare(&read), "{}", text);
            }
        }
    }
}
