//! How far the beginning of a file was hashed, so that whoever goes on in the middle of it need not read
//! all that stands before.
//!
//! Not for: files that changed meanwhile; their readers notice that.
//!
//! Invariant: a hash is kept with the number of bytes that it is of.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{Context, SHA256};

/// The bytes between two that are kept: hashed again in a hundredth of a second, and a file of many gigabytes
/// has some hundreds.
const EVERY_BYTES: u64 = 16 * 1024 * 1024;

/// Hashes of beginnings of one file; cheap to clone, and shared by its readers.
#[derive(Clone, Default)]
pub struct PrefixHashes(Arc<Mutex<Vec<(u64, Context)>>>);

impl PrefixHashes {
    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Context)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The longest that is known of at most so many bytes, with its length.
    pub(super) fn longest_up_to(&self, bytes: u64) -> (u64, Context) {
        let known = self.lock();
        let longest = known.iter().rev().find(|(length, _)| *length <= bytes);
        longest.map_or_else(|| (0, Context::new(&SHA256)), |(length, hash)| (*length, hash.clone()))
    }

    /// Keeps a hash now and then, and that of the whole.
    pub(super) fn note(&self, length: u64, left: u64, hash: &Context) {
        let mut known = self.lock();
        let last = known.last().map_or(0, |(length, _)| *length);
        if length >= last + EVERY_BYTES || left == 0 && length > last {
            known.push((length, hash.clone()));
        }
    }
}

impl std::fmt::Debug for PrefixHashes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PrefixHashes").field(&self.lock().len()).finish()
    }
}
