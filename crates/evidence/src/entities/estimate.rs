//! What each agreement is worth: Fellegi-Sunter weights learnt from the ledger itself, without truth.
//!
//! Not for: finding candidates or deciding. Invariant: a column is judged by the others: what a couple's
//! telephone says is learnt from couples that a block without the telephone found, weighted by how surely
//! their other columns make them one party.

use super::blocking::Candidate;
use super::columns::Column;
use super::compare::{Agreement, SWAPPED, agreement, levels, swapped};
use super::text::as_float;
use super::{Kind, parallel};
use crate::rate;

/// The agreement of two rows, by column.
pub(super) type Profile = Vec<Option<Agreement>>;

/// Learnt weights.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    /// By column and level: how often rows of one party come to the level.
    same: Vec<Vec<f64>>,
    /// By column and level: how often rows of different parties do.
    different: Vec<Vec<f64>>,
    /// By column and level: log2 of `same`, and log2 of `same` over `different`.
    logs: Vec<Vec<(f64, f64)>>,
    most_bits: f64,
    /// log2 odds that two rows chosen at random are one party.
    pub(super) prior_bits: f64,
    kinds: Vec<Kind>,
    postcode: Option<usize>,
    town: Option<usize>,
}

/// Couples looked at to learn how parties differ.
const RANDOM_COUPLES: usize = 120_000;
/// Candidates looked at to learn how one party's rows agree.
const TRAINING_COUPLES: usize = 120_000;
const ROUNDS: usize = 8;
/// Few ledgers are cleaner than one repeat in so many rows; what is not sure is not counted, so the count
/// alone may come to none.
const CLEANEST_ROWS_PER_REPEAT: f64 = 30.0;
/// So many couples' worth of belief in the weights to start with: a ledger with hardly any duplicates
/// teaches nothing and keeps them.
const BELIEF: f64 = 20.0;
/// One row in so many is expected to repeat a party, to start with.
const ROWS_PER_REPEAT: f64 = 10.0;
/// Only couples at least so probable by their other columns teach.
const LEARN_FROM: f64 = 0.8;
/// However bad a field is kept, one party's rows do not differ in it more often: without this bound
/// neighbours in one town pass for one party when true repeats are few.
const MOST_DIFFERENT: f64 = 0.35;
/// More true couples than this per row would be a ledger of hardly any parties.
const MOST_MATCHES_PER_ROW: f64 = 3.0;
/// Postcodes at this level or nearer lie in one district.
const SAME_DISTRICT: u8 = 2;
/// No one column says more than this above log2 of the rows, however rare its value: it may be a keying
/// habit.
const BITS_ABOVE_ROWS: f64 = 5.0;
/// Nor may one column alone speak so strongly against.
const LEAST_BITS: f64 = -8.0;
/// Smaller differences nobody notices.
const BITS_SEEN: f64 = 0.05;

impl Weights {
    /// log2 likelihood ratio of one agreement.
    pub(super) fn bits(&self, column: usize, agreement: Agreement) -> f64 {
        let (same, ratio) = self.logs[column][usize::from(agreement.level)];
        let bits =
            if agreement.surprise > 0.0 { same + f64::from(agreement.surprise) } else { ratio };
        bits.clamp(LEAST_BITS, self.most_bits)
    }

    /// log2 odds that two rows with this profile are one party.
    pub(super) fn odds(&self, profile: &Profile) -> f64 {
        self.prior_bits
            + (0..profile.len()).map(|column| self.counted_bits(profile, column)).sum::<f64>()
    }

    /// Bits of a column as counted: a town says nothing more when the postcode, which implies it, agrees.
    pub(super) fn counted_bits(&self, profile: &Profile, column: usize) -> f64 {
        let Some(found) = profile[column] else { return 0.0 };
        let bits = self.bits(column, found);
        let agrees = |place: Option<usize>, until: u8| {
            place.and_then(|at| profile[at]).is_some_and(|other| other.level <= until)
        };
        let implied = match self.kinds[column] {
            Kind::Town => agrees(self.postcode, SAME_DISTRICT),
            Kind::Region => agrees(self.postcode, SAME_DISTRICT) || agrees(self.town, 0),
            _ => false,
        };
        if implied { bits.min(0.0) } else { bits }
    }

    /// The origin of a column's counted bits, to be read behind the words of its agreement.
    pub(super) fn basis(&self, profile: &Profile, column: usize) -> String {
        let Some(found) = profile[column] else { return String::new() };
        let level = usize::from(found.level);
        let same = self.same[column][level];
        let by_chance = if found.surprise > 0.0 {
            f64::from(-found.surprise).exp2()
        } else {
            self.different[column][level]
        };
        let (counted, bits) = (self.counted_bits(profile, column), self.bits(column, found));
        let limited = if (counted - bits).abs() > BITS_SEEN {
            "; not counted, as a place nearer by agrees already".to_owned()
        } else if (bits - (same / by_chance).log2()).abs() > BITS_SEEN {
            format!("; limited to {bits:+.1}")
        } else {
            String::new()
        };
        let (same, by_chance) = (rate::words(same), rate::words(by_chance));
        format!(" (so are {same} of couples that are one, {by_chance} of others{limited})")
    }

    fn refresh(&mut self) {
        let logs = |(same, different): (&Vec<f64>, &Vec<f64>)| {
            same.iter()
                .zip(different)
                .map(|(same, different)| (same.log2(), (same / different).log2()))
                .collect()
        };
        self.logs = self.same.iter().zip(&self.different).map(logs).collect();
    }

    /// Bits by column and level, in words.
    pub(super) fn describe(&self, columns: &[Column]) -> String {
        use std::fmt::Write;
        const TAKES_ALL: &str = "a String takes everything";
        let mut table = format!("prior {:.1} bits\n", self.prior_bits);
        for (at, column) in columns.iter().enumerate() {
            write!(table, "{:24}", super::sentences::name(column.kind)).expect(TAKES_ALL);
            for (same, different) in self.same[at].iter().zip(&self.different[at]) {
                let bits = (same / different).log2();
                write!(table, " {same:.4}/{different:.5}={bits:+.1}").expect(TAKES_ALL);
            }
            table.push('\n');
        }
        table
    }

    fn start(columns: &[Column], rows: usize) -> Self {
        let same = columns.iter().map(|column| usual(column.kind)).collect();
        let different = columns
            .iter()
            .map(|column| vec![1.0 / as_float(levels(column.kind)); levels(column.kind)])
            .collect();
        let prior_bits = (as_float(rows) / ROWS_PER_REPEAT / couples(rows)).log2();
        let at = |kind: Kind| columns.iter().position(|column| column.kind == kind);
        let kinds = columns.iter().map(|column| column.kind).collect();
        Self {
            same,
            different,
            logs: Vec::new(),
            most_bits: as_float(rows.max(2)).log2() + BITS_ABOVE_ROWS,
            prior_bits,
            kinds,
            postcode: at(Kind::Postcode),
            town: at(Kind::Town),
        }
    }

    /// Learns from couples, each of which counts as far as it is of two parties.
    fn learn_different(&mut self, random: &[Profile], are_different: &[f64]) {
        for (column, chances) in self.different.iter_mut().enumerate() {
            let mut counts = vec![0.0; chances.len()];
            for (profile, is_different) in random.iter().zip(are_different) {
                if let Some(found) = profile[column] {
                    counts[usize::from(found.level)] += is_different;
                }
            }
            let total: f64 = counts.iter().sum::<f64>() + 1.0;
            for (chance, count) in chances.iter_mut().zip(&counts) {
                *chance = (count + 1.0 / as_float(counts.len())) / total;
            }
        }
        self.refresh();
    }

    /// One round: weighs the training couples with the present weights, then learns new ones.
    fn round(&mut self, training: &[(Profile, u32)], share: f64, rows: usize) {
        let mut counts: Vec<Vec<f64>> = self
            .kinds
            .iter()
            .map(|kind| usual(*kind).iter().map(|chance| chance * BELIEF).collect())
            .collect();
        let mut matches = 0.0;
        let odds = parallel::map(training, |(profile, _)| self.odds(profile));
        for ((profile, without), odds) in training.iter().zip(odds) {
            matches += sure(odds);
            for (column, found) in profile.iter().enumerate() {
                if let Some(found) = found
                    && without & (1 << (column & 31)) != 0
                {
                    counts[column][usize::from(found.level)] +=
                        sure(odds - self.counted_bits(profile, column));
                }
            }
        }
        for ((chances, counts), kind) in self.same.iter_mut().zip(&counts).zip(&self.kinds) {
            *chances = not_too_different(*kind, counts);
        }
        let expected = (matches / share).clamp(
            as_float(rows) / CLEANEST_ROWS_PER_REPEAT,
            as_float(rows) * MOST_MATCHES_PER_ROW,
        );
        self.prior_bits = (expected / couples(rows)).log2();
    }
}

/// Shares of the counts, with "nothing agrees" held within what one party's rows may do.
fn not_too_different(kind: Kind, counts: &[f64]) -> Vec<f64> {
    let total: f64 = counts.iter().sum();
    let mut shares: Vec<f64> = counts.iter().map(|count| count / total).collect();
    let most = usual(kind).last().map_or(1.0, |usual| (usual * 5.0).min(MOST_DIFFERENT));
    if let Some((apart, others)) = shares.split_last_mut()
        && *apart > most
    {
        let stretch = (1.0 - most) / (1.0 - *apart).max(f64::EPSILON);
        for share in others {
            *share *= stretch;
        }
        *apart = most;
    }
    shares
}

/// The probability of a couple that is probable enough to learn from; else 0: a million couples at one in
/// a hundred would drown a ledger's few true ones.
fn sure(odds: f64) -> f64 {
    Some(probability(odds)).filter(|probability| *probability >= LEARN_FROM).unwrap_or(0.0)
}

/// Weights that were learnt, and what it takes to weigh the candidates by them.
pub(super) struct Estimate {
    pub(super) weights: Weights,
    /// The candidates that were learnt from, one in so many, as they were compared.
    training: Vec<(Profile, u32)>,
    step: usize,
}

/// Learns the weights of a ledger.
pub(super) fn learn(columns: &[Column], candidates: &[Candidate], rows: usize) -> Estimate {
    let mut weights = Weights::start(columns, rows);
    let random = parallel::map(&random_couples(rows), |(a, b)| profile(columns, *a, *b));
    weights.learn_different(&random, &vec![1.0; random.len()]);
    let step = candidates.len().div_ceil(TRAINING_COUPLES).max(1);
    let sample: Vec<Candidate> = candidates.iter().step_by(step).copied().collect();
    let training = parallel::map(&sample, |couple| {
        (profile(columns, couple.a as usize, couple.b as usize), couple.without)
    });
    let share = as_float(sample.len().max(1)) / as_float(candidates.len().max(1));
    for _ in 0..ROUNDS {
        weights.round(&training, share, rows);
        let are_different =
            parallel::map(&random, |profile| 1.0 - probability(weights.odds(profile)));
        weights.learn_different(&random, &are_different);
    }
    Estimate { weights, training, step }
}

impl Estimate {
    /// The log2 odds of all candidates, in their order.
    pub(super) fn odds(&self, columns: &[Column], candidates: &[Candidate]) -> Vec<f64> {
        let compare = |couple: &Candidate| profile(columns, couple.a as usize, couple.b as usize);
        let parts: Vec<(&[Candidate], &Profile)> = candidates
            .chunks(self.step)
            .zip(self.training.iter().map(|(known, _)| known))
            .collect();
        let of_part = |(couples, known): &(&[Candidate], &Profile)| {
            let others = couples[1..].iter().map(|couple| self.weights.odds(&compare(couple)));
            std::iter::once(self.weights.odds(known)).chain(others).collect::<Vec<f64>>()
        };
        parallel::map(&parts, of_part).concat()
    }
}

/// Compares two rows in every column.
pub(super) fn profile(columns: &[Column], a: usize, b: usize) -> Profile {
    let mut profile: Profile = columns.iter().map(|column| agreement(column, a, b)).collect();
    let at = |kind: Kind| columns.iter().position(|column| column.kind == kind);
    if let (Some(given), Some(surname)) = (at(Kind::GivenName), at(Kind::Surname)) {
        let apart = |column: usize| profile[column].is_none_or(|found| found.level >= 3);
        if apart(given) && apart(surname) && swapped(&columns[given], &columns[surname], a, b) {
            profile[given] = Some(Agreement { level: SWAPPED, surprise: 0.0 });
            // The two are one observation.
            profile[surname] = None;
        }
    }
    profile
}

/// Probability of log2 odds.
pub(super) fn probability(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp2())
}

fn couples(rows: usize) -> f64 {
    (as_float(rows) * (as_float(rows) - 1.0) / 2.0).max(1.0)
}

/// Couples of rows by a fixed sequence: the same ledger gives the same weights everywhere.
fn random_couples(rows: usize) -> Vec<(usize, usize)> {
    if rows < 2 {
        return Vec::new();
    }
    let all = rows * (rows - 1) / 2;
    if all <= RANDOM_COUPLES {
        return (0..rows).flat_map(|a| (a + 1..rows).map(move |b| (a, b))).collect();
    }
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).expect("31 bits are left") % rows
    };
    (0..RANDOM_COUPLES).map(|_| (next(), next())).filter(|(a, b)| a != b).collect()
}

/// The usual agreement of one party's rows, before the ledger has taught better.
fn usual(kind: Kind) -> Vec<f64> {
    match kind {
        Kind::Organisation => {
            vec![0.5, 0.12, 0.04, 0.02, 0.1, 0.04, 0.02, 0.05, 0.03, 0.02, 0.02, 0.04]
        }
        Kind::Address => {
            vec![0.5, 0.12, 0.06, 0.04, 0.06, 0.04, 0.03, 0.03, 0.02, 0.02, 0.02, 0.06]
        }
        Kind::GivenName | Kind::Surname => vec![0.75, 0.03, 0.1, 0.03, 0.03, 0.06],
        Kind::Town | Kind::Postcode | Kind::Identifier(_) => vec![0.82, 0.08, 0.04, 0.06],
        Kind::Telephone => vec![0.75, 0.05, 0.02, 0.18],
        Kind::Email => vec![0.6, 0.05, 0.2, 0.15],
        Kind::BirthDate => vec![0.85, 0.03, 0.06, 0.03, 0.03],
        Kind::StreetNumber | Kind::Region => vec![0.85, 0.07, 0.08],
    }
}
