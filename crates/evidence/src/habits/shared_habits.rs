//! What suppliers do at one time without knowing of each other: batches that the buyer books and pays
//! together, prices that many charge.
//!
//! Invariant: nothing is learnt from invoices that share number and amount, as two keyings of one do.

use rustc_hash::FxHashMap;

use super::Habits;
use super::numbers::Numbers;
use crate::days::DayLikeness;
use crate::invoices::Invoices;
use crate::{narrow, parallel};

/// Of the invoices of one amount, or of one number, so many are compared, spread over their days.
const MEMBERS_MAX: usize = 8;
/// The number of pairs that weigh as much as the rate at which any two invoices are so far apart.
const SHRINKAGE: f64 = 12.0;
/// Two parties are equal in amount and day so often by chance.
const BY_CHANCE: u32 = 2;

/// Habits between parties.
#[derive(Debug, Default)]
pub(super) struct SharedHabits {
    /// Of numbers of their own first, then of the buyer's, who numbers what is booked in batches.
    of_one_amount: [DaysApart; 2],
    of_one_number: DaysApart,
    /// The count of equal amounts of two parties on one day, where more than [`BY_CHANCE`].
    together: FxHashMap<(u32, u32), u32>,
}

/// The distances in time of invoices of two parties that are alike in one respect.
#[derive(Debug, Clone, Copy, Default)]
struct DaysApart {
    days: [f64; DayLikeness::ALL.len()],
    all: f64,
}

/// The respect in which an invoice is alike to others, its day, and its place.
type Alike = (u64, i32, u32);

impl SharedHabits {
    /// On so many threads.
    pub(super) fn learn(invoices: &Invoices, numbers: &Numbers, threads: usize) -> Self {
        let entry = |key: u64, at: usize| (key, invoices.invoiced[at], narrow(at));
        let amount = |at: usize| entry(invoices.amount[at].max(0).cast_unsigned(), at);
        let number = |at: usize| entry(numbers.plain(at), at);
        let all = invoices.len();
        let by_amount = parallel::sorted(parallel::of_all(all, threads, amount), threads);
        let by_number = parallel::sorted(parallel::of_all(all, threads, number), threads);
        let (mut habits, mut together) = (Self::default(), FxHashMap::default());
        for group in groups(&by_amount) {
            for (series, apart) in habits.of_one_amount.iter_mut().enumerate() {
                apart.add(invoices, group, |a, b| {
                    let number = numbers.merged_key(a);
                    let are_other = number == 0 || number != numbers.merged_key(b);
                    are_other && series_of(numbers, a, b) == series
                });
            }
            for day in group.chunk_by(|x, y| x.1 == y.1).filter(|day| day.len() > 1) {
                count_together(invoices, numbers, day, &mut together);
            }
        }
        for group in groups(&by_number) {
            habits
                .of_one_number
                .add(invoices, group, |a, b| invoices.amount[a] != invoices.amount[b]);
        }
        together.retain(|_, times| *times > BY_CHANCE);
        habits.together = together;
        habits
    }
}

/// The things that invoices of other parties share with a given one: how many are to be expected
/// with its number, and the shares of all with its amount and its day.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedElsewhere {
    pub number: f64,
    pub amount: f64,
    pub day: f64,
}

impl Habits {
    /// The number of genuine invoices of other parties to be expected with a thing of this one.
    pub fn elsewhere(&self, invoices: &Invoices, at: usize) -> ExpectedElsewhere {
        let all = f64::from(narrow(invoices.len())).max(1.0);
        let others = |count: Option<&u32>| f64::from(count.copied().unwrap_or(0).saturating_sub(2));
        ExpectedElsewhere {
            number: self.numbers.expected_elsewhere(at),
            amount: (others(self.amounts.get(&invoices.amount[at])) + 1.0) / all,
            day: (others(self.days.get(&invoices.invoiced[at])) + 1.0) / all,
        }
    }

    /// The number of invoices of the ledger with the amount of this one, itself counted.
    pub fn amount_used(&self, invoices: &Invoices, at: usize) -> u32 {
        self.amounts.get(&invoices.amount[at]).copied().unwrap_or(0)
    }

    /// Returns `true` when an invoice's number is of a series that runs through many parties: the
    /// buyer's own.
    pub fn is_buyers_own(&self, at: usize) -> bool {
        self.numbers.is_shared(at)
    }

    /// The rate at which invoices of two parties that share their amount, numbered as these two are, are
    /// so far apart, where any two are at the rate `usual`.
    pub fn days_of_one_amount(
        &self,
        (a, b): (usize, usize),
        likeness: DayLikeness,
        usual: f64,
    ) -> f64 {
        self.shared.of_one_amount[series_of(&self.numbers, a, b)].rate(likeness, usual)
    }

    /// The rate at which invoices of two parties that share their number are so far apart, where any two are
    /// at the rate `usual`.
    pub fn days_of_one_number(&self, likeness: DayLikeness, usual: f64) -> f64 {
        self.shared.of_one_number.rate(likeness, usual)
    }

    /// The share of the invoices of the smaller of two parties that have their like in amount and day at the
    /// other, beside the two compared.
    pub fn equal_between(&self, one: u32, other: u32) -> f64 {
        let times = self.shared.together.get(&(one.min(other), one.max(other)));
        let others = times.copied().unwrap_or(0).saturating_sub(1);
        let invoices = |party: u32| f64::from(narrow(self.members(party).len()));
        f64::from(others) / invoices(one).min(invoices(other))
    }
}

impl DaysApart {
    /// Every two of some of them; one group counts as often as it has invoices that are looked at.
    fn add(
        &mut self,
        invoices: &Invoices,
        group: &[Alike],
        is_wanted: impl Fn(usize, usize) -> bool,
    ) {
        let members = group.len().min(MEMBERS_MAX);
        let place = |nth: usize| group[nth * group.len() / members].2 as usize;
        let weight = 1.0 / f64::from(narrow(members - 1));
        for one in 0..members {
            for other in one + 1..members {
                let (a, b) = (place(one), place(other));
                if invoices.party[a] != invoices.party[b] && is_wanted(a, b) {
                    let days = DayLikeness::of(invoices.invoiced[a], invoices.invoiced[b]);
                    self.days[days.index()] += weight;
                    self.all += weight;
                }
            }
        }
    }

    fn rate(&self, likeness: DayLikeness, usual: f64) -> f64 {
        (self.days[likeness.index()] + SHRINKAGE * usual) / (self.all + SHRINKAGE)
    }
}

/// The place of a pair: 1 when both invoices bear numbers of the buyer's own, else 0.
fn series_of(numbers: &Numbers, a: usize, b: usize) -> usize {
    usize::from(numbers.is_shared(a) && numbers.is_shared(b))
}

/// Of those that say what they are alike in.
fn groups(sorted: &[Alike]) -> impl Iterator<Item = &[Alike]> {
    sorted.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() > 1 && group[0].0 != 0)
}

/// Of invoices of one amount and day; of many, an amount that all bill, nothing is learnt of any two.
fn count_together(
    invoices: &Invoices,
    numbers: &Numbers,
    day: &[Alike],
    together: &mut FxHashMap<(u32, u32), u32>,
) {
    if day.len() > MEMBERS_MAX {
        return;
    }
    for (nth, (_, _, a)) in day.iter().enumerate() {
        for (_, _, b) in &day[nth + 1..] {
            let (a, b) = (*a as usize, *b as usize);
            let (one, other) = (invoices.party[a], invoices.party[b]);
            let number = numbers.merged_key(a);
            if one != other && (number == 0 || number != numbers.merged_key(b)) {
                *together.entry((one.min(other), one.max(other))).or_insert(0) += 1;
            }
        }
    }
}
