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

pub use typed::UnclearAmount;

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

    /// To hundredths: what is reckoned has no ten-thousandths.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        self.0.values_mut().for_each(|sum| *sum = (*sum + 50).div_euclid(100) * 100);
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
}

/// At least two decimal places, as money is written, and no separators: `4310.00`, `0.125`.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        let (whole, part) = (value / ONE.unsigned_abs(), value % ONE.unsigned_abs());
        let digits = format!("{part:04}");
        let shown = digits.trim_end_matches('0').len().max(2);
        write!(f, "{sign}{whole}.{}", &digits[..shown])
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
}
