//! The identity of a finding: what it is about, and nothing about when or how surely it was found.
//!
//! Invariant: the order in which rows are named does not matter.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::file_type::FileType;
use crate::statement::StatementCredit;

const PREFIX: &str = "fnd_";
/// The check that finds credits of suppliers' statements.
const CREDITS_ON_STATEMENTS: &str = "credits_on_statements";
/// 128 bits: two of a thousand million findings are the same by chance once in 10^20 deployments.
const HEX_DIGITS: usize = 32;

/// `fnd_` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingKey(String);

/// Text that is not the identity of a finding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a finding: its name is fnd_ and 32 hexadecimal digits")]
pub struct InvalidFindingKey;

impl FindingKey {
    /// The key of a check and the rows that make the finding what it is.
    pub fn new<'a>(check: &str, rows: impl IntoIterator<Item = (FileType, &'a str)>) -> Self {
        let mut rows: Vec<(FileType, &str)> = rows.into_iter().collect();
        rows.sort_unstable();
        rows.dedup();
        let mut text = String::from(check);
        for (ledger, id) in rows {
            // Lengths keep `a`, `bc` from being `ab`, `c`.
            write!(text, "\n{ledger}:{}:{id}", id.len()).expect("a String takes everything");
        }
        let digest = Sha256::digest(text.as_bytes());
        let id =
            digest.iter().take(HEX_DIGITS / 2).fold(0_u128, |id, byte| id << 8 | u128::from(*byte));
        Self(format!("{PREFIX}{id:032x}"))
    }

    /// The key of a finding that would have this one, and is about rows of the same ids that are of other
    /// suppliers: ledgers, ids and suppliers of its rows.
    #[must_use]
    pub fn with_suppliers<'a>(
        &self,
        rows: impl IntoIterator<Item = (FileType, &'a str, &'a str)>,
    ) -> Self {
        let named = rows
            .into_iter()
            .map(|(ledger, id, supplier)| (ledger, format!("{}:{id}:{supplier}", id.len())));
        let named: Vec<(FileType, String)> = named.collect();
        Self::new(self.as_str(), named.iter().map(|(ledger, name)| (*ledger, name.as_str())))
    }

    /// Of a credit of a supplier's statement, which is in no row.
    pub fn of_statement_credit(credit: &StatementCredit) -> Self {
        Self::new(&format!("{CREDITS_ON_STATEMENTS}/{}", credit.known_by()), [])
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FindingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FindingKey {
    type Err = InvalidFindingKey;
    fn from_str(text: &str) -> Result<Self, InvalidFindingKey> {
        let hex = text.strip_prefix(PREFIX).ok_or(InvalidFindingKey)?;
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if hex.len() != HEX_DIGITS || !hex.bytes().all(is_hex) {
            return Err(InvalidFindingKey);
        }
        Ok(Self(text.to_owned()))
    }
}

crate::id::text_serde!(FindingKey, { "type": "string", "pattern": "^fnd_[0-9a-f]{32}$" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_rows_are_the_same_finding_in_any_order() {
        let one = FindingKey::new("c", [(FileType::Transactions, "a"), (FileType::Suppliers, "b")]);
        let two = FindingKey::new("c", [(FileType::Suppliers, "b"), (FileType::Transactions, "a")]);
        assert_eq!(one, two);
        assert_eq!(one.to_string().parse(), Ok(one.clone()));
        let others = [
            FindingKey::new("d", [(FileType::Transactions, "a"), (FileType::Suppliers, "b")]),
            FindingKey::new("c", [(FileType::Transactions, "b"), (FileType::Suppliers, "a")]),
            FindingKey::new("c", [(FileType::Transactions, "a")]),
        ];
        assert!(others.iter().all(|other| *other != one));
        let of = |supplier| one.with_suppliers([(FileType::Transactions, "a", supplier)]);
        assert_eq!(of("S1"), of("S1"));
        assert!(of("S1") != of("S2") && of("S1") != one);
        assert!("fnd_1".parse::<FindingKey>().is_err());
    }
}
