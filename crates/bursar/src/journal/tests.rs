use std::fs;

use domain::FileType;

use super::*;
use crate::net::target::{SafeName, UnitAddress};

fn request(key: &str) -> UploadRequest {
    UploadRequest {
        server: "https://localhost:1".to_owned(),
        address: UnitAddress { customer: "acme".parse().unwrap(), unit: "acmeuk".parse().unwrap() },
        file_type: FileType::Suppliers,
        own_name: "s.csv".to_owned(),
        name: SafeName::new("s_20261123.csv").unwrap(),
        content_type: "text/csv".to_owned(),
        config: Some(PathBuf::from("/etc/bursar.toml")),
        profile: None,
        job: Some("night".to_owned()),
        idempotency_key: key.to_owned(),
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

struct Case {
    folder: tempfile::TempDir,
    source: Source,
}

fn case() -> Case {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    fs::write(&path, b"a\n1\n").unwrap();
    Case { source: Source::open(&path).unwrap(), folder }
}

async fn admit(journal: &Journal, case: &Case, key: &str, now: Timestamp) -> Admission {
    let offer = Offer {
        request: &request(key),
        source: &case.source,
        origin: Origin::InPlace,
        repeat: Repeat::Never,
    };
    journal.admit(&offer, now).await.unwrap()
}

fn due(admission: Admission) -> OutboxEntry {
    match admission {
        Admission::Due(entry) => *entry,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_entry_is_written_and_read_whole() {
    let case = case();
    let journal = Journal::open(case.folder.path(), "one").await.unwrap();
    let entry = due(admit(&journal, &case, "k1", at(0)).await);
    let claim = journal.claim(entry.id, at(1)).await.unwrap().unwrap();
    let receipt = Receipt {
        status: 201,
        sha256: case.source.digest().unwrap(),
        json: Some(serde_json::json!({"a": 1})),
    };
    journal.settle(claim, 3, &Ending::Received(receipt), at(2)).await.unwrap();
    drop(journal);
    let journal = Journal::open(case.folder.path(), "two").await.unwrap();
    let read = journal.entry(entry.id).await.unwrap().unwrap();
    assert_eq!(format!("{:?}", read.request), format!("{:?}", entry.request));
    assert_eq!((read.fingerprint, read.path, read.tries), (entry.fingerprint, entry.path, 3));
    assert_eq!((read.added_at, read.changed_at), (at(0), at(2)));
    let EntryState::Received(receipt) = read.state else { panic!("{:?}", read.state) };
    assert_eq!(receipt.json.unwrap()["a"], 1);
    assert!(matches!(admit(&journal, &case, "k2", at(3)).await, Admission::Received(_)));
    assert_eq!(journal.counts().await.unwrap(), [("received".to_owned(), 1)]);
    assert_eq!(journal.forget(at(2), &DestinationFilter::default()).await.unwrap(), 0);
    let elsewhere = DestinationFilter { host: Some("other.example".to_owned()), customer: None };
    assert_eq!(journal.forget(at(3), &elsewhere).await.unwrap(), 0);
    assert_eq!(journal.forget(at(3), &DestinationFilter::default()).await.unwrap(), 1);
}

/// A file that is sent and received, with these bytes.
struct SentFile<'a> {
    journal: &'a Journal,
    path: PathBuf,
    job: Option<&'a str>,
    keys: std::cell::Cell<i64>,
}

impl SentFile<'_> {
    async fn offer(&self, path: &Path, content: &str) -> Admission {
        if fs::read(path).ok().as_deref() != Some(content.as_bytes()) {
            fs::write(path, content).unwrap();
        }
        self.keys.set(self.keys.get() + 10);
        let request = UploadRequest {
            job: self.job.map(str::to_owned),
            ..request(&format!("k{}", self.keys.get()))
        };
        let source = Source::open(path).unwrap();
        let offer = Offer {
            request: &request,
            source: &source,
            origin: Origin::InPlace,
            repeat: Repeat::Never,
        };
        self.journal.admit(&offer, at(self.keys.get())).await.unwrap()
    }

    async fn receive(&self, entry: &OutboxEntry, later: i64) {
        let now = at(self.keys.get() + later);
        let claim = self.journal.claim(entry.id, now).await.unwrap().unwrap();
        let sha256 = Source::open(&entry.path).unwrap().digest().unwrap();
        let receipt = Receipt { status: 201, sha256, json: None };
        self.journal.settle(claim, 1, &Ending::Received(receipt), now).await.unwrap();
    }

    /// Sends a file and returns `true` when that was needed.
    async fn send(&self, content: &str) -> bool {
        match self.offer(&self.path, content).await {
            Admission::Due(entry) => {
                self.receive(&entry, 1).await;
                true
            }
            Admission::Received(_) => false,
            Admission::BeingSent(_) => panic!(),
        }
    }
}

fn sender<'a>(journal: &'a Journal, case: &Case, job: Option<&'a str>) -> SentFile<'a> {
    let path = case.folder.path().join("s.csv");
    SentFile { journal, path, job, keys: 0.into() }
}

#[tokio::test]
async fn a_state_that_comes_back_is_sent_and_the_newest_again_is_not() {
    for job in [None, Some("night")] {
        let case = case();
        let journal = Journal::open(case.folder.path(), "one").await.unwrap();
        let sent = sender(&journal, &case, job);
        for (content, is_sent) in [
            ("A", true),
            ("A", false),
            ("B", true),
            ("A", true),
            ("A", false),
            ("CC", true),
            ("A", true),
        ] {
            assert_eq!(sent.send(content).await, is_sent, "{job:?} {content}");
        }
    }
}

#[tokio::test]
async fn what_waits_keeps_its_place_before_what_came_later() {
    let case = case();
    let journal = Journal::open(case.folder.path(), "one").await.unwrap();
    let sent = sender(&journal, &case, None);
    let first = due(sent.offer(&case.folder.path().join("1"), "A").await);
    let second = due(sent.offer(&case.folder.path().join("2"), "B").await);
    let third = due(sent.offer(&case.folder.path().join("1"), "A").await);
    assert!(first.id < second.id && second.id < third.id, "the third is no longer the first");
    let before = journal.waiting_before(&third).await.unwrap();
    assert_eq!(before.iter().map(|entry| entry.id).collect::<Vec<_>>(), [first.id, second.id]);
    let all = journal.outstanding(&DestinationFilter::default()).await.unwrap();
    assert_eq!(
        queues_in_order(&all).iter().map(Vec::len).collect::<Vec<_>>(),
        [3],
        "one after the other"
    );
    // An older one that arrives last leaves its bytes as the newest of the server.
    sent.receive(&third, 1).await;
    sent.receive(&second, 2).await;
    assert!(sent.send("A").await);
    assert!(!sent.send("A").await);
}

#[tokio::test]
async fn snapshots_of_one_ledger_wait_for_one_another_whatever_their_names() {
    let case = case();
    let journal = Journal::open(case.folder.path(), "one").await.unwrap();
    for (place, file_type) in [FileType::Suppliers, FileType::Transactions].into_iter().enumerate()
    {
        for own_name in ["monday.csv", "tuesday.csv"] {
            let key = format!("{place} {own_name}");
            let path = case.folder.path().join(&key);
            fs::write(&path, &key).unwrap();
            let source = Source::open(&path).unwrap();
            let request =
                UploadRequest { file_type, own_name: own_name.to_owned(), ..request(&key) };
            let (origin, repeat) = (Origin::InPlace, Repeat::Never);
            let offer = Offer { request: &request, source: &source, origin, repeat };
            due(journal.admit(&offer, at(0)).await.unwrap());
        }
    }
    let all = journal.outstanding(&DestinationFilter::default()).await.unwrap();
    let lines = queues_in_order(&all).iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lines, [2, 1, 1], "of transactions, those of one name do");
}

#[tokio::test]
async fn a_job_takes_no_untouched_file_for_a_new_state() {
    let case = case();
    let journal = Journal::open(case.folder.path(), "one").await.unwrap();
    let job = sender(&journal, &case, Some("night"));
    assert!(job.send("A").await);
    let elsewhere = due(job.offer(&case.folder.path().join("2"), "B").await);
    job.receive(&elsewhere, 1).await;
    assert!(!job.send("A").await, "it lies where it lay");
    fs::remove_file(&job.path).unwrap();
    assert!(job.send("A").await, "it was put there anew");
}

#[tokio::test]
async fn an_outbox_of_the_first_version_goes_on() {
    let case = case();
    let options = SqliteConnectOptions::new()
        .filename(case.folder.path().join(FILE_NAME))
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(SCHEMAS[0]).execute(&pool).await.unwrap();
    pool.close().await;
    let journal = Journal::open(case.folder.path(), "one").await.unwrap();
    assert!(sender(&journal, &case, None).send("A").await);
    let _again = Journal::open(case.folder.path(), "two").await.unwrap();
}

#[tokio::test]
async fn one_process_sends_an_entry_and_its_lease_ends() {
    let case = case();
    let one = Journal::open(case.folder.path(), "one").await.unwrap();
    let two = Journal::open(case.folder.path(), "two").await.unwrap();
    let entry = due(admit(&one, &case, "k1", at(0)).await);
    let first = one.claim(entry.id, at(0)).await.unwrap().unwrap();
    assert!(two.claim(entry.id, at(1)).await.unwrap().is_none());
    assert!(matches!(admit(&two, &case, "k2", at(1)).await, Admission::BeingSent(_)));
    one.renew(&first, at(200)).await.unwrap();
    assert!(two.claim(entry.id, at(400)).await.unwrap().is_none(), "renewed");
    let second = two.claim(entry.id, at(600)).await.unwrap().unwrap();
    let failed_attempt = |what: &str| FailedAttempt {
        failure: Failure::new(ExitCode::Unavailable, what, "Later."),
        status: Some(503),
    };
    one.settle(first, 1, &Ending::Later(failed_attempt("late")), at(601)).await.unwrap();
    assert!(matches!(
        two.entry(entry.id).await.unwrap().unwrap().state,
        EntryState::Sending { .. }
    ));
    two.settle(second, 1, &Ending::Never(failed_attempt("mine")), at(602)).await.unwrap();
    let EntryState::Failed(failed_attempt) = one.entry(entry.id).await.unwrap().unwrap().state
    else {
        panic!()
    };
    assert_eq!((failed_attempt.failure.what.as_str(), failed_attempt.status), ("mine", Some(503)));
}

#[tokio::test]
async fn what_a_dead_process_held_is_free_again() {
    let case = case();
    let one = Journal::open(case.folder.path(), "one").await.unwrap();
    let entry = due(admit(&one, &case, "k1", at(0)).await);
    let _claim = one.claim(entry.id, at(0)).await.unwrap().unwrap();
    let two = Journal::open(case.folder.path(), "two").await.unwrap();
    assert!(matches!(
        two.entry(entry.id).await.unwrap().unwrap().state,
        EntryState::Sending { .. }
    ));
    drop(one);
    let three = Journal::open(case.folder.path(), "three").await.unwrap();
    assert!(matches!(
        three.entry(entry.id).await.unwrap().unwrap().state,
        EntryState::Waiting(None)
    ));
}

#[tokio::test]
async fn copies_of_dead_processes_that_nothing_names_are_swept() {
    let case = case();
    let one = Journal::open(case.folder.path(), "one").await.unwrap();
    let orphan = one.spool().join(one.spool_name("x"));
    fs::write(&orphan, "half").unwrap();
    let _two = Journal::open(case.folder.path(), "two").await.unwrap();
    assert!(orphan.exists(), "its process lives");
    drop(one);
    let _three = Journal::open(case.folder.path(), "three").await.unwrap();
    assert!(!orphan.exists());
}

#[tokio::test]
async fn outcomes_are_awaited_over_restarts_and_counted() {
    let case = case();
    let journal = Journal::open(case.folder.path(), "one").await.unwrap();
    let entry = due(admit(&journal, &case, "k1", at(0)).await);
    assert_eq!(journal.outcome(entry.id).await.unwrap(), None);
    for _ in 0..2 {
        journal.await_outcome(entry.id, at(0)).await.unwrap();
    }
    assert!(journal.awaiting_outcome("night", 0, 9).await.unwrap().is_empty(), "not yet received");
    let claim = journal.claim(entry.id, at(1)).await.unwrap().unwrap();
    let receipt = Receipt { status: 201, sha256: case.source.digest().unwrap(), json: None };
    journal.settle(claim, 1, &Ending::Received(receipt), at(2)).await.unwrap();
    drop(journal);

    let journal = Journal::open(case.folder.path(), "two").await.unwrap();
    let awaiting_outcome = journal.awaiting_outcome("night", 0, 9).await.unwrap();
    let [(found, FileOutcome::Awaited)] = &awaiting_outcome[..] else {
        panic!("{awaiting_outcome:?}")
    };
    assert_eq!(found.id, entry.id);
    assert!(journal.awaiting_outcome("other", 0, 9).await.unwrap().is_empty());
    let counts = async |seconds| journal.outcome_counts("night", at(seconds)).await.unwrap();
    let none = OutcomeCounts::default();
    assert_eq!(counts(3).await, OutcomeCounts { awaited: 1, ..none });
    let note = async |outcome| journal.note_outcome(entry.id, outcome, at(4)).await.unwrap();
    assert!(note(FileOutcome::Held).await);
    assert!(!note(FileOutcome::Held).await, "no news");
    assert_eq!(counts(4).await, OutcomeCounts { held: 1, ..none });
    assert!(note(FileOutcome::Read { rows_set_aside: 7 }).await);
    assert!(!note(FileOutcome::Refused).await, "decided");
    assert_eq!(
        journal.outcome(entry.id).await.unwrap(),
        Some(FileOutcome::Read { rows_set_aside: 7 })
    );
    let days = 90_000;
    assert_eq!(counts(days).await, OutcomeCounts { rows_set_aside: 7, ..none }, "the newest");
    assert_eq!(journal.forget(at(days), &DestinationFilter::default()).await.unwrap(), 1);
    assert_eq!(counts(days).await, none);
    assert_eq!(journal.outcome(entry.id).await.unwrap(), None, "forgotten with its entry");
}

#[tokio::test]
async fn the_last_run_of_a_job_is_known_and_never_guessed() {
    let case = case();
    let journal = Journal::open(case.folder.path(), "one").await.unwrap();
    assert_eq!(journal.last_run("night").await.unwrap(), None);
    journal.note_run("night", at(5)).await.unwrap();
    assert_eq!(journal.last_run("night").await.unwrap(), Some(at(5)));
    let foreign = sqlx::query("UPDATE job_run SET ran_at = $1").bind(i64::MAX);
    foreign.execute(&journal.pool).await.unwrap();
    let failure = journal.last_run("night").await.unwrap_err();
    assert!(failure.what.contains("ran_at"), "{failure:?}");
}
