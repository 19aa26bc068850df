//! The findings that are ticked in a queue, as its form sends them, and the way back to it.
//!
//! Invariant: each says how far its history was seen.

use domain::FindingKey;
use store::SeenFinding;

use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::findings::filter::QueueFilter;
use crate::limits::TICKED_FINDINGS_MAX;

/// Between the key of a finding that is ticked and the last entry of its history.
const SEEN_BEHIND: char = '@';

/// The page of a queue that a form stood on.
pub(super) fn queue_path(
    analyst: &Analyst,
    queue: &QueueFilter,
    after: Option<&FindingKey>,
) -> String {
    let after = after.map(FindingKey::as_str).unwrap_or_default();
    analyst.path(&format!("findings?{}", queue.query_changed(&[("after", after)])))
}

/// An address with something added to its query.
pub(super) fn joined(path: &str, query: &str) -> String {
    let joint = if path.ends_with('?') { "" } else { "&" };
    format!("{path}{joint}{query}")
}

/// The findings that are ticked: no more than a queue ticks at once.
pub(crate) fn ticked_findings(boxes: &[String]) -> Result<Vec<SeenFinding>, PageError> {
    if boxes.len() > TICKED_FINDINGS_MAX {
        return Err(PageError::FormTooLong);
    }
    boxes.iter().map(|ticked| parse_ticked(ticked)).collect()
}

/// A finding that is ticked, and how far its history was seen.
fn parse_ticked(text: &str) -> Result<SeenFinding, PageError> {
    let (key, entry) = match text.split_once(SEEN_BEHIND) {
        Some((key, entry)) => (key, Some(entry.parse().map_err(|_no_number| PageError::NotFound)?)),
        None => (text, None),
    };
    Ok(SeenFinding { key: parse_key(key)?, entry })
}

pub(super) fn parse_key(text: &str) -> Result<FindingKey, PageError> {
    text.parse().map_err(|_no_key| PageError::NotFound)
}
