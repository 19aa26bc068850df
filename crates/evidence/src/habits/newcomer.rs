//! An invoice that is only looked at, among the others for as long as it takes: what each party usually does,
//! as it would be learnt were the invoice in the ledger.
//!
//! Not for: judging it (`duplicates::screen`).
//!
//! Invariant: who came last goes first, and then every habit is as it was before. What many thousands of
//! invoices tell together (days of posting, what suppliers do at one time, the series of neighbours) stays as
//! it was learnt: one more changes it by less than a probability shows.

use super::amounts::{DatedInvoice, Recurrence, Recurrences, Twins};
use super::numbers::{CountedNumber, NumberPlaces};
use super::own::{DateNumbers, Own};
use super::{Everywhere, Habits, OWN_HABITS_MIN, Place, amount_class, busy_days, sample};
use crate::invoices::Invoices;
use crate::narrow;

/// So many invoices of a party, and all that it does is learnt anew; of more, only what one changes.
const LEARNT_ANEW_MAX: usize = 64;

/// Where the invoices are found whose habits a newcomer touches.
#[derive(Debug)]
pub struct HabitPlaces(NumberPlaces);

/// An invoice that is among the others for now, and all that it changed.
#[derive(Debug)]
pub struct Newcomer {
    party: u32,
    is_new_party: bool,
    own: Option<Box<Own>>,
    everywhere: Everywhere,
    twin_rates: amount_class::ByClass<f64>,
    recurrence: Option<Recurrence>,
    number: CountedNumber,
}

impl HabitPlaces {
    /// On so many threads.
    pub fn of(invoices: &Invoices, habits: &Habits, threads: usize) -> Self {
        Self(NumberPlaces::of(invoices, &habits.numbers, threads))
    }

    /// Bytes in memory.
    pub const fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

impl Habits {
    /// The number of parties; that of the next is free for a newcomer's.
    pub fn parties(&self) -> u32 {
        narrow(self.own.len())
    }

    /// The invoices of a party over an amount, newcomers among them.
    pub fn of_amount(&self, party: u32, amount: i64) -> impl Iterator<Item = usize> + '_ {
        self.sums.of(party, amount)
    }

    /// Lets the last of the invoices in, whose party is one of those there are or the next.
    pub fn admit(&mut self, invoices: &Invoices, places: &HabitPlaces) -> Newcomer {
        let at = invoices.len() - 1;
        let (party, amount) = (invoices.party[at], invoices.amount[at]);
        let is_new_party = party == self.parties();
        if is_new_party {
            self.own.push(None);
        }
        let before = self.own_habits(invoices, party);
        let group_before = self.days_of_amount(invoices, party, amount);
        let namesakes_before = self.number_shared(invoices, party, at);
        let number = self.numbers.count(invoices, &places.0);
        self.insert(invoices, at);
        self.sums.admit(invoices, at);
        *self.amounts.entry(amount).or_insert(0) += 1;
        *self.days.entry(invoices.invoiced[at]).or_insert(0) += 1;
        let group = self.days_of_amount(invoices, party, amount);
        let mut twins = before.twins;
        if !group_before.is_empty() {
            let mut was = Twins::default();
            was.learn(invoices, &self.numbers, &group_before);
            twins.subtract(&was);
        }
        let mut now = Twins::default();
        let recurrence = now.learn(invoices, &self.numbers, &group);
        twins.add(&now);
        let recurrence = self.recurrences.set(party, amount, recurrence);
        let own = if self.members(party).len() <= LEARNT_ANEW_MAX {
            self.learn_party(invoices, party, &mut Recurrences::default())
        } else {
            let shared = self.number_shared(invoices, party, at) - namesakes_before;
            let mut date_numbers = before.date_numbers;
            date_numbers.count(self.numbers.date(at));
            self.learnt_with(invoices, party, &before, &twins, (shared, date_numbers))
        };
        let everywhere = self.everywhere.clone();
        self.everywhere.subtract(&before);
        self.everywhere.add(&own);
        let twin_rates = self.twin_rates;
        self.learn_twin_rates();
        let own = self.keep_own(party, own);
        Newcomer { party, is_new_party, own, everywhere, twin_rates, recurrence, number }
    }

    /// Lets the one go that came last; it is still the last of the invoices.
    pub fn dismiss(&mut self, invoices: &Invoices, newcomer: Newcomer) {
        let at = invoices.len() - 1;
        let party = newcomer.party;
        let amount = invoices.amount[at];
        self.recurrences.set(party, amount, newcomer.recurrence);
        self.everywhere = newcomer.everywhere;
        self.twin_rates = newcomer.twin_rates;
        self.own[party as usize] = newcomer.own;
        one_less(&mut self.days, &invoices.invoiced[at]);
        one_less(&mut self.amounts, &amount);
        self.sums.dismiss();
        self.remove();
        if newcomer.is_new_party {
            self.own.pop();
        }
        self.numbers.take_back(newcomer.number);
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        let owns = self.own.iter().flatten().count() * size_of::<Own>();
        (self.order.capacity() + self.positions.capacity()) * size_of::<u32>()
            + self.own.capacity() * size_of::<Option<Box<Own>>>()
            + self.begins.capacity() * size_of::<u32>()
            + self.places.capacity() * size_of::<Place>()
            + owns
            + self.recurrences.bytes()
            + self.numbers.bytes()
            + self.sums.bytes()
            + self.amounts.capacity() * (size_of::<(i64, u32)>() + 1)
    }

    /// All that a party does, also where that is too little to count as its own.
    fn own_habits(&self, invoices: &Invoices, party: u32) -> Own {
        match self.own[party as usize].as_deref() {
            Some(own) => own.clone(),
            None => self.learn_party(invoices, party, &mut Recurrences::default()),
        }
    }

    /// The habits of a large party with one invoice more: what is learnt of samples is learnt of new ones.
    fn learnt_with(
        &self,
        invoices: &Invoices,
        party: u32,
        before: &Own,
        twins: &Twins,
        (number_shared, date_numbers): (f32, DateNumbers),
    ) -> Own {
        let members = self.members(party);
        debug_assert!(members.len() > OWN_HABITS_MIN, "they are more than are learnt anew");
        let is_sum = |a, b| self.sums.third(invoices, a, b).is_some();
        let sampled = sample::sample(invoices, members, &is_sum);
        let (strays, placed) = self.strays(party);
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred")]
        let (strays, placed) = (strays as f32, placed as f32);
        let mut own = Own {
            tallies: *sampled.tallies,
            days: *sampled.days,
            twins: *twins,
            strays,
            placed,
            number_shared: before.number_shared + number_shared,
            date_numbers,
            invoices: before.invoices + 1.0,
            period_code: before.period_code,
            followers: busy_days::followers_of(invoices, members),
            ..Own::default()
        };
        own.learn_slips(invoices, &self.numbers, party, members);
        own
    }

    /// The invoices of a party over an amount, by day.
    fn days_of_amount(&self, invoices: &Invoices, party: u32, amount: i64) -> Vec<DatedInvoice> {
        let of_amount = self.sums.of(party, amount);
        let mut dated: Vec<DatedInvoice> =
            of_amount.map(|at| (amount, invoices.invoiced[at], narrow(at))).collect();
        dated.sort_unstable_by_key(|(_, day, at)| (*day, invoices.id(*at as usize)));
        dated
    }

    /// The number of a party's invoices that share the number of one with another of other amount.
    fn number_shared(&self, invoices: &Invoices, party: u32, at: usize) -> f32 {
        let plain = self.numbers.plain_of(invoices.number(at));
        if plain == 0 {
            return 0.0;
        }
        let members = self.members(party).iter().map(|member| *member as usize);
        let namesakes = members.filter(|member| self.numbers.plain(*member) == plain);
        // A credit bears the number of what it takes back.
        let mut amounts = namesakes.map(|member| invoices.amount[member].saturating_abs());
        let Some(first) = amounts.next() else { return 0.0 };
        let (count, differ) = amounts
            .fold((1.0, false), |(count, differ), amount| (count + 1.0, differ || amount != first));
        if differ { count } else { 0.0 }
    }

    fn insert(&mut self, invoices: &Invoices, at: usize) {
        let (party, day) = (invoices.party[at], invoices.invoiced[at]);
        let mut members = self.members(party).to_vec();
        // By id within a day, as the ledger is sorted: samples are of places, and a run's have it there.
        let key = |at: usize| (invoices.invoiced[at], invoices.id(at));
        let own = (day, invoices.id(at));
        let position = members.partition_point(|other| key(*other as usize) <= own);
        for later in &members[position..] {
            self.positions[*later as usize] += 1;
        }
        members.insert(position, narrow(at));
        self.positions.push(narrow(position));
        self.with_newcomers.push((party, members));
    }

    /// Takes the last newcomer out of the invoices of its party.
    fn remove(&mut self) {
        let (_, members) = self.with_newcomers.pop().expect("who is dismissed was admitted");
        let position = self.positions.pop().expect("each invoice has one") as usize;
        for later in &members[position + 1..] {
            self.positions[*later as usize] -= 1;
        }
    }
}

fn one_less<K: Eq + std::hash::Hash>(counts: &mut rustc_hash::FxHashMap<K, u32>, key: &K) {
    match counts.get_mut(key) {
        Some(count) if *count > 1 => *count -= 1,
        _ => {
            counts.remove(key);
        }
    }
}
