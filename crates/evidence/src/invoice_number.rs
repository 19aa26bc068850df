//! Invoice numbers as their suppliers write them, and as people and scanners mistake them.
//!
//! Not for: how telling a likeness is (`habits`: that depends on the supplier).
//!
//! Invariant: a number that a spreadsheet has ruined, or that says nothing, is alike to no other.

mod likeness;
pub(crate) mod pieces;
pub(crate) mod segments;

pub use likeness::NumberLikeness;
pub(crate) use likeness::{goes_on, tails};

/// An invoice number in the forms it is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceNumber {
    /// Upper case, letters and digits only, leading zeros of every run of digits dropped.
    pub plain: String,
    /// The merged form where it differs from the plain one.
    merged: Option<String>,
    pub quality: NumberQuality,
}

/// The worth of a number for telling invoices apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberQuality {
    Usable,
    /// Written by a spreadsheet as `2.15489E+13`, or as the `21548900000000` that became of it: digits are
    /// lost.
    Ruined,
    /// Nothing but zeros, or no letter and no digit.
    Empty,
}

/// A number taken apart round the run of digits that counts: the longest, the last of equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    pub prefix: &'a str,
    pub count: u64,
    pub digits: usize,
    pub suffix: &'a str,
}

/// A date in place of a number is the invoice's own, or when it came.
const DATE_REACH: i32 = 1;

/// Whoever numbers by days has those of some weeks before the invoice's own date, or of a few days after it.
const WEEKS_BEFORE: i32 = 44;
const WEEKS_AFTER: i32 = 4;
/// The share of the days of those weeks that any one day, and the day beside, are.
pub(crate) const ONE_DAY_OF_WEEKS: f64 = 3.0 / 51.0;

/// The day that spreadsheets give to 1 January 1970, and the digits of the days of these decades.
const SERIAL_OF_1970: i32 = 25_569;
const SERIAL_DIGITS: usize = 5;
/// A paper is posted within so many days of its date.
const SERIAL_REACH: i64 = 60;

/// Spreadsheets show a number of so many digits by its power of ten, and of its digits so many at most.
const POWER_DIGITS: usize = 12;
const KEPT_DIGITS: usize = 6;

/// Runs longer than this are references to something, not a count.
const COUNT_DIGITS_MAX: usize = 18;

impl InvoiceNumber {
    pub fn new(text: &str) -> Self {
        let quality = quality(text);
        if quality != NumberQuality::Usable {
            return Self { plain: String::new(), merged: None, quality };
        }
        let plain = without_zeros_of(text, |letter| letter);
        // Merged before zeros are dropped: a letter in the middle of a number would begin another run.
        let is_merged = plain.chars().any(|letter| merged(letter) != letter);
        let merged = is_merged.then(|| without_zeros_of(text, merged));
        Self { plain, merged, quality }
    }

    /// The plain form with letters and digits that scanners confuse merged: O0, I1, L1, S5, B8, Z2, G6; and
    /// Cyrillic and Greek capitals with the Latin ones they look like.
    pub fn merged(&self) -> &str {
        self.merged.as_deref().unwrap_or(&self.plain)
    }

    pub fn is_usable(&self) -> bool {
        self.quality == NumberQuality::Usable
    }

    /// The plain form of a number as written, without what may be appended to it: letters behind digits, or
    /// one digit that stands apart. All of it when nothing is appended.
    pub fn stem(text: &str) -> String {
        let written = text.trim_end();
        let apart = written
            .strip_suffix(|c: char| c.is_ascii_digit())
            .and_then(|rest| rest.strip_suffix(['-', '/', ' ', '.', '_']))
            .filter(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
        let whole = apart.unwrap_or(written);
        let plain = match quality(whole) {
            NumberQuality::Usable => without_zeros_of(whole, |letter| letter),
            NumberQuality::Ruined | NumberQuality::Empty => String::new(),
        };
        if plain.ends_with(|c: char| c.is_ascii_digit()) {
            return plain;
        }
        tails()
            .filter(|tail| tail.chars().all(char::is_alphabetic))
            .filter_map(|tail| plain.strip_suffix(tail))
            .filter(|stem| stem.ends_with(|c: char| c.is_ascii_digit()))
            .min_by_key(|stem| stem.len())
            .unwrap_or(&plain)
            .to_owned()
    }

    /// Where in its supplier's numbering it stands; none for a number without digits.
    pub fn parts(&self) -> Option<Parts<'_>> {
        parts(&self.plain)
    }
}

/// Returns `true` for a plain number that is the writing of a day on or beside `day` (days since
/// 1970).
pub fn date_number(plain: &str, day: i32) -> bool {
    let Some(number) = possible_date(plain) else { return false };
    // Rules out nearly all others by the year, which is that of the day or the one before or after.
    let year = 1970 + (i64::from(day) * 400).div_euclid(146_097);
    // An invoice without a date stands at the end of all days.
    if !(1..=9_999).contains(&year) {
        return false;
    }
    let is_of_year = |part: i32| (i64::from(part) % 100 - year).rem_euclid(100);
    if ![number % 100, number / 10_000]
        .into_iter()
        .any(|part| matches!(is_of_year(part), 0 | 1 | 99))
    {
        return false;
    }
    // Where no day is known there is none beside it.
    let reach = (day.checked_sub(DATE_REACH), day.checked_add(DATE_REACH));
    let (Some(first), Some(last)) = reach else { return false };
    (first..=last).any(|day| {
        let (year, month, day) = crate::days::civil(day);
        let short = year % 100;
        [
            (day * 100 + month) * 10_000 + year,
            (day * 100 + month) * 100 + short,
            (year * 100 + month) * 100 + day,
            (short * 100 + month) * 100 + day,
            (month * 100 + day) * 10_000 + year,
            (month * 100 + day) * 100 + short,
        ]
        .contains(&number)
    })
}

/// Returns `true` for a plain number that is the writing of a day on or beside `day` (days since 1970), or
/// of one before it as spreadsheets count days: a date that was typed there has become `40564`.
pub fn stands_for_day(plain: &str, day: i32) -> bool {
    let serial = || plain.parse::<i32>().ok().filter(|_| plain.len() == SERIAL_DIGITS);
    let is_serial = || {
        serial().is_some_and(|serial| {
            let before = i64::from(day) - i64::from(serial - SERIAL_OF_1970);
            (-i64::from(DATE_REACH)..=SERIAL_REACH).contains(&before)
        })
    };
    date_number(plain, day) || is_serial()
}

/// Returns `true` for a plain number that is the writing of a day in the weeks before `day` or a few days
/// after it, as of whoever numbers by the day of the paper.
pub(crate) fn date_of_weeks(plain: &str, day: i32) -> bool {
    let step = 2 * usize::try_from(DATE_REACH).expect("a day") + 1;
    could_be_date(plain)
        && (-WEEKS_BEFORE..=WEEKS_AFTER)
            .step_by(step)
            .any(|apart| day.checked_add(apart).is_some_and(|near| date_number(plain, near)))
}

/// Returns `true` for a plain number that is the writing of some day.
pub(crate) fn could_be_date(plain: &str) -> bool {
    possible_date(plain).is_some()
}

/// A number that may be the writing of a day; rules out most without the calendar.
fn possible_date(plain: &str) -> Option<i32> {
    if !(5..=8).contains(&plain.len()) || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // As a number, as plain forms have no zeros in front.
    let number: i32 = plain.parse().ok()?;
    let is_day_and_month = |digits: i32| {
        let (one, other) = (digits / 100, digits % 100);
        one.min(other) >= 1 && one.min(other) <= 12 && one.max(other) <= 31
    };
    let parts = [number / 10_000, number % 10_000, number / 100];
    parts.into_iter().any(is_day_and_month).then_some(number)
}

fn quality(text: &str) -> NumberQuality {
    let text = text.trim();
    if !text.chars().any(|c| c.is_alphanumeric() && c != '0') {
        return NumberQuality::Empty;
    }
    let ruined = text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        let signed = exponent.strip_prefix(['+', '-']);
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let decimal = mantissa.split_once('.').is_some_and(|(a, b)| digits(a) && digits(b));
        signed.is_some_and(digits) && (decimal || digits(mantissa))
    });
    if ruined || has_lost_digits(text) { NumberQuality::Ruined } else { NumberQuality::Usable }
}

/// Returns `true` for `21548900000000`: a spreadsheet showed it by its power of ten, and it was written out
/// from that.
fn has_lost_digits(text: &str) -> bool {
    text.len() >= POWER_DIGITS
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.trim_start_matches('0').len() >= POWER_DIGITS
        && text.trim_matches('0').len() <= KEPT_DIGITS
}

/// The letters and digits of a text in upper case, each as it is read, without the leading zeros of runs.
fn without_zeros_of(text: &str, read: impl Fn(char) -> char) -> String {
    if text.is_ascii() {
        let kept = text.bytes().filter(u8::is_ascii_alphanumeric);
        return without_zeros(text.len(), kept.map(|byte| read(byte.to_ascii_uppercase().into())));
    }
    // Filtered last, as an upper case letter may be a letter and a mark.
    let upper = text.chars().map(western).flat_map(char::to_uppercase);
    without_zeros(text.len(), upper.filter(|c| c.is_alphanumeric()).map(read))
}

/// Drops the leading zeros of every run of digits, but for one of a run of zeros only.
fn without_zeros(bytes: usize, characters: impl Iterator<Item = char>) -> String {
    let mut plain = String::with_capacity(bytes);
    let mut in_number = false;
    let mut pending_zero = false;
    for c in characters {
        if c.is_ascii_digit() {
            if c == '0' && !in_number {
                pending_zero = true;
                continue;
            }
            in_number = true;
        } else {
            // A run of zeros only is a zero.
            if pending_zero && !in_number {
                plain.push('0');
            }
            in_number = false;
        }
        pending_zero = false;
        plain.push(c);
    }
    if pending_zero && !in_number {
        plain.push('0');
    }
    plain
}

/// The digit or letter of ASCII that a full-width one, or a digit of the Arabic scripts, is.
fn western(c: char) -> char {
    let (from, to) = match c {
        '\u{ff01}'..='\u{ff5e}' => ('\u{ff01}', '!'),
        '\u{660}'..='\u{669}' => ('\u{660}', '0'),
        '\u{6f0}'..='\u{6f9}' => ('\u{6f0}', '0'),
        other => return other,
    };
    char::from_u32(u32::from(c) - u32::from(from) + u32::from(to)).unwrap_or(c)
}

/// The one character that stands for all that scanners take for each other.
fn merged(c: char) -> char {
    match c {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' => '1',
        'S' => '5',
        'B' => '8',
        'Z' => '2',
        'G' => '6',
        other if other.is_ascii() => other,
        other => latin(other),
    }
}

/// The Latin letter, or what it is merged to, that a capital of the Cyrillic or Greek alphabet looks like.
const fn latin(c: char) -> char {
    match c {
        '\u{410}' | '\u{391}' => 'A',
        '\u{412}' | '\u{392}' => '8',
        '\u{421}' => 'C',
        '\u{415}' | '\u{395}' => 'E',
        '\u{41d}' | '\u{397}' => 'H',
        '\u{406}' | '\u{399}' => '1',
        '\u{41a}' | '\u{39a}' => 'K',
        '\u{41c}' | '\u{39c}' => 'M',
        '\u{39d}' => 'N',
        '\u{41e}' | '\u{39f}' => '0',
        '\u{420}' | '\u{3a1}' => 'P',
        '\u{405}' => '5',
        '\u{422}' | '\u{3a4}' => 'T',
        '\u{425}' | '\u{3a7}' => 'X',
        '\u{396}' => '2',
        other => other,
    }
}

fn parts(plain: &str) -> Option<Parts<'_>> {
    let bytes = plain.as_bytes();
    let mut best: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end =
            bytes[at..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| at + n);
        if best.is_none_or(|(start, stop)| end - at >= stop - start) {
            best = Some((at, end));
        }
        at = end;
    }
    let (start, end) = best.filter(|(start, end)| end - start <= COUNT_DIGITS_MAX)?;
    let count = plain[start..end].parse().expect("so few digits fit into 64 bits");
    Some(Parts { prefix: &plain[..start], count, digits: end - start, suffix: &plain[end..] })
}

#[cfg(test)]
mod tests;
