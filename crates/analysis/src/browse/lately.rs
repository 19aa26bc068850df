//! What was asked for lately: many people look at the same first page and the same supplier.
//!
//! Invariant: the key holds the versions of the ledgers that the answer is of.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use domain::finding::CheckedUnit;
use domain::ledger_view::{RowsPage, RowsRequest, SupplierHistory};

/// Some 50 KB each.
const KEPT_MAX: usize = 256;

/// The last answers, over all units; the one asked for longest ago goes.
#[derive(Debug)]
pub(crate) struct Lately<K, V>(Arc<Mutex<VecDeque<(K, V)>>>);

/// Pages, of one version.
pub(crate) type Pages = Lately<(RowsRequest, u64), RowsPage>;

/// Suppliers by reference, of the versions of suppliers and of transactions.
pub(crate) type Suppliers =
    Lately<(CheckedUnit, String, [Option<u64>; 2]), Option<SupplierHistory>>;

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, V> Clone for Lately<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: PartialEq, V: Clone> Lately<K, V> {
    pub(super) fn of(&self, key: &K) -> Option<V> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = answers.iter().position(|(asked, _)| asked == key)?;
        let found = answers.remove(at)?;
        let answer = found.1.clone();
        answers.push_back(found);
        Some(answer)
    }

    pub(super) fn keep(&self, key: K, answer: V) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|(asked, _)| *asked != key);
        answers.push_back((key, answer));
        if answers.len() > KEPT_MAX {
            answers.pop_front();
        }
    }
}
