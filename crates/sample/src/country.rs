//! Where suppliers are, and the money they bill in.
//!
//! Not for: the world; six countries show every difference the checks look at.
//!
//! Invariant: an amount in the base currency follows from the amount, the currency and the day.

use super::calendar::Day;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Country {
    Gb,
    Ie,
    De,
    Fr,
    Nl,
    Us,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Currency {
    Gbp,
    Eur,
    Usd,
}

/// The organisation's own.
pub(super) const BASE: Currency = Currency::Gbp;

impl Country {
    /// ISO 3166.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Gb => "GB",
            Self::Ie => "IE",
            Self::De => "DE",
            Self::Fr => "FR",
            Self::Nl => "NL",
            Self::Us => "US",
        }
    }

    pub(super) fn currency(self) -> Currency {
        match self {
            Self::Gb => Currency::Gbp,
            Self::Us => Currency::Usd,
            Self::Ie | Self::De | Self::Fr | Self::Nl => Currency::Eur,
        }
    }

    pub(super) fn legal_forms(self) -> &'static [&'static str] {
        match self {
            Self::Gb => &["Ltd", "Ltd", "Limited", "PLC", "LLP", "(UK) Ltd", "& Sons Ltd"],
            Self::Ie => &["Ltd", "DAC", "Limited"],
            Self::De => &["GmbH", "AG", "GmbH & Co. KG"],
            Self::Fr => &["SARL", "SAS", "SA"],
            Self::Nl => &["B.V.", "N.V."],
            Self::Us => &["Inc", "LLC", "Inc."],
        }
    }
}

impl Currency {
    /// ISO 4217.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Gbp => "GBP",
            Self::Eur => "EUR",
            Self::Usd => "USD",
        }
    }

    /// Pence for an amount in this currency's cents; made rates that move every month.
    pub(super) fn in_base(self, amount: i64, day: Day) -> i64 {
        let ten_thousandths = match self {
            Self::Gbp => return amount,
            Self::Eur => 8_600,
            Self::Usd => 7_900,
        };
        let moved = (day.div_euclid(30) * 37).rem_euclid(301) - 150;
        (amount * (ten_thousandths + moved) + 5_000).div_euclid(10_000)
    }
}
