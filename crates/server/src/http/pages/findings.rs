//! The queue of findings: filtered, sorted and paged by its address, decided several at a time.
//!
//! Not for: one finding (`one`), deciding (`verdicts`), files (`export`).
//!
//! Invariant: whatever is chosen stands in the address, so a queue can be kept, sent and gone back to.

pub(crate) mod as_decided;
mod assumptions;
mod comparison;
pub(crate) mod detail;
pub(super) mod filter;
mod gone;
pub(super) mod labels;
pub(super) mod masking_notes;
mod of_supplier;
pub(super) mod other_columns;
pub(crate) mod people;
mod proposal_line;
pub(super) mod recovery_card;
mod related;
mod scan_link;
pub(crate) mod shown;
pub(super) mod timeline;
pub(super) mod unwritten;
mod waterfall;

use askama::Template;
use axum::extract::State;
use domain::FindingKey;
use domain::finding::{FindingState, FindingSummary, percent_words};
use domain::page::PageSize;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::{FindingFilter, FindingOrder, FoundKind, LaneTotal, QueueTotal, SavedView};

use super::access::{Member, Viewer};
use super::error::PageError;
use super::field::valid;
use super::field_labels::in_words;
use super::filters;
use super::flash::Flash;
use super::format;
use super::known_checks::KnownChecks;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html};
use crate::App;
use filter::QueueFilter;
use labels::state_tag;
use of_supplier::{OfSupplier, of_supplier};
use people::{People, PersonChoice};

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage {
    page: Layout,
    here: String,
    /// The address without its page, as links and forms take it along.
    query: String,
    queue_filter: QueueFilter,
    total: String,
    sums: Vec<String>,
    lanes: Vec<LaneTab>,
    rows: Vec<QueueRow>,
    next: Option<String>,
    is_first: bool,
    sorts: Vec<Sort>,
    /// The order of the list, in words.
    order: &'static str,
    states: [(&'static str, &'static str); 6],
    /// The one supplier whose findings are asked for.
    of_supplier: Option<OfSupplier>,
    /// The findings that wait for information, and how many of them are late.
    waiting: (u64, u64),
    /// Of the findings assigned to the reader, those they are not done with.
    mine: u64,
    kinds: Vec<CheckChoice>,
    members: Vec<PersonChoice>,
    views: Vec<SavedView>,
    may_decide: bool,
    last_decision: Option<LastDecision>,
    has_none_at_all: bool,
}

/// A lane of the queue as a tab.
pub(super) struct LaneTab {
    pub(super) title: &'static str,
    pub(super) href: String,
    pub(super) findings: String,
    pub(super) at_risk: String,
    pub(super) is_current: bool,
}

struct QueueRow {
    key: FindingKey,
    /// The last entry of its history.
    seen: u64,
    href: String,
    title: String,
    check: String,
    kind: String,
    lane: &'static str,
    at_risk: String,
    /// The money of its rows, where that is no loss.
    billed: String,
    percent: u32,
    /// Empty where none is measured.
    probability: String,
    /// Decided, so that it may be undone.
    is_decided: bool,
    state: &'static str,
    tone: &'static str,
    assignee: String,
    found: String,
    /// Until when an answer is waited for; empty where nobody waits for a day.
    due: String,
    is_overdue: bool,
    suppressed: Option<String>,
    /// Who proposed which verdict, in words.
    proposed: Option<String>,
    is_gone: bool,
}

/// A column that may be sorted by.
struct Sort {
    label: &'static str,
    href: String,
    is_current: bool,
    class: &'static str,
}

/// A check and its kinds, to choose from.
struct CheckChoice {
    check: String,
    label: String,
    kinds: Vec<(String, String)>,
}

/// The finding that was decided just now.
pub(super) struct LastDecision {
    pub(super) title: String,
    pub(super) state: &'static str,
    pub(super) is_duplicate: bool,
    /// The money that came back, in words; empty when none did.
    pub(super) recovered: String,
    pub(super) path: String,
    /// The last entry of its history.
    pub(super) seen: u64,
}

/// The place in the queue where somebody is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct QueuePlace {
    /// The last finding of the page before.
    #[serde(deserialize_with = "valid")]
    after: Option<FindingKey>,
    /// The finding that was decided just now.
    #[serde(deserialize_with = "valid")]
    pub(super) last: Option<FindingKey>,
}

const SORTS: [(FindingOrder, &str, &str, &str); 3] = [
    (FindingOrder::Amount, "amount", "At risk", "num"),
    (FindingOrder::Probability, "probability", "Probability", "num"),
    (FindingOrder::FirstSeen, "first_seen", "Found", "when"),
];

pub(crate) async fn list_findings(
    State(app): State<App>,
    viewer: Viewer,
    Query(queue_filter): Query<QueueFilter>,
    Query(place): Query<QueuePlace>,
    flash: Option<Flash>,
) -> PageResult {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let (filter, order) = (&queue_filter.selection.filter, queue_filter.selection.order);
    let page =
        store.findings(unit, filter, order, PageSize::default(), place.after.as_ref()).await?;
    let total = store.queue_total(unit, filter).await?;
    let kinds = store.found_kinds(unit).await?;
    let (here, query) = (viewer.path("findings"), queue_filter.query());
    let layout = Layout::for_member(&app, &viewer, Section::Findings, "Findings").await?;
    let known = KnownChecks::new(&app);
    let people = People::of(&viewer).await?;
    let today = TimeZone::UTC.to_datetime(app.clock.now()).date();
    let late = FindingFilter { due_before: Some(today), ..waiting() };
    let late = store.count_findings(unit, &late).await?;
    let row = |found| queue_row(found, (known, today), &people, (&here, &query));
    let rows = page.items.into_iter().map(row).collect();
    html(&FindingsPage {
        page: layout.with_flash(flash),
        total: format::counted(total.findings, "finding", "findings"),
        sums: at_risk_sums(&total),
        lanes: lane_tabs(&store.lane_totals(unit, filter).await?, &queue_filter, &here),
        rows,
        next: page
            .next
            .map(|last| format!("{here}?{}", queue_filter.query_with("after", last.as_str()))),
        is_first: place.after.is_none(),
        sorts: sorts(&queue_filter, &here),
        order: order_words(order),
        states: labels::STATES,
        of_supplier: of_supplier(&app, &viewer, &queue_filter.supplier).await?,
        waiting: (store.count_findings(unit, &waiting()).await?, late),
        mine: store.count_findings(unit, &mine(viewer.address())).await?,
        has_none_at_all: kinds.is_empty(),
        kinds: choices(kinds, known),
        members: people.deciding(),
        views: store.saved_views(unit, viewer.current_user.user.id).await?,
        may_decide: viewer.role.may_decide(),
        last_decision: last_decision(&viewer, known, place.last.as_ref()).await?,
        here,
        query,
        queue_filter,
    })
}

/// Looks up what was decided just now, to be undone or added to.
pub(super) async fn last_decision(
    viewer: &Member,
    known: KnownChecks<'_>,
    last: Option<&FindingKey>,
) -> Result<Option<LastDecision>, PageError> {
    let Some(key) = last else { return Ok(None) };
    let found = viewer.store.finding(&viewer.unit, key).await?;
    Ok(found.map(|found| LastDecision {
        path: viewer.path(&format!("findings/{key}")),
        title: format::prose(&found.finding.title),
        state: known.state_words(found.standing.state, &found.finding.check),
        is_duplicate: found.standing.state == FindingState::Confirmed,
        recovered: format::of_currency(found.standing.recovered, found.finding.at_risk.as_ref()),
        seen: found.last_entry,
    }))
}

/// The findings about which somebody was asked.
pub(super) fn waiting() -> FindingFilter {
    FindingFilter { state: Some(FindingState::NeedsInformation), ..FindingFilter::default() }
}

/// The findings assigned to somebody that they are not done with.
pub(super) fn mine(address: &str) -> FindingFilter {
    FindingFilter {
        assignee: Some(address.to_owned()),
        unfinished: true,
        ..FindingFilter::default()
    }
}

fn at_risk_sums(total: &QueueTotal) -> Vec<String> {
    total.at_risk.iter().map(format::money).collect()
}

/// All lanes together first, then each.
fn lane_tabs(totals: &[LaneTotal], queue_filter: &QueueFilter, here: &str) -> Vec<LaneTab> {
    let tab = |title, word: &str, findings: u64, at_risk: String| LaneTab {
        title,
        href: format!("{here}?{}", queue_filter.query_with("lane", word)),
        findings: format::count(findings),
        at_risk,
        is_current: queue_filter.lane == word,
    };
    let all = tab("All", "", totals.iter().map(|total| total.findings).sum(), String::new());
    let each = totals.iter().map(|total| {
        let (lane, at_risk) = (total.lane, format::sums(&total.at_risk));
        tab(lane.title(), lane.as_str(), total.findings, at_risk)
    });
    std::iter::once(all).chain(each).collect()
}

const fn order_words(order: FindingOrder) -> &'static str {
    match order {
        FindingOrder::Priority => {
            "What can be stopped comes first, then what can be recovered, signs of fraud and what to look \
             into; in each the gravest."
        }
        FindingOrder::Amount => "The most money at risk comes first.",
        FindingOrder::Probability => "The most probable comes first.",
        FindingOrder::FirstSeen => "What was found last comes first.",
        FindingOrder::Due => {
            "What is late comes first, then what has a day; the rest by how grave it is."
        }
    }
}

fn sorts(queue_filter: &QueueFilter, here: &str) -> Vec<Sort> {
    let sort = |(order, word, label, class): (FindingOrder, _, _, _)| Sort {
        label,
        class,
        href: format!("{here}?{}", queue_filter.query_with("sort", word)),
        is_current: queue_filter.selection.order == order,
    };
    SORTS.into_iter().map(sort).collect()
}

fn choices(found: Vec<FoundKind>, known: KnownChecks<'_>) -> Vec<CheckChoice> {
    let mut choices: Vec<CheckChoice> = Vec::new();
    for FoundKind { check, kind } in found {
        if choices.last().is_none_or(|last| last.check != check) {
            let label = known.title(&check);
            choices.push(CheckChoice { check: check.clone(), label, kinds: Vec::new() });
        }
        if let Some(last) = choices.last_mut().filter(|_| kind != check) {
            last.kinds.push((format!("{check}/{kind}"), in_words(&kind)));
        }
    }
    choices
}

fn queue_row(
    found: FindingSummary,
    (known, today): (KnownChecks<'_>, Date),
    people: &People,
    (here, query): (&str, &str),
) -> QueueRow {
    let (state, tone) = state_tag(&found, known);
    let proposed = found.standing.proposal.as_ref().map(|proposal| {
        let state = known.state_words(proposal.verdict.state, &found.check);
        format!("Proposed by {}: {state}", people.named(&proposal.by, Some(&proposal.who)))
    });
    QueueRow {
        proposed,
        due: found.standing.due.map(format::day).unwrap_or_default(),
        is_overdue: recovery_card::is_overdue(&found.standing, today),
        href: format!("{here}/{}?{query}", found.key),
        check: known.title(&found.check),
        kind: if found.kind == found.check { String::new() } else { in_words(&found.kind) },
        lane: found.lane.title(),
        at_risk: found.at_risk.as_ref().map(format::money).unwrap_or_default(),
        billed: found.billed.as_ref().map(format::money).unwrap_or_default(),
        percent: found.probability.map_or(0, percent),
        probability: found.probability.map(percent_words).unwrap_or_default(),
        is_decided: found.standing.state != FindingState::Open,
        state,
        tone,
        assignee: found.standing.assignee.map(|address| people.label(&address)).unwrap_or_default(),
        found: format::date(found.seen.first_seen),
        suppressed: found.suppressed.map(|why| why.words),
        is_gone: found.seen.gone_at.is_some(),
        title: format::prose(&found.title),
        seen: found.last_entry,
        key: found.key,
    }
}

/// A probability in hundredths, for a bar; never 100.
fn percent(share: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 99")]
    let percent = (share * 100.0).round().clamp(0.0, 99.0) as u32;
    percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_full() {
        assert_eq!((percent(1.0), percent(0.5)), (99, 50));
    }
}
