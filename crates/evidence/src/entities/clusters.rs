//! From couples to parties: groups of rows that agree as a whole, not merely from one to the next.
//!
//! Not for: weighing a couple. Invariant: two groups become one only while the mean over all couples
//! between them speaks for it, so one row that resembles two parties never makes them one.

use std::collections::HashMap;

/// Two groups (named by a row of each) that join at a height of log2 odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Join {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) odds: f64,
}

/// A couple and its log2 odds.
pub(super) type Edge = (u32, u32, f64);

/// Rows weighed together, each against each; a larger heap is first cut at its weaker couples.
const MOST_TOGETHER: usize = 600;
/// A couple counts for no more than this, for or against: many mild agreements are not outvoted by one
/// strong one.
const MOST_ODDS: f64 = 12.0;
/// The factor by which the couples must be stronger when a heap is cut.
const CUT_STEP: f64 = 4.0;

/// All joins, for any threshold not below the weakest edge.
pub(super) fn joins(edges: &[Edge], odds: &(impl Fn(u32, u32) -> f64 + Sync)) -> Vec<Join> {
    let mut heaps = heaps(edges);
    let mut ready = Vec::new();
    while let Some((rows, edges)) = heaps.pop() {
        if rows.len() <= MOST_TOGETHER {
            ready.push((rows, edges));
            continue;
        }
        let weakest = edges.iter().map(|edge| edge.2).fold(f64::INFINITY, f64::min);
        let stronger: Vec<Edge> =
            edges.into_iter().filter(|edge| edge.2 >= weakest + CUT_STEP).collect();
        heaps.extend(self::heaps(&stronger));
    }
    let mut joins: Vec<Join> =
        super::parallel::map_few(&ready, |(rows, edges)| average_linkage(rows, edges, odds))
            .into_iter()
            .flatten()
            .collect();
    joins.sort_by(|x, y| y.odds.total_cmp(&x.odds).then((x.a, x.b).cmp(&(y.a, y.b))));
    joins
}

/// Groups of two or more rows at a threshold, in order of their first row.
pub(super) fn cut(joins: &[Join], threshold: f64) -> Vec<Vec<usize>> {
    let mut heads = Heads::default();
    for join in joins.iter().take_while(|join| join.odds >= threshold) {
        heads.join(join.a, join.b);
    }
    let mut groups: HashMap<u32, Vec<usize>> = HashMap::new();
    let rows: Vec<u32> = heads.parents.keys().copied().collect();
    for row in rows {
        groups.entry(heads.of(row)).or_default().push(row as usize);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    groups
}

/// Rows connected by edges, with their edges.
fn heaps(edges: &[Edge]) -> Vec<(Vec<u32>, Vec<Edge>)> {
    let mut heads = Heads::default();
    for (a, b, _) in edges {
        heads.join(*a, *b);
    }
    let mut heaps: HashMap<u32, (Vec<u32>, Vec<Edge>)> = HashMap::new();
    for edge in edges {
        let heap = heaps.entry(heads.of(edge.0)).or_default();
        heap.0.extend([edge.0, edge.1]);
        heap.1.push(*edge);
    }
    let mut heaps: Vec<_> = heaps.into_values().collect();
    for (rows, _) in &mut heaps {
        rows.sort_unstable();
        rows.dedup();
    }
    heaps.sort_unstable_by_key(|(rows, _)| rows[0]);
    heaps
}

/// Joins the two groups whose couples agree best in the mean, again and again.
fn average_linkage(rows: &[u32], edges: &[Edge], odds: &impl Fn(u32, u32) -> f64) -> Vec<Join> {
    let count = rows.len();
    let mut table = vec![f64::NAN; count * count];
    let place = |row: u32| rows.binary_search(&row).expect("both ends of an edge are of its heap");
    for (a, b, odds) in edges {
        let (i, j) = (place(*a), place(*b));
        table[i * count + j] = *odds;
        table[j * count + i] = *odds;
    }
    for i in 0..count {
        for j in i + 1..count {
            let known = table[i * count + j];
            let known = if known.is_nan() { odds(rows[i], rows[j]) } else { known };
            let counted = known.clamp(-MOST_ODDS, MOST_ODDS);
            table[i * count + j] = counted;
            table[j * count + i] = counted;
        }
    }
    chain(rows, &mut table)
}

/// The nearest-neighbour chain: follows "my best is you" until two are each other's best.
fn chain(rows: &[u32], table: &mut [f64]) -> Vec<Join> {
    let count = rows.len();
    let mut sizes = vec![1.0_f64; count];
    let mut alive: Vec<usize> = (0..count).collect();
    let (mut chain, mut joins): (Vec<usize>, Vec<Join>) = (Vec::new(), Vec::new());
    while alive.len() > 1 {
        let tip = *chain.last().unwrap_or(&alive[0]);
        if chain.is_empty() {
            chain.push(tip);
        }
        let before = chain.len().checked_sub(2).map(|at| chain[at]);
        let mut best = before
            .map_or((f64::NEG_INFINITY, usize::MAX), |other| (table[tip * count + other], other));
        for &other in alive.iter().filter(|other| **other != tip) {
            if table[tip * count + other] > best.0 {
                best = (table[tip * count + other], other);
            }
        }
        let (odds, next) = best;
        if Some(next) != before {
            chain.push(next);
            continue;
        }
        chain.truncate(chain.len() - 2);
        joins.push(Join { a: rows[tip.min(next)], b: rows[tip.max(next)], odds });
        let (kept, gone) = (tip.min(next), tip.max(next));
        alive.retain(|other| *other != gone);
        for &other in alive.iter().filter(|other| **other != kept) {
            let mean = (table[kept * count + other] * sizes[kept]
                + table[gone * count + other] * sizes[gone])
                / (sizes[kept] + sizes[gone]);
            table[kept * count + other] = mean;
            table[other * count + kept] = mean;
        }
        sizes[kept] += sizes[gone];
    }
    joins
}

#[derive(Debug, Default)]
struct Heads {
    parents: HashMap<u32, u32>,
}

impl Heads {
    fn of(&mut self, row: u32) -> u32 {
        let parent = *self.parents.entry(row).or_insert(row);
        if parent == row {
            return row;
        }
        let head = self.of(parent);
        self.parents.insert(row, head);
        head
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        self.parents.insert(a.max(b), a.min(b));
    }
}
