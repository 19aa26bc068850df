//! The findings that stand before and behind one in a queue, and its place among them.

use domain::FindingKey;
use domain::page::PageSize;
use store::QueuePosition;

use super::filter::QueueFilter;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// A finding among the others of a queue.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    /// The page of the queue that it stands on, and its line there.
    pub(super) back: String,
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
    let back = back(viewer, queue_filter, (key, position)).await?;
    let position = if position.is_listed {
        let all = store.finding_sums(unit).await?.count_findings(filter).await?;
        format!("{} of {}", format::count(position.place), format::count(all))
    } else {
        String::new()
    };
    Ok(Neighbours { previous: previous.map(path), next: next.map(path), back, position })
}

/// The way back to the page of the queue that a finding stands on; of one that the queue has no more, to
/// that of the one before it.
async fn back(
    viewer: &Member,
    queue_filter: &QueueFilter,
    (key, position): (&FindingKey, QueuePosition),
) -> Result<String, PageError> {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let (filter, order) = (&queue_filter.selection.filter, queue_filter.selection.order);
    let page = u64::from(PageSize::default().get());
    let place_on_page = position.place.saturating_sub(1) % page + 1;
    let steps = place_on_page + u64::from(!position.is_listed);
    let steps = u32::try_from(steps).expect("a page holds few findings");
    let steps = PageSize::try_from(steps).map_err(PageError::internal)?;
    let after = store.finding_steps_before(unit, filter, order, (key, steps)).await?;
    let after = after.as_ref().map_or("", FindingKey::as_str);
    let line = if position.is_listed { format!("#about-{key}") } else { String::new() };
    let query = queue_filter.query_changed(&[("after", after)]);
    Ok(format!("{}{line}", viewer.path(&format!("findings?{query}"))))
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
