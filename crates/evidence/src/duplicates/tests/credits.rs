//! Invoices that were taken back, beside those that were keyed again.

use super::*;

#[test]
fn a_bill_made_anew_and_keyed_twice_is_shown_though_the_first_was_credited() {
    let ledger = Ledger::of_firms(40, 20).with(&[
        Row("R1", "17755", "Firm 7", DAY + 60, DAY + 61, 431_055),
        Row("R2", "CN17755", "Firm 7", DAY + 70, DAY + 70, -431_055),
        Row("R3", "17771", "Firm 7", DAY + 72, DAY + 72, 431_055),
        Row("R4", "17771", "Firm 7", DAY + 72, DAY + 88, 431_055),
    ]);
    let found = ledger.find();
    assert!(found.shown("R3", "R4").is_some_and(|(_, p)| p > 0.9));
    assert_eq!(found.shown("R1", "R3"), None);
    // Keyed once, it is explained.
    let once = Ledger::of_firms(40, 20).with(&[
        Row("R1", "17755", "Firm 7", DAY + 60, DAY + 61, 431_055),
        Row("R2", "CN12", "Firm 7", DAY + 70, DAY + 70, -431_055),
        Row("R3", "17755", "Firm 7", DAY + 72, DAY + 72, 431_055),
    ]);
    assert_eq!(once.find().suppressed("R1", "R3"), Some(Reason::Credited));
}

/// Of three keyings one was credited under the number of all: two are left, and the credit is no fourth.
#[test]
fn two_of_three_keyings_are_left_beside_one_credit_of_their_number() {
    let keying = |id, entered, cents| Row(id, "17755", "Firm 7", DAY + 60, entered, cents);
    let ledger = Ledger::of_firms(40, 20).with(&[
        keying("R1", DAY + 61, 431_055),
        keying("R2", DAY + 92, 431_055),
        keying("R3", DAY + 122, 431_055),
        keying("R4", DAY + 131, -431_055),
    ]);
    let found = ledger.find();
    let pairs = [("R1", "R2"), ("R1", "R3"), ("R2", "R3")];
    let shown: Vec<f64> =
        pairs.iter().filter_map(|(one, other)| Some(found.shown(one, other)?.1)).collect();
    assert!(shown.len() == 1 && shown[0] > 0.9, "{shown:?}");
}

/// The credit names the first bill, or comes after it without a number of its own: what was billed anew is
/// all that is left, over whatever amount.
#[test]
fn a_bill_that_was_credited_and_made_anew_over_another_amount_is_explained() {
    for (first, anew, number, kind) in [
        (100_000, 120_000, "17755A", Kind::NetForGross),
        (431_055, 43_105, "17755", Kind::SlippedDecimal),
        (431_055, 413_055, "17755", Kind::TransposedAmount),
        (431_055, 431_600, "17755", Kind::AmountNearly),
        (431_055, 215_528, "17755", Kind::Half),
    ] {
        let bills = [
            Row("R1", "17755", "Firm 7", DAY + 60, DAY + 61, first),
            Row("R3", number, "Firm 7", DAY + 60, DAY + 72, anew),
        ];
        let twice = Ledger::of_firms(40, 20).with(&bills);
        // Nothing was credited.
        let shown = twice.find().shown("R1", "R3").map(|(kind, _)| kind);
        assert_eq!(shown, Some(kind), "{first} {anew}");
        // Another bill was.
        let other = Ledger::of_firms(40, 20).with(&bills).with(&[
            Row("R4", "17999", "Firm 7", DAY + 62, DAY + 62, first),
            Row("R2", "CN17999", "Firm 7", DAY + 70, DAY + 70, -first),
        ]);
        assert!(other.find().shown("R1", "R3").is_some(), "{first} {anew}");
        // A part of it was.
        let part = Ledger::of_firms(40, 20).with(&bills).with(&[Row(
            "R2",
            "CN17755",
            "Firm 7",
            DAY + 70,
            DAY + 70,
            -5_000,
        )]);
        assert!(part.find().shown("R1", "R3").is_some(), "{first} {anew}");
        for credit in ["CN17755", "CREDIT"] {
            let credited = Ledger::of_firms(40, 20).with(&bills).with(&[Row(
                "R2",
                credit,
                "Firm 7",
                DAY + 70,
                DAY + 70,
                -first,
            )]);
            let reason = credited.find().suppressed("R1", "R3");
            assert_eq!(reason, Some(Reason::Credited), "{first} {anew} {credit}");
        }
    }
}
