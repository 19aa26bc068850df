//! What a queue says that holds nothing: why that is, and where there is something.
//!
//! Not for: a unit of which nothing was ever found (the template).
//!
//! Invariant: where it leads to there is a finding.

use domain::finding::Lane;
use store::{FindingFilter, FindingSums, Inclusion, PaymentStanding};

use super::filter::{ANY_STATE, QueueFilter};
use super::tabs::{Place, Tab};
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// A queue without a finding.
pub(super) struct EmptyQueue {
    pub(super) title: String,
    /// The words and the address of the first place that has some; none where there is none.
    pub(super) onward: Option<(String, String)>,
    /// Something is asked for beside the tab, which may be why nothing is listed.
    pub(super) is_filtered: bool,
    /// Why nothing can be found by its payment, and what to send.
    pub(super) lacks: Option<&'static str>,
}

/// The words where no invoice of any finding has a day of payment.
const NO_PAYMENTS: &str = "No invoice of any finding has a day of payment, so what is paid and what is not cannot \
    be told. Send the transactions with a column Paid Date, or Payment Cleared Date: with the next checks it \
    can be searched.";

impl EmptyQueue {
    /// None where rows are shown.
    pub(super) async fn load(
        sums: &FindingSums<'_>,
        (queue_filter, tabs): (&QueueFilter, &[Tab]),
        (here, address): (&str, &str),
        rows: usize,
    ) -> Result<Option<Self>, PageError> {
        if rows > 0 {
            return Ok(None);
        }
        let lane = queue_filter.selection.filter.lane;
        let place = Place::of(queue_filter, address);
        let is_alone = place.beside(queue_filter).query_with("sort", "").is_empty();
        let title = match place {
            Place::Lane(Some(lane)) if is_alone => {
                format!("Nothing is open under {}", lane.title())
            }
            Place::Mine if is_alone => "Nothing is assigned to you".to_owned(),
            Place::Waiting if is_alone => "Nothing waits for an answer".to_owned(),
            Place::Done if is_alone => "Nothing is decided yet".to_owned(),
            _ => "Nothing matches".to_owned(),
        };
        let next = lane.and_then(|lane| next_lane(lane, tabs));
        let is_own = is_alone && matches!(place, Place::Mine | Place::Waiting | Place::Done);
        let open = tabs.first().filter(|tab| is_own && has_some(tab));
        let onward = match next.or(open) {
            Some(tab) if is_own => {
                Some((format!("Go on with what is open ({})", tab.findings), tab.href.clone()))
            }
            Some(tab) => {
                let words = format!("Go on with {} ({})", tab.title, tab.findings);
                Some((words, tab.href.clone()))
            }
            None => of_any_state(sums, queue_filter, here).await?,
        };
        let lacks = lacks_payments(sums, queue_filter).await?.then_some(NO_PAYMENTS);
        Ok(Some(Self { title, onward, is_filtered: !is_alone, lacks }))
    }
}

fn has_some(tab: &Tab) -> bool {
    tab.findings != format::count(0_u64)
}

/// The first other lane in which the same filter has something.
fn next_lane(lane: Lane, tabs: &[Tab]) -> Option<&Tab> {
    let others = Lane::ALL.into_iter().filter(|other| *other != lane).map(Lane::title);
    let mut some = tabs.iter().filter(|tab| has_some(tab));
    some.find(|tab| others.clone().any(|title| title == tab.title))
}

/// Returns `true` when payments are asked for, and the ledger of no finding says that anything was paid.
async fn lacks_payments(
    sums: &FindingSums<'_>,
    queue_filter: &QueueFilter,
) -> Result<bool, PageError> {
    if queue_filter.selection.filter.payment.is_none() {
        return Ok(false);
    }
    let any_paid = FindingFilter {
        payment: Some(PaymentStanding::SomePaid),
        suppressed: Inclusion::Yes,
        gone: Inclusion::Yes,
        ..FindingFilter::default()
    };
    Ok(sums.count_findings(&any_paid).await? == 0)
}

/// The findings that would match, were it not for their state or their lane.
async fn of_any_state(
    sums: &FindingSums<'_>,
    queue_filter: &QueueFilter,
    here: &str,
) -> Result<Option<(String, String)>, PageError> {
    let wider = [("lane", ""), ("state", ANY_STATE)];
    let filter = queue_filter.changed(&wider).selection.filter;
    let findings = sums.count_findings(&filter).await?;
    let words = format::counted(findings, "finding of another state", "findings of other states");
    let onward = (format!("See {words}"), format!("{here}?{}", queue_filter.query_changed(&wider)));
    Ok((findings > 0).then_some(onward))
}
