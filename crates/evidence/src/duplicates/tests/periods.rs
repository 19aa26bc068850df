//! Numbers that hold periods and days, and bills that come by the period.

use super::{DAY, Habits, Kind, Ledger, Row, innocent_if};

/// A builder that numbers by the month of its own year, and bills one sum twice a month.
fn builder() -> Ledger {
    let mut ledger = Ledger::of_firms(40, 20);
    for month in 0..14_i32 {
        // `DAY` is 4 October 2024.
        let (day, months) = (DAY + month * 30 + 2, 24 * 12 + 3 + month);
        let code = format!("{}{:02}", months / 12, months % 12 + 1);
        for nth in 1..9_i64 {
            let cents =
                if nth < 3 { 75_812_500 } else { 90_007 + nth * 7_919 + i64::from(month) * 977 };
            let (id, number) = (format!("B{month}-{nth}"), format!("{code}{nth:04}"));
            ledger.add(&Row(&id, &number, "Builder", day, day + 3, cents));
        }
    }
    ledger
}

/// `24050001` and `24060001` are of two months, and no slip of each other.
#[test]
fn numbers_of_two_periods_are_no_slip_of_each_other() {
    let rows = [
        // A digit of the month, and of what is behind it.
        Row("A", "24060031", "Builder", DAY + 62, DAY + 65, 4_310_117),
        Row("B", "24070031", "Builder", DAY + 92, DAY + 95, 4_310_117),
        Row("C", "24060418", "Builder", DAY + 62, DAY + 65, 5_210_119),
        Row("D", "24060481", "Builder", DAY + 62, DAY + 75, 5_210_119),
    ];
    let ledger = builder().with(&rows);
    let found = ledger.find();
    let periods = found.shown("A", "B");
    assert!(periods.is_none_or(|(kind, p)| kind == Kind::OtherNumber && p < 0.5), "{periods:?}");
    let slip = found.shown("C", "D");
    assert!(slip.is_some_and(|(kind, p)| kind == Kind::TransposedDigits && p > 0.5), "{slip:?}");
    for month in 0..13 {
        let (one, other) = (format!("B{month}-1"), format!("B{}-1", month + 1));
        assert_eq!(found.shown(&one, &other), None, "{one} {other}");
    }
}

/// Whoever numbers by the month and a count has numbers that read as days of these weeks.
#[test]
fn a_number_that_reads_as_a_day_is_none_of_whoever_numbers_so() {
    let copy = |coded: bool| {
        let mut ledger = Ledger::of_firms(40, 20);
        for at in 0..40_i32 {
            // `DAY` is 4 October 2024: `2410-07` reads as the 7th.
            let (day, nth) = (DAY + at * 9, at % 3 * 4 + 3);
            let (year, month, _) = crate::days::civil(day - 9);
            let number = if coded {
                format!("{}{month:02}-{nth:02}", year % 100)
            } else {
                (7_100 + at * 3).to_string()
            };
            let id = format!("N{at}");
            ledger.add(&Row(&id, &number, "Adviser", day, day, 90_007 + i64::from(at) * 7_919));
        }
        // 2 March 2025 is `DAY` and 149 days.
        let rows = [
            Row("A", "ADV2502-10", "Adviser", DAY + 149, DAY + 149, 792_350),
            Row("B", "250302", "Adviser", DAY + 168, DAY + 168, 792_350),
        ];
        ledger.with(&rows).probability("A", "B")
    };
    let odds = |probability: f64| probability / (1.0 - probability);
    let [coded, counted] = [true, false].map(copy);
    assert!(odds(coded) * 4.0 < odds(counted), "{coded} {counted}");
}

/// A home's bill of four weeks; somebody who moves in is billed apart once.
#[test]
fn the_next_bill_of_a_schedule_is_no_statement_of_the_last() {
    let home = |is_next: bool| {
        let mut ledger = Ledger::of_firms(40, 20);
        for period in 0..12_i32 {
            let (id, number) = (format!("P{period}"), format!("J{}", 36_000 + period * 417));
            let cents = match period {
                5 => 4_197_876,
                6 if is_next => 4_346_276,
                _ => 4_005_113 + i64::from(period * 7_919 % 300) * 1_000,
            };
            let day = DAY + period * 28;
            ledger.add(&Row(&id, &number, "Home", day, day, cents));
        }
        let day = DAY + 5 * 28;
        ledger.add(&Row("NEW", "J38201", "Home", day - 10, day - 10, 148_400));
        if !is_next {
            ledger.add(&Row("SUM", "J38907", "Home", day + 9, day + 9, 4_346_276));
        }
        let sum = if is_next { "P6" } else { "SUM" };
        ledger.find().shown("P5", sum).is_some()
    };
    assert!(!home(true));
    assert!(home(false));
}

/// The explanation names the charge that the two may be, and none of one period alone.
#[test]
fn equal_amounts_a_period_apart_may_be_a_charge_of_each() {
    let each = |noun: &str| {
        Some(format!(
            "it is a charge of each {noun}, and each paper names a {noun} of its own; or "
        ))
    };
    for (days, expected) in [
        (&[0, 91][..], each("quarter")),
        (&[0, 91, 183, 274], each("quarter")),
        (&[0, 30], each("month")),
        (&[0, 182], each("half-year")),
        (&[0, 365], each("year")),
        (&[0, 45], None),
        // Twice within one quarter.
        (&[0, 6, 91, 183, 274, 366], None),
        // Half a year apart, of a charge that comes each quarter.
        (&[0, 182, 91, 274, 366], each("quarter")),
    ] {
        let mut ledger = Ledger::of_firms(20, 40);
        for (nth, day) in days.iter().enumerate() {
            let (id, number) = (format!("Q{nth}"), (81_000 + 613 * nth).to_string());
            ledger.add(&Row(&id, &number, "Firm 3", DAY + day, DAY + day, 431_055));
        }
        let (invoices, habits) = (&ledger.invoices, Habits::learn(&ledger.invoices, 2));
        let weighed = ledger.weighed(&habits, "Q0", "Q1");
        let usual = Kind::of(invoices, &weighed).innocent_if();
        let said = innocent_if(invoices, &habits, &weighed);
        assert_eq!(said, expected.unwrap_or_default() + usual, "{days:?}");
    }
}

/// A fee that changes every few months was billed twice at the last rate.
#[test]
fn a_supplier_of_monthly_fees_bills_an_amount_again_a_month_later() {
    let pair = |fees: i32| {
        let mut ledger = Ledger::of_firms(40, 20);
        for at in 0..60_i32 {
            let (id, number) = (format!("J{at}"), (51_000 + at * 67).to_string());
            let (day, cents) = (DAY + at * 5, 61_007 + i64::from(at * 7_919 % 90_000));
            ledger.add(&Row(&id, &number, "Offices", day, day, cents));
        }
        for fee in 0..fees {
            for month in 0..6 {
                let (id, number) =
                    (format!("M{fee}-{month}"), (81_000 + fee * 613 + month * 71).to_string());
                let (day, cents) = (DAY + month * 30, 5_003_283 + i64::from(fee) * 93_119);
                ledger.add(&Row(&id, &number, "Offices", day, day, cents));
            }
        }
        let rows = [
            Row("A", "", "Offices", DAY + 200, DAY + 200, 5_495_379),
            Row("B", "", "Offices", DAY + 230, DAY + 230, 5_495_379),
        ];
        ledger.with(&rows).probability("A", "B")
    };
    let odds = |probability: f64| probability / (1.0 - probability);
    let [few, many] = [0, 8].map(pair);
    assert!(odds(many) * 1.5 < odds(few), "{few} {many}");
}
