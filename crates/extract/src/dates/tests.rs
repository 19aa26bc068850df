use domain::DateOrder::{DayFirst, MonthFirst, YearFirst};
use jiff::civil::date;

use super::calendar::from_days;
use super::*;

mod columns;

fn usual_style(order: DateOrder) -> DateStyle {
    DateStyle::usual(order, Today::new(date(2026, 11, 30)))
}

fn iso(day: i32) -> String {
    let (year, month, day) = from_days(day);
    format!("{year:04}-{month:02}-{day:02}")
}

fn read_in(text: &str, style: &DateStyle) -> String {
    match parse(text, style, &mut DateSigns::default()) {
        Ok(Day::Known(day)) => iso(day),
        Ok(Day::Noted(day, reason)) => format!("{} {}", iso(day), reason.code()),
        Ok(Day::Nothing(reason)) => format!("nothing: {}", reason.code()),
        Err(reason) => reason.code().to_owned(),
    }
}

fn read(text: &str, order: DateOrder) -> String {
    read_in(text, &usual_style(order))
}

/// The same day in every shape, with day first.
const ONE_DAY: &[&str] = &[
    "29/04/2022",
    "29-04-2022",
    "29.04.2022",
    "29/4/2022",
    "29\\04\\2022",
    "2022_04_29",
    "29/04/22",
    "29 04 2022",
    "29. 4. 2022",
    "29. 04. 22",
    "2022-04-29",
    "2022/4/29",
    "2022 04 29",
    "2022. 04. 29.",
    "20220429",
    "29042022",
    "2022-119",
    "2022119",
    "2022-W17-5",
    "2022W175",
    "29-Apr-22",
    "29-APR-2022",
    "29 April 2022",
    "29Apr2022",
    "Friday, April 29, 2022",
    "Fri 29 Apr 2022",
    "April 29th, 2022",
    "Apr 29, 2022",
    "2022-Apr-29",
    "29/04/2022 0:00",
    "29/04/2022 14:15:02",
    "2022-04-29T14:15:02.123Z",
    "2022-04-29T14:15:02.123+02:00[Europe/Berlin]",
    "2022-04-29 14:15:02+01:00",
    "2022-04-29 14:15:02 UTC",
    "2022-04-29-14.15.02.000000",
    "29/04/2022 2:15 PM",
    "29/04/2022 02:15 p.m.",
    "20220429 141502:00",
    "20220429T141502Z",
    "20220429141502",
    "20220429141502.0Z",
    "202204291415",
    "20220429.0",
    "29-Apr-22 00:00",
    "29-APR-22 12.00.00.000000000 AM",
    "29-APR-22 02.15.00.000000 PM +01:00",
    "29/04/2022 ",
    "{d '2022-04-29'}",
    "{ts '2022-04-29 00:00:00'}",
    "DATE '2022-04-29'",
    "timestamp'2022-04-29 00:00:00'",
    "#2022-04-29#",
    "=\"2022-04-29\"",
    "'29/04/2022",
    "/Date(1651190400000)/",
    "/Date(1651190400000+0200)/",
    "\\/Date(1651190400000)\\/",
    "1651190400",
    "1651190400000",
    "Fri, 29 Apr 2022 00:00:00 +0100",
    "Fri Apr 29 00:00:00 GMT 2022",
    "Fri Apr 29 00:00:00 2022",
    "2022年4月29日",
    "2022年04月29日(金)",
    "2022년 4월 29일",
    "２０２２／０４／２９",
    "٢٠٢٢-٠٤-٢٩",
    "R4.4.29",
    "R4/04/29",
    "令和4年4月29日",
    "民國111年4月29日",
    "29. April 2022",
    "den 29. april 2022",
    "vendredi 29 avril 2022",
    "29-avr.-2022",
    "ven. 29 avr. 2022",
    "29 de abril de 2022",
    "29 abr 2022",
    "29. dubna 2022",
    "29 kwietnia 2022",
    "2022. április 29.",
    "29 апреля 2022 г.",
    "29 квітня 2022 р.",
    "29 Απριλίου 2022",
    "29 Nisan 2022 Cuma",
    "2022 m. balandžio 29 d.",
    "2022. gada 29. aprīlis",
    "29. huhtikuuta 2022",
    "29.IV.2022",
    "29-IV-22",
    "29 Apr '22",
    "29APR2022:00:00:00",
    "Fri Apr 29 2022 00:00:00 GMT+0100 (British Summer Time)",
    "2022/4/29 上午 12:00:00",
    "2022. 4. 29. 오전 12:00:00",
    "29/04/2022 12:00:00 a. m.",
];

#[test]
fn every_shape_says_the_same_day() {
    let mut wrong = Vec::new();
    for text in ONE_DAY {
        let read = read(text.trim(), DayFirst);
        if read != "2022-04-29" {
            wrong.push(format!("{text} is {read}"));
        }
    }
    // A word that is a weekday in other languages.
    let is_short = |text: &&&str| {
        text.to_lowercase().contains("apr") && !text.contains("ril") && !text.contains("rīl")
    };
    for text in ONE_DAY.iter().filter(is_short) {
        let text = text.replace("Apr", "Mar").replace("APR", "MAR").replace("apr", "mar");
        let read = read(text.trim(), DayFirst);
        if read != "2022-03-29" {
            wrong.push(format!("{text} is {read}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(read("04292022", MonthFirst), "2022-04-29");
    assert_eq!(read("8/14/2017 0:00", MonthFirst), "2017-08-14");
    assert_eq!(read("03/04/2019", DayFirst), "2019-04-03");
    assert_eq!(read("03/04/2019", MonthFirst), "2019-03-04");
    assert_eq!(read("02-Mar-12", MonthFirst), "2012-03-02");
    assert_eq!(read("24/03/05", YearFirst), "2024-03-05");
    assert_eq!(read("24.03.05", YearFirst), "2024-03-05");
    assert_eq!(read("25/03/2024", YearFirst), "2024-03-25");
    assert_eq!(read("03/25/2024", YearFirst), "2024-03-25");
    assert_eq!(read("01/01/69", DayFirst), "2069-01-01 unlikely_year");
    assert_eq!(read("mar. 5 mars 2024", DayFirst), "2024-03-05");
    assert_eq!(read("Mar 5, 2024", DayFirst), "2024-03-05");
    assert_eq!(read("43831", DayFirst), "2020-01-01 day_numbers");
    assert_eq!(read("43831.5", DayFirst), "2020-01-01 day_numbers");
    assert_eq!(read("令和元年5月1日", DayFirst), "2019-05-01");
}

#[test]
fn no_date_is_guessed() {
    let mut wrong = Vec::new();
    for (text, said) in [
        ("31/02/2019", "no_such_day"),
        ("29/02/2019", "no_such_day"),
        ("32/01/2019", "no_such_day"),
        ("2019-13-01", "no_such_day"),
        ("20191301", "no_such_day"),
        ("2019-366", "no_such_day"),
        ("2019-W53-1", "no_such_day"),
        ("12/14/2019", "other_date_order"),
        ("12/12/0202", "year_out_of_range"),
        ("12/12/019", "year_out_of_range"),
        ("12/12/2567", "2567-12-12 unlikely_year"),
        ("yesterday", "not_a_date"),
        ("12/12", "not_a_date"),
        ("12/12-2019", "not_a_date"),
        ("12/12/2019x", "not_a_date"),
        ("12/12/2019 soon", "not_a_date"),
        ("2019", "not_a_date"),
        ("2019-W10", "not_a_date"),
        ("Mar 2019", "not_a_date"),
        ("Ma 2 2019", "not_a_date"),
        ("1 2 March 2019 2020", "not_a_date"),
        ("1 March April 2019", "not_a_date"),
        ("5 lip 2024", "month_of_two_languages"),
        ("123456", "not_a_date"),
        ("²/3/2019", "not_a_date"),
        ("1.234,56", "not_a_date"),
        ("INV-2024-03-05", "not_a_date"),
        ("00:00.0", "ruined_date"),
        ("########", "ruined_date"),
    ] {
        let read = read(text, DayFirst);
        if read != said {
            wrong.push(format!("{text} is {read}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(read("05/03/2024", YearFirst), "other_date_order");
}

#[test]
fn zeros_and_placeholders_are_nothing() {
    for text in [
        "00/00/0000",
        "00000000",
        "0",
        "0000-00-00",
        "00.00.0000",
        "0000-00-00 00:00:00",
        "/  /",
        "/  /    ",
        "__/__/____",
        "0.0",
    ] {
        assert_eq!(read(text, DayFirst), "nothing: empty_words", "{text}");
    }
    for text in [
        "00/01/1900",
        "1/0/1900",
        "1900-01-00",
        "0-Jan-00",
        "0001-01-01",
        "1753-01-01",
        "01/01/1753",
        "1899-12-30",
        "30/12/1899 00:00:00",
        "1900-01-01 00:00:00.000",
        "01.01.1900",
        "01-Jan-1900",
        "9999-12-31",
        "31/12/9999",
        "99991231",
        "2999-12-31",
        "31-DEC-4712",
        "99/99/9999",
        "99999999",
        "999999",
        "-0001-11-30T00:00:00",
        "2039-12-31",
        "01/01/1700",
        "3000-01-01",
        "0001-01-01T00:00:00Z",
    ] {
        assert_eq!(read(text, DayFirst), "nothing: placeholder_date", "{text}");
    }
}

#[test]
fn years_that_are_unlikely_are_kept_and_said() {
    for (text, said) in [
        ("2204-03-05", "2204-03-05 unlikely_year"),
        ("3024-03-05", "3024-03-05 unlikely_year"),
        ("1924-03-05", "1924-03-05 unlikely_year"),
        ("2027-12-05", "2027-12-05"),
        ("2029-12-05", "2029-12-05 unlikely_year"),
        ("1965-12-05", "1965-12-05"),
        ("1824-03-05", "year_out_of_range"),
    ] {
        assert_eq!(read(text, DayFirst), said, "{text}");
    }
    let today = usual_style(DayFirst).today.far_ahead();
    let due = DateStyle { today, ..usual_style(DayFirst) };
    assert_eq!(read_in("2029-12-05", &due), "2029-12-05");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9/.:, A-Za-zäß年月日RWTZ'{}#()-]{0,24}|\\PC{0,16}") {
        for order in [DayFirst, MonthFirst, YearFirst] {
            let _read = parse(text.trim(), &usual_style(order), &mut DateSigns::default());
        }
    }

    #[test]
    fn the_short_way_reads_what_the_long_one_reads(
        text in "[0-9]{2}[-/.][0-9]{2}[-/.](19|20)[0-9]{2}|(19|20)[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9]|[0-9/:. é-]{8,10}",
    ) {
        for order in [DayFirst, MonthFirst, YearFirst] {
            let style = usual_style(order);
            if let Some((day, sign)) = usual(text.as_bytes(), &style) {
                let mut short = DateSigns::default();
                short.count_order(sign);
                let mut long = DateSigns::default();
                let read = shapes::parse(&text, &style, &mut long);
                proptest::prop_assert_eq!(read, Ok(Day::Known(day)), "{}", text);
                proptest::prop_assert_eq!(short, long, "{}", text);
            }
        }
    }
}
