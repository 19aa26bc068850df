//! The rates behind a reason, for whoever works its weight out again.
//!
//! Not for: the reason itself (`sentences`).

use crate::amounts::AmountLikeness;
use crate::days::Gap;
use crate::habits::Habits;
use crate::invoice_number::NumberLikeness;
use crate::invoices::Invoices;
use crate::rate;
use crate::weigh::{Rates, Subject, WeighedPair, Weight, error_model};

/// Weights that differ by less than this are one.
const BITS_MIN: f64 = super::BITS_MIN;

/// The rates that a weight comes of: `74% of second keyings, 3% of this supplier's other pairs`; none where
/// it is set by rule.
pub(super) fn of(
    invoices: &Invoices,
    habits: &Habits,
    weighed: &WeighedPair,
    weight: &Weight,
) -> Option<String> {
    let rates = weight.rates;
    let (pair, is_twin) = (&weighed.pair, weighed.pair.amount == AmountLikeness::Equal);
    let one_party = invoices.party[pair.a] == invoices.party[pair.b];
    let is_pair_of_all = |subject| match subject {
        Subject::Number => is_twin && one_party,
        // Of two parties it is the number that brings them together.
        Subject::Amount => !is_twin || !one_party,
        _ => true,
    };
    // The words of a prior say how common it is; a ratio set by rule is no share of anything.
    let is_by_rule = rates.if_one > 1.0
        || (weight.subject == Subject::Number && pair.number == NumberLikeness::Unknown);
    if weight.subject == Subject::Prior || is_by_rule {
        return None;
    }
    if weighed.joint.is_some() && weight.subject != Subject::Series {
        let genuine = rate::words(rates.genuine);
        return Some(match weight.subject {
            Subject::Amount => {
                format!("by chance {genuine} of this supplier's invoices are such a sum")
            }
            _ => format!(
                "{} of invoices paid in pieces, {genuine} of this supplier's invoices",
                rate::words(rates.if_one)
            ),
        });
    }
    let is_of_judgement = |rate: f64| (rates.genuine - rate).abs() < f64::EPSILON;
    let by_judgement = [
        (error_model::ONE_NUMBER_YEARLY, "bills a year apart"),
        (error_model::ONE_NUMBER_OF_ORDER, "invoices numbered by their order"),
    ];
    let judged = by_judgement.into_iter().find(|(rate, _)| is_of_judgement(*rate));
    if let Some((_, which)) = judged.filter(|_| weight.subject == Subject::Number) {
        return Some(format!(
            "{} of second keyings, {} of {which} by judgement",
            rate::words(rates.if_one),
            rate::words(rates.genuine)
        ));
    }
    if !is_pair_of_all(weight.subject) {
        return Some(format!(
            "{} of second keyings; {}",
            rate::words(rates.if_one),
            expected(rates)
        ));
    }
    let whose = others(invoices, habits, weighed, weight.subject);
    let (if_one, genuine) = (rate::words(rates.if_one), rate::words(rates.genuine));
    let is_capped = ((rates.if_one / rates.genuine).log2() - weight.bits).abs() > BITS_MIN;
    let capped = if is_capped {
        format!("; limited to {:+.1} by judgement, as such signs go together", weight.bits)
    } else {
        String::new()
    };
    if weight.subject == Subject::Amount && pair.amount == AmountLikeness::SumOfTwo {
        return Some(format!(
            "by chance a third invoice makes up the difference in {genuine} of {whose}{capped}"
        ));
    }
    Some(format!("{if_one} of second keyings, {genuine} of {whose}{capped}"))
}

/// The pairs that the second rate is of. A supplier with too few invoices for habits of its own has those
/// of all.
fn others(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair, subject: Subject) -> String {
    let pair = &weighed.pair;
    let party = invoices.party[pair.a];
    if party != invoices.party[pair.b] {
        return "pairs of two suppliers".into();
    }
    let which = match (subject, Gap::of(invoices.invoiced[pair.a], invoices.invoiced[pair.b])) {
        (Subject::Day, _) if pair.busy_days(invoices, habits).is_some() => {
            " of one amount at so busy a time"
        }
        (Subject::Day | Subject::Schedule, _) if pair.amount == AmountLikeness::Equal => {
            " of one amount"
        }
        (Subject::Number | Subject::Series | Subject::Day | Subject::Schedule, _) => "",
        (_, Gap::Same) if habits.dates_are_payments() => " of one payment date",
        (_, Gap::Same) => " of one invoice date",
        (_, Gap::Week) => " up to 10 days apart",
        (_, Gap::Month) => " 11 to 35 days apart",
        (_, Gap::Far) => " more than 35 days apart",
    };
    let whose =
        if habits.knows(party) { "this supplier's other pairs" } else { "pairs of one supplier" };
    format!("{whose}{which}")
}

/// Of a likeness that brings two invoices together: how many genuine ones it would.
fn expected(rates: Rates) -> String {
    match rates.genuine {
        many @ 1.0.. => format!("by chance a genuine invoice has {many:.1} such others"),
        some => format!("by chance {} of genuine invoices have such another", rate::words(some)),
    }
}
