//! What a supplier's own invoices teach, and the two compared do not.

use super::{DAY, Ledger, Row};

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
