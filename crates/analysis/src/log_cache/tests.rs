//! Each file is fetched once, and never served once it is another.

#[path = "../../tests/it/counting_store.rs"]
pub(crate) mod counting_store;

use futures_util::TryStreamExt as _;
use object_store::memory::InMemory;
use object_store::{ObjectStoreExt as _, PutMode};

use self::counting_store::CountingStore;
use super::*;

async fn text(files: &dyn ObjectStore, location: &Path) -> String {
    let bytes = files.get(location).await.unwrap().bytes().await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_file_of_the_log_is_fetched_once_and_no_other() {
    let counting = Arc::new(CountingStore::default());
    let cache = LogCache::over(Arc::clone(&counting) as _);
    let fetches = || counting.fetches().values().sum::<usize>();
    for (location, is_held) in [
        ("acme/acme/transactions/_delta_log/00000000000000000007.json", true),
        ("acme/acme/transactions/_delta_log/00000000000000000020.checkpoint.parquet", true),
        ("acme/acme/transactions/_delta_log/_last_checkpoint", false),
        ("acme/acme/transactions/v1-new-00000.parquet", false),
    ] {
        let location = Path::from(location);
        cache.put(&location, "0123456789".into()).await.unwrap();
        let before = fetches();
        assert_eq!(text(&cache, &location).await, "0123456789");
        assert_eq!(text(&cache, &location).await, "0123456789");
        assert_eq!(cache.get_range(&location, 2..4).await.unwrap(), "23");
        let parts = cache.get_ranges(&location, &[0..1, 9..10]).await.unwrap();
        assert_eq!(parts, ["0", "9"]);
        let head = cache.head(&location).await.unwrap();
        assert_eq!((head.size, &head.location), (10, &location));
        let fetched = fetches() - before;
        assert_eq!(fetched == 1, is_held, "{location}: {fetched}");
    }
}

#[tokio::test]
async fn a_file_that_was_made_anew_beside_is_read_anew_once_it_is_listed() {
    let counting = Arc::new(CountingStore::default());
    let cache = LogCache::over(Arc::clone(&counting) as _);
    let location = Path::from("acme/acme/transactions/_delta_log/00000000000000000000.json");
    let create = |text: &'static str| {
        let (files, location) = (Arc::clone(&counting), location.clone());
        async move {
            files.put_opts(&location, text.into(), PutMode::Overwrite.into()).await.unwrap();
        }
    };
    create("before").await;
    assert_eq!(text(&cache, &location).await, "before");
    create("after it was put back").await;
    let listed: Vec<_> = cache.list(None).try_collect().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(text(&cache, &location).await, "after it was put back");
    cache.delete(&location).await.unwrap();
    assert!(cache.get(&location).await.is_err(), "what is gone is not served");
}

#[tokio::test]
async fn no_more_is_held_than_there_is_room_for() {
    let cache = LogCache::over(Arc::new(InMemory::new()));
    let large = usize::try_from(LOG_FILE_CACHED_BYTES_MAX).unwrap();
    for number in 0..2 * LOG_CACHE_BYTES_MAX / large {
        let location = Path::from(format!("a/a/transactions/_delta_log/{number}.json"));
        cache.put(&location, vec![7; large].into()).await.unwrap();
        cache.get(&location).await.unwrap().bytes().await.unwrap();
        assert!(lock(&cache.held).bytes <= LOG_CACHE_BYTES_MAX);
    }
    let location = Path::from("a/a/transactions/_delta_log/large.json");
    cache.put(&location, vec![7; large + 1].into()).await.unwrap();
    assert_eq!(cache.get(&location).await.unwrap().bytes().await.unwrap().len(), large + 1);
    assert!(lock(&cache.held).files.peek(&location).is_none());
}
