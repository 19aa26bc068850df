//! What the checks are called, as the ledgers tell it.
//!
//! Not for: what checks look for (`check_settings`).
//!
//! Invariant: a finding of a check that is no more is still shown.

use domain::Check;

use crate::App;

/// For a check that this version does not know any more.
const UNKNOWN: &str = "Another check";

/// The title of every check there is.
#[derive(Debug)]
pub(crate) struct CheckTitles(Vec<Check>);

impl CheckTitles {
    pub(crate) fn of(app: &App) -> Self {
        Self(app.ledgers.checks())
    }

    /// By the name of the check.
    pub(crate) fn title(&self, check: &str) -> String {
        let known = self.0.iter().find(|known| known.name == check);
        known.map_or(UNKNOWN, |known| &known.title).to_owned()
    }
}
