//! The settings of a unit by which a doubt of a reading is settled.
//!
//! Not for: the settings themselves (`reading`), or which doubt each settles (`reason`).

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

#[cfg(test)]
mod tests {
    use super::super::Reason;
    use super::*;

    #[test]
    fn each_setting_settles_something_and_no_advice_speaks_of_a_file_of_ours() {
        for setting in Setting::ALL {
            let is_met = |reason: &&Reason| reason.settled_by() == Some(setting);
            assert!(Reason::ALL.iter().any(|reason| is_met(&reason)), "{setting:?}");
        }
        // A guess is settled by what would have made it none.
        assert_eq!(Reason::CodePageGuessed.settled_by(), Some(Setting::Encoding));
        // Who reads it in a browser has neither a command line nor a mapping as a file.
        for reason in Reason::ALL {
            let advice = reason.advice();
            assert!(!advice.contains("--") && !advice.contains("[fields]"), "{advice}");
        }
    }
}
