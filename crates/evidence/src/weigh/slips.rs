//! How people and scanners err when one invoice is keyed twice: the match side of the evidence.
//!
//! Sources: `checks.md` of the design for what labelled customers' pairs show (same paid day 19% against
//! 58%, same user 54% against 74%, another supplier reference 35%); the kinds of slips are those that
//! audits list, their shares are round guesses that no ledger was fitted to.

use crate::amounts::AmountLikeness;
use crate::days::DayLikeness;
use crate::habits::Field;
use crate::invoice_number::NumberLikeness;

/// Of an invoice, to be keyed twice: published rates are 0.1 to 0.5%.
pub const PRIOR: f64 = 1.0 / 400.0;
/// Of those, how many under a party that has nothing to do with the supplier.
pub const OTHER_PARTY: f64 = 0.08;
/// Of those, how many with the date in the place of the number.
pub const DATE_AS_NUMBER: f64 = 0.03;

pub fn number(likeness: NumberLikeness) -> f64 {
    match likeness {
        NumberLikeness::Identical => 0.42,
        NumberLikeness::Punctuation => 0.08,
        NumberLikeness::LeadingZeros => 0.05,
        NumberLikeness::Misread => 0.06,
        NumberLikeness::Suffix => 0.10,
        NumberLikeness::Transposed => 0.04,
        NumberLikeness::Neighbouring => 0.015,
        NumberLikeness::Substituted => 0.05,
        NumberLikeness::Dropped => 0.07,
        NumberLikeness::Contained => 0.02,
        NumberLikeness::Unrelated => 0.05,
        NumberLikeness::Unknown => 1.0,
    }
}

pub fn amount(likeness: AmountLikeness) -> f64 {
    match likeness {
        AmountLikeness::Equal => 0.82,
        AmountLikeness::OtherCurrency => 0.015,
        AmountLikeness::NetForGross => 0.04,
        AmountLikeness::Transposed => 0.025,
        AmountLikeness::SlippedDecimal => 0.02,
        AmountLikeness::Nearly => 0.03,
        AmountLikeness::Half => 0.02,
        AmountLikeness::SumOfTwo => 0.01,
        AmountLikeness::Opposite => 0.01,
        AmountLikeness::Other => 0.01,
    }
}

pub fn day(likeness: DayLikeness) -> f64 {
    match likeness {
        DayLikeness::Same => 0.74,
        DayLikeness::Swapped | DayLikeness::WrongYear => 0.03,
        DayLikeness::FewDays => 0.10,
        DayLikeness::Week => 0.04,
        DayLikeness::Month => 0.035,
        DayLikeness::Quarter => 0.015,
        DayLikeness::Far => 0.01,
    }
}

/// log2 of the likelihood ratio of sharing a field, where genuine pairs share it at the rate `usual`.
pub fn shared(field: Field, same: bool, usual: f64) -> f64 {
    let usual = usual.clamp(0.001, 0.999);
    // How much rarer (or more common) it is to share it among duplicates than among genuine pairs.
    let (ratio, at_least, most) = match field {
        Field::SameUser => (0.73, 0.0, 1.0),
        Field::SamePaidDay => (0.33, 0.0, 1.5),
        Field::SameEnteredDay => (0.5, 0.0, 1.0),
        Field::SameOrder => (1.0, 0.75, 3.0),
        Field::SameDescription => (1.0, 0.6, 3.0),
        Field::SameGroup => (1.0, 0.8, 1.5),
        Field::SameMeans => (1.0, 0.9, 3.0),
        Field::SameReference => (1.0, 0.7, 3.0),
        Field::Amount(_) => return 0.0,
    };
    let among_duplicates = f64::max(usual * ratio, at_least).min(0.999);
    let bits = if same {
        (among_duplicates / usual).log2()
    } else {
        ((1.0 - among_duplicates) / (1.0 - usual)).log2()
    };
    bits.clamp(-most, most)
}

/// A slip takes a number out of its series more often than not.
pub const fn both_fit(is_slip: bool) -> f64 {
    if is_slip { 0.35 } else { 0.4 }
}

pub const fn one_strays(is_slip: bool) -> f64 {
    if is_slip { 0.55 } else { 0.45 }
}

pub const fn both_stray(is_slip: bool) -> f64 {
    if is_slip { 0.1 } else { 0.15 }
}
