use super::*;
use crate::invoices::Invoice;

/// Number, day and amount of the invoices of one supplier; the place of the credit of each, by netting.
fn credits(bills: &[(&str, i32, i64)]) -> Vec<Option<usize>> {
    let mut invoices = Invoices::default();
    for (number, day, amount) in bills {
        let day = 20_000 + day;
        invoices.push(&Invoice {
            id: number,
            number,
            amount: amount * 10_000,
            stated: amount * 10_000,
            invoiced: day,
            entered: day,
            ..Invoice::default()
        });
    }
    let habits = Habits::learn(&invoices, 1);
    let netting = Netting::find(&invoices, &habits);
    (0..bills.len()).map(|at| netting.partner(at)).collect()
}

#[test]
fn a_credit_takes_back_the_bill_it_names_and_no_other() {
    // Billed, credited, billed anew and that keyed twice: two are left of the three.
    let rebilled = [("7755", 1, 431), ("CN7755", 11, -431), ("7771", 13, 431), ("7771", 29, 431)];
    assert_eq!(credits(&rebilled), [Some(1), Some(0), None, None]);
    for (credit, taken) in [
        ("CR-00102", 1),
        ("102/CR", 1),
        // No number of its own: the nearest that came before it, not the nearest of all.
        ("CREDIT", 1),
        ("CR-4102", 1),
        ("CR-101", 0),
        ("103", 2),
    ] {
        let bills = [("101", 1, 50), ("102", 5, 50), ("103", 12, 50), (credit, 11, -50)];
        let mut expected = [None, None, None, Some(taken)];
        expected[taken] = Some(3);
        assert_eq!(credits(&bills), expected, "{credit}");
    }
}

#[test]
fn two_credits_take_two_bills() {
    let bills = [("1", 1, 9), ("2", 2, 9), ("3", 3, 9), ("C1", 4, -9), ("C2", 5, -9)];
    let left = credits(&bills)[..3].iter().filter(|credit| credit.is_none()).count();
    assert_eq!(left, 1);
    // Too long after, or of another amount.
    assert_eq!(credits(&[("1", 1, 9), ("C1", 500, -9), ("C2", 2, -8)]), [None; 3]);
}
