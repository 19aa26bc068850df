//! Where weights go: a list, for whoever explains; or a product, for the many pairs that come to nothing.

use super::party_ratios::{Factors, Likeness, PartyRatios};
use super::{Rates, Subject, Weight};
use crate::habits::BaseRate;

/// A likelihood ratio: by the party's own habits, and by those of all parties together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ratio {
    own: Rates,
    pooled: Rates,
    /// It counts for no more than this, and for no less than one by this.
    most: f64,
}

/// Takes the weights of one pair.
pub(super) trait Weights {
    fn add(&mut self, subject: Subject, ratio: Ratio);

    /// Adds a ratio that follows from the party and a likeness alone.
    fn add_of_party(
        &mut self,
        subject: Subject,
        party: u32,
        likeness: Likeness,
        ratio: impl FnOnce() -> Ratio,
    );

    /// Returns `true` when nothing is left to find out, even if the last ratio is as great as this.
    fn is_hopeless(&self, at_most: Ratio) -> bool;
}

/// All ratios multiplied: what is needed of many pairs is only whether they come near a threshold.
#[derive(Debug)]
pub struct Odds<'a> {
    own: f64,
    pooled: f64,
    needed: f64,
    ratios: &'a mut PartyRatios,
}

/// Products and sums of logarithms differ in their last digits.
const ROUNDING: f64 = 1.0 - 1e-9;

impl Ratio {
    pub(super) const fn of(if_one: f64, genuine: BaseRate) -> Self {
        let own = Rates { if_one, genuine: genuine.own };
        let pooled = Rates { if_one, genuine: genuine.pooled };
        Self { own, pooled, most: f64::INFINITY }
    }

    /// A rate that is the same at every party.
    pub(super) const fn fixed(ratio: f64) -> Self {
        Self::of(ratio, BaseRate { own: 1.0, pooled: 1.0 })
    }

    pub(super) const fn at_most(own: Rates, pooled: Rates, most: f64) -> Self {
        Self { own, pooled, most }
    }

    fn counted(self) -> Factors {
        let counted =
            |rates: Rates| (rates.if_one / rates.genuine).clamp(1.0 / self.most, self.most);
        Factors { own: counted(self.own), pooled: counted(self.pooled) }
    }
}

impl Weights for Vec<Weight> {
    fn add(&mut self, subject: Subject, ratio: Ratio) {
        let Factors { own, pooled } = ratio.counted();
        let (bits, pooled_bits) = (own.log2(), pooled.log2());
        self.push(Weight { subject, bits, pooled_bits, rates: ratio.own });
    }

    fn add_of_party(
        &mut self,
        subject: Subject,
        _party: u32,
        _likeness: Likeness,
        ratio: impl FnOnce() -> Ratio,
    ) {
        self.add(subject, ratio());
    }

    fn is_hopeless(&self, _at_most: Ratio) -> bool {
        false
    }
}

impl<'a> Odds<'a> {
    /// Of nothing known yet, against the odds that are needed.
    pub(super) fn against(needed: f64, ratios: &'a mut PartyRatios) -> Self {
        Self { own: 1.0, pooled: 1.0, needed: needed * ROUNDING, ratios }
    }

    /// Returns `true` for a pair below what is needed, with its party's habits and with those of all.
    pub fn are_too_small(&self) -> bool {
        self.are_too_small_with(Factors { own: 1.0, pooled: 1.0 })
    }

    fn are_too_small_with(&self, counted: Factors) -> bool {
        self.own * counted.own < self.needed && self.pooled * counted.pooled < self.needed
    }

    fn multiply(&mut self, counted: Factors) {
        self.own *= counted.own;
        self.pooled *= counted.pooled;
    }
}

impl Weights for Odds<'_> {
    fn add(&mut self, _subject: Subject, ratio: Ratio) {
        self.multiply(ratio.counted());
    }

    fn add_of_party(
        &mut self,
        _subject: Subject,
        party: u32,
        likeness: Likeness,
        ratio: impl FnOnce() -> Ratio,
    ) {
        let counted = self.ratios.get(party, likeness, || ratio().counted());
        self.multiply(counted);
    }

    fn is_hopeless(&self, at_most: Ratio) -> bool {
        self.are_too_small_with(at_most.counted())
    }
}
