use super::*;
use domain::DateOrder::{DayFirst, MonthFirst};

/// A day as ISO text, by counting from the epoch: slow and plainly right.
fn iso(day: i32) -> String {
    let (mut year, mut rest) = (1970, day);
    let length = |year: i32| if days_in(year, 2) == 29 { 366 } else { 365 };
    while rest < 0 {
        year -= 1;
        rest += length(year);
    }
    while rest >= length(year) {
        rest -= length(year);
        year += 1;
    }
    let mut month = 1;
    while rest >= days_in(year, month) {
        rest -= days_in(year, month);
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", rest + 1)
}

fn read(text: &str, order: DateOrder) -> String {
    match parse(text, order).0 {
        Ok(Day::Known(day)) => iso(day),
        Ok(Day::FromDayNumber(day)) => format!("{} by number", iso(day)),
        Ok(Day::EmptyWord) => "empty".to_owned(),
        Err(reason) => reason.to_string(),
    }
}

#[test]
fn every_shape_says_the_same_day() {
    for text in [
        "29/04/2022",
        "29-04-2022",
        "29.04.2022",
        "29/4/2022",
        "29/04/22",
        "2022-04-29",
        "2022/4/29",
        "20220429",
        "29-Apr-22",
        "29-APR-2022",
        "29 April 2022",
        "29Apr2022",
        "Friday, April 29, 2022",
        "Fri 29 Apr 2022",
        "April 29th, 2022",
        "2022-Apr-29",
        "29/04/2022 0:00",
        "29/04/2022 14:15:02",
        "2022-04-29T14:15:02.123Z",
        "2022-04-29 14:15:02+01:00",
        "29/04/2022 2:15 PM",
        "20220429 141502:00",
        "29-Apr-22 00:00",
        "29/04/2022 ",
    ] {
        assert_eq!(read(text.trim(), DayFirst), "2022-04-29", "{text}");
    }
    assert_eq!(read("8/14/2017 0:00", MonthFirst), "2017-08-14");
    assert_eq!(read("03/04/2019", DayFirst), "2019-04-03");
    assert_eq!(read("03/04/2019", MonthFirst), "2019-03-04");
    assert_eq!(read("02-Mar-12", MonthFirst), "2012-03-02");
    assert_eq!(read("31/12/9999", DayFirst), "9999-12-31");
    assert_eq!(read("01/01/69", DayFirst), "2069-01-01");
    assert_eq!(read("01/01/70", DayFirst), "1970-01-01");
    assert_eq!(read("43831", DayFirst), "2020-01-01 by number");
    assert_eq!(read("43831.5", DayFirst), "2020-01-01 by number");
}

#[test]
fn no_date_is_guessed() {
    let no_day = Reason::NoSuchDay.to_string();
    let no_date = Reason::NotADate.to_string();
    let turned = Reason::OtherDateOrder.to_string();
    for (text, said) in [
        ("31/02/2019", &no_day),
        ("29/02/2019", &no_day),
        ("32/01/2019", &no_day),
        ("2019-13-01", &no_day),
        ("20191301", &no_day),
        ("12/14/2019", &turned),
        ("12/12/0202", &Reason::YearOutOfRange.to_string()),
        ("yesterday", &no_date),
        ("12/12", &no_date),
        ("12/12-2019", &no_date),
        ("12/12/019", &no_date),
        ("2019", &no_date),
        ("12/12/2019x", &no_date),
        ("12/12/2019 soon", &no_date),
        ("Mar 2019", &no_date),
        ("Ma 2 2019", &no_date),
        ("1 2 March 2019 2020", &no_date),
        ("123456", &no_date),
        ("²/3/2019", &no_date),
        ("1.234,56", &no_date),
    ] {
        assert_eq!(&read(text, DayFirst), said, "{text}");
    }
    for empty in ["00/00/0000", "00000000", "0", "0000-00-00", "00.00.0000"] {
        assert_eq!(read(empty, DayFirst), "empty", "{empty}");
    }
}

#[test]
fn only_numbers_tell_the_order() {
    for (text, sign) in [
        ("13/04/2019", OrderSign::DayFirst),
        ("04/13/2019", OrderSign::MonthFirst),
        ("04/05/2019", OrderSign::Either),
        ("04/04/2019", OrderSign::None),
        ("2019-04-13", OrderSign::None),
        ("13-Apr-2019", OrderSign::None),
        ("32/04/2019", OrderSign::None),
    ] {
        for order in [DayFirst, MonthFirst] {
            assert_eq!(parse(text, order).1, sign, "{text}");
        }
    }
}

#[test]
fn every_day_of_four_centuries_is_itself() {
    let mut day = days_since_epoch(1900, 1, 1);
    for year in 1900..2300 {
        for month in 1..=12 {
            for date in 1..=days_in(year, month) {
                assert_eq!(days_since_epoch(year, month, date), day, "{year}-{month}-{date}");
                day += 1;
            }
        }
    }
    assert_eq!(days_since_epoch(1970, 1, 1), 0);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9/.:, A-Za-zäß-]{0,24}") {
        for order in [DayFirst, MonthFirst] {
            let _read = parse(&text, order);
        }
    }

    #[test]
    fn the_short_way_reads_what_the_long_one_reads(
        text in "[0-9]{2}[-/.][0-9]{2}[-/.][0-9]{4}|[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9/:. é-]{8,10}",
    ) {
        if let Some(short) = Numbers::usual(text.as_bytes()) {
            let (long, rest) = Numbers::take(text.as_bytes()).unwrap();
            for order in [DayFirst, MonthFirst] {
                proptest::prop_assert_eq!(short.day(order), long.day(order), "{}", text);
            }
            proptest::prop_assert!(rest.is_empty());
        }
    }
}
