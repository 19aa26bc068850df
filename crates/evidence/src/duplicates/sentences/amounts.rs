//! What is said of the amounts of a pair.
//!
//! Invariant: an amount in a sentence is one of a row, and a sum is exact.

use domain::MinorDigits;

use super::written;
use crate::amounts::{AmountLikeness, vat_rate_between};
use crate::habits::Habits;
use crate::invoices::Invoices;
use crate::rate;
use crate::vat::rates;
use crate::weigh::{Pair, WeighedPair, Weight};

/// Parts of a sum that are named; more are counted.
const PARTS_NAMED_MAX: usize = 5;

/// The likeness of two amounts in words.
pub(super) fn of(
    invoices: &Invoices,
    habits: &Habits,
    (weighed, members): (&WeighedPair, &[usize]),
    weight: &Weight,
) -> String {
    let one = written(invoices.amount[weighed.pair.a], invoices.base_digits);
    let other = written(invoices.amount[weighed.pair.b], invoices.base_digits);
    let what = match weighed.pair.amount {
        AmountLikeness::Equal => {
            return format!(
                "the same amount, {one}, {}",
                other_times(invoices, habits, (weighed, members), weight)
            );
        }
        AmountLikeness::OtherCurrency => {
            // Two currencies may have different digits: the figure is what is the same.
            let stated = written(invoices.stated[weighed.pair.a], MinorDigits::default());
            return format!("the same figure, {stated}, in two currencies");
        }
        AmountLikeness::OtherRate => {
            let stated = written(invoices.stated[weighed.pair.a], MinorDigits::default());
            return format!(
                "the same invoice amount, {stated}, at two rates: {one} and {other} in the books"
            );
        }
        AmountLikeness::NetForGross => {
            return format!("the amounts {one} and {other}: {}", with_vat(invoices, weighed));
        }
        AmountLikeness::Transposed => "two digits are swapped",
        AmountLikeness::SlippedDecimal => "the decimal point has slipped",
        AmountLikeness::Nearly => "they are nearly the same",
        AmountLikeness::Half => "one is half of the other, to a penny or two",
        AmountLikeness::SumOfTwo => return sum_of_two(invoices, habits, weighed),
        AmountLikeness::SumOfSeveral => return sum_of_several(invoices, weighed),
        AmountLikeness::Opposite => "one takes the other back",
        AmountLikeness::Other => "they differ",
    };
    format!("the amounts {one} and {other}: {what}")
}

/// Says how often an amount was billed beside the invoices of that amount that are taken for one.
fn other_times(
    invoices: &Invoices,
    habits: &Habits,
    (weighed, members): (&WeighedPair, &[usize]),
    weight: &Weight,
) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    let is_one_party = invoices.party[a] == invoices.party[b];
    let is_of_amount = |at: &&usize| {
        invoices.amount[**at] == invoices.amount[a]
            && (!is_one_party || invoices.party[**at] == invoices.party[a])
    };
    let here = crate::narrow(members.iter().filter(is_of_amount).count()).max(2);
    let beside = if here > 2 { format!(" beside the {here} here") } else { String::new() };
    if !is_one_party {
        return match habits.amount_used(invoices, a).saturating_sub(here) {
            0 => format!("which no other invoice of the ledger has{beside}"),
            1 => format!("which one other invoice of the ledger has{beside}"),
            more => format!("which {more} other invoices of the ledger have{beside}"),
        };
    }
    match habits.recurrence(invoices, a).count.saturating_sub(here) {
        0 => {
            let unless = if weight.bits < 0.0 && here == 2 {
                "; but its amounts often come twice"
            } else {
                ""
            };
            format!("which this supplier has billed no other time{beside}{unless}")
        }
        1 => format!("which this supplier has billed once more{beside}"),
        more => format!("which this supplier has billed {more} more times{beside}"),
    }
}

/// Why the amounts of a pair tell little at its supplier: how often others of it come again. The two that are
/// compared are counted as no habit.
pub fn usual_amount(invoices: &Invoices, habits: &Habits, pair: &Pair) -> String {
    if pair.amount != AmountLikeness::Equal {
        return "amounts of two invoices of this supplier are often so alike".into();
    }
    match habits.recurrence(invoices, pair.a).count.saturating_sub(2) {
        0 => {
            let share = habits.others_come_again(invoices.party[pair.a]).unwrap_or(0.0);
            format!(
                "{} of this supplier's other invoices are over an amount that it billed more than once",
                rate::words(share)
            )
        }
        1 => "this supplier's amounts often come again; this one once more".into(),
        more => format!("this supplier's amounts often come again; this one {more} more times"),
    }
}

/// By which rate of VAT one is the other: the reader knows whether the supplier charges it.
fn with_vat(invoices: &Invoices, weighed: &WeighedPair) -> String {
    let [one, other] = [weighed.pair.a, weighed.pair.b].map(|at| invoices.amount[at].abs());
    let rate = vat_rate_between(one.min(other), one.max(other))
        .expect("amounts are so alike by a rate of VAT");
    let percent = rates::written(rate);
    format!("one is the other plus {percent}%, which is a rate of VAT")
}

fn sum_of_two(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    let (whole, part) = if invoices.amount[a] > invoices.amount[b] { (a, b) } else { (b, a) };
    let amount = |at: usize| written(invoices.amount[at], invoices.base_digits);
    habits.third(invoices, a, b).map_or_else(
        || "a third invoice of the supplier makes up the difference".into(),
        |third| {
            format!(
                "{}, the amount of {}, is to the penny {} of {} plus {} of {}",
                amount(whole),
                invoices.written_number(whole),
                amount(part),
                invoices.written_number(part),
                amount(third),
                invoices.written_number(third)
            )
        },
    )
}

/// The two that are weighed are the whole and the largest part.
fn sum_of_several(invoices: &Invoices, weighed: &WeighedPair) -> String {
    let joint = weighed.joint.as_ref().expect("only a sum is weighed as one");
    let amount = |at: usize| written(invoices.amount[at], invoices.base_digits);
    let named = |at: usize| format!("{} of {}", amount(at), invoices.written_number(at));
    let whole = named(weighed.whole(invoices));
    if joint.parts.len() > PARTS_NAMED_MAX {
        return format!(
            "{whole} is to the penny what {} other invoices of the supplier come to",
            joint.parts.len()
        );
    }
    let parts: Vec<String> = joint.parts.iter().map(|at| named(*at)).collect();
    format!("{whole} is to the penny {}", parts.join(" plus "))
}
