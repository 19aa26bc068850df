//! What is to be done about a file that was refused.
//!
//! Not for: words. A page words it by its buttons, a command by its flags, and neither knows of the
//! other's.
//!
//! Invariant: a code is never changed or used for something else, as it is stored and answered.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The way in which a refused file comes to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The extract is to be mended and sent again.
    MendExtract,
    /// The extract lacks fields, or the unit is to say what they are read from.
    MapColumns,
    /// Likewise, and the identifier may be built of several columns.
    BuildIdentifier,
    /// The unit's settings of fields do not fit the file: they are to be changed, or the extract
    /// mended.
    MendMapping,
    /// The unit is to name another sheet, or none.
    ChooseSheet,
    /// The unit is to name another encoding, or none.
    ChooseEncoding,
    /// The file is to be read again as it is, when whoever runs the server has seen to the cause.
    ReadAgain,
    /// Nothing needs to be done.
    Nothing,
}

/// Text that is not the code of a remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the code of what is to be done about a refused file")]
pub struct InvalidRemedy;

impl Remedy {
    pub const ALL: [Self; 8] = [
        Self::MendExtract,
        Self::MapColumns,
        Self::BuildIdentifier,
        Self::MendMapping,
        Self::ChooseSheet,
        Self::ChooseEncoding,
        Self::ReadAgain,
        Self::Nothing,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::MendExtract => "mend_extract",
            Self::MapColumns => "map_columns",
            Self::BuildIdentifier => "build_identifier",
            Self::MendMapping => "mend_mapping",
            Self::ChooseSheet => "choose_sheet",
            Self::ChooseEncoding => "choose_encoding",
            Self::ReadAgain => "read_again",
            Self::Nothing => "nothing",
        }
    }

    /// Returns `true` where other settings of reading may do, and the file itself stays as it is.
    pub const fn is_of_settings(self) -> bool {
        match self {
            Self::MapColumns
            | Self::BuildIdentifier
            | Self::MendMapping
            | Self::ChooseSheet
            | Self::ChooseEncoding => true,
            Self::MendExtract | Self::ReadAgain | Self::Nothing => false,
        }
    }
}

impl FromStr for Remedy {
    type Err = InvalidRemedy;
    fn from_str(text: &str) -> Result<Self, InvalidRemedy> {
        Self::ALL.into_iter().find(|known| known.code() == text).ok_or(InvalidRemedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_remedy_is_written_by_its_code_and_found_by_it() {
        for remedy in Remedy::ALL {
            assert_eq!(serde_json::to_value(remedy).unwrap(), remedy.code());
            assert_eq!(remedy.code().parse(), Ok(remedy));
        }
        assert!("pray".parse::<Remedy>().is_err());
    }
}
