//! Every likeness of two invoices as a likelihood ratio.
//!
//! Invariant: the same ratios go to a list of weights and to mere odds.

use super::error_model::{self, PRIOR};
use super::odds::{Odds, Ratio, Weights};
use super::party_ratios::{Likeness, PartyRatios};
use super::{NumberedInvoice, Pair, Rates, Subject, WeighedPair};
use crate::amounts::AmountLikeness;
use crate::days::{DayLikeness, Gap};
use crate::habits::{BaseRate, Field, Habits, JointBill, Place, Recurrence};
use crate::invoice_number::{
    InvoiceNumber, NumberLikeness, could_be_date, date_number, stands_for_day,
};
use crate::invoices::Invoices;

/// One of every subject at most.
const WEIGHTS_MAX: usize = 14;

/// Digits of a date with all of its year, a zero in front aside.
const LONG_DATE: usize = 7;

/// Weighs pairs of one ledger.
#[derive(Debug, Clone, Copy)]
pub struct Scorer<'a> {
    pub invoices: &'a Invoices,
    pub habits: &'a Habits,
}

impl Scorer<'_> {
    /// Weighs two invoices; the order does not matter.
    pub fn weigh(&self, one: NumberedInvoice<'_>, other: NumberedInvoice<'_>) -> WeighedPair {
        let [first, second] = in_order(one, other);
        let pair = self.pair(first, second);
        let mut weights = Vec::with_capacity(WEIGHTS_MAX);
        self.add_all(&pair, [first.number, second.number], &mut weights);
        WeighedPair { pair, weights, joint: None }
    }

    /// The odds of a pair, worked out only as far as it takes to tell whether they come near
    /// `needed`.
    pub fn odds<'r>(
        &self,
        (one, other): (NumberedInvoice<'_>, NumberedInvoice<'_>),
        needed: f64,
        ratios: &'r mut PartyRatios,
    ) -> Odds<'r> {
        let [first, second] = in_order(one, other);
        let mut odds = Odds::against(needed, ratios);
        self.add_all(&self.pair(first, second), [first.number, second.number], &mut odds);
        odds
    }

    /// A credit and an invoice of its number and amount, keyed after it, while the invoice it credits is
    /// there as well: what a credit note keyed as an invoice looks like. Weighed by rule.
    pub fn weigh_credit(&self, credit: usize, invoice: usize) -> WeighedPair {
        let (a, b) = (credit.min(invoice), credit.max(invoice));
        let day = DayLikeness::of(self.invoices.invoiced[a], self.invoices.invoiced[b]);
        let (number, amount) = (NumberLikeness::Identical, AmountLikeness::Opposite);
        let pair = Pair { a, b, number, amount, day, date_as_number: false };
        let mut weights = Vec::with_capacity(3);
        weights.add(Subject::Prior, Ratio::fixed(PRIOR));
        weights.add(Subject::Number, Ratio::fixed(error_model::CREDIT_NUMBER));
        weights.add(Subject::Amount, Ratio::fixed(error_model::CREDIT_AMOUNT));
        WeighedPair { pair, weights, joint: None }
    }

    /// An invoice that is the sum of others of its party, beside the largest of them.
    pub fn weigh_joint(&self, whole: usize, joint: JointBill) -> WeighedPair {
        let largest = *joint.parts.last().expect("a sum has parts");
        let (a, b) = (whole.min(largest), whole.max(largest));
        let day = DayLikeness::of(self.invoices.invoiced[a], self.invoices.invoiced[b]);
        let is_numbered = joint.numbered_usually.is_some();
        let number = if is_numbered { self.numbered(a, b) } else { NumberLikeness::Unrelated };
        let amount = AmountLikeness::SumOfSeveral;
        let pair = Pair { a, b, number, amount, day, date_as_number: false };
        let mut weights = Vec::with_capacity(3);
        let prior = if is_numbered { error_model::IN_PIECES } else { error_model::STATEMENT };
        weights.add(Subject::Prior, Ratio::fixed(prior));
        let both = |rate: f64| BaseRate { own: rate, pooled: rate };
        weights.add(Subject::Amount, Ratio::of(1.0, both(joint.by_chance)));
        if let Some(usually) = joint.numbered_usually {
            let ratio = Ratio::of(error_model::NUMBERED_IN_PIECES, both(usually));
            weights.add(Subject::Number, ratio);
        } else {
            self.add_series(&pair, self.invoices.party[whole], &mut weights);
        }
        WeighedPair { pair, weights, joint: Some(joint) }
    }

    /// The likeness of the number of a piece to that of the whole: the very same, or with the mark of a piece
    /// behind.
    fn numbered(&self, a: usize, b: usize) -> NumberLikeness {
        let [one, other] = [a, b].map(|at| self.invoices.number(at));
        let (x, y) = (InvoiceNumber::new(one), InvoiceNumber::new(other));
        match NumberLikeness::of((one, &x), (other, &y)) {
            likeness if likeness.is_slip() => likeness,
            _ => NumberLikeness::LongTail,
        }
    }

    fn pair(&self, first: NumberedInvoice<'_>, second: NumberedInvoice<'_>) -> Pair {
        let (a, b) = (first.at, second.at);
        let invoices = self.invoices;
        let tells_nothing = |at: usize| self.habits.plain(at) == 0;
        let number = if tells_nothing(a) || tells_nothing(b) {
            NumberLikeness::Unknown
        } else {
            let likeness = NumberLikeness::of(
                (invoices.number(a), first.number),
                (invoices.number(b), second.number),
            );
            self.habits.likeness_of_periods(invoices, (a, b), likeness).unwrap_or(likeness)
        };
        let amount = self.amount(a, b);
        let (day_a, day_b) = (invoices.invoiced[a], invoices.invoiced[b]);
        let day = match DayLikeness::of(day_a, day_b) {
            _ if self.habits.dates_are_payments() => DayLikeness::of_untyped(day_a, day_b),
            DayLikeness::WrongYear if self.are_handled_a_year_apart(a, b) => DayLikeness::Far,
            day => day,
        };
        // The date on the paper is that of either keying.
        let is_date = |number: &InvoiceNumber, of: i32| date_number(&number.plain, of);
        let is_either = |number: &InvoiceNumber| is_date(number, day_a) || is_date(number, day_b);
        // Whoever numbers by the day of payment has his own date there, and not that of another invoice.
        let date_as_number = !number.is_same()
            && amount == AmountLikeness::Equal
            && (could_be_date(&first.number.plain) || could_be_date(&second.number.plain))
            && (is_either(first.number) != is_either(second.number))
            && (is_date(first.number, day_b) || is_date(second.number, day_a));
        Pair { a, b, number, amount, day, date_as_number }
    }

    fn add_all(&self, pair: &Pair, numbers: [&InvoiceNumber; 2], to: &mut impl Weights) {
        if self.invoices.party[pair.a] == self.invoices.party[pair.b] {
            self.within(pair, numbers, to);
        } else {
            self.across(pair, numbers, to);
        }
    }

    fn amount(&self, a: usize, b: usize) -> AmountLikeness {
        let invoices = self.invoices;
        let likeness = AmountLikeness::of(invoices.amount[a], invoices.amount[b]);
        let currencies_differ = invoices.currency[a] != invoices.currency[b];
        if currencies_differ && invoices.stated[a] == invoices.stated[b] {
            return AmountLikeness::OtherCurrency;
        }
        if invoices.are_of_two_rates(a, b) {
            return AmountLikeness::OtherRate;
        }
        let is_sum = || {
            invoices.party[a] == invoices.party[b] && self.habits.is_joint_of_two(invoices, a, b)
        };
        if likeness == AmountLikeness::Other && is_sum() {
            return AmountLikeness::SumOfTwo;
        }
        likeness
    }

    /// Two invoices of one party: how many invoices like the second would there be, were the first keyed
    /// twice, and how many genuine ones.
    fn within(&self, pair: &Pair, numbers: [&InvoiceNumber; 2], to: &mut impl Weights) {
        let party = self.invoices.party[pair.a];
        let gap = Gap::of(self.invoices.invoiced[pair.a], self.invoices.invoiced[pair.b]);
        let is_sum = pair.amount == AmountLikeness::SumOfTwo;
        let prior = if is_sum { error_model::JOINT_OF_TWO } else { PRIOR };
        to.add(Subject::Prior, Ratio::fixed(prior));
        // Some likeness has brought the two together; the others are weighed given that one.
        if pair.amount == AmountLikeness::Equal {
            self.add_twin(pair, party, to);
        } else {
            let slip = self.day_slip(pair.day);
            if let Some(usual) = self.days_of_account(pair, slip) {
                to.add(Subject::Day, Ratio::of(slip, usual));
            } else {
                to.add_of_party(Subject::Day, party, Likeness::Days(pair.day), || {
                    Ratio::of(slip, self.habits.days_apart(party, pair.day))
                });
            }
            let alike = self.habits.alike(party, gap, Field::Amount(pair.amount));
            to.add(Subject::Amount, Ratio::of(error_model::amount(pair.amount), alike));
        }
        self.add_series(pair, party, to);
        self.add_shared(pair, party, gap, to);
        // Last, as it may take hundreds of look-ups.
        self.add_number(pair, party, numbers, to);
    }

    /// Equal amounts: is this supplier one that bills an amount twice, and when?
    fn add_twin(&self, pair: &Pair, party: u32, to: &mut impl Weights) {
        let a = pair.a;
        let (invoices, habits) = (self.invoices, self.habits);
        let recurrence = habits.recurrence(invoices, a);
        let mut twins = habits.twins_expected(invoices, a);
        twins.own = twins.own.max(self.halves(pair).unwrap_or(0.0));
        to.add(Subject::Amount, Ratio::of(error_model::amount(AmountLikeness::Equal), twins));
        if !(recurrence.is_schedule() && recurrence.is_regular()) {
            let ratio = |usual| Ratio::of(self.day_slip(pair.day), usual);
            if let Some(busy) = pair.busy_days(invoices, habits) {
                to.add(Subject::Day, ratio(busy.rate(habits.twins_apart(party, pair.day))));
                return;
            }
            to.add_of_party(Subject::Day, party, Likeness::DaysOfTwins(pair.day), || {
                ratio(habits.twins_apart(party, pair.day))
            });
            return;
        }
        let apart = habits.twins_apart(party, pair.day);
        let schedule = self.schedule(pair, recurrence, self.day_slip(pair.day));
        to.add(
            Subject::Schedule,
            Ratio::of(schedule.if_one, BaseRate { own: schedule.genuine, pooled: apart.pooled }),
        );
    }

    /// On a schedule, two in one period is what is unusual, and one between two periods.
    fn schedule(&self, pair: &Pair, recurrence: Recurrence, slip: f64) -> Rates {
        let invoices = self.invoices;
        let days = i64::from(invoices.invoiced[pair.a].abs_diff(invoices.invoiced[pair.b]));
        let others = f64::from(recurrence.count.saturating_sub(2));
        if days * 2 < i64::from(recurrence.middle_gap) {
            let close = f64::from(recurrence.close.saturating_sub(1)) + 0.25;
            let genuine = close / (others + 1.0) / others.max(1.0);
            return Rates { if_one: slip.max(0.3), genuine };
        }
        let posted = error_model::OF_POSTING * self.habits.posting_share();
        let written = error_model::day(pair.day, 0.0).min(error_model::PERIODS_LATER);
        let (written, posted) = (written * (1.0 - posted), error_model::later(pair.day) * posted);
        if recurrence.is_between_periods(days) {
            let if_one = written + posted * error_model::POSTED_BETWEEN;
            Rates { if_one, genuine: recurrence.unevenly() }
        } else {
            let if_one = written + posted * (1.0 - error_model::POSTED_BETWEEN);
            Rates { if_one, genuine: 1.0 }
        }
    }

    /// The share of second keyings whose dates are so far apart.
    pub(super) fn day_slip(&self, likeness: DayLikeness) -> f64 {
        error_model::day(likeness, error_model::OF_POSTING * self.habits.posting_share())
    }

    /// The share of the party's invoices that have another beside them as these two are.
    fn halves(&self, pair: &Pair) -> Option<f64> {
        let are_keyed_together = self.invoices.entered[pair.a] == self.invoices.entered[pair.b];
        are_keyed_together
            .then(|| self.habits.halves(self.invoices.party[pair.a], pair.number))
            .flatten()
    }

    fn add_number(
        &self,
        pair: &Pair,
        party: u32,
        numbers: [&InvoiceNumber; 2],
        to: &mut impl Weights,
    ) {
        let habits = self.habits;
        let given_amount = pair.amount == AmountLikeness::Equal;
        let slip = error_model::number(pair.number);
        let others = f64::from(crate::narrow(habits.members(party).len())) - 1.0;
        // Given that amounts are equal, the twin is one of the others; else the number finds it.
        let of = if given_amount { others.max(1.0) } else { 1.0 };
        let share = |chance: BaseRate| BaseRate {
            own: (chance.own / of).min(1.0),
            pooled: (chance.pooled / of.min(20.0)).min(1.0),
        };
        if pair.date_as_number {
            let chance = self.dated(pair, party, numbers);
            to.add(Subject::Number, Ratio::of(error_model::DATE_AS_NUMBER, chance));
            return;
        }
        // What is written for want of a number is the same wherever the day is.
        if given_amount
            && pair.day == DayLikeness::Same
            && pair.number == NumberLikeness::Identical
            && stands_for_day(&numbers[0].plain, self.invoices.invoiced[pair.a])
        {
            return;
        }
        let ratio = match pair.number {
            // What cannot be read finds nothing and tells nothing.
            NumberLikeness::Unknown if given_amount => return,
            NumberLikeness::Unknown => Ratio::fixed(error_model::UNREADABLE),
            NumberLikeness::Unrelated => {
                let usual = error_model::UNRELATED_USUALLY;
                Ratio::of(slip, BaseRate { own: usual, pooled: usual })
            }
            likeness if likeness.is_same() && likeness != NumberLikeness::Misread => {
                let [x, y] = [pair.a, pair.b]
                    .map(|at| habits.namesakes_expected(self.invoices, at, pair.amount));
                // Genuine invoices that share a number share how it is written.
                let written = if likeness == NumberLikeness::Identical {
                    1.0
                } else {
                    error_model::WRITTEN_OTHERWISE
                };
                let chance = share(if x.own > y.own { x } else { y });
                let least = if self.invoices.bear_number_of_order(pair.a, pair.b) {
                    error_model::ONE_NUMBER_OF_ORDER
                } else if given_amount && self.are_yearly(pair) {
                    error_model::ONE_NUMBER_YEARLY
                } else {
                    0.0
                };
                let at_least = |chance: f64| (chance * written).max(least);
                Ratio::of(
                    slip,
                    BaseRate { own: at_least(chance.own), pooled: at_least(chance.pooled) },
                )
            }
            likeness => {
                let least = Ratio::of(slip, share(habits.variants_at_least(party, likeness)));
                if to.is_hopeless(least) {
                    least
                } else {
                    let variants = self.variants(pair, party, numbers);
                    Ratio::of(slip, self.given_amount(pair, share(variants)))
                }
            }
        };
        to.add(Subject::Number, ratio);
    }

    /// That one of two genuine invoices has for its number what reads as the date of the other.
    fn dated(&self, pair: &Pair, party: u32, numbers: [&InvoiceNumber; 2]) -> BaseRate {
        let days = [pair.b, pair.a].map(|at| self.invoices.invoiced[at]);
        let mut dates = numbers.into_iter().zip(days);
        let is_long = dates.any(|(number, day)| {
            number.plain.len() >= LONG_DATE && date_number(&number.plain, day)
        });
        let chance = self.habits.dated(party);
        let least = if is_long { 0.0 } else { error_model::SHORT_DATE };
        BaseRate { own: chance.own.max(least), pooled: chance.pooled.max(least) }
    }

    /// The number of genuine invoices of the party to be expected with a number as near to one of the two.
    fn variants(&self, pair: &Pair, party: u32, numbers: [&InvoiceNumber; 2]) -> BaseRate {
        // Of a joint bill the other part is looked at as well.
        let compared = if pair.amount == AmountLikeness::SumOfTwo { 2 } else { 1 };
        let variants = |at: usize, number| {
            let written = (self.invoices.number(at), number);
            self.habits.variants_expected(party, written, pair.number, compared)
        };
        let (x, y) = (variants(pair.a, numbers[0]), variants(pair.b, numbers[1]));
        if x.own > y.own { x } else { y }
    }

    /// A share of genuine pairs by their numbers, as it is among those of one amount: what is booked together
    /// has neighbouring numbers and one amount.
    fn given_amount(&self, pair: &Pair, share: BaseRate) -> BaseRate {
        if pair.amount != AmountLikeness::Equal {
            return share;
        }
        if self.halves(pair).is_some() {
            // The amount has been weighed by how often such two come together.
            return BaseRate { own: 1.0, ..share };
        }
        let ab = (pair.a, pair.b);
        let Some(twins) = self.habits.twins_a_slip_apart(self.invoices, ab, pair.number) else {
            return share;
        };
        BaseRate { own: share.own.max(twins.own), pooled: share.pooled.max(twins.pooled) }
    }

    fn add_series(&self, pair: &Pair, party: u32, to: &mut impl Weights) {
        if pair.number.is_same() && pair.number != NumberLikeness::Misread
            || matches!(pair.number, NumberLikeness::Suffix | NumberLikeness::Unknown)
            // What stands round a number is no count, and takes none out of its series.
            || pair.number.has_core()
            // Of numbers side by side both stand where the count stood, whichever of them is a slip.
            || pair.amount == AmountLikeness::Equal
                && pair.number.is_slip()
                && self.habits.are_near(pair.a, pair.b)
        {
            return;
        }
        let places = [(pair.a, pair.b), (pair.b, pair.a)]
            .map(|(at, without)| self.habits.place(self.invoices, at, without));
        let of = if pair.number.is_slip() { error_model::OF_SLIP } else { error_model::OF_OTHER };
        let (if_one, genuine): (f64, fn(f64) -> f64) = match places {
            [Place::Unknown, _] | [_, Place::Unknown] => return,
            [Place::Fits, Place::Fits] => (of.both_fit, |stray| (1.0 - stray) * (1.0 - stray)),
            [Place::Strays, Place::Strays] => (of.both_stray, |stray| stray * (0.3 + 0.7 * stray)),
            _ => (of.one_strays, |stray| 2.0 * stray * (1.0 - stray)),
        };
        let stray = self.habits.stray(party);
        let chance = BaseRate { own: genuine(stray.own), pooled: genuine(stray.pooled) };
        to.add(Subject::Series, Ratio::of(if_one, chance));
    }
}

fn in_order<'n>(one: NumberedInvoice<'n>, other: NumberedInvoice<'n>) -> [NumberedInvoice<'n>; 2] {
    if one.at <= other.at { [one, other] } else { [other, one] }
}
