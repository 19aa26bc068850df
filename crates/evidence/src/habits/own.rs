//! What one party does, counted; or all of them together.
//!
//! Invariant: counts add up, so what is usual everywhere is the sum of what parties do.

use rustc_hash::FxHashMap;

use crate::days::{DayLikeness, Gap};
use crate::invoice_number::{InvoiceNumber, NumberLikeness};
use crate::invoices::Invoices;

use super::amounts;
use super::busy_days::Followers;
use super::number_forms::WrittenDay;
use super::numbers::Numbers;
use super::period_codes::PeriodCode;
use super::tally::Tally;

/// Slips are learnt from so many invoices of a party.
const SLIPS_LEARNT_FROM: usize = 16;

/// The habits of one party.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) tallies: [Tally; Gap::ALL.len()],
    pub(super) days: [f32; DayLikeness::ALL.len()],
    pub(super) twins: amounts::Twins,
    pub(super) strays: f32,
    pub(super) placed: f32,
    /// Invoices that share their number with one of another amount.
    pub(super) number_shared: f32,
    pub(super) date_numbers: DateNumbers,
    pub(super) invoices: f32,
    /// By slip: how many invoices bear a number that is one slip away, summed over those looked at.
    pub(super) slips: [f32; NumberLikeness::ALL.len()],
    pub(super) slips_of: f32,
    /// The way in which its numbers hold their periods; of one party only.
    pub(super) period_code: Option<PeriodCode>,
    /// The number of its invoices that usually follow one; of one party only.
    pub(super) followers: Followers,
}

/// Invoices whose number is the writing of a day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DateNumbers {
    /// Their own date.
    pub(super) own: f32,
    /// A day in the weeks round it.
    pub(super) near: f32,
}

/// Some parties' habits, in order, and what they bill again and again.
pub(super) type LearntHabits = (Vec<Own>, amounts::Recurrences);

impl Own {
    pub(super) fn learn_numbers(
        &mut self,
        invoices: &Invoices,
        numbers: &Numbers,
        party: u32,
        members: &[u32],
    ) {
        self.learn_shared_numbers(invoices, numbers, members);
        self.learn_slips(invoices, numbers, party, members);
        self.period_code = PeriodCode::learn(invoices, numbers, members);
    }

    fn learn_shared_numbers(&mut self, invoices: &Invoices, numbers: &Numbers, members: &[u32]) {
        let mut by_number: FxHashMap<u64, (i64, bool)> = FxHashMap::default();
        for at in members {
            // A credit bears the number of what it takes back.
            let amount = invoices.amount[*at as usize].saturating_abs();
            let plain = numbers.plain(*at as usize);
            by_number
                .entry(plain)
                .and_modify(|(first, differ)| *differ |= *first != amount)
                .or_insert((amount, false));
        }
        for at in members {
            let plain = numbers.plain(*at as usize);
            let shared = plain != 0 && by_number.get(&plain).is_some_and(|(_, differ)| *differ);
            self.number_shared += f32::from(u8::from(shared));
            self.date_numbers.count(numbers.date(*at as usize));
        }
    }

    pub(super) fn learn_slips(
        &mut self,
        invoices: &Invoices,
        numbers: &Numbers,
        party: u32,
        members: &[u32],
    ) {
        let stride = (members.len() / SLIPS_LEARNT_FROM).max(1);
        for at in members.iter().step_by(stride) {
            let text = invoices.number(*at as usize);
            let number = InvoiceNumber::new(text);
            let found = numbers.variants_of(party, (text, &number), SLIPS);
            for (slip, found) in SLIPS.into_iter().zip(found) {
                #[expect(clippy::cast_precision_loss, reason = "a few dozen at most")]
                let found = found as f32;
                self.slips[slip.index()] += found;
            }
            self.slips_of += 1.0;
        }
    }

    /// Takes away what was added: counts of whole and half invoices, which add up without a remainder.
    pub(super) fn subtract(&mut self, other: &Self) {
        for (from, less) in self.tallies.iter_mut().zip(&other.tallies) {
            from.subtract(less);
        }
        for (from, less) in self.days.iter_mut().zip(other.days) {
            *from -= less;
        }
        for (from, less) in self.slips.iter_mut().zip(other.slips) {
            *from -= less;
        }
        self.twins.subtract(&other.twins);
        self.strays -= other.strays;
        self.placed -= other.placed;
        self.number_shared -= other.number_shared;
        self.date_numbers.own -= other.date_numbers.own;
        self.date_numbers.near -= other.date_numbers.near;
        self.invoices -= other.invoices;
        self.slips_of -= other.slips_of;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (to, from) in self.tallies.iter_mut().zip(&other.tallies) {
            to.add(from);
        }
        for (to, from) in self.days.iter_mut().zip(other.days) {
            *to += from;
        }
        for (to, from) in self.slips.iter_mut().zip(other.slips) {
            *to += from;
        }
        self.twins.add(&other.twins);
        self.strays += other.strays;
        self.placed += other.placed;
        self.number_shared += other.number_shared;
        self.date_numbers.own += other.date_numbers.own;
        self.date_numbers.near += other.date_numbers.near;
        self.invoices += other.invoices;
        self.slips_of += other.slips_of;
    }
}

impl DateNumbers {
    /// Counts one invoice more.
    pub(super) fn count(&mut self, date: WrittenDay) {
        match date {
            WrittenDay::Own => self.own += 1.0,
            WrittenDay::Near => self.near += 1.0,
            WrittenDay::None => {}
        }
    }
}

const SLIPS: [NumberLikeness; 8] = [
    NumberLikeness::Misread,
    NumberLikeness::Suffix,
    NumberLikeness::Transposed,
    NumberLikeness::Neighbouring,
    NumberLikeness::Substituted,
    NumberLikeness::Dropped,
    NumberLikeness::Contained,
    NumberLikeness::Rearranged,
];
