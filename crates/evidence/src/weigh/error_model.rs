//! How people and scanners err when one invoice is keyed twice: the match side of the evidence.
//!
//! Sources: `checks.md` of the design for what labelled customers' pairs show (same paid day 19% against
//! 58%, same user 54% against 74%, another supplier reference 35%); the kinds of slips are those that
//! audits list, their shares are round guesses that no ledger was fitted to.

use crate::amounts::AmountLikeness;
use crate::days::DayLikeness;
use crate::habits::Field;
use crate::invoice_number::NumberLikeness;

use super::Rates;

/// The probability of an invoice to be keyed twice: published rates are 0.1 to 0.5%.
pub const PRIOR: f64 = 1.0 / 400.0;
/// The share of those under a party that has nothing to do with the supplier.
pub const OTHER_PARTY: f64 = 0.08;
/// The share of those with the date in the place of the number.
pub const DATE_AS_NUMBER: f64 = 0.03;
/// Of two genuine invoices, how often one has a number that reads as a date of two-digit years by chance at
/// least, by judgement: `1203-03` is the third invoice of March 2012 as well as its third day.
pub const SHORT_DATE: f64 = 0.002;

/// Of the dates that are no other than the days of keying, how many are: a ledger with one date may as well
/// have that of the paper.
pub const OF_POSTING: f64 = 0.5;

/// Of second keyings of a bill that comes on a schedule, how many bear a date that is a period off or more,
/// where it is the date on the paper.
pub const PERIODS_LATER: f64 = 0.03;
/// The share that falls between two bills, of second keyings posted later than half a period after one: the
/// days round a bill are about two fifths of a month.
pub const POSTED_BETWEEN: f64 = 0.6;
/// And how many come so late: see `posted`.
const POSTED_LATER: f64 = 0.7;

/// Of genuine invoices that share a number, such as a customer account, how many write it differently:
/// both come from one system.
pub const WRITTEN_OTHERWISE: f64 = 0.1;

/// Of two genuine bills of one amount that were handled about a year apart, how many bear one number at
/// least, by judgement: that of a licence, a policy, a membership.
pub const ONE_NUMBER_YEARLY: f64 = 0.1;
/// Of two genuine invoices of which one bears the number of a purchase order, how many bear it both at least,
/// by judgement: an order has several invoices, and whoever had no number at hand takes the order's for each.
pub const ONE_NUMBER_OF_ORDER: f64 = 0.3;

/// An invoice that bears a credit note's number and amount, where the invoice credited bears another: a
/// genuine invoice does so hardly ever. By rule, as ledgers hold too few to learn from.
pub const CREDIT_NUMBER: f64 = 64.0;
pub const CREDIT_AMOUNT: f64 = 16.0;

/// Of genuine invoices of one supplier, how many numbers are not alike in any way that has a name here.
pub const UNRELATED_USUALLY: f64 = 0.95;

/// The probability of an invoice to be billed once more together with another one. It stands before anything
/// is looked at, so that the sum, once it is seen, speaks for itself.
pub const JOINT_OF_TWO: f64 = PRIOR * 0.01;
/// The probability of an invoice to be a statement of others that was paid beside them, or to be paid once
/// more in others: as rare among second keyings as a joint bill of two.
pub const STATEMENT: f64 = JOINT_OF_TWO;
/// The probability of an invoice to be paid once more in pieces that bear its number.
pub const IN_PIECES: f64 = PRIOR * 0.05;
/// Of invoices that are paid in pieces, how many have it in the numbers of the pieces.
pub const NUMBERED_IN_PIECES: f64 = 0.5;

/// The weight that each pair adds to a batch, by judgement: it makes a batch four times as likely, and
/// dozens of them leave no doubt that one mistake explains all.
pub const BATCH_BITS_EACH: f64 = 2.0;
pub const BATCH_BITS_MAX: f64 = 20.0;

/// A number that cannot be read, where nothing but numbers brings the two together.
pub const UNREADABLE: f64 = 1.0 / 1_048_576.0;

pub fn number(likeness: NumberLikeness) -> f64 {
    match likeness {
        NumberLikeness::Identical => 0.42,
        NumberLikeness::Punctuation => 0.08,
        NumberLikeness::LeadingZeros | NumberLikeness::Substituted | NumberLikeness::Unrelated => {
            0.05
        }
        NumberLikeness::Misread => 0.06,
        NumberLikeness::Suffix => 0.10,
        NumberLikeness::Transposed => 0.04,
        NumberLikeness::Neighbouring => 0.015,
        NumberLikeness::Dropped => 0.07,
        // Among 204 natural second keyings of a utility 25 numbers had gained or lost a prefix and 21 a long
        // tail: about a fifth of those whose number was not the same.
        NumberLikeness::Prefix => 0.025,
        NumberLikeness::LongTail => 0.02,
        NumberLikeness::Contained => 0.005,
        NumberLikeness::Rearranged => 0.01,
        NumberLikeness::Unknown => 1.0,
    }
}

pub fn amount(likeness: AmountLikeness) -> f64 {
    match likeness {
        AmountLikeness::Equal => 0.82,
        AmountLikeness::OtherCurrency => 0.015,
        // Of a supplier that bills in another currency, what is keyed again on another day.
        AmountLikeness::OtherRate => 0.4,
        AmountLikeness::NetForGross => 0.04,
        AmountLikeness::Transposed => 0.025,
        AmountLikeness::SlippedDecimal | AmountLikeness::Half => 0.02,
        AmountLikeness::Nearly => 0.03,
        // The prior has it that there is a sum at all.
        AmountLikeness::SumOfTwo => 1.0,
        AmountLikeness::SumOfSeveral | AmountLikeness::Opposite | AmountLikeness::Other => 0.01,
    }
}

/// The share of second keyings whose dates are so far apart, where so large a part of all invoices bear the
/// day of their posting for their only date: that moves with every keying, as the date on the paper does not.
pub fn day(likeness: DayLikeness, of_posting: f64) -> f64 {
    of_posting * posted(likeness) + (1.0 - of_posting) * written(likeness)
}

/// The date on the paper, read twice.
fn written(likeness: DayLikeness) -> f64 {
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

/// The days of two postings: most second keyings follow within two months, when a reminder or a copy comes.
fn posted(likeness: DayLikeness) -> f64 {
    match likeness {
        DayLikeness::Same => 0.05,
        DayLikeness::Swapped | DayLikeness::WrongYear => 0.01,
        DayLikeness::FewDays => 0.10,
        DayLikeness::Week => 0.13,
        DayLikeness::Month => 0.40,
        DayLikeness::Quarter => 0.24,
        DayLikeness::Far => 0.06,
    }
}

/// Of second keyings posted later than half a period after a bill of a schedule, as many as reach so far.
pub fn later(likeness: DayLikeness) -> f64 {
    POSTED_LATER * (posted(likeness) / posted(DayLikeness::Month)).min(1.0)
}

/// The rates at which pairs share a field, where genuine pairs share it at the rate `usual`, and so large a
/// part of the ledger has in it a copy of another: that is shared whatever happened.
pub fn shared(field: Field, usual: f64, copied: f64) -> Rates {
    let usual = usual.clamp(0.001, 0.999);
    // How much rarer (or more common) it is to share it among duplicates than among genuine pairs.
    let (ratio, at_least) = match field {
        Field::SameUser => (0.73, 0.0),
        Field::SamePaidDay => (0.33, 0.0),
        Field::SameEnteredDay => (0.5, 0.0),
        Field::SameOrder => (1.0, 0.75),
        Field::SameDescription => (1.0, 0.6),
        Field::SameGroup => (1.0, 0.8),
        Field::SameMeans => (1.0, 0.9),
        Field::SameReference => (1.0, 0.7),
        Field::Amount(_) => (1.0, 0.0),
    };
    let among_duplicates = f64::max(usual * ratio, at_least).min(0.999);
    let if_one = copied * usual + (1.0 - copied) * among_duplicates;
    Rates { if_one, genuine: usual }
}

/// The greatest likelihood ratio that sharing a field counts for, as fields depend on each other.
pub const fn shared_at_most(field: Field) -> f64 {
    match field {
        Field::SameUser | Field::SameEnteredDay => 2.0,
        Field::SamePaidDay | Field::SameGroup => 2.0 * std::f64::consts::SQRT_2,
        Field::SameOrder | Field::SameDescription | Field::SameMeans | Field::SameReference => 8.0,
        Field::Amount(_) => 1.0,
    }
}

/// Where the two numbers stand in their supplier's series, if one invoice was keyed twice.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    pub both_fit: f64,
    pub one_strays: f64,
    pub both_stray: f64,
}

/// A slip takes a number out of its series more often than not.
pub const OF_SLIP: Places = Places { both_fit: 0.35, one_strays: 0.55, both_stray: 0.1 };
/// Something else was written in its place.
pub const OF_OTHER: Places = Places { both_fit: 0.4, one_strays: 0.45, both_stray: 0.15 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_tells_less_the_more_of_it_are_copies() {
        let bits = |copied: f64| {
            let shared = shared(Field::SameEnteredDay, 0.6, copied);
            [shared, shared.complement()].map(|rates| (rates.if_one / rates.genuine).log2())
        };
        let [none, half, all] = [0.0, 0.5, 1.0].map(bits);
        assert!(none[0] < half[0] && half[0] < all[0] && all[0].abs() < 1e-9, "{none:?} {half:?}");
        assert!(none[1] > half[1] && half[1] > all[1] && all[1].abs() < 1e-9, "{none:?} {half:?}");
    }
}
