//! Numbers taken apart where digits begin or end or a sign stands: `022-345468` is `22` and `345468`,
//! `INV9501` is `INV` and `9501`. What stands round the core of a number are segments more.
//!
//! Not for: slips within a segment (`likeness`), how often a supplier writes so (`habits`).
//!
//! Invariant: digits have no zeros in front, and capitals do not matter.

use std::hash::Hasher as _;

/// Where two numbers differ whose segments are otherwise the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    /// Nowhere but in zeros and signs.
    Nowhere,
    /// Before: one has more there, or another text.
    Before,
    /// Behind: one has more there, or another text.
    Behind,
    /// On both sides.
    Around,
    /// They stand in another order.
    Order,
}

/// With fewer digits a number is a segment of others by chance.
const DIGITS_MIN: usize = 3;
/// Digits that a number has beside its year.
const REST_DIGITS_MIN: usize = 2;
/// Years that stand in numbers.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2059;
/// Numbers of more runs of digits are telephone numbers and the like.
const RUNS_MAX: usize = 4;

/// The runs of digits of one number, in their order.
#[derive(Debug, Default)]
struct Runs<'a> {
    texts: [&'a str; RUNS_MAX],
    count: usize,
}

/// Returns `true` when two numbers differ in one segment of digits only, by so many steps of a count at most.
pub(super) fn counts_on(one: &str, other: &str, steps_max: u64) -> bool {
    let (mut ones, mut others) = (segments(one), segments(other));
    let mut counts = 0;
    loop {
        match (ones.next(), others.next()) {
            (None, None) => return counts == 1,
            (Some(one), Some(other)) if one.eq_ignore_ascii_case(other) => {}
            (Some(one), Some(other)) => {
                let (Ok(one), Ok(other)) = (one.parse::<u64>(), other.parse::<u64>()) else {
                    return false;
                };
                counts += 1;
                if counts > 1 || one.abs_diff(other) > steps_max {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Where two numbers differ, if not within a segment of the shorter one.
pub(super) fn difference(one: &str, other: &str) -> Option<Difference> {
    let (one, other): (Vec<&str>, Vec<&str>) = (segments(one).collect(), segments(other).collect());
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if digits(&short) < DIGITS_MIN {
        return None;
    }
    let before = long.windows(short.len()).position(|within| are_equal(within, &short));
    if let Some(before) = before {
        return Some(match (before, long.len() - short.len() - before) {
            (0, 0) => Difference::Nowhere,
            (_, 0) => Difference::Before,
            (0, _) => Difference::Behind,
            _ => Difference::Around,
        });
    }
    let in_order = |segments: &[&str]| -> Vec<String> {
        let mut sorted: Vec<String> =
            segments.iter().map(|segment| segment.to_ascii_uppercase()).collect();
        sorted.sort_unstable();
        sorted
    };
    if in_order(&short) == in_order(&long) {
        return Some(Difference::Order);
    }
    short_year(&short, &long).or_else(|| round_digits(&short, &long))
}

/// Where one of two numbers has a year with its century and the other has it without: `2023/335` and
/// `23/335`.
fn short_year(one: &[&str], other: &[&str]) -> Option<Difference> {
    if one.len() != other.len() {
        return None;
    }
    let differs = |at: &usize| !one[*at].eq_ignore_ascii_case(other[*at]);
    let year = (0..one.len()).find(differs)?;
    let rest = |segments: &[&str]| digits(segments) - segments[year].len();
    let is_year = is_year_of(one[year], other[year]) || is_year_of(other[year], one[year]);
    if !is_year || (year + 1..one.len()).any(|at| differs(&at)) || rest(one) < REST_DIGITS_MIN {
        return None;
    }
    let is_last = one[year + 1..].iter().all(|segment| !is_digits(segment));
    Some(if is_last { Difference::Behind } else { Difference::Before })
}

fn is_year_of(long: &str, short: &str) -> bool {
    let year = long.parse::<u32>().ok().filter(|year| YEARS.contains(year));
    let short = short.parse::<u32>().ok().filter(|_| short.len() <= 2);
    year.is_some_and(|year| short == Some(year % 100))
}

/// Where two numbers differ of which one has the digits of the other as a whole: `SI-087013` and
/// `INV 087013`, `INV88021` and `88021/1`.
fn round_digits(one: &[&str], other: &[&str]) -> Option<Difference> {
    let (x, y) = (runs(one), runs(other));
    let (few, many) = if x.len() <= y.len() { (x, y) } else { (y, x) };
    if digits(&few) < DIGITS_MIN {
        return None;
    }
    if few != many {
        let is_within = many.windows(few.len()).any(|within| within == few);
        return is_within.then_some(Difference::Around);
    }
    let first = |segments: &[&str]| segments.iter().position(|text| is_digits(text)).unwrap_or(0);
    let (x, y) = (one.split_at(first(one)), other.split_at(first(other)));
    let equal = |x: &[&str], y: &[&str]| x.len() == y.len() && are_equal(x, y);
    Some(match (equal(x.0, y.0), equal(x.1, y.1)) {
        (false, true) => Difference::Before,
        (true, false) => Difference::Behind,
        _ => Difference::Around,
    })
}

/// Where the longer of two numbers, as they are compared, has more than the other where no digit goes on:
/// `40 021` and `40021 PAID` differ in their segments as well.
pub(super) fn more_round(short: &str, long: &str) -> Option<Difference> {
    let is_digit = |c: char| c.is_ascii_digit();
    if short.chars().filter(|c| is_digit(*c)).count() < DIGITS_MIN {
        return None;
    }
    let (before, behind) = long.split_once(short)?;
    let goes_on = before.ends_with(is_digit) && short.starts_with(is_digit)
        || behind.starts_with(is_digit) && short.ends_with(is_digit);
    if goes_on {
        return None;
    }
    match (before.is_empty(), behind.is_empty()) {
        (true, true) => None,
        (false, true) => Some(Difference::Before),
        (true, false) => Some(Difference::Behind),
        (false, false) => Some(Difference::Around),
    }
}

/// Returns `true` when a number has the digits of another as a whole: `CR-012345` those of
/// `INV 12345`, `CR-9123456` not.
pub(crate) fn names(text: &str, other: &str) -> bool {
    let [own, named] = [text, other]
        .map(|text| -> Vec<&str> { segments(text).filter(|text| is_digits(text)).collect() });
    digits(&named) >= DIGITS_MIN && own.windows(named.len()).any(|within| within == named)
}

/// The identity of a number's digits in their order; 0 when they are too few to tell.
pub(crate) fn core(text: &str) -> u64 {
    Runs::of(text).map_or(0, |runs| runs.key())
}

/// The identity of a number's runs of digits in any order; 0 when they are too few to tell.
pub(crate) fn core_in_any_order(text: &str) -> u64 {
    Runs::of(text).map_or(0, |runs| runs.key_in_any_order())
}

/// Gives the identities by which others find a number: of its digits, of every part of them that could be a
/// number of its own, and of its runs in any order.
pub(crate) fn each_core(text: &str, with: &mut dyn FnMut(u64)) {
    let Some(runs) = Runs::of(text) else { return };
    for from in 0..runs.count {
        for to in from + 1..=runs.count {
            let part = &runs.texts[from..to];
            if digits(part) >= DIGITS_MIN {
                with(key(part));
            }
        }
    }
    if runs.count > 1 {
        with(runs.key_in_any_order());
    }
}

impl<'a> Runs<'a> {
    /// None of a number with too few digits, or too many runs of them.
    fn of(text: &'a str) -> Option<Self> {
        let mut runs = Self::default();
        for run in segments(text).filter(|text| is_digits(text)) {
            *runs.texts.get_mut(runs.count)? = run;
            runs.count += 1;
        }
        (digits(&runs.texts[..runs.count]) >= DIGITS_MIN).then_some(runs)
    }

    fn key(&self) -> u64 {
        key(&self.texts[..self.count])
    }

    /// Of one run the same as in its order; of several never that of a number in this order.
    fn key_in_any_order(&self) -> u64 {
        let mut texts = self.texts;
        let sorted = &mut texts[..self.count];
        sorted.sort_unstable();
        if self.count > 1 { !key(sorted) | 1 } else { key(sorted) }
    }
}

fn key(runs: &[&str]) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    for run in runs {
        hasher.write(run.as_bytes());
        hasher.write_u8(b'/');
    }
    hasher.finish() | 1
}

fn segments(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let of_digits = rest.chars().next()?.is_ascii_digit();
        let ends = |c: char| !c.is_alphanumeric() || c.is_ascii_digit() != of_digits;
        let (segment, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        rest = after;
        Some(if of_digits { without_zeros(segment) } else { segment })
    })
}

fn without_zeros(run: &str) -> &str {
    let trimmed = run.trim_start_matches('0');
    if trimmed.is_empty() { &run[run.len() - 1..] } else { trimmed }
}

fn is_digits(segment: &str) -> bool {
    segment.starts_with(|c: char| c.is_ascii_digit())
}

fn runs<'t>(segments: &[&'t str]) -> Vec<&'t str> {
    segments.iter().copied().filter(|text| is_digits(text)).collect()
}

fn digits(segments: &[&str]) -> usize {
    segments.iter().filter(|segment| is_digits(segment)).map(|run| run.len()).sum()
}

fn are_equal(one: &[&str], other: &[&str]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other))
}
