//! What the holder of an access token may do.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::enum_words::enum_words;
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

enum_words! {
    Role or InvalidRole;
    Uploader = "uploader",
    Viewer = "viewer",
    Analyst = "analyst",
    Admin = "admin",
    Screening = "screening",
}

impl Role {
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
