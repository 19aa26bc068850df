//! How the columns of a file write amounts: the decimal sign, and which amounts are negative.
//!
//! Not for: reading one amount (`amounts`).
//!
//! Invariant: the sign of amounts is turned only by the unit's setting, or where the file itself says
//! debit and credit.

use domain::{DecimalStyle, InvoiceSign};
use serde::Serialize;

use super::{DecidedBy, agreed};
use crate::amounts::DecimalEvidence;
use crate::debit_credit::Side;

/// The format a column of amounts was read in.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, found alone")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AmountFormat {
    pub style: DecimalStyle,
    pub by: DecidedBy,
    /// Set when the currency of the row decides if three digits behind the sign are decimals, as
    /// nothing else does.
    pub follows_currency: bool,
    /// Set when the sign is the other one in the ledger.
    pub is_turned: bool,
    /// Set when a column of debit and credit gives the sign.
    pub has_sides: bool,
    /// Set when the last digit has the sign, as COBOL writes it.
    pub is_overpunched: bool,
    /// Set when the currency is taken from the cell, as the file has no column of it.
    pub names_currencies: bool,
}

impl AmountFormat {
    /// Returns `true` when every amount is read the same, whatever decided it.
    pub(super) fn reads_as(self, other: Self) -> bool {
        Self { by: other.by, ..self } == other
    }
}

/// The rules a unit has settled for amounts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AmountRules {
    pub(crate) style: Option<DecimalStyle>,
    pub(crate) sign: Option<InvoiceSign>,
}

/// The evidence that the amounts of one column give of its format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AmountSigns {
    point: u64,
    comma: u64,
    /// Signs that need no deciding.
    settled: u64,
    point_and_three: u64,
    comma_and_three: u64,
    /// Three digits behind a sign, in a currency that has three decimals or none.
    by_currency: u64,
    /// Amounts in the usual shape that are not zero.
    plain: u64,
    /// Amounts in any other that are not zero.
    decorated: u64,
    /// The number of amounts written as negative.
    negative: u64,
    sides: SideSigns,
    /// Amounts with the sign in the last digit, those of them that could be nothing else, and other texts.
    overpunched: u64,
    distinct: u64,
    not_overpunched: u64,
    /// Currencies in cells, where the file has no column of them.
    currencies: u64,
}

/// Debits and credits, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SideSigns {
    pub(crate) debits: u64,
    pub(crate) credits: u64,
    /// Cells of a column of them that say neither.
    pub(crate) others: u64,
}

impl SideSigns {
    pub(crate) fn count(&mut self, side: Option<Side>) {
        match side {
            Some(Side::Debit) => self.debits += 1,
            Some(Side::Credit) => self.credits += 1,
            None => self.others += 1,
        }
    }

    pub(crate) const fn known(self) -> u64 {
        self.debits + self.credits
    }
}

impl AmountSigns {
    /// Counts an amount of the usual shape; `decimals` is 1 where it has any, else 0.
    #[inline]
    pub(crate) fn count_plain(&mut self, value: i64, decimals: u64, style: DecimalStyle) {
        self.plain += u64::from(value != 0);
        self.negative += u64::from(value < 0);
        match style {
            DecimalStyle::Point => self.point += decimals,
            DecimalStyle::Comma => self.comma += decimals,
        }
    }

    pub(crate) fn count_value(&mut self, value: i128) {
        self.decorated += u64::from(value != 0);
        self.negative += u64::from(value < 0);
    }

    pub(crate) fn count_style(&mut self, evidence: DecimalEvidence) {
        match evidence {
            DecimalEvidence::None => {}
            DecimalEvidence::Settled => self.settled += 1,
            DecimalEvidence::Point => self.point += 1,
            DecimalEvidence::Comma => self.comma += 1,
            DecimalEvidence::PointAndThreeDigits => self.point_and_three += 1,
            DecimalEvidence::CommaAndThreeDigits => self.comma_and_three += 1,
        }
    }

    pub(crate) fn count_by_currency(&mut self) {
        self.by_currency += 1;
    }

    pub(crate) fn count_side(&mut self, side: Side) {
        self.sides.count(Some(side));
    }

    pub(crate) fn count_currency(&mut self) {
        self.currencies += 1;
    }

    /// Counts of a text that is not of the usual shape whether the last digit has its sign, and nothing else
    /// can have.
    pub(crate) fn count_overpunch(&mut self, is_distinct: Option<bool>) {
        match is_distinct {
            Some(is_distinct) => {
                self.overpunched += 1;
                self.distinct += u64::from(is_distinct);
            }
            None => self.not_overpunched += 1,
        }
    }

    /// Amounts that are not zero.
    pub(crate) const fn amounts(&self) -> u64 {
        self.plain + self.decorated
    }

    /// The number of those that are negative as they are written.
    pub(crate) const fn negative(&self) -> u64 {
        self.negative
    }

    /// Amounts that a word says to be debits or credits.
    pub(crate) const fn sides(&self) -> SideSigns {
        self.sides
    }

    /// Amounts whose three digits behind a sign nothing explains.
    pub(crate) const fn open(&self) -> u64 {
        self.point_and_three + self.comma_and_three
    }

    /// Amounts with three digits behind a sign, which are decimals in this style and thousands in the other.
    pub(crate) const fn three_decimals(&self, style: DecimalStyle) -> u64 {
        match style {
            DecimalStyle::Point => self.point_and_three,
            DecimalStyle::Comma => self.comma_and_three,
        }
    }

    /// Returns `true` when no amount has decimals or thousands.
    pub(crate) const fn are_whole(&self) -> bool {
        self.settled + self.point + self.comma + self.open() + self.by_currency == 0
    }

    const fn style(&self) -> Option<DecimalStyle> {
        if self.point > self.comma {
            Some(DecimalStyle::Point)
        } else if self.comma > self.point {
            Some(DecimalStyle::Comma)
        } else {
            None
        }
    }

    /// Amounts with three decimals throughout are rare, whole thousands are not: a lone sign before three
    /// digits is taken as one of thousands.
    const fn likelier_style(&self) -> DecimalStyle {
        if self.point_and_three > self.comma_and_three {
            DecimalStyle::Comma
        } else {
            DecimalStyle::Point
        }
    }

    const fn are_overpunched(&self) -> bool {
        self.distinct > 0 && self.not_overpunched == 0 && self.plain == 0
    }

    /// Returns `true` when all are written without a sign.
    const fn are_unsigned(&self) -> bool {
        self.negative == 0 && self.sides.known() == 0 && self.amounts() > 0
    }

    fn format(
        &self,
        common: Option<DecimalStyle>,
        sides: Option<SideSigns>,
        rules: AmountRules,
    ) -> AmountFormat {
        let (style, by) = match (self.style(), common, rules.style) {
            (Some(style), _, _) => (style, DecidedBy::Values),
            (None, Some(style), _) => (style, DecidedBy::OtherColumns),
            (None, None, Some(style)) => (style, DecidedBy::Setting),
            (None, None, None) if self.open() == 0 => {
                (self.likelier_style(), DecidedBy::Currencies)
            }
            (None, None, None) => (self.likelier_style(), DecidedBy::Assumption),
        };
        let is_open = matches!(by, DecidedBy::Currencies | DecidedBy::Assumption);
        let is_overpunched = self.are_overpunched();
        let sides = sides.filter(|_| self.are_unsigned() && !is_overpunched);
        let credits_are_invoices = match sides {
            Some(sides) => sides.credits >= sides.debits,
            None => !is_overpunched && self.sides.credits * 2 > self.amounts(),
        };
        AmountFormat {
            style,
            by: if self.are_whole() { DecidedBy::NoNeed } else { by },
            follows_currency: is_open && self.by_currency > 0,
            is_turned: match rules.sign {
                Some(sign) => sign == InvoiceSign::Negative,
                None => credits_are_invoices,
            },
            has_sides: sides.is_some(),
            is_overpunched,
            names_currencies: self.currencies > 0,
        }
    }
}

/// The formats of columns of amounts; none of any other. `sides` are those of the column that says
/// debit or credit.
pub(super) fn decide(
    columns: &[Option<AmountSigns>],
    sides: Option<SideSigns>,
    rules: AmountRules,
) -> Vec<Option<AmountFormat>> {
    let common = agreed(columns.iter().flatten().map(AmountSigns::style));
    let format = |signs: &AmountSigns| signs.format(common, sides, rules);
    columns.iter().map(|signs| signs.as_ref().map(format)).collect()
}
