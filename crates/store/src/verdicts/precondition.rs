//! What somebody had before them when they decided about a finding, and what was done since.
//!
//! Not for: whether a decision makes sense.
//!
//! Invariant: nobody's decision is written over by somebody who had not seen it, and a form that is sent
//! twice is written once.

use domain::FindingKey;
use domain::finding::{HistoryEntry, HistoryWord, Standing};
use sqlx::{Any, Transaction};

use super::Case;
use crate::error::Error;
use crate::rows::storable;

/// A finding as whoever decides about it saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFinding {
    pub key: FindingKey,
    /// The number of the last entry of its history then, 0 before there was one; none: they do not say.
    pub entry: Option<u64>,
}

impl SeenFinding {
    pub fn new(key: &FindingKey, entry: Option<u64>) -> Self {
        Self { key: key.clone(), entry }
    }
}

impl From<FindingKey> for SeenFinding {
    fn from(key: FindingKey) -> Self {
        Self { key, entry: None }
    }
}

impl From<&FindingKey> for SeenFinding {
    fn from(key: &FindingKey) -> Self {
        key.clone().into()
    }
}

impl From<&Self> for SeenFinding {
    fn from(seen: &Self) -> Self {
        seen.clone()
    }
}

/// The fate of several findings that are decided together, where somebody did something about one of them
/// since it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenSuperseded {
    /// Nothing is written about any of them.
    RefuseAll,
    /// That one is left as it is.
    LeaveIt,
}

impl WhenSuperseded {
    /// The effect on one of them; none where it is left. Nothing of it is written before it is known.
    pub(super) fn unless_left<T>(self, effect: Result<T, Error>) -> Result<Option<T>, Error> {
        match effect {
            Err(Error::Superseded { .. }) if self == Self::LeaveIt => Ok(None),
            effect => effect.map(Some),
        }
    }
}

impl Case<'_> {
    /// Returns `true` when something is still to be written, and `false` when the same person has
    /// written the very same since, as a form does that is sent twice. [`Error::Superseded`] when
    /// anything else was done since; a comment stands beside whatever that was.
    pub(super) async fn is_new(
        &self,
        transaction: &mut Transaction<'static, Any>,
        what: HistoryWord,
        to: &Standing,
        words: Option<&str>,
    ) -> Result<bool, Error> {
        let Some(seen) = self.seen.filter(|seen| *seen != self.found.last_entry) else {
            return Ok(true);
        };
        let db = &self.store.parts.db;
        let key = &self.found.finding.key;
        let since = db.history_since(transaction, self.store, (self.unit, key), seen).await?;
        let words = words.map(storable);
        let is_same = |entry: &HistoryEntry| {
            entry.who.as_deref() == Some(self.decider.who)
                && entry.what == what
                && is_same(entry, to, words.as_deref())
        };
        if since.iter().any(is_same) {
            return Ok(false);
        }
        match since.into_iter().next_back() {
            Some(latest) if what != HistoryWord::Comment => {
                Err(Error::Superseded { latest: Box::new(latest) })
            }
            _ => Ok(true),
        }
    }
}

/// Returns `true` when an entry says of the finding what is to be written of it.
fn is_same(entry: &HistoryEntry, to: &Standing, words: Option<&str>) -> bool {
    match entry.what {
        HistoryWord::Verdict => {
            let verdict = |standing: &Standing| {
                let Standing { state, because, reason_code, due, .. } = standing.clone();
                (state, because, reason_code, due)
            };
            verdict(&entry.to) == verdict(to)
        }
        HistoryWord::Propose => {
            let verdict = |standing: &Standing| {
                standing.proposal.as_ref().map(|proposal| proposal.verdict.clone())
            };
            verdict(&entry.to) == verdict(to)
        }
        HistoryWord::Assign => entry.to.assignee == to.assignee,
        HistoryWord::Recovered => entry.to.recovered == to.recovered,
        HistoryWord::Recovery | HistoryWord::Rest => {
            let step = |standing: &Standing| (standing.recovery.clone(), standing.due);
            step(&entry.to) == step(to) && entry.words.as_deref() == words
        }
        HistoryWord::Comment => entry.words.as_deref() == words,
        HistoryWord::Undo => true,
    }
}
