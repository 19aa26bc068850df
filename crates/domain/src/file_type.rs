//! The kinds of file a customer sends, exactly as they stand in the URL.

mod spec;

use std::fmt;
use std::str::FromStr;

pub use spec::{Arrival, FileTypeSpec, TypeNouns};

/// The type of an extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileType {
    /// `APT`: gross header values of invoices and credit notes.
    Transactions,
    Suppliers,
    Employees,
    /// `IMS`: invoices that are captured and not yet posted to the ledger.
    UnpostedInvoices,
    /// `Payments`: a run of payments about to go out.
    Payments,
}

/// Text that is not a file type. The comparison is exact, as the vendor's service compares.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the file type is APT (transactions), Suppliers, Employees, IMS (invoices not yet posted) or Payments (about to go out), \
     written exactly so"
)]
pub struct InvalidFileType;

impl FileType {
    pub const ALL: [Self; 5] = [
        Self::Transactions,
        Self::Suppliers,
        Self::Employees,
        Self::UnpostedInvoices,
        Self::Payments,
    ];

    pub const fn as_str(self) -> &'static str {
        self.spec().url_word
    }

    /// Returns `true` when a file of the type is all there is, so that absence means something;
    /// transactions are only those that are new or changed.
    pub const fn is_snapshot(self) -> bool {
        matches!(self.spec().arrival, Arrival::Snapshot)
    }

    /// Returns `true` when each file is a batch of its own, which is read whole or not at all and changes no
    /// earlier row.
    pub const fn is_batch(self) -> bool {
        matches!(self.spec().arrival, Arrival::Batch)
    }

    /// Returns `true` when its rows are invoices, posted or not.
    pub const fn is_of_invoices(self) -> bool {
        matches!(self, Self::Transactions | Self::UnpostedInvoices)
    }

    /// The type a file's name speaks of, for programs that offer a guess and say so; `None` when the
    /// name speaks of none or of several.
    pub fn guess(file_name: &str) -> Option<Self> {
        let lower = file_name.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
        let is_spoken_of = |known: &Self| known.spec().is_spoken_of(&words, &lower);
        let mut found = Self::ALL.into_iter().filter(is_spoken_of);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FileType {
    type Err = InvalidFileType;
    fn from_str(text: &str) -> Result<Self, InvalidFileType> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or(InvalidFileType)
    }
}

crate::id::text_serde!(FileType, named { "type": "string", "enum": FileType::ALL });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_as_in_the_url() {
        for known in FileType::ALL {
            assert_eq!(known.as_str().parse(), Ok(known));
        }
        for bad in ["apt", "Apt", "APT ", "Transactions", "suppliers", "ims", ""] {
            assert!(bad.parse::<FileType>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_guess_is_made_only_when_one_type_fits() {
        for (name, guess) in [
            ("invoices_2026.csv", Some(FileType::Transactions)),
            ("APT-20261123.csv", Some(FileType::Transactions)),
            ("vendor_master.xlsx", Some(FileType::Suppliers)),
            ("Staff.txt", Some(FileType::Employees)),
            ("IMS-20261123.csv", Some(FileType::UnpostedInvoices)),
            ("unposted.xlsx", Some(FileType::UnpostedInvoices)),
            ("claims.csv", None),
            ("payrun_20261130.xml", Some(FileType::Payments)),
            ("BACS.txt", Some(FileType::Payments)),
            ("payments over 500.csv", None),
            ("captured.csv", None),
            ("supplier_invoices.csv", None),
            ("export.csv", None),
        ] {
            assert_eq!(FileType::guess(name), guess, "{name}");
        }
    }
}
