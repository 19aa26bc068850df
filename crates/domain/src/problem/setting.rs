//! The settings of a unit by which a doubt of a reading is settled.
//!
//! Not for: the settings themselves (`reading`).

use super::Reason;

/// A setting of reading, as whoever is told of a doubt finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    Mapping,
    DateOrder,
    Decimals,
    Invoices,
    Encoding,
    Sheet,
    KeepTotals,
}

impl Setting {
    pub const ALL: [Self; 7] = [
        Self::Mapping,
        Self::DateOrder,
        Self::Decimals,
        Self::Invoices,
        Self::Encoding,
        Self::Sheet,
        Self::KeepTotals,
    ];

    /// The name of its flag on a command line, and of its place on the page of columns.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mapping => "mapping",
            Self::DateOrder => "date-order",
            Self::Decimals => "decimals",
            Self::Invoices => "invoices",
            Self::Encoding => "encoding",
            Self::Sheet => "sheet",
            Self::KeepTotals => "keep-totals",
        }
    }
}

impl Reason {
    /// The setting by which a unit settles it for all its files; none where only the extract can be mended.
    pub const fn settled_by(self) -> Option<Setting> {
        match self {
            Self::UnknownColumn
            | Self::ColumnTwice
            | Self::IdentifierMayRepeat
            | Self::OtherInvoiceReplaced => Some(Setting::Mapping),
            Self::DateOrderFromOthers
            | Self::DateOrderAssumed
            | Self::YearPlaceAssumed
            | Self::DigitDates => Some(Setting::DateOrder),
            Self::DecimalStyleAssumed | Self::DecimalStyleSet => Some(Setting::Decimals),
            Self::MostlyNegative | Self::CreditsAreInvoices | Self::DebitsAreInvoices => {
                Some(Setting::Invoices)
            }
            Self::Windows1252 | Self::MixedEncodings => Some(Setting::Encoding),
            Self::ReadFirstSheet => Some(Setting::Sheet),
            Self::TotalRow => Some(Setting::KeepTotals),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_settles_something_and_no_advice_speaks_of_a_file_of_ours() {
        for setting in Setting::ALL {
            let is_met = |reason: &&Reason| reason.settled_by() == Some(setting);
            assert!(Reason::ALL.iter().any(|reason| is_met(&reason)), "{setting:?}");
        }
        // Who reads it in a browser has neither a command line nor a mapping as a file.
        for reason in Reason::ALL {
            let advice = reason.advice();
            assert!(!advice.contains("--") && !advice.contains("[fields]"), "{advice}");
        }
    }
}
