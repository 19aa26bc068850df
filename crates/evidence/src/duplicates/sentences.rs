//! The reasons of a pair in sentences for somebody who has never seen how they were weighed.

use crate::amounts::AmountLikeness;
use crate::days::{DayLikeness, Gap};
use crate::habits::{Field, Habits, Place, same};
use crate::invoice_number::NumberLikeness;
use crate::invoices::Invoices;
use crate::rate;
use crate::weigh::{Rates, Subject, WeighedPair, Weight};

/// One reason as a person reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The column it is about, or `prior`.
    pub field: &'static str,
    pub words: String,
    /// log2 of the likelihood ratio.
    pub bits: f64,
}

/// Weights smaller than this change nothing that anybody would notice.
const BITS_MIN: f64 = 0.05;

/// Of a pair, the weightiest first.
pub fn evidence(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair) -> Vec<Reading> {
    let mut readings: Vec<Reading> = weighed
        .weights
        .iter()
        .filter(|weight| weight.bits.abs() >= BITS_MIN)
        .map(|weight| Reading {
            field: field(weight.subject),
            words: words(invoices, habits, weighed, weight) + &rates(invoices, weighed, weight),
            bits: (weight.bits * 100.0).round() / 100.0,
        })
        .collect();
    readings.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()));
    readings
}

const fn field(subject: Subject) -> &'static str {
    match subject {
        Subject::Prior => domain::finding::Evidence::PRIOR,
        Subject::Number | Subject::Series => "invoice_number",
        Subject::Amount => "base_amount",
        Subject::Day | Subject::Schedule => "invoice_date",
        Subject::Reference => "supplier_ref",
        Subject::User => "user_id",
        Subject::PaidDay => "paid_date",
        Subject::EnteredDay => "entered_date",
        Subject::Order => "po_number",
        Subject::Group => "org_group_ref",
        Subject::Means => "payment_type",
        Subject::Description => "description",
    }
}

fn words(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair, weight: &Weight) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    match weight.subject {
        Subject::Prior if weighed.pair.amount == AmountLikeness::SumOfThree => {
            "before looking at anything: about 1 invoice in 40,000 is a statement that is paid beside its invoices (an assumption)".into()
        }
        Subject::Prior if invoices.are_of_one_supplier(a, b) => {
            "before looking at anything: about 1 invoice in 400 is keyed twice (audits found 1 to 5 in 1,000)".into()
        }
        Subject::Prior => {
            "before looking at anything: about 1 invoice in 5,000 is keyed twice with another supplier (an assumption)".into()
        }
        Subject::Number => number(invoices, habits, weighed, weight),
        Subject::Series => series(invoices, habits, weighed),
        Subject::Amount => amount(invoices, habits, weighed, weight),
        Subject::Day => day(weighed).to_owned(),
        Subject::Schedule => {
            let every = habits.recurrence(invoices, a).middle_gap;
            let apart = invoices.invoiced[a].abs_diff(invoices.invoiced[b]);
            format!("this amount comes about every {every} days, and these two are {apart} days apart")
        }
        Subject::Reference => shared(invoices, weighed, Field::SameReference, "the same supplier reference", "two references of one supplier, as both bear its name"),
        Subject::User => shared(invoices, weighed, Field::SameUser, "keyed by the same user", "keyed by different users"),
        Subject::PaidDay => shared(invoices, weighed, Field::SamePaidDay, "paid on the same day", "paid on different days"),
        Subject::EnteredDay => shared(invoices, weighed, Field::SameEnteredDay, "keyed on the same day", "keyed on different days"),
        Subject::Order => shared(invoices, weighed, Field::SameOrder, "the same purchase order", "different purchase orders"),
        Subject::Group => {
            shared(invoices, weighed, Field::SameGroup, "the same part of the organisation", "different parts of the organisation")
        }
        Subject::Means => shared(invoices, weighed, Field::SameMeans, "paid in the same way", "paid in different ways"),
        Subject::Description => shared(invoices, weighed, Field::SameDescription, "the same description", "different descriptions"),
    }
}

/// The rates that the weight comes of: ` (74% of second keyings, 3% of this supplier's other pairs)`.
fn rates(invoices: &Invoices, weighed: &WeighedPair, weight: &Weight) -> String {
    let rates = weight.rates;
    let (pair, is_twin) = (&weighed.pair, weighed.pair.amount == AmountLikeness::Equal);
    let one_party = invoices.party[pair.a] == invoices.party[pair.b];
    let is_pair_of_all = |subject| match subject {
        Subject::Number => is_twin && one_party,
        Subject::Amount => !is_twin,
        _ => true,
    };
    // The words of a prior say how common it is; a ratio set by rule is no share of anything.
    let is_by_rule = rates.if_one > 1.0
        || (weight.subject == Subject::Amount && pair.amount == AmountLikeness::SumOfThree)
        || (weight.subject == Subject::Number && pair.number == NumberLikeness::Unknown);
    if weight.subject == Subject::Prior || is_by_rule {
        return String::new();
    }
    if !is_pair_of_all(weight.subject) {
        return format!(" ({} of second keyings; {})", rate::words(rates.if_one), expected(rates));
    }
    let gap = Gap::of(invoices.invoiced[pair.a], invoices.invoiced[pair.b]);
    let whose = match (weight.subject, gap) {
        _ if !one_party => "pairs of two suppliers",
        (Subject::Day | Subject::Schedule, _) if is_twin => {
            "this supplier's other pairs of one amount"
        }
        (Subject::Number | Subject::Series | Subject::Day | Subject::Schedule, _) => {
            "this supplier's other pairs"
        }
        (_, Gap::Same) => "this supplier's other pairs of one invoice date",
        (_, Gap::Week) => "this supplier's other pairs up to 10 days apart",
        (_, Gap::Month) => "this supplier's other pairs 11 to 35 days apart",
        (_, Gap::Far) => "this supplier's other pairs more than 35 days apart",
    };
    let (if_one, genuine) = (rate::words(rates.if_one), rate::words(rates.genuine));
    let is_capped = ((rates.if_one / rates.genuine).log2() - weight.bits).abs() > BITS_MIN;
    let capped = if is_capped {
        format!("; limited to {:+.1} by judgement, as such signs go together", weight.bits)
    } else {
        String::new()
    };
    if weight.subject == Subject::Amount && pair.amount == AmountLikeness::SumOfTwo {
        return format!(
            "; a third invoice makes up the difference in {if_one} of second keyings and in {genuine} of \
             {whose}{capped}"
        );
    }
    format!(" ({if_one} of second keyings, {genuine} of {whose}{capped})")
}

/// Of a likeness that brings two invoices together: how many genuine ones it would.
fn expected(rates: Rates) -> String {
    match rates.genuine {
        many @ 1.0.. => format!("by chance a genuine invoice has {many:.1} such others"),
        some => format!("by chance {} of genuine invoices have such another", rate::words(some)),
    }
}

/// Of a field that both say: whether they share it.
fn shared(
    invoices: &Invoices,
    weighed: &WeighedPair,
    field: Field,
    if_same: &str,
    if_not: &str,
) -> String {
    let is_same = same(invoices, field, weighed.pair.a, weighed.pair.b)
        .expect("only a field that both say is weighed");
    if is_same { if_same } else { if_not }.to_owned()
}

fn number(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair, weight: &Weight) -> String {
    let (one, other) = (invoices.number(weighed.pair.a), invoices.number(weighed.pair.b));
    let same_party = invoices.party[weighed.pair.a] == invoices.party[weighed.pair.b];
    if weighed.pair.date_as_number {
        return format!(
            "one of the numbers, {one} and {other}, reads as a date: that of these invoices, or the day beside"
        );
    }
    let is_buyers_own = |at: usize| habits.is_buyers_own(at);
    if !same_party
        && !weighed.pair.number.is_same()
        && is_buyers_own(weighed.pair.a)
        && is_buyers_own(weighed.pair.b)
    {
        return format!(
            "{one} and {other} are of a numbering that runs through many suppliers, so they tell nothing"
        );
    }
    let used = habits.number_used(weighed.pair.a).max(habits.number_used(weighed.pair.b));
    let what = likeness(one, other, weighed.pair.number);
    let is_one_number =
        weighed.pair.number.is_same() && weighed.pair.number != NumberLikeness::Misread;
    if is_one_number && used > 2 && same_party {
        return format!("{what}, which {used} invoices of this supplier bear");
    }
    if weight.bits > 0.0 && weighed.pair.number.is_slip() {
        let how_often = match weight.bits {
            bits if bits >= 8.0 => "hardly ever",
            bits if bits >= 4.0 => "seldom",
            _ => "now and then, though less often,",
        };
        return if same_party {
            format!("{what}; two genuine invoices of this supplier are {how_often} so alike")
        } else {
            format!("{what}; numbers of two suppliers are {how_often} so alike by chance")
        };
    }
    if weighed.pair.number == NumberLikeness::Neighbouring {
        return format!("{what}, as two genuine invoices often are");
    }
    what
}

/// The likeness of two numbers in words.
fn likeness(one: &str, other: &str, likeness: NumberLikeness) -> String {
    match likeness {
        NumberLikeness::Identical => format!("the same invoice number, {one}"),
        NumberLikeness::Punctuation => {
            format!("{one} and {other} differ only by punctuation or spaces")
        }
        NumberLikeness::LeadingZeros => {
            format!("{one} and {other} differ only by zeros before a number")
        }
        NumberLikeness::Misread => {
            format!("{one} and {other} differ only by characters that look alike")
        }
        NumberLikeness::Suffix | NumberLikeness::LongTail => {
            format!("{one} and {other} differ only by what is appended")
        }
        NumberLikeness::Prefix => format!("{one} and {other} differ only by what stands before"),
        NumberLikeness::Transposed => {
            format!("{one} and {other} differ by two characters that are swapped")
        }
        NumberLikeness::Neighbouring => format!("{one} and {other} are neighbours in one series"),
        NumberLikeness::Substituted => format!("{one} and {other} differ by one character"),
        NumberLikeness::Dropped => {
            format!("{one} and {other} differ by one character more or less")
        }
        NumberLikeness::Contained => {
            format!("{one} and {other} differ only by what stands before and behind")
        }
        NumberLikeness::Rearranged => {
            format!("{one} and {other} are the same parts in another order")
        }
        NumberLikeness::Unrelated => format!("the numbers {one} and {other} are not alike"),
        NumberLikeness::Unknown => format!("the numbers {one} and {other} cannot be compared"),
    }
}

fn series(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    let places = (habits.place(invoices, a, b), habits.place(invoices, b, a));
    let strays = match places {
        (Place::Strays, Place::Strays) => {
            return "neither number fits into the supplier's own numbering of those days".into();
        }
        (Place::Strays, _) => a,
        (_, Place::Strays) => b,
        _ => return "both numbers fit into the supplier's own numbering of those days".into(),
    };
    format!(
        "the number {} does not fit into the supplier's own numbering of those days",
        invoices.number(strays)
    )
}

fn amount(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair, weight: &Weight) -> String {
    let one = written(invoices.amount[weighed.pair.a]);
    let other = written(invoices.amount[weighed.pair.b]);
    let what = match weighed.pair.amount {
        AmountLikeness::Equal
            if invoices.party[weighed.pair.a] != invoices.party[weighed.pair.b] =>
        {
            let others = match habits.amount_used(invoices, weighed.pair.a).saturating_sub(2) {
                0 => "no other invoice of the ledger has".to_owned(),
                1 => "one other invoice of the ledger has".to_owned(),
                more => format!("{more} other invoices of the ledger have"),
            };
            return format!("the same amount, {one}, which {others}");
        }
        AmountLikeness::Equal => {
            let count = habits.recurrence(invoices, weighed.pair.a).count;
            let often = match count {
                0..=2 => "which this supplier has billed no other time".to_owned(),
                3 => "which this supplier has billed once more".to_owned(),
                _ => format!("which this supplier has billed {} more times", count - 2),
            };
            let unless = if weight.bits < 0.0 && count <= 2 {
                "; but its amounts often come twice"
            } else {
                ""
            };
            return format!("the same amount, {one}, {often}{unless}");
        }
        AmountLikeness::OtherCurrency => {
            let stated = written(invoices.stated[weighed.pair.a]);
            return format!("the same figure, {stated}, in two currencies");
        }
        AmountLikeness::NetForGross => "one is the other with VAT",
        AmountLikeness::Transposed => "two digits are swapped",
        AmountLikeness::SlippedDecimal => "the decimal point has slipped",
        AmountLikeness::Nearly => "they are nearly the same",
        AmountLikeness::Half => "one is half of the other, to a penny or two",
        AmountLikeness::SumOfTwo => return sum_of_two(invoices, habits, weighed),
        AmountLikeness::SumOfThree => return sum_of_three(invoices, habits, weighed, weight),
        AmountLikeness::Opposite => "one takes the other back",
        AmountLikeness::Other => "they differ",
    };
    format!("the amounts {one} and {other}: {what}")
}

fn sum_of_two(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    let (whole, part) = if invoices.amount[a] > invoices.amount[b] { (a, b) } else { (b, a) };
    let amount = |at: usize| written(invoices.amount[at]);
    habits.third(invoices, a, b).map_or_else(
        || "a third invoice of the supplier makes up the difference".into(),
        |third| {
            format!(
                "{}, the amount of {}, is to the penny {} of {} and {} of {}",
                amount(whole),
                invoices.number(whole),
                amount(part),
                invoices.number(part),
                amount(third),
                invoices.number(third)
            )
        },
    )
}

/// The two that are weighed are the whole and the largest part.
fn sum_of_three(
    invoices: &Invoices,
    habits: &Habits,
    weighed: &WeighedPair,
    weight: &Weight,
) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    let whole = if invoices.amount[a] > invoices.amount[b] { a } else { b };
    let joint = habits.joint_bill(invoices, whole).expect("only a sum of three is weighed as one");
    let written =
        |at: usize| format!("{} of {}", written(invoices.amount[at]), invoices.number(at));
    format!(
        "{} is to the penny {}; by chance {} of this supplier's invoices are such a sum",
        written(whole),
        joint.parts.map(written).join(" and "),
        rate::words(weight.rates.genuine)
    )
}

const fn day(weighed: &WeighedPair) -> &'static str {
    match weighed.pair.day {
        DayLikeness::Same => "the same invoice date",
        DayLikeness::Swapped => "the invoice dates differ by day and month swapped",
        DayLikeness::WrongYear => "the invoice dates are the same day of two years",
        DayLikeness::FewDays => "the invoice dates are a few days apart",
        DayLikeness::Week => "the invoice dates are about a week apart",
        DayLikeness::Month => "the invoice dates are weeks apart",
        DayLikeness::Quarter => "the invoice dates are months apart",
        DayLikeness::Far => "the invoice dates are far apart",
    }
}

/// Ten-thousandths as people write money.
pub fn written(amount: i64) -> String {
    let cents = amount / 100;
    let (whole, part) = ((cents / 100).unsigned_abs(), (cents % 100).unsigned_abs());
    let grouped = domain::digits::grouped(&whole.to_string());
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}{grouped}.{part:02}")
}
