//! Which statuses say that an invoice was taken back, so that checks leave it out.
//!
//! Not for: counting the statuses of a ledger (`analysis`).
//!
//! Invariant: the whole of a status decides; a word within a longer text (`Payment void - reissued`) decides
//! nothing.

mod dictionary;

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::fold;

/// A longer text is a remark. The longest status of an ERP has 40 letters or so.
pub const STATUS_BYTES_MAX: usize = 100;
/// Statuses that a unit can list: no ERP has as many.
pub const LISTED_MAX: usize = 100;
/// The rows of a ledger at least: in a smaller one more than half of the rows are too few to say anything.
const MAJORITY_ROWS_MIN: u64 = 20;
/// Digits of a code before a status: `90 - Cancelled`.
const CODE_DIGITS_MAX: usize = 4;

/// The statuses whose invoices are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutStatuses {
    /// Those known to say that an invoice was taken back, but for one that more than half of the rows have.
    #[default]
    Known,
    /// These and no others, as somebody wrote them; none: every invoice is compared.
    Listed(BTreeSet<String>),
}

/// A list that cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStatuses {
    #[error("write at most {LISTED_MAX} statuses, one a line")]
    TooMany,
    #[error("write each status on a line of its own, in at most {STATUS_BYTES_MAX} bytes")]
    TooLong,
}

/// The rule by which one ledger's statuses are decided, made once.
#[derive(Debug)]
pub struct StatusRule {
    /// Folded; none where the known ones are left out.
    listed: Option<HashSet<String>>,
    /// Rows of the ledger.
    rows: u64,
}

/// Words in one spelling, and phrases of several.
struct KnownWords {
    taken_back: HashSet<String>,
    nouns: HashSet<String>,
}

static KNOWN: LazyLock<KnownWords> = LazyLock::new(|| KnownWords {
    taken_back: dictionary::TAKEN_BACK
        .iter()
        .flat_map(|(_, statuses)| *statuses)
        .map(|status| folded(status))
        .collect(),
    nouns: dictionary::INVOICE_NOUNS.iter().map(|noun| folded(noun)).collect(),
});

impl LeftOutStatuses {
    pub const fn is_known(&self) -> bool {
        matches!(self, Self::Known)
    }

    /// Statuses as somebody lists them, one a line.
    pub fn parse_list(text: &str) -> Result<Self, InvalidStatuses> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let listed: BTreeSet<String> = lines.map(str::to_owned).collect();
        if listed.len() > LISTED_MAX {
            return Err(InvalidStatuses::TooMany);
        }
        if listed.iter().any(|status| status.len() > STATUS_BYTES_MAX) {
            return Err(InvalidStatuses::TooLong);
        }
        Ok(Self::Listed(listed))
    }
}

impl StatusRule {
    /// The rule for a ledger of so many rows.
    pub fn new(left_out: &LeftOutStatuses, rows: u64) -> Self {
        let listed = match left_out {
            LeftOutStatuses::Known => None,
            LeftOutStatuses::Listed(listed) => {
                Some(listed.iter().map(|status| folded(status)).collect())
            }
        };
        Self { listed, rows }
    }

    /// Returns `true` when the invoices of a status that so many rows have are left out.
    pub fn leaves_out(&self, status: &str, rows: u64) -> bool {
        match &self.listed {
            _ if status.len() > STATUS_BYTES_MAX => false,
            Some(listed) => listed.contains(&folded(status)),
            None => says_taken_back(status) && !self.is_of_most(rows),
        }
    }

    /// A status of more than half of all rows is what is usual there, whatever it says elsewhere.
    const fn is_of_most(&self, rows: u64) -> bool {
        self.rows >= MAJORITY_ROWS_MIN && rows > self.rows / 2
    }
}

/// Returns `true` for a status known to say that an invoice was taken back: each side of its strokes
/// does (`Cancelled/Void`), beside a code and a word for the invoice at most.
pub fn says_taken_back(status: &str) -> bool {
    status.len() <= STATUS_BYTES_MAX && status.split('/').all(says_one)
}

fn says_one(status: &str) -> bool {
    let whole = folded(status);
    let mut words: Vec<&str> = whole.split(' ').collect();
    if let [code, first, ..] = words[..]
        && is_code(code, first)
    {
        words.remove(0);
    }
    words.retain(|word| !KNOWN.nouns.contains(*word));
    // Not word by word: a cancellation that was refused took nothing back.
    KNOWN.taken_back.contains(&words.join(" "))
}

/// `90`, or the letter with which the status begins. Zeros may be a count: `0 rejected`.
fn is_code(code: &str, first: &str) -> bool {
    let is_number = code.len() <= CODE_DIGITS_MAX && code.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && code.bytes().any(|byte| byte != b'0'))
        || (code.chars().count() == 1 && first.starts_with(code))
}

/// The words of a status without capitals, accents and signs.
fn folded(status: &str) -> String {
    let plain = fold(status);
    let words = plain.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
