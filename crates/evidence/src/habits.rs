//! What each party usually does, so that a likeness is weighed against it: how often *this* supplier bills
//! an amount twice, numbers invoices so alike, sends several on one day.
//!
//! Not for: what duplicates look like (`weigh::error_model`), or weighing a pair (`weigh`).
//!
//! Invariant: nothing here is learnt from pairs that are alike in number and amount at once, so duplicates
//! do not teach that duplicates are usual. Pairs are chosen by a fixed rule: the same invoices give the
//! same habits.

mod amount_class;
mod amounts;
mod busy_days;
mod by_party;
mod joint_bills;
mod nearness;
mod newcomer;
mod number_forms;
mod numbered_pieces;
mod numbers;
mod numbers_expected;
mod own;
mod period_codes;
mod placeholders;
mod posting;
mod sample;
mod series;
mod shared_habits;
mod shared_series;
mod sums;
mod tally;

use rustc_hash::FxHashMap;

use crate::days::{DayLikeness, Gap};
use crate::invoice_number::NumberLikeness;
use crate::invoices::Invoices;
use crate::parallel;

use amount_class::{AmountClass, ByClass, CLASSES};
pub use amounts::Recurrence;
pub use busy_days::BusyDays;
use by_party::by_party;
pub use joint_bills::{JointBill, JointSearch};
pub use newcomer::{HabitPlaces, Newcomer};
pub use numbered_pieces::NumberedPieces;
use numbers::Numbers;
use own::{LearntHabits, Own};
pub use placeholders::Placeholders;
pub(crate) use sample::{SHARED_FIELDS, same};
pub use series::Place;
pub use shared_habits::ExpectedElsewhere;
use shared_habits::SharedHabits;
use sums::Sums;
pub use tally::{Field, Tally};

/// A party must have this many invoices before its own habits count at all.
const OWN_HABITS_MIN: usize = 4;
const OWN_HABITS_FROM: f32 = 4.0;
/// Invoices beside another that make a habit: three couples are more than are keyed twice by chance.
const HALVES_MIN: f32 = 6.0;
/// The number of its own pairs that weigh as much as the rate of all parties.
const SHRINKAGE: f64 = 12.0;

/// The habits of all parties.
#[derive(Debug)]
pub struct Habits {
    /// Places of invoices by party, then day, then place.
    order: Vec<u32>,
    /// Where in `order` a party's invoices begin; one more than there are parties.
    begins: Vec<u32>,
    /// Where among its party's each place stands.
    positions: Vec<u32>,
    /// Where in its series the number of each place stands, newcomers aside.
    places: Vec<Place>,
    /// The invoices of a few parties with a newcomer among them, the last to count.
    with_newcomers: Vec<(u32, Vec<u32>)>,
    own: Vec<Option<Box<Own>>>,
    everywhere: Everywhere,
    recurrences: amounts::Recurrences,
    /// The number of invoices of all parties with a twin, by the class of their amounts.
    twin_rates: ByClass<f64>,
    numbers: Numbers,
    shared: SharedHabits,
    sums: Sums,
    amounts: FxHashMap<i64, u32>,
    days: FxHashMap<i32, u32>,
    /// The share of invoices whose date may be the day of their posting, as they have no other.
    posting: posting::PostingDays,
}

/// Of all parties together, each counted as far as it was sampled.
type Everywhere = Own;

/// A chance: at the party itself, and at all parties together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaseRate {
    pub own: f64,
    pub pooled: f64,
}

impl Habits {
    /// On so many threads.
    pub fn learn(invoices: &Invoices, threads: usize) -> Self {
        let by_parties = || {
            let (order, begins) = by_party(invoices, threads);
            let sums = Sums::by_party(invoices, &order, &begins);
            let (mut amounts, mut days) = (FxHashMap::default(), FxHashMap::default());
            for at in 0..invoices.len() {
                *amounts.entry(invoices.amount[at]).or_insert(0) += 1;
                *days.entry(invoices.invoiced[at]).or_insert(0) += 1;
            }
            (order, begins, sums, amounts, days)
        };
        let (numbers, (order, begins, sums, amounts, days)) =
            parallel::both(|| Numbers::of(invoices, threads), by_parties);
        let parties = begins.len() - 1;
        let mut positions = vec![0; order.len()];
        for (position, at) in order.iter().enumerate() {
            let begin = begins[invoices.party[*at as usize] as usize];
            positions[*at as usize] = crate::narrow(position) - begin;
        }
        let mut habits = Self {
            order,
            begins,
            positions,
            places: Vec::new(),
            with_newcomers: Vec::new(),
            own: Vec::with_capacity(parties),
            everywhere: Own::default(),
            recurrences: amounts::Recurrences::default(),
            twin_rates: [0.0; CLASSES],
            shared: SharedHabits::learn(invoices, &numbers, threads),
            numbers,
            sums,
            amounts,
            days,
            posting: posting::PostingDays::of(invoices),
        };
        habits.places = parallel::of_all(invoices.len(), threads, |at| {
            let position = habits.positions[at] as usize;
            let members = habits.members(invoices.party[at]);
            series::place(&habits.numbers, members, position, usize::MAX)
        });
        habits.learn_parties(invoices, threads);
        habits.learn_twin_rates();
        habits
    }

    fn learn_twin_rates(&mut self) {
        let twins = &self.everywhere.twins;
        self.twin_rates = amount_class::shares(&twins.with, &twins.of, twins.usual());
    }

    /// Keeps the habits of a party where they are enough to count, and gives those before.
    fn keep_own(&mut self, party: u32, own: Own) -> Option<Box<Own>> {
        let enough = own.invoices >= OWN_HABITS_FROM;
        std::mem::replace(&mut self.own[party as usize], enough.then(|| Box::new(own)))
    }

    /// Every thread takes parties with as many invoices; what they learn is put together in the order of
    /// parties, so that sums do not depend on the threads.
    fn learn_parties(&mut self, invoices: &Invoices, threads: usize) {
        let parties = self.begins.len() - 1;
        let share = invoices.len().div_ceil(threads.max(1)).max(1);
        let part_of = |party: usize| self.begins[party] as usize / share;
        let mut bounds = vec![0];
        bounds.extend((1..parties).filter(|party| part_of(*party) != part_of(*party - 1)));
        bounds.push(parties);
        let own = &*self;
        let learnt: Vec<LearntHabits> = std::thread::scope(|scope| {
            let learn = |from: usize, to: usize| move || own.learn_some(invoices, from..to);
            let threads: Vec<_> =
                bounds.windows(2).map(|part| scope.spawn(learn(part[0], part[1]))).collect();
            threads.into_iter().map(parallel::join).collect()
        });
        for (owns, recurrences) in learnt {
            self.recurrences.extend(recurrences);
            for own in owns {
                self.everywhere.add(&own);
                let enough = own.invoices >= OWN_HABITS_FROM;
                self.own.push(enough.then(|| Box::new(own)));
            }
        }
    }

    fn learn_some(&self, invoices: &Invoices, parties: std::ops::Range<usize>) -> LearntHabits {
        let mut recurrences = amounts::Recurrences::default();
        let owns = parties
            .map(|party| {
                let party = crate::narrow(party);
                self.learn_party(invoices, party, &mut recurrences)
            })
            .collect();
        (owns, recurrences)
    }

    fn learn_party(
        &self,
        invoices: &Invoices,
        party: u32,
        recurrences: &mut amounts::Recurrences,
    ) -> Own {
        let members = self.members(party);
        let mut own = Own::default();
        #[expect(clippy::cast_precision_loss, reason = "a count, compared with others")]
        {
            own.invoices = members.len() as f32;
        }
        let numbers = &self.numbers;
        own.twins = recurrences.learn(invoices, numbers, members);
        if members.len() < OWN_HABITS_MIN {
            return own;
        }
        let sums = &self.sums;
        let sampled =
            sample::sample(invoices, members, &|a, b| sums.third(invoices, a, b).is_some());
        (own.tallies, own.days) = (*sampled.tallies, *sampled.days);
        let (strays, placed) = self.strays(party);
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred")]
        {
            (own.strays, own.placed) = (strays as f32, placed as f32);
        }
        own.followers = busy_days::followers_of(invoices, members);
        own.learn_numbers(invoices, numbers, party, members);
        own
    }

    /// Places by party, then day.
    pub(crate) fn by_party(&self) -> &[u32] {
        &self.order
    }

    /// A party's invoices by day.
    pub fn members(&self, party: u32) -> &[u32] {
        if let Some((_, members)) = self.with_newcomers.iter().rfind(|(of, _)| *of == party) {
            return members;
        }
        match self.begins.get(party as usize..) {
            Some([from, to, ..]) => &self.order[*from as usize..*to as usize],
            _ => &[],
        }
    }

    fn own(&self, party: u32) -> &Own {
        self.own[party as usize].as_deref().unwrap_or(&self.everywhere)
    }

    /// Returns `true` where a party has enough invoices for habits of its own; else the rates are of all
    /// parties.
    pub fn knows(&self, party: u32) -> bool {
        self.own[party as usize].is_some()
    }

    /// The rate at which two genuine invoices of a party, so far apart, are alike in a field.
    pub fn alike(&self, party: u32, gap: Gap, field: Field) -> BaseRate {
        let pooled = self.everywhere.tallies[gap.index()].rate(field, 4.0, 0.003);
        let own = if self.knows(party) {
            self.own(party).tallies[gap.index()].rate(field, SHRINKAGE, pooled)
        } else {
            pooled
        };
        BaseRate { own, pooled }
    }

    /// The rate at which two genuine invoices of a party are so far apart.
    pub fn days_apart(&self, party: u32, likeness: DayLikeness) -> BaseRate {
        self.days_of(party, likeness, |own| &own.days, |_| &[])
    }

    /// The rate at which two genuine invoices of a party, of equal amount, are so far apart. What it bills
    /// again and again tells of what it billed twice: a fee that changes after two months.
    pub fn twins_apart(&self, party: u32, likeness: DayLikeness) -> BaseRate {
        self.days_of(party, likeness, |own| &own.twins.days, |own| &own.twins.gaps)
    }

    /// By the days of all parties, and those that tell of the party itself only.
    fn days_of(
        &self,
        party: u32,
        likeness: DayLikeness,
        of: fn(&Own) -> &[f32; DayLikeness::ALL.len()],
        of_itself: fn(&Own) -> &[f32],
    ) -> BaseRate {
        let everywhere = of(&self.everywhere);
        let all: f64 = everywhere.iter().copied().map(f64::from).sum();
        let pooled = (f64::from(everywhere[likeness.index()]) + 0.5) / (all + 4.0);
        if !self.knows(party) {
            return BaseRate { own: pooled, pooled };
        }
        let own = self.own(party);
        let (days, more) = (of(own), of_itself(own));
        let pairs: f64 = days.iter().chain(more).copied().map(f64::from).sum();
        let alike = f64::from(days[likeness.index()])
            + f64::from(more.get(likeness.index()).copied().unwrap_or(0.0));
        let own = (alike + SHRINKAGE * pooled) / (pairs + SHRINKAGE);
        BaseRate { own, pooled }
    }

    /// The number of genuine invoices of the party to be expected with the amount of this one, beside the two
    /// compared: by the size and roundness of the amount, and by how much more often than others the party
    /// bills an amount again.
    pub fn twins_expected(&self, invoices: &Invoices, at: usize) -> BaseRate {
        let (party, amount) = (invoices.party[at], invoices.amount[at]);
        let usual = self.everywhere.twins.usual();
        let pooled = self.twin_rates[AmountClass::of(amount).index()];
        let average = if self.knows(party) {
            let twins = &self.own(party).twins;
            // Of those with twins two may be the pair that is asked about.
            let with = (twins.with() - 1.0).max(0.0);
            let begins_with = SHRINKAGE * usual;
            let times = (with + begins_with) / (twins.expected(&self.twin_rates) + begins_with);
            (pooled * times).min(1.0)
        } else {
            pooled
        };
        let count = self.recurrence(invoices, at).count;
        let others = if self.is_of_three_copies(invoices, at) {
            f64::from(count.saturating_sub(3)) + numbers_expected::THIRD_COPY
        } else {
            f64::from(count.saturating_sub(2))
        };
        BaseRate { own: average.max(others * 0.7), pooled }
    }

    /// The share of a party's invoices whose amount it has billed another time.
    pub fn comes_again(&self, party: u32) -> f64 {
        let own = self.own(party);
        f64::from(own.twins.again) / f64::from(own.invoices).max(1.0)
    }

    /// The share of a party's invoices that have another of their amount, keyed on the same day, whose
    /// number is such a slip away: halves and clients that the party tells apart by a letter. None where
    /// it does so too seldom to be told from second keyings; the two compared are left out.
    pub fn halves(&self, party: u32, slip: NumberLikeness) -> Option<f64> {
        let own = self.own[party as usize].as_deref()?;
        let others = own.twins.halves[slip.index()] - 2.0;
        (others >= HALVES_MIN).then(|| f64::from(others / own.invoices))
    }

    /// The rate at which a number of this party stands outside its series.
    pub fn stray(&self, party: u32) -> BaseRate {
        let everywhere = &self.everywhere;
        let pooled = (f64::from(everywhere.strays) + 1.0) / (f64::from(everywhere.placed) + 20.0);
        let own = self.own(party);
        let own =
            (f64::from(own.strays) + SHRINKAGE * pooled) / (f64::from(own.placed) + SHRINKAGE);
        BaseRate { own: own.min(0.95), pooled }
    }

    /// The recurrence of an invoice's amount at its party.
    pub fn recurrence(&self, invoices: &Invoices, at: usize) -> Recurrence {
        self.recurrences.of(invoices.party[at], invoices.amount[at])
    }

    /// The number of invoices of the party that bear this invoice's number, itself counted.
    pub fn number_used(&self, at: usize) -> u32 {
        self.numbers.used(at)
    }

    /// The identity of a number's plain form; 0 when it tells nothing.
    pub fn plain(&self, at: usize) -> u64 {
        self.numbers.plain(at)
    }

    /// The identity of what scanners make of an invoice's number; 0 when it tells nothing.
    pub fn merged(&self, at: usize) -> u64 {
        self.numbers.merged_key(at)
    }

    /// The third invoice of the party that makes up the difference of two.
    pub fn third(&self, invoices: &Invoices, a: usize, b: usize) -> Option<usize> {
        self.sums.third(invoices, a, b)
    }

    /// Where in its series a number stands, without the other of the two that are compared.
    pub fn place(&self, invoices: &Invoices, at: usize, without: usize) -> Place {
        let party = invoices.party[at];
        let position = self.positions[at] as usize;
        // Of another party it is nowhere near.
        let is_near = |other: &u32| (*other as usize).abs_diff(position) <= series::REACH;
        let is_alone =
            invoices.party[without] != party || !self.positions.get(without).is_some_and(is_near);
        match self.places.get(at) {
            Some(place) if is_alone && self.with_newcomers.is_empty() => *place,
            _ => series::place(&self.numbers, self.members(party), position, without),
        }
    }

    /// The number of a party's invoices that stray, and of those that were placed.
    fn strays(&self, party: u32) -> (u32, u32) {
        let members = self.members(party);
        let is_as_learnt = self.with_newcomers.is_empty();
        series::strays(members, |position| match self.places.get(members[position] as usize) {
            Some(place) if is_as_learnt => *place,
            _ => series::place(&self.numbers, members, position, usize::MAX),
        })
    }
}
