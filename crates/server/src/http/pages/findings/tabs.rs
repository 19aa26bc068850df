//! The tabs over the queue: what can be done, what is mine, what waits and what is done, each with how much
//! that is.
//!
//! Not for: other fields of a filter (`filter`).
//!
//! Invariant: money is named of lanes about money only, each invoice once, and so everywhere.

use domain::finding::{FindingState, Lane};
use jiff::civil::Date;
use store::{FindingFilter, FindingSums, LaneTotal};

use super::filter::QueueFilter;
use super::search::DECIDED;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// A part of the findings, as a tab.
pub(super) struct Tab {
    pub(super) title: &'static str,
    pub(super) href: String,
    pub(super) findings: String,
    /// In few digits; empty where no money is in it.
    pub(super) money: String,
    /// The money in all its digits.
    pub(super) money_words: String,
    /// Of the findings, those whose day has passed; empty where there are none.
    pub(super) overdue: String,
    pub(super) is_current: bool,
    /// Set before the first that is no lane.
    pub(super) is_apart: bool,
}

/// The tab that a filter is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Lane(Option<Lane>),
    Mine,
    Waiting,
    Done,
    /// In none of them.
    Elsewhere,
}

/// The findings that wait for somebody's answer.
pub(in crate::http::pages) fn waiting() -> FindingFilter {
    FindingFilter { state: Some(FindingState::NeedsInformation), ..FindingFilter::default() }
}

/// All lanes together first, then each, then what is somebody's, waits or is done.
pub(super) async fn tabs(
    member: &Member,
    sums: &FindingSums<'_>,
    queue_filter: &QueueFilter,
    (here, today): (&str, Date),
) -> Result<Vec<Tab>, PageError> {
    let address = member.address();
    let place = place(queue_filter, address);
    let left = left(place);
    let open = queue_filter.changed(&left);
    let totals = sums.lane_totals(&open.selection.filter).await?;
    let link = |changed: &[(&str, &str)]| {
        let changed: Vec<(&str, &str)> = left.iter().chain(changed).copied().collect();
        format!("{here}?{}", queue_filter.query_changed(&without_first(&changed)))
    };
    let lane_tab = |lane: Option<Lane>| {
        let of = totals.iter().filter(|total| lane.is_none_or(|lane| lane == total.lane));
        let money: Vec<&LaneTotal> = of.clone().filter(|of| of.lane.is_about_money()).collect();
        let money = if lane.is_some() { money } else { Vec::new() };
        Tab {
            title: lane.map_or("All", Lane::title),
            href: link(&[("lane", lane.map_or("", Lane::as_str))]),
            findings: format::count(of.map(|of| of.findings).sum::<u64>()),
            money: money.first().map(|of| format::short_sums(&of.at_risk)).unwrap_or_default(),
            money_words: money.first().map(|of| format::sums(&of.at_risk)).unwrap_or_default(),
            overdue: String::new(),
            is_current: place == Place::Lane(lane),
            is_apart: false,
        }
    };
    let lanes = std::iter::once(None).chain(Lane::ALL.map(Some)).map(lane_tab);
    let own = own_tabs(sums, address, (place, here, today)).await?;
    Ok(lanes.chain(own).collect())
}

/// The tabs of what is somebody's, waits or is done: of everything, whatever else is asked for.
async fn own_tabs(
    sums: &FindingSums<'_>,
    address: &str,
    (place, here, today): (Place, &str, Date),
) -> Result<[Tab; 3], PageError> {
    let tab = |title, query: String, findings: u64, of: Place| Tab {
        title,
        href: format!("{here}?{query}"),
        findings: format::count(findings),
        money: String::new(),
        money_words: String::new(),
        overdue: String::new(),
        is_current: place == of,
        is_apart: of == Place::Mine,
    };
    let query = |name: &str, value: &str| {
        form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
    };
    let done = FindingFilter { decided: true, ..FindingFilter::default() };
    let own = sums.unfinished_of(address).await?;
    let asked = sums.count_findings(&waiting()).await?;
    let late = FindingFilter { due_before: Some(today), ..waiting() };
    let late = sums.count_findings(&late).await?;
    let decided = sums.count_findings(&done).await?;
    let state = FindingState::NeedsInformation.as_str();
    Ok([
        tab("Mine", query("assignee", address), own, Place::Mine),
        Tab {
            overdue: if late == 0 { String::new() } else { format::count(late) },
            ..tab("Waiting", query("state", state), asked, Place::Waiting)
        },
        tab("Done", query("state", DECIDED), decided, Place::Done),
    ])
}

fn place(queue_filter: &QueueFilter, address: &str) -> Place {
    let filter = &queue_filter.selection.filter;
    match queue_filter.state_word() {
        _ if !queue_filter.shown.is_empty() => Place::Elsewhere,
        _ if queue_filter.assignee == address && queue_filter.state.is_empty() => Place::Mine,
        DECIDED => Place::Done,
        word if word == FindingState::NeedsInformation.as_str() => Place::Waiting,
        word if word == FindingState::Open.as_str() => Place::Lane(filter.lane),
        _ => Place::Elsewhere,
    }
}

/// The fields that a lane takes away again: those that another tab has set.
fn left(place: Place) -> Vec<(&'static str, &'static str)> {
    match place {
        Place::Lane(_) => Vec::new(),
        Place::Mine => vec![("assignee", ""), ("state", "")],
        Place::Waiting | Place::Done => vec![("state", "")],
        Place::Elsewhere => vec![("state", ""), ("shown", ""), ("assignee", "")],
    }
}

/// The changes without the first of a name that comes twice.
fn without_first<'c>(changed: &[(&'c str, &'c str)]) -> Vec<(&'c str, &'c str)> {
    let is_last = |at: usize| changed[at + 1..].iter().all(|(name, _)| *name != changed[at].0);
    (0..changed.len()).filter(|at| is_last(*at)).map(|at| changed[at]).collect()
}
