//! Money on its way back, and days by which somebody expects an answer.

use domain::finding::{
    Credit, CreditMatch, FindingState, HistoryWord, NewRecovery, NewVerdict, ReceivedAmount,
    RecoveryRequest, RecoveryStage, Remember, VerdictRequest,
};
use domain::page::PageSize;
use domain::{Amount, FindingKey, Money};
use jiff::SignedDuration;
use jiff::civil::Date;
use store::{
    CreditOutcome, CreditTaking, Decider, Error, FindingFilter, FindingOrder, MoneyBack,
    SeenFinding,
};

use crate::cases::findings::{checked, key};
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, innocent, new_id, standing};
use crate::site::{Site, now, unit};

const TODAY: &str = "2026-11-23";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub(crate) fn step(stage: RecoveryStage, on: &str) -> RecoveryRequest {
    RecoveryRequest {
        stage,
        amount: None,
        above: None,
        amount_is: ReceivedAmount::All,
        on: Some(day(on)),
        reference: String::new(),
        due: None,
        words: String::new(),
    }
}

pub(crate) fn checked_step(request: RecoveryRequest) -> NewRecovery {
    NewRecovery::new(request, day(TODAY)).unwrap()
}

pub(crate) fn confirmed() -> NewVerdict {
    let request = VerdictRequest {
        state: FindingState::Confirmed,
        because: String::new(),
        reason_code: None,
        recovered: None,
        above: None,
        remember: Remember::None,
        until: None,
        due: None,
    };
    NewVerdict::new(request, now()).unwrap()
}

async fn confirm(site: &Site, numbers: &[usize]) {
    let keys: Vec<FindingKey> = numbers.iter().map(|number| key(*number)).collect();
    site.acme().decide(&unit(), keys, &confirmed(), new_id, ann()).await.unwrap();
}

/// The numbers of the findings that a filter leaves, in an order.
async fn listed(site: &Site, filter: FindingFilter, order: FindingOrder) -> Vec<usize> {
    let (acme, unit, size) = (site.acme(), unit(), PageSize::default());
    let page = acme.findings(&unit, &filter, order, size, None).await.unwrap();
    let number = |found: &FindingKey| (1..9).find(|number| key(*number) == *found).unwrap();
    page.items.iter().map(|found| number(&found.key)).collect()
}

pub(crate) async fn money_comes_back_step_by_step(site: Site) {
    use HistoryWord::{Recovered, Recovery, Verdict};
    use RecoveryStage::{Asked, Received, ToAsk};
    let acme = site.acme();
    run(&site, &checked(1), now()).await;
    let asked = RecoveryRequest {
        amount: Some(amount("1000")),
        reference: "L\0 7".to_owned(),
        due: Some(day("2026-12-07")),
        words: "by post".to_owned(),
        ..step(Asked, "2026-11-20")
    };
    let asked = checked_step(asked);
    let early = acme.step_recovery(&unit(), [key(1)], &asked, ann()).await;
    assert!(matches!(early, Err(Error::Illegal { .. })), "{early:?}");
    confirm(&site, &[1]).await;
    assert_eq!(standing(&site, 1).await.recovery_stage(), Some(ToAsk));
    let seen = SeenFinding { key: key(1), entry: Some(1) };
    acme.step_recovery(&unit(), [seen.clone()], &asked, ann()).await.unwrap();
    acme.step_recovery(&unit(), [seen.clone()], &asked, ann()).await.unwrap();
    let kept = standing(&site, 1).await;
    let recovery = kept.recovery.clone().unwrap();
    assert_eq!((recovery.stage, recovery.amount), (Asked, Some(amount("1000"))));
    assert_eq!(
        (recovery.reference.as_deref(), kept.due),
        (Some("L\u{2400} 7"), Some(day("2026-12-07")))
    );
    assert_eq!(recovery.asked_on, Some(day("2026-11-20")));
    let other = checked_step(step(ToAsk, TODAY));
    let late = acme.step_recovery(&unit(), [seen], &other, ann()).await;
    assert!(matches!(late, Err(Error::Superseded { .. })), "{late:?}");

    acme.set_recovered(&unit(), &key(1), Some(amount("400")), ann()).await.unwrap();
    let part = standing(&site, 1).await;
    assert_eq!((part.recovery_stage(), part.recovered), (Some(Asked), Some(amount("400"))));
    let credit = RecoveryRequest { amount: Some(amount("1000")), ..step(Received, TODAY) };
    acme.step_recovery(&unit(), [key(1)], &checked_step(credit), ann()).await.unwrap();
    let received = standing(&site, 1).await;
    assert_eq!(
        (received.recovery_stage(), received.recovered),
        (Some(Received), Some(amount("1000")))
    );
    assert_eq!(received.due, None);

    let history = acme.finding_history(&unit(), &key(1)).await.unwrap();
    let told: Vec<HistoryWord> = history.iter().map(|entry| entry.what).collect();
    assert_eq!(told, [Verdict, Recovery, Recovered, Recovery]);
    assert_eq!(history[1].words.as_deref(), Some("by post"));
    assert!(site.system().verify_audit().await.unwrap().is_ok());
    // A verdict that stays keeps it, another takes it away, and undoing brings it back.
    confirm(&site, &[1]).await;
    assert_eq!(standing(&site, 1).await.recovery, received.recovery);
    let rent = innocent(Remember::None, None);
    acme.decide(&unit(), [key(1)], &rent, new_id, ann()).await.unwrap();
    assert_eq!(standing(&site, 1).await.recovery, None);
    acme.undo(&unit(), &key(1), ann()).await.unwrap();
    assert_eq!(standing(&site, 1).await.recovery, received.recovery);
    assert!(site.system().verify_audit().await.unwrap().is_ok());
    site.by_hand("UPDATE findings SET recovery_stage = 'promised'").await;
    assert!(site.system().verify_audit().await.unwrap().is_err(), "the log vouches for it");
}

pub(crate) async fn a_part_leaves_the_rest_asked_for(site: Site) {
    use RecoveryStage::{Asked, Received};
    let acme = site.acme();
    run(&site, &checked(2), now()).await;
    confirm(&site, &[1, 2]).await;
    let letter = RecoveryRequest {
        reference: "L 7".to_owned(),
        due: Some(day("2026-12-07")),
        ..step(Asked, "2026-11-20")
    };
    let keys = [key(1), key(2)];
    acme.step_recovery(&unit(), keys.clone(), &checked_step(letter), ann()).await.unwrap();
    let asked = standing(&site, 1).await;
    let credit = RecoveryRequest {
        amount: Some(amount("1000")),
        reference: "CN 9".to_owned(),
        ..step(Received, TODAY)
    };
    let credit = checked_step(credit);
    let seen = keys.map(|key| SeenFinding { key, entry: Some(2) });
    acme.step_recovery(&unit(), seen.clone(), &credit, ann()).await.unwrap();
    // Sent twice, it is written once.
    acme.step_recovery(&unit(), seen, &credit, ann()).await.unwrap();
    let (all, part) = (standing(&site, 1).await, standing(&site, 2).await);
    assert_eq!((all.recovery_stage(), all.recovered), (Some(Received), Some(amount("1000"))));
    assert_eq!((part.recovery, part.due), (asked.recovery, asked.due));
    assert_eq!(part.recovered, Some(amount("1000")));
    let history = acme.finding_history(&unit(), &key(2)).await.unwrap();
    let stages: Vec<_> = history.iter().map(|entry| entry.to.recovery_stage()).collect();
    assert_eq!(stages[1..], [Some(Asked), Some(Received), Some(Asked)]);
    assert_eq!(history[2].to.recovery.as_ref().unwrap().reference.as_deref(), Some("CN 9"));
    let told: Vec<_> = history[2..].iter().map(|one| (one.what, one.by.as_str())).collect();
    assert_eq!(told, [(HistoryWord::Recovery, "Ann"), (HistoryWord::Rest, "Bursar")]);
    assert_eq!(history[3].who.as_deref(), Some("system"), "nobody asked for it once more");
    assert!(site.system().verify_audit().await.unwrap().is_ok());
    // An amount that is recorded, and no step, does so too.
    acme.set_recovered(&unit(), &key(2), Some(amount("1999.99")), ann()).await.unwrap();
    assert_eq!(standing(&site, 2).await.recovery_stage(), Some(Asked));
    acme.set_recovered(&unit(), &key(2), Some(amount("2000")), ann()).await.unwrap();
    assert_eq!(standing(&site, 2).await.recovery_stage(), Some(Received));
}

pub(crate) async fn a_step_is_of_all_or_of_none(site: Site) {
    let acme = site.acme();
    run(&site, &checked(3), now()).await;
    confirm(&site, &[1, 2]).await;
    let asked = checked_step(step(RecoveryStage::Asked, TODAY));
    let all = acme.step_recovery(&unit(), [key(1), key(2), key(3)], &asked, ann()).await;
    assert!(matches!(all, Err(Error::Illegal { .. })), "{all:?}");
    assert_eq!(standing(&site, 1).await.recovery, None);
    acme.step_recovery(&unit(), [key(2), key(1), key(2)], &asked, ann()).await.unwrap();
    for number in [1, 2] {
        assert_eq!(standing(&site, number).await.recovery_stage(), Some(RecoveryStage::Asked));
    }
    let stranger = site.store.customer(&"other".parse().unwrap());
    let theirs = stranger.step_recovery(&unit(), [key(1)], &asked, ann()).await;
    assert!(matches!(theirs, Err(Error::NotFound { .. })), "{theirs:?}");
}

pub(crate) async fn money_on_its_way_is_summed(site: Site) {
    use RecoveryStage::{Asked, Promised, Received, Settled, ToAsk, WrittenOff};
    let acme = site.acme();
    run(&site, &checked(7), now()).await;
    confirm(&site, &[1, 2, 3, 4, 5, 6]).await;
    let steps = [
        (2, RecoveryRequest { due: Some(day("2026-11-22")), ..step(Asked, "2026-11-01") }),
        (3, RecoveryRequest { amount: Some(amount("2500")), ..step(Promised, "2026-07-01") }),
        (4, RecoveryRequest { amount: Some(amount("3999.99")), ..step(Received, TODAY) }),
        (5, step(Settled, TODAY)),
        (6, RecoveryRequest { words: "bankrupt".to_owned(), ..step(WrittenOff, TODAY) }),
    ];
    for (number, request) in steps {
        acme.step_recovery(&unit(), [key(number)], &checked_step(request), ann()).await.unwrap();
    }
    acme.set_recovered(&unit(), &key(3), Some(amount("500")), ann()).await.unwrap();
    let sums = acme.recovery_sums(&unit(), day(TODAY)).await.unwrap();
    let told: Vec<_> = sums
        .stages
        .iter()
        .map(|sum| {
            let money: Vec<String> =
                sum.money.iter().map(|money| money.amount.to_string()).collect();
            (sum.stage, sum.findings, money.join("+"), sum.overdue)
        })
        .collect();
    let expected = [
        (ToAsk, 1, "1000.00", 0),
        (Asked, 1, "2000.00", 1),
        (Promised, 1, "2000.00", 0),
        (Received, 2, "4499.99", 0),
        (Settled, 1, "5000.00", 0),
        (WrittenOff, 1, "6000.00", 0),
    ];
    assert_eq!(
        told,
        expected.map(|(stage, count, sum, late)| (stage, count, sum.to_owned(), late))
    );
    let ages: Vec<u64> = sums.ages.iter().map(|age| age.findings).collect();
    assert_eq!(ages, [1, 0, 0, 1]);
    let of = |filter: FindingFilter| listed(&site, filter, FindingOrder::Amount);
    let all = FindingFilter::default();
    assert_eq!(
        of(FindingFilter { money_back: Some(MoneyBack::Outstanding), ..all.clone() }).await,
        [3, 2, 1]
    );
    for (number, stage) in (1..).zip(RecoveryStage::ALL) {
        let filter = FindingFilter { recovery: Some(stage), ..all.clone() };
        let listed = if stage == Received { vec![4, 3] } else { vec![number] };
        assert_eq!(of(filter).await, listed, "{stage}");
    }
    let unfinished = FindingFilter { unfinished: true, ..all.clone() };
    assert_eq!(of(unfinished).await, [7, 3, 2, 1]);
    let late = FindingFilter { due_before: Some(day(TODAY)), ..all };
    assert_eq!(of(late).await, [2]);
}

pub(crate) async fn an_answer_is_waited_for_until_a_day(site: Site) {
    let acme = site.acme();
    run(&site, &checked(4), now()).await;
    let waits = |due: Option<&str>| {
        let request = VerdictRequest {
            state: FindingState::NeedsInformation,
            because: "asked purchasing".to_owned(),
            reason_code: None,
            recovered: None,
            above: None,
            remember: Remember::None,
            until: None,
            due: due.map(day),
        };
        NewVerdict::new(request, now()).unwrap()
    };
    for (number, due) in [(1, None), (2, Some("2026-12-09")), (3, Some("2026-11-25"))] {
        acme.decide(&unit(), [key(number)], &waits(due), new_id, ann()).await.unwrap();
    }
    let waiting =
        FindingFilter { state: Some(FindingState::NeedsInformation), ..FindingFilter::default() };
    assert_eq!(listed(&site, waiting.clone(), FindingOrder::Due).await, [3, 2, 1]);
    let first = acme.findings(&unit(), &waiting, FindingOrder::Due, PageSize::fixed(1), None).await;
    let behind = first.unwrap().next.unwrap();
    let size = PageSize::default();
    let rest = acme.findings(&unit(), &waiting, FindingOrder::Due, size, Some(&behind)).await;
    assert_eq!(rest.unwrap().items.len(), 2);
    let due_before = Some(day("2026-11-26"));
    let late = FindingFilter { due_before, ..waiting };
    assert_eq!(listed(&site, late, FindingOrder::Due).await, [3]);
    // What was decided at last waits no more.
    let later = Decider { at: now() + SignedDuration::from_hours(1), ..ann() };
    acme.decide(&unit(), [key(3)], &confirmed(), new_id, later).await.unwrap();
    assert_eq!(standing(&site, 3).await.due, None);
    acme.undo(&unit(), &key(3), later).await.unwrap();
    assert_eq!(standing(&site, 3).await.due, Some(day("2026-11-25")));
}

pub(crate) async fn all_of_one_supplier_is_found(site: Site) {
    let mut found = checked(3);
    for number in [0, 2] {
        let fields = &mut found.findings[number].rows[0].fields;
        fields.insert("supplier_ref".to_owned(), "S 100".to_owned());
    }
    run(&site, &found, now()).await;
    let of = |reference: &str| FindingFilter {
        of_supplier: Some(reference.to_owned()),
        ..FindingFilter::default()
    };
    assert_eq!(listed(&site, of("S 100"), FindingOrder::Amount).await, [3, 1]);
    assert_eq!(listed(&site, of("S 1%"), FindingOrder::Amount).await, [] as [usize; 0]);
    let acme = site.acme();
    assert_eq!(acme.count_findings(&unit(), &of("S 100")).await.unwrap(), 2);
    let lanes = acme.lane_totals(&unit(), &of("S 100")).await.unwrap();
    let found: Vec<u64> = lanes.iter().map(|lane| lane.findings).collect();
    assert_eq!((found.len(), found.iter().sum::<u64>()), (4, 2));
}

/// A credit that names the number of a claim, and is of another amount.
pub(crate) fn credit(id: &str, of: usize) -> CreditMatch {
    let money = Money { amount: amount("400"), currency: Some("GBP".to_owned()) };
    let credit = Credit {
        id: id.to_owned(),
        supplier: "S1".to_owned(),
        number: format!("CN {id}"),
        on: Some(day("2026-11-21")),
        money,
        words: String::new(),
    };
    CreditMatch { finding: key(of), credit, names_number: true, is_amount: false }
}

pub(crate) async fn a_credit_is_taken_once(site: Site) {
    let acme = site.acme();
    let mut found = checked(2);
    for finding in &mut found.findings {
        let fields = &mut finding.rows[0].fields;
        fields.insert("supplier_ref".to_owned(), "S1".to_owned());
        fields.insert("invoice_number".to_owned(), "10983".to_owned());
    }
    run(&site, &found, now()).await;
    confirm(&site, &[1, 2]).await;
    assert!(acme.open_claims(&unit()).await.unwrap().is_empty(), "nobody was asked");
    let asked = checked_step(step(RecoveryStage::Asked, "2026-11-20"));
    acme.step_recovery(&unit(), [key(1), key(2)], &asked, ann()).await.unwrap();
    let claims = acme.open_claims(&unit()).await.unwrap();
    let told: Vec<_> = claims.iter().map(|claim| (claim.money.amount, claim.asked_on)).collect();
    // Due on no day, so the gravest first.
    assert_eq!(told, [(amount("2000"), day("2026-11-20")), (amount("1000"), day("2026-11-20"))]);
    assert_eq!((claims[0].supplier.as_str(), claims[0].numbers[0].as_str()), ("S1", "10983"));

    let found = [credit("U8", 1), credit("U9", 2)];
    let new = acme.keep_credit_matches(&unit(), &found, now()).await.unwrap();
    assert_eq!(new, found);
    assert!(acme.keep_credit_matches(&unit(), &found, now()).await.unwrap().is_empty());
    let listed = acme.credit_matches(&unit(), Some(&key(1))).await.unwrap();
    assert_eq!(listed, found[..1]);
    let answered = acme.decide_credit(&unit(), "U8", CreditOutcome::Taken, ann()).await;
    assert_eq!(answered.unwrap(), key(1));
    // A part of what was asked for: the rest stays asked for.
    let taken = standing(&site, 1).await;
    let recovery = taken.recovery.unwrap();
    assert_eq!((recovery.stage, recovery.on), (RecoveryStage::Asked, day("2026-11-20")));
    assert_eq!((taken.recovered, recovery.reference), (Some(amount("400")), None));
    let history = acme.finding_history(&unit(), &key(1)).await.unwrap();
    let received = history[history.len() - 2].to.recovery.clone().unwrap();
    assert_eq!((received.stage, received.on), (RecoveryStage::Received, day("2026-11-21")));
    assert_eq!(received.reference.as_deref(), Some("CN U8"));
    let twice = acme.decide_credit(&unit(), "U8", CreditOutcome::Taken, ann()).await;
    assert!(matches!(twice, Err(Error::NotFound { what: "credit" })), "{twice:?}");
    acme.decide_credit(&unit(), "U9", CreditOutcome::Refused, ann()).await.unwrap();
    assert_eq!(standing(&site, 2).await.recovered, None);
    assert!(acme.credit_matches(&unit(), None).await.unwrap().is_empty());

    // By itself only where an admin has said so, and only what is certain.
    let certain = [CreditMatch { is_amount: true, ..credit("U10", 2) }, credit("U11", 2)];
    acme.keep_credit_matches(&unit(), &certain, now()).await.unwrap();
    assert_eq!(acme.take_certain_credits(&unit(), &certain, now()).await.unwrap(), 0);
    let by_itself = CreditTaking::ByItself;
    assert!(acme.set_takes_credits(by_itself, "ann@example.org", now()).await.unwrap());
    assert!(!acme.set_takes_credits(by_itself, "ann@example.org", now()).await.unwrap());
    assert_eq!(acme.take_certain_credits(&unit(), &certain, now()).await.unwrap(), 1);
    assert_eq!(standing(&site, 2).await.recovered, Some(amount("400")));
    let history = acme.finding_history(&unit(), &key(2)).await.unwrap();
    // The rest that stays asked for is no act of anybody.
    let by: Vec<&str> = history.iter().rev().take(2).map(|entry| entry.by.as_str()).collect();
    assert_eq!(by, ["Bursar", "Bursar, by the credit note"]);
}
