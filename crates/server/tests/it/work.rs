//! What workers do, and what they do when it goes wrong.

use std::sync::Arc;

use domain::page::PageSize;
use domain::{CustomerName, FileType, HoldReason, LedgerFault, LedgerFaultKind, UploadState};
use futures_util::FutureExt as _;
use jiff::SignedDuration;
use server::limits::{ATTEMPTS_MAX, TIDY_EVERY_VERSIONS};
use store::{Decider, JobCount, JobKind, JobState};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::book::{Act, reading_report};
use crate::workplace::{Workplace, transactions, unit};

/// Longer than the longest wait between attempts.
const PAST_ANY_WAIT: i64 = 400;
/// Longer than a lease.
const PAST_THE_LEASE: i64 = 31;

const APT: FileType = FileType::Transactions;

async fn refusal(place: &Workplace, upload: &domain::Upload) -> String {
    match place.state(upload).await {
        UploadState::Refused { reason, .. } => reason,
        other => panic!("{other:?} is not refused"),
    }
}

fn ann(place: &Workplace) -> Decider<'static> {
    Decider { by: "Ann", who: "ann@example.org", at: place.now() }
}

#[tokio::test]
async fn uploads_are_read_held_or_refused_and_their_problems_kept() {
    let place = Workplace::open().await;
    place.book.next("held_1.csv", Act::Hold);
    place.book.next("refused_1.csv", Act::Refuse);
    let read = place.receive(APT, "read_1.csv").await;
    let held = place.receive(FileType::Suppliers, "held_1.csv").await;
    let refused = place.receive(FileType::Employees, "refused_1.csv").await;
    place.work().await;
    let state = place.state(&read).await;
    assert!(
        matches!(state, UploadState::Read { ledger_version: 1, rows, .. } if rows.rows_read == 2)
    );
    let state = place.state(&held).await;
    assert!(
        matches!(
            state,
            UploadState::Held { reason: HoldReason::ManyInactive { active_before: 10 }, .. }
        ),
        "{state:?}"
    );
    assert_eq!(refusal(&place, &refused).await, "no header row");
    for upload in [&read, &held, &refused] {
        let kept = place.acme().problems(&unit(), upload.id, PageSize::default(), None).await;
        assert_eq!(kept.unwrap().items, reading_report().problems);
        let counts = place.acme().problem_counts(&unit(), upload.id).await.unwrap();
        assert_eq!(counts, reading_report().counts);
    }
    let rules = place.acme().reading_rules(&unit(), APT).await.unwrap();
    assert_eq!(
        rules.date_order,
        reading_report().date_order,
        "remembered for files that leave it open"
    );
    let rules = place.acme().reading_rules(&unit(), FileType::Suppliers).await.unwrap();
    assert_eq!(rules.date_order, None, "nothing was read");
    assert!(!place.run_next_job().await);
}

#[tokio::test]
async fn a_released_snapshot_is_read_and_an_older_one_no_more() {
    let place = Workplace::open().await;
    place.book.next("first_1.csv", Act::Hold);
    place.book.next("first_1.csv", Act::Hold);
    let first = place.receive(FileType::Suppliers, "first_1.csv").await;
    place.work().await;
    place.acme().release(&unit(), first.id, place.new_job(), &ann(&place)).await.unwrap();
    place.work().await;
    assert_eq!(place.word(&first).await, "read");

    place.book.next("older_1.csv", Act::Refuse);
    let older = place.receive(FileType::Suppliers, "older_1.csv").await;
    let newer = place.receive(FileType::Suppliers, "newer_1.csv").await;
    place.work().await;
    assert_eq!(place.word(&newer).await, "read");
    place.acme().read_again(&unit(), older.id, place.new_job(), &ann(&place)).await.unwrap();
    place.work().await;
    assert!(refusal(&place, &older).await.contains("newer snapshot"));
}

#[tokio::test]
async fn a_file_that_is_read_again_is_committed_once_more_and_no_oftener() {
    let place = Workplace::open().await;
    let upload = place.receive(APT, "a_1.csv").await;
    place.work().await;
    place.acme().read_again(&unit(), upload.id, place.new_job(), &ann(&place)).await.unwrap();
    // In the ledger, and nobody hears of it: the next attempt finds it there.
    place.book.next("a_1.csv", Act::CommitAndFail);
    place.work().await;
    place.later(PAST_ANY_WAIT);
    place.work().await;
    assert_eq!(place.book.versions(&transactions()), [upload.id, upload.id]);
    let read = place.acme().upload(&unit(), upload.id).await.unwrap().unwrap();
    let UploadState::Read { ledger_version, .. } = read.state else { panic!("{read:?}") };
    assert_eq!((read.read_before, ledger_version), (Some(1), 2));
}

#[tokio::test]
async fn a_failed_attempt_is_repeated_and_keeps_back_only_its_own_ledger() {
    let place = Workplace::open().await;
    place.book.next("first_1.csv", Act::Fail);
    place.book.next("first_1.csv", Act::Panic);
    let first = place.receive(APT, "first_1.csv").await;
    let second = place.receive(APT, "second_1.csv").await;
    let other = place.receive(FileType::Suppliers, "other_1.csv").await;
    place.work().await;
    assert_eq!(place.book.prepared(), ["first_1.csv", "other_1.csv"]);
    assert_eq!(place.word(&other).await, "read");
    assert_eq!(place.word(&second).await, "received");
    for _ in 0..2 {
        place.later(PAST_ANY_WAIT);
        place.work().await;
    }
    assert_eq!(place.book.versions(&transactions()), [first.id, second.id]);
    assert_eq!(place.word(&first).await, "read");
}

/// A process begins to read what is next, and ends.
async fn cut_off_by_a_kill(place: &Workplace, fence: i64) {
    let (system, lease) = (place.store.system(), SignedDuration::from_secs(30));
    let job = system.claim_job(&JobKind::ALL, place.now(), lease, fence).await.unwrap();
    system.begin_reading(&job.unwrap(), place.now()).await.unwrap();
    place.later(PAST_ANY_WAIT);
}

#[tokio::test]
async fn a_poisonous_file_stops_only_itself() {
    for killed in [false, true] {
        let place = Workplace::open().await;
        let poisonous = place.receive(APT, "poison_1.csv").await;
        let next = place.receive(APT, "next_1.csv").await;
        for fence in 0..ATTEMPTS_MAX {
            if killed {
                cut_off_by_a_kill(&place, i64::from(fence)).await;
            } else {
                place.book.next("poison_1.csv", Act::Panic);
                assert!(place.run_next_job().await);
                place.later(PAST_ANY_WAIT);
            }
        }
        place.work().await;
        let reason = refusal(&place, &poisonous).await;
        assert!(
            reason.starts_with("reading failed 5 times; ") && !reason.contains("--"),
            "{reason}"
        );
        assert_eq!(place.word(&next).await, "read");

        let (acme, job) = (place.acme(), place.new_job());
        acme.read_again(&unit(), poisonous.id, job, &ann(&place)).await.unwrap();
        place.work().await;
        assert_eq!(place.book.versions(&transactions()), [next.id, poisonous.id]);
    }
}

fn fault(kind: LedgerFaultKind) -> LedgerFault {
    LedgerFault { ledger: transactions(), kind, detail: "for the operator".to_owned() }
}

#[tokio::test]
async fn an_upload_waits_while_the_fault_is_the_servers() {
    for (kind, says) in [
        (LedgerFaultKind::ChangedType, "the ledger acme/acme/transactions has a column of another"),
        (LedgerFaultKind::Unreadable, "the ledger's files could not be read or written"),
    ] {
        let place = Workplace::open().await;
        place.book.has(vec![fault(kind)]);
        let first = place.receive(APT, "first_1.csv").await;
        let second = place.receive(APT, "second_1.csv").await;
        let other = place.receive(FileType::Suppliers, "other_1.csv").await;
        for _ in 0..3 * ATTEMPTS_MAX {
            place.work().await;
            assert_eq!(place.word(&first).await, "reading");
            assert_eq!(place.word(&second).await, "received", "they are read in their order");
            place.later(PAST_ANY_WAIT);
        }
        assert_eq!(place.word(&other).await, "read");
        let why = place.acme().why_unread(&unit(), first.id).await.unwrap().unwrap();
        assert!(why.starts_with(says) && !why.contains("operator"), "{why}");
        let now = place.now();
        assert_eq!(place.store.system().backlog(now, now).await.unwrap().stalled_uploads, 1);

        place.book.has(Vec::new());
        place.work().await;
        assert_eq!(place.book.versions(&transactions()), [first.id, second.id]);
        assert_eq!(place.acme().why_unread(&unit(), first.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_file_is_not_given_up_while_its_ledger_does_not_say_whether_it_has_it() {
    let place = Workplace::open().await;
    let upload = place.receive(APT, "a_1.csv").await;
    for fence in 0..ATTEMPTS_MAX {
        cut_off_by_a_kill(&place, i64::from(fence)).await;
    }
    place.book.has(vec![fault(LedgerFaultKind::Unreadable)]);
    for _ in 0..ATTEMPTS_MAX {
        place.work().await;
        assert_eq!(place.word(&upload).await, "reading");
        place.later(PAST_ANY_WAIT);
    }
    place.book.has(Vec::new());
    place.work().await;
    assert!(refusal(&place, &upload).await.starts_with("reading failed 5 times"));
}

#[tokio::test]
async fn who_lost_the_lease_commits_nothing() {
    let place = Arc::new(Workplace::open().await);
    let upload = place.receive(APT, "a_1.csv").await;
    let thief = Arc::clone(&place);
    let steal = move || {
        let place = Arc::clone(&thief);
        let steal = async move {
            place.later(PAST_THE_LEASE);
            let lease = SignedDuration::from_secs(30);
            let system = place.store.system();
            let stolen = system.claim_job(&JobKind::ALL, place.now(), lease, -1).await.unwrap();
            assert_eq!(stolen.unwrap().attempts, 2);
        };
        steal.boxed()
    };
    place.book.next("a_1.csv", Act::Meanwhile(Arc::new(steal)));
    place.work().await;
    assert!(place.book.versions(&transactions()).is_empty());
    assert_eq!(place.word(&upload).await, "reading");
    // The thief died, too.
    place.later(PAST_THE_LEASE);
    place.work().await;
    assert_eq!(place.word(&upload).await, "read");
}

#[tokio::test]
async fn what_is_in_the_ledger_is_not_put_there_twice() {
    let place = Workplace::open().await;
    let committed = Arc::new(Notify::new());
    place.book.next("a_1.csv", Act::CommitAndHang(Arc::clone(&committed)));
    place.book.next("b_1.csv", Act::CommitAndFail);
    let cut_off = place.receive(APT, "a_1.csv").await;
    let failed = place.receive(APT, "b_1.csv").await;
    tokio::select! {
        _ = place.run_next_job() => panic!("the commit hangs"),
        () = committed.notified() => {}
    }
    assert_eq!(place.word(&cut_off).await, "reading");
    place.later(PAST_THE_LEASE);
    place.work().await;
    place.later(PAST_ANY_WAIT);
    place.work().await;
    assert_eq!(place.word(&cut_off).await, "read");
    assert_eq!(place.word(&failed).await, "read");
    assert_eq!(place.book.prepared(), ["a_1.csv", "b_1.csv"]);
    assert_eq!(place.book.versions(&transactions()), [cut_off.id, failed.id]);
}

#[tokio::test]
async fn a_ledger_is_tidied_now_and_then() {
    let place = Workplace::open().await;
    for number in 0..TIDY_EVERY_VERSIONS {
        assert!(place.book.tidied().is_empty());
        place.receive(APT, &format!("a_{number}.csv")).await;
        place.work().await;
    }
    assert_eq!(place.book.tidied(), [transactions()]);
    let counts = place.store.system().job_counts().await.unwrap();
    assert!(counts.iter().all(|JobCount { state, .. }| *state == JobState::Done), "{counts:?}");
}

#[tokio::test]
async fn workers_wake_when_told_and_stop_when_asked() {
    let place = Arc::new(Workplace::open().await);
    let stop = CancellationToken::new();
    let running = tokio::spawn(place.worker.clone().run(stop.clone()));
    let told = Arc::new(Notify::new());
    let tell = Arc::clone(&told);
    let happen = move || {
        tell.notify_one();
        async {}.boxed()
    };
    place.book.next("a_1.csv", Act::Meanwhile(Arc::new(happen)));
    let upload = place.receive(APT, "a_1.csv").await;
    place.new_work.notify_one();
    told.notified().await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(place.word(&upload).await, "read", "what was under way is finished");
}

/// Two workers, two ledgers of one customer, and a file of another that comes while the first is read.
#[tokio::test]
async fn one_customer_never_has_all_workers_while_another_waits() {
    let place = Workplace::open().await;
    let globex: CustomerName = "globex".parse().unwrap();
    place.store.system().add_customer(&globex, place.now()).await.unwrap();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (Arc::clone(&begun), Arc::clone(&go_on));
    let be_long = move || {
        tell.notify_one();
        let wait = Arc::clone(&wait);
        async move { wait.notified().await }.boxed()
    };
    place.book.next("first_1.csv", Act::Meanwhile(Arc::new(be_long)));
    let first = place.receive(FileType::Suppliers, "first_1.csv").await;
    let second = place.receive(APT, "second_1.csv").await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(place.worker.clone().run(stop.clone()));
    begun.notified().await;

    let other = place.receive_of(&globex, APT, "other_1.csv").await;
    place.new_work.notify_one();
    while place.word(&other).await != "read" {
        tokio::task::yield_now().await;
    }
    assert_eq!(place.word(&first).await, "reading");
    assert_eq!(place.word(&second).await, "received", "the other worker was kept free");
    go_on.notify_one();
    while place.word(&second).await != "read" {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    running.await.unwrap();
}
