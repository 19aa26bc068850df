//! The findings that stand before and behind one in a queue.

use domain::FindingKey;
use domain::page::PageSize;

use super::filter::QueueFilter;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;

/// The findings before and after it in the queue it was opened from.
pub(super) async fn neighbours(
    viewer: &Member,
    queue_filter: &QueueFilter,
    key: &FindingKey,
) -> Result<(Option<String>, Option<String>), PageError> {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let (filter, order) = (&queue_filter.selection.filter, queue_filter.selection.order);
    let previous = store.finding_before(unit, filter, order, key).await?;
    let next = next_in_queue(viewer, queue_filter, key).await?;
    let path = |key: FindingKey| viewer.path(&format!("findings/{key}?{}", queue_filter.query()));
    Ok((previous.map(path), next.map(path)))
}

/// The finding that comes next in a queue.
pub(in crate::http::pages) async fn next_in_queue(
    member: &Member,
    queue_filter: &QueueFilter,
    key: &FindingKey,
) -> Result<Option<FindingKey>, PageError> {
    const ONE: PageSize = PageSize::fixed(1);
    let (filter, order) = (&queue_filter.selection.filter, queue_filter.selection.order);
    let page = member.store.findings(&member.unit, filter, order, ONE, Some(key)).await?;
    Ok(page.items.into_iter().next().map(|found| found.key))
}
