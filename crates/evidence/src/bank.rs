//! Bank accounts: which are possible at all, and which are the same one.
//!
//! Not for: whether an account exists, or whose it is: nobody can tell that from a number. Invariant: an
//! [`Iban`] has the structure of its country and check digits that fit, and two ways to write one account
//! give one [`account_key`].

use std::fmt;

mod countries;
mod key;
mod national;
#[cfg(test)]
mod tests;

pub use key::account_key;

/// The longest that ISO 13616 allows.
const IBAN_CHARACTERS_MAX: usize = 34;

/// An international bank account number that is possible: known country, its structure, check digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iban(String);

/// Why no bank can have given out a text as an IBAN. The number itself is never repeated: it may be right
/// but for one digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IbanError {
    /// The text does not begin with a country that has IBANs.
    UnknownCountry,
    WrongLength {
        country: &'static str,
        wanted: usize,
        found: usize,
    },
    /// A letter where the country has a digit, or the other way round, or another sign.
    WrongCharacters,
    WrongCheckDigits,
    /// The check digits of the IBAN fit, and those that its country keeps inside the national part do not.
    WrongNationalCheckDigits,
}

/// The reason for which no bank can have given out a text as an IBAN; `None` when nothing is wrong with it.
pub fn iban_fault(text: &str) -> Option<IbanError> {
    match Iban::parse(text) {
        Err(fault) => Some(fault),
        Ok(iban) => (iban.national_check_digits_hold() == Some(false))
            .then_some(IbanError::WrongNationalCheckDigits),
    }
}

impl Iban {
    /// Reads an IBAN as people write it: in groups, with hyphens or dots, in lower case, after `IBAN`.
    ///
    /// National check digits are not looked at ([`iban_fault`] does): two such numbers are one account all
    /// the same.
    pub fn parse(text: &str) -> Result<Self, IbanError> {
        let text = written_plainly(text);
        let text = text.strip_prefix("IBAN").unwrap_or(&text);
        let Some((country, structure)) = text.get(..2).and_then(countries::entry) else {
            return Err(IbanError::UnknownCountry);
        };
        let wanted = 4 + countries::runs(structure).map(|(count, _)| count).sum::<usize>();
        let found = text.chars().count();
        if found != wanted || found > IBAN_CHARACTERS_MAX {
            return Err(IbanError::WrongLength { country, wanted, found });
        }
        let classes = std::iter::repeat_n('a', 2).chain(std::iter::repeat_n('n', 2)).chain(
            countries::runs(structure).flat_map(|(count, class)| std::iter::repeat_n(class, count)),
        );
        if !text
            .chars()
            .zip(classes)
            .all(|(character, class)| countries::is_of_class(character, class))
        {
            return Err(IbanError::WrongCharacters);
        }
        let (head, bban) = text.split_at(4);
        // 00, 01 and 99 can satisfy the remainder too, but no bank computes them.
        let is_computed =
            (2..=98).contains(&head[2..].parse::<u32>().expect("they are of the class of digits"));
        if !is_computed || remainder_97(&format!("{bban}{head}")) != 1 {
            return Err(IbanError::WrongCheckDigits);
        }
        Ok(Self(text.to_owned()))
    }

    /// The two letters of the country that keeps the account.
    pub fn country(&self) -> &str {
        &self.0[..2]
    }

    /// The canonical text: capitals and digits, nothing between.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` when the check digits inside the national part fit; `None` where the country
    /// has none that hold for every bank. No bank of such a country issues a number for which this is
    /// false.
    fn national_check_digits_hold(&self) -> Option<bool> {
        national::holds(self.country(), self.bban())
    }

    /// The national part, after the country and the check digits.
    fn bban(&self) -> &str {
        &self.0[4..]
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for IbanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownCountry => f.write_str(
                "This does not begin with the two letters of a country that has IBANs. If it is a \
                 national account number, put it with its bank or sort code.",
            ),
            Self::WrongLength { country, wanted, found } => write!(
                f,
                "An IBAN of {country} has {wanted} characters, this has {found}. Look for one left out or \
                 typed twice.",
            ),
            Self::WrongCharacters => f.write_str(
                "This IBAN has a letter where its country has a digit, a digit where it has a letter, or a \
                 sign that no IBAN has. Look for O in place of 0 and I in place of 1.",
            ),
            Self::WrongCheckDigits => f.write_str(
                "The check digits of this IBAN do not fit: a character is wrong or two are swapped. Ask the \
                 supplier for the number again, by a way you already trust.",
            ),
            Self::WrongNationalCheckDigits => f.write_str(
                "The check digits of the national account number in this IBAN do not fit: it was made of a \
                 number with a wrong character. Ask the supplier for the number again, by a way you already \
                 trust.",
            ),
        }
    }
}

impl std::error::Error for IbanError {}

/// Capitals and digits without what people put between them.
fn written_plainly(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return text.to_ascii_uppercase();
    }
    text.chars()
        .filter(|character| !is_between(*character))
        .map(|character| character.to_ascii_uppercase())
        .collect()
}

/// Spaces, hyphens, dots and colons of every kind, and marks that cannot be seen.
fn is_between(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '-' | '.' | ':' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The remainder by 97 of a text read as a number, letters as 10 to 35 (ISO 7064).
fn remainder_97(text: &str) -> u32 {
    text.chars().filter_map(|character| character.to_digit(36)).fold(0, |remainder, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (remainder * shift + value) % 97
    })
}
