//! What would make a pair innocent: of equal amounts a period apart first of all that they are two charges.
//!
//! Not for: whether they are weighed as such (`weigh`): what is said here is for whoever looks.

use crate::amounts::AmountLikeness;
use crate::days::BillingPeriod;
use crate::duplicates::kind::Kind;
use crate::habits::Habits;
use crate::invoices::Invoices;
use crate::weigh::WeighedPair;

/// The innocent explanation of a pair, and what to look at.
pub fn innocent_if(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair) -> String {
    let kind = Kind::of(invoices, weighed);
    let usual = kind.innocent_if();
    let Some(period) = period_of(invoices, habits, weighed) else { return usual.to_owned() };
    let noun = period.noun();
    if matches!(kind, Kind::OtherDay | Kind::DayAndMonthSwapped | Kind::WrongYear) {
        return format!("it is a charge of each {noun}, under a contract or a standing order");
    }
    format!("it is a charge of each {noun}, and each paper names a {noun} of its own; or {usual}")
}

/// The period of the charge that two invoices over one amount may be: that of the schedule on which the
/// amount comes, else that between the two. None where both are within one period.
fn period_of(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair) -> Option<BillingPeriod> {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    let is_one_party = invoices.party[a] == invoices.party[b];
    if weighed.joint.is_some() || weighed.pair.amount != AmountLikeness::Equal || !is_one_party {
        return None;
    }
    let apart = invoices.invoiced[a].abs_diff(invoices.invoiced[b]);
    let recurrence = habits.recurrence(invoices, a);
    if !recurrence.is_schedule() {
        return BillingPeriod::of_days(apart);
    }
    let every = recurrence.middle_gap.unsigned_abs();
    BillingPeriod::of_days(every).filter(|_| apart.saturating_mul(2) >= every)
}
