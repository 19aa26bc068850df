//! One invoice more against a whole ledger, as a search through both would judge it: before it is paid, or
//! even posted.
//!
//! Not for: where ledgers are kept in memory, and for how long (`analysis`).
//!
//! Invariant: the ledger is the same before and after; an invoice is compared with those, and only with
//! those, that a search would compare it with. Batches are a matter of many invoices: here each of their
//! pairs is told by itself.

use std::sync::atomic::AtomicBool;

use super::blocks::{BlockingKey, Keys, OF_A_DAY_MAX, RARE_MAX, stem_of, stems};
use super::joint::{JointSums, UsualSums};
use super::{Judge, Judgement, Reason};
use crate::habits::{HabitPlaces, Habits, JointBill, JointSearch, Newcomer};
use crate::invoice_number::InvoiceNumber;
use crate::invoices::{Invoice, Invoices};
use crate::netting::Netting;
use crate::weigh::{NumberedInvoice, WeighedPair};
use crate::{narrow, parallel};

/// Days between an invoice and what it is a part of, as `habits` looks for them.
const JOINT_DAYS_MAX: u32 = 45;

/// A ledger, ready for one more.
#[derive(Debug)]
pub struct Screening {
    habits: Habits,
    netting: Netting,
    places: HabitPlaces,
    /// Places by amount.
    by_amount: Vec<u32>,
    stems: Vec<u64>,
    sums: UsualSums,
    threshold: f64,
    /// Invoices alike in one respect of which every two are compared; of more, none for that respect.
    cap: usize,
    admitted: Vec<Newcomer>,
}

/// The pairs of one invoice with others.
#[derive(Debug, Default)]
pub struct ScreeningResult {
    pub shown: Vec<WeighedPair>,
    pub suppressed: Vec<(WeighedPair, Reason)>,
}

impl Screening {
    /// Learns the habits of a ledger, on so many threads.
    pub fn new(
        invoices: &Invoices,
        (threshold, cap): (f64, usize),
        threads: usize,
        stop: &AtomicBool,
    ) -> Self {
        let habits = Habits::learn(invoices, threads);
        let netting = Netting::find(invoices, &habits);
        let judge = Judge { invoices, habits: &habits, netting: &netting, threshold };
        let sums = JointSums { judge, threads, stop }.usual();
        let keyed = |at: usize| (invoices.amount[at], narrow(at));
        let by_amount = parallel::sorted(parallel::of_all(invoices.len(), threads, keyed), threads);
        Self {
            places: HabitPlaces::of(invoices, &habits, threads),
            by_amount: by_amount.into_iter().map(|(_, at)| at).collect(),
            stems: stems(invoices, &habits, threads),
            habits,
            netting,
            sums,
            threshold,
            cap,
            admitted: Vec::new(),
        }
    }

    /// The number of parties; that of the next is free for an invoice of somebody unknown.
    pub fn parties(&self) -> u32 {
        self.habits.parties()
    }

    /// Bytes in memory, without the invoices.
    pub fn bytes(&self) -> usize {
        self.habits.bytes()
            + self.netting.bytes()
            + self.places.bytes()
            + self.by_amount.capacity() * size_of::<u32>()
            + self.stems.capacity() * size_of::<u64>()
    }

    pub const fn habits(&self) -> &Habits {
        &self.habits
    }

    pub const fn netting(&self) -> &Netting {
        &self.netting
    }

    /// Puts an invoice behind the others, until [`Self::dismiss`]; it is found at the last place.
    pub fn admit(&mut self, invoices: &mut Invoices, newcomer: &Invoice<'_>) {
        invoices.push(newcomer);
        self.admitted.push(self.habits.admit(invoices, &self.places));
        self.stems.push(stem_of(invoices, &self.habits, invoices.len() - 1));
        self.netting.admit(invoices, &self.habits, invoices.len() - 1);
    }

    /// Lets all go that were admitted.
    pub fn dismiss(&mut self, invoices: &mut Invoices) {
        while let Some(newcomer) = self.admitted.pop() {
            let at = invoices.len() - 1;
            self.habits.dismiss(invoices, newcomer);
            self.netting.dismiss(invoices, &self.habits, at);
            self.stems.pop();
            invoices.pop();
        }
    }

    /// The pairs of an invoice with the others, newcomers among them.
    pub fn judge(&self, invoices: &Invoices, at: usize) -> ScreeningResult {
        let (habits, netting) = (&self.habits, &self.netting);
        let judge = Judge { invoices, habits, netting, threshold: self.threshold };
        let keys = Keys::with_stems(invoices, habits, &self.stems);
        let own = InvoiceNumber::new(invoices.number(at));
        let mut judged = Vec::new();
        for (key, other) in self.candidates(invoices, &keys, at) {
            let number = InvoiceNumber::new(invoices.number(other));
            let one = NumberedInvoice { at, number: &own };
            let other = NumberedInvoice { at: other, number: &number };
            if key != BlockingKey::PartyAndDay || keys.are_slips(one, other) {
                judged.push(judge.judge(one, other));
            }
        }
        for (whole, joint) in self.joint(invoices, at) {
            judged.push(self.sums.judge(judge, whole, joint));
        }
        let mut result = ScreeningResult::default();
        for judgement in judged {
            match judgement {
                Judgement::Shown(pair) => result.shown.push(pair),
                Judgement::Suppressed(pair, reason) => result.suppressed.push((pair, reason)),
                Judgement::Neither => {}
            }
        }
        result
    }

    /// The invoices that one is compared with, each with the first respect in which the two are alike.
    fn candidates(
        &self,
        invoices: &Invoices,
        keys: &Keys<'_>,
        at: usize,
    ) -> Vec<(BlockingKey, usize)> {
        let (party, amount) = (invoices.party[at], invoices.amount[at]);
        let mut found: Vec<(BlockingKey, usize)> = Vec::new();
        let mut of_block = [1_usize; BlockingKey::ALL.len()];
        let others = self.habits.members(party).iter().map(|other| *other as usize);
        for other in others.filter(|other| *other != at) {
            let alike = self.respects(invoices, at, other);
            for key in alike.into_iter().flatten() {
                of_block[key as usize] += 1;
            }
            if alike.iter().any(Option::is_some) {
                found.push((keys.first(at, other), other));
            }
        }
        if amount != 0 {
            for other in self.of_one_amount(invoices, at) {
                of_block[BlockingKey::RareAmount as usize] += 1;
                let merged = self.habits.merged(at);
                let is_number = merged != 0 && merged == self.habits.merged(other);
                of_block[BlockingKey::NumberAndAmount as usize] += usize::from(is_number);
                if invoices.party[other] != party {
                    found.push((keys.first(at, other), other));
                }
            }
        }
        found.retain(|(key, _)| {
            let most = match key {
                BlockingKey::PartyAndDay => OF_A_DAY_MAX,
                BlockingKey::RareAmount => RARE_MAX,
                _ => self.cap,
            };
            // Nothing is brought together by owing nothing.
            let is_nothing = *key == BlockingKey::PartyAndAmount && amount == 0;
            !is_nothing && of_block[*key as usize] <= most.min(self.cap)
        });
        found
    }

    /// The respects in which two invoices of one party are alike.
    fn respects(&self, invoices: &Invoices, at: usize, other: usize) -> [Option<BlockingKey>; 4] {
        let same = |one: u64, other: u64| one != 0 && one == other;
        let (amount, other_amount) = (invoices.amount[at], invoices.amount[other]);
        let is_of_day =
            amount > 0 && other_amount > 0 && invoices.invoiced[at] == invoices.invoiced[other];
        [
            (amount != 0 && amount == other_amount).then_some(BlockingKey::PartyAndAmount),
            same(self.habits.plain(at), self.habits.plain(other))
                .then_some(BlockingKey::PartyAndNumber),
            same(self.stems[at], self.stems[other]).then_some(BlockingKey::PartyAndStem),
            is_of_day.then_some(BlockingKey::PartyAndDay),
        ]
    }

    /// Invoices of any party over the amount of one, newcomers among them.
    fn of_one_amount<'a>(
        &'a self,
        invoices: &'a Invoices,
        at: usize,
    ) -> impl Iterator<Item = usize> + 'a {
        let amount = invoices.amount[at];
        let key = |other: &u32| invoices.amount[*other as usize];
        let from = self.by_amount.partition_point(|other| key(other) < amount);
        let to = self.by_amount.partition_point(|other| key(other) <= amount);
        let kept = self.by_amount[from..to].iter().map(|other| *other as usize);
        let newcomers = self.by_amount.len()..invoices.len();
        let newcomers = newcomers.filter(move |other| invoices.amount[*other] == amount);
        kept.chain(newcomers).filter(move |other| *other != at)
    }

    /// The sums that an invoice is, or is part of, each with the invoice that the others come to.
    fn joint(&self, invoices: &Invoices, at: usize) -> Vec<(usize, JointBill)> {
        let party = invoices.party[at];
        let mut joint = Vec::new();
        if invoices.amount[at] <= 0 {
            return joint;
        }
        let mut numbered: Vec<usize> = Vec::new();
        for whole in self.numbered_wholes(invoices, at) {
            let had_pieces = whole != at && self.habits.has_pieces(invoices, whole, at);
            let others = self.sums.with_pieces(party).saturating_sub(u32::from(had_pieces));
            if let Some(bill) = self.habits.numbered_bill(invoices, whole, others) {
                numbered.push(whole);
                joint.push((whole, bill));
            }
        }
        let (amount, day) = (invoices.amount[at], invoices.invoiced[at]);
        let is_larger = |other: &usize| {
            invoices.amount[*other] > amount
                && invoices.invoiced[*other].abs_diff(day) <= JOINT_DAYS_MAX
        };
        let members = self.habits.members(party).iter().map(|other| *other as usize);
        let wholes = members.filter(is_larger).chain([at]);
        for whole in wholes.filter(|whole| !numbered.contains(whole)) {
            if let JointSearch::Found(bill) = self.habits.joint_bill(invoices, whole) {
                joint.push((whole, bill));
            }
        }
        joint.retain(|(whole, bill)| *whole == at || bill.parts.contains(&at));
        joint
    }

    /// An invoice, and those that it is a piece of by its number.
    fn numbered_wholes(&self, invoices: &Invoices, at: usize) -> Vec<usize> {
        let mut wholes = vec![at];
        let members = || {
            let members = self.habits.members(invoices.party[at]).iter();
            members.map(|other| *other as usize).filter(move |other| *other != at)
        };
        if let Some(number) = self.habits.whole_of(invoices, at) {
            wholes.extend(members().filter(|other| self.habits.plain(*other) == number));
        }
        if self.habits.has_namesakes(invoices, at) {
            let number = self.habits.plain(at);
            let is_whole = |other: &usize| {
                self.habits.plain(*other) == number && invoices.amount[*other] > invoices.amount[at]
            };
            wholes.extend(members().filter(is_whole));
        }
        wholes
    }
}

#[cfg(test)]
mod tests;
