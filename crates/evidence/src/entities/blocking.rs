//! Which couples of rows are worth comparing: those that share something seldom shared.
//!
//! Not for: deciding anything. Invariant: blocks are used from the smallest up to a budget, so the work
//! grows with the rows, never with their square; what was left out is counted.

use super::Kind;
use super::columns::Column;
use super::text::skeleton;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Two rows that share a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) a: u32,
    pub(super) b: u32,
    /// Bit per column: some block brought these rows together without looking at that column.
    pub(super) without: u32,
}

/// All couples found, and how many blocks were too large to use.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) couples: Vec<Candidate>,
    pub(super) blocks_left_out: usize,
}

/// Rows in the largest block used: 2,016 couples.
const LARGEST_BLOCK: usize = 64;
/// Couples per row, before those found twice are merged: what 200,000 rows can afford in seconds.
const COUPLES_PER_ROW: usize = 14;
/// Small ledgers can afford more than their share.
const LEAST_BUDGET: usize = 300_000;
/// Features of one row that are too common alone are combined by twos: at most these, the rarest first.
const COMBINED: usize = 9;
/// Words of a text that become keys of their own, the rarest first.
const KEY_WORDS: usize = 4;

#[derive(Debug, Clone, Copy)]
struct Feature {
    hash: u64,
    row: u32,
    columns: u32,
}

/// A block: the rows `from..to` of a list of features.
type Block = (usize, usize);

pub(super) fn candidates(columns: &[Column], rows: usize) -> Candidates {
    let mut single = features(columns, rows);
    let (small, large) = blocks(&mut single);
    let mut combined = combine(&single, &large, rows);
    let (more, too_large) = blocks(&mut combined);
    let mut usable: Vec<(&[Feature], Block)> =
        small.into_iter().map(|block| (single.as_slice(), block)).collect();
    usable.extend(more.into_iter().map(|block| (combined.as_slice(), block)));
    usable.sort_by_key(|(features, (from, to))| (to - from, features[*from].hash));
    let mut budget = (rows * COUPLES_PER_ROW).max(LEAST_BUDGET);
    let mut found = Candidates { couples: Vec::new(), blocks_left_out: too_large.len() };
    for (features, (from, to)) in usable {
        let cost = (to - from) * (to - from - 1) / 2;
        if cost > budget {
            found.blocks_left_out += 1;
            continue;
        }
        budget -= cost;
        for (at, left) in features[from..to].iter().enumerate() {
            for right in &features[from + at + 1..to] {
                found.couples.push(Candidate {
                    a: left.row.min(right.row),
                    b: left.row.max(right.row),
                    without: !left.columns,
                });
            }
        }
    }
    found.couples.sort_unstable_by_key(|couple| (couple.a, couple.b));
    found.couples.dedup_by(|later, kept| {
        let same = (later.a, later.b) == (kept.a, kept.b);
        if same {
            kept.without |= later.without;
        }
        same
    });
    found
}

/// Sorts the features and finds runs of one hash: small enough to use, and too large.
fn blocks(features: &mut [Feature]) -> (Vec<Block>, Vec<Block>) {
    features.sort_unstable_by_key(|feature| (feature.hash, feature.row));
    let (mut small, mut large) = (Vec::new(), Vec::new());
    let mut from = 0;
    for run in features.chunk_by(|a, b| a.hash == b.hash) {
        let to = from + run.len();
        match run.len() {
            0 | 1 => {}
            2..=LARGEST_BLOCK => small.push((from, to)),
            _ => large.push((from, to)),
        }
        from = to;
    }
    (small, large)
}

/// Features of each row that are too common alone, by twos.
fn combine(single: &[Feature], large: &[Block], rows: usize) -> Vec<Feature> {
    let mut common: Vec<Vec<(u32, u64, u32)>> = vec![Vec::new(); rows];
    for &(from, to) in large {
        let size = crate::narrow(to - from);
        for feature in &single[from..to] {
            common[feature.row as usize].push((size, feature.hash, feature.columns));
        }
    }
    let mut combined = Vec::new();
    for (row, features) in common.iter_mut().enumerate() {
        features.sort_unstable();
        features.truncate(COMBINED);
        for (at, (_, left, of_left)) in features.iter().enumerate() {
            for (_, right, of_right) in &features[at + 1..] {
                let hash = left.wrapping_add(*right).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                combined.push(Feature {
                    hash,
                    row: crate::narrow(row),
                    columns: of_left | of_right,
                });
            }
        }
    }
    combined
}

fn features(columns: &[Column], rows: usize) -> Vec<Feature> {
    let mut features = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let keys: Vec<Vec<u64>> =
            column.values.iter().enumerate().map(|(id, _)| keys(column, at, id)).collect();
        for row in 0..rows {
            for &id in column.of(row) {
                for &hash in &keys[id as usize] {
                    features.push(Feature {
                        hash,
                        row: crate::narrow(row),
                        columns: 1 << (at & 31),
                    });
                }
            }
        }
    }
    features.sort_unstable_by_key(|feature| (feature.row, feature.hash));
    features.dedup_by_key(|feature| (feature.row, feature.hash));
    features
}

/// Keys that a value may be found by: itself, its rarest words, one that survives misspelling, its halves.
fn keys(column: &Column, at: usize, id: usize) -> Vec<u64> {
    let value = &column.values[id];
    let mut keys = vec![hashed(at, 0, &value.letters)];
    let mut rarest: Vec<(u32, u32)> = value
        .tokens
        .iter()
        .map(|token| (column.token_counts[token.id as usize], token.id))
        .collect();
    rarest.sort_unstable();
    keys.extend(
        rarest.iter().take(KEY_WORDS).map(|(_, token)| hashed(at, 1, column.letters_of(*token))),
    );
    let squeezed = || value.letters.iter().collect::<String>();
    let half = value.letters.len() / 2;
    match column.kind {
        Kind::Organisation | Kind::Town => {
            keys.push(hashed(at, 2, &skeleton(&squeezed(), 8).chars().collect::<Vec<_>>()));
        }
        // One key space for both: names are given in each other's place.
        Kind::GivenName | Kind::Surname => {
            keys.push(hashed(usize::MAX, 3, &skeleton(&squeezed(), 6).chars().collect::<Vec<_>>()));
        }
        Kind::Identifier(_) | Kind::BirthDate if value.letters.len() >= 6 => {
            keys.push(hashed(at, 4, &value.letters[..half]));
            keys.push(hashed(at, 5, &value.letters[half..]));
        }
        Kind::Telephone if value.letters.len() > 7 => {
            keys.push(hashed(at, 6, &value.letters[value.letters.len() - 7..]));
        }
        Kind::Telephone => keys.push(hashed(at, 6, &value.letters)),
        Kind::Email | Kind::Postcode if value.group != u32::MAX => {
            keys.push(hashed(at, 7, &value.group));
        }
        _ => {}
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn hashed(column: usize, space: u8, what: &(impl Hash + ?Sized)) -> u64 {
    // The default keys are constants: the same rows give the same blocks everywhere.
    let mut hasher = DefaultHasher::new();
    (column, space).hash(&mut hasher);
    what.hash(&mut hasher);
    hasher.finish()
}
