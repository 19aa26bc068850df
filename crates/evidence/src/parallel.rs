//! Work on several threads: one thing of every place, two things at once, sorting.
//!
//! Not for: anything that waits. Invariant: the outcome does not depend on how many threads there are, and
//! a panic of one goes on where its result is waited for, so that no result is ever left out.

use std::panic::resume_unwind;
use std::thread::{ScopedJoinHandle, scope};

/// The result of a thread; its panic goes on here.
#[expect(clippy::disallowed_methods, reason = "the one place that joins, for all others")]
pub fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// The results of two functions, the first of which runs on a thread of its own meanwhile.
pub fn both<A: Send, B>(beside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (A, B) {
    scope(|scope| {
        let beside = scope.spawn(beside);
        let here = here();
        (join(beside), here)
    })
}

/// One result for each of `count` places, in their order; each thread takes an equal share of neighbours.
pub fn of_all<T: Send>(count: usize, threads: usize, of: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let share = count.div_ceil(threads.max(1)).max(1);
    scope(|scope| {
        let of = &of;
        let part = |from: usize| move || (from..(from + share).min(count)).map(of).collect();
        let threads: Vec<ScopedJoinHandle<'_, Vec<T>>> =
            (0..count).step_by(share).map(|from| scope.spawn(part(from))).collect();
        threads.into_iter().flat_map(join).collect()
    })
}

/// Sorted; equal ones in any order.
pub fn sorted<T: Ord + Send>(mut all: Vec<T>, threads: usize) -> Vec<T> {
    let share = all.len().div_ceil(threads.max(1)).max(1);
    scope(|scope| {
        let sort = |share| scope.spawn(move || <[T]>::sort_unstable(share));
        let threads: Vec<_> = all.chunks_mut(share).map(sort).collect();
        threads.into_iter().for_each(join);
    });
    // Finds the sorted shares, and merges them.
    all.sort();
    all
}

#[cfg(test)]
mod tests;
