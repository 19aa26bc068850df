//! Ratios that follow from the party and one likeness, kept from pair to pair while pairs of one party are
//! weighed one after the other: there are a few dozen of them and millions of pairs.
//!
//! Invariant: a ratio that is kept is the one that would be worked out again, to the last digit.

use crate::days::{DayLikeness, Gap};
use crate::habits::SHARED_FIELDS;

/// A ratio as it is multiplied: by the party's own habits, and by those of all parties together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factors {
    pub(super) own: f64,
    pub(super) pooled: f64,
}

/// The likeness that a ratio is of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Likeness {
    /// Of one of [`SHARED_FIELDS`], by its place there, and whether it is shared.
    Shared(Gap, usize, bool),
    Days(DayLikeness),
    /// Of two that are equal in amount.
    DaysOfTwins(DayLikeness),
}

const SHARED: usize = Gap::ALL.len() * SHARED_FIELDS.len() * 2;
const DAYS: usize = DayLikeness::ALL.len();

/// The ratios of one party, as far as they were asked for.
#[derive(Debug)]
pub struct PartyRatios {
    party: u32,
    known: [Option<Factors>; SHARED + 2 * DAYS],
}

impl Default for PartyRatios {
    fn default() -> Self {
        Self { party: 0, known: [None; SHARED + 2 * DAYS] }
    }
}

impl PartyRatios {
    /// The ratio of a party and likeness, worked out when it is asked for the first time.
    pub(super) fn get(
        &mut self,
        party: u32,
        likeness: Likeness,
        counted: impl FnOnce() -> Factors,
    ) -> Factors {
        if self.party != party {
            *self = Self { party, ..Self::default() };
        }
        *self.known[likeness.index()].get_or_insert_with(counted)
    }
}

impl Likeness {
    const fn index(self) -> usize {
        match self {
            Self::Shared(gap, field, is_same) => {
                (gap.index() * SHARED_FIELDS.len() + field) * 2 + is_same as usize
            }
            Self::Days(days) => SHARED + days.index(),
            Self::DaysOfTwins(days) => SHARED + DAYS + days.index(),
        }
    }
}
