//! What the checks and the states of their findings are called, and why findings are innocent most often.
//!
//! Not for: what checks look for (`check_settings`).
//!
//! Invariant: a finding of a check that is no more is still shown.

use domain::check::{VerdictWords, usual_innocent_reasons};
use domain::finding::FindingState;
use domain::{Check, OwnCheckName, Severity};

use crate::App;
use crate::http::code_words::in_words;

/// For a check that this version does not know any more.
const UNKNOWN: &str = "Another check";

/// Every check there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownChecks<'a>(&'a [Check]);

impl<'a> KnownChecks<'a> {
    pub(crate) fn new(app: &'a App) -> Self {
        Self(&app.checks)
    }

    /// These checks, where there is no server.
    pub(crate) const fn of(checks: &'a [Check]) -> Self {
        Self(checks)
    }

    fn find(self, check: &str) -> Option<&'a Check> {
        self.0.iter().find(|known| known.name == check)
    }

    /// The title of the check with this name.
    pub(crate) fn title(self, check: &str) -> String {
        match (self.find(check), OwnCheckName::of_finding(check)) {
            (Some(known), _) => known.title.clone(),
            (None, Some(own)) => own.in_words(),
            (None, None) => UNKNOWN.to_owned(),
        }
    }

    /// The name of a kind: that of its check, where the check has one only.
    pub(crate) fn kind(self, kind: &str) -> String {
        let is_own = || OwnCheckName::of_finding(kind).map(|own| own.in_words());
        let known = self.find(kind).map(|known| known.title.clone());
        known.or_else(is_own).unwrap_or_else(|| in_words(kind))
    }

    /// The severity of a true finding of this check.
    pub(crate) fn severity(self, check: &str) -> Severity {
        self.find(check).map_or(Severity::Medium, |known| known.severity)
    }

    /// The usual reasons why a finding of this check is innocent, in words to choose from.
    pub(crate) fn innocent_reasons(self, check: &str) -> Vec<String> {
        self.find(check).map_or_else(usual_innocent_reasons, |known| known.innocent_reasons.clone())
    }

    /// Returns `true` when a true finding of this check is something to act on, and no duplicate.
    pub(crate) fn takes_action(self, check: &str) -> bool {
        self.find(check).is_none_or(|known| known.verdict == VerdictWords::Action)
    }

    /// The name of a state on a finding of this check.
    pub(crate) fn state_words(self, state: FindingState, check: &str) -> &'static str {
        state.words(self.find(check).map(|known| known.verdict).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_called_by_what_the_check_looks_for() {
        let check = |name: &str, verdict| Check {
            name: name.to_owned(),
            title: String::new(),
            about: String::new(),
            severity: Severity::Medium,
            verdict,
            innocent_reasons: Vec::new(),
            parameters: Vec::new(),
        };
        let checks = [
            check("duplicate_suppliers", VerdictWords::Duplicate),
            check("invalid_iban", VerdictWords::Action),
        ];
        for (name, words) in [
            ("duplicate_suppliers", "duplicate"),
            ("invalid_iban", "needs action"),
            ("of_another_version", "needs action"),
        ] {
            assert_eq!(KnownChecks(&checks).state_words(FindingState::Confirmed, name), words);
        }
    }
}
