//! The numbers of all invoices in the forms they are looked up by, and who uses which.
//!
//! Invariant: what is counted for a pair leaves the pair itself out.

mod newcomer;
mod party_counts;
mod slip_keys;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::invoice_number::{InvoiceNumber, NumberLikeness, segments};
use crate::invoices::Invoices;

use self::party_counts::PartyCounts;
use self::slip_keys::Slips;
use super::number_forms::{Form, LENGTHS, NumberForms, WrittenDay, read_all};
use super::placeholders;
use super::shared_series;
use crate::text_key;

#[derive(Debug, Default)]
pub(super) struct Numbers {
    plain: Vec<u64>,
    merged_keys: Vec<u64>,
    forms: Vec<Form>,
    /// By place: the day that the number is the writing of.
    dates: Vec<WrittenDay>,
    /// Characters of the plain form, below [`LENGTHS`]: longer ones count as the longest.
    lengths: Vec<u8>,
    /// By party: the lengths of its numbers, a bit each.
    lengths_used: Vec<u16>,
    used: PartyCounts,
    /// By place: how often its party uses its number.
    uses: Vec<u32>,
    merged: PartyCounts,
    /// By the digits of numbers, and by parts of them that could be numbers of their own.
    cores: PartyCounts,
    everywhere: FxHashMap<u64, u32>,
    /// By place: whether the number is of a series that runs through many parties.
    is_shared: Vec<bool>,
    /// By length, of the numbers of parties first, then of those of shared series.
    collisions: [[Collisions; LENGTHS]; 2],
    /// Texts that stand for no number.
    placeholders: FxHashSet<u64>,
    /// Set when the ids of rows stand in the place of numbers.
    are_ids: bool,
}

pub(super) use newcomer::{CountedNumber, NumberPlaces};

/// Invoices of other parties that bear the numbers of some, and how many these are.
#[derive(Debug, Clone, Copy, Default)]
struct Collisions {
    elsewhere: f64,
    of: f64,
}

/// One popular number says nothing about the others of its length.
const COLLISIONS_COUNTED_MAX: u32 = 3;

impl Numbers {
    /// On so many threads.
    pub(super) fn of(invoices: &Invoices, threads: usize) -> Self {
        let mut read = read_all(invoices, threads);
        let placeholders = placeholders::leave_out(invoices, &mut read);
        let are_ids = placeholders::are_ids(invoices);
        if are_ids {
            for read in &mut read {
                *read = read.without_number();
            }
        }
        let uses = |key: fn(&NumberForms) -> u64| -> Vec<(u32, u64)> {
            let told = read.iter().zip(&invoices.party).filter(|(read, _)| read.plain != 0);
            told.map(|(read, party)| (*party, key(read))).collect()
        };
        let ((merged, used), cores) = crate::parallel::both(
            || {
                (
                    PartyCounts::of(uses(|read| read.merged)),
                    PartyCounts::of(uses(|read| read.plain)),
                )
            },
            || cores(invoices, &read),
        );
        let mut everywhere = FxHashMap::default();
        for read in read.iter().filter(|read| read.plain != 0) {
            *everywhere.entry(read.plain).or_insert(0) += 1;
        }
        let mut lengths_used = Vec::new();
        for (read, party) in read.iter().zip(&invoices.party).filter(|(read, _)| read.plain != 0) {
            note_length(&mut lengths_used, *party, read.length);
        }
        let mut numbers = Self {
            plain: read.iter().map(|read| read.plain).collect(),
            merged_keys: read.iter().map(|read| read.merged).collect(),
            forms: read.iter().map(|read| read.form).collect(),
            dates: read.iter().map(|read| read.date).collect(),
            lengths: read.iter().map(|read| read.length).collect(),
            lengths_used,
            uses: Vec::new(),
            used,
            merged,
            cores,
            everywhere,
            is_shared: Vec::new(),
            collisions: [[Collisions::default(); LENGTHS]; 2],
            placeholders,
            are_ids,
        };
        numbers.is_shared = shared_series::find(invoices, &numbers.forms, threads);
        let use_of = |at: usize| numbers.used.get(invoices.party[at], numbers.plain[at]);
        numbers.uses = crate::parallel::of_all(invoices.len(), threads, use_of);
        numbers.collisions = numbers.learn_collisions(invoices);
        numbers
    }

    /// The identity of what scanners make of the number; 0 when the number tells nothing.
    pub(super) fn merged_key(&self, at: usize) -> u64 {
        self.merged_keys[at]
    }

    /// The plain form's identity; 0 when the number tells nothing.
    pub(super) fn plain(&self, at: usize) -> u64 {
        self.plain[at]
    }

    pub(super) fn form(&self, at: usize) -> Form {
        self.forms[at]
    }

    /// The day that an invoice's number is the writing of.
    pub(super) fn date(&self, at: usize) -> WrittenDay {
        self.dates[at]
    }

    /// The number of invoices of its party that bear an invoice's number, itself counted.
    pub(super) fn used(&self, at: usize) -> u32 {
        self.uses[at]
    }

    /// The number of invoices of other parties to be expected with this number beside the one
    /// compared.
    pub(super) fn expected_elsewhere(&self, at: usize) -> f64 {
        let used = self.everywhere.get(&self.plain[at]).copied().unwrap_or(0);
        let (series, length) = self.sort_of(at);
        let Collisions { elsewhere, of } = self.collisions[series][length];
        // The two compared meet each other.
        let themselves = if used > 1 { 2.0 } else { 0.0 };
        let usual = ((elsewhere - themselves).max(0.0) + 0.5) / (of + 5.0);
        f64::from(used.saturating_sub(2)) + usual
    }

    /// Returns `true` when an invoice's number is of a series that runs through many parties: the
    /// buyer's own.
    pub(super) fn is_shared(&self, at: usize) -> bool {
        self.is_shared[at]
    }

    /// The place of an invoice's number in the collisions.
    fn sort_of(&self, at: usize) -> (usize, usize) {
        (usize::from(self.is_shared[at]), usize::from(self.lengths[at]))
    }

    /// The number of invoices of the party that bear a number which is this one but for a slip of
    /// the given sort.
    pub(super) fn variants(
        &self,
        party: u32,
        (text, number): (&str, &InvoiceNumber),
        slip: NumberLikeness,
    ) -> u32 {
        let [variants] = self.variants_of(party, (text, number), [slip]);
        variants
    }

    /// The numbers of invoices by several sorts of slips.
    pub(super) fn variants_of<const SORTS: usize>(
        &self,
        party: u32,
        (text, number): (&str, &InvoiceNumber),
        sorts: [NumberLikeness; SORTS],
    ) -> [u32; SORTS] {
        let own = self.used.of_party(party);
        let beside_itself = |all: u32| all.saturating_sub(own.get(text_key(&number.plain)));
        let of_core = |core: u64| match core {
            0 => 0,
            core => beside_itself(self.cores.get(party, core)),
        };
        let lengths = self.lengths_used.get(party as usize).copied().unwrap_or(0);
        let is_written = number.plain.is_ascii();
        let mut slips: Option<Slips<'_>> = None;
        sorts.map(|slip| match slip.counted_as() {
            NumberLikeness::Misread => {
                beside_itself(self.merged.get(party, text_key(number.merged())))
            }
            NumberLikeness::Contained => of_core(segments::core(text)),
            NumberLikeness::Rearranged => of_core(segments::core_in_any_order(text)),
            slip => {
                let mut found = 0;
                if is_written && Slips::has_length(number, slip, lengths) {
                    let slips = slips.get_or_insert_with(|| Slips::of(number));
                    slips.each(slip, &mut |key| found += own.get(key));
                }
                found
            }
        })
    }

    fn learn_collisions(&self, invoices: &Invoices) -> [[Collisions; LENGTHS]; 2] {
        let mut learnt = [[Collisions::default(); LENGTHS]; 2];
        for at in 0..invoices.len() {
            let (series, length) = self.sort_of(at);
            let all = self.everywhere.get(&self.plain[at]).copied().unwrap_or(0);
            let elsewhere = all.saturating_sub(self.used(at));
            learnt[series][length].elsewhere += f64::from(elsewhere.min(COLLISIONS_COUNTED_MAX));
            learnt[series][length].of += 1.0;
        }
        learnt
    }
}

/// Adds a length to those of a party's numbers.
fn note_length(lengths: &mut Vec<u16>, party: u32, length: u8) {
    let party = party as usize;
    if lengths.len() <= party {
        lengths.resize(party + 1, 0);
    }
    lengths[party] |= 1 << length;
}

fn cores(invoices: &Invoices, read: &[NumberForms]) -> PartyCounts {
    let mut uses = Vec::with_capacity(read.len());
    for (at, _) in read.iter().enumerate().filter(|(_, read)| read.plain != 0) {
        let party = invoices.party[at];
        segments::each_core(invoices.number(at), &mut |core| uses.push((party, core)));
    }
    PartyCounts::of(uses)
}
