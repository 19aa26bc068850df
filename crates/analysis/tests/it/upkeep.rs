//! Upkeep: small parts are joined and nothing else changes; what no kept version needs is removed.

use domain::FileType;
use jiff::{SignedDuration, Timestamp};

use crate::site::{FileToRead, NOW, Site, ledger, rows};

const TRANSACTIONS: FileType = FileType::Transactions;

fn one(id: u8) -> String {
    format!(
        "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,Supplier Name,\
         Supplier Ref\n{id},I{id},1.00,1.00,2026-01-02,2026-01-02,Acme,S1\n"
    )
}

async fn with_small_parts(count: u8) -> Site {
    let site = Site::new();
    for id in 1..=count {
        site.read(TRANSACTIONS, id, &one(id)).await;
    }
    site
}

#[tokio::test]
async fn joining_changes_no_row() {
    let site = with_small_parts(12).await;
    let before = site.rows(TRANSACTIONS).await;
    let report = site.ledgers.tidy(&ledger(TRANSACTIONS), NOW).await.unwrap();
    assert_eq!((report.joined.from, report.joined.to), (12, 1));
    let ledger_after = site.open(TRANSACTIONS).await;
    assert_eq!(ledger_after.version(), 13);
    assert_eq!(rows(ledger_after).await, before);
    let then = site.open(TRANSACTIONS).await.at_version(5).await.unwrap();
    assert_eq!(rows(then).await.len(), 5, "earlier versions are still there");
    let again = site.ledgers.tidy(&ledger(TRANSACTIONS), NOW).await.unwrap();
    assert_eq!(again.joined.from, 0);
    let change = site.read(TRANSACTIONS, 20, &one(3)).await;
    assert_eq!(change.rows.rows_replaced, 1);
}

#[tokio::test]
async fn few_small_parts_are_left_alone() {
    let site = with_small_parts(3).await;
    let report = site.ledgers.tidy(&ledger(TRANSACTIONS), NOW).await.unwrap();
    assert_eq!(report, analysis::TidyReport::default());
}

#[tokio::test]
async fn parts_go_when_no_kept_version_has_them() {
    let site = with_small_parts(10).await;
    site.ledgers.tidy(&ledger(TRANSACTIONS), NOW).await.unwrap();
    let later = Timestamp::now() + SignedDuration::from_hours(24 * 401);
    let soon = NOW + SignedDuration::from_hours(24);
    let report = site.ledgers.tidy(&ledger(TRANSACTIONS), soon).await.unwrap();
    assert_eq!(report.removed, 0, "all versions are kept for a while");
    let report = site.ledgers.tidy(&ledger(TRANSACTIONS), later).await.unwrap();
    assert_eq!(report.removed, 10);
    assert_eq!(site.rows(TRANSACTIONS).await.len(), 10);
}

#[tokio::test]
async fn what_a_refused_upload_left_goes_after_a_day() {
    let site = with_small_parts(1).await;
    let left = one(9);
    drop(
        site.pending(FileToRead { number: 9, ..FileToRead::csv(TRANSACTIONS, left.as_bytes()) })
            .await,
    );
    let hours = |hours| Timestamp::now() + SignedDuration::from_hours(hours);
    let tidy = async |now| site.ledgers.tidy(&ledger(TRANSACTIONS), now).await.unwrap().removed;
    assert_eq!(tidy(hours(1)).await, 0, "it may be under way");
    assert_eq!(tidy(hours(25)).await, 1);
    assert_eq!(site.rows(TRANSACTIONS).await.len(), 1);
}

/// Changes each action of a ledger's newest commit, as another program may have written it.
async fn rewrite_newest(site: &Site, change: impl Fn(&mut serde_json::Value)) {
    let version = site.open(TRANSACTIONS).await.version();
    let log =
        site.folder.path().join(format!("{}/_delta_log/{version:020}.json", ledger(TRANSACTIONS)));
    let text = std::fs::read_to_string(&log).unwrap();
    let changed = text.lines().map(|line| {
        let mut action: serde_json::Value = serde_json::from_str(line).unwrap();
        change(&mut action);
        format!("{action}\n")
    });
    std::fs::write(&log, changed.collect::<String>()).unwrap();
}

#[tokio::test]
async fn parts_stay_whose_end_the_log_does_not_date() {
    let site = with_small_parts(10).await;
    site.ledgers.tidy(&ledger(TRANSACTIONS), NOW).await.unwrap();
    rewrite_newest(&site, |action| {
        if let Some(removed) = action.get_mut("remove").and_then(serde_json::Value::as_object_mut) {
            removed.remove("deletionTimestamp");
        }
    })
    .await;
    let soon = NOW + SignedDuration::from_hours(24);
    let report = site.ledgers.tidy(&ledger(TRANSACTIONS), soon).await.unwrap();
    assert_eq!(report.removed, 0, "earlier versions may need them");
    let then = site.open(TRANSACTIONS).await.at_version(5).await.unwrap();
    assert_eq!(rows(then).await.len(), 5);
}

#[tokio::test]
async fn what_the_log_does_not_say_is_an_error_and_no_zero() {
    let site = with_small_parts(2).await;
    rewrite_newest(&site, |action| {
        if let Some(added) = action.get_mut("add").and_then(serde_json::Value::as_object_mut) {
            added.remove("stats");
        }
    })
    .await;
    let error = site.open(TRANSACTIONS).await.row_count().unwrap_err();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(why, "a part does not say its rows");
    rewrite_newest(&site, |action| {
        if let Some(info) = action.get_mut("commitInfo").and_then(serde_json::Value::as_object_mut)
        {
            info.remove("timestamp");
        }
    })
    .await;
    let error = site.open(TRANSACTIONS).await.history().await.unwrap_err();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(why, "a version does not say when it was made");
}
