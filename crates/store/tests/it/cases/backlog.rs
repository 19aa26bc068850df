//! What waits, and what waits too long.

use domain::{FileType, HoldReason, RowCounts, UploadState};
use jiff::{SignedDuration, ToSpan as _};
use store::{Backlog, JobKind, NextJobs, WaitingJobs};

use crate::site::{Site, fence, new_job, now};

pub(crate) async fn what_waits_is_counted(site: Site) {
    let backlog = async || site.system().backlog(now(), now()).await.unwrap();
    let nothing = Backlog {
        held_uploads: 0,
        failed_jobs: 0,
        late_jobs: 0,
        stalled_uploads: 0,
        oldest_unread: None,
    };
    assert_eq!(backlog().await, nothing);

    let older = site.snapshot("a.csv", 2).await;
    let newer = site.receive("b.csv", b"1").await.into_upload();
    let waiting = Backlog { late_jobs: 1, oldest_unread: Some(older.received_at), ..nothing };
    assert_eq!(backlog().await, waiting, "due now is not late");

    let newest = site.system().newest_uploads(9).await.unwrap();
    let newest: Vec<_> =
        newest.iter().map(|newest| (newest.ledger.file_type, newest.received_at)).collect();
    let apt = (FileType::Transactions, newer.received_at);
    assert_eq!(newest, [apt, (FileType::Suppliers, older.received_at)]);
    assert_eq!(site.system().newest_uploads(1).await.unwrap().len(), 1);

    let jobs = site.system().waiting_jobs().await.unwrap();
    let since = older.received_at;
    let kind = JobKind::ReadUpload;
    assert_eq!(jobs, [WaitingJobs { customer: older.customer.clone(), kind, jobs: 2, since }]);

    let job = site.claim().await;
    let rows = RowCounts::default();
    site.system().begin_reading(&job, now()).await.unwrap();
    let held = UploadState::Held {
        at: now(),
        rows,
        reason: HoldReason::ManyInactive { active_before: 1 },
    };
    let next = NextJobs { tidy: Some(new_job()), ..NextJobs::default() };
    site.system().finish_reading(&job, held, next, now()).await.unwrap();
    let waiting = Backlog { held_uploads: 1, oldest_unread: Some(newer.received_at), ..nothing };
    assert_eq!(backlog().await, waiting);

    let (kinds, lease) = ([JobKind::TidyLedger], SignedDuration::from_secs(60));
    let tidy = site.system().claim_job(&kinds, now(), lease, fence()).await.unwrap().unwrap();
    site.system().fail_job(&tidy, now(), "no reason").await.unwrap();
    assert_eq!(backlog().await.failed_jobs, 1);
    let later = site.system().backlog(now(), now() + 1.second()).await.unwrap();
    assert_eq!(later.failed_jobs, 0, "only since then");

    site.claim().await;
    assert_eq!(backlog().await.late_jobs, 0, "somebody works on it");
    let past = site.system().backlog(now() + 2.minutes(), now()).await.unwrap();
    assert_eq!(past.late_jobs, 1, "its worker fell silent");
}
