//! Limits of approval beside a check's first: an organisation has several, and some in other currencies.
//!
//! Not for: the first, which is a parameter like others, in the base currency.
//!
//! Invariant: an amount above nothing, and a code of ISO 4217 or none: the base currency.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::NUMBER_MAX;
use crate::amount::{Amount, Money, TypedField};
use crate::currency::MinorDigits;

/// Limits of one check: more steps of approval has no organisation, each in a dozen currencies.
pub const LIMITS_MAX: usize = 50;

const CODE_LETTERS: usize = 3;

/// An amount up to which somebody may approve alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Limit {
    currency: Option<String>,
    amount: Amount,
}

/// Text that is no list of limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLimit {
    #[error("“{0}” is no limit: write an amount, such as 10,000 or EUR 6,000, one a line")]
    NoLimit(String),
    #[error("“{0}” names a currency that is none: write its code, such as EUR")]
    NoCurrency(String),
    #[error("“{0}” is not above 0, or above a million million")]
    OutOfRange(String),
    #[error("{0}")]
    Unclear(String),
    #[error("{LIMITS_MAX} limits are the most")]
    TooMany,
}

impl Limit {
    pub fn new(amount: Amount, currency: Option<&str>) -> Result<Self, InvalidLimit> {
        let text = || format!("{} {amount}", currency.unwrap_or_default()).trim().to_owned();
        if currency.is_some_and(|code| MinorDigits::of_code(code).is_none()) {
            return Err(InvalidLimit::NoCurrency(text()));
        }
        if amount <= Amount::default() || amount > NUMBER_MAX.amount() {
            return Err(InvalidLimit::OutOfRange(text()));
        }
        Ok(Self { currency: currency.map(str::to_owned), amount })
    }

    pub const fn amount(&self) -> Amount {
        self.amount
    }

    /// The currency of the invoices that it is a limit of; none: the base currency.
    pub fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// `EUR 6,000.00`, as people read it and can type it again.
    pub fn written(&self) -> String {
        Money { amount: self.amount, currency: self.currency.clone() }.written()
    }

    /// Reads a limit as somebody types it: `10,000`, `EUR 6,000` or `6.000,00 EUR`.
    fn typed(text: &str) -> Result<Self, InvalidLimit> {
        let invalid = || InvalidLimit::NoLimit(text.to_owned());
        let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
        let code = letters.to_uppercase();
        let is_apart = letters.is_empty() || text.starts_with(&letters) || text.ends_with(&letters);
        if !is_apart || !matches!(code.len(), 0 | CODE_LETTERS) {
            return Err(invalid());
        }
        let currency = (!code.is_empty()).then_some(code.as_str());
        if currency.is_some_and(|code| MinorDigits::of_code(code).is_none()) {
            return Err(InvalidLimit::NoCurrency(text.to_owned()));
        }
        // A sign is of the base currency, or of one that has to be named.
        if text.contains(['£', '€', '$', '¥']) {
            return Err(InvalidLimit::NoCurrency(text.to_owned()));
        }
        let field = TypedField { currency, ..TypedField::default() };
        let amount = Amount::from_typed_in(text, field);
        Self::new(amount.map_err(|why| InvalidLimit::Unclear(why.to_string()))?, currency)
    }

    /// Reads limits as somebody lists them, one a line.
    pub fn listed(text: &str) -> Result<BTreeSet<Self>, InvalidLimit> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let limits: BTreeSet<Self> = lines.map(Self::typed).collect::<Result<_, _>>()?;
        if limits.len() > LIMITS_MAX { Err(InvalidLimit::TooMany) } else { Ok(limits) }
    }
}

/// `EUR 6000.00`, as it is kept; without a currency the amount alone.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.currency {
            Some(code) => write!(f, "{code} {}", self.amount),
            None => write!(f, "{}", self.amount),
        }
    }
}

impl FromStr for Limit {
    type Err = InvalidLimit;
    fn from_str(text: &str) -> Result<Self, InvalidLimit> {
        let (currency, amount) = match text.split_once(' ') {
            Some((code, amount)) => (Some(code), amount),
            None => (None, text),
        };
        let amount = amount.parse().map_err(|_wrong| InvalidLimit::NoLimit(text.to_owned()))?;
        Self::new(amount, currency)
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> Self {
        limit.to_string()
    }
}

impl TryFrom<String> for Limit {
    type Error = InvalidLimit;
    fn try_from(text: String) -> Result<Self, InvalidLimit> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_people_list_them() {
        let listed = Limit::listed("50,000\n\nEUR 6,000\n 6.500,50 chf \nJPY 900000").unwrap();
        let kept: Vec<String> = listed.iter().map(ToString::to_string).collect();
        assert_eq!(kept, ["50000.00", "CHF 6500.50", "EUR 6000.00", "JPY 900000.00"]);
        for limit in &listed {
            assert_eq!(limit.to_string().parse(), Ok(limit.clone()));
            assert_eq!(Limit::listed(&limit.written()).unwrap().first(), Some(limit));
            let json = serde_json::to_value(limit).unwrap();
            assert_eq!(serde_json::from_value::<Limit>(json).unwrap(), *limit);
        }
        assert!(Limit::listed("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_limit_is_said_in_words() {
        for (text, says) in [
            ("much", "“much” is no limit"),
            ("EUR", "is not an amount"),
            ("E5 UR", "is no limit"),
            ("QQQ 5", "names a currency that is none"),
            ("$5,000", "names a currency that is none: write its code"),
            ("0", "is not above 0"),
            ("-5", "is not above 0"),
            ("GBP 2000000000000", "is not above 0, or above a million million"),
            ("5.000", "can be 5.000 or 5000"),
            ("KWD 5,000", "can be 5.000 or 5000"),
        ] {
            let why = Limit::listed(text).unwrap_err().to_string();
            assert!(why.contains(says), "{text}: {why}");
        }
        let many: Vec<String> = (1..=51).map(|limit| limit.to_string()).collect();
        assert_eq!(Limit::listed(&many.join("\n")), Err(InvalidLimit::TooMany));
    }
}
