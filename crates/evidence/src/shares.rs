//! One thing of every place, on several threads: each takes an equal share of neighbours.

/// In the order of places, so that the count of threads changes nothing.
pub fn of_all<T: Send>(count: usize, threads: usize, of: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let share = count.div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        let of = &of;
        let part = |from: usize| move || (from..(from + share).min(count)).map(of).collect();
        let threads: Vec<std::thread::ScopedJoinHandle<'_, Vec<T>>> =
            (0..count).step_by(share).map(|from| scope.spawn(part(from))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}

/// Sorted; equal ones in any order.
pub fn sorted<T: Ord + Send>(mut all: Vec<T>, threads: usize) -> Vec<T> {
    let share = all.len().div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        for share in all.chunks_mut(share) {
            scope.spawn(move || share.sort_unstable());
        }
    });
    // Finds the sorted shares, and merges them.
    all.sort();
    all
}
