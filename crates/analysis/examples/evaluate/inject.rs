//! Duplicates of every kind, made from real headers: what a second keying of each would look like.
//!
//! Not for: judging what was found. Invariant: one seed gives the same duplicates, and none of them is made
//! from a header that somebody took back.

#[path = "inject/keyed_again.rs"]
mod keyed_again;

use std::collections::{HashMap, HashSet};

use super::chance::Chance;
use super::header::Header;
use super::kinds::{self, Kind};
use super::number_slips::{prefixed, zeros};
use keyed_again::Keying;

/// The dates that move when an invoice is keyed a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dates {
    /// The date of the invoice stays for most, as it stands on the paper.
    Kept,
    /// The ledger has no date but the day of posting.
    Moving,
}

/// Invoices and what was keyed of them again, by their places in the ledger they are in now.
#[derive(Debug, Clone)]
pub(crate) struct InjectedGroup {
    pub(crate) kind: Kind,
    pub(crate) originals: Vec<usize>,
    pub(crate) copies: Vec<usize>,
}

/// Smaller amounts are not worth keying twice; in ten-thousandths.
const AMOUNT_MIN: i64 = 50 * 10_000;
/// Invoices that are drawn before a kind is given up for a ledger.
const DRAWN_MAX: usize = 400;
/// Invoices of one day that are keyed again together.
const BATCH: std::ops::RangeInclusive<usize> = 4..=8;

/// Duplicates on their way into a ledger.
struct Injection<'l> {
    headers: &'l mut Vec<Header>,
    /// Headers that were there before.
    originals: usize,
    dates: Dates,
    keying: Keying,
    /// Supplier and amount of what was taken back.
    taken_back: HashSet<(String, i64)>,
    used: HashSet<usize>,
    injected: Vec<InjectedGroup>,
    chance: Chance,
}

/// Adds duplicates to the headers, so many of every kind that is told; what was added. Of a ledger whose
/// dates move, what it says of other days goes first.
pub(crate) fn inject(
    headers: &mut Vec<Header>,
    counts: &[(Kind, usize)],
    dates: Dates,
    seed: u64,
) -> Vec<InjectedGroup> {
    if dates == Dates::Moving {
        for header in headers.iter_mut() {
            header.invoiced = header.entered;
        }
    }
    let taken_back = headers
        .iter()
        .filter(|header| header.amount < 0)
        .map(|header| (header.supplier.clone(), -header.amount))
        .collect();
    let mut injection = Injection {
        originals: headers.len(),
        keying: Keying::new(headers),
        headers,
        dates,
        taken_back,
        used: HashSet::new(),
        injected: Vec::new(),
        chance: Chance::new(seed),
    };
    for (kind, count) in counts {
        injection.add(*kind, *count);
    }
    injection.injected
}

/// So many of every kind.
pub(crate) fn of_each(each: usize) -> Vec<(Kind, usize)> {
    kinds::ALL.iter().map(|name| (name.kind, each)).collect()
}

/// Plans as many as real ledgers hold, of all kinds in turn, beginning with another for another seed.
pub(crate) fn at_rate(invoices: usize, per_mille: usize, seed: u64) -> Vec<(Kind, usize)> {
    let mut chance = Chance::new(seed ^ 0x5EED);
    let all = (invoices * per_mille / 1_000).max(1);
    let first = chance.index(kinds::ALL.len());
    let mut counts = vec![0; kinds::ALL.len()];
    for at in 0..all {
        counts[(first + at) % kinds::ALL.len()] += 1;
    }
    kinds::ALL.iter().zip(counts).map(|(name, count)| (name.kind, count)).collect()
}

impl Injection<'_> {
    fn add(&mut self, kind: Kind, count: usize) {
        let mut made = 0;
        for _drawn in 0..count * DRAWN_MAX {
            if made >= count {
                break;
            }
            made += if kind.is_of_batch() {
                self.add_batch(kind, count - made)
            } else {
                let at = self.chance.index(self.originals);
                usize::from(self.is_fit(at) && self.add_one(kind, at).is_some())
            };
        }
    }

    fn is_fit(&self, at: usize) -> bool {
        let header = &self.headers[at];
        header.amount >= AMOUNT_MIN
            && !self.used.contains(&at)
            && !self.taken_back.contains(&(header.supplier.clone(), header.amount))
    }

    fn add_one(&mut self, kind: Kind, at: usize) -> Option<()> {
        match kind {
            Kind::ThreeCopies => {
                let copies = [
                    self.keying.copy(&self.headers[at], self.dates, &mut self.chance)?,
                    self.keying.copy(&self.headers[at], self.dates, &mut self.chance)?,
                ];
                self.note(kind, vec![at], copies.into());
            }
            Kind::InTwoParts | Kind::InThreeParts => {
                let count = if kind == Kind::InTwoParts { 2 } else { 3 };
                let original = &self.headers[at];
                let parts = self.keying.in_parts(original, count, self.dates, &mut self.chance)?;
                self.note(kind, vec![at], parts);
            }
            Kind::StatementOfThree | Kind::StatementOfFive => {
                let count = if kind == Kind::StatementOfThree { 3 } else { 5 };
                let near = self.near(at, count)?;
                let stated: Vec<&Header> = near.iter().map(|place| &self.headers[*place]).collect();
                let statement = self.keying.statement(&stated, self.dates, &mut self.chance)?;
                self.note(kind, near, vec![statement]);
            }
            Kind::SumOfTwo => {
                let near = self.near(at, 2)?;
                let other = self.headers[near[1]].amount;
                let mut copy = self.keying.copy(&self.headers[at], self.dates, &mut self.chance)?;
                copy.amount += other;
                copy.stated = copy.amount;
                self.note(kind, near, vec![copy]);
            }
            Kind::BilledAgain => self.bill_again(at)?,
            _ => {
                let original = &self.headers[at];
                let copy = self.keying.slipped(kind, original, self.dates, &mut self.chance)?;
                self.note(kind, vec![at], vec![copy]);
            }
        }
        Some(())
    }

    /// A credit of an invoice, a bill in its place, and that one once more.
    fn bill_again(&mut self, at: usize) -> Option<()> {
        let [credit, bill] = self.keying.credit_and_bill(&self.headers[at], &mut self.chance);
        let copy = self.keying.copy(&bill, self.dates, &mut self.chance)?;
        self.used.insert(at);
        for (header, what) in [(credit, "credit"), (bill, "bill")] {
            let id = format!("{what}-{}-{}", self.injected.len(), header.id);
            self.headers.push(Header { id, ..header });
        }
        self.note(Kind::BilledAgain, vec![self.headers.len() - 1], vec![copy]);
        Some(())
    }

    /// Invoices that were keyed on one day are keyed again on another, all in one way.
    fn add_batch(&mut self, kind: Kind, wanted: usize) -> usize {
        let first = self.chance.index(self.originals);
        if !self.is_fit(first) {
            return 0;
        }
        let day = self.headers[first].entered;
        let size = self.chance.index(BATCH.end() - BATCH.start() + 1) + BATCH.start();
        let beside: Vec<usize> = (first..self.originals)
            .filter(|at| self.headers[*at].entered == day && self.is_fit(*at))
            .take(size.min(wanted))
            .collect();
        if beside.len() < size.min(wanted) {
            return 0;
        }
        let later = self.chance.between(1, 60);
        let mut chance = Chance::new(self.chance.between(0, i64::MAX - 1).unsigned_abs());
        let sort = self.chance.index(2);
        let mut made = 0;
        for at in beside {
            let original = &self.headers[at];
            let mut copy = self.keying.later(original, later, self.dates);
            let number = match (kind, sort) {
                (Kind::BatchWithPrefix, _) => prefixed(&original.number, &mut chance),
                (_, 0) => Some(original.number.clone()),
                _ => zeros(&original.number, &mut chance),
            };
            let Some(number) = number else { continue };
            copy.number = number;
            self.note(kind, vec![at], vec![copy]);
            made += 1;
        }
        made
    }

    /// An invoice and others of its supplier within a few weeks before it, so many together.
    fn near(&self, at: usize, count: usize) -> Option<Vec<usize>> {
        const NEAR_DAYS: i32 = 30;
        let own = &self.headers[at];
        let mut numbers = HashMap::from([(own.number.as_str(), at)]);
        for other in self.keying.places_of(&own.supplier) {
            let header = &self.headers[*other];
            let is_near = (0..=NEAR_DAYS).contains(&(own.invoiced - header.invoiced));
            if is_near && header.amount != own.amount && self.is_fit(*other) {
                numbers.entry(header.number.as_str()).or_insert(*other);
            }
            if numbers.len() == count {
                break;
            }
        }
        let mut places: Vec<usize> = numbers.into_values().filter(|place| *place != at).collect();
        places.sort_unstable();
        places.insert(0, at);
        (places.len() == count).then_some(places)
    }

    fn note(&mut self, kind: Kind, originals: Vec<usize>, copies: Vec<Header>) {
        self.used.extend(&originals);
        let first = self.headers.len();
        for copy in copies {
            let id = format!("dup-{}-{}-{}", self.injected.len(), self.headers.len(), copy.id);
            self.headers.push(Header { id, ..copy });
        }
        let copies = (first..self.headers.len()).collect();
        self.injected.push(InjectedGroup { kind, originals, copies });
    }
}
