//! VAT numbers: which are possible at all, by the check digits of each country.
//!
//! Not for: whether a number is registered, or whose it is: only the country's register (VIES in the
//! European Union) can tell. Invariant: a [`VatNumber`] has its country's shape and check digits that fit.
//! Shape alone is looked at in the one-stop shop (`EU`, `IM`), whose check digits are not public, and for
//! British departments and health authorities (`GD001`, `HA500`), which have none.

use std::fmt;

mod centre;
mod countries;
mod digits;
mod north;
pub mod rates;
mod south;
#[cfg(test)]
mod tests;
mod west;

use countries::Country;
use digits::Fault;

/// No VAT number with its prefix, suffix and separators is longer; a longer text is something else.
const VAT_CHARACTERS_MAX: usize = 64;

/// Words that people write before a number.
const LABELS: [&str; 4] = ["VATREGNO", "VATNUMBER", "VATNO", "VAT"];

/// A VAT number that is possible, in its canonical form: the country's prefix, then capitals and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VatNumber {
    country: &'static str,
    text: String,
}

/// Why a text is no VAT number. The number itself is never repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VatError {
    /// Neither the text nor the caller names a country whose rules are known.
    UnknownCountry,
    /// Too long, too short, or letters where the country has digits.
    WrongShape {
        country: &'static str,
        shape: &'static str,
    },
    WrongCheckDigits {
        country: &'static str,
    },
    /// The organisation's number, which fits, without what makes it a VAT number.
    NoSuffix {
        country: &'static str,
        suffix: &'static str,
    },
}

impl VatNumber {
    /// Reads a VAT number as people write it. `default_country`, as ISO 3166 has it (also `EL`, `UK`), is
    /// taken where the text has no prefix of its own that fits.
    pub fn parse(text: &str, default_country: Option<&str>) -> Result<Self, VatError> {
        let text = written_plainly(text);
        let default = default_country.and_then(countries::of_iso);
        let mut error = VatError::UnknownCountry;
        let unlabelled = LABELS.iter().filter_map(|label| text.strip_prefix(label));
        for text in std::iter::once(text.as_str()).chain(unlabelled) {
            match of_either(text, default) {
                Ok(number) => return Ok(number),
                Err(found) if error == VatError::UnknownCountry => error = found,
                Err(_) => {}
            }
        }
        Err(error)
    }

    /// The prefix: the country's two letters, but `EL` for Greece and `XI` for Northern Ireland.
    pub fn country(&self) -> &'static str {
        self.country
    }

    /// The canonical text, with its prefix.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part that is the same for every way to write one registration: a British number without
    /// its branch and whether it says GB or XI, a Swiss one in whichever language.
    pub fn registration(&self) -> String {
        let body = &self.text[self.country.len()..];
        match self.country {
            "GB" | "XI" => {
                format!("GB{}", body.get(..9).filter(|_| body.len() == 12).unwrap_or(body))
            }
            "CH" => format!("CH{}", body.get(..10).unwrap_or(body)),
            _ => self.text.clone(),
        }
    }
}

impl fmt::Display for VatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for VatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownCountry => f.write_str(
                "This VAT number does not say which country it is of. Begin it with the country's two \
                 letters, such as GB or DE, or give the supplier a country.",
            ),
            Self::WrongShape { country, shape } => write!(
                f,
                "This is no VAT number of {country}, which has {shape}. Look for a character left out or \
                 typed twice, and for the number of another register.",
            ),
            Self::WrongCheckDigits { country } => write!(
                f,
                "The check digits of this VAT number of {country} do not fit: a character is wrong or two \
                 are swapped. Compare it with an invoice, or ask the register.",
            ),
            Self::NoSuffix { country, suffix } => write!(
                f,
                "This is the number of an organisation in {country}; its VAT number ends in {suffix}. Add \
                 that if the supplier is registered for VAT.",
            ),
        }
    }
}

impl std::error::Error for VatError {}

/// Reads it by the prefix, and by the default only where the text hardly has a prefix: a mistyped German
/// number must not pass for a French one that begins with DE.
fn of_either(text: &str, default: Option<&'static Country>) -> Result<VatNumber, VatError> {
    let by_prefix = countries::of_prefix(text).map(|(country, body)| judge(country, body));
    match (by_prefix, default) {
        (None, None) => Err(VatError::UnknownCountry),
        (None, Some(default)) => judge(default, text),
        (Some(Err(error @ VatError::WrongShape { .. })), Some(default)) => {
            judge(default, text).or(Err(error))
        }
        (Some(judged), _) => judged,
    }
}

fn judge(country: &'static Country, body: &str) -> Result<VatNumber, VatError> {
    let Country { prefix, name, shape, suffix, .. } = *country;
    match (country.rule)(body) {
        Ok(body) => Ok(VatNumber { country: prefix, text: format!("{prefix}{body}") }),
        Err(Fault::Shape) => Err(VatError::WrongShape { country: name, shape }),
        Err(Fault::Check) => Err(VatError::WrongCheckDigits { country: name }),
        Err(Fault::Suffix) => Err(VatError::NoSuffix { country: name, suffix }),
    }
}

/// Capitals, digits and the two signs of old Irish numbers, without what people put between them. A text
/// that is too long comes back empty.
fn written_plainly(text: &str) -> String {
    if text.len() > VAT_CHARACTERS_MAX {
        return String::new();
    }
    text.chars()
        .filter(|character| !is_between(*character))
        .map(|character| character.to_ascii_uppercase())
        .collect()
}

fn is_between(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '-' | '.' | ',' | '/' | ':' | '(' | ')' | '\'')
        || matches!(character, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{b7}')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}
