//! Earlier versions: what was known when.

use analysis::Error;
use domain::FileType;
use jiff::SignedDuration;

use crate::site::{FileToRead, NOW, Site, ledger, rows, upload};

const SUPPLIERS: FileType = FileType::Suppliers;

fn named(name: &str) -> String {
    format!("Supplier Ref,Supplier Name\nS1,{name}\n")
}

#[tokio::test]
async fn every_version_reads_as_it_was() {
    let site = Site::new();
    // Past a checkpoint, so that versions behind one are read as well.
    for number in 1..=22 {
        site.read(SUPPLIERS, number, &named(&format!("Name {number}"))).await;
    }
    for version in [1_u64, 19, 20, 21, 22] {
        let then = site.open(SUPPLIERS).await.at_version(version).await.unwrap();
        assert_eq!(then.version(), version);
        assert_eq!(rows(then).await[0]["supplier_name"], format!("Name {version}"));
    }
    match site.open(SUPPLIERS).await.at_version(23).await {
        Err(Error::NoVersion { version: 23, oldest: 0, newest: 22 }) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_moment_leads_to_the_version_of_then() {
    let site = Site::new();
    for number in 1..=3_u8 {
        let text = named(&number.to_string());
        let read = FileToRead { number, ..FileToRead::csv(SUPPLIERS, text.as_bytes()) };
        site.pending(read).await.commit(NOW).await.unwrap();
    }
    let history = site.open(SUPPLIERS).await.history().await.unwrap();
    assert_eq!(history.iter().map(|version| version.version).collect::<Vec<_>>(), [3, 2, 1, 0]);
    assert_eq!(history[0].upload, Some(upload(3)));
    assert_eq!(history[0].rows.map(|rows| rows.rows_read), Some(1));
    assert_eq!(history[3].upload, None);
    let then = site.open(SUPPLIERS).await.as_of(history[0].at).await.unwrap();
    assert_eq!(then.version(), 3);
    let before = history[3].at - SignedDuration::from_hours(1);
    assert!(site.open(SUPPLIERS).await.as_of(before).await.is_err());
}

#[tokio::test]
async fn what_was_never_read_is_not_found() {
    let site = Site::new();
    assert!(matches!(site.ledgers.open(&ledger(SUPPLIERS)).await, Err(Error::NotFound)));
    assert!(site.ledgers.list().await.unwrap().is_empty());
    site.read(SUPPLIERS, 1, &named("a")).await;
    assert_eq!(site.ledgers.list().await.unwrap(), [ledger(SUPPLIERS)]);
    let summary = site.ledgers.summary(&ledger(SUPPLIERS)).await.unwrap();
    assert_eq!((summary.version, summary.rows, summary.parts), (1, 1, 1));
}
