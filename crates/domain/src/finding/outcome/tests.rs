use jiff::tz::TimeZone;

use super::*;
use crate::amount::Money;
use crate::finding::{FindingKey, FindingRow, Lane};

fn found(row: &str, supplier: &str, state: FindingState, money: i64) -> DecidedFinding {
    let amount = Amount::from_ten_thousandths(money * 10_000);
    let fields = [("supplier_name", supplier), ("user_id", "CLERK7")];
    let finding = Finding {
        key: FindingKey::new("spike", [(FileType::Transactions, row)]),
        check: "spike".to_owned(),
        kind: "thirty_times".to_owned(),
        title: String::new(),
        claim: String::new(),
        reckoning: String::new(),
        at_risk_is: String::new(),
        lane: Lane::Recover,
        severity: crate::check::Severity::High,
        probability: None,
        probability_from: None,
        by_evidence: None,
        billed: None,
        at_risk: Some(Money { amount, currency: Some("GBP".to_owned()) }),
        rows: vec![FindingRow {
            ledger: FileType::Transactions,
            id: row.to_owned(),
            fields: fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
            withheld: Vec::new(),
        }],
        evidence: Vec::new(),
        innocent_if: String::new(),
        next_step: String::new(),
        suppressed: None,
        pattern: None,
        statement_credit: None,
        misposted_row: None,
    };
    DecidedFinding {
        finding,
        state,
        reason_code: None,
        first_seen: "2026-11-23T10:00:00Z".parse().unwrap(),
        is_gone: false,
        counted: Some(amount),
        recovered: (state == FindingState::Confirmed).then_some(amount),
        has_truth_beside: false,
    }
}

#[test]
fn findings_without_money_stand_with_those_of_their_name() {
    use FindingState::{Dismissed, Open};
    let nothing = |row: &str, supplier: &str| {
        let mut found = found(row, supplier, Open, 0);
        (found.finding.at_risk, found.counted) = (None, None);
        found
    };
    let in_euros = {
        let mut found = found("4", "Alder", Open, 20);
        let money = found.finding.at_risk.as_mut().unwrap();
        money.currency = Some("EUR".to_owned());
        found
    };
    let mut tally = OutcomeTally::new(OutcomeGroup::Supplier, TimeZone::UTC);
    for found in [
        found("1", "Alder", Open, 10),
        nothing("2", "Alder"),
        nothing("3", "Birch"),
        in_euros,
        found("5", "Cedar", Dismissed, 5),
        nothing("6", "Cedar"),
    ] {
        tally.add(&found);
    }
    let lines = tally.finish().lines;
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.name.as_str(), line.currency.as_deref(), line.findings))
        .collect();
    let expected = [
        ("Alder", Some("EUR"), 2),
        ("Alder", Some("GBP"), 1),
        ("Cedar", Some("GBP"), 2),
        ("Birch", None, 1),
    ];
    assert_eq!(told, expected);
    assert!(lines[0].has_money() && !lines[3].has_money());
}

#[test]
fn signs_of_fraud_count_and_their_money_does_not() {
    let mut sign = found("1", "Alder", FindingState::Open, 10);
    sign.finding.lane = Lane::FraudSigns;
    let mut tally = OutcomeTally::new(OutcomeGroup::Supplier, TimeZone::UTC);
    for found in [sign, found("2", "Alder", FindingState::Open, 3)] {
        tally.add(&found);
    }
    let line = &tally.finish().lines[0];
    assert_eq!((line.findings, line.at_risk.to_string().as_str()), (2, "3.00"));
}

#[test]
fn what_is_no_longer_found_is_open_no_more() {
    use FindingState::{Confirmed, Dismissed, NeedsInformation, Open};
    for (state, is_gone, open, at_risk) in [
        (Open, false, 1, "10.00"),
        (Open, true, 0, "0.00"),
        (NeedsInformation, false, 1, "10.00"),
        (NeedsInformation, true, 0, "0.00"),
        (Confirmed, true, 0, "10.00"),
        (Dismissed, true, 0, "0.00"),
    ] {
        let mut tally = OutcomeTally::new(OutcomeGroup::Supplier, TimeZone::UTC);
        tally.add(&DecidedFinding { is_gone, ..found("1", "Alder", state, 10) });
        let line = &tally.finish().lines[0];
        let told = (line.findings, line.open, line.at_risk.to_string());
        assert_eq!(told, (1, open, at_risk.to_owned()), "{state} {is_gone}");
    }
}

#[test]
fn months_begin_where_the_reader_is() {
    let mut late = found("1", "Alder", FindingState::Open, 10);
    late.first_seen = "2026-11-30T23:30:00Z".parse().unwrap();
    for (zone, month) in [("UTC", "2026-11"), ("Europe/Berlin", "2026-12")] {
        let zone = TimeZone::get(zone).unwrap();
        let mut tally = OutcomeTally::new(OutcomeGroup::Month, zone);
        tally.add(&late);
        let line = &tally.finish().lines[0];
        assert_eq!(line.name, month);
        assert_eq!(line.month().map(|day| day.to_string()), Some(format!("{month}-01")));
    }
}

#[test]
fn findings_are_added_up_by_whom_they_are_about() {
    use FindingState::{Confirmed, Dismissed, Open};
    let twice = DecidedFinding { counted: None, ..found("5", "Alder", Open, 10) };
    let all = [
        found("1", "Alder", Open, 10),
        found("2", "Birch", Confirmed, 25),
        found("3", "Alder", Dismissed, 500),
        found("4", "", Open, 1),
        twice,
    ];
    for (by, lines) in [
        (
            OutcomeGroup::Supplier,
            &[
                ("Birch", 1, "25.00", "25.00"),
                ("Alder", 3, "10.00", "0.00"),
                ("", 1, "1.00", "0.00"),
            ][..],
        ),
        (OutcomeGroup::User, &[("CLERK7", 5, "36.00", "25.00")]),
        (OutcomeGroup::Month, &[("2026-11", 5, "36.00", "25.00")]),
        (OutcomeGroup::Kind, &[("thirty_times", 5, "36.00", "25.00")]),
        (OutcomeGroup::Buyer, &[("", 5, "36.00", "25.00")]),
    ] {
        let mut tally = OutcomeTally::new(by, TimeZone::UTC);
        for found in &all {
            tally.add(found);
        }
        let outcomes = tally.finish();
        let told: Vec<_> = outcomes
            .lines
            .iter()
            .map(|line| {
                (
                    line.name.as_str(),
                    line.findings,
                    line.at_risk.to_string(),
                    line.recovered.to_string(),
                )
            })
            .collect();
        let wanted: Vec<_> = lines
            .iter()
            .map(|(name, findings, at_risk, recovered)| {
                (*name, *findings, (*at_risk).to_owned(), (*recovered).to_owned())
            })
            .collect();
        assert_eq!(told, wanted, "{by}");
        assert_eq!(outcomes.checks[0].right_per_mille(), Some(500));
    }
}

#[test]
fn a_check_was_not_wrong_beside_one_that_is_true() {
    use FindingState::{Confirmed, Dismissed};
    let beside = DecidedFinding {
        counted: None,
        has_truth_beside: true,
        ..found("1", "Alder", Dismissed, 10)
    };
    let mut tally = OutcomeTally::new(OutcomeGroup::Supplier, TimeZone::UTC);
    for found in [found("1", "Alder", Confirmed, 10), beside] {
        tally.add(&found);
    }
    let outcomes = tally.finish();
    let line = &outcomes.lines[0];
    assert_eq!((line.confirmed, line.dismissed), (1, 1), "each was decided");
    let check = &outcomes.checks[0];
    assert_eq!((check.findings, check.confirmed, check.dismissed), (2, 1, 0));
    assert_eq!(check.right_per_mille(), Some(1000));
}

#[test]
fn findings_are_added_up_by_their_reason_codes() {
    use FindingState::{Confirmed, Dismissed, Open};
    let coded = |row: &str, state, code: &str, money| DecidedFinding {
        reason_code: Some(code.parse().unwrap()),
        ..found(row, "Alder", state, money)
    };
    let mut tally = OutcomeTally::new(OutcomeGroup::Supplier, TimeZone::UTC);
    for found in [
        coded("1", Dismissed, "RENT", 10),
        coded("2", Dismissed, "RENT", 20),
        coded("3", Confirmed, "TWICE", 50),
        found("4", "Alder", Dismissed, 70),
        found("5", "Alder", Open, 80),
    ] {
        tally.add(&found);
    }
    let reasons = tally.finish().reasons;
    let told: Vec<_> = (reasons.iter())
        .map(|reason| (reason.code.as_str(), reason.findings, reason.money.to_string()))
        .collect();
    assert_eq!(told, [("TWICE", 1, "50.00".to_owned()), ("RENT", 2, "30.00".to_owned())]);
    assert!(reasons.iter().all(|reason| reason.currency.as_deref() == Some("GBP")));
}
