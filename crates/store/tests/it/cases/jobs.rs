//! The queue: order, leases, fences, attempts.

use std::collections::HashSet;

use domain::{FileType, RowCounts, UploadState};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use store::{ClaimedJob, Error, JobCount, JobKind, JobState, NextJobs};

use crate::site::{Site, acme, fence, new_job, now};

fn tidy_next() -> NextJobs {
    NextJobs { tidy: Some(new_job()), ..NextJobs::default() }
}

const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn claim(site: &Site, moment: Timestamp, fence: i64) -> Option<ClaimedJob> {
    site.system().claim_job(&JobKind::ALL, moment, LEASE, fence).await.unwrap()
}

async fn counts(site: &Site) -> Vec<(JobState, u64)> {
    let counts: Vec<JobCount> = site.system().job_counts().await.unwrap();
    counts.into_iter().map(|count| (count.state, count.jobs)).collect()
}

pub(crate) async fn a_job_waits_for_each_upload(site: Site) {
    let upload = site.receive("a.csv", b"1").await.into_upload();
    site.receive("a.csv", b"1").await;
    assert_eq!(counts(&site).await, [(JobState::Waiting, 1)]);
    assert_eq!(claim(&site, now() - 1.second(), 1).await, None, "not due yet");
    let none = site.system().claim_job(&[], now(), LEASE, 1).await.unwrap();
    assert_eq!(none, None, "of no kind");

    let job = claim(&site, now(), 1).await.unwrap();
    assert_eq!(
        (job.kind, job.upload().unwrap(), job.attempts),
        (JobKind::ReadUpload, upload.id, 1)
    );
    assert_eq!((job.customer.clone(), job.unit.clone()), (upload.customer, upload.unit));
    assert_eq!(counts(&site).await, [(JobState::Running, 1)]);
    site.system().finish_job(&job, now()).await.unwrap();
    assert_eq!(counts(&site).await, [(JobState::Done, 1)]);
    assert_eq!(claim(&site, now() + 1.hour(), 2).await, None);
}

pub(crate) async fn jobs_are_claimed_in_order_by_one_each(site: Site) {
    let mut uploads = Vec::new();
    for place in 0..12_i64 {
        let mut new = site.new_upload("a.csv");
        new.unit = format!("unit{place}").parse().unwrap();
        site.system().add_unit(&acme(), &new.unit, "operator", now()).await.unwrap();
        // The last to come has been due for longest.
        new.received_at = now() - place.seconds();
        uploads.push(site.try_receive(new, b"1").await.unwrap().into_upload().id);
    }
    uploads.reverse();
    for (fence, upload) in (0..).zip(uploads.drain(..4)) {
        let job = claim(&site, now(), fence).await.unwrap();
        assert_eq!(job.upload().unwrap(), upload);
    }
    let claims = join_all((0..12).map(|fence| claim(&site, now(), 100 + fence))).await;
    let claimed: Vec<_> = claims.into_iter().flatten().map(|job| job.upload().unwrap()).collect();
    // Somebody may find the very row locked that he looked for and come back with nothing.
    let each: HashSet<_> = claimed.iter().copied().collect();
    assert_eq!(each.len(), claimed.len(), "nobody shares a job");
    assert_eq!(each, uploads.into_iter().collect());
}

pub(crate) async fn uploads_of_a_ledger_are_read_in_the_order_of_receipt(site: Site) {
    let system = site.system();
    let late = site.snapshot("late.csv", 1).await.id;
    let early = site.snapshot("early.csv", 3).await.id;
    let other = site.receive("other.csv", b"1").await.into_upload().id;

    let first = claim(&site, now(), 1).await.unwrap();
    assert_eq!((first.upload().unwrap(), first.ledger().unwrap().table()), (early, "suppliers"));
    let beside = claim(&site, now(), 2).await.unwrap();
    assert_eq!(beside.upload().unwrap(), other, "another ledger goes on");
    system.finish_job(&beside, now()).await.unwrap();
    assert_eq!(claim(&site, now(), 3).await, None, "one at a time");

    system.retry_job(&first, now() + 1.minute(), "the disk was away").await.unwrap();
    assert_eq!(claim(&site, now(), 4).await, None, "the early one still comes first");
    let again = claim(&site, now() + 1.minute(), 5).await.unwrap();
    assert_eq!(again.upload().unwrap(), early);
    // Its holder is gone: it comes first all the same.
    let lapsed = claim(&site, now() + 2.minutes(), 6).await.unwrap();
    assert_eq!((lapsed.upload().unwrap(), lapsed.attempts), (early, 3));
    system.fail_job(&lapsed, now(), "given up").await.unwrap();
    assert_eq!(claim(&site, now(), 7).await.unwrap().upload().unwrap(), late);
}

pub(crate) async fn a_ledger_is_tidied_while_nobody_reads(site: Site) {
    let system = site.system();
    let tidy = [JobKind::TidyLedger];
    site.snapshot("1.csv", 3).await;
    let next = site.snapshot("2.csv", 2).await;
    let last = site.snapshot("3.csv", 1).await;
    for _ in 0..2 {
        let job = site.claim().await;
        system.begin_reading(&job, now()).await.unwrap();
        let read = UploadState::Read { at: now(), ledger_version: 1, rows: RowCounts::default() };
        // The second finds one waiting.
        system.finish_reading(&job, read, tidy_next(), now()).await.unwrap();
    }
    assert!(matches!(site.state(next.id).await, UploadState::Read { .. }));
    let waiting = JobCount { kind: JobKind::TidyLedger, state: JobState::Waiting, jobs: 1 };
    assert!(system.job_counts().await.unwrap().contains(&waiting));

    let reading = site.claim().await;
    assert_eq!(reading.upload().unwrap(), last.id);
    let none = system.claim_job(&tidy, now(), LEASE, 8).await.unwrap();
    assert_eq!(none, None, "somebody reads");
    system.retry_job(&reading, now(), "again").await.unwrap();
    let tidying = system.claim_job(&tidy, now(), LEASE, 9).await.unwrap().unwrap();
    assert_eq!(
        (tidying.kind, tidying.ledger().unwrap().file_type),
        (JobKind::TidyLedger, FileType::Suppliers)
    );
    assert_eq!(claim(&site, now(), 10).await, None, "somebody tidies");
    let reading = claim(&site, now() + LEASE, 11).await.unwrap();
    assert_eq!(reading.upload().unwrap(), last.id, "a lease that has lapsed is in nobody's way");
    let lost = system.finish_job(&tidying, now()).await;
    lost.expect("nobody else has taken it");
}

/// Readers and tidiers of one ledger who claim at the same moment.
pub(crate) async fn of_one_ledger_only_one_job_is_claimed_at_once(site: Site) {
    let system = site.system();
    for round in 0..8_i64 {
        site.snapshot(&format!("{round}.csv"), 100 - round).await;
    }
    for round in 0..8 {
        let kinds = |place: usize| [JobKind::ALL[place % 2]];
        let claims = (0..12).map(|place| {
            let system = system.clone();
            async move { system.claim_job(&kinds(place), now(), LEASE, fence()).await.unwrap() }
        });
        let claims = join_all(claims.map(tokio::spawn)).await;
        let claimed: Vec<_> = claims.into_iter().filter_map(Result::unwrap).collect();
        assert!(claimed.len() <= 1, "round {round}: {claimed:?}");
        let Some(job) = claimed.into_iter().next() else { continue };
        if job.kind == JobKind::TidyLedger {
            system.finish_job(&job, now()).await.unwrap();
            continue;
        }
        system.begin_reading(&job, now()).await.unwrap();
        let read = UploadState::Read { at: now(), ledger_version: 1, rows: RowCounts::default() };
        system.finish_reading(&job, read, tidy_next(), now()).await.unwrap();
    }
}

pub(crate) async fn a_lapsed_lease_counts_no_more(site: Site) {
    site.receive("a.csv", b"1").await;
    let system = site.system();
    let first = claim(&site, now(), 1).await.unwrap();
    assert_eq!(claim(&site, now() + 59.seconds(), 2).await, None, "the lease still stands");
    system.heartbeat(&first, now() + 59.seconds()).await.unwrap();
    assert_eq!(claim(&site, now() + 118.seconds(), 2).await, None, "it was prolonged");
    let second = claim(&site, now() + 119.seconds(), 2).await.unwrap();
    assert_eq!((second.id, second.attempts), (first.id, 2));

    for lost in [
        system.heartbeat(&first, now()).await,
        system.finish_job(&first, now()).await,
        system.retry_job(&first, now(), "x").await,
        system.fail_job(&first, now(), "x").await,
    ] {
        assert!(matches!(lost, Err(Error::LeaseLost)), "{lost:?}");
    }
    system.finish_job(&second, now()).await.unwrap();
    let twice = system.finish_job(&second, now()).await;
    assert!(matches!(twice, Err(Error::LeaseLost)), "{twice:?}");
}

pub(crate) async fn jobs_are_tried_again_or_given_up(site: Site) {
    site.receive("a.csv", b"1").await;
    let system = site.system();
    let first = claim(&site, now(), 1).await.unwrap();
    system.retry_job(&first, now() + 1.minute(), "the disk was away").await.unwrap();
    assert_eq!(counts(&site).await, [(JobState::Waiting, 1)]);
    assert_eq!(claim(&site, now() + 59.seconds(), 2).await, None);
    let second = claim(&site, now() + 1.minute(), 2).await.unwrap();
    assert_eq!(second.attempts, 2);
    system.fail_job(&second, now(), "the file cannot be read").await.unwrap();
    assert_eq!(counts(&site).await, [(JobState::Failed, 1)]);
    assert_eq!(claim(&site, now() + 1.hour(), 3).await, None);
}

pub(crate) async fn a_job_that_is_put_off_keeps_its_attempts(site: Site) {
    let upload = site.receive("a.csv", b"1").await.into_upload();
    let (system, acme) = (site.system(), site.acme());
    let why = async || acme.why_unread(&upload.unit, upload.id).await.unwrap();
    let stalled = async || system.backlog(now(), now()).await.unwrap().stalled_uploads;
    for round in 0..3_i64 {
        let job = claim(&site, now() + (2 * round).minutes(), round).await.unwrap();
        assert_eq!(job.attempts, 1);
        let later = now() + (2 * round + 1).minutes();
        system.postpone_job(&job, later, Some("the ledger was away")).await.unwrap();
        assert_eq!(claim(&site, now() + (2 * round).minutes(), 9).await, None, "not before then");
        assert_eq!((why().await.as_deref(), stalled().await), (Some("the ledger was away"), 1));
    }
    let job = claim(&site, now() + 1.hour(), 10).await.unwrap();
    assert_eq!(why().await.as_deref(), Some("the ledger was away"), "until it is over");
    system.postpone_job(&job, now(), None).await.unwrap();
    assert_eq!((why().await, stalled().await), (None, 0));
    let lost = system.postpone_job(&job, now(), None).await;
    assert!(matches!(lost, Err(Error::LeaseLost)), "{lost:?}");
}
