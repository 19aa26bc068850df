//! Numbers read once into what is looked up and counted of them.
//!
//! Invariant: a number that tells nothing has no identity and no form.

use crate::invoice_number::{InvoiceNumber, date_number, date_of_weeks};
use crate::invoices::Invoices;
use crate::parallel;

/// A number, as far as its series is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// The text before the count, and the length of that behind it; 0 when there is no count.
    pub(super) shape: u64,
    pub(super) count: u64,
    pub(super) digits: u8,
}

/// One number, read.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberForms {
    /// The identity of the plain form; 0 when the number tells nothing.
    pub(super) plain: u64,
    /// The identity of what scanners make of it; 0 when the number tells nothing.
    pub(super) merged: u64,
    pub(super) form: Form,
    pub(super) wording: Wording,
    pub(super) date: WrittenDay,
    /// Characters of the plain form, below [`LENGTHS`]: longer ones count as the longest.
    pub(super) length: u8,
}

/// The day that a number is the writing of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenDay {
    None,
    /// The invoice's own date.
    Own,
    /// A day in the weeks round it.
    Near,
}

/// The sort of text that stands for a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    /// Digits, with a few letters perhaps.
    Number,
    /// Digits that nobody counted: `999999`, `12345678`.
    TypedDigits,
    /// So few of those that they may be a count: `1`, `123`; or a year.
    FewTypedDigits,
    /// A word, with digits beside it.
    WordAndDigits,
    /// Not a digit.
    Words,
}

pub(super) const LENGTHS: usize = 16;
/// Fewer letters in a row are a prefix.
const WORD_MIN: usize = 4;
/// Fewer digits one beside the other are no run.
const RUN_MIN: usize = 3;
/// Fewer digits are a count that many suppliers come to.
const TYPED_MIN: usize = 5;
/// The digits of a year, and those that it begins with.
const YEAR_DIGITS: usize = 4;
const CENTURIES: [&str; 2] = ["19", "20"];

/// Reads the numbers of all invoices, on so many threads.
pub(super) fn read_all(invoices: &Invoices, threads: usize) -> Vec<NumberForms> {
    let read = |at: usize| {
        NumberForms::of(&InvoiceNumber::new(invoices.number(at)), invoices.invoiced[at])
    };
    parallel::of_all(invoices.len(), threads, read)
}

impl NumberForms {
    pub(super) fn of(number: &InvoiceNumber, invoiced: i32) -> Self {
        let key = |text: &str| if number.is_usable() { crate::text_key(text) } else { 0 };
        Self {
            plain: key(&number.plain),
            merged: key(number.merged()),
            form: Form::of(number),
            wording: Wording::of(&number.plain),
            date: WrittenDay::of(&number.plain, invoiced),
            length: u8::try_from(number.plain.chars().count().min(LENGTHS - 1))
                .expect("it is below `LENGTHS`"),
        }
    }

    /// The forms of a text that stands for no number.
    pub(super) const fn without_number(self) -> Self {
        Self { plain: 0, merged: 0, form: Form::NONE, date: WrittenDay::None, ..self }
    }
}

impl Form {
    pub(super) const NONE: Self = Self { shape: 0, count: 0, digits: 0 };

    fn of(number: &InvoiceNumber) -> Self {
        number.parts().map_or(Self::NONE, |parts| Self {
            shape: crate::text_key(parts.prefix) ^ (parts.suffix.len() as u64 + 1),
            count: parts.count,
            digits: u8::try_from(parts.digits).expect("a count has few digits"),
        })
    }
}

impl WrittenDay {
    fn of(plain: &str, invoiced: i32) -> Self {
        if date_number(plain, invoiced) {
            Self::Own
        } else if date_of_weeks(plain, invoiced) {
            Self::Near
        } else {
            Self::None
        }
    }
}

impl Wording {
    fn of(plain: &str) -> Self {
        let is_digit = |c: char| c.is_ascii_digit();
        if !plain.contains(is_digit) {
            return Self::Words;
        }
        let has_word = plain.split(is_digit).any(|letters| letters.chars().count() >= WORD_MIN);
        if has_word {
            Self::WordAndDigits
        } else if !plain.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Number
        } else if is_typed(plain.as_bytes()) {
            if plain.len() < TYPED_MIN { Self::FewTypedDigits } else { Self::TypedDigits }
        } else if plain.len() == YEAR_DIGITS && CENTURIES.iter().any(|of| plain.starts_with(of)) {
            Self::FewTypedDigits
        } else {
            Self::Number
        }
    }
}

/// Returns `true` for one digit again and again, and for digits in the order of the keys, up or down.
fn is_typed(digits: &[u8]) -> bool {
    let goes_by =
        |step: u8| digits.windows(2).all(|two| (two[0] - b'0' + step) % 10 == two[1] - b'0');
    goes_by(0) || digits.len() >= RUN_MIN && (goes_by(1) || goes_by(9))
}
