//! How a party bills one amount: once, now and then, or on a schedule.

use rustc_hash::FxHashMap;

use crate::days::{DayLikeness, Gap};
use crate::invoice_number::{InvoiceNumber, NumberLikeness};
use crate::invoices::Invoices;

use super::Habits;
use super::amount_class::{AmountClass, ByClass, CLASSES};
use super::nearness::{ByNearness, Nearness};
use super::numbers::Numbers;

/// One party and one amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recurrence {
    /// The number of invoices, the two that are compared counted.
    pub count: u32,
    /// The middle of the days between one and the next.
    pub middle_gap: i32,
    /// The number of gaps that are less than half of that.
    pub close: u32,
    /// The number of gaps that are within a fifth of the middle, or three days.
    pub even: u32,
}

/// Genuine invoices of equal amount among those whose amounts do not recur.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Twins {
    /// Invoices that have one, by the class of their amount.
    pub(super) with: ByClass<f32>,
    /// Invoices whose amount the party has billed another time, on a schedule or not.
    pub(super) again: f32,
    /// Invoices whose amount does not recur.
    pub(super) of: ByClass<f32>,
    /// The number of them by how far apart they are.
    pub(super) days: [f32; DayLikeness::ALL.len()],
    /// The days between one bill and the next over an amount that comes again and again: a few of each, as
    /// there may be hundreds.
    pub(super) gaps: [f32; DayLikeness::ALL.len()],
    /// The number of them by how near their numbers lie to each other.
    pub(super) near: ByNearness,
    /// By slip: invoices that have another of their amount, keyed on the same day, whose number is such a
    /// slip away. One or two may be second keyings.
    pub(super) halves: [f32; NumberLikeness::ALL.len()],
}

/// An amount, the day of an invoice over it, and its place.
pub(super) type DatedInvoice = (i64, i32, u32);

/// Days between two bills of one amount that a party's habits are learnt from.
const GAPS_LEARNT_FROM: usize = 4;
/// From so many invoices on an amount is one that the party bills again and again.
const REGULAR_MIN: u32 = 5;

impl Habits {
    /// The share of a party's invoices whose amount it has billed another time, two of one amount left out;
    /// none where it has too few invoices for habits of its own.
    pub fn others_come_again(&self, party: u32) -> Option<f64> {
        let own = self.own[party as usize].as_deref()?;
        let again = (f64::from(own.twins.again) - 2.0).max(0.0);
        Some(again / (f64::from(own.invoices) - 2.0).max(1.0))
    }
}

impl Recurrence {
    /// Of invoices on these days, in order.
    pub(super) fn of_days(days: &[i32]) -> Self {
        let mut gaps: Vec<i32> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        let middle = gaps[gaps.len() / 2];
        let count =
            |is: &dyn Fn(i32) -> bool| crate::narrow(gaps.iter().filter(|gap| is(**gap)).count());
        Self {
            count: crate::narrow(days.len()),
            middle_gap: middle,
            close: count(&|gap| gap * 2 < middle),
            even: count(&|gap| (gap - middle).abs() <= (middle / 5).max(3)),
        }
    }

    pub fn is_regular(self) -> bool {
        self.count >= REGULAR_MIN
    }

    /// Rent and the like: most gaps are alike, and longer than a few days.
    pub fn is_schedule(self) -> bool {
        self.count >= 3 && self.middle_gap >= 5 && self.even * 10 >= (self.count - 1) * 6
    }

    /// Returns `true` when so many days are one or two periods of the schedule and not a whole number
    /// of them; of more periods months of unequal length make any number of days.
    pub(crate) fn is_between_periods(self, days: i64) -> bool {
        let period = i64::from(self.middle_gap.max(1));
        let off = (days % period).min(period - days % period);
        days * 2 < period * 5 && off > (period / 5).max(3)
    }

    /// The share of the gaps that are no period, but for the two that one bill more makes of one.
    pub(crate) fn unevenly(self) -> f64 {
        let gaps = f64::from(self.count.saturating_sub(1).max(1));
        let uneven = self.count.saturating_sub(1).saturating_sub(self.even).saturating_sub(2);
        (f64::from(uneven) + 0.5) / (gaps + 1.0)
    }
}

/// The amounts billed more than once, by party.
#[derive(Debug, Default)]
pub(super) struct Recurrences(FxHashMap<(u32, i64), Recurrence>);

impl Recurrences {
    /// Fills in one party.
    pub(super) fn learn(
        &mut self,
        invoices: &Invoices,
        numbers: &Numbers,
        members: &[u32],
    ) -> Twins {
        let mut sorted: Vec<DatedInvoice> = members
            .iter()
            .map(|at| (invoices.amount[*at as usize], invoices.invoiced[*at as usize], *at))
            .collect();
        sorted.sort_unstable();
        let mut twins = Twins::default();
        for group in sorted.chunk_by(|a, b| a.0 == b.0) {
            if let Some(recurrence) = twins.learn(invoices, numbers, group) {
                self.0.insert((invoices.party[group[0].2 as usize], group[0].0), recurrence);
            }
        }
        twins
    }

    /// Sets how one amount comes again, or that it does not, and gives how it was.
    pub(super) fn set(
        &mut self,
        party: u32,
        amount: i64,
        recurrence: Option<Recurrence>,
    ) -> Option<Recurrence> {
        match recurrence {
            Some(recurrence) => self.0.insert((party, amount), recurrence),
            None => self.0.remove(&(party, amount)),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * (size_of::<((u32, i64), Recurrence)>() + 1)
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn of(&self, party: u32, amount: i64) -> Recurrence {
        let once = Recurrence { count: 1, ..Recurrence::default() };
        self.0.get(&(party, amount)).copied().unwrap_or(once)
    }
}

impl Twins {
    /// Of the invoices of one party and amount, by day; none where there is but one.
    pub(super) fn learn(
        &mut self,
        invoices: &Invoices,
        numbers: &Numbers,
        group: &[DatedInvoice],
    ) -> Option<Recurrence> {
        if let [alone] = group {
            self.of[AmountClass::of(alone.0).index()] += 1.0;
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a count, compared with others")]
        {
            self.again += group.len() as f32;
        }
        let days: Vec<i32> = group.iter().map(|(_, day, _)| *day).collect();
        let recurrence = Recurrence::of_days(&days);
        if recurrence.is_regular() {
            self.count_gaps(&days, recurrence);
        } else {
            self.count(invoices, numbers, group);
        }
        Some(recurrence)
    }

    /// A bill that comes much too soon may be a second keying, and teaches nothing.
    fn count_gaps(&mut self, days: &[i32], recurrence: Recurrence) {
        let is_gap = |two: &&[i32]| (two[1] - two[0]) * 2 >= recurrence.middle_gap;
        for two in days.windows(2).filter(is_gap).take(GAPS_LEARNT_FROM) {
            self.gaps[DayLikeness::of_untyped(two[0], two[1]).index()] += 1.0;
        }
    }

    /// Twins that look like second keyings teach nothing.
    fn count(&mut self, invoices: &Invoices, numbers: &Numbers, group: &[DatedInvoice]) {
        let read: Vec<(&str, InvoiceNumber)> = group
            .iter()
            .map(|(_, _, at)| invoices.number(*at as usize))
            .map(|number| (number, InvoiceNumber::new(number)))
            .collect();
        let tells = |member: usize| numbers.plain(group[member].2 as usize) != 0;
        let likeness = |one: usize, other: usize| {
            let ((x_text, x), (y_text, y)) = (&read[one], &read[other]);
            if tells(one) && tells(other) {
                NumberLikeness::of((x_text, x), (y_text, y))
            } else {
                NumberLikeness::Unknown
            }
        };
        let entered = |member: usize| invoices.entered[group[member].2 as usize];
        let class = AmountClass::of(group[0].0).index();
        for (position, (_, day, _)) in group.iter().enumerate() {
            let mut has_twin = false;
            for (other, (_, twin_day, _)) in group.iter().enumerate() {
                if other == position {
                    continue;
                }
                let likeness = likeness(position, other);
                if likeness.is_slip() {
                    let is_half = !likeness.is_same() && entered(position) == entered(other);
                    self.halves[likeness.index()] += f32::from(u8::from(is_half));
                    continue;
                }
                has_twin = true;
                let [one, two] = [position, other].map(|at| numbers.form(group[at].2 as usize));
                let gap = Gap::of(*day, *twin_day).index();
                self.near[gap][Nearness::of(one, two).index()] += 0.5;
                self.days[DayLikeness::of(*day, *twin_day).index()] += 0.5;
            }
            self.with[class] += f32::from(u8::from(has_twin));
            self.of[class] += 1.0;
        }
    }

    /// Takes away what was added: counts of whole and half invoices, which add up without a remainder.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.again -= other.again;
        for class in 0..CLASSES {
            self.with[class] -= other.with[class];
            self.of[class] -= other.of[class];
        }
        let less = other.days.into_iter().chain(other.gaps);
        for (from, less) in self.days.iter_mut().chain(&mut self.gaps).zip(less) {
            *from -= less;
        }
        for (from, less) in self.near.iter_mut().flatten().zip(other.near.iter().flatten()) {
            *from -= less;
        }
        for (from, less) in self.halves.iter_mut().zip(other.halves) {
            *from -= less;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.again += other.again;
        for class in 0..CLASSES {
            self.with[class] += other.with[class];
            self.of[class] += other.of[class];
        }
        let more = other.days.into_iter().chain(other.gaps);
        for (to, from) in self.days.iter_mut().chain(&mut self.gaps).zip(more) {
            *to += from;
        }
        for (to, from) in self.near.iter_mut().flatten().zip(other.near.iter().flatten()) {
            *to += from;
        }
        for (to, from) in self.halves.iter_mut().zip(other.halves) {
            *to += from;
        }
    }

    /// The number of invoices that have a twin.
    pub(super) fn with(&self) -> f64 {
        self.with.iter().copied().map(f64::from).sum()
    }

    /// The share of invoices that have a twin.
    pub(super) fn usual(&self) -> f64 {
        let of: f64 = self.of.iter().copied().map(f64::from).sum();
        (self.with() + 1.0) / (of + 20.0)
    }

    /// The number of invoices that would have a twin at such rates.
    pub(super) fn expected(&self, rates: &ByClass<f64>) -> f64 {
        self.of.iter().zip(rates).map(|(of, rate)| f64::from(*of) * rate).sum()
    }
}
