use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn pounds(pounds: i64) -> Amount {
    Amount::from_ten_thousandths(pounds * 10_000)
}

fn request(stage: RecoveryStage) -> RecoveryRequest {
    RecoveryRequest {
        stage,
        amount: None,
        above: None,
        amount_is: ReceivedAmount::All,
        on: None,
        reference: String::new(),
        due: None,
        words: String::new(),
    }
}

fn confirmed() -> Standing {
    Standing { state: FindingState::Confirmed, ..Standing::open() }
}

fn applied(request: RecoveryRequest, today: &str, standing: &Standing) -> Standing {
    NewRecovery::new(request, day(today)).unwrap().applied_to(standing).unwrap()
}

#[test]
fn what_makes_no_sense_is_said() {
    use RecoveryStage::{Asked, Received, Settled, WrittenOff};
    let (today, later) = (day("2026-11-23"), Some(day("2026-11-24")));
    let long = |length: usize| "x".repeat(length);
    for (wrong, why) in [
        (RecoveryRequest { on: later, ..request(Asked) }, InvalidRecovery::LaterThanToday),
        (RecoveryRequest { amount: Some(pounds(0)), ..request(Asked) }, InvalidRecovery::Nothing),
        (request(Received), InvalidRecovery::NoAmount),
        (request(WrittenOff), InvalidRecovery::NoReason),
        (RecoveryRequest { due: later, ..request(Settled) }, InvalidRecovery::DueElsewhere),
        (
            RecoveryRequest { due: Some(day("2026-11-22")), ..request(Asked) },
            InvalidRecovery::DueBefore,
        ),
        (
            RecoveryRequest { reference: long(REFERENCE_CHARS_MAX + 1), ..request(Asked) },
            InvalidRecovery::ReferenceTooLong,
        ),
        (
            RecoveryRequest { words: long(WORDS_CHARS_MAX + 1), ..request(Asked) },
            InvalidRecovery::TooLong,
        ),
    ] {
        assert_eq!(NewRecovery::new(wrong, today), Err(why));
    }
    let asked = NewRecovery::new(request(Asked), today).unwrap();
    assert_eq!(asked.applied_to(&Standing::open()), Err(InvalidRecovery::NotConfirmed));
}

#[test]
fn money_comes_back_step_by_step() {
    use RecoveryStage::{Asked, Promised, Received, ToAsk};
    let due = Some(day("2026-11-20"));
    let start = confirmed();
    assert_eq!(start.recovery_stage(), Some(ToAsk));
    assert_eq!(Standing::open().recovery_stage(), None);
    let letter = RecoveryRequest {
        amount: Some(pounds(300)),
        due,
        reference: " L 7 ".to_owned(),
        ..request(Asked)
    };
    let asked = applied(letter, "2026-11-01", &start);
    let step = asked.recovery.clone().unwrap();
    assert_eq!((asked.recovery_stage(), asked.due), (Some(Asked), due));
    assert_eq!((step.reference.as_deref(), step.asked_on), (Some("L 7"), Some(day("2026-11-01"))));

    let promised = applied(request(Promised), "2026-11-09", &asked);
    let step = promised.recovery.clone().unwrap();
    assert_eq!((step.on, step.asked_on), (day("2026-11-09"), Some(day("2026-11-01"))));
    assert_eq!(promised.due, None, "nobody waits for the old day");

    let credit = RecoveryRequest { amount: Some(pounds(300)), ..request(Received) };
    let received = applied(credit, "2026-11-15", &promised);
    assert_eq!(
        (received.recovered, received.recovery_stage()),
        (Some(pounds(300)), Some(Received))
    );
    let again = applied(request(Asked), "2026-11-16", &received);
    assert_eq!(again.recovered, Some(pounds(300)), "what came back came back");
    let anew = applied(request(ToAsk), "2026-11-17", &again);
    assert_eq!((anew.recovered, anew.recovery), (None, None));
}

#[test]
fn less_than_is_recorded_is_asked_about() {
    use ReceivedAmount::{All, Instead, More};
    let recorded = Standing { recovered: Some(pounds(600)), ..confirmed() };
    let came = |amount, amount_is| {
        let amount = Some(pounds(amount));
        let step = RecoveryRequest { amount, amount_is, ..request(RecoveryStage::Received) };
        let step = NewRecovery::new(step, day("2026-11-23")).unwrap();
        step.applied_to(&recorded).map(|standing| standing.recovered)
    };
    assert_eq!(came(500, All), Err(InvalidRecovery::LessThanRecorded(pounds(600))));
    assert_eq!(came(600, All), Ok(Some(pounds(600))));
    assert_eq!(came(500, More), Ok(Some(pounds(1_100))));
    assert_eq!(came(500, Instead), Ok(Some(pounds(500))));
    let asked = RecoveryRequest { amount_is: More, ..request(RecoveryStage::Asked) };
    let refused = NewRecovery::new(asked, day("2026-11-23"));
    assert_eq!(refused, Err(InvalidRecovery::AmountIsOfReceived));
}

#[test]
fn an_amount_that_is_recorded_is_a_step_too() {
    use RecoveryStage::{Asked, Received};
    let today = day("2026-11-23");
    let asked = RecoveryRequest { amount: Some(pounds(300)), ..request(Asked) };
    let asked = applied(asked, "2026-11-01", &confirmed());
    let part = asked.clone().with_recovered(Some(pounds(100)), None, today);
    assert_eq!((part.recovered, part.recovery_stage()), (Some(pounds(100)), Some(Asked)));
    let whole = part.with_recovered(Some(pounds(300)), None, today);
    assert_eq!((whole.recovered, whole.recovery_stage()), (Some(pounds(300)), Some(Received)));
    let none = whole.with_recovered(None, None, today);
    assert_eq!((none.recovered, none.recovery_stage()), (None, Some(Asked)));
    let unasked = confirmed().with_recovered(Some(pounds(5)), None, today);
    assert_eq!((unasked.recovery.is_none(), unasked.recovery_stage()), (true, Some(Received)));
    // Asked for without an amount, it is what is at risk that was asked for.
    let asked = applied(request(Asked), "2026-11-01", &confirmed());
    for (amount, stage) in [(100, Asked), (300, Received)] {
        let came = asked.clone().with_recovered(Some(pounds(amount)), Some(pounds(300)), today);
        assert_eq!(came.recovery_stage(), Some(stage), "{amount}");
    }
}

#[test]
fn a_part_leaves_the_rest_as_it_was_waited_for() {
    use RecoveryStage::{Asked, Promised, Received};
    let (at_risk, due) = (Some(pounds(300)), Some(day("2026-11-20")));
    let came = |amount, before: &Standing| {
        let step = RecoveryRequest { amount: Some(pounds(amount)), ..request(Received) };
        applied(step, "2026-11-15", before)
    };
    for (amount, stage) in [(None, Asked), (Some(pounds(300)), Promised)] {
        let letter = RecoveryRequest { amount, due, reference: "L 7".to_owned(), ..request(stage) };
        let waited = applied(letter, "2026-11-01", &confirmed());
        let part = came(100, &waited);
        let rest = NewRecovery::of_rest(&waited, &part, at_risk).expect("200 are to come");
        let still = rest.applied_to(&part).unwrap();
        assert_eq!(still, Standing { recovered: Some(pounds(100)), ..waited.clone() });
        assert_eq!(NewRecovery::of_rest(&still, &came(300, &still), at_risk), None, "all came");
        assert_eq!(NewRecovery::of_rest(&waited, &waited, at_risk), None, "nothing came");
    }
    let unasked = came(100, &confirmed());
    assert_eq!(NewRecovery::of_rest(&confirmed(), &unasked, at_risk), None, "nobody was asked");
}
