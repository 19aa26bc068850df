//! Findings that are ticked on other pages of a queue, with those of the page that is shown.
//!
//! Not for: deciding about them (`verdicts`).
//!
//! Invariant: each goes into the form by its key and the last entry of its history, as those of the page do:
//! what comes to the queue afterwards is not decided, and what changes is left.

use std::collections::{HashMap, HashSet};

use domain::finding::{FindingState, FindingSummary};
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{FindingKey, MinorDigits};
use store::SeenFinding;

use super::filter::QueueFilter;
use super::queue_row::QueueRow;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::limits::TICKED_FINDINGS_MAX;

/// The findings of a queue that are ticked when its page is shown.
pub(super) enum Ticks {
    None,
    /// All that match, the first [`TICKED_FINDINGS_MAX`] of them.
    All,
    /// Those that a form named, which was not accepted.
    These(Vec<SeenFinding>),
}

/// The ticked findings that no row of the page stands for.
#[derive(Default)]
pub(super) struct BeyondPage {
    pub(super) boxes: Vec<TickedBox>,
    /// The words and the address of what ticks all that match, or none again; none where the page holds all.
    pub(super) other_choice: Option<(String, String)>,
}

/// A finding of another page, as its row would send it.
pub(super) struct TickedBox {
    pub(super) value: String,
    /// The money at risk for a sum, as with a row.
    pub(super) at_risk_digits: String,
    pub(super) currency: String,
    pub(super) digits: MinorDigits,
    pub(super) is_decided: bool,
}

impl BeyondPage {
    /// Ticks the rows too.
    pub(super) async fn load(
        member: &Member,
        (queue_filter, total): (&QueueFilter, u64),
        here: &str,
        (rows, ticks): (&mut [QueueRow], &Ticks),
    ) -> Result<Self, PageError> {
        if !member.role.may_decide() {
            return Ok(Self::default());
        }
        let shown: HashSet<FindingKey> = rows.iter().map(|row| row.key.clone()).collect();
        let boxes: Vec<TickedBox> = match ticks {
            Ticks::None => Vec::new(),
            Ticks::All if total <= rows.len() as u64 => Vec::new(),
            Ticks::All => {
                let first = first_ones(member, queue_filter).await?;
                let others = first.iter().filter(|found| !shown.contains(&found.key));
                let others = others.take(TICKED_FINDINGS_MAX - rows.len());
                others.map(|found| TickedBox::of(found, Some(found.last_entry))).collect()
            }
            Ticks::These(seen) => {
                let others: Vec<&SeenFinding> =
                    seen.iter().filter(|seen| !shown.contains(&seen.key)).collect();
                named(member, queue_filter, &others).await?
            }
        };
        for row in rows.iter_mut() {
            ticks.tick(row);
        }
        let other_choice = match ticks {
            _ if !boxes.is_empty() => {
                Some(("Clear the selection".to_owned(), format!("{here}?{}", queue_filter.query())))
            }
            Ticks::All => None,
            Ticks::None | Ticks::These(_) => offer(queue_filter, here, (total, rows.len())),
        };
        Ok(Self { boxes, other_choice })
    }
}

impl Ticks {
    /// Ticks a row. One that a form named stays as it was seen then, so that what a colleague did since is
    /// not decided over.
    fn tick(&self, row: &mut QueueRow) {
        match self {
            Self::None => {}
            Self::All => row.checked = "checked",
            Self::These(ticked) => {
                if let Some(seen) = ticked.iter().find(|seen| seen.key == row.key) {
                    row.checked = "checked";
                    row.seen = seen.entry.unwrap_or(row.seen);
                }
            }
        }
    }
}

impl TickedBox {
    fn of(found: &FindingSummary, seen: Option<u64>) -> Self {
        let risk = found.at_risk.as_ref();
        let currency = risk.and_then(|money| money.currency.as_deref());
        Self {
            at_risk_digits: risk.map(|money| money.amount.to_string()).unwrap_or_default(),
            currency: risk.map(|_money| format::sign(currency)).unwrap_or_default(),
            digits: MinorDigits::of(currency),
            is_decided: found.standing.state != FindingState::Open,
            ..Self::unknown(&SeenFinding::new(&found.key, seen))
        }
    }

    /// Of a finding that is not in the queue any more: whoever decides is told of it then.
    fn unknown(seen: &SeenFinding) -> Self {
        let entry = seen.entry.map(|entry| format!("@{entry}")).unwrap_or_default();
        Self {
            value: format!("{}{entry}", seen.key),
            at_risk_digits: String::new(),
            currency: String::new(),
            digits: MinorDigits::default(),
            is_decided: false,
        }
    }
}

/// The findings with which the queue begins, as many as a form may name.
async fn first_ones(
    member: &Member,
    queue_filter: &QueueFilter,
) -> Result<Vec<FindingSummary>, PageError> {
    const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
    let (filter, order) = (&queue_filter.selection.filter, queue_filter.selection.order);
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < TICKED_FINDINGS_MAX {
        let page = member.store.findings(&member.unit, filter, order, SIZE, after.as_ref()).await?;
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    found.truncate(TICKED_FINDINGS_MAX);
    Ok(found)
}

/// Those that a form named, as far as they were seen then.
async fn named(
    member: &Member,
    queue_filter: &QueueFilter,
    others: &[&SeenFinding],
) -> Result<Vec<TickedBox>, PageError> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let first = first_ones(member, queue_filter).await?;
    let known: HashMap<&FindingKey, &FindingSummary> =
        first.iter().map(|found| (&found.key, found)).collect();
    let ticked = |seen: &&SeenFinding| match known.get(&seen.key) {
        Some(found) => TickedBox::of(found, seen.entry),
        None => TickedBox::unknown(seen),
    };
    Ok(others.iter().map(ticked).collect())
}

/// Offers to tick all that match, where there are more than the page shows.
fn offer(
    queue_filter: &QueueFilter,
    here: &str,
    (total, shown): (u64, usize),
) -> Option<(String, String)> {
    let words = if total <= shown as u64 {
        return None;
    } else if total <= TICKED_FINDINGS_MAX as u64 {
        format!("Select all {} that match", format::count(total))
    } else {
        let most = format::count(TICKED_FINDINGS_MAX as u64);
        format!("Select the first {most} of {}", format::count(total))
    };
    Some((words, format!("{here}?{}", queue_filter.query_changed(&[("all", "1")]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_offered_as_far_as_a_form_may_name_them() {
        let queue = QueueFilter::default();
        for (total, shown, words) in [
            (0, 0, None),
            (50, 50, None),
            (51, 50, Some("Select all 51 that match")),
            (1_000, 50, Some("Select all 1,000 that match")),
            (1_001, 1, Some("Select the first 1,000 of 1,001")),
        ] {
            let offered = offer(&queue, "/findings", (total, shown));
            let expected = words.map(|words| (words.to_owned(), "/findings?all=1".to_owned()));
            assert_eq!(offered, expected, "{total}");
        }
    }
}
