//! The last answers: many people look at the same first page and the same supplier.
//!
//! Invariant: the key holds the versions of the ledgers that the answer is of, and what is kept takes no
//! more than so many bytes, whatever texts the rows hold.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::finding::CheckedUnit;
use domain::ledger_view::{RowsPage, RowsRequest, SupplierHistory};
use lru::LruCache;

/// Of the answers that are kept, over all units, in each of the two caches: some 600 pages of usual rows,
/// of some 50 KB each.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The memory of a text beside its bytes, with its place in a map.
const TEXT_OVERHEAD_BYTES: usize = 64;

/// The last answers; the one asked for longest ago goes. Cheap to clone.
#[derive(Debug)]
pub(super) struct AnswerCache<K: Eq + Hash, V>(Arc<Mutex<Answers<K, V>>>);

/// Answers with their sizes, and the sum of these.
#[derive(Debug)]
struct Answers<K: Eq + Hash, V> {
    by_key: LruCache<K, (V, usize)>,
    bytes: usize,
}

/// Pages, each of one version.
pub(super) type Pages = AnswerCache<(RowsRequest, u64), RowsPage>;

/// Suppliers by reference, of the versions of suppliers and of transactions.
pub(super) type Suppliers =
    AnswerCache<(CheckedUnit, String, [Option<u64>; 2]), Option<SupplierHistory>>;

/// An answer that knows about how much memory it takes.
pub(super) trait Answer: Clone {
    fn bytes(&self) -> usize;
}

impl Answer for RowsPage {
    fn bytes(&self) -> usize {
        self.rows.iter().map(|row| row.id.len() + fields_bytes(&row.fields)).sum()
    }
}

impl Answer for Option<SupplierHistory> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, |supplier| {
            let days = [&supplier.billed, &supplier.paid].map(|days| size_of_val(days.as_slice()));
            let months = size_of_val(supplier.months.as_slice()) + days.iter().sum::<usize>();
            let variations = supplier.variations.iter().map(|known| fields_bytes(&known.fields));
            months + variations.sum::<usize>()
        })
    }
}

fn fields_bytes(fields: &BTreeMap<String, String>) -> usize {
    let of_one = |(name, text): (&String, &String)| name.len() + text.len() + TEXT_OVERHEAD_BYTES;
    fields.iter().map(of_one).sum()
}

impl<K: Eq + Hash, V> Default for AnswerCache<K, V> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Answers { by_key: LruCache::unbounded(), bytes: 0 })))
    }
}

impl<K: Eq + Hash, V> Clone for AnswerCache<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Eq + Hash, V: Answer> AnswerCache<K, V> {
    fn answers(&self) -> MutexGuard<'_, Answers<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.answers().by_key.get(key).map(|(answer, _)| answer.clone())
    }

    pub(super) fn put(&self, key: K, answer: V) {
        let bytes = answer.bytes() + TEXT_OVERHEAD_BYTES;
        if bytes > ANSWER_BYTES_MAX {
            return;
        }
        let mut answers = self.answers();
        if let Some((_, before)) = answers.by_key.put(key, (answer, bytes)) {
            answers.bytes -= before;
        }
        answers.bytes += bytes;
        while answers.bytes > ANSWER_BYTES_MAX {
            let Some((_, (_, oldest))) = answers.by_key.pop_lru() else { break };
            answers.bytes -= oldest;
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ledger_view::LedgerRow;

    use super::*;

    fn page(text_bytes: usize) -> RowsPage {
        let fields = BTreeMap::from([("description".to_owned(), "x".repeat(text_bytes))]);
        let row = LedgerRow { id: "U1".to_owned(), is_active: None, fields };
        RowsPage { rows: vec![row], total: 1, version: 1, ..RowsPage::default() }
    }

    #[test]
    fn answers_are_counted_in_bytes() {
        let cache = AnswerCache::<u32, RowsPage>::default();
        let third = ANSWER_BYTES_MAX / 3;
        for key in 0..10 {
            cache.put(key, page(third));
        }
        let kept: Vec<u32> = (0..10).filter(|key| cache.get(key).is_some()).collect();
        assert_eq!(kept, [8, 9], "three do not fit with what they are kept in");
        cache.put(10, page(ANSWER_BYTES_MAX));
        assert!(cache.get(&10).is_none() && cache.get(&9).is_some(), "one too large is not kept");
        cache.put(9, page(1));
        cache.put(8, page(1));
        assert!(cache.answers().bytes < 1_000);
    }
}
