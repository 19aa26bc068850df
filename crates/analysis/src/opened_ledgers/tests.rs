//! A ledger is opened once for each version, whoever wrote it.

use domain::FileType;
use jiff::Timestamp;
use object_store::ObjectStoreExt as _;

use super::*;
use crate::ledger::{Cause, Commit};
use crate::log_cache::tests::counting_store::CountingStore;

const KEEP_DAYS: u32 = 30;

fn name() -> LedgerName {
    let (customer, unit) = ("acme".parse().unwrap(), "uk".parse().unwrap());
    LedgerName { customer, unit, file_type: FileType::Suppliers }
}

async fn commit(files: &Arc<dyn ObjectStore>) {
    let ledger = Ledger::open_or_make(files, &name(), KEEP_DAYS).await.unwrap();
    let (added, removed, now) = (Vec::new(), Vec::new(), Timestamp::UNIX_EPOCH);
    ledger.commit(Commit { added, removed, cause: Cause::Posting, now }).await.unwrap();
}

#[tokio::test]
async fn a_ledger_is_opened_once_for_each_version() {
    let counting = Arc::new(CountingStore::default());
    let files: Arc<dyn ObjectStore> = Arc::clone(&counting) as _;
    let opened = OpenedLedgers::default();
    let none = opened.open(&files, &name()).await;
    assert!(matches!(none, Err(Error::NotFound)), "{none:?}");
    let fetches = || counting.fetches().values().sum::<usize>();
    for version in 1..=11 {
        commit(&files).await;
        let first = opened.open(&files, &name()).await.unwrap();
        let before = fetches();
        let second = opened.open(&files, &name()).await.unwrap();
        assert_eq!((first.version(), second.version()), (version, version));
        assert_eq!(fetches(), before, "the log is listed, and no file of it is read");
    }
}

#[tokio::test]
async fn a_ledger_that_is_made_anew_is_opened_anew() {
    let counting = Arc::new(CountingStore::default());
    let files: Arc<dyn ObjectStore> = Arc::clone(&counting) as _;
    let opened = OpenedLedgers::default();
    for made in 0..2 {
        commit(&files).await;
        let before = counting.fetches().values().sum::<usize>();
        assert_eq!(opened.open(&files, &name()).await.unwrap().version(), 1);
        assert!(counting.fetches().values().sum::<usize>() > before, "{made}");
        let all: Vec<ObjectMeta> = files.list(None).try_collect().await.unwrap();
        for file in all {
            files.delete(&file.location).await.unwrap();
        }
    }
    let gone = opened.open(&files, &name()).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
}
