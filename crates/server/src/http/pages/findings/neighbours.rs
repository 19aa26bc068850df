//! The findings that stand before and behind one in a queue, and its place among them.

use domain::FindingKey;
use domain::page::PageSize;

use super::filter::QueueFilter;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// A finding among the others of a queue.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    /// `12 of 45`; empty where the queue has it no more.
    pub(super) position: String,
}

/// The findings before and after it in the queue it was opened from.
pub(super) async fn neighbours(
    viewer: &Member,
    queue_filter: &QueueFilter,
    key: &FindingKey,
) -> Result<Neighbours, PageError> {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let (filter, order) = (&queue_filter.selection.filter, queue_filter.selection.order);
    let previous = store.finding_before(unit, filter, order, key).await?;
    let next = next_in_queue(viewer, queue_filter, key).await?;
    let path = |key: FindingKey| viewer.path(&format!("findings/{key}?{}", queue_filter.query()));
    let position = store.finding_position(unit, filter, order, key).await?;
    let position = if position.is_listed {
        let all = store.finding_sums(unit).await?.count_findings(filter).await?;
        format!("{} of {}", format::count(position.place), format::count(all))
    } else {
        String::new()
    };
    Ok(Neighbours { previous: previous.map(path), next: next.map(path), position })
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
