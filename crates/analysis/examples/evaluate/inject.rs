//! Duplicates of every kind, made from real headers: what a second keying of each would look like.
//!
//! Not for: judging what was found. Invariant: one seed gives the same duplicates, and none of them is made
//! from a header that somebody took back.

use std::collections::HashMap;

use crate::chance::Chance;
use crate::header::Header;
use crate::number_slips::{
    date_number, digit_slip, located, misread, prefixed, punctuated, rearranged, with_order, zeros,
};

/// One way for an invoice to come twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Exact,
    Punctuation,
    LeadingZeros,
    Suffix,
    DigitSlip,
    Misread,
    DateAsNumber,
    SecondReference,
    WrongSupplier,
    OtherGroup,
    OtherAmount,
    OtherDay,
    HalfOrSum,
    Prefix,
    Location,
    WithOrder,
    Rearranged,
    AmountAndNumber,
}

impl Kind {
    /// New ones at the end, so that the others stay as they are for a seed.
    pub(crate) const ALL: [Self; 18] = [
        Self::Exact,
        Self::Punctuation,
        Self::LeadingZeros,
        Self::Suffix,
        Self::DigitSlip,
        Self::Misread,
        Self::DateAsNumber,
        Self::SecondReference,
        Self::WrongSupplier,
        Self::OtherGroup,
        Self::OtherAmount,
        Self::OtherDay,
        Self::HalfOrSum,
        Self::Prefix,
        Self::Location,
        Self::WithOrder,
        Self::Rearranged,
        Self::AmountAndNumber,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Punctuation => "punctuation",
            Self::LeadingZeros => "leading zeros",
            Self::Suffix => "suffix",
            Self::DigitSlip => "digit transposed, substituted, dropped, added",
            Self::Misread => "misread character",
            Self::DateAsNumber => "date in place of a number",
            Self::SecondReference => "duplicate supplier",
            Self::WrongSupplier => "wrong supplier",
            Self::OtherGroup => "other unit, paid by card, other currency",
            Self::OtherAmount => "gross for net, transposed, slipped, nearly",
            Self::OtherDay => "day and month swapped, wrong year",
            Self::HalfOrSum => "half, sum of two",
            Self::Prefix => "prefix gained or lost",
            Self::Location => "place or long tail appended",
            Self::WithOrder => "number with an order's",
            Self::Rearranged => "parts of the number in another order",
            Self::AmountAndNumber => "amount and number at once",
        }
    }
}

/// A header and its second keying, by their places in the ledger they are in now.
#[derive(Debug, Clone)]
pub(crate) struct Injected {
    pub(crate) kind: Kind,
    pub(crate) original: usize,
    pub(crate) copy: usize,
}

/// Smaller amounts are not worth keying twice; in ten-thousandths.
const AMOUNT_MIN: i64 = 50 * 10_000;

const TAILS: [&str; 8] = ["-A", "-1", "R", " DUP", "COPY", "/2", "A", "-R"];

/// Adds `each` duplicates of every kind to the headers; what was added.
pub(crate) fn inject(headers: &mut Vec<Header>, each: usize, seed: u64) -> Vec<Injected> {
    let mut chance = Chance::new(seed);
    let originals = headers.len();
    let refs = references(headers);
    let taken_back: std::collections::HashSet<(String, i64)> = headers
        .iter()
        .filter(|header| header.amount < 0)
        .map(|header| (header.supplier.clone(), -header.amount))
        .collect();
    let mut used = std::collections::HashSet::new();
    let mut injected = Vec::new();
    for kind in Kind::ALL {
        let mut made = 0;
        for _try in 0..each * 400 {
            if made == each {
                break;
            }
            let at = chance.index(originals);
            let original = headers[at].clone();
            let unfit = original.amount < AMOUNT_MIN
                || used.contains(&at)
                || taken_back.contains(&(original.supplier.clone(), original.amount));
            if unfit {
                continue;
            }
            let Some(mut copy) = keyed_again(kind, &original, headers, &refs, &mut chance) else {
                continue;
            };
            used.insert(at);
            made += 1;
            copy.id = format!("dup-{}-{}", injected.len(), original.id);
            injected.push(Injected { kind, original: at, copy: headers.len() });
            headers.push(copy);
        }
    }
    injected
}

fn references(headers: &[Header]) -> Vec<(String, String)> {
    let mut names: HashMap<&str, &str> = HashMap::new();
    for header in headers {
        names.entry(&header.supplier).or_insert(&header.supplier_name);
    }
    let mut refs: Vec<(String, String)> =
        names.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    refs.sort();
    refs
}

fn keyed_again(
    kind: Kind,
    original: &Header,
    headers: &[Header],
    refs: &[(String, String)],
    chance: &mut Chance,
) -> Option<Header> {
    let mut copy = original.clone();
    let later = i32::try_from(chance.between(1, 60)).ok()?;
    copy.entered += later;
    copy.paid = original.paid.map(|paid| paid + later);
    if chance.percent(12) {
        copy.invoiced += i32::try_from(chance.between(1, 5)).ok()?;
    }
    if chance.percent(46) {
        copy.user.clone_from(&chance.pick(headers).user);
    }
    match kind {
        Kind::Exact => {}
        Kind::Punctuation => copy.number = punctuated(&original.number, chance)?,
        Kind::LeadingZeros => copy.number = zeros(&original.number, chance)?,
        Kind::Suffix => copy.number.push_str(TAILS[chance.index(TAILS.len())]),
        Kind::DigitSlip => copy.number = digit_slip(&original.number, chance)?,
        Kind::Misread => copy.number = misread(&original.number, chance)?,
        Kind::DateAsNumber => copy.number = date_number(original.invoiced, chance),
        Kind::SecondReference => {
            copy.supplier = format!("{}9", original.supplier);
            if chance.percent(50) {
                copy.supplier_name = other_name(&original.supplier_name);
            }
        }
        Kind::WrongSupplier => {
            let (reference, name) = chance.pick(refs).clone();
            if reference == original.supplier {
                return None;
            }
            (copy.supplier, copy.supplier_name) = (reference, name);
        }
        Kind::OtherGroup => match chance.index(3) {
            0 => copy.group = format!("{}X", original.group),
            1 => copy.means = if original.means == "CARD" { "BACS".into() } else { "CARD".into() },
            _ => {
                copy.currency = if original.currency == "EUR" { "GBP".into() } else { "EUR".into() }
            }
        },
        Kind::OtherAmount => copy.amount = other_amount(original.amount, chance)?,
        Kind::OtherDay => copy.invoiced = other_day(original.invoiced, chance)?,
        Kind::HalfOrSum => copy.amount = half_or_sum(original, headers, chance)?,
        Kind::Prefix => copy.number = prefixed(&original.number, chance)?,
        Kind::Location => copy.number = located(&original.number, chance)?,
        Kind::WithOrder => copy.number = with_order(&original.number, chance)?,
        Kind::Rearranged => copy.number = rearranged(&original.number)?,
        Kind::AmountAndNumber => {
            copy.number = digit_slip(&original.number, chance)?;
            copy.amount = other_amount(original.amount, chance)?;
        }
    }
    if copy.stated == original.stated {
        copy.stated = copy.amount;
    }
    (copy.number != original.number || !matches!(kind, Kind::Punctuation | Kind::LeadingZeros))
        .then_some(copy)
}

fn other_name(name: &str) -> String {
    let upper = name.to_uppercase();
    for (long, short) in
        [("LIMITED", "LTD"), (" LTD", " LIMITED"), (" AND ", " & "), (" & ", " AND ")]
    {
        if upper.contains(long) {
            return upper.replacen(long, short, 1);
        }
    }
    format!("{upper} LTD")
}

fn other_amount(amount: i64, chance: &mut Chance) -> Option<i64> {
    let cents = amount / 100;
    let other = match chance.index(4) {
        0 => cents * 5 / 6,
        1 => {
            let mut digits = cents.to_string().into_bytes();
            let swaps: Vec<usize> =
                (0..digits.len() - 1).filter(|at| digits[*at] != digits[at + 1]).collect();
            let at = *chance.pick_some(&swaps)?;
            digits.swap(at, at + 1);
            String::from_utf8(digits).ok()?.parse().ok()?
        }
        2 => {
            if chance.percent(50) {
                cents * 10
            } else {
                cents / 10
            }
        }
        _ => {
            let off = cents * chance.between(10, 30) / 1_000;
            if chance.percent(50) { cents + off } else { cents - off }
        }
    };
    (other > 0 && other != cents).then_some(other * 100)
}

fn other_day(day: i32, chance: &mut Chance) -> Option<i32> {
    let date = crate::header::date(day);
    if chance.percent(50) {
        let swapped = jiff::civil::Date::new(date.year(), date.day(), date.month()).ok()?;
        return (swapped != date).then(|| crate::header::day(swapped));
    }
    Some(crate::header::day(
        jiff::civil::Date::new(date.year() - 1, date.month(), date.day()).ok()?,
    ))
}

fn half_or_sum(original: &Header, headers: &[Header], chance: &mut Chance) -> Option<i64> {
    if chance.percent(50) {
        return Some(original.amount / 200 * 100);
    }
    let near = |other: &&Header| {
        other.supplier == original.supplier
            && other.id != original.id
            && other.amount > 0
            && (other.invoiced - original.invoiced).abs() <= 45
            && other.number != original.number
    };
    headers.iter().find(near).map(|other| original.amount + other.amount)
}
