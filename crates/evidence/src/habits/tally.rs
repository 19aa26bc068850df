//! How many pairs were looked at, and how many of them were alike in each way.

use crate::amounts::AmountLikeness;

/// The field that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Amount(AmountLikeness),
    SameUser,
    SamePaidDay,
    SameEnteredDay,
    SameOrder,
    SameGroup,
    SameMeans,
    SameDescription,
    SameReference,
}

const SHARED: usize = 8;

/// Counts of pairs.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    amount: [f32; AmountLikeness::ALL.len()],
    amounts: f32,
    same: [f32; SHARED],
    known: [f32; SHARED],
}

impl Tally {
    pub(super) fn amount(&mut self, likeness: AmountLikeness) {
        self.amount[likeness.index()] += 1.0;
        self.amounts += 1.0;
    }

    /// `None`: one of them does not say.
    pub(super) fn shared(&mut self, field: Field, same: Option<bool>) {
        if let (Some(same), Some(at)) = (same, place(field)) {
            self.known[at] += 1.0;
            self.same[at] += f32::from(u8::from(same));
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        add(&mut self.amount, &other.amount);
        add(&mut self.same, &other.same);
        add(&mut self.known, &other.known);
        self.amounts += other.amounts;
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        subtract(&mut self.amount, &other.amount);
        subtract(&mut self.same, &other.same);
        subtract(&mut self.known, &other.known);
        self.amounts -= other.amounts;
    }

    /// The share of pairs, drawn towards `usual` as if `weight` more pairs had been seen.
    pub(super) fn rate(&self, field: Field, weight: f64, usual: f64) -> f64 {
        let (alike, of) = match field {
            Field::Amount(likeness) => (self.amount[likeness.index()], self.amounts),
            other => place(other).map_or((0.0, 0.0), |at| (self.same[at], self.known[at])),
        };
        (f64::from(alike) + weight * usual) / (f64::from(of) + weight)
    }
}

fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

fn subtract(from: &mut [f32], less: &[f32]) {
    for (from, less) in from.iter_mut().zip(less) {
        *from -= less;
    }
}

const fn place(field: Field) -> Option<usize> {
    Some(match field {
        Field::SameUser => 0,
        Field::SamePaidDay => 1,
        Field::SameEnteredDay => 2,
        Field::SameOrder => 3,
        Field::SameGroup => 4,
        Field::SameMeans => 5,
        Field::SameDescription => 6,
        Field::SameReference => 7,
        Field::Amount(_) => return None,
    })
}
