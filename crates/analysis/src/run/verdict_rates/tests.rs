use super::*;

fn finding(check: &str, probability: Option<f64>, pattern: Option<&str>) -> Finding {
    serde_json::from_value(serde_json::json!({
        "key": "fnd_00000000000000000000000000000000", "check": check, "kind": "exact",
        "title": "", "probability": probability, "atRisk": null, "rows": [], "evidence": [],
        "innocentIf": "", "suppressed": null, "pattern": pattern,
    }))
    .expect("it is a finding")
}

fn tally(
    pattern: Option<&str>,
    confirmed: u64,
    dismissed: u64,
    claimed: Option<f64>,
) -> VerdictTally {
    VerdictTally {
        check: "spike".to_owned(),
        kind: "exact".to_owned(),
        pattern: pattern.map(str::to_owned),
        confirmed,
        dismissed,
        claimed,
    }
}

fn after(tallies: &[VerdictTally], mut of: Finding) -> (Option<f64>, Option<ProbabilityBasis>) {
    VerdictRates::new(tallies).apply(std::slice::from_mut(&mut of));
    (of.probability, of.probability_from)
}

#[test]
fn a_check_without_measured_weights_learns_its_rate_from_twenty_verdicts() {
    let of = |confirmed, dismissed| {
        after(&[tally(None, confirmed, dismissed, None)], finding("spike", None, None)).0
    };
    assert_eq!(of(10, 9), None);
    assert_eq!(of(5, 15), Some(0.25));
    assert_eq!(of(20, 0), Some(0.9999));
    let other = after(&[tally(None, 5, 15, None)], finding("benford", None, None));
    assert_eq!(other, (None, None));
    let basis = after(&[tally(None, 5, 15, None)], finding("spike", None, None)).1;
    assert_eq!(basis, Some(ProbabilityBasis::Verdicts { confirmed: 5, decided: 20 }));
}

#[test]
fn claims_move_to_what_people_decide_and_no_further_than_a_bound() {
    let moved = |pattern, confirmed, dismissed, claimed| {
        let tallies = [tally(pattern, confirmed, dismissed, Some(claimed))];
        after(&tallies, finding("spike", Some(0.5), Some("spike/S1"))).0.expect("it had one")
    };
    // As claimed: where it was.
    assert!((moved(None, 10, 10, 10.0) - 0.5).abs() < 0.01);
    assert!((moved(None, 0, 1_000, 500.0) - 1.0 / 9.0).abs() < 0.001);
    assert!(moved(None, 18, 2, 10.0) > 0.75);
    assert!((moved(None, 0, 19, 10.0) - 0.5).abs() < f64::EPSILON);
    // One supplier's habit needs fewer.
    assert!(moved(Some("spike/S1"), 0, 3, 1.5) < 0.3);
    assert!((moved(Some("spike/S2"), 0, 3, 1.5) - 0.5).abs() < f64::EPSILON);
}

#[test]
fn what_was_claimed_and_what_was_confirmed_are_said_in_percent() {
    for (confirmed, claimed, said) in [
        (3, 0.8, "3 (15%), where the evidence claimed 4%"),
        (0, 12.4, "0 (0%), where the evidence claimed 62%"),
        (20, 20.0, "20 (100%), where the evidence claimed 99.0%"),
    ] {
        let tally =
            Tally { claiming: 20, claiming_confirmed: confirmed, claimed, ..Tally::default() };
        let words = tally.reason(-1.0, "findings of this sort").words;
        let expected = format!(
            "of 20 findings of this sort that people of this unit decided on, they confirmed {said}"
        );
        assert_eq!(words, expected);
    }
}

#[test]
fn a_kind_that_people_dismiss_never_rises_by_the_other_kinds() {
    let kind = |kind: &str, confirmed, dismissed, claimed: Option<f64>| VerdictTally {
        kind: kind.to_owned(),
        ..tally(None, confirmed, dismissed, claimed)
    };
    // The verdicts on the kind and on the others of its check, and the bounds of what becomes of it.
    for (of_kind, others, before, (least, most)) in [
        // Nobody decided on the kind: it is as the others are.
        ((0, 0), (18, 2), None, (0.9, 0.9)),
        // Dismissed each time: no more than it ranked as unmeasured.
        ((0, 2), (18, 2), None, (0.0, 0.5)),
        ((0, 40), (18, 2), None, (0.0, 0.11)),
        // Confirmed each time, in a check that is mostly wrong.
        ((4, 0), (2, 38), None, (0.45, 0.55)),
        ((400, 0), (2, 38), None, (0.98, 1.0)),
        ((0, 0), (30, 0), Some(0.5), (0.8, 0.9)),
        ((0, 2), (30, 0), Some(0.5), (0.0, 0.5)),
        ((0, 30), (30, 0), Some(0.5), (0.1, 0.3)),
        ((2, 0), (30, 0), Some(0.5), (0.8, 0.9)),
        ((2, 0), (0, 30), Some(0.5), (0.1, 0.5)),
    ] {
        let claims = |(confirmed, dismissed): (u64, u64)| {
            before.map(|share| number(confirmed + dismissed) * share)
        };
        let tallies = [
            kind("exact", of_kind.0, of_kind.1, claims(of_kind)),
            kind("other", others.0, others.1, claims(others)),
        ];
        let rate = after(&tallies, finding("spike", before, None)).0.expect("it has one");
        assert!((least..=most).contains(&rate), "{of_kind:?} {others:?} {before:?}: {rate}");
    }
}

#[test]
fn a_habit_that_people_dismiss_never_rises_by_others() {
    let tallies =
        [tally(Some("spike/S1"), 0, 3, Some(1.5)), tally(Some("spike/S2"), 40, 0, Some(20.0))];
    for (pattern, (least, most)) in [("spike/S1", (0.0, 0.5)), ("spike/S2", (0.5, 1.0))] {
        let of = finding("spike", Some(0.5), Some(pattern));
        let rate = after(&tallies, of).0.expect("it had one");
        assert!((least..most).contains(&rate), "{pattern}: {rate}");
    }
}

#[test]
fn nobody_learns_of_a_finding_from_the_verdict_on_it() {
    let mut of = finding("spike", None, None);
    let own = BTreeMap::from([(of.key.clone(), tally(None, 1, 0, None))]);
    let verdicts = [tally(None, 6, 15, None)];
    VerdictRates::new(&verdicts).without_own(&own).apply(std::slice::from_mut(&mut of));
    assert_eq!(of.probability, Some(0.25));
    let others = Some(ProbabilityBasis::Verdicts { confirmed: 5, decided: 20 });
    assert_eq!(of.probability_from, others);
    let few = [tally(None, 5, 15, None)];
    let mut of = finding("spike", None, None);
    VerdictRates::new(&few).without_own(&own).apply(std::slice::from_mut(&mut of));
    assert_eq!(of.probability, None, "nineteen others tell nothing yet");
}
