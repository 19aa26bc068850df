//! Events as sentences.

use super::*;

fn run() -> RunId {
    RunId::new("2026-11-23T10:00:00Z".parse().unwrap(), [0; 10])
}

fn money(amount: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: Some("GBP".to_owned()) }
}

#[test]
fn events_are_sentences() {
    let finding = FindingKey::new("spike", [(FileType::Transactions, "7")]);
    for (event, words) in [
        (
            NotificationEvent::NewFindings {
                run: run(),
                findings: 2,
                most: Some(money("41220")),
                above: Some("10000".parse().unwrap()),
            },
            "2 new findings of 10,000.00 or more in Leeds, the largest GBP 41,220.00",
        ),
        (
            NotificationEvent::Assigned {
                finding: finding.clone(),
                money: None,
                by: "Ann".to_owned(),
            },
            "Ann gave you a finding in Leeds",
        ),
        (
            NotificationEvent::Mentioned {
                finding: finding.clone(),
                money: Some(money("12.5")),
                by: "Ann".to_owned(),
            },
            "Ann named you at a finding in Leeds about GBP 12.50",
        ),
        (
            NotificationEvent::DueSoon {
                finding: finding.clone(),
                money: Some(money("12.5")),
                due: "2026-11-10".parse().unwrap(),
            },
            "An answer is due in Leeds on 10 Nov 2026: GBP 12.50",
        ),
        (
            NotificationEvent::Overdue { finding, money: None, due: "2026-11-09".parse().unwrap() },
            "An answer was due in Leeds on 9 Nov 2026",
        ),
        (
            NotificationEvent::FeedSilent {
                file_type: FileType::Suppliers,
                since: "2026-11-09T23:59:00Z".parse().unwrap(),
            },
            "No file of Suppliers has come for Leeds since 9 Nov 2026",
        ),
        (NotificationEvent::RunFailed { run: run() }, "A run of the checks of Leeds failed"),
        (
            NotificationEvent::HoldAdded { invoices: 1, since: 6, upto: 7, by: "Ann".to_owned() },
            "Ann put the payment of 1 invoice in Leeds on hold",
        ),
        (
            NotificationEvent::HoldLifted { invoices: 2, since: 7, upto: 9, by: "Ann".to_owned() },
            "Ann let 2 invoices in Leeds be paid again",
        ),
    ] {
        assert_eq!(event.sentence("Leeds"), words);
        let written = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<NotificationEvent>(&written).unwrap(), event);
    }
}

#[test]
fn a_reminder_goes_by_what_was_chosen_of_what_is_overdue() {
    let chosen = |timings: &[(NotificationKind, Timing)]| NotificationSettings {
        timings: timings.iter().copied().collect(),
        above: None,
    };
    let (soon, over) = (NotificationKind::DueSoon, NotificationKind::Overdue);
    for (timings, role, timing) in [
        (&[][..], MemberRole::Analyst, Timing::Daily),
        (&[], MemberRole::Viewer, Timing::Off),
        (&[(over, Timing::Off)], MemberRole::Analyst, Timing::Off),
        (&[(over, Timing::AtOnce)], MemberRole::Viewer, Timing::AtOnce),
        (&[(over, Timing::Off), (soon, Timing::Daily)], MemberRole::Analyst, Timing::Daily),
    ] {
        assert_eq!(chosen(timings).timing(soon, role), timing, "{timings:?}");
    }
}
