//! Parties: which rows mean the same supplier, person or organisation, and why.
//!
//! Not for: what follows from it (a check decides). A ledger teaches its own weights, without truth: how
//! often rows of one party agree in a field against how often rows of different parties do, with rare
//! values counting for more (Fellegi and Sunter). Missing values are neutral.
//!
//! Invariant: pure and repeatable: the same records give the same odds, groups and words everywhere.

mod address;
mod blocking;
mod clusters;
mod columns;
pub mod company_name;
mod compare;
mod estimate;
mod overlap;
mod parallel;
mod sentences;
mod text;

use columns::Column;
use estimate::{Weights, probability};

/// The kind of value in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Name of a company or other body, as keyed.
    Organisation,
    GivenName,
    Surname,
    /// Address lines, in any order; the number may stand within.
    Address,
    /// Number of the house when it has a field of its own.
    StreetNumber,
    Town,
    Region,
    Postcode,
    Telephone,
    Email,
    BirthDate,
    /// A number that some office gave to one party: VAT number, bank account, company number.
    Identifier(&'static str),
}

/// A row as what is known of a party. A kind may occur several times: the best agreement counts.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub fields: Vec<(Kind, String)>,
}

/// Two rows (indices, `a < b`) that may be one party.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPair {
    pub a: usize,
    pub b: usize,
    /// log2 odds that they are.
    pub odds: f64,
    pub probability: f64,
}

/// The evidence of one field about two rows.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldEvidence {
    pub kind: Kind,
    /// For an analyst: "same postcode, which 3 of 3,337 share (so are 93% of couples that are one, 1 in 1,112
    /// of others)".
    pub words: String,
    /// log2 of how much more probable this is for one party than for two.
    pub bits: f64,
}

/// The settings of a match.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Couples with lower log2 odds are forgotten. They can still be asked about one by one.
    pub least_odds: f64,
}

/// Finds the rows of a ledger that mean one party.
#[derive(Debug, Clone, Copy, Default)]
pub struct Matcher {
    settings: Settings,
}

/// The parties found among the records of one ledger.
#[derive(Debug)]
pub struct Matches {
    columns: Vec<Column>,
    weights: Weights,
    pairs: Vec<ScoredPair>,
    joins: Vec<clusters::Join>,
    blocks_left_out: usize,
}

/// Log2 odds, in the mean over a group, from which rows are one party when nobody says otherwise: 32 to 1.
/// Even odds would be too few: fields of one place go together more than the weights know, and joining
/// two parties costs an analyst more than leaving one in two.
pub const DEFAULT_THRESHOLD: f64 = 5.0;
/// Weaker couples do not lead to a group, nor to an alarm.
const LEAST_ODDS: f64 = -6.0;

impl Default for Settings {
    fn default() -> Self {
        Self { least_odds: LEAST_ODDS }
    }
}

impl Matcher {
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Learns what agreement is worth among these records, then weighs every couple worth comparing.
    pub fn train(self, records: &[Record]) -> Matches {
        let columns = columns::columns(records);
        let candidates = blocking::candidates(&columns, records.len());
        let learnt = estimate::learn(&columns, &candidates.couples, records.len());
        let odds = learnt.odds(&columns, &candidates.couples);
        let weights = learnt.weights;
        let odds_of =
            |a: u32, b: u32| weights.odds(&estimate::profile(&columns, a as usize, b as usize));
        let kept = candidates
            .couples
            .iter()
            .zip(&odds)
            .filter(|(_, odds)| **odds >= self.settings.least_odds);
        let edges: Vec<clusters::Edge> =
            kept.map(|(couple, odds)| (couple.a, couple.b, *odds)).collect();
        let joins = clusters::joins(&edges, &odds_of);
        let pairs = edges
            .iter()
            .map(|(a, b, odds)| ScoredPair {
                a: *a as usize,
                b: *b as usize,
                odds: *odds,
                probability: probability(*odds),
            })
            .collect();
        Matches { columns, weights, pairs, joins, blocks_left_out: candidates.blocks_left_out }
    }
}

impl Matches {
    /// Couples found by themselves, in order of rows.
    pub fn pairs(&self) -> &[ScoredPair] {
        &self.pairs
    }

    /// Groups of two or more rows that are one party, when the mean over the couples between any two
    /// parts has at least these log2 odds.
    pub fn clusters(&self, threshold: f64) -> Vec<Vec<usize>> {
        clusters::cut(&self.joins, threshold)
    }

    /// log2 odds that two rows are one party.
    pub fn odds(&self, a: usize, b: usize) -> f64 {
        self.weights.odds(&estimate::profile(&self.columns, a, b))
    }

    /// The evidence of each field about two rows, the weightiest first.
    pub fn evidence(&self, a: usize, b: usize) -> Vec<FieldEvidence> {
        let profile = estimate::profile(&self.columns, a, b);
        let mut evidence: Vec<FieldEvidence> = (0..profile.len())
            .filter_map(|at| {
                let found = profile[at]?;
                let bits = self.weights.counted_bits(&profile, at);
                Some(FieldEvidence {
                    kind: self.columns[at].kind,
                    words: sentences::of(&self.columns[at], found, a, b)
                        + &self.weights.basis(&profile, at),
                    bits,
                })
            })
            .collect();
        evidence.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()));
        evidence
    }

    /// The learnt weights as a table, for those who tune or explain them.
    pub fn describe(&self) -> String {
        self.weights.describe(&self.columns)
    }

    /// Blocks too large to compare within: what they alone would have found is not found.
    pub fn blocks_left_out(&self) -> usize {
        self.blocks_left_out
    }
}

#[cfg(test)]
mod tests;
