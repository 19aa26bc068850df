//! Runs as jobs: what they are told, how they are followed, and what is left when they fail.

use std::sync::Arc;

use domain::finding::{CheckedUnit, FindingState, NewVerdict, Remember, VerdictRequest};
use domain::page::PageSize;
use domain::{CheckSettings, FileType, JobId, Run, RunId, RunState, VerdictId};
use futures_util::FutureExt as _;
use server::limits::ATTEMPTS_MAX;
use store::{Decider, NewRun};

use crate::book::Act;
use crate::desk::checked;
use crate::workplace::{Workplace, acme, random, unit};

/// Longer than the longest wait between attempts.
const PAST_ANY_WAIT: i64 = 400;

async fn ask(place: &Workplace) -> Run {
    let ids =
        NewRun { run: RunId::new(place.now(), random()), job: JobId::new(place.now(), random()) };
    let decider = Decider { by: "Ann", who: "ann@example.org", at: place.now() };
    place.acme().ask_for_run(&unit(), ids, decider).await.unwrap()
}

async fn newest(place: &Workplace) -> Run {
    let page = place.acme().runs(&unit(), PageSize::default(), None).await.unwrap();
    page.items.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_run_follows_what_is_read_and_keeps_what_it_finds() {
    let place = Workplace::open().await;
    place.book.finds(checked(3));
    place.receive(FileType::Transactions, "a_1.csv").await;
    place.receive(FileType::Suppliers, "b_1.csv").await;
    place.work().await;
    let asked = place.book.check_requests();
    assert_eq!(asked.len(), 1, "one run for both files: it waits until all is read");
    assert_eq!(asked[0].of, CheckedUnit { customer: acme(), unit: unit() });
    let run = newest(&place).await;
    let RunState::Done { counts, .. } = run.state else { panic!("{run:?}") };
    assert_eq!((counts.findings, counts.new_findings), (3, 3));

    // The next run is told what people decided, and set.
    let verdict = NewVerdict::new(
        VerdictRequest {
            state: FindingState::Dismissed,
            because: "rent".to_owned(),
            reason_code: None,
            recovered: None,
            above: None,
            remember: Remember::Rows,
            until: None,
            due: None,
        },
        place.now(),
    );
    let key = checked(1).findings[0].key.clone();
    let decider = Decider { by: "Ann", who: "ann", at: place.now() };
    let new_id = || VerdictId::new(place.now(), random());
    let acme = place.acme();
    acme.decide(&unit(), &[key], &verdict.unwrap(), new_id, decider).await.unwrap();
    let mut settings = CheckSettings::default();
    settings.off.insert("benford".to_owned());
    acme.set_check_settings(&unit(), &settings, "ann@example.org", place.now()).await.unwrap();
    ask(&place).await;
    place.work().await;
    let told = place.book.check_requests().pop().unwrap();
    assert_eq!((told.verdicts.len(), told.verdicts[0].by.as_str()), (1, "Ann"));
    assert_eq!((&asked[0].settings, &told.settings), (&CheckSettings::default(), &settings));
}

#[tokio::test]
async fn a_run_is_seen_while_it_runs() {
    let place = Arc::new(Workplace::open().await);
    ask(&place).await;
    let looker = Arc::clone(&place);
    let look = move || {
        let place = Arc::clone(&looker);
        let look = async move {
            loop {
                let run = newest(&place).await;
                if let RunState::Running { done, doing, .. } = run.state
                    && doing == "checking for the 1. time"
                {
                    assert!((done - 0.5).abs() < 1e-6);
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        look.boxed()
    };
    place.book.while_checking(Some(Act::Meanwhile(Arc::new(look))));
    place.work().await;
    assert!(matches!(newest(&place).await.state, RunState::Done { .. }));
}

#[tokio::test]
async fn a_run_that_fails_every_time_says_so() {
    let place = Workplace::open().await;
    place.book.while_checking(Some(Act::Fail));
    let failing = ask(&place).await;
    for _ in 0..ATTEMPTS_MAX {
        assert!(place.run_next_job().await);
        place.later(PAST_ANY_WAIT);
    }
    let run = newest(&place).await;
    let RunState::Failed { why, .. } = &run.state else { panic!("{run:?}") };
    assert!(
        why.starts_with("the checks failed 5 times; ") && why.contains("ask for another run"),
        "{why}"
    );
    assert!(why.contains(&failing.run_id.to_string()), "{why}");
    place.book.while_checking(None);
    ask(&place).await;
    place.work().await;
    assert!(matches!(newest(&place).await.state, RunState::Done { .. }));
}
