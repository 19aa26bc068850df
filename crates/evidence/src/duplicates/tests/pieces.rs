//! Sums: statements paid beside their invoices, invoices paid once more in pieces, wholes beside halves.

use super::*;
use crate::weigh::{Subject, error_model};

#[test]
fn an_invoice_paid_once_more_in_pieces_is_one_finding() {
    let whole = Row("Q1", "9601", "Firm 7", DAY + 90, DAY + 91, 321_011);
    let piece = |id, number, cents| Row(id, number, "Firm 7", DAY + 90, DAY + 108, cents);
    for (name, pieces) in [
        ("two", vec![piece("Q2", "9601-1", 200_000), piece("Q3", "9601-2", 121_011)]),
        ("halves", vec![piece("Q2", "9601 1 of 2", 160_506), piece("Q3", "9601 2 of 2", 160_505)]),
        (
            "four",
            vec![
                piece("Q2", "9601/1", 100_000),
                piece("Q3", "9601/2", 90_500),
                piece("Q4", "9601/3", 70_250),
                piece("Q5", "9601/4", 60_261),
            ],
        ),
        (
            "one number",
            vec![
                piece("Q2", "9601", 110_007),
                piece("Q3", "9601", 121_011),
                piece("Q4", "9601", 89_993),
            ],
        ),
        (
            "other numbers",
            vec![
                piece("Q2", "88341", 110_007),
                piece("Q3", "88345", 121_011),
                piece("Q4", "88347", 89_993),
            ],
        ),
    ] {
        let mut rows = pieces;
        let count = rows.len();
        rows.push(Row("Q1", whole.1, whole.2, whole.3, whole.4, whole.5));
        let ledger = Ledger::of_firms(40, 20).with(&rows);
        let found = ledger.find();
        let groups = groups(found.invoices, found.shown, found.batches);
        let ids = |group: &Group| -> Vec<String> {
            let mut ids: Vec<String> =
                group.invoices.iter().map(|at| found.invoices.id(*at).to_owned()).collect();
            ids.sort();
            ids
        };
        let group = groups.iter().find(|group| ids(group).contains(&"Q1".to_owned()));
        let group = group.unwrap_or_else(|| panic!("{name}"));
        assert_eq!(ids(group).len(), count + 1, "{name}: {:?}", ids(group));
        assert_eq!(group.at_risk, 321_011 * 100, "{name}");
        // Numbers that say nothing leave the sum alone to tell.
        let least = if name == "other numbers" { THRESHOLD } else { 0.5 };
        assert!(group.best.probability() > least, "{name}: {}", group.best.probability());
    }
}

#[test]
fn a_supplier_that_bills_by_sums_is_suppressed() {
    let mut ledger = Ledger::of_firms(40, 20);
    for order in 0..8_i64 {
        let (number, day) = (5_000 + order * 31, DAY + i32::try_from(order).unwrap() * 20);
        let (one, other) = (70_013 + order * 9_311, 41_207 + order * 5_003);
        for (tail, cents) in [("", one + other), ("-1", one), ("-2", other)] {
            let (id, number) = (format!("O{order}{tail}"), format!("{number}{tail}"));
            ledger.add(&Row(&id, &number, "Orders", day, day, cents));
        }
    }
    let found = ledger.find();
    let is_joint = |pair: &&WeighedPair| pair.joint.is_some();
    assert_eq!(found.shown.iter().filter(is_joint).count(), 0);
    let usual = found.suppressed.iter().filter(|(_, reason)| *reason == Reason::UsualSums);
    assert_eq!(usual.count(), 8);
}

#[test]
fn a_statement_of_many_is_found_by_the_run_of_its_invoices() {
    let mut ledger = Ledger::of_firms(40, 20);
    let cents = |at: i64| 100_003 + at * at * 7_919 + at * 10_729;
    for at in 0..14_i64 {
        let day = DAY + 60 + i32::try_from(at).unwrap() * 2;
        let (id, number) = (format!("S{at}"), (31_000 + at * 3).to_string());
        ledger.add(&Row(&id, &number, "Builder", day, day, cents(at)));
    }
    let whole: i64 = (2..12).map(cents).sum();
    let ledger = ledger.with(&[Row("S", "STMT MAY", "Builder", DAY + 89, DAY + 89, whole)]);
    let found = ledger.find();
    let joint = found.shown.iter().find_map(|pair| pair.joint.as_ref()).expect("the statement");
    assert_eq!(joint.parts.len(), 10);
}

#[test]
fn a_large_supplier_of_which_some_invoices_are_paid_again_in_pieces_does_not_bill_so() {
    let mut ledger = Ledger::of_firms(4, 120);
    for order in 0..5_i64 {
        let (number, day) = (90_000 + order * 31, DAY + i32::try_from(order).unwrap() * 20);
        let (one, other) = (70_013 + order * 9_311, 41_207 + order * 5_003);
        for (tail, cents) in [("", one + other), ("-1", one), ("-2", other)] {
            let (id, number) = (format!("O{order}{tail}"), format!("{number}{tail}"));
            ledger.add(&Row(&id, &number, "Firm 2", day, day, cents));
        }
    }
    let found = ledger.find();
    assert_eq!(found.shown.iter().filter(|pair| pair.joint.is_some()).count(), 5);
}

/// A home bills its residents every four weeks; who came in the middle was billed apart once.
#[test]
fn charges_that_stand_are_no_statement_of_the_bills_before() {
    let mut ledger = Ledger::of_firms(40, 20);
    for home in 0..12 {
        let name = format!("Home {home}");
        let (residents, newcomer) = (500_017 + home * 10_337, 91_009 + home * 1_013);
        let mut bill = |number: i64, day: i64, cents: i64| {
            let (id, number) = (format!("{name}-{number}"), (number * 7 + 40_000).to_string());
            let day = DAY + i32::try_from(day).unwrap();
            ledger.add(&Row(&id, &number, &name, day, day, cents));
        };
        for period in 0..8 {
            let more = if period > 4 { newcomer } else { 0 };
            bill(period, period * 28, residents + more);
        }
        bill(8, 4 * 28 + 9, newcomer);
    }
    let found = ledger.find();
    let sums = found.shown.iter().filter(|pair| pair.joint.is_some());
    let sums: Vec<f64> = sums.map(WeighedPair::probability).collect();
    assert_eq!(sums, Vec::<f64>::new());
}

/// A quarter's fee is billed again and again: two of them are no half year in pieces.
#[test]
fn pieces_at_a_price_are_none() {
    let found = |again: i32| {
        let mut ledger = Ledger::of_firms(40, 20).with(&[
            Row("W", "R0177", "Centre", DAY + 60, DAY + 60, 686_950),
            Row("A", "R0177", "Centre", DAY + 120, DAY + 120, 343_475),
            Row("B", "R0177", "Centre", DAY + 150, DAY + 150, 343_475),
        ]);
        for at in 0..again {
            let (id, number) = (format!("F{at}"), format!("{}", 9_100 + at * 37));
            ledger.add(&Row(&id, &number, "Centre", DAY + at * 40, DAY + at * 40, 343_475));
        }
        ledger.find().shown.iter().any(|weighed| weighed.joint.is_some())
    };
    assert!(found(0) && !found(2));
}

/// Two courses are billed apart or together, and both again and again.
#[test]
fn an_amount_that_is_billed_again_is_no_joint_bill() {
    let pair = |again: bool| {
        let mut rows = vec![
            Row("A", "OS871170", "Advice", DAY + 60, DAY + 60, 727_300),
            Row("B", "OS888348", "Advice", DAY + 60, DAY + 60, 260_017),
            Row("C", "OS871170", "Advice", DAY + 90, DAY + 90, 987_317),
        ];
        if again {
            rows.push(Row("D", "OS871171", "Advice", DAY + 150, DAY + 150, 987_317));
        }
        let ledger = Ledger::of_firms(40, 20).with(&rows);
        let found = ledger.find();
        found.shown("A", "C").is_some_and(|(kind, _)| kind == Kind::SumOfTwo)
    };
    assert!(pair(false) && !pair(true));
}

/// A busy supplier has sums by chance, and seldom is an invoice keyed again as one: a sum speaks for it all
/// the same, and how seldom that is stands before anything is looked at.
#[test]
fn a_part_of_a_sum_is_for_it() {
    let ledger = Ledger::of_firms(4, 120).with(&[
        Row("A", "56923", "Firm 2", DAY + 60, DAY + 61, 10_007),
        Row("C", "06923", "Firm 2", DAY + 60, DAY + 61, 14_651),
        Row("B", "56923R", "Firm 2", DAY + 60, DAY + 75, 24_658),
    ]);
    let found = ledger.find();
    let suppressed = found.suppressed.iter().map(|(weighed, _)| weighed);
    let mut all = found.shown.iter().chain(suppressed);
    let sum = all.find(|weighed| found.is_of(weighed, "A", "B")).expect("the sum");
    assert_eq!(Kind::of(found.invoices, sum), Kind::SumOfTwo);
    let bits = |subject| sum.weights.iter().find(|of| of.subject == subject).expect("it").bits;
    assert!(bits(Subject::Amount) > 0.0, "{:?}", sum.weights);
    assert!((bits(Subject::Prior) - error_model::JOINT_OF_TWO.log2()).abs() < 1e-9);
}
