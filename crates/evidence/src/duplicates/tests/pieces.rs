//! Sums: statements paid beside their invoices, invoices paid once more in pieces, wholes beside halves.

use super::*;

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
