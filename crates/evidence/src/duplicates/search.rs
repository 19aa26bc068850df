//! Every two invoices that are alike in some respect, judged on all threads.
//!
//! Invariant: what is found does not depend on the threads, nor its order.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::batches::{Batch, BatchSearch};
use super::blocks::{BlockingKey, Blocks, Keys, Overfull};
use super::joint::{JointSums, SumsLeftOut};
use super::{Judge, Judgement, Reason};
use crate::invoice_number::InvoiceNumber;
use crate::weigh::{NumberedInvoice, PartyRatios, WeighedPair};

/// Pairs that a thread takes at once: little enough that threads end together, much enough that taking
/// them costs nothing.
const PAIRS_AT_ONCE: usize = 8_192;

/// A search through one ledger.
#[derive(Debug)]
pub struct Search<'a> {
    pub judge: Judge<'a>,
    /// Invoices alike in one respect of which every two are compared; of more, none for that respect.
    pub cap: usize,
    /// Pairs alike in one respect of which all are kept; of more, each invoice keeps its share of those with
    /// later ones of its block. What is like it as well is like those too, and comes to their group.
    pub pairs_max: usize,
    pub threads: usize,
    /// Set when nobody waits for the end any more.
    pub stop: &'a AtomicBool,
}

/// The pairs and counts of a search.
#[derive(Debug, Default)]
pub struct SearchResult {
    pub shown: Vec<WeighedPair>,
    pub suppressed: Vec<(WeighedPair, Reason)>,
    pub overfull: Vec<Overfull>,
    pub sums_left_out: SumsLeftOut,
    pub batches: Vec<Batch>,
    /// The number of pairs that were compared.
    pub pairs: u64,
}

impl Search<'_> {
    pub fn execute(&self) -> SearchResult {
        let keys = Keys::of(self.judge.invoices, self.judge.habits, self.threads);
        let mut found = SearchResult::default();
        for blocking_key in BlockingKey::ALL {
            let blocks = keys.blocks(blocking_key, self.cap, self.threads, &mut found.overfull);
            for part in self.all(&keys, blocking_key, &blocks) {
                found.add(part);
            }
        }
        let sums = JointSums { judge: self.judge, threads: self.threads, stop: self.stop };
        let (judged, left_out) = sums.execute();
        for judgement in judged {
            found.note(judgement);
        }
        found.sums_left_out = left_out;
        let search = BatchSearch { judge: self.judge, threads: self.threads };
        found.batches = search.take(&mut found.shown, &mut found.suppressed);
        found
    }

    /// Part by part, in the order of blocks.
    fn all(
        &self,
        keys: &Keys<'_>,
        blocking_key: BlockingKey,
        blocks: &Blocks,
    ) -> Vec<SearchResult> {
        let (parts, share) = (parts(blocks), blocks.share_of(self.pairs_max));
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, SearchResult)>> = Mutex::default();
        let work = || {
            while let Some(bounds) =
                parts.get(next.fetch_add(1, Ordering::Relaxed)..).and_then(<[_]>::first)
            {
                let found = self.some(keys, blocking_key, (blocks, share), bounds.clone());
                done.lock().unwrap_or_else(PoisonError::into_inner).push((bounds.start, found));
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(work);
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(start, _)| *start);
        done.into_iter().map(|(_, found)| found).collect()
    }

    fn some(
        &self,
        keys: &Keys<'_>,
        blocking_key: BlockingKey,
        (blocks, share): (&Blocks, usize),
        bounds: std::ops::Range<usize>,
    ) -> SearchResult {
        let mut found = SearchResult::default();
        let mut numbers: Vec<InvoiceNumber> = Vec::new();
        let mut ratios = PartyRatios::default();
        if self.stop.load(Ordering::Relaxed) {
            return found;
        }
        for block in bounds {
            let places = blocks.places(block);
            let number = |at: &u32| InvoiceNumber::new(self.judge.invoices.number(*at as usize));
            numbers.clear();
            numbers.extend(places.iter().map(number));
            let numbered =
                |at: usize| NumberedInvoice { at: places[at] as usize, number: &numbers[at] };
            for one in 0..places.len() {
                let (shown, suppressed) = (found.shown.len(), found.suppressed.len());
                for other in one + 1..places.len() {
                    if found.shown.len() - shown >= share {
                        break;
                    }
                    let (one, other) = (numbered(one), numbered(other));
                    if keys.first(one.at, other.at) < blocking_key
                        || blocking_key == BlockingKey::PartyAndDay && !keys.are_slips(one, other)
                    {
                        continue;
                    }
                    found.pairs += 1;
                    found.note(self.judge.judge_after(one, other, &mut ratios));
                    // They are explained as the ones before.
                    found.suppressed.truncate(suppressed.saturating_add(share));
                }
            }
        }
        found
    }
}

impl SearchResult {
    fn note(&mut self, judgement: Judgement) {
        match judgement {
            Judgement::Shown(pair) => self.shown.push(pair),
            Judgement::Suppressed(pair, reason) => self.suppressed.push((pair, reason)),
            Judgement::Neither => {}
        }
    }

    fn add(&mut self, part: Self) {
        self.shown.extend(part.shown);
        self.suppressed.extend(part.suppressed);
        self.pairs += part.pairs;
    }
}

/// Neighbouring blocks, so many that they hold about [`PAIRS_AT_ONCE`].
fn parts(blocks: &Blocks) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut pairs) = (0, 0);
    for block in 0..blocks.len() {
        pairs += blocks.pairs(block);
        if pairs >= PAIRS_AT_ONCE {
            parts.push(start..block + 1);
            (start, pairs) = (block + 1, 0);
        }
    }
    if start < blocks.len() {
        parts.push(start..blocks.len());
    }
    parts
}

#[cfg(test)]
mod tests;
