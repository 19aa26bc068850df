//! Invoices of one party that were keyed again together: dozens of pairs that are one mistake, and one
//! finding.
//!
//! Not for: files sent again (`analysis`), pairs on their own (`groups`).
//!
//! Invariant: a pair that is in a batch stands nowhere else, so that its money counts once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::blocks::stem_key;
use super::{Judge, Reason};
use crate::amounts::AmountLikeness;
use crate::invoice_number::InvoiceNumber;
use crate::invoices::party_begins;
use crate::parallel;
use crate::weigh::{NumberedInvoice, Scorer, WeighedPair};

/// Pairs that were keyed again together.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The earlier and the later of each, by the day the earlier was keyed.
    pub pairs: Vec<(usize, usize)>,
    /// The pair that says most, with what the others add to it.
    pub best: WeighedPair,
}

/// Fewer are as many single mistakes.
const PAIRS_MIN: usize = 5;
/// Days on which a party's other invoices were keyed: with fewer, what comes every month looks like a batch.
const OTHER_DAYS_MIN: usize = 6;

/// Pairs that were keyed again on one day.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Pairs {
    pairs: Vec<(usize, usize)>,
    /// They are most of what was keyed on that day.
    is_whole: bool,
}

/// Pairs less likely than that are no batch by coming on one day.
const LIKELY_MIN: f64 = 0.5;

/// A party and the day on which the later of a pair was keyed.
type KeyedOn = (u32, i32);
/// An amount and what is left of a number without all that stands round it.
type Alike = (i64, u64);

/// A search for batches among what was found.
#[derive(Debug)]
pub(super) struct BatchSearch<'a> {
    pub(super) judge: Judge<'a>,
    pub(super) threads: usize,
}

impl BatchSearch<'_> {
    /// The batches, with their pairs taken out of what was found.
    pub(super) fn take(
        &self,
        shown: &mut Vec<WeighedPair>,
        suppressed: &mut Vec<(WeighedPair, Reason)>,
    ) -> Vec<Batch> {
        let mut pairs: FxHashMap<KeyedOn, Pairs> = FxHashMap::default();
        for weighed in shown.iter().filter(|weighed| weighed.probability() >= LIKELY_MIN) {
            if let Some((keyed_on, pair)) = self.keyed_again(weighed) {
                pairs.entry(keyed_on).or_default().pairs.push(pair);
            }
        }
        for (keyed_on, batch) in self.whole_batches() {
            pairs.insert(keyed_on, Pairs { pairs: batch, is_whole: true });
        }
        let mut sorted: Vec<(KeyedOn, Pairs)> = pairs.into_iter().collect();
        sorted.sort_unstable();
        let mut taken: FxHashSet<usize> = FxHashSet::default();
        let mut batches = Vec::new();
        for (_, mut batch) in sorted {
            let pairs = &mut batch.pairs;
            pairs.sort_unstable_by_key(|(earlier, later)| {
                (self.entered(*earlier), *earlier, *later)
            });
            let mut used: FxHashSet<usize> = FxHashSet::default();
            pairs.retain(|(earlier, later)| {
                !taken.contains(earlier)
                    && !taken.contains(later)
                    && !used.contains(earlier)
                    && !used.contains(later)
                    && used.insert(*earlier)
                    && used.insert(*later)
            });
            if pairs.len() < PAIRS_MIN {
                continue;
            }
            taken.extend(&used);
            batches.push(self.batch(batch));
        }
        let is_outside = |weighed: &WeighedPair| {
            !(taken.contains(&weighed.pair.a) && taken.contains(&weighed.pair.b))
        };
        shown.retain(is_outside);
        suppressed.retain(|(weighed, _)| is_outside(weighed));
        batches
    }

    fn batch(&self, Pairs { pairs, is_whole }: Pairs) -> Batch {
        let (invoices, habits) = (self.judge.invoices, self.judge.habits);
        let scorer = Scorer { invoices, habits };
        let weigh = |(one, other): &(usize, usize)| {
            let [x, y] = [*one, *other].map(|at| InvoiceNumber::new(invoices.number(at)));
            let numbered = |at, number| NumberedInvoice { at, number };
            scorer.weigh(numbered(*one, &x), numbered(*other, &y))
        };
        let surest = |x: &WeighedPair, y: &WeighedPair| x.bits().total_cmp(&y.bits());
        let best = pairs.iter().map(weigh).max_by(surest).expect("a batch has pairs");
        // Some likely pairs of one day are told together; only a whole batch makes each of them likelier.
        let best = if is_whole { best.in_batch(pairs.len()) } else { best };
        Batch { pairs, best }
    }

    /// The party and the day on which the later of a pair was keyed, and the pair, the earlier first. None of
    /// pairs that are not of one amount, or not of one party.
    fn keyed_again(&self, weighed: &WeighedPair) -> Option<(KeyedOn, (usize, usize))> {
        let (invoices, pair) = (self.judge.invoices, weighed.pair);
        let party = invoices.party[pair.a];
        if pair.amount != AmountLikeness::Equal
            || weighed.joint.is_some()
            || party != invoices.party[pair.b]
        {
            return None;
        }
        let in_order =
            |one: usize, other: usize| (self.entered(one), one) <= (self.entered(other), other);
        let (earlier, later) =
            if in_order(pair.a, pair.b) { (pair.a, pair.b) } else { (pair.b, pair.a) };
        Some(((party, self.entered(later)), (earlier, later)))
    }

    fn entered(&self, at: usize) -> i32 {
        self.judge.invoices.entered[at]
    }

    /// Days on which most of what was keyed had been keyed before. The party's habits would explain every
    /// pair of them away: what has come so often is taken for how it bills, though it came all at once.
    fn whole_batches(&self) -> Vec<(KeyedOn, Vec<(usize, usize)>)> {
        let of_party = |party: usize| self.batches_of(crate::narrow(party));
        let parties = party_begins(&self.judge.invoices.party).len() - 1;
        parallel::of_all(parties, self.threads, of_party).into_iter().flatten().collect()
    }

    fn batches_of(&self, party: u32) -> Vec<(KeyedOn, Vec<(usize, usize)>)> {
        let (invoices, habits) = (self.judge.invoices, self.judge.habits);
        let members = habits.members(party);
        if members.len() < PAIRS_MIN {
            return Vec::new();
        }
        let is_bill = |at: &usize| invoices.amount[*at] > 0 && habits.plain(*at) != 0;
        let mut keyed: Vec<(i32, usize)> = members
            .iter()
            .map(|at| *at as usize)
            .filter(is_bill)
            .map(|at| (self.entered(at), at))
            .collect();
        keyed.sort_unstable();
        let days = || keyed.chunk_by(|x, y| x.0 == y.0).filter(|day| day.len() >= PAIRS_MIN);
        if days().next().is_none() {
            return Vec::new();
        }
        let key = |at: usize| (invoices.amount[at], stem_key(invoices.number(at)));
        let mut alike: FxHashMap<Alike, Vec<usize>> = FxHashMap::default();
        for (_, at) in &keyed {
            alike.entry(key(*at)).or_default().push(*at);
        }
        let twice = |at: usize| {
            // Three times is how the party bills, twice is a second keying.
            let [one, other] = alike[&key(at)][..] else { return None };
            let earlier = if one == at { other } else { one };
            (self.entered(earlier) < self.entered(at)).then_some((earlier, at))
        };
        let mut batches = Vec::new();
        for day in days() {
            let pairs: Vec<(usize, usize)> = day.iter().filter_map(|(_, at)| twice(*at)).collect();
            let keyed_on = (party, day[0].0);
            if pairs.len() >= PAIRS_MIN && self.is_batch(keyed_on, &pairs, day.len()) {
                batches.push((keyed_on, pairs));
            }
        }
        batches
    }

    /// Returns `true` when the rows keyed on a day are a batch that was keyed again: most of it, of
    /// many amounts, and with the dates it had before, or at a party that has billed too often for a
    /// habit to be seen only twice.
    fn is_batch(&self, (party, day): KeyedOn, pairs: &[(usize, usize)], keyed: usize) -> bool {
        let invoices = self.judge.invoices;
        let amounts: FxHashSet<i64> = pairs.iter().map(|(_, at)| invoices.amount[*at]).collect();
        let of_one_date = pairs
            .iter()
            .filter(|(one, other)| invoices.invoiced[*one] == invoices.invoiced[*other])
            .count();
        let members = self.judge.habits.members(party).iter().map(|at| self.entered(*at as usize));
        let other_days: FxHashSet<i32> = members.filter(|entered| *entered != day).collect();
        pairs.len() * 2 > keyed
            && amounts.len() * 2 > pairs.len()
            && (of_one_date * 2 > pairs.len() || other_days.len() >= OTHER_DAYS_MIN)
    }
}
