//! Amounts of money, exact to a ten-thousandth, as ledgers hold them, and the currencies they are of.
//!
//! Invariant: never a binary fraction; what is written is what is read.

mod typed;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::currency::MinorDigits;
use crate::digits::grouped;

pub use typed::{TypedField, UnclearAmount};

/// The decimal places of an amount inside.
const SCALE: usize = 4;
const ONE: i64 = 10_000;

/// Ten-thousandths of a unit of some currency; up to about 900 million million units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

/// An amount with its currency (ISO 4217), where the ledger names one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    pub amount: Amount,
    pub currency: Option<String>,
}

/// Sums by currency while they grow, in ten-thousandths.
#[derive(Debug, Default)]
pub struct MoneySums(BTreeMap<Option<String>, i128>);

impl MoneySums {
    pub fn add(&mut self, currency: Option<&str>, ten_thousandths: i128) {
        *self.0.entry(currency.map(str::to_owned)).or_default() += ten_thousandths;
    }

    /// To the smallest unit of each currency: what is reckoned is paid in no smaller one.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        for (currency, sum) in &mut self.0 {
            let unit = i128::from(smallest_unit(MinorDigits::of(currency.as_deref())));
            *sum = (*sum + unit / 2).div_euclid(unit) * unit;
        }
        self
    }

    /// The largest first.
    pub fn into_money(self) -> Vec<Money> {
        let mut sums: Vec<(Option<String>, i128)> = self.0.into_iter().collect();
        sums.sort_by_key(|(_, sum)| Reverse(*sum));
        let money = |(currency, sum)| Money { amount: Amount::nearest(sum), currency };
        sums.into_iter().map(money).collect()
    }
}

impl Money {
    /// `GBP 4,310.00`, as sentences have it; without a currency the figure alone.
    pub fn written(&self) -> String {
        let figure = self.amount.written(self.currency.as_deref());
        match &self.currency {
            Some(code) => format!("{code} {figure}"),
            None => figure,
        }
    }
}

/// The smallest amount that a currency of so many digits has, in ten-thousandths.
fn smallest_unit(digits: MinorDigits) -> i64 {
    let beyond = SCALE.saturating_sub(digits.count().into());
    10_i64.pow(u32::try_from(beyond).expect("four digits at most"))
}

/// Text that is not a decimal number of at most four places.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an amount: write digits, and at most four behind a point")]
pub struct InvalidAmount;

impl Amount {
    pub const fn from_ten_thousandths(value: i64) -> Self {
        Self(value)
    }

    /// The amount nearest to a sum in ten-thousandths: beyond nine hundred million million there is none.
    pub fn nearest(sum: i128) -> Self {
        let sum = sum.clamp(i64::MIN.into(), i64::MAX.into());
        Self(i64::try_from(sum).expect("it is within 64 bits"))
    }

    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// The amount as people read it: in groups of three digits, with the digits behind the point that the
    /// currency has: `4,310.00`; of yen `4,310`. It has more of them only where the amount has: nothing is
    /// rounded.
    pub fn written(self, currency: Option<&str>) -> String {
        self.written_in(MinorDigits::of(currency))
    }

    /// The amount as people read it, of a currency with so many digits behind the point.
    pub fn written_in(self, digits: MinorDigits) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = self.parts(digits.count().into());
        let whole = grouped(&whole.to_string());
        if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
    }

    /// Both together; what is beyond the largest amount is the largest.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The amount rounded to the smallest unit of its currency, for what was reckoned in a binary fraction.
    #[must_use]
    pub fn in_units_of(self, currency: Option<&str>) -> Self {
        let unit = smallest_unit(MinorDigits::of(currency));
        Self(self.0.saturating_add(unit / 2).div_euclid(unit).saturating_mul(unit))
    }

    /// Returns `true` when it can be paid in the currency: it has no more digits behind the point.
    pub fn can_be_paid_in(self, currency: Option<&str>) -> bool {
        self.0 % smallest_unit(MinorDigits::of(currency)) == 0
    }

    /// The digits before the point, and those behind it: so many at least, and no further zeros.
    fn parts(self, least: usize) -> (u64, String) {
        let value = self.0.unsigned_abs();
        let (whole, part) = (value / ONE.unsigned_abs(), value % ONE.unsigned_abs());
        let mut digits = format!("{part:04}");
        digits.truncate(digits.trim_end_matches('0').len().max(least));
        (whole, digits)
    }
}

/// At least two decimal places, as money is written, and no separators: `4310.00`, `0.125`.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = self.parts(2);
        write!(f, "{sign}{whole}.{part}")
    }
}

impl FromStr for Amount {
    type Err = InvalidAmount;

    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > SCALE || !all_digits(whole) || !all_digits(part) {
            return Err(InvalidAmount);
        }
        let whole: i64 = whole.parse().map_err(|_too_long| InvalidAmount)?;
        let part: i64 = format!("{part:0<SCALE$}").parse().map_err(|_not_digits| InvalidAmount)?;
        let value = whole.checked_mul(ONE).and_then(|value| value.checked_add(part));
        value.map(|value| Self(sign * value)).ok_or(InvalidAmount)
    }
}

crate::id::text_serde!(Amount, { "type": "string", "pattern": "^-?[0-9]{1,15}([.][0-9]{1,4})?$" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for (value, text) in
            [(0, "0.00"), (43_100_000, "4310.00"), (1_250, "0.125"), (-15_000, "-1.50")]
        {
            let amount = Amount::from_ten_thousandths(value);
            assert_eq!(amount.to_string(), text);
            assert_eq!(text.parse(), Ok(amount));
        }
        for wrong in ["", "-", "1,5", "1.23456", "1e5", ".5", "99999999999999999999"] {
            assert_eq!(wrong.parse::<Amount>(), Err(InvalidAmount), "{wrong}");
        }
    }

    #[test]
    fn amounts_have_the_digits_of_their_currency_and_are_never_rounded() {
        for (amount, currency, text) in [
            ("4310", Some("GBP"), "4,310.00"),
            ("4310.125", Some("GBP"), "4,310.125"),
            ("1234567", Some("JPY"), "1,234,567"),
            ("1234567.5", Some("JPY"), "1,234,567.5"),
            ("-0.5", Some("KWD"), "-0.500"),
            ("1000", Some("KWD"), "1,000.000"),
            ("2.5", Some("CLF"), "2.5000"),
            ("7", Some("ABC"), "7.00"),
            ("7", None, "7.00"),
        ] {
            let read: Amount = amount.parse().unwrap();
            assert_eq!(read.written(currency), text, "{currency:?}");
        }
        let money = |currency: Option<&str>| Money {
            amount: "1000".parse().unwrap(),
            currency: currency.map(str::to_owned),
        };
        assert_eq!(money(Some("KRW")).written(), "KRW 1,000");
        assert_eq!(money(None).written(), "1,000.00");
    }

    #[test]
    fn what_is_reckoned_is_rounded_to_what_can_be_paid() {
        for (amount, currency, paid) in [
            ("10.005", "GBP", "10.01"),
            ("10.0049", "GBP", "10.00"),
            ("-10.005", "GBP", "-10.00"),
            ("10.5", "JPY", "11.00"),
            ("10.0005", "KWD", "10.001"),
        ] {
            let amount: Amount = amount.parse().unwrap();
            let rounded = amount.in_units_of(Some(currency));
            assert_eq!(rounded.to_string(), paid, "{currency}");
            assert!(rounded.can_be_paid_in(Some(currency)));
            assert!(!amount.can_be_paid_in(Some(currency)), "{amount} {currency}");
            let mut sums = MoneySums::default();
            sums.add(Some(currency), amount.ten_thousandths().into());
            assert_eq!(sums.rounded().into_money()[0].amount, rounded, "{currency}");
        }
    }
}
