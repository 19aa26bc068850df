use proptest::prelude::*;

use super::*;

#[test]
fn numbers_are_compared_without_what_people_leave_out() {
    for (text, plain) in [
        ("INV-000123", "INV123"),
        ("inv 00123/04", "INV12304"),
        ("0042", "42"),
        ("A0B", "A0B"),
        ("100200", "100200"),
        ("é-1", "É1"),
    ] {
        assert_eq!(InvoiceNumber::new(text).plain, plain, "{text}");
    }
    for (text, quality) in [
        ("2.15489E+13", NumberQuality::Ruined),
        ("1E+12", NumberQuality::Ruined),
        ("12E13", NumberQuality::Usable),
        ("21548900000000", NumberQuality::Ruined),
        ("1010000000000", NumberQuality::Ruined),
        ("21548970000000", NumberQuality::Usable),
        ("000000000012", NumberQuality::Usable),
        ("51000000000", NumberQuality::Usable),
        ("0000", NumberQuality::Empty),
        ("-/-", NumberQuality::Empty),
        ("N/A", NumberQuality::Usable),
    ] {
        assert_eq!(InvoiceNumber::new(text).quality, quality, "{text}");
    }
}

#[test]
fn a_date_is_told_in_any_year_and_writing() {
    for day in (-20_000..40_000).step_by(37) {
        let (year, month, of_month) = crate::days::civil(day);
        let short = year.rem_euclid(100);
        for number in [
            (of_month * 100 + month) * 10_000 + year,
            (of_month * 100 + month) * 100 + short,
            (year * 100 + month) * 100 + of_month,
            (short * 100 + month) * 100 + of_month,
            (month * 100 + of_month) * 10_000 + year,
            (month * 100 + of_month) * 100 + short,
        ] {
            let text = number.to_string();
            for near in day - 1..=day + 1 {
                assert_eq!(date_number(&text, near), text.len() >= 5, "{text} {near}");
            }
        }
    }
    assert!(could_be_date("130226") && !could_be_date("INV130226") && !could_be_date("49582"));
}

#[test]
fn the_slip_between_two_numbers_is_named() {
    use NumberLikeness::*;
    for (a, b, likeness) in [
        ("10983", "10983", Identical),
        ("INV-10983", "INV 10983", Punctuation),
        ("10983", "0010983", LeadingZeros),
        // Full-width, and Arabic.
        ("2448-D4", "\u{ff12}\u{ff14}\u{ff14}\u{ff18}-\u{ff24}\u{ff14}", Identical),
        ("10983", "\u{661}\u{660}\u{669}\u{668}\u{663}", Identical),
        ("10983", "IO983", Misread),
        ("\u{420}\u{427}-1204", "P\u{427}-1204", Misread),
        ("10983", "10983-A", Suffix),
        ("10983", "10983/2", Suffix),
        ("10983", "109832", Dropped),
        ("10983", "10983COPY", Suffix),
        ("10983", "10893", Transposed),
        ("10983", "10985", Neighbouring),
        ("10983", "17983", Substituted),
        // The next in a count before a year, and one that is no count.
        ("RESPONSIVE/117/11", "RESPONSIVE/118/11", Neighbouring),
        ("22035076-003", "22035075-003", Neighbouring),
        ("RESPONSIVE/117/11", "RESPONSIVE/147/11", Substituted),
        ("A1/117-B", "A2/117-B", Neighbouring),
        ("A1/117-B", "A1/117-C", Substituted),
        ("10983", "1983", Dropped),
        ("10983", "PO10983/SHEF", Contained),
        ("9501", "INV9501", Prefix),
        ("345468", "022-345468", Prefix),
        ("12345", "12345 LDS", LongTail),
        ("12345", "12345/0234", LongTail),
        ("12345", "00012345 4500123", LongTail),
        ("INV12345", "inv-012345 LDS", LongTail),
        ("2019/12", "12/2019", Rearranged),
        ("A-2019-012", "12.2019.A", Rearranged),
        ("2019/0012", "2019-12", LeadingZeros),
        // Another text round the same digits.
        ("SI-087013", "INV 087013", Prefix),
        ("12345 LDS", "12345 MCR", LongTail),
        ("INV88021", "88021/1", Contained),
        ("40 021", "40021 PAID", LongTail),
        // A year with its century and without.
        ("2023/335", "23/335", Prefix),
        ("RG-24-00311", "RG-2024-00311", Prefix),
        ("335/2023", "335/23", LongTail),
        ("2023/335", "22/335", Unrelated),
        ("7023/335", "23/335", Unrelated),
        // Digits that go on are another number.
        ("9501", "LDS19501", Unrelated),
        ("345468", "22345468", Unrelated),
        // So short a number stands in others by chance.
        ("12", "INV 12/LDS", Unrelated),
        ("10983", "77120", Unrelated),
        ("1.01E+12", "1.01E+12", Unknown),
        ("7", "8", Neighbouring),
    ] {
        let (x, y) = (InvoiceNumber::new(a), InvoiceNumber::new(b));
        assert_eq!(NumberLikeness::of((a, &x), (b, &y)), likeness, "{a} {b}");
        assert_eq!(NumberLikeness::of((b, &y), (a, &x)), likeness, "{b} {a}");
    }
}

#[test]
fn a_number_stands_for_a_day_as_dates_and_as_spreadsheets_count() {
    // 26 January 2011.
    let day = 15_000;
    for (plain, expected) in [
        ("26012011", true),
        ("250111", true),
        ("40569", true),
        ("40564", true),
        ("40571", false),
        ("40480", false),
        ("140564", false),
        ("", false),
    ] {
        assert_eq!(stands_for_day(plain, day), expected, "{plain}");
    }
}

#[test]
fn a_series_goes_on_by_its_last_count() {
    for (one, other, expected) in [
        ("CS00001304Q195", "CS00001304Q198", true),
        ("INV-0099", "INV-0102", true),
        ("INV-0099", "INV-0109", false),
        ("INV-0099", "CRN-0102", false),
        ("INV-0099", "INV-0099", false),
        ("Q195/A", "Q198/A", false),
        ("195", "198", false),
    ] {
        let [x, y] = [one, other].map(InvoiceNumber::new);
        assert_eq!(goes_on(&x, &y), expected, "{one} {other}");
        assert_eq!(goes_on(&y, &x), expected, "{other} {one}");
    }
}

#[test]
fn a_number_names_another_by_all_of_its_digits() {
    for (credit, number, is_named) in [
        ("CN7755", "7755", true),
        ("CR-012345", "INV 12345", true),
        ("CN 2024/17 of 2019/0012", "2019-12", true),
        ("CR-9123456", "12345", false),
        ("CN77551", "7755", false),
        ("CN12", "12", false),
        ("CREDIT", "RENT", false),
    ] {
        assert_eq!(segments::names(credit, number), is_named, "{credit} {number}");
    }
}

proptest! {
    #[test]
    fn any_two_texts_are_compared(a in "\\PC{0,24}", b in "\\PC{0,24}") {
        let (x, y) = (InvoiceNumber::new(&a), InvoiceNumber::new(&b));
        prop_assert_eq!(
            NumberLikeness::of((&a, &x), (&b, &y)),
            NumberLikeness::of((&b, &y), (&a, &x))
        );
        prop_assert_eq!(InvoiceNumber::new(&x.plain).plain, x.plain.clone());
    }
}

#[test]
fn no_number_is_the_writing_of_a_day_that_is_not_known() {
    for day in [i32::MIN, i32::MIN + 5, i32::MAX - 5, i32::MAX] {
        for plain in ["010111", "01012011", "20110101"] {
            assert!(!date_number(plain, day), "{plain} {day}");
            assert!(!date_of_weeks(plain, day), "{plain} {day}");
        }
    }
}
