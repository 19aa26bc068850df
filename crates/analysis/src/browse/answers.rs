//! The last answers: many people look at the same first page and the same supplier.
//!
//! Invariant: the key holds the versions of the ledgers that the answer is of.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::finding::CheckedUnit;
use domain::ledger_view::{RowsPage, RowsRequest, SupplierHistory};
use lru::LruCache;

/// Answers that are kept, over all units; some 50 KB each.
const ANSWERS_MAX: NonZeroUsize = NonZeroUsize::new(256).expect("256 are some");

/// The last answers; the one asked for longest ago goes. Cheap to clone.
#[derive(Debug)]
pub(super) struct AnswerCache<K: Eq + Hash, V>(Arc<Mutex<LruCache<K, V>>>);

/// Pages, each of one version.
pub(super) type Pages = AnswerCache<(RowsRequest, u64), RowsPage>;

/// Suppliers by reference, of the versions of suppliers and of transactions.
pub(super) type Suppliers =
    AnswerCache<(CheckedUnit, String, [Option<u64>; 2]), Option<SupplierHistory>>;

impl<K: Eq + Hash, V> Default for AnswerCache<K, V> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(ANSWERS_MAX))))
    }
}

impl<K: Eq + Hash, V> Clone for AnswerCache<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Eq + Hash, V: Clone> AnswerCache<K, V> {
    fn answers(&self) -> MutexGuard<'_, LruCache<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.answers().get(key).cloned()
    }

    pub(super) fn put(&self, key: K, answer: V) {
        self.answers().put(key, answer);
    }
}
