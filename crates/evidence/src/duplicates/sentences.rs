//! The reasons of a pair in sentences for somebody who has never seen how they were weighed.
//!
//! Invariant: a sentence says what is so of the rows and nothing of the model; the rates stand apart.

mod amounts;
mod dates;
mod innocent;
mod rates;

use domain::digits::counted;
use domain::{Amount, MinorDigits};

use crate::amounts::AmountLikeness;
use crate::days::every;
use crate::habits::{Field, Habits, Place, same};
use crate::invoice_number::{InvoiceNumber, NumberLikeness};
use crate::invoices::Invoices;
use crate::weigh::{Subject, WeighedPair, Weight};

pub use self::amounts::usual_amount;
pub use self::innocent::innocent_if;

/// One reason as a person reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The column it is about, or `prior`.
    pub field: &'static str,
    pub words: String,
    /// The rates that the weight comes of; none where it is set by rule.
    pub rates: Option<String>,
    /// log2 of the likelihood ratio.
    pub bits: f64,
}

/// Weights smaller than this change nothing that anybody would notice.
const BITS_MIN: f64 = 0.05;

/// The reasons of a pair, the weightiest first; `members` are the invoices that are taken for one, the pair
/// among them: how often an amount was billed beside is counted without them.
pub fn evidence(
    invoices: &Invoices,
    habits: &Habits,
    weighed: &WeighedPair,
    members: &[usize],
) -> Vec<Reading> {
    let mut readings: Vec<Reading> = weighed
        .weights
        .iter()
        .filter(|weight| weight.bits.abs() >= BITS_MIN)
        .map(|weight| Reading {
            field: field(weight.subject),
            words: words(invoices, habits, (weighed, members), weight),
            rates: rates::of(invoices, habits, weighed, weight),
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
        Subject::EnteredDay | Subject::Batch => "entered_date",
        Subject::Order => "po_number",
        Subject::Group => "org_group_ref",
        Subject::Means => "payment_type",
        Subject::Description => "description",
    }
}

fn words(
    invoices: &Invoices,
    habits: &Habits,
    (weighed, members): (&WeighedPair, &[usize]),
    weight: &Weight,
) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    match weight.subject {
        Subject::Prior if weighed.joint.is_some() => of_joint(weighed).into(),
        Subject::Prior if weighed.pair.amount == AmountLikeness::SumOfTwo => {
            "before looking at anything: about 1 invoice in 40,000 is billed once more together with another one (an assumption)".into()
        }
        Subject::Prior if invoices.are_of_one_supplier(a, b) => {
            "before looking at anything: about 1 invoice in 400 is keyed twice (audits found 1 to 5 in 1,000)".into()
        }
        Subject::Prior => {
            "before looking at anything: about 1 invoice in 5,000 is keyed twice with another supplier (an assumption)".into()
        }
        Subject::Number => number(invoices, habits, weighed, weight),
        Subject::Series => series(invoices, habits, weighed),
        Subject::Amount => amounts::of(invoices, habits, (weighed, members), weight),
        Subject::Day => dates::of(invoices, habits, weighed, weight),
        Subject::Batch => {
            "others of this supplier were keyed again on the same day as the later of these".into()
        }
        Subject::Schedule => {
            let every = every(habits.recurrence(invoices, a).middle_gap);
            let apart = invoices.invoiced[a].abs_diff(invoices.invoiced[b]);
            format!("this amount comes about {every}, and these two are {apart} days apart")
        }
        subject => shared(invoices, weighed, subject),
    }
}

/// The words for how common sums are before anything is known.
fn of_joint(weighed: &WeighedPair) -> &'static str {
    let is_numbered = weighed.joint.as_ref().is_some_and(|joint| joint.numbered_usually.is_some());
    if is_numbered {
        "before looking at anything: about 1 invoice in 8,000 is paid once more in pieces that bear its \
         number (an assumption)"
    } else {
        "before looking at anything: about 1 invoice in 40,000 is a statement that is paid beside its \
         invoices, or is paid once more in others (an assumption)"
    }
}

/// Of a field that both say: whether they share it.
fn shared(invoices: &Invoices, weighed: &WeighedPair, subject: Subject) -> String {
    let (field, if_same, if_not) = match subject {
        Subject::Reference => (
            Field::SameReference,
            "the same supplier reference",
            "two references of one supplier, as both bear its name",
        ),
        Subject::User => (
            Field::SameUser,
            "keyed by the same user; a second keying is more often another's",
            "keyed by different users",
        ),
        Subject::PaidDay => (
            Field::SamePaidDay,
            "paid on the same day; a second payment is more often on another",
            "paid on different days",
        ),
        Subject::EnteredDay => (
            Field::SameEnteredDay,
            "keyed on the same day; a second keying is more often on another",
            "keyed on different days",
        ),
        Subject::Order => {
            (Field::SameOrder, "the same purchase order", "different purchase orders")
        }
        Subject::Group => (
            Field::SameGroup,
            "the same part of the organisation",
            "different parts of the organisation",
        ),
        Subject::Means => (Field::SameMeans, "paid in the same way", "paid in different ways"),
        _ => (Field::SameDescription, "the same description", "different descriptions"),
    };
    let is_same = same(invoices, field, weighed.pair.a, weighed.pair.b)
        .expect("only a field that both say is weighed");
    if is_same { if_same } else { if_not }.to_owned()
}

fn number(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair, weight: &Weight) -> String {
    let (one, other) =
        (invoices.written_number(weighed.pair.a), invoices.written_number(weighed.pair.b));
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
    let [used_a, used_b] =
        [weighed.pair.a, weighed.pair.b].map(|at| habits.billed_under(invoices, at));
    let used = used_a.max(used_b);
    let what = likeness(one, other, weighed.pair.number);
    let is_one_number =
        weighed.pair.number.is_same() && weighed.pair.number != NumberLikeness::Misread;
    if is_one_number && used > 2 && same_party {
        return format!("{what}, which {used} invoices of this supplier bear");
    }
    if is_one_number && same_party && invoices.bear_number_of_order(weighed.pair.a, weighed.pair.b)
    {
        return format!("{what}, which is that of a purchase order as well");
    }
    if weight.bits < 0.0 && weighed.pair.number == NumberLikeness::Identical && !same_party {
        return format!("{what}; it says little of two suppliers here");
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
    // That two numbers are alike speaks against a second keying only for this reason.
    match (weight.bits < 0.0 && weighed.pair.number.is_slip(), same_party) {
        (true, true) => {
            format!("{what}; two genuine invoices of this supplier are often so alike")
        }
        (true, false) => {
            format!("{what}; numbers of two suppliers are often so alike by chance")
        }
        _ => what,
    }
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
        // Zeros and punctuation that are not compared may make up for it.
        NumberLikeness::Dropped if one.chars().count() == other.chars().count() => {
            format!(
                "{one} and {other} differ by one character more or less, zeros and punctuation aside"
            )
        }
        NumberLikeness::Dropped => {
            format!("{one} and {other} differ by one character more or less")
        }
        NumberLikeness::Contained => {
            format!(
                "{one} and {other} have one number in common and differ by what stands round it"
            )
        }
        NumberLikeness::Rearranged => {
            format!("{one} and {other} are the same parts in another order")
        }
        NumberLikeness::Unrelated if look_alike(one, other) => {
            format!("{one} and {other} hold two periods, as numbers of this supplier do")
        }
        NumberLikeness::Unrelated => format!("the numbers {one} and {other} are not alike"),
        NumberLikeness::Unknown => format!("the numbers {one} and {other} cannot be compared"),
    }
}

/// Returns `true` when the digits of one number alone would make it a slip of the other.
fn look_alike(one: &str, other: &str) -> bool {
    let (x, y) = (InvoiceNumber::new(one), InvoiceNumber::new(other));
    NumberLikeness::of((one, &x), (other, &y)).is_slip()
}

/// The words for where two numbers stand among those of the days round them. A number that has neighbours in
/// the supplier's numbering on other days is not said to be none of it.
fn series(invoices: &Invoices, habits: &Habits, weighed: &WeighedPair) -> String {
    let (a, b) = (weighed.pair.a, weighed.pair.b);
    let places = (habits.place(invoices, a, b), habits.place(invoices, b, a));
    let (strays, other) = match places {
        (Place::Strays, Place::Strays) => {
            let has_neighbour = |at, without| habits.beside(invoices, at, without).is_some();
            return if has_neighbour(a, b) || has_neighbour(b, a) {
                "both numbers stand apart from most of the supplier's numbers next to them by date"
            } else {
                "neither number fits into the supplier's own numbering of those days"
            }
            .into();
        }
        (Place::Strays, _) => (a, b),
        (_, Place::Strays) => (b, a),
        _ => return "both numbers fit into the supplier's own numbering of those days".into(),
    };
    let number = invoices.written_number(strays);
    let Some(beside) = habits.beside(invoices, strays, other) else {
        return format!(
            "the number {number} does not fit into the supplier's own numbering of those days"
        );
    };
    let apart = match invoices.invoiced[beside].abs_diff(invoices.invoiced[strays]) {
        0 => "of the same day".to_owned(),
        days => counted(days.into(), "day away", "days away"),
    };
    format!(
        "the number {number} stands apart from most of the supplier's numbers next to it by date, though {}, \
         {apart}, is near it",
        invoices.written_number(beside)
    )
}

/// Ten-thousandths as people write money of a currency with so many digits behind the point.
pub fn written(amount: i64, digits: MinorDigits) -> String {
    Amount::from_ten_thousandths(amount).written_in(digits)
}
