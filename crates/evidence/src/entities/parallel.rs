//! One function over many things on all cores, the results in order.
//!
//! Not for: anything that waits. Invariant: the outcome does not depend on how many cores there are.

use std::num::NonZero;
use std::thread;

use crate::parallel;

/// Fewer things are not worth a thread.
const LEAST_PER_THREAD: usize = 2_000;

pub(super) fn map<T: Sync, R: Send>(things: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_at_least(things, LEAST_PER_THREAD, each)
}

/// Maps few heavy things, in order.
pub(super) fn map_few<T: Sync, R: Send>(things: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_at_least(things, 1, each)
}

fn map_at_least<T: Sync, R: Send>(
    things: &[T],
    least: usize,
    each: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let size = things.len().div_ceil(cores).max(least);
    let each = &each;
    thread::scope(|scope| {
        let workers: Vec<_> = things
            .chunks(size)
            .map(|chunk| scope.spawn(move || chunk.iter().map(each).collect::<Vec<R>>()))
            .collect();
        let mut results = Vec::with_capacity(things.len());
        for worker in workers {
            results.extend(parallel::join(worker));
        }
        results
    })
}
