//! How two invoice numbers are alike: the slip of a hand or a scanner that would turn one into the other.

use super::segments::{self, Difference};
use super::{InvoiceNumber, western};

/// The slip that explains the difference, or that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberLikeness {
    Identical,
    /// Other punctuation, spaces or case.
    Punctuation,
    LeadingZeros,
    /// A letter for the digit it looks like.
    Misread,
    /// One has a tail such as `-A`, `/2`, `R`, `COPY`.
    Suffix,
    /// Two neighbouring characters have changed places.
    Transposed,
    /// A few further on in the same series: what two genuine invoices look like.
    Neighbouring,
    Substituted,
    /// One has a character less.
    Dropped,
    /// One has more before it, such as `INV` or the number of a branch, or another text.
    Prefix,
    /// One has more behind it than a tail: a place, an order; or another text.
    LongTail,
    /// They have one number in common, and more or another text before and behind it.
    Contained,
    /// The segments of one in another order, as in `2019/12` and `12/2019`.
    Rearranged,
    Unrelated,
    /// One of them tells nothing.
    Unknown,
}

/// So far apart in a series that a slip in the last digit and the next invoice look the same.
const NEIGHBOURS_MAX: u64 = 9;
/// Shorter numbers are one slip from most others of their supplier.
const SLIP_MIN: usize = 3;
const TAILS: [&str; 30] = [
    "A",
    "B",
    "C",
    "D",
    "E",
    "I",
    "X",
    "R",
    "P",
    "N",
    "S",
    "CR",
    "DUP",
    "DUPLICATE",
    "COPY",
    "REV",
    "REVISED",
    "RE",
    "NEW",
    "DD",
    "INV",
    "REP",
    "V2",
    "PT2",
    "AA",
    "FINAL",
    "BAL",
    "P2",
    "AMENDED",
    "RESEND",
];

impl NumberLikeness {
    pub const ALL: [Self; 15] = [
        Self::Identical,
        Self::Punctuation,
        Self::LeadingZeros,
        Self::Misread,
        Self::Suffix,
        Self::Transposed,
        Self::Neighbouring,
        Self::Substituted,
        Self::Dropped,
        Self::Prefix,
        Self::LongTail,
        Self::Contained,
        Self::Rearranged,
        Self::Unrelated,
        Self::Unknown,
    ];

    pub const fn index(self) -> usize {
        self as usize
    }

    /// The likeness of two numbers, each as written and as it is compared.
    pub fn of(a: (&str, &InvoiceNumber), b: (&str, &InvoiceNumber)) -> Self {
        let ((a_text, a), (b_text, b)) = (a, b);
        if !a.is_usable() || !b.is_usable() {
            return Self::Unknown;
        }
        if a.plain == b.plain {
            return same_plain(a_text, b_text);
        }
        if a.merged() == b.merged() {
            return Self::Misread;
        }
        let (short, long) = if a.plain.len() <= b.plain.len() {
            (&a.plain, &b.plain)
        } else {
            (&b.plain, &a.plain)
        };
        let long_text = if short == &a.plain { b_text } else { a_text };
        if is_tail(short, long, long_text) {
            return Self::Suffix;
        }
        if is_neighbour(a, b) {
            return Self::Neighbouring;
        }
        if short.len() >= SLIP_MIN
            && let Some(slip) = slip(short.as_bytes(), long.as_bytes())
        {
            // The next in a count that stands before a year, a site or an order: `117/11`, `118/11`.
            let goes_on = || segments::counts_on(a_text, b_text, NEIGHBOURS_MAX);
            return if slip == Self::Substituted && goes_on() { Self::Neighbouring } else { slip };
        }
        // Rules out nearly all numbers before they are taken apart.
        if long.contains(short.as_str())
            || have_same_characters(short, long)
            || share_digits(short, long)
            || may_be_short_year(short, long)
        {
            let difference =
                segments::difference(a_text, b_text).or_else(|| segments::more_round(short, long));
            return match difference {
                Some(Difference::Nowhere) => Self::LeadingZeros,
                Some(Difference::Before) => Self::Prefix,
                Some(Difference::Behind) => Self::LongTail,
                Some(Difference::Around) => Self::Contained,
                Some(Difference::Order) => Self::Rearranged,
                None => Self::Unrelated,
            };
        }
        Self::Unrelated
    }

    /// Returns `true` when it is what a second keying of one invoice looks like.
    pub const fn is_slip(self) -> bool {
        !matches!(self, Self::Neighbouring | Self::Unrelated | Self::Unknown)
    }

    /// Returns `true` when the digits of one are those of the other as a whole, with more round them
    /// or in another order.
    pub const fn has_core(self) -> bool {
        matches!(self, Self::Prefix | Self::LongTail | Self::Contained | Self::Rearranged)
    }

    /// The likeness that it is counted with among a supplier's numbers: wherever it stands, what is round
    /// a number tells its supplier's invoices apart or does not.
    #[must_use]
    pub const fn counted_as(self) -> Self {
        match self {
            Self::Prefix | Self::LongTail => Self::Contained,
            other => other,
        }
    }

    /// Returns `true` when numbers are the same but for how they are written.
    pub const fn is_same(self) -> bool {
        matches!(self, Self::Identical | Self::Punctuation | Self::LeadingZeros | Self::Misread)
    }
}

/// The endings that people and ledgers append to a number that is taken.
pub(crate) fn tails() -> impl Iterator<Item = &'static str> {
    TAILS.into_iter().chain(["1", "2", "3", "4"])
}

fn same_plain(a: &str, b: &str) -> NumberLikeness {
    if a == b {
        return NumberLikeness::Identical;
    }
    if a.is_ascii() && b.is_ascii() {
        return same_ascii(a, b);
    }
    let upper = |text: &str| -> String {
        text.trim().chars().map(western).flat_map(char::to_uppercase).collect()
    };
    let kept =
        |text: &str| -> String { upper(text).chars().filter(|c| c.is_alphanumeric()).collect() };
    if upper(a) == upper(b) {
        NumberLikeness::Identical
    } else if kept(a) == kept(b) {
        NumberLikeness::Punctuation
    } else {
        NumberLikeness::LeadingZeros
    }
}

/// The likeness of texts of one plain form, without a copy of either.
fn same_ascii(a: &str, b: &str) -> NumberLikeness {
    let [kept_a, kept_b] = [a, b].map(|text| {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_uppercase())
    });
    if a.trim().eq_ignore_ascii_case(b.trim()) {
        NumberLikeness::Identical
    } else if kept_a.eq(kept_b) {
        NumberLikeness::Punctuation
    } else {
        NumberLikeness::LeadingZeros
    }
}

/// A digit is a tail only where it stands apart: `4711/2`, not `47112`.
fn is_tail(short: &str, long: &str, long_text: &str) -> bool {
    let Some(tail) = long.strip_prefix(short) else {
        return false;
    };
    if short.len() < SLIP_MIN {
        return false;
    }
    if TAILS.contains(&tail) {
        return short.ends_with(|c: char| c.is_ascii_digit()) || tail.len() > 1;
    }
    let stands_apart = || {
        let before = long_text.trim_end().strip_suffix(tail);
        before.is_some_and(|before| before.ends_with(|c: char| !c.is_alphanumeric()))
    };
    tail.len() == 1 && tail.bytes().all(|b| b.is_ascii_digit()) && stands_apart()
}

fn is_neighbour(a: &InvoiceNumber, b: &InvoiceNumber) -> bool {
    let (Some(a), Some(b)) = (a.parts(), b.parts()) else {
        return false;
    };
    a.prefix == b.prefix && a.suffix == b.suffix && a.count.abs_diff(b.count) <= NEIGHBOURS_MAX
}

/// Returns `true` when one number is a few further on than the other in its last count, whatever stands
/// before that: between two parties it is one series under two names, and no slip.
pub(crate) fn goes_on(one: &InvoiceNumber, other: &InvoiceNumber) -> bool {
    let split = |number: &'_ InvoiceNumber| -> Option<(usize, u64)> {
        let plain = &number.plain;
        let digits = plain.bytes().rev().take_while(u8::is_ascii_digit).count();
        let before = plain.len() - digits;
        Some((before, plain[before..].parse().ok()?))
    };
    let (Some((x_before, x)), Some((y_before, y))) = (split(one), split(other)) else {
        return false;
    };
    x_before > 0
        && one.plain[..x_before] == other.plain[..y_before]
        && x != y
        && x.abs_diff(y) <= NEIGHBOURS_MAX
}

/// Zeros aside, as those in front of a segment are not counted.
fn have_same_characters(one: &str, other: &str) -> bool {
    let sum = |text: &str| -> u64 {
        text.bytes().filter(|byte| *byte != b'0').map(|byte| (1 << 32) + u64::from(byte)).sum()
    };
    sum(one) == sum(other)
}

/// Returns `true` when the longest run of digits of one stands in the other.
fn share_digits(one: &str, other: &str) -> bool {
    let longest = |text: &'_ str| -> std::ops::Range<usize> {
        let (mut longest, mut from) = (0..0, 0);
        for (at, byte) in text.bytes().enumerate() {
            if !byte.is_ascii_digit() {
                from = at + 1;
            } else if at + 1 - from > longest.len() {
                longest = from..at + 1;
            }
        }
        longest
    };
    let is_in = |own: &str, other: &str| {
        let run = longest(own);
        run.len() >= SLIP_MIN && other.contains(&own[run])
    };
    is_in(one, other) || is_in(other, one)
}

/// Returns `true` when one has two characters more, in one place: the century of a year perhaps.
fn may_be_short_year(short: &str, long: &str) -> bool {
    let (short, long) = (short.as_bytes(), long.as_bytes());
    if long.len() != short.len() + 2 {
        return false;
    }
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let end = short.iter().rev().zip(long.iter().rev()).take_while(|(a, b)| a == b).count();
    start + end >= short.len()
}

/// One slip on bytes; letters beyond ASCII count as several, which only loses a likeness.
fn slip(short: &[u8], long: &[u8]) -> Option<NumberLikeness> {
    let same_start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same_start..], &long[same_start..]);
    let same_end = short.iter().rev().zip(long.iter().rev()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[..short.len() - same_end], &long[..long.len() - same_end]);
    match (short, long) {
        ([a, b], [c, d]) if a == d && b == c => Some(NumberLikeness::Transposed),
        ([_], [_]) => Some(NumberLikeness::Substituted),
        ([], [_]) => Some(NumberLikeness::Dropped),
        _ => None,
    }
}
