//! Findings that were decided at once just now, to be taken back at once.
//!
//! Not for: one that was decided alone (`LastDecision`).
//!
//! Invariant: only whoever decided them is offered to take them back.

use domain::finding::FindingState;
use jiff::Timestamp;

use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// Findings that somebody decided at once.
pub(super) struct JointDecision {
    pub(super) words: String,
    /// The moment at which they were decided, in microseconds.
    pub(super) moment: i64,
}

/// Looks up what the reader decided at a moment and has not taken back.
pub(super) async fn joint_decision(
    member: &Member,
    moment: Option<i64>,
) -> Result<Option<JointDecision>, PageError> {
    let at = moment.and_then(|moment| Timestamp::from_microsecond(moment).ok());
    let Some(at) = at else { return Ok(None) };
    let decided = member.store.decided_at(&member.unit, at, member.address()).await?;
    let Some(first) = decided.first() else { return Ok(None) };
    // All of them got one verdict.
    let found = member.store.finding(&member.unit, &first.key).await?;
    let waits = found.is_some_and(|found| found.standing.state == FindingState::NeedsInformation);
    let words = if waits {
        let words = ("finding waits", "findings wait");
        format!("{} for an answer", format::counted(decided.len() as u64, words.0, words.1))
    } else {
        let words = ("finding is", "findings are");
        format!("{} decided", format::counted(decided.len() as u64, words.0, words.1))
    };
    Ok(Some(JointDecision { words, moment: at.as_microsecond() }))
}

/// Says of those ticked how many were left as they were; nothing where none were.
pub(super) fn left(findings: u64) -> String {
    match findings {
        0 => String::new(),
        1 => "1 of the ticked findings was left as it is: a colleague did something about it since you opened \
              the list. Look at it, then decide."
            .to_owned(),
        several => format!(
            "{} of the ticked findings were left as they are: a colleague did something about them since you \
             opened the list. Look at them, then decide.",
            format::count(several)
        ),
    }
}
