//! Whole columns: what is decided of them, and what is said.

use super::*;
use crate::dates::AllDates;

/// The values of a column, read as its own values and those beside it tell.
fn read_column(values: &[&str], beside: &[&str]) -> (Vec<String>, Vec<&'static str>) {
    let usual = usual_style(DayFirst);
    let count = |values: &[&str]| {
        let mut signs = DateSigns::default();
        for value in values {
            let _read = parse(value, &usual, &mut signs);
        }
        signs
    };
    let (own, other) = (count(values), count(beside));
    let all = AllDates::new([&own, &other].into_iter());
    let decided = own.decide(&all, usual);
    let order = decided.order.or(decided.likelier).unwrap_or_default();
    let style = DateStyle { order, ..decided.style };
    let notes = own.notes(&style, &all).into_iter().map(|(reason, _)| reason.code()).collect();
    (values.iter().map(|value| read_in(value, &style)).collect(), notes)
}

/// The values of a column, what they are read as, and what is said of it.
type Column = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

const COLUMNS: &[Column] = &[
    (&["24/03/05", "24/04/28", "24/03/23"], &["2024-03-05", "2024-04-28", "2024-03-23"], &[]),
    (&["24.03.05", "24.04.28"], &["2024-03-05", "2024-04-28"], &[]),
    (&["5/03/24", "28/04/24", "23/03/24"], &["2024-03-05", "2024-04-28", "2024-03-23"], &[]),
    (&["3/5/24", "4/28/24"], &["2024-03-05", "2024-04-28"], &[]),
    (&["24-MAR-05", "24-APR-28", "24-MAY-02"], &["2024-03-05", "2024-04-28", "2024-05-02"], &[]),
    (&["05-MAR-24", "28-APR-24"], &["2024-03-05", "2024-04-28"], &[]),
    (
        &["240202", "240407", "240317"],
        &["2024-02-02", "2024-04-07", "2024-03-17"],
        &["digit_dates"],
    ),
    (
        &["020224", "070424", "170324"],
        &["2024-02-02", "2024-04-07", "2024-03-17"],
        &["digit_dates"],
    ),
    (
        &["020224", "040724", "031724"],
        &["2024-02-02", "2024-04-07", "2024-03-17"],
        &["digit_dates"],
    ),
    (
        &["124097", "124037", "124366"],
        &["2024-04-06", "2024-02-06", "2024-12-31"],
        &["digit_dates"],
    ),
    (&["24032", "24300"], &["2024-02-01", "2024-10-26"], &["digit_dates"]),
    (&["45356", "45123"], &["2024-03-05 day_numbers", "2023-07-16 day_numbers"], &[]),
    (&["2024032", "2024300"], &["2024-02-01", "2024-10-26"], &["digit_dates"]),
    (&["1240305", "1241231"], &["2024-03-05", "2024-12-31"], &["digit_dates"]),
    (&["1130305", "1131231"], &["2024-03-05", "2024-12-31"], &["digit_dates"]),
    (&["5032024", "15032024"], &["2024-03-05", "2024-03-15"], &["digit_dates"]),
    (
        &["50324", "150324", "280424"],
        &["2024-03-05", "2024-03-15", "2024-04-28"],
        &["year_place_assumed", "digit_dates", "digit_dates"],
    ),
    (&["15/03/2567", "03/01/2567"], &["2024-03-15", "2024-01-03"], &["buddhist_years"]),
    (&["15 มี.ค. 2567"], &["2024-03-15"], &["buddhist_years"]),
    (&["05/01/1445", "1445-09-01"], &["2023-07-23", "2024-03-11"], &["hijri_dates"]),
    (&["1403/01/01"], &["2024-03-20"], &["persian_dates"]),
    (&["113/03/05", "112/12/31"], &["2024-03-05", "2023-12-31"], &["minguo_years"]),
    (&["R6/03/05"], &["2024-03-05"], &["japanese_eras"]),
    (&["5 lip 2024", "5 sij 2024"], &["2024-06-05", "2024-01-05"], &[]),
    (&["5 lip 2024", "5 kwi 2024"], &["2024-07-05", "2024-04-05"], &[]),
    (&["1970-01-01", "2024-03-05"], &["nothing: placeholder_date", "2024-03-05"], &[]),
    (&["1970-01-01", "1972-03-05"], &["1970-01-01", "1972-03-05"], &[]),
    (
        &["2024-04-08T22:00:00Z", "2024-01-04T23:00:00Z"],
        &["2024-04-08", "2024-01-04"],
        &["utc_evenings"],
    ),
    (&["2024-04-08T22:17:05Z", "2024-01-04T09:00:00Z"], &["2024-04-08", "2024-01-04"], &[]),
    (&["/Date(1709596800000)/"], &["2024-03-05"], &["unix_times"]),
    (
        &["2024-12-04", "2024-01-04", "2024-02-04", "13/04/2024", "14/04/2024", "15/04/2024"],
        &["2024-12-04", "2024-01-04", "2024-02-04", "2024-04-13", "2024-04-14", "2024-04-15"],
        &["half_swapped_dates"],
    ),
];

#[test]
fn a_column_tells_what_its_values_do_not() {
    let mut wrong = Vec::new();
    for (values, read, said) in COLUMNS {
        let (as_read, notes) = read_column(values, &[]);
        if as_read != *read || notes != *said {
            wrong.push(format!("{values:?} are {as_read:?}, {notes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_column_that_leaves_it_open_follows_the_others_or_says_so() {
    let others = ["24/04/05", "24/05/28", "24/06/14", "24/07/19"];
    assert_eq!(read_column(&["24/03/26"], &others), (vec!["2024-03-26".to_owned()], vec![]));
    let (read, notes) = read_column(&["24/03/26"], &[]);
    assert_eq!((read, notes), (vec!["2026-03-24".to_owned()], vec!["year_place_assumed"]));
    assert_eq!(read_column(&["5 lip 2024"], &["5 kwi 2024"]).0, ["2024-07-05"]);
}
