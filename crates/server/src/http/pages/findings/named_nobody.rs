//! What is said of a comment that names somebody who is not here.

use domain::FindingKey;
use domain::finding::{HistoryEntry, HistoryWord};

use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::flash::Flash;

/// Says which names of the reader's last comment are nobody's.
pub(super) async fn named_nobody(viewer: &Viewer, key: &FindingKey) -> Result<String, PageError> {
    let history = viewer.store.finding_history(&viewer.unit, key).await?;
    let is_own = |entry: &&HistoryEntry| {
        entry.what == HistoryWord::Comment && entry.who.as_deref() == Some(viewer.address())
    };
    let words = history.iter().rev().find(is_own).and_then(|entry| entry.words.as_deref());
    let nobody = viewer.store.names_of_nobody(&viewer.unit, words.unwrap_or_default()).await?;
    let nobody: Vec<String> = nobody.iter().map(|name| format!("“@{name}”")).collect();
    Ok(match nobody.as_slice() {
        [] => Flash::CommentedToUnknown.text().to_owned(),
        [one] => {
            format!("Comment saved. {one} is the name of no one member here, and was not told.")
        }
        _ => format!(
            "Comment saved. {} are the names of no members here, and were not told.",
            nobody.join(" and ")
        ),
    })
}
