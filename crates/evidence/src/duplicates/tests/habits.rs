//! What a supplier's own invoices teach, and the two compared do not.

use super::{DAY, Habits, Judge, Judgement, Kind, Ledger, Netting, Row};
use crate::invoice_number::InvoiceNumber;
use crate::weigh::{NumberedInvoice, Scorer, probability};

#[test]
fn where_the_only_date_is_the_day_of_posting_a_second_keying_moves_it() {
    let copy = |days_later: i32| {
        [
            Row("A", "7331", "Firm 3", DAY + 40, DAY + 40, 431_055),
            Row("B", "7331", "Firm 3", DAY + 40 + days_later, DAY + 40 + days_later, 431_055),
        ]
    };
    let of_one_date = |days| Ledger::of_firms(20, 40).with(&copy(days)).probability("A", "B");
    let of_two_dates = |days| {
        let mut ledger = Ledger::of_firms(20, 40).with(&copy(days));
        // What is keyed a week after it was written has a date of its own; the copy came later still.
        let copy = ledger.invoices.len() - 1;
        for (at, entered) in ledger.invoices.entered.iter_mut().enumerate() {
            *entered += if at == copy { 21 } else { 7 };
        }
        ledger.probability("A", "B")
    };
    assert!(of_one_date(33) > 0.9, "{}", of_one_date(33));
    assert!(of_one_date(33) > of_two_dates(33));
    assert!(of_one_date(0) < of_two_dates(0));
}

#[test]
fn an_invoice_keyed_three_times_is_no_account_billed_thrice() {
    let three = |days: [i32; 3]| {
        let row = |id, day: i32| Row(id, "8811", "Firm 3", DAY + 40, DAY + 40 + day, 431_055);
        let copies = [row("A", days[0]), row("B", days[1]), row("C", days[2])];
        Ledger::of_firms(20, 40).with(&copies).probability("A", "B")
    };
    assert!(three([0, 9, 14]) > 0.6, "{}", three([0, 9, 14]));
    let monthly =
        |id, month: i32| Row(id, "8811", "Firm 3", DAY + 30 * month, DAY + 30 * month, 431_055);
    let rent = [monthly("A", 1), monthly("B", 2), monthly("C", 3)];
    let rent = Ledger::of_firms(20, 40).with(&rent).probability("A", "B");
    assert!(rent < 0.2, "{rent}");
}

/// The price may be one that the supplier bills to others as well.
#[test]
fn three_keyings_of_one_number_are_so_beside_other_invoices_over_their_amount() {
    let three = |days: [i32; 3]| {
        let row = |id, number, day: i32| Row(id, number, "Firm 3", DAY + day, DAY + day, 431_055);
        let rows = [
            row("A", "8811", 40 + days[0]),
            row("B", "8811", 40 + days[1]),
            row("C", "8811", 40 + days[2]),
            row("D", "7031", 3),
            row("E", "7203", 170),
        ];
        Ledger::of_firms(20, 60).with(&rows).probability("A", "B")
    };
    assert!(three([0, 9, 52]) > 0.08, "{}", three([0, 9, 52]));
    let monthly = three([0, 30, 60]);
    assert!(monthly < three([0, 9, 52]), "{monthly}");
}

#[test]
fn a_date_for_a_number_tells_the_more_the_fewer_a_supplier_has() {
    let copy = |ledger: Ledger| {
        ledger
            .with(&[
                Row("A", "7331", "Firm 3", DAY + 40, DAY + 41, 431_055),
                // The date of the fortieth day.
                Row("B", "13112024", "Firm 3", DAY + 40, DAY + 60, 431_055),
            ])
            .probability("A", "B")
    };
    let seldom = copy(Ledger::of_firms(20, 40));
    let paid_by_its_day = Ledger::of_firms(20, 40).with(&[
        Row("A", "7331", "Firm 3", DAY + 10, DAY + 11, 431_055),
        Row("B", "13112024", "Firm 3", DAY + 40, DAY + 60, 431_055),
    ]);
    let own = paid_by_its_day.probability("A", "B");
    assert!(own < 0.5, "a payment that is numbered by its own day: {own}");
    let short = Ledger::of_firms(20, 40).with(&[
        Row("A", "7331", "Firm 3", DAY + 40, DAY + 41, 431_055),
        Row("B", "2411-13", "Firm 3", DAY + 40, DAY + 60, 431_055),
    ]);
    assert!(short.probability("A", "B") < seldom, "a month and a count read as a date");
    let mut dated = Ledger::of_firms(20, 40);
    for day in 0..40_i64 {
        let date = jiff::civil::date(2024, 10, 4).saturating_add(jiff::Span::new().days(day));
        let (id, number) = (format!("D{day}"), date.strftime("%d%m%Y").to_string());
        let at = DAY + i32::try_from(day).unwrap();
        dated.add(&Row(&id, &number, "Firm 3", at, at, 90_017 + day * 3_301));
    }
    let often = copy(dated);
    assert!(seldom > 0.9 && often < 0.5, "{seldom} {often}");
}

#[test]
fn two_that_share_a_number_and_differ_by_a_slip_teach_nothing_of_themselves() {
    let pair = |second: i64| {
        let rows = [
            Row("A", "7331", "Firm 3", DAY + 40, DAY + 40, 431_055),
            Row("B", "7331", "Firm 3", DAY + 40, DAY + 60, second),
        ];
        // Few invoices: those two would be a large part of the supplier's habits.
        Ledger::of_firms(20, 5).with(&rows).probability("A", "B")
    };
    assert!(pair(431_505) > 0.9, "{}", pair(431_505));
    assert!(pair(431_505) > pair(112_345));
}

#[test]
fn under_a_name_that_is_kept_back_only_numbers_tell() {
    let pair = |numbers: [&str; 2], is_withheld: bool| {
        let mut ledger = Ledger::of_firms(20, 40).with(&[
            Row("A", numbers[0], "Unnamed", DAY + 40, DAY + 40, 431_055),
            Row("B", numbers[1], "Unnamed", DAY + 40, DAY + 41, 431_055),
        ]);
        for id in ["A", "B"] {
            let at = ledger.place(id);
            ledger.invoices.name[at] = 1;
        }
        ledger.invoices.withheld_names.extend(is_withheld.then_some(1));
        ledger.find().shown("A", "B").is_some()
    };
    assert!(pair(["", ""], false));
    assert!(!pair(["", ""], true));
    assert!(pair(["7331", "7331-A"], true));
}

/// A customer's account is billed each month, for nearly the same.
#[test]
fn the_next_bill_of_an_account_is_no_second_keying_of_the_last() {
    let mut ledger = Ledger::of_firms(40, 20);
    for month in 0..30_i32 {
        let (id, day) = (format!("M{month}"), DAY + month * 30 + month % 3);
        let cents = 90_000 + i64::from(month * 7_919 % 40_000);
        ledger.add(&Row(&id, "88-1200-44", "Power", day, day, cents));
    }
    let ledger = ledger.with(&[
        Row("A", "88-1200-44", "Power", DAY + 930, DAY + 930, 110_013),
        Row("B", "88-1200-44", "Power", DAY + 960, DAY + 960, 110_513),
    ]);
    assert_eq!(ledger.find().shown("A", "B"), None);
}

/// A school bills each child on one day; for want of a number the day was keyed.
#[test]
fn a_day_in_the_place_of_both_numbers_tells_no_more_than_the_day() {
    let [day, number] = [(DAY + 90 + 25_569 - 5).to_string(), "71234".to_owned()].map(|number| {
        let ledger = Ledger::of_firms(40, 20).with(&[
            Row("A", &number, "Firm 7", DAY + 90, DAY + 91, 321_000),
            Row("B", &number, "Firm 7", DAY + 90, DAY + 91, 321_000),
        ]);
        ledger.probability("A", "B")
    });
    let odds = |probability: f64| probability / (1.0 - probability);
    assert!(number > 0.9 && odds(day) * 64.0 < odds(number), "{day} {number}");
}

/// A licence is billed by its own number each year.
#[test]
fn a_year_later_one_number_says_less() {
    let [year, half] = [366, 190].map(|days| {
        let ledger = Ledger::of_firms(40, 20).with(&[
            Row("A", "LIC5510", "Firm 7", DAY - days, DAY - days + 2, 431_017),
            Row("B", "LIC5510", "Firm 7", DAY, DAY + 2, 431_017),
        ]);
        ledger.probability("A", "B")
    });
    let odds = |probability: f64| probability / (1.0 - probability);
    assert!(half > 0.9 && odds(year) * 64.0 < odds(half), "{year} {half}");
}

/// What is billed in another currency has the rate of each day in the books.
#[test]
fn one_figure_at_two_rates_is_one_amount() {
    let mut ledger = Ledger::of_firms(40, 20).with(&[
        Row("A", "98123", "Firm 7", DAY + 90, DAY + 91, 321_011),
        Row("B", "98123", "Firm 7", DAY + 90, DAY + 111, 325_207),
    ]);
    for id in ["A", "B"] {
        let at = ledger.place(id);
        ledger.invoices.stated[at] = 36_000_000;
    }
    let shown = ledger.find().shown("A", "B");
    assert!(shown.is_some_and(|(kind, p)| kind == Kind::Exact && p > 0.9), "{shown:?}");
}

#[test]
fn a_block_booking_of_several_suppliers_is_no_invoice_keyed_again() {
    // Journals in steps of two, one amount, one day: each for a place that nobody was paid for before.
    let mut ledger = Ledger::of_firms(40, 40);
    for at in 0..4 {
        let number = format!("J5180{} 300411", 21 + 2 * at);
        let (id, place) = (format!("J{at}"), format!("Place {at}"));
        ledger.add(&Row(&id, &number, &place, DAY + 40, DAY + 40, 2_187_344));
    }
    assert_eq!(ledger.find().across(), 0);
}

/// An account under which two bills of a day are equal: wherever between the habits of all and those of the
/// supplier the threshold lies, the two are explained.
#[test]
fn what_is_the_same_in_number_amount_and_date_is_explained_however_near_the_threshold() {
    let mut ledger = Ledger::of_firms(20, 40).with(&[
        Row("A", "8811", "Firm 3", DAY + 40, DAY + 40, 431_055),
        Row("B", "8811", "Firm 3", DAY + 40, DAY + 61, 431_055),
    ]);
    for bill in 0..12 {
        let (id, day) = (format!("N{bill}"), DAY + bill * 15);
        let cents = 90_017 + i64::from(bill) * 33_301;
        ledger.add(&Row(&id, "8811", "Firm 3", day, day, cents));
    }
    let invoices = &ledger.invoices;
    let habits = &Habits::learn(invoices, 2);
    let netting = &Netting::find(invoices, habits);
    let numbers = ["A", "B"].map(|id| InvoiceNumber::new(invoices.number(ledger.place(id))));
    let numbered = |id: &str, number| NumberedInvoice { at: ledger.place(id), number };
    let pair = [numbered("A", &numbers[0]), numbered("B", &numbers[1])];
    let weighed = Scorer { invoices, habits }.weigh(pair[0], pair[1]);
    let (own, usual) = (weighed.bits(), weighed.pooled_bits());
    assert!(usual > own + 1.0, "the habits explain something: {usual} {own}");
    for share in [0.1, 0.5, 0.9] {
        let threshold = probability(own + share * (usual - own));
        let judged = Judge { invoices, habits, netting, threshold }.judge(pair[0], pair[1]);
        assert!(matches!(judged, Judgement::Suppressed(..)), "{share}: {judged:?}");
    }
}
