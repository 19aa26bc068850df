//! Runs: who asks for them, whose turn it is, how they end.

use domain::finding::{CheckEnd, CheckReport, RunOutcome};
use domain::page::PageSize;
use domain::{Run, RunState};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use store::{CHECK_WAITS_MAX, ClaimedJob, Decider, Error, JobKind, NewRun, NextJobs};

use crate::cases::findings::checked;
use crate::cases::reading::{read, refused};
use crate::cases::verdicts::ann;
use crate::site::{Site, fence, new_run, now, unit};

pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(60);

pub(crate) async fn ask(site: &Site) -> Run {
    site.acme().ask_for_run(&unit(), new_run(), ann()).await.unwrap()
}

pub(crate) async fn claim_check(site: &Site, moment: Timestamp) -> Option<ClaimedJob> {
    site.system().claim_job(&[JobKind::CheckUnit], moment, LEASE, fence()).await.unwrap()
}

/// Runs the checks to this end.
pub(crate) async fn run(site: &Site, found: &RunOutcome, moment: Timestamp) -> Run {
    site.acme().ask_for_run(&unit(), new_run(), Decider { at: moment, ..ann() }).await.unwrap();
    let job = claim_check(site, moment).await.unwrap();
    site.system().begin_run(&job, moment).await.unwrap();
    site.system().finish_run(&job, found, moment).await.unwrap()
}

async fn runs(site: &Site) -> Vec<Run> {
    site.acme().runs(&unit(), PageSize::default(), None).await.unwrap().items
}

pub(crate) async fn a_read_upload_asks_for_a_run(site: Site) {
    let next = |ids: NewRun| NextJobs { check: Some(ids), ..NextJobs::default() };
    for (name, end) in [("1.csv", refused()), ("2.csv", read()), ("3.csv", read())] {
        site.snapshot(name, 1).await;
        let job = site.system().claim_job(&[JobKind::ReadUpload], now(), LEASE, fence()).await;
        let job = job.unwrap().unwrap();
        site.system().begin_reading(&job, now()).await.unwrap();
        site.system().finish_reading(&job, end, next(new_run()), now()).await.unwrap();
    }
    let found = runs(&site).await;
    assert_eq!(found.len(), 1, "the refused one changed nothing, the two that follow share a run");
    assert_eq!((&found[0].asked_by, &found[0].state), (&None, &RunState::Waiting));
    let job = claim_check(&site, now()).await.unwrap();
    assert_eq!(job.run().unwrap(), found[0].run_id);
    assert!(job.upload().is_err() && job.ledger().is_err());
}

pub(crate) async fn a_unit_has_one_waiting_run_and_one_at_a_time(site: Site) {
    let asked = futures_util::future::join_all((0..8).map(|_| ask(&site))).await;
    assert!(asked.iter().all(|run| run.run_id == asked[0].run_id), "they share one");
    let job = claim_check(&site, now()).await.unwrap();
    site.system().begin_run(&job, now()).await.unwrap();
    let second = ask(&site).await;
    assert_ne!(second.run_id, asked[0].run_id, "the ledgers may have changed since it began");
    assert_eq!(ask(&site).await.run_id, second.run_id);
    assert_eq!(claim_check(&site, now()).await, None, "one at a time");
    let lapsed = claim_check(&site, now() + LEASE).await.unwrap();
    assert_eq!((lapsed.run().unwrap(), lapsed.attempts), (asked[0].run_id, 2), "the first first");
    site.system().fail_run(&lapsed, "it cannot be; look", now()).await.unwrap();
    let next = claim_check(&site, now()).await.unwrap();
    assert_eq!(next.run().unwrap(), second.run_id);

    let stranger = site.store.customer(&"other".parse().unwrap());
    let nowhere = stranger.ask_for_run(&unit(), new_run(), ann()).await;
    assert!(matches!(nowhere, Err(Error::NotFound { .. })), "{nowhere:?}");
    assert_eq!(stranger.run(&unit(), second.run_id).await.unwrap(), None);
}

pub(crate) async fn a_check_waits_for_what_is_not_read(site: Site) {
    ask(&site).await;
    site.receive("a.csv", b"1").await;
    assert_eq!(claim_check(&site, now() + 1.minute()).await, None, "an upload waits");
    let read_upload = [JobKind::ReadUpload];
    let job = site.system().claim_job(&read_upload, now(), LEASE, fence()).await.unwrap().unwrap();
    assert_eq!(claim_check(&site, now() + 1.second()).await, None, "it is being read");
    site.system().retry_job(&job, now() + 2.hours(), "the disk was away").await.unwrap();
    assert_eq!(claim_check(&site, now() + 2.seconds()).await, None, "it is tried again");
    let long = now() + CHECK_WAITS_MAX;
    assert!(claim_check(&site, long).await.is_some(), "not for ever");
}

pub(crate) async fn a_run_lives_once(site: Site) {
    let acme = site.acme();
    let asked = ask(&site).await;
    assert_eq!(asked.asked_by.as_deref(), Some("Ann"));
    let job = claim_check(&site, now()).await.unwrap();
    let begun = site.system().begin_run(&job, now()).await.unwrap();
    assert!(matches!(begun.state, RunState::Running { done: 0.0, .. }), "{begun:?}");
    site.system().note_progress(&job, 0.25, "comparing\0 invoices").await.unwrap();
    let RunState::Running { done, doing, .. } =
        acme.run(&unit(), asked.run_id).await.unwrap().unwrap().state
    else {
        panic!("it runs");
    };
    assert_eq!(((done * 100.0).round(), doing.as_str()), (25.0, "comparing\u{2400} invoices"));

    let report = CheckReport {
        check: "benford".to_owned(),
        title: "First digits".to_owned(),
        end: CheckEnd::NotRun { why: "no amounts".to_owned() },
        findings: 0,
        suppressed: [("credited".to_owned(), 3)].into(),
        overfull: Vec::new(),
        figures: serde_json::json!({ "digits": [1, 2] }),
        milliseconds: 12,
    };
    let found = RunOutcome {
        versions: [("transactions".to_owned(), 7)].into(),
        checks: vec![report.clone()],
        ..checked(3)
    };
    let done = site.system().finish_run(&job, &found, now()).await.unwrap();
    let RunState::Done { counts, versions, .. } = &done.state else { panic!("{done:?}") };
    assert_eq!((counts.findings, counts.new_findings, counts.gone), (3, 3, 0));
    assert_eq!(versions["transactions"], 7);
    assert_eq!(acme.run(&unit(), asked.run_id).await.unwrap(), Some(done.clone()));
    assert_eq!(acme.run_reports(&unit(), asked.run_id).await.unwrap(), [report]);
    let again = site.system().finish_run(&job, &found, now()).await;
    assert!(matches!(again, Err(Error::LeaseLost)), "{again:?}");

    let failed = ask(&site).await;
    let job = claim_check(&site, now()).await.unwrap();
    site.system().fail_run(&job, "it cannot be; look", now()).await.unwrap();
    let first = PageSize::try_from(1).unwrap();
    let page = acme.runs(&unit(), first, None).await.unwrap();
    assert_eq!(page.next, Some(failed.run_id));
    assert!(matches!(page.items[0].state, RunState::Failed { .. }), "{page:?}");
    let page = acme.runs(&unit(), first, page.next).await.unwrap();
    assert_eq!((page.items[0].run_id, page.next), (done.run_id, None));
}

pub(crate) async fn only_the_holder_ends_a_run(site: Site) {
    ask(&site).await;
    let system = site.system();
    let lost = claim_check(&site, now()).await.unwrap();
    let holder = claim_check(&site, now() + LEASE).await.unwrap();
    for answer in [
        system.begin_run(&lost, now()).await.map(drop),
        system.note_progress(&lost, 0.5, "x").await,
        system.finish_run(&lost, &checked(3), now()).await.map(drop),
        system.fail_run(&lost, "x", now()).await,
    ] {
        assert!(matches!(answer, Err(Error::LeaseLost)), "{answer:?}");
    }
    let unbegun = system.finish_run(&holder, &checked(3), now()).await;
    assert!(matches!(unbegun, Err(Error::Conflict { .. })), "{unbegun:?}");
    let none = site.acme().count_findings(&unit(), &store::FindingFilter::default()).await.unwrap();
    assert_eq!(none, 0, "all or nothing");
}
