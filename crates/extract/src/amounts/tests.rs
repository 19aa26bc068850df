use proptest::prelude::*;

use super::*;
use crate::amounts::DecimalStyle::{Comma, Point};

/// As a column of this style reads it.
fn parse(text: &str, style: DecimalStyle) -> AmountCell {
    match plain(text.as_bytes(), style) {
        Some((value, has_decimals)) => {
            let evidence = match (has_decimals, style) {
                (false, _) => DecimalEvidence::None,
                (true, Point) => DecimalEvidence::Point,
                (true, Comma) => DecimalEvidence::Comma,
            };
            AmountCell {
                amount: Ok(Amount::Exact(value.into())),
                evidence,
                side: None,
                currency: None,
            }
        }
        None => super::read(text, |_, _| style),
    }
}

fn read(text: &str, style: DecimalStyle) -> String {
    match parse(text, style).amount {
        Ok(Amount::Exact(value)) => value.to_string(),
        Ok(Amount::Rounded(value)) => format!("{value} rounded"),
        Ok(Amount::Dash) => "dash".to_owned(),
        Err(reason) => reason.to_string(),
    }
}

#[test]
fn every_way_to_write_an_amount() {
    for (text, style, value) in [
        ("1234.56", Point, "12345600"),
        ("1234,56", Comma, "12345600"),
        ("-1234.5", Point, "-12345000"),
        ("1234", Point, "12340000"),
        ("1,234.56", Point, "12345600"),
        ("1.234,56", Comma, "12345600"),
        ("1.234.567,8", Comma, "12345678000"),
        ("12,34,567.00", Point, "12345670000"),
        ("1 234,56", Comma, "12345600"),
        ("1\u{202f}234,56", Comma, "12345600"),
        ("1'234.56", Point, "12345600"),
        ("(264,795.53)", Point, "-2647955300"),
        ("(250.00)", Point, "-2500000"),
        ("£(250.00)", Point, "-2500000"),
        ("(£250.00)", Point, "-2500000"),
        ("250.00-", Point, "-2500000"),
        ("- 250.00", Point, "-2500000"),
        ("\u{2212}250.00", Point, "-2500000"),
        ("+250.00", Point, "2500000"),
        ("£1,000", Point, "10000000"),
        ("-£1,000.00", Point, "-10000000"),
        ("$106,89", Comma, "1068900"),
        ("106,89 €", Comma, "1068900"),
        ("GBP 12.00", Point, "120000"),
        ("12.00 GBP", Point, "120000"),
        ("12.00GBP", Point, "120000"),
        ("12.00 CR", Point, "-120000"),
        ("12.00DR", Point, "120000"),
        (".5", Point, "5000"),
        ("12.", Point, "120000"),
        ("0.0001", Point, "1"),
        ("1.123", Point, "11230"),
        ("1.123", Comma, "11230000"),
        ("1234.5600000000002", Point, "12345600 rounded"),
        ("0.00005", Point, "1 rounded"),
        ("-0.00005", Point, "-1 rounded"),
        ("1.50000000", Point, "15000"),
        ("99999999999999.9999", Point, "999999999999999999"),
        ("000000000000000000000001.00", Point, "10000"),
        ("-", Point, "dash"),
        (" £ - ", Point, "dash"),
        ("–", Point, "dash"),
    ] {
        assert_eq!(read(text, style), value, "{text}");
    }
}

#[test]
fn signs_and_currencies_stand_anywhere() {
    for (text, style, value) in [
        ("<12.00>", Point, "-120000"),
        ("[12.00]", Point, "-120000"),
        ("–12.00", Point, "-120000"),
        ("12.00 -", Point, "-120000"),
        ("- £12.00", Point, "-120000"),
        ("£-12.00", Point, "-120000"),
        ("£ (12.00)", Point, "-120000"),
        ("(12.00) GBP", Point, "-120000"),
        ("(12.00 GBP)", Point, "-120000"),
        ("Cr 12.00", Point, "-120000"),
        ("12.00 Cr.", Point, "-120000"),
        ("£12.00 CR", Point, "-120000"),
        ("12.00 GBP Dr", Point, "120000"),
        ("12.00C", Point, "-120000"),
        ("12.00D", Point, "120000"),
        ("12,00 H", Comma, "-120000"),
        ("R$ 7.872,23", Comma, "78722300"),
        ("Rs. 5,308.01", Point, "53080100"),
        ("Rs.12", Point, "120000"),
        ("1 234,50 zł", Comma, "12345000"),
        ("1 234,50 Kč", Comma, "12345000"),
        ("US$ 12.00", Point, "120000"),
        ("$12.00 CAD", Point, "120000"),
        ("₩278,506", Point, "2785060000"),
        ("R12.50", Point, "125000"),
        ("12.00 Euro", Point, "120000"),
        ("CHF 4’778.44", Point, "47784400"),
        ("12,-", Comma, "120000"),
        ("12.--", Point, "120000"),
        ("-12,-", Comma, "-120000"),
        ("７４５２．４８", Point, "74524800"),
        ("－１２", Point, "-120000"),
        ("\u{200e}-12.00", Point, "-120000"),
        ("١٢٣٤٫٥٦", Comma, "12345600"),
        ("١٢", Point, "120000"),
    ] {
        assert_eq!(read(text, style), value, "{text}");
    }
}

#[test]
fn no_amount_is_guessed() {
    for (text, style, reason) in [
        ("34405..40", Point, Reason::TwoDecimalPoints),
        ("1.2.3", Point, Reason::TwoDecimalPoints),
        ("1.234.567", Point, Reason::OtherDecimalStyle),
        ("1.234,56", Point, Reason::OtherDecimalStyle),
        ("1,234.56", Comma, Reason::OtherDecimalStyle),
        ("106,89", Point, Reason::OtherDecimalStyle),
        ("106.89", Comma, Reason::OtherDecimalStyle),
        ("2.15489E+13", Point, Reason::ScientificAmount),
        ("1e-05", Point, Reason::ScientificAmount),
        ("100000000000000", Point, Reason::TooLarge),
        ("99999999999999.99995", Point, Reason::TooLarge),
        ("(-5.00)", Point, Reason::NotANumber),
        ("--5.00", Point, Reason::NotANumber),
        ("abc", Point, Reason::NotANumber),
        ("12.00 each", Point, Reason::NotANumber),
        ("12-13", Point, Reason::NotANumber),
        ("1 2", Point, Reason::NotANumber),
        (".", Point, Reason::NotANumber),
        ("£", Point, Reason::NotANumber),
        ("REF 123", Point, Reason::NotANumber),
        ("PO. 77", Point, Reason::NotANumber),
        ("ABC12.50", Point, Reason::NotANumber),
        ("12.50 XYZ", Point, Reason::NotANumber),
        ("C12.50", Point, Reason::NotANumber),
        ("(12.00", Point, Reason::NotANumber),
        ("12.00)", Point, Reason::NotANumber),
        ("(12.00]", Point, Reason::NotANumber),
        ("-12.00 Cr", Point, Reason::NotANumber),
        ("GBP 12.00 EUR", Point, Reason::NotANumber),
        ("..5", Point, Reason::NotANumber),
        ("£..5", Point, Reason::NotANumber),
        ("0x10", Point, Reason::NotANumber),
        ("NaN", Point, Reason::NotANumber),
    ] {
        assert_eq!(read(text, style), reason.to_string(), "{text}");
    }
}

#[test]
fn an_amount_tells_its_style_however_it_is_read() {
    for (text, evidence) in [
        ("1", DecimalEvidence::None),
        ("1.2", DecimalEvidence::Point),
        ("1.23", DecimalEvidence::Point),
        ("1.2345", DecimalEvidence::Point),
        ("1234.567", DecimalEvidence::Point),
        ("0.123", DecimalEvidence::Point),
        ("1,23", DecimalEvidence::Comma),
        ("$106,89", DecimalEvidence::Comma),
        ("1,234.5", DecimalEvidence::Point),
        ("1.234,5", DecimalEvidence::Comma),
        ("1,234,567", DecimalEvidence::Point),
        ("1.234.567", DecimalEvidence::Comma),
        ("1.234", DecimalEvidence::PointAndThreeDigits),
        ("(1,234)", DecimalEvidence::CommaAndThreeDigits),
        ("34405..40", DecimalEvidence::None),
    ] {
        for style in [Point, Comma] {
            assert_eq!(parse(text, style).evidence, evidence, "{text}");
        }
    }
}

#[test]
fn what_a_spreadsheet_ruined_is_recognised() {
    for text in ["2.15489E+13", "1.01E+12", "1E+05", "-1.5e-7"] {
        assert!(is_scientific(text), "{text}");
    }
    for text in ["", "E+1", "12E3", "INV-E+1", "1E+", "1E+1234", "1.5", "SE+12"] {
        assert!(!is_scientific(text), "{text}");
    }
}

/// Every way to write a sign, and whether it is negative.
const SIGNS: [(&str, &str, bool); 16] = [
    ("", "", false),
    ("+", "", false),
    ("-", "", true),
    ("- ", "", true),
    ("\u{2212}", "", true),
    ("–", "", true),
    ("", "-", true),
    ("", " -", true),
    ("(", ")", true),
    ("<", ">", true),
    ("[", "]", true),
    ("", " Cr", true),
    ("", " Cr.", true),
    ("CR ", "", true),
    ("", "Dr", false),
    ("", "D", false),
];

/// Before or behind the digits, and the code that it means.
const CURRENCIES: [(&str, &str, Option<&str>); 12] = [
    ("", "", None),
    ("£", "", Some("GBP")),
    ("", " €", Some("EUR")),
    ("R$ ", "", Some("BRL")),
    ("US$", "", Some("USD")),
    ("Rs. ", "", None),
    ("", " zł", Some("PLN")),
    ("", " kr.", None),
    ("GBP ", "", Some("GBP")),
    ("", "\u{a0}EUR", Some("EUR")),
    ("", " US Dollars", Some("USD")),
    ("HK$", "", Some("HKD")),
];

/// Thousands, decimals and the style they are of.
const GROUPS: [(&str, &str, DecimalStyle); 8] = [
    ("", ".", Point),
    (",", ".", Point),
    ("", ",", Comma),
    (".", ",", Comma),
    (" ", ",", Comma),
    ("\u{202f}", ",", Comma),
    ("'", ".", Point),
    ("\u{2019}", ".", Point),
];

fn full_width(c: char) -> char {
    match c {
        '0'..='9' | '.' | ',' | '-' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
        c => c,
    }
}

fn grouped(whole: u64, sign: &str) -> String {
    let digits = whole.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<&str> = groups.map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(sign)
}

proptest::proptest! {
    #[test]
    fn what_was_written_is_read(value in -999_999_999_999_i64..=999_999_999_999) {
        let sign = if value < 0 { "-" } else { "" };
        let (whole, decimals) = (value.abs() / 100, value.abs() % 100);
        let digits = whole.to_string();
        let groups: Vec<&str> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|group| std::str::from_utf8(group).unwrap())
            .collect();
        let plain = format!("{sign}{whole}.{decimals:02}");
        let grouped = format!("{sign}{},{decimals:02}", groups.join("."));
        let expected = (value * 100).to_string();
        proptest::prop_assert_eq!(read(&plain, Point), expected.clone());
        proptest::prop_assert_eq!(read(&grouped, Comma), expected);
    }

    #[test]
    fn every_style_is_read_back(
        value in 0_u64..=999_999_999_999,
        sign in prop::sample::select(SIGNS.to_vec()),
        currency in prop::sample::select(CURRENCIES.to_vec()),
        (thousands, point, style) in prop::sample::select(GROUPS.to_vec()),
        is_full_width: bool,
        has_currency_outside: bool,
    ) {
        let digits = format!("{}{point}{:02}", grouped(value / 100, thousands), value % 100);
        let (before, behind, code) = currency;
        let text = if has_currency_outside {
            format!("{before}{}{digits}{}{behind}", sign.0, sign.1)
        } else {
            format!("{}{before}{digits}{behind}{}", sign.0, sign.1)
        };
        // Letters that touch, as in `12.00 złD`, are one word.
        prop_assume!(has_currency_outside || !(behind.ends_with(char::is_alphabetic) && sign.1.starts_with('D')));
        let text: String =
            if is_full_width { text.chars().map(full_width).collect() } else { text };
        let cell = parse(text.trim(), style);
        let value = i128::from(value) * 100;
        let value = if sign.2 { -value } else { value };
        prop_assert_eq!(cell.amount, Ok(Amount::Exact(value)), "{}", text);
        prop_assert_eq!(cell.currency.and_then(Currency::code), code, "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[-+0-9., '()£$€A-Ze\u{a0}]{0,24}") {
        for style in [Point, Comma] {
            let read = parse(&text, style);
            // Letters that are no currency and no word of debit or credit are never dropped.
            if text.contains("REF") {
                proptest::prop_assert!(read.amount.is_err());
            }
        }
    }
}
