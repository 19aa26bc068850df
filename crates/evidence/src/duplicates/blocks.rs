//! Which invoices are compared at all: those alike in one respect, every two of them.
//!
//! Not for: comparing them (`search`).
//!
//! Invariant: a pair belongs to the first respect in which it is alike, so that it is compared once.

use std::borrow::Cow;

use crate::habits::Habits;
use crate::invoice_number::{InvoiceNumber, NumberLikeness, segments};
use crate::invoices::Invoices;
use crate::parallel;
use crate::weigh::NumberedInvoice;

/// The respect in which two invoices are alike, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockingKey {
    PartyAndAmount,
    NumberAndAmount,
    PartyAndNumber,
    PartyAndStem,
    /// A day on which the party has few.
    PartyAndDay,
    /// An amount that few invoices have.
    RareAmount,
}

/// An amount of more invoices tells nothing about any two of them.
pub(super) const RARE_MAX: usize = 4;
/// A day of more invoices of one party tells nothing about any two of them, where number and amount both
/// differ.
pub(super) const OF_A_DAY_MAX: usize = 6;

impl BlockingKey {
    pub(super) const ALL: [Self; 6] = [
        Self::PartyAndAmount,
        Self::NumberAndAmount,
        Self::PartyAndNumber,
        Self::PartyAndStem,
        Self::PartyAndDay,
        Self::RareAmount,
    ];

    const fn is_of_party(self) -> bool {
        !matches!(self, Self::NumberAndAmount | Self::RareAmount)
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::PartyAndAmount => "supplier and amount",
            Self::NumberAndAmount => "number and amount",
            Self::PartyAndNumber => "supplier and number",
            Self::PartyAndStem => "supplier and stem of the number",
            Self::PartyAndDay => "supplier and day",
            Self::RareAmount => "rare amount",
        }
    }
}

/// More invoices alike in one respect than are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overfull {
    pub blocking_key: BlockingKey,
    /// The place of one of them.
    pub first: usize,
    pub invoices: usize,
}

/// The forms of numbers by which invoices are brought together, by place; 0 when a number tells nothing.
pub(super) struct Keys<'a> {
    invoices: &'a Invoices,
    habits: &'a Habits,
    /// By place; 0 when a number tells nothing.
    stems: Cow<'a, [u64]>,
}

/// Places, block by block, each in order.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    places: Vec<u32>,
    ends: Vec<usize>,
}

/// The key that the invoices of a block share, and one of them.
type Entry = (u64, u64, u32);

impl<'a> Keys<'a> {
    /// On so many threads.
    pub(super) fn of(invoices: &'a Invoices, habits: &'a Habits, threads: usize) -> Self {
        Self { invoices, habits, stems: Cow::Owned(stems(invoices, habits, threads)) }
    }

    /// With stems that are known already.
    pub(super) const fn with_stems(
        invoices: &'a Invoices,
        habits: &'a Habits,
        stems: &'a [u64],
    ) -> Self {
        Self { invoices, habits, stems: Cow::Borrowed(stems) }
    }

    /// The first respect in which two invoices are alike, of those in some block together.
    pub(super) fn first(&self, a: usize, b: usize) -> BlockingKey {
        let (invoices, habits) = (self.invoices, self.habits);
        let same_party = invoices.party[a] == invoices.party[b];
        let same_amount = invoices.amount[a] == invoices.amount[b];
        let same = |a: u64, b: u64| a != 0 && a == b;
        if same_party && same_amount {
            BlockingKey::PartyAndAmount
        } else if same_amount && same(habits.merged(a), habits.merged(b)) {
            BlockingKey::NumberAndAmount
        } else if same_party && same(habits.plain(a), habits.plain(b)) {
            BlockingKey::PartyAndNumber
        } else if same_party && same(self.stems[a], self.stems[b]) {
            BlockingKey::PartyAndStem
        } else if same_party {
            BlockingKey::PartyAndDay
        } else {
            BlockingKey::RareAmount
        }
    }

    /// Returns `true` when one number is a slip of the other: with amounts that differ as well, a day
    /// alone says nothing.
    pub(super) fn are_slips(&self, one: NumberedInvoice<'_>, other: NumberedInvoice<'_>) -> bool {
        let [x, y] = [one, other].map(|invoice| self.invoices.number(invoice.at));
        NumberLikeness::of((x, one.number), (y, other.number)).is_slip()
    }

    /// Those with at most `cap` invoices, by party where the respect has one; larger ones are reported.
    pub(super) fn blocks(
        &self,
        blocking_key: BlockingKey,
        cap: usize,
        threads: usize,
        overfull: &mut Vec<Overfull>,
    ) -> Blocks {
        let sorted = self.sorted(blocking_key, threads);
        let mut blocks = Blocks::default();
        for block in sorted.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            if block.len() < 2 || !self.is_wanted(blocking_key, block) {
                continue;
            }
            if block.len() > cap {
                let first = block[0].2 as usize;
                overfull.push(Overfull { blocking_key, first, invoices: block.len() });
                continue;
            }
            blocks.places.extend(block.iter().map(|(_, _, at)| *at));
            blocks.ends.push(blocks.places.len());
        }
        blocks
    }

    /// Entries by key. Those of a party are sorted by themselves, as they lie together.
    fn sorted(&self, blocking_key: BlockingKey, threads: usize) -> Vec<Entry> {
        let places = self.habits.by_party().iter().map(|at| *at as usize);
        let mut entries: Vec<Entry> =
            places.filter_map(|at| self.entry(blocking_key, at)).collect();
        if !blocking_key.is_of_party() {
            return parallel::sorted(entries, threads);
        }
        for of_party in entries.chunk_by_mut(|x, y| x.0 == y.0) {
            of_party.sort_unstable();
        }
        entries
    }

    fn entry(&self, blocking_key: BlockingKey, at: usize) -> Option<Entry> {
        let (party, amount) = (self.invoices.party[at], self.invoices.amount[at]);
        let (party, money) = (u64::from(party), amount.cast_unsigned());
        let key = match blocking_key {
            BlockingKey::PartyAndAmount => (amount != 0).then_some((party, money)),
            BlockingKey::NumberAndAmount => {
                let number = self.habits.merged(at);
                (amount != 0 && number != 0).then_some((number, money))
            }
            BlockingKey::PartyAndNumber => {
                let number = self.habits.plain(at);
                (number != 0).then_some((party, number))
            }
            BlockingKey::PartyAndStem => (self.stems[at] != 0).then_some((party, self.stems[at])),
            BlockingKey::PartyAndDay => {
                let day = u64::from(self.invoices.invoiced[at].cast_unsigned());
                (amount > 0).then_some((party, day))
            }
            BlockingKey::RareAmount => (amount != 0).then_some((money, 0)),
        };
        key.map(|(one, other)| (one, other, crate::narrow(at)))
    }

    /// Returns `true` when a block holds pairs that no earlier respect has brought together.
    fn is_wanted(&self, blocking_key: BlockingKey, block: &[Entry]) -> bool {
        let (invoices, habits) = (self.invoices, self.habits);
        let parties = || differ(block, |at| invoices.party[at]);
        let amounts = || differ(block, |at| invoices.amount[at]);
        match blocking_key {
            BlockingKey::PartyAndAmount => true,
            BlockingKey::NumberAndAmount => parties(),
            BlockingKey::PartyAndNumber => amounts(),
            BlockingKey::PartyAndStem => amounts() && differ(block, |at| habits.plain(at)),
            BlockingKey::PartyAndDay => block.len() <= OF_A_DAY_MAX && amounts(),
            BlockingKey::RareAmount => block.len() <= RARE_MAX && parties(),
        }
    }
}

/// The stems of all numbers by place, on so many threads.
pub(super) fn stems(invoices: &Invoices, habits: &Habits, threads: usize) -> Vec<u64> {
    parallel::of_all(invoices.len(), threads, |at| stem_of(invoices, habits, at))
}

/// The stem of one number; 0 when it tells nothing.
pub(super) fn stem_of(invoices: &Invoices, habits: &Habits, at: usize) -> u64 {
    match habits.plain(at) {
        0 => 0,
        _ => stem_key(invoices.number(at)),
    }
}

/// The identity of a number without its tail and whatever else stands round its digits.
pub fn stem_key(number: &str) -> u64 {
    let stem = InvoiceNumber::stem(number);
    match segments::core(&stem) {
        0 => crate::text_key(&stem),
        core => core,
    }
}

fn differ<T: PartialEq>(block: &[Entry], of: impl Fn(usize) -> T) -> bool {
    let first = of(block[0].2 as usize);
    block.iter().any(|(_, _, at)| of(*at as usize) != first)
}

impl Blocks {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn places(&self, block: usize) -> &[u32] {
        let start = if block == 0 { 0 } else { self.ends[block - 1] };
        &self.places[start..self.ends[block]]
    }

    /// The number of every two invoices of a block.
    pub(super) fn pairs(&self, block: usize) -> usize {
        let count = self.places(block).len();
        count * (count - 1) / 2
    }

    /// The pairs that each invoice keeps so that about `pairs_max` are kept: all where there are no more.
    pub(super) fn share_of(&self, pairs_max: usize) -> usize {
        let pairs: usize = (0..self.len()).map(|block| self.pairs(block)).sum();
        if pairs <= pairs_max { usize::MAX } else { (pairs_max / self.places.len()).max(1) }
    }
}
