//! The findings that are ticked in a list, each with how far its history was seen.

use api::FINDINGS_AT_ONCE_MAX;
use store::SeenFinding;

use super::parse_key;
use crate::http::pages::error::PageError;

/// Between the key of a finding that is ticked and the last entry of its history.
const SEEN_BEHIND: char = '@';

/// The findings that are ticked: no more than a page holds.
pub(crate) fn ticked_findings(boxes: &[String]) -> Result<Vec<SeenFinding>, PageError> {
    if boxes.len() > FINDINGS_AT_ONCE_MAX {
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
