//! The values of a setting that a doubt leaves open, and the field it is about.
//!
//! Not for: which setting settles it; that stands in the table of reasons.

use super::reason::Reason;

impl Reason {
    /// The values of that setting which it leaves open, as they are typed; none where they are not so few.
    /// What was done is not among them where the reason itself says which that was.
    pub const fn open_values(self) -> &'static [&'static str] {
        match self {
            Self::DateOrderFromOthers | Self::DateOrderAssumed | Self::DigitDates => {
                &["day_first", "month_first"]
            }
            Self::YearPlaceAssumed => &["day_first", "year_first"],
            Self::DecimalStyleAssumed | Self::DecimalStyleSet => &["point", "comma"],
            Self::MostlyNegative | Self::DebitsAreInvoices => &["negative"],
            Self::AmountsTurned | Self::CreditsAreInvoices => &["positive"],
            Self::TotalRow => &["yes"],
            _ => &[],
        }
    }

    /// Returns `true` when the file alone does not tell it: it is about rows that the ledger had.
    pub const fn is_of_ledger(self) -> bool {
        matches!(
            self,
            Self::OtherInvoiceReplaced | Self::OtherInvoiceKept | Self::OtherPaymentReplaced
        )
    }

    /// The name of the field that the mapping settles it by, where it is one field.
    pub const fn settled_field(self) -> Option<&'static str> {
        match self {
            Self::BaseCurrencyAssumed => Some("base_amount_currency"),
            Self::IdentifierMayRepeat | Self::OtherInvoiceReplaced | Self::OtherInvoiceKept => {
                Some("unique_id")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_open_where_no_setting_settles_it() {
        for reason in Reason::ALL.iter().filter(|reason| reason.settled_by().is_none()) {
            assert!(reason.open_values().is_empty() && reason.settled_field().is_none());
        }
    }
}
