//! The queue: order, leases, fences, attempts.

use std::collections::HashSet;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use store::{ClaimedJob, Error, JobCount, JobKind, JobState};

use crate::site::{Site, file_name, now};

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
    assert_eq!((job.kind, job.upload, job.attempts), (JobKind::ReadUpload, upload.id, 1));
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
        new.file_name = file_name(&format!("{place}.csv"));
        // The last to come has been due for longest.
        new.received_at = now() - place.seconds();
        uploads.push(site.try_receive(new, b"1").await.unwrap().into_upload().id);
    }
    uploads.reverse();
    for (fence, upload) in (0..).zip(uploads.drain(..4)) {
        let job = claim(&site, now(), fence).await.unwrap();
        assert_eq!(job.upload, upload);
    }
    let claims = join_all((0..12).map(|fence| claim(&site, now(), 100 + fence))).await;
    let claimed: Vec<_> = claims.into_iter().flatten().map(|job| job.upload).collect();
    // Somebody may find the very row locked that he looked for and come back with nothing.
    let each: HashSet<_> = claimed.iter().copied().collect();
    assert_eq!(each.len(), claimed.len(), "nobody shares a job");
    assert_eq!(each, uploads.into_iter().collect());
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
