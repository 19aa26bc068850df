//! Sums of findings that one node keeps while another writes: after each kind of change they are as the
//! database has them.

use std::collections::BTreeSet;

use domain::finding::{
    FindingState, NewRecovery, NewVerdict, RecoveryRequest, RecoveryStage, Remember, VerdictRequest,
};
use domain::{CustomerName, UnitName};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::civil::date;
use jiff::{Timestamp, ToSpan as _};
use store::{CreditOutcome, CustomerStore, Decider, ErasureScope, FindingFilter, Inclusion, Store};

use crate::cases::findings::{checked, key};
use crate::cases::holds::of_invoice;
use crate::cases::recovery::{checked_step, credit, step};
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, asked, duplicate, innocent, new_id};
use crate::cases::{invitations, proposals};
use crate::site::{Site, now, unit};

/// A change, on the node that makes it.
type Change = fn(&Site) -> BoxFuture<'_, ()>;

/// Every kind of change, in an order in which each may happen; a later one stands on those before it.
const CHANGES: [(&str, Change); 20] = [
    ("a run finds", |site| async { drop(run(site, &checked(6), now()).await) }.boxed()),
    ("one is opened", |site| {
        async { site.acme().note_opened(&unit(), &key(6), now()).await.unwrap() }.boxed()
    }),
    ("one is given", |site| {
        let (unit, keys) = (unit(), [key(1), key(2)]);
        async move { site.acme().assign_all(&unit, keys, ANN, ann()).await.unwrap() }.boxed()
    }),
    ("one is given of those unchanged", |site| {
        async {
            let left =
                site.acme().assign_unchanged(&unit(), [key(3)], Some(BOB), ann()).await.unwrap();
            assert_eq!(left, 0);
        }
        .boxed()
    }),
    ("some are decided", |site| {
        async { decide(site, &[1, 2], &duplicate("500"), ann()).await }.boxed()
    }),
    ("one is decided of those unchanged", |site| {
        async {
            let acme = site.acme();
            acme.decide_unchanged(&unit(), [key(3)], &asked(), new_id, ann()).await.unwrap();
        }
        .boxed()
    }),
    ("what came back is another amount", |site| {
        let amount = "400".parse().ok();
        async move { site.acme().set_recovered(&unit(), key(1), amount, ann()).await.unwrap() }
            .boxed()
    }),
    ("somebody says something", |site| {
        async {
            let named = site.acme().comment(&unit(), key(1), "so", ann()).await.unwrap();
            assert_eq!(named.told, 0);
        }
        .boxed()
    }),
    ("a verdict is taken back", |site| {
        async { site.acme().undo(&unit(), key(1), ann()).await.unwrap() }.boxed()
    }),
    ("verdicts are taken back", |site| {
        async {
            let taken = site.acme().undo_all(&unit(), [key(2)], ann()).await.unwrap();
            assert_eq!(taken.undone, 1);
        }
        .boxed()
    }),
    ("one is remembered to be innocent", |site| {
        async { decide(site, &[4], &innocent(Remember::Rows, None), ann()).await }.boxed()
    }),
    ("all of one moment are taken back", |site| {
        async {
            let taken = site.acme().undo_decided_at(&unit(), now(), ann()).await.unwrap();
            assert!(taken.undone > 0);
        }
        .boxed()
    }),
    ("a verdict is proposed", |site| {
        async {
            proposals::two_decide_above(site, "4500").await;
            decide(site, &[5], &duplicate("5"), ann()).await;
        }
        .boxed()
    }),
    ("it is confirmed", |site| {
        async { site.acme().confirm(&unit(), key(5), new_id(), bob()).await.unwrap() }.boxed()
    }),
    ("money is asked for", |site| {
        async {
            decide(site, &[1], &confirmed(), ann()).await;
            recover(site, RecoveryStage::Asked).await;
        }
        .boxed()
    }),
    ("a credit is taken", |site| {
        async {
            let (acme, unit) = (site.acme(), unit());
            acme.keep_credit_matches(&unit, &[credit("U8", 1)], now()).await.unwrap();
            acme.decide_credit(&unit, "U8", CreditOutcome::Taken, ann()).await.unwrap();
        }
        .boxed()
    }),
    ("a payment is held", |site| {
        async {
            let all = BTreeSet::new();
            drop(site.acme().hold(&unit(), [key(6)], &all, "look", ann()).await.unwrap());
        }
        .boxed()
    }),
    ("and lifted", |site| {
        async {
            let held = of_invoice("6", None);
            drop(site.acme().lift(&unit(), &held, "looked", ann()).await.unwrap());
        }
        .boxed()
    }),
    ("money is written off", |site| {
        async { recover(site, RecoveryStage::WrittenOff).await }.boxed()
    }),
    ("a run finds less", |site| async { drop(run(site, &checked(2), now()).await) }.boxed()),
];
const ANN: Option<&str> = Some("ann@example.org");
const BOB: &str = "bob@example.org";

fn bob() -> Decider<'static> {
    Decider { by: "Bob", who: BOB, at: now() }
}

fn confirmed() -> NewVerdict {
    let request = VerdictRequest {
        state: FindingState::Confirmed,
        because: "so it is".to_owned(),
        reason_code: None,
        recovered: None,
        above: None,
        remember: Remember::None,
        until: None,
        due: None,
    };
    NewVerdict::new(request, now()).unwrap()
}

async fn decide(site: &Site, numbers: &[usize], verdict: &NewVerdict, decider: Decider<'_>) {
    let keys: Vec<_> = numbers.iter().map(|number| key(*number)).collect();
    site.acme().decide(&unit(), keys, verdict, new_id, decider).await.unwrap();
}

async fn recover(site: &Site, stage: RecoveryStage) {
    let words = "so it is".to_owned();
    let request = RecoveryRequest { words, ..step(stage, "2026-11-20") };
    let step: NewRecovery = checked_step(request);
    site.acme().step_recovery(&unit(), [key(1)], &step, ann()).await.unwrap();
}

fn filters() -> [FindingFilter; 5] {
    let all = FindingFilter::default;
    [
        FindingFilter { suppressed: Inclusion::Yes, gone: Inclusion::Yes, ..all() },
        FindingFilter { state: Some(FindingState::Open), ..all() },
        FindingFilter { assignee: ANN.map(ToOwned::to_owned), unfinished: true, ..all() },
        FindingFilter { proposed: Some(true), ..all() },
        FindingFilter { opened: Some(false), ..all() },
    ]
}

/// Every sum, in words: as a page is told, or as the database has it now.
macro_rules! sums {
    ($of:ident, $($unit:ident)?) => {{
        let (today, yesterday) = (date(2026, 11, 23), now() - 24.hours());
        let mut told = vec![
            format!("{:?}", $of.found_kinds($($unit)?).await.unwrap()),
            format!("{:?}", $of.verdict_tallies($($unit)?).await.unwrap()),
            format!("{:?}", $of.recovered_sums($($unit)?).await.unwrap()),
            format!("{:?}", $of.recovered_since($($unit,)? yesterday).await.unwrap()),
            format!("{:?}", $of.decided_since($($unit,)? yesterday).await.unwrap()),
            format!("{:?}", $of.team_work($($unit,)? yesterday).await.unwrap()),
            format!("{:?}", $of.recovery_sums($($unit,)? today).await.unwrap()),
            format!("{:?}", $of.open_sums($($unit,)? None).await.unwrap()),
        ];
        for filter in &filters() {
            told.push(format!("{:?}", $of.count_findings($($unit,)? filter).await.unwrap()));
            told.push(format!("{:?}", $of.lane_totals($($unit,)? filter).await.unwrap()));
            told.push(format!("{:?}", $of.earliest_payment_due($($unit,)? filter).await.unwrap()));
        }
        told
    }};
}

async fn kept(acme: &CustomerStore, unit: &UnitName) -> (i64, Vec<String>) {
    let sums = acme.finding_sums(unit).await.unwrap();
    let mut told = sums!(sums,);
    told.push(sums.unfinished_of(BOB).await.unwrap().to_string());
    (sums.version(), told)
}

async fn fresh(acme: &CustomerStore, unit: &UnitName) -> Vec<String> {
    let hers = FindingFilter {
        assignee: Some(BOB.to_owned()),
        unfinished: true,
        ..FindingFilter::default()
    };
    let mut told = sums!(acme, unit);
    told.push(acme.count_findings(unit, &hers).await.unwrap().to_string());
    told
}

pub(crate) async fn sums_are_fresh_after_each_kind_of_change(site: Site) {
    let admin = invitations::ann(&site).await;
    invitations::member(&site, &admin, "bob", domain::MemberRole::Analyst).await;
    let (unit, other) = (unit(), Store::open(&site.config).await.unwrap());
    let reader = other.customer(&"acme".parse().unwrap());
    let (mut version, mut before) = kept(&reader, &unit).await;
    for (what, change) in CHANGES {
        change(&site).await;
        let (now, told) = kept(&reader, &unit).await;
        assert!(now > version, "{what}: nobody has counted it");
        assert_eq!(told, fresh(&reader, &unit).await, "{what}");
        let is_told =
            !["somebody says something", "a payment is held", "and lifted"].contains(&what);
        assert_eq!(told != before, is_told, "{what}: {told:?}");
        (version, before) = (now, told);
    }
    other.close().await;
}

pub(crate) async fn a_sum_that_is_kept_is_not_made_again(site: Site) {
    run(&site, &checked(2), now()).await;
    let (acme, unit) = (site.acme(), unit());
    let (version, told) = kept(&acme, &unit).await;
    // Nothing but this shows whether the database was asked: nobody has counted it.
    site.by_hand("UPDATE findings SET state = 'needs_information'").await;
    assert_eq!(kept(&acme, &unit).await, (version, told.clone()));
    assert_ne!(fresh(&acme, &unit).await, told);
    // Another day and another person are other questions.
    let sums = acme.finding_sums(&unit).await.unwrap();
    let (due, nobodys) = (date(2026, 11, 24), FindingFilter::default());
    assert_eq!(
        sums.recovery_sums(due).await.unwrap(),
        acme.recovery_sums(&unit, due).await.unwrap()
    );
    let waiting = FindingFilter { state: Some(FindingState::NeedsInformation), ..nobodys };
    assert_eq!(sums.count_findings(&waiting).await.unwrap(), 2);
}

pub(crate) async fn sums_go_with_their_unit(site: Site) {
    let (system, acme): (_, CustomerName) = (site.system(), "acme".parse().unwrap());
    system.add_unit(&acme, &"fr".parse().unwrap(), "operator", now()).await.unwrap();
    run(&site, &checked(2), now()).await;
    let (unit, other) = (unit(), Store::open(&site.config).await.unwrap());
    let reader = other.customer(&acme);
    let (version, told) = kept(&reader, &unit).await;
    assert!(version > 0);
    let scope = ErasureScope::Unit(acme, unit.clone());
    system.erase(&scope, "operator", Timestamp::UNIX_EPOCH).await.unwrap();
    for store in [site.acme(), reader] {
        let (version, now) = kept(&store, &unit).await;
        assert_eq!((version, &now), (0, &fresh(&store, &unit).await));
        assert_ne!(now, told);
    }
    other.close().await;
}

/// Two who decide at once about findings of one unit, and a run that ends between them: nobody waits for
/// ever, and each is counted.
pub(crate) async fn two_decide_while_a_run_ends(site: Site) {
    run(&site, &checked(8), now()).await;
    let (unit, acme) = (unit(), site.acme());
    let before = acme.finding_sums(&unit).await.unwrap().version();
    let decide = async |numbers: [usize; 4]| {
        for number in numbers {
            let (keys, verdict) = ([key(number), key(number + 1)], asked());
            acme.decide(&unit, keys, &verdict, new_id, ann()).await.unwrap();
        }
    };
    let again = checked(8);
    let (_run, (), ()) =
        tokio::join!(run(&site, &again, now()), decide([1, 3, 5, 7]), decide([7, 5, 3, 1]));
    let sums = acme.finding_sums(&unit).await.unwrap();
    let waiting =
        FindingFilter { state: Some(FindingState::NeedsInformation), ..FindingFilter::default() };
    assert_eq!(sums.count_findings(&waiting).await.unwrap(), 8);
    // Sixteen entries, and what the run wrote.
    assert!(sums.version() >= before + 17, "{} of {before}", sums.version());
}
