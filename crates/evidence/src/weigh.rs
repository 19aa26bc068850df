//! The evidence that two invoices are one, field by field, as log2 of likelihood ratios (Fellegi and
//! Sunter 1969): how likely the likeness is if one was keyed twice, over how likely it is between two
//! genuine invoices of *this* party.
//!
//! Not for: what is billed back or was decided on (`netting`, `duplicates`).
//!
//! Invariant: the match side is a model of how people and scanners err (`slips`), never learnt from the
//! ledger, where recurring billing would be taken for it.

pub mod slips;

use crate::amounts::AmountLikeness;
use crate::days::{DayLikeness, Gap};
use crate::habits::{Chance, Field, Habits, Place, SHARED_FIELDS, same};
use crate::invoice_number::{InvoiceNumber, NumberLikeness, date_number};
use crate::invoices::Invoices;

use slips::PRIOR;

/// What a weight is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// How many invoices are keyed twice at all, among how many pairs of this party.
    Prior,
    Number,
    Series,
    Amount,
    Day,
    Schedule,
    Reference,
    User,
    PaidDay,
    EnteredDay,
    Order,
    Group,
    Means,
    Description,
}

/// One weight: with this party's habits, and with what is usual everywhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    pub subject: Subject,
    pub bits: f64,
    /// The same if the party were like all others; what its own habits explain away is the difference.
    pub usual_bits: f64,
}

/// Two invoices, weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    pub a: usize,
    pub b: usize,
    pub number: NumberLikeness,
    pub amount: AmountLikeness,
    pub day: DayLikeness,
    /// One number is the invoice's own date.
    pub date_as_number: bool,
    pub weights: Vec<Weight>,
}

impl Weighed {
    pub fn bits(&self) -> f64 {
        self.weights.iter().map(|weight| weight.bits).sum()
    }

    pub fn usual_bits(&self) -> f64 {
        self.weights.iter().map(|weight| weight.usual_bits).sum()
    }

    pub fn probability(&self) -> f64 {
        probability(self.bits())
    }
}

/// Of log2 odds.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// An invoice by its place, with its number in the form that is compared: who weighs many pairs makes it
/// once an invoice.
#[derive(Debug, Clone, Copy)]
pub struct Numbered<'a> {
    pub at: usize,
    pub number: &'a InvoiceNumber,
}

/// Weighs pairs of one ledger.
#[derive(Debug, Clone, Copy)]
pub struct Scale<'a> {
    pub invoices: &'a Invoices,
    pub habits: &'a Habits,
}

impl Scale<'_> {
    /// Weighs two invoices; the order does not matter.
    pub fn weigh(&self, one: Numbered<'_>, other: Numbered<'_>) -> Weighed {
        let (first, second) = if one.at <= other.at { (one, other) } else { (other, one) };
        let (a, b) = (first.at, second.at);
        let invoices = self.invoices;
        let number = NumberLikeness::of(
            (invoices.number(a), first.number),
            (invoices.number(b), second.number),
        );
        let amount = self.amount(a, b);
        let (day_a, day_b) = (invoices.invoiced[a], invoices.invoiced[b]);
        let day = DayLikeness::of(day_a, day_b);
        // The date on the paper is that of either keying.
        let is_date = |number: &InvoiceNumber| {
            date_number(&number.plain, day_a) || date_number(&number.plain, day_b)
        };
        let date_as_number = !number.is_same()
            && amount == AmountLikeness::Equal
            && (is_date(first.number) != is_date(second.number));
        let mut weighed =
            Weighed { a, b, number, amount, day, date_as_number, weights: Vec::with_capacity(14) };
        if invoices.party[a] == invoices.party[b] {
            self.within(&mut weighed, [first.number, second.number]);
        } else {
            self.across(&mut weighed);
        }
        weighed
    }

    /// A credit and an invoice of its number and amount, keyed after it, while the invoice it credits is
    /// there as well: what a credit note keyed as an invoice looks like. Weighed by rule.
    pub fn weigh_credit(&self, credit: usize, invoice: usize) -> Weighed {
        let (a, b) = (credit.min(invoice), credit.max(invoice));
        let day = DayLikeness::of(self.invoices.invoiced[a], self.invoices.invoiced[b]);
        let weights = Vec::with_capacity(3);
        let (number, amount) = (NumberLikeness::Identical, AmountLikeness::Opposite);
        let mut weighed = Weighed { a, b, number, amount, day, date_as_number: false, weights };
        weighed.push(Subject::Prior, PRIOR.log2(), PRIOR.log2());
        weighed.push(Subject::Number, slips::CREDIT_NUMBER_BITS, slips::CREDIT_NUMBER_BITS);
        weighed.push(Subject::Amount, slips::CREDIT_AMOUNT_BITS, slips::CREDIT_AMOUNT_BITS);
        weighed
    }

    fn amount(&self, a: usize, b: usize) -> AmountLikeness {
        let invoices = self.invoices;
        let likeness = AmountLikeness::of(invoices.amount[a], invoices.amount[b]);
        let currencies_differ = invoices.currency[a] != invoices.currency[b];
        if currencies_differ && invoices.stated[a] == invoices.stated[b] {
            return AmountLikeness::OtherCurrency;
        }
        let is_sum = || {
            invoices.party[a] == invoices.party[b] && self.habits.third(invoices, a, b).is_some()
        };
        if likeness == AmountLikeness::Other && is_sum() {
            return AmountLikeness::SumOfTwo;
        }
        likeness
    }

    /// Two invoices of one party: how many invoices like the second would there be, were the first keyed
    /// twice, and how many genuine ones.
    fn within(&self, weighed: &mut Weighed, numbers: [&InvoiceNumber; 2]) {
        let party = self.invoices.party[weighed.a];
        let gap = Gap::of(self.invoices.invoiced[weighed.a], self.invoices.invoiced[weighed.b]);
        let prior = PRIOR.log2();
        weighed.push(Subject::Prior, prior, prior);
        // Some likeness has brought the two together; the others are weighed given that one.
        let by_amount = matches!(weighed.amount, AmountLikeness::Equal);
        if by_amount {
            self.weigh_twin(weighed, party);
        } else {
            let apart = self.habits.days_apart(party, weighed.day);
            weighed.ratio(Subject::Day, slips::day(weighed.day), apart);
            let alike = self.habits.alike(party, gap, Field::Amount(weighed.amount));
            weighed.ratio(Subject::Amount, slips::amount(weighed.amount), alike);
        }
        self.weigh_number(weighed, party, numbers, by_amount);
        self.weigh_series(weighed, party);
        self.weigh_shared(weighed, party, gap);
    }

    /// Equal amounts: is this supplier one that bills an amount twice, and when?
    fn weigh_twin(&self, weighed: &mut Weighed, party: u32) {
        let (a, b) = (weighed.a, weighed.b);
        let (invoices, habits) = (self.invoices, self.habits);
        let twins = habits.twins_expected(invoices, a);
        weighed.ratio(Subject::Amount, slips::amount(AmountLikeness::Equal), twins);
        let recurrence = habits.recurrence(invoices, a);
        let apart = habits.twins_apart(party, weighed.day);
        let slip = slips::day(weighed.day);
        if !(recurrence.is_schedule() && recurrence.is_regular()) {
            weighed.ratio(Subject::Day, slip, apart);
            return;
        }
        // On a schedule, two in one period is what is unusual.
        let days = i64::from(invoices.invoiced[a].abs_diff(invoices.invoiced[b]));
        let others = f64::from(recurrence.count.saturating_sub(2));
        let is_close = days * 2 < i64::from(recurrence.middle_gap);
        let own = if is_close {
            (f64::from(recurrence.close.saturating_sub(1)) + 0.25)
                / (others + 1.0)
                / others.max(1.0)
        } else {
            1.0
        };
        let slip = if is_close { slip.max(0.3) } else { slip.min(0.03) };
        weighed.ratio(Subject::Schedule, slip, Chance { own, usual: apart.usual });
    }

    #[expect(clippy::fn_params_excessive_bools, reason = "what is given already")]
    fn weigh_number(
        &self,
        weighed: &mut Weighed,
        party: u32,
        numbers: [&InvoiceNumber; 2],
        given_amount: bool,
    ) {
        let (a, b) = (weighed.a, weighed.b);
        let (invoices, habits) = (self.invoices, self.habits);
        let slip = slips::number(weighed.number);
        let others =
            f64::from(u32::try_from(habits.members(party).len()).unwrap_or(u32::MAX)) - 1.0;
        // Given that amounts are equal, the twin is one of the others; else the number finds it.
        let of = if given_amount { others.max(1.0) } else { 1.0 };
        let share = |chance: Chance| Chance {
            own: (chance.own / of).min(1.0),
            usual: (chance.usual / of.min(20.0)).min(1.0),
        };
        if weighed.date_as_number {
            let stray = habits.stray(party);
            let usual = |stray: f64| 0.001 + 0.03 * stray;
            let chance = Chance { own: usual(stray.own), usual: usual(stray.usual) };
            weighed.ratio(Subject::Number, slips::DATE_AS_NUMBER, chance);
            return;
        }
        match weighed.number {
            NumberLikeness::Unknown => {
                // What cannot be read finds nothing and tells nothing.
                let bits = if given_amount { 0.0 } else { -20.0 };
                weighed.push(Subject::Number, bits, bits);
            }
            NumberLikeness::Unrelated | NumberLikeness::Contained => {
                let usual = if weighed.number == NumberLikeness::Contained { 0.02 } else { 0.95 };
                weighed.ratio(Subject::Number, slip, Chance { own: usual, usual });
            }
            likeness if likeness.is_same() && likeness != NumberLikeness::Misread => {
                let (x, y) = (
                    habits.namesakes_expected(invoices, a),
                    habits.namesakes_expected(invoices, b),
                );
                // Genuine invoices that share a number share how it is written.
                let written = if likeness == NumberLikeness::Identical {
                    1.0
                } else {
                    slips::WRITTEN_OTHERWISE
                };
                let chance = share(if x.own > y.own { x } else { y });
                let chance = Chance { own: chance.own * written, usual: chance.usual * written };
                weighed.ratio(Subject::Number, slip, chance);
            }
            likeness => {
                let [x, y] =
                    numbers.map(|number| habits.variants_expected(party, number, likeness));
                weighed.ratio(Subject::Number, slip, share(if x.own > y.own { x } else { y }));
            }
        }
    }

    fn weigh_series(&self, weighed: &mut Weighed, party: u32) {
        if weighed.number.is_same() && weighed.number != NumberLikeness::Misread
            || matches!(weighed.number, NumberLikeness::Suffix | NumberLikeness::Unknown)
        {
            return;
        }
        let (a, b) = (weighed.a, weighed.b);
        let places =
            (self.habits.place(self.invoices, a, b), self.habits.place(self.invoices, b, a));
        let stray = self.habits.stray(party);
        let of = if weighed.number.is_slip() { slips::OF_SLIP } else { slips::OF_OTHER };
        let bits = |stray: f64| match places {
            (Place::Unknown, _) | (_, Place::Unknown) => 0.0,
            (Place::Fits, Place::Fits) => (of.both_fit / ((1.0 - stray) * (1.0 - stray))).log2(),
            (Place::Strays, Place::Strays) => {
                (of.both_stray / (stray * (0.3 + 0.7 * stray))).log2()
            }
            _ => (of.one_strays / (2.0 * stray * (1.0 - stray))).log2(),
        };
        weighed.push(Subject::Series, bits(stray.own), bits(stray.usual));
    }

    fn weigh_shared(&self, weighed: &mut Weighed, party: u32, gap: Gap) {
        for field in SHARED_FIELDS {
            let Some(same) = same(self.invoices, field, weighed.a, weighed.b) else {
                continue;
            };
            let Some(subject) = subject(field) else { continue };
            let alike = self.habits.alike(party, gap, field);
            let bits = |usual: f64| slips::shared(field, same, usual);
            weighed.push(subject, bits(alike.own), bits(alike.usual));
        }
    }

    /// Two invoices of different parties, which nothing but number, amount and day connect.
    fn across(&self, weighed: &mut Weighed) {
        let (a, b) = (weighed.a, weighed.b);
        let (x, y) =
            (self.habits.elsewhere(self.invoices, a), self.habits.elsewhere(self.invoices, b));
        let prior = (PRIOR * slips::OTHER_PARTY).log2();
        weighed.push(Subject::Prior, prior, prior);
        let expected = x.number.max(y.number);
        let slip = slips::number(weighed.number);
        let number = match weighed.number {
            likeness if likeness.is_same() => (slip / expected).log2(),
            NumberLikeness::Unknown => -20.0,
            // Numbers of different parties are one slip apart by chance far more often than the same.
            likeness if likeness.is_slip() => (slip / (expected * 40.0)).log2(),
            _ => (slip / f64::from(u32::try_from(self.invoices.len()).unwrap_or(u32::MAX))).log2(),
        };
        weighed.push(Subject::Number, number, number);
        let amount = slips::amount(weighed.amount);
        let amount = match weighed.amount {
            AmountLikeness::Equal => (amount / x.amount.max(y.amount)).log2(),
            AmountLikeness::Other => amount.log2(),
            _ => (amount / 0.02).log2(),
        };
        weighed.push(Subject::Amount, amount, amount);
        let usual_day = match weighed.day {
            DayLikeness::Same => x.day.max(y.day),
            likeness => self.habits.days_apart(self.invoices.party[a], likeness).usual,
        };
        let day = (slips::day(weighed.day) / usual_day).log2();
        weighed.push(Subject::Day, day, day);
        for field in [Field::SameUser, Field::SameGroup, Field::SameOrder, Field::SameDescription] {
            let Some(same) = same(self.invoices, field, a, b) else { continue };
            let Some(subject) = subject(field) else { continue };
            let usual = self.habits.alike(self.invoices.party[a], Gap::Far, field).usual;
            let bits = slips::shared(field, same, usual);
            weighed.push(subject, bits, bits);
        }
    }
}

impl Weighed {
    /// A weight that is a likelihood ratio.
    fn ratio(&mut self, subject: Subject, if_one: f64, genuine: Chance) {
        self.push(subject, (if_one / genuine.own).log2(), (if_one / genuine.usual).log2());
    }

    fn push(&mut self, subject: Subject, bits: f64, usual_bits: f64) {
        self.weights.push(Weight { subject, bits, usual_bits });
    }
}

const fn subject(field: Field) -> Option<Subject> {
    Some(match field {
        Field::SameUser => Subject::User,
        Field::SamePaidDay => Subject::PaidDay,
        Field::SameEnteredDay => Subject::EnteredDay,
        Field::SameOrder => Subject::Order,
        Field::SameGroup => Subject::Group,
        Field::SameMeans => Subject::Means,
        Field::SameDescription => Subject::Description,
        Field::SameReference => Subject::Reference,
        Field::Amount(_) => return None,
    })
}
