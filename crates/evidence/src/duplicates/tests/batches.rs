//! Batches that were keyed again, and what only looks like one.

use super::*;

/// Twenty invoices of one firm over some weeks, and they again, all keyed on one day, with other numbers and
/// dates by these rules.
fn keyed_again(number: fn(i64) -> String, days_later: i32) -> Ledger {
    let mut ledger = Ledger::of_firms(40, 20);
    for at in 0..20_i64 {
        let day = DAY + 20 + i32::try_from(at).unwrap() * 2;
        let (id, again) = (format!("B{at}"), format!("B{at}-again"));
        let cents = 51_237 + at * 17_093;
        ledger.add(&Row(&id, &format!("{}", 93_000 + at * 7), "Firm 7", day, day + 1, cents));
        let again =
            Row(&again, &number(93_000 + at * 7), "Firm 7", day + days_later, DAY + 150, cents);
        ledger.add(&again);
    }
    ledger
}

#[test]
fn a_batch_that_was_keyed_again_is_one_finding_and_its_money_counts_once() {
    for (name, number) in [
        ("as it was", (|number| number.to_string()) as fn(i64) -> String),
        ("with a prefix", |number| format!("INV{number}")),
        ("with a tail", |number| format!("{number}A")),
        ("with zeros", |number| format!("000{number}")),
    ] {
        let ledger = keyed_again(number, 0);
        let found = ledger.find();
        let [batch] = &found.batches[..] else { panic!("{name}: {:?}", found.batches.len()) };
        assert_eq!(batch.pairs.len(), 20, "{name}");
        assert!(batch.best.probability() > 0.9, "{name}: {}", batch.best.probability());
        let is_of = |shown: &WeighedPair| found.invoices.id(shown.pair.a).starts_with('B');
        assert_eq!(found.shown.iter().filter(|shown| is_of(shown)).count(), 0, "{name}");
        let groups = groups(found.invoices, found.shown, found.batches);
        let whole: i64 = (0..20).map(|at| (51_237 + at * 17_093) * 100).sum();
        assert!(
            groups.iter().any(|group| group.at_risk == whole && group.pairs.len() == 20),
            "{name}"
        );
    }
}

/// Rents of twenty houses, each under the number of its account, keyed on one day of every month.
#[test]
fn what_comes_every_month_is_no_batch_keyed_again() {
    let mut ledger = Ledger::of_firms(40, 20);
    for month in 0..6 {
        for house in 0..20_i64 {
            let (id, number) = (format!("M{month}-{house}"), (70_000 + house * 13).to_string());
            let day = DAY + month * 30;
            ledger.add(&Row(&id, &number, "Landlord", day, day + 2, 45_000 + house * 1_211));
        }
    }
    assert_eq!(ledger.find().batches, []);
}

/// Two sites that are billed with one number and a letter, on one day.
#[test]
fn halves_of_one_day_are_no_batch_keyed_again() {
    let mut ledger = Ledger::of_firms(40, 20);
    for at in 0..20_i64 {
        let day = DAY + i32::try_from(at / 10).unwrap() * 30;
        for tail in ["", "A"] {
            let (id, number) = (format!("L{at}{tail}"), format!("{}{tail}", 4_900 + at * 7));
            ledger.add(&Row(&id, &number, "Halves", day, day, 60_000 + at * 7_919));
        }
    }
    assert_eq!(ledger.find().batches, []);
}
