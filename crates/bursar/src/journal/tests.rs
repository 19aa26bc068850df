use std::fs;

use super::*;
use crate::target::{Place, SafeName};

fn addressed(key: &str) -> Addressed {
    Addressed {
        server: "https://localhost:1".to_owned(),
        place: Place { customer: "acme".parse().unwrap(), unit: "acmeuk".parse().unwrap() },
        file_type: domain::FileType::Suppliers,
        own_name: "s.csv".to_owned(),
        name: SafeName::of("s_20261123.csv").unwrap(),
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
        addressed: &addressed(key),
        source: &case.source,
        kept: Kept::InPlace,
        repeat: Repeat::Never,
    };
    journal.admit(&offer, now).await.unwrap()
}

fn due(admission: Admission) -> Entry {
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
    assert_eq!(format!("{:?}", read.addressed), format!("{:?}", entry.addressed));
    assert_eq!((read.mark, read.path, read.tries), (entry.mark, entry.path, 3));
    assert_eq!((read.added_at, read.changed_at), (at(0), at(2)));
    let State::Received(receipt) = read.state else { panic!("{:?}", read.state) };
    assert_eq!(receipt.json.unwrap()["a"], 1);
    assert!(matches!(admit(&journal, &case, "k2", at(3)).await, Admission::Received(_)));
    assert_eq!(journal.counts().await.unwrap(), [("received".to_owned(), 1)]);
    assert_eq!(journal.forget(at(2)).await.unwrap(), 0);
    assert_eq!(journal.forget(at(3)).await.unwrap(), 1);
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
    let setback = |what: &str| Setback {
        failure: Failure::new(ExitCode::Unavailable, what, "Later."),
        status: Some(503),
    };
    one.settle(first, 1, &Ending::Later(setback("late")), at(601)).await.unwrap();
    assert!(matches!(two.entry(entry.id).await.unwrap().unwrap().state, State::Sending { .. }));
    two.settle(second, 1, &Ending::Never(setback("mine")), at(602)).await.unwrap();
    let State::Failed(setback) = one.entry(entry.id).await.unwrap().unwrap().state else {
        panic!()
    };
    assert_eq!((setback.failure.what.as_str(), setback.status), ("mine", Some(503)));
}

#[tokio::test]
async fn what_a_dead_process_held_is_free_again() {
    let case = case();
    let one = Journal::open(case.folder.path(), "one").await.unwrap();
    let entry = due(admit(&one, &case, "k1", at(0)).await);
    let _claim = one.claim(entry.id, at(0)).await.unwrap().unwrap();
    let two = Journal::open(case.folder.path(), "two").await.unwrap();
    assert!(matches!(two.entry(entry.id).await.unwrap().unwrap().state, State::Sending { .. }));
    drop(one);
    let three = Journal::open(case.folder.path(), "three").await.unwrap();
    assert!(matches!(three.entry(entry.id).await.unwrap().unwrap().state, State::Waiting(None)));
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
