//! The pages of a queue: where the one that is shown stands among them, and the ways to the others.
//!
//! Invariant: a page is named by the last finding of the one before, so that nothing is skipped where
//! findings come or go.

use domain::FindingKey;
use domain::page::PageSize;
use store::FindingSums;

use super::filter::QueueFilter;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// The place of a page of the queue among the others.
pub(super) struct Pager {
    pub(super) position: String,
    pub(super) first: Option<String>,
    pub(super) previous: Option<String>,
    /// The findings of all pages.
    pub(super) total: u64,
}

pub(super) async fn pager(
    viewer: &Member,
    sums: &FindingSums<'_>,
    queue_filter: &QueueFilter,
    (after, shown): (Option<&FindingKey>, usize),
) -> Result<Pager, PageError> {
    let (store, unit, here) = (&viewer.store, &viewer.unit, viewer.path("findings"));
    let (filter, order) = (&queue_filter.selection.filter, queue_filter.selection.order);
    let total = sums.count_findings(filter).await?;
    let mut behind = 0;
    let mut pager = Pager { position: String::new(), first: None, previous: None, total };
    if let Some(last) = after {
        behind = store.finding_position(unit, filter, order, last).await?.place;
        let steps = (last, PageSize::default());
        let before = store.finding_steps_before(unit, filter, order, steps).await?;
        pager.first = Some(page_path(&here, queue_filter, None));
        pager.previous = Some(page_path(&here, queue_filter, before.as_ref()));
    }
    pager.position = match shown as u64 {
        0 => format::counted(total, "finding", "findings"),
        shown => format!(
            "{}–{} of {}",
            format::count(behind + 1),
            format::count(behind + shown),
            format::count(total)
        ),
    };
    Ok(pager)
}

/// The address of the page behind a finding.
pub(super) fn page_path(
    here: &str,
    queue_filter: &QueueFilter,
    after: Option<&FindingKey>,
) -> String {
    let after = after.map(FindingKey::as_str).unwrap_or_default();
    format!("{here}?{}", queue_filter.query_changed(&[("after", after)]))
}
