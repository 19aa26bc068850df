//! What the holder of an access token may do.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::personal::Visibility;

/// One of them a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sends files and sees what became of them.
    #[default]
    Uploader,
    /// Reads findings and runs.
    Viewer,
    /// Reads them, and decides.
    Analyst,
    /// Does what an analyst does, and sets how files are read.
    Admin,
    /// Screens invoices and fetches the list of those that are not to be paid: a workflow or an ERP, which
    /// sees no findings.
    Screening,
}

/// A word that is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a role: uploader, viewer, analyst, admin or screening")]
pub struct InvalidRole;

impl Role {
    pub const ALL: [Self; 5] =
        [Self::Uploader, Self::Viewer, Self::Analyst, Self::Admin, Self::Screening];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uploader => "uploader",
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
            Self::Screening => "screening",
        }
    }

    pub const fn is_uploader(&self) -> bool {
        matches!(self, Self::Uploader)
    }

    pub const fn may_upload(self) -> bool {
        matches!(self, Self::Uploader)
    }

    pub const fn may_view(self) -> bool {
        matches!(self, Self::Viewer | Self::Analyst | Self::Admin)
    }

    pub const fn may_decide(self) -> bool {
        matches!(self, Self::Analyst | Self::Admin)
    }

    pub const fn may_set_up(self) -> bool {
        matches!(self, Self::Admin)
    }

    pub const fn may_screen(self) -> bool {
        matches!(self, Self::Screening) || self.may_view()
    }

    /// To say that the list of holds has arrived where payments are made.
    pub const fn may_acknowledge(self) -> bool {
        matches!(self, Self::Screening) || self.may_decide()
    }

    /// The amount of personal data that the holder is shown: as much as a person of the same role.
    pub const fn visibility(self) -> Visibility {
        if self.may_decide() { Visibility::AccountsMasked } else { Visibility::Masked }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = InvalidRole;
    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(InvalidRole)
    }
}
