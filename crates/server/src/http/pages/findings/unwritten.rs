//! A decision that was not written, and the text that somebody typed for it.
//!
//! Invariant: what was typed is shown again, so that nobody types it twice.

use domain::finding::HistoryEntry;
use store::SeenFinding;

/// A decision that was not written, and why.
#[derive(Debug)]
pub(in crate::http::pages) struct UnwrittenDecision {
    pub(in crate::http::pages) why: RefusedDecision,
    pub(in crate::http::pages) typed: TypedDecision,
}

/// A decision on several findings of a queue that was not written, and why, as a sentence.
#[derive(Debug)]
pub(in crate::http::pages) struct UnwrittenSelection {
    pub(in crate::http::pages) why: String,
    pub(in crate::http::pages) ticked: Vec<SeenFinding>,
    pub(in crate::http::pages) typed: TypedDecision,
}

/// Why a decision is not written.
#[derive(Debug)]
pub(in crate::http::pages) enum RefusedDecision {
    /// It cannot be decided so; the sentence says why.
    Impossible(String),
    /// The recovered amount is unclear, or to be confirmed, as these digits.
    Recovered { why: String, confirm: Option<String> },
    /// It is less than was recorded before: what to choose from.
    LessThanRecorded(Box<LessThanRecorded>),
    /// Somebody did this since the page was opened.
    Superseded(Box<HistoryEntry>),
}

/// An amount that is less than was recorded before, in words.
#[derive(Debug)]
pub(in crate::http::pages) struct LessThanRecorded {
    pub(in crate::http::pages) why: String,
    /// The outcome as it stands.
    pub(in crate::http::pages) instead: String,
    /// The outcome on top of what was recorded.
    pub(in crate::http::pages) more: String,
}

/// The texts that somebody typed, to be sent again.
#[derive(Debug, Default)]
pub(in crate::http::pages) struct TypedDecision {
    /// The state that was to be decided, in which form the reason belongs.
    pub(in crate::http::pages) state: String,
    pub(in crate::http::pages) because: String,
    pub(in crate::http::pages) reason_code: String,
    /// The day until which an answer was to be waited for.
    pub(in crate::http::pages) due: String,
    pub(in crate::http::pages) words: String,
    pub(in crate::http::pages) recovered: String,
    /// A step of the money on its way back.
    pub(in crate::http::pages) step: Option<TypedStep>,
}

/// The texts of a step of money on its way back.
#[derive(Debug, Clone, Default)]
pub(in crate::http::pages) struct TypedStep {
    pub(in crate::http::pages) stage: String,
    pub(in crate::http::pages) on: String,
    pub(in crate::http::pages) reference: String,
    pub(in crate::http::pages) due: String,
    pub(in crate::http::pages) words: String,
    /// The meanings of an amount that is less than was recorded.
    pub(in crate::http::pages) amount_is: String,
}
