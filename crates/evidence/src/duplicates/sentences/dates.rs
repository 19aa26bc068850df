//! What is said of the dates of a pair.
//!
//! Invariant: a date is called what the ledger has of it: a list of payments has no dates of invoices.

use domain::digits::counted;

use crate::amounts::AmountLikeness;
use crate::days::DayLikeness;
use crate::habits::{BusyDays, Habits};
use crate::invoices::Invoices;
use crate::weigh::{WeighedPair, Weight};

/// The rate from which on nothing is rare, whatever it weighs: one pair in ten.
const RARE_MAX: f64 = 0.1;

/// The words for how far apart the dates are; where that speaks the other way than it seems to, why.
pub(super) fn of(
    invoices: &Invoices,
    habits: &Habits,
    weighed: &WeighedPair,
    weight: &Weight,
) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    let date = if habits.dates_are_payments() { "payment date" } else { "invoice date" };
    let is_one_party = invoices.party[a] == invoices.party[b];
    let whose = match (is_one_party, weighed.pair.amount) {
        (false, _) => "invoices of two suppliers here",
        (true, AmountLikeness::Equal) if habits.knows(invoices.party[a]) => {
            "this supplier's invoices of one amount"
        }
        (true, AmountLikeness::Equal) => "invoices of one supplier and amount here",
        (true, _) if habits.knows(invoices.party[a]) => "this supplier's invoices",
        (true, _) => "invoices of one supplier here",
    };
    let apart = counted(
        invoices.invoiced[a].abs_diff(invoices.invoiced[b]).into(),
        "day apart",
        "days apart",
    );
    if let Some(BusyDays { others, days: (first, last), .. }) =
        weighed.pair.busy_days(invoices, habits)
    {
        let others = counted(others.into(), "other invoice follows", "other invoices follow");
        return format!(
            "the {date}s are {apart}, at a busy time of this supplier: {others} the earlier by {first} to \
             {last} days"
        );
    }
    match weighed.pair.day {
        DayLikeness::Same if weight.bits < 0.0 => {
            format!("the same {date}, as {whose} often have")
        }
        DayLikeness::Same => format!("the same {date}"),
        DayLikeness::Swapped => format!("the {date}s differ by day and month swapped"),
        DayLikeness::WrongYear => format!("the {date}s are the same day of two years"),
        _ if weight.bits > 0.0 && weight.rates.genuine <= RARE_MAX => {
            format!("the {date}s are {apart}, which is rare among {whose}")
        }
        _ => format!("the {date}s are {apart}"),
    }
}
