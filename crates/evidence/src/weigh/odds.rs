//! Where weights go: a list, for whoever explains; or a product, for the many pairs that come to nothing.

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

    /// Returns `true` when nothing is left to find out, even if the last ratio is as great as this.
    fn is_hopeless(&self, at_most: Ratio) -> bool;
}

/// All ratios multiplied: what is needed of many pairs is only whether they come near a threshold.
#[derive(Debug, Clone, Copy)]
pub struct Odds {
    own: f64,
    pooled: f64,
    needed: f64,
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

    fn counted(self, rates: Rates) -> f64 {
        (rates.if_one / rates.genuine).clamp(1.0 / self.most, self.most)
    }
}

impl Weights for Vec<Weight> {
    fn add(&mut self, subject: Subject, ratio: Ratio) {
        let [bits, pooled_bits] =
            [ratio.own, ratio.pooled].map(|rates| ratio.counted(rates).log2());
        self.push(Weight { subject, bits, pooled_bits, rates: ratio.own });
    }

    fn is_hopeless(&self, _at_most: Ratio) -> bool {
        false
    }
}

impl Odds {
    /// Of nothing known yet, against the odds that are needed.
    pub(super) const fn against(needed: f64) -> Self {
        Self { own: 1.0, pooled: 1.0, needed: needed * ROUNDING }
    }

    /// Returns `true` for a pair below what is needed, with its party's habits and with those of all.
    pub fn are_too_small(&self) -> bool {
        self.own < self.needed && self.pooled < self.needed
    }
}

impl Weights for Odds {
    fn add(&mut self, _subject: Subject, ratio: Ratio) {
        self.own *= ratio.counted(ratio.own);
        self.pooled *= ratio.counted(ratio.pooled);
    }

    fn is_hopeless(&self, at_most: Ratio) -> bool {
        let mut odds = *self;
        odds.add(Subject::Number, at_most);
        odds.are_too_small()
    }
}
