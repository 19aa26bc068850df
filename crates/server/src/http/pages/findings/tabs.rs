//! The tabs over the queue: what can be done, what is mine, what waits and what is done, each with how much
//! that is.
//!
//! Not for: other fields of a filter (`filter`).
//!
//! Invariant: money is named of lanes about money only, each invoice once, and so everywhere; what is asked
//! for beside a tab goes along to every other, and a tab counts what it then lists.

use domain::finding::{FindingState, Lane, LaneTotal};
use jiff::civil::Date;
use store::{FindingFilter, FindingSums};

use super::filter::{QueueFilter, UNFINISHED};
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
    /// The first day on which a payment of it is due.
    pub(super) first_due: Option<FirstDue>,
    pub(super) is_current: bool,
    /// Set before the first that is no lane.
    pub(super) is_apart: bool,
}

/// The first day on which a payment that can be stopped is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FirstDue {
    pub(super) words: String,
    pub(super) is_over: bool,
}

/// The tab that a filter is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
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
    let place = Place::of(queue_filter, address);
    let beside = place.beside(queue_filter);
    let open = [("state", FindingState::Open.as_str())];
    let totals = sums.lane_totals(&beside.changed(&open).selection.filter).await?;
    let first_due = first_due(sums, &beside, (&totals, today)).await?;
    let lane_tab = |lane: Option<Lane>| {
        let of = totals.iter().filter(|total| lane.is_none_or(|lane| lane == total.lane));
        let money: Vec<&LaneTotal> = of.clone().filter(|of| of.lane.is_about_money()).collect();
        let money = if lane.is_some() { money } else { Vec::new() };
        let [state] = open;
        let changed = beside.changed(&[("lane", lane.map_or("", Lane::as_str)), state]);
        Tab {
            title: lane.map_or("All", Lane::title),
            href: format!("{here}?{}", changed.query()),
            findings: format::count(of.map(|of| of.findings).sum::<u64>()),
            money: money.first().map(|of| format::short_sums(&of.at_risk)).unwrap_or_default(),
            money_words: money.first().map(|of| format::sums(&of.at_risk)).unwrap_or_default(),
            overdue: String::new(),
            first_due: first_due.clone().filter(|_due| lane == Some(Lane::StopPayment)),
            is_current: place == Place::Lane(lane),
            is_apart: false,
        }
    };
    let lanes = std::iter::once(None).chain(Lane::ALL.map(Some)).map(lane_tab);
    let own = own_tabs(sums, &beside, (place, address), (here, today)).await?;
    Ok(lanes.chain(own).collect())
}

/// The first day on which a payment is due of what its tab lists.
async fn first_due(
    sums: &FindingSums<'_>,
    beside: &QueueFilter,
    (totals, today): (&[LaneTotal], Date),
) -> Result<Option<FirstDue>, PageError> {
    let lane = Lane::StopPayment;
    let is_any = |total: &&LaneTotal| total.lane == lane && total.findings > 0;
    let Some(total) = totals.iter().find(is_any) else { return Ok(None) };
    let state = FindingState::Open.as_str();
    let listed = beside.changed(&[("lane", lane.as_str()), ("state", state)]);
    let day = sums.earliest_payment_due(&listed.selection.filter).await?;
    let first = if total.findings > 1 { "first due" } else { "due" };
    Ok(day.map(|day| FirstDue {
        words: format!("{first} {}", format::short_days(day, day)),
        is_over: day < today,
    }))
}

/// The tabs of what is somebody's, waits or is done, each of what is asked for beside it.
async fn own_tabs(
    sums: &FindingSums<'_>,
    beside: &QueueFilter,
    (place, address): (Place, &str),
    (here, today): (&str, Date),
) -> Result<[Tab; 3], PageError> {
    let tab = |title, of: &QueueFilter, findings: u64, is: Place| Tab {
        title,
        href: format!("{here}?{}", of.query()),
        findings: format::count(findings),
        money: String::new(),
        money_words: String::new(),
        overdue: String::new(),
        first_due: None,
        is_current: place == is,
        is_apart: is == Place::Mine,
    };
    let mine = beside.changed(&[("assignee", address)]);
    let waiting = beside.changed(&[("state", FindingState::NeedsInformation.as_str())]);
    let done = beside.changed(&[("state", DECIDED)]);
    let of_waiting = &waiting.selection.filter;
    let late = FindingFilter { due_before: Some(today), ..of_waiting.clone() };
    let late = sums.count_findings(&late).await?;
    let asked = sums.count_findings(of_waiting).await?;
    let decided = sums.count_findings(&done.selection.filter).await?;
    let own = own_findings(sums, &mine.selection.filter, address).await?;
    Ok([
        tab("Mine", &mine, own, Place::Mine),
        Tab {
            overdue: if late == 0 { String::new() } else { format::count(late) },
            ..tab("Waiting", &waiting, asked, Place::Waiting)
        },
        tab("Done", &done, decided, Place::Done),
    ])
}

/// Counts the findings of whoever reads; where nothing else is asked for, from one sum for everybody.
async fn own_findings(
    sums: &FindingSums<'_>,
    filter: &FindingFilter,
    address: &str,
) -> Result<u64, PageError> {
    let assignee = Some(address.to_owned());
    let all = FindingFilter { assignee, unfinished: true, ..FindingFilter::default() };
    if *filter == all {
        return Ok(sums.unfinished_of(address).await?);
    }
    Ok(sums.count_findings(filter).await?)
}

impl Place {
    pub(super) fn of(queue_filter: &QueueFilter, address: &str) -> Self {
        let filter = &queue_filter.selection.filter;
        match queue_filter.state_word() {
            _ if !queue_filter.shown.is_empty() => Self::Elsewhere,
            UNFINISHED if queue_filter.assignee == address => Self::Mine,
            DECIDED => Self::Done,
            word if word == FindingState::NeedsInformation.as_str() => Self::Waiting,
            word if word == FindingState::Open.as_str() => Self::Lane(filter.lane),
            _ => Self::Elsewhere,
        }
    }

    /// The filter beside the tab, which every other tab takes along.
    pub(super) fn beside(self, queue_filter: &QueueFilter) -> QueueFilter {
        let text = queue_filter.search.without_states();
        let own: &[&str] = match self {
            Self::Lane(_) => &["lane", "state"],
            Self::Mine => &["assignee", "state"],
            Self::Waiting | Self::Done => &["state"],
            Self::Elsewhere => &["state", "shown"],
        };
        let left = own.iter().map(|name| (*name, ""));
        let changed: Vec<(&str, &str)> = left.chain([("text", text.as_str())]).collect();
        queue_filter.changed(&changed)
    }

    /// The tab with nothing asked for beside it, as the query of an address.
    pub(super) fn alone(self, address: &str) -> String {
        let all = QueueFilter::default();
        match self {
            Self::Lane(lane) => all.query_with("lane", lane.map_or("", Lane::as_str)),
            Self::Mine => all.query_with("assignee", address),
            Self::Waiting => all.query_with("state", FindingState::NeedsInformation.as_str()),
            Self::Done => all.query_with("state", DECIDED),
            Self::Elsewhere => String::new(),
        }
    }
}
