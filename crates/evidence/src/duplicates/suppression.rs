//! Why a pair that would be a duplicate at any other supplier is none at this one.

use crate::amounts::AmountLikeness;
use crate::habits::Habits;
use crate::invoices::Invoices;
use crate::weigh::{Pair, Subject, WeighedPair};

/// The reason that explains a likeness away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// One of them was taken back.
    Credited,
    /// Rent and the like: the amount comes at regular intervals.
    Recurring,
    /// The supplier bills this amount, or amounts twice, again and again.
    UsualAmount,
    /// One number used for many invoices: a customer's account, a contract in instalments.
    AccountReference,
    /// Two numbers of one series, each where the count stood.
    ConsecutiveNumbers,
    /// The supplier's invoices usually come so close together.
    UsualDays,
    /// Invoices of the supplier are the sums of others again and again.
    UsualSums,
    /// Several small things together.
    UsualHere,
    /// A person has decided on these rows, or on this supplier and pattern.
    Decided,
}

impl Reason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credited => "credited",
            Self::Recurring => "recurring",
            Self::UsualAmount => "usual_amount",
            Self::AccountReference => "account_reference",
            Self::ConsecutiveNumbers => "consecutive_numbers",
            Self::UsualDays => "usual_days",
            Self::UsualSums => "usual_sums",
            Self::UsualHere => "usual_here",
            Self::Decided => "decided",
        }
    }
}

/// The habit that takes most of the weight away.
pub(super) fn explained(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair) -> Reason {
    let most = weighed
        .weights
        .iter()
        .max_by(|x, y| (x.pooled_bits - x.bits).total_cmp(&(y.pooled_bits - y.bits)));
    match most.map(|weight| weight.subject) {
        Some(Subject::Schedule) => Reason::Recurring,
        Some(Subject::Amount) => of_amount(invoices, habits, &weighed.pair),
        Some(Subject::Number) if weighed.pair.number.is_same() => Reason::AccountReference,
        Some(Subject::Number | Subject::Series) => Reason::ConsecutiveNumbers,
        // Busy days are not what the supplier's usually are.
        Some(Subject::Day) if weighed.pair.busy_days(invoices, habits).is_none() => {
            Reason::UsualDays
        }
        _ => Reason::UsualHere,
    }
}

/// The reason why the amounts of a pair tell little: two invoices of one amount make no habit of it by
/// themselves, so that without others it is that of the supplier's other amounts, where it has it.
fn of_amount(invoices: &Invoices, habits: &Habits, pair: &Pair) -> Reason {
    let recurrence = habits.recurrence(invoices, pair.a);
    if recurrence.is_schedule() {
        return Reason::Recurring;
    }
    let is_billed_again = pair.amount != AmountLikeness::Equal || recurrence.count > 2;
    let come_again = habits.others_come_again(invoices.party[pair.a]).unwrap_or(0.0);
    if is_billed_again || come_again > 0.0 { Reason::UsualAmount } else { Reason::UsualHere }
}
