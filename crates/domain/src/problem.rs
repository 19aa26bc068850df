//! Why a row, a column or a file could not be used as it is, in words for whoever mends the extract.
//!
//! Not for: finding one (`extract`), or what refuses the whole file. Invariant: a reason keeps its code
//! for ever, as it is stored and answered by it.

mod open_values;
mod reason;
mod setting;

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use reason::Reason;
pub use setting::Setting;

/// The columns of problems where they are listed, in JSON and in CSV: what [`Problem`] holds, then what
/// its reason says to a person.
pub const LISTED: [&str; 7] = ["line", "column", "value", "reason", "level", "message", "advice"];

/// The fate of the cell, row or file that a problem speaks of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Read all the same; worth knowing.
    Note,
    /// The row is not in the ledger.
    SetAside,
}

/// One problem. `reason` says what is wrong, [`Reason::advice`] how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Line of a text or row of a sheet, from 1; none when it concerns the file or a whole column.
    pub line: Option<u64>,
    /// The column's header as it stands in the file.
    pub column: Option<String>,
    /// The text that stood there, cut to 80 characters and masked when it is personal.
    pub value: Option<String>,
    pub reason: Reason,
    pub level: Level,
}

impl Problem {
    /// A note on the file or a column of it.
    pub const fn of_file(reason: Reason) -> Self {
        Self { line: None, column: None, value: None, reason, level: Level::Note }
    }
}

/// The count of a reason in a column: of problems given out and of those that were not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProblemCount {
    /// The column's header; none for rows and the file.
    pub column: Option<String>,
    pub reason: Reason,
    pub level: Level,
    pub count: u64,
}

/// Text that is not the code of a reason or a level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a problem's reason or level")]
pub struct InvalidProblemCode;

impl Level {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::SetAside => "set_aside",
        }
    }
}

impl FromStr for Level {
    type Err = InvalidProblemCode;
    fn from_str(text: &str) -> Result<Self, InvalidProblemCode> {
        [Self::Note, Self::SetAside]
            .into_iter()
            .find(|known| known.code() == text)
            .ok_or(InvalidProblemCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_written_by_its_code_and_found_by_it() {
        for &reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            assert_eq!(reason.code().parse(), Ok(reason));
            assert!(!reason.advice().is_empty());
        }
        for level in [Level::Note, Level::SetAside] {
            assert_eq!(serde_json::to_value(level).unwrap(), level.code());
            assert_eq!(level.code().parse(), Ok(level));
        }
        assert!("nonsense".parse::<Reason>().is_err());
    }
}
