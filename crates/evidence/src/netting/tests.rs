use std::collections::BTreeMap;

use super::*;
use crate::habits::HabitPlaces;
use crate::invoices::Invoice;

/// Number, day and amount of the invoices of one supplier; the place of the credit of each, by netting.
fn credits(bills: &[(&str, i32, i64)]) -> Vec<Option<usize>> {
    let home: Vec<_> =
        bills.iter().map(|(number, day, amount)| (*number, *day, *amount, (*amount, 1))).collect();
    foreign_credits(&home)
}

/// The partner of each row, of rows with the amount in the books, then that of the paper and its
/// currency.
fn foreign_credits(bills: &[(&str, i32, i64, (i64, u32))]) -> Vec<Option<usize>> {
    let mut invoices = Invoices::default();
    for (number, day, amount, (stated, currency)) in bills {
        let day = 20_000 + day;
        invoices.push(&Invoice {
            id: number,
            number,
            amount: amount * 10_000,
            stated: stated * 10_000,
            currency: *currency,
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

/// A credit is booked at the rate of its own day.
#[test]
fn a_credit_takes_back_what_was_billed_abroad_at_another_rate() {
    let euro = |amount: i64| (amount, 2);
    let bills = |credit: (&'static str, i64, (i64, u32))| {
        let (number, amount, stated) = credit;
        let one = ("7001", 1, 850, euro(1_000));
        [one, ("7755", 5, 850, euro(1_000)), (number, 11, amount, stated)]
    };
    for (credit, taken) in [
        (("CN7755", -861, euro(-1_000)), Some(1)),
        (("CN7001", -861, euro(-1_000)), Some(0)),
        // No number of its own: the nearest before it.
        (("CREDIT", -861, euro(-1_000)), Some(1)),
        (("CREDIT", -850, euro(-1_000)), Some(1)),
        // Another sum, another currency, and no rate of the same year.
        (("CN7755", -861, euro(-1_013)), None),
        (("CN7755", -861, (-1_000, 3)), None),
        (("CN7755", -1_200, euro(-1_000)), None),
    ] {
        let mut expected = [None, None, taken];
        if let Some(taken) = taken {
            expected[taken] = Some(2);
        }
        assert_eq!(foreign_credits(&bills(credit)), expected, "{credit:?}");
    }
}

/// Two bills of one sum abroad: that of the same rate was billed and reversed on one day.
#[test]
fn a_credit_at_the_same_rate_comes_before_one_at_another() {
    let euro = |amount: i64| (amount, 2);
    let bills = [
        ("1", 1, 850, euro(1_000)),
        ("2", 9, 861, euro(1_000)),
        ("C1", 10, -850, euro(-1_000)),
        ("C2", 10, -870, euro(-1_000)),
    ];
    assert_eq!(foreign_credits(&bills), [Some(2), Some(3), Some(0), Some(1)]);
}

/// Bills and credits of two suppliers over few sums, at home and abroad, and at three rates.
fn few_sums(state: &mut u64, count: u64) -> Vec<Invoice<'static>> {
    let mut below = |bound: u64| {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((*state >> 33) % bound).unwrap()
    };
    let mut invoices = Vec::new();
    for _ in 0..count {
        let (sign, sum) = (if below(3) == 0 { -1 } else { 1 }, below(2) + 1);
        let rate = [100, 85, 86, 150][usize::try_from(below(4)).unwrap()];
        let day = 20_000 + i32::try_from(below(30)).unwrap();
        let supplier = u32::try_from(below(2)).unwrap();
        invoices.push(Invoice {
            number: ["17", "18", "CN17", "CN99"][usize::try_from(below(4)).unwrap()],
            supplier,
            party: supplier,
            amount: sign * sum * rate * 10_000,
            stated: sign * sum * 1_000_000,
            currency: if rate == 100 { 1 } else { 2 },
            invoiced: day,
            entered: day,
            ..Invoice::default()
        });
    }
    invoices
}

#[test]
fn some_more_are_netted_as_if_they_had_been_there() {
    let in_order = |netting: &Netting| netting.of.clone().into_iter().collect::<BTreeMap<_, _>>();
    let (mut state, mut changed) = (5, 0);
    for (count, more) in (3..25).cycle().zip((1..4).cycle()).take(300) {
        let rows = few_sums(&mut state, count);
        let (ledger, newcomers) = rows.split_at(rows.len().saturating_sub(more).max(1));
        let mut invoices = Invoices::default();
        for row in ledger {
            invoices.push(row);
        }
        let mut habits = Habits::learn(&invoices, 1);
        let places = HabitPlaces::of(&invoices, &habits, 1);
        let mut netting = Netting::find(&invoices, &habits);
        let mut before = Vec::new();
        for newcomer in newcomers {
            let newcomer = Invoice { party: newcomer.party.min(habits.parties()), ..*newcomer };
            let were = (in_order(&netting), netting.sides.len());
            invoices.push(&newcomer);
            before.push((habits.admit(&invoices, &places), were));
            netting.admit(&invoices, &habits, invoices.len() - 1);
            let whole = Netting::find(&invoices, &Habits::learn(&invoices, 1));
            assert_eq!(in_order(&netting), in_order(&whole), "{rows:?}");
        }
        while let Some((admitted, were)) = before.pop() {
            changed += usize::from(in_order(&netting) != were.0);
            habits.dismiss(&invoices, admitted);
            netting.dismiss(&invoices, &habits, invoices.len() - 1);
            assert_eq!((in_order(&netting), netting.sides.len()), were, "{rows:?}");
            invoices.pop();
        }
    }
    assert!(changed > 100, "{changed}");
}
