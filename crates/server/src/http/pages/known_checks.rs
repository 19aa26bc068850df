//! What the checks are called and why what they find is innocent most often, as the ledgers tell it.
//!
//! Not for: what checks look for (`check_settings`).
//!
//! Invariant: a finding of a check that is no more is still shown.

use domain::Check;
use domain::check::usual_innocent_reasons;

use crate::App;

/// For a check that this version does not know any more.
const UNKNOWN: &str = "Another check";

/// Every check there is.
#[derive(Debug)]
pub(crate) struct KnownChecks(Vec<Check>);

impl KnownChecks {
    pub(crate) fn new(app: &App) -> Self {
        Self(app.ledgers.checks())
    }

    /// By the name of the check.
    pub(crate) fn title(&self, check: &str) -> String {
        let known = self.0.iter().find(|known| known.name == check);
        known.map_or(UNKNOWN, |known| &known.title).to_owned()
    }

    /// Why a finding of this check is innocent most often, in words to choose from.
    pub(crate) fn innocent_reasons(&self, check: &str) -> Vec<String> {
        let known = self.0.iter().find(|known| known.name == check);
        known.map_or_else(usual_innocent_reasons, |known| known.innocent_reasons.clone())
    }
}
