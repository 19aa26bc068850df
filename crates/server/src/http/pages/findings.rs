//! The queue of findings: filtered, sorted and paged by its address, decided several at a time.
//!
//! Not for: one finding (`one`), deciding (`verdicts`), files (`export`).
//!
//! Invariant: whatever is chosen stands in the address, so a queue can be kept, sent and gone back to.

pub(crate) mod as_decided;
mod assumptions;
mod attachment_line;
mod beyond_page;
mod chips;
mod comparison;
mod context;
pub(super) mod credit_line;
mod deciders;
pub(crate) mod detail;
pub(crate) mod distribution;
mod empty_queue;
pub(super) mod filter;
mod gone;
pub(crate) mod history_file;
mod joint_decision;
pub(super) mod labels;
mod ledger_row;
pub(super) mod masking_notes;
mod money_back;
mod named_nobody;
pub(super) mod neighbours;
pub(super) mod of_supplier;
pub(super) mod other_columns;
mod pager;
mod payment_hold_card;
pub(crate) mod people;
mod proposal_line;
mod queue_row;
mod reason_group;
pub(super) mod recovery_card;
mod related;
mod row_facts;
mod same_money;
mod scan_link;
pub(crate) mod scans;
mod search;
pub(crate) mod shown;
mod sorts;
mod supplier_name;
mod tabs;
pub(super) mod timeline;
pub(super) mod unwritten;
mod view_choice;
mod waterfall;

use askama::Template;
use axum::extract::{RawQuery, State};
use domain::FindingKey;
use domain::finding::{FindingState, ReasonCatalogue, ReasonRule, StoredFinding};
use domain::page::PageSize;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use store::{FindingFilter, FindingSums, FoundKind};

use super::access::{Member, Viewer};
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::format;
use super::known_checks::KnownChecks;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html};
use crate::App;
use crate::http::code_words::in_words;
use beyond_page::{BeyondPage, Ticks};
use chips::{Chip, chips};
use deciders::decided_by;
use empty_queue::EmptyQueue;
use filter::{QueueFilter, unknown_fields};
use joint_decision::{JointDecision, joint_decision, left};
use of_supplier::{OfSupplier, of_supplier};
use pager::{page_path, pager};
use people::{People, PersonChoice};
use queue_row::{QueueRow, queue_row};
use reason_group::{ReasonGroup, reason_groups};
use sorts::{Sort, by_payment, sorts};
use tabs::{Place, Tab, tabs};
use unwritten::{TypedDecision, UnwrittenSelection};
use view_choice::{ViewChoice, views};

pub(super) use queue_row::Likelihood;
pub(super) use tabs::waiting;

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage {
    page: Layout,
    here: String,
    /// The address without its page, as links and forms take it along.
    query: String,
    /// The last finding of the page before, for forms that come back to this page.
    after: String,
    queue_filter: QueueFilter,
    /// `1–50 of 157`
    position: String,
    tabs: Vec<Tab>,
    today: Today,
    chips: Vec<Chip>,
    /// The tab without them, as a query.
    cleared: String,
    rows: Vec<QueueRow>,
    /// Those of other pages that are ticked with the rows, or what ticks them.
    beyond: BeyondPage,
    /// Set where there are no rows.
    empty: Option<EmptyQueue>,
    /// Set where not all rows are of one state.
    shows_state: bool,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    sorts: Vec<Sort>,
    /// Set where something can be stopped: its day says what comes first.
    by_payment: Option<Sort>,
    states: [(&'static str, &'static str); 7],
    /// The one supplier whose findings are asked for.
    of_supplier: Option<OfSupplier>,
    kinds: Vec<CheckChoice>,
    members: Vec<PersonChoice>,
    views: Vec<ViewChoice>,
    may_decide: bool,
    /// From which money on a duplicate takes a reason as well.
    reason_rule: Option<ReasonRule>,
    /// The reasons that a verdict may name by a code.
    reason_groups: Vec<ReasonGroup>,
    last_decision: Option<LastDecision>,
    joint_decision: Option<JointDecision>,
    /// The findings that were left out of a decision on several, in words; empty where none were.
    left: String,
    /// Why a decision on several was not written; empty where none was refused.
    refused: String,
    /// The texts of that decision.
    typed: TypedDecision,
    /// The fields of the address that select nothing, in words; empty where there are none.
    unknown: String,
    has_none_at_all: bool,
}

/// The findings that a team has decided today, and those of the day.
struct Today {
    decided: u64,
    /// With those that are open or wait for an answer, so that the day's total stays what it is whatever is
    /// decided.
    of: u64,
}

/// A check and its kinds, to choose from.
struct CheckChoice {
    check: String,
    label: String,
    kinds: Vec<(String, String)>,
}

/// The finding that was decided just now.
pub(super) struct LastDecision {
    pub(super) key: FindingKey,
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
    /// The moment at which several were decided just now, in microseconds.
    #[serde(deserialize_with = "valid")]
    decided: Option<i64>,
    /// The number of those ticked that were left as they were.
    #[serde(deserialize_with = "valid")]
    left: Option<u64>,
    /// Not empty: all that match are ticked, also on other pages.
    all: Text,
}

pub(crate) async fn list_findings(
    State(app): State<App>,
    viewer: Viewer,
    Query(queue_filter): Query<QueueFilter>,
    Query(place): Query<QueuePlace>,
    RawQuery(query): RawQuery,
    flash: Option<Flash>,
) -> PageResult {
    let ticks = if place.all.is_empty() { Ticks::None } else { Ticks::All };
    let mut page = queue_page(&app, &viewer, queue_filter, (&place, &ticks), flash).await?;
    page.unknown = unknown_fields(query.as_deref().unwrap_or_default());
    html(&page)
}

/// Shows a page of a queue once more, with why a decision on several of its findings was not written; what
/// was typed and ticked for it stays.
pub(super) async fn show_queue_again(
    app: &App,
    member: &Member,
    (queue_filter, after): (QueueFilter, Option<FindingKey>),
    unwritten: UnwrittenSelection,
) -> PageResult {
    let place = QueuePlace { after, ..QueuePlace::default() };
    let ticks = Ticks::These(unwritten.ticked);
    let mut page = queue_page(app, member, queue_filter, (&place, &ticks), None).await?;
    page.refused = unwritten.why;
    page.typed = unwritten.typed;
    let mut response = html(&page)?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

async fn queue_page(
    app: &App,
    viewer: &Member,
    queue_filter: QueueFilter,
    (place, ticks): (&QueuePlace, &Ticks),
    flash: Option<Flash>,
) -> Result<FindingsPage, PageError> {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let (filter, order) = (&queue_filter.selection.filter, queue_filter.selection.order);
    let after = place.after.as_ref();
    let page = store.whole_findings(unit, filter, order, PageSize::default(), after).await?;
    let sums = store.finding_sums(unit).await?;
    let kinds = sums.found_kinds().await?;
    let (here, query) = (viewer.path("findings"), queue_filter.query());
    let layout = Layout::for_member(app, viewer, Section::Findings, "Findings").await?;
    let known = KnownChecks::new(app);
    let people = People::load(viewer).await?;
    let now = app.clock.now();
    let reasons = store.reason_codes().await?;
    let words_of = (known, &people, &reasons);
    let mut rows = rows(viewer, (page.items, now), words_of, (&here, &query)).await?;
    let pager = pager(viewer, &sums, &queue_filter, (after, rows.len())).await?;
    let of_queue = (&queue_filter, pager.total);
    let beyond = BeyondPage::load(viewer, of_queue, &here, (&mut rows, ticks)).await?;
    let next = page.next.map(|last| page_path(&here, &queue_filter, Some(&last)));
    let tabs = tabs(viewer, &sums, &queue_filter, (&here, format::today(now))).await?;
    let last_decision = last_decision(viewer, known, place.last.as_ref()).await?;
    let flash = flash.filter(|flash| last_decision.is_none() || !flash.is_of_last_decision());
    Ok(FindingsPage {
        page: layout.with_flash(flash),
        after: after.map(ToString::to_string).unwrap_or_default(),
        position: pager.position,
        empty: EmptyQueue::load(
            &sums,
            (&queue_filter, &tabs),
            (&here, viewer.address()),
            rows.len(),
        )
        .await?,
        cleared: Place::of(&queue_filter, viewer.address()).alone(viewer.address()),
        tabs,
        today: today(&sums, now).await?,
        chips: chips(&queue_filter, known, &people, (&here, viewer.address())),
        shows_state: shows_state(&queue_filter, &rows),
        rows,
        beyond,
        first: pager.first,
        previous: pager.previous,
        next,
        sorts: sorts(&queue_filter, &here),
        by_payment: by_payment(&queue_filter, &here),
        states: labels::STATES,
        of_supplier: of_supplier(app, viewer, &queue_filter.supplier).await?,
        has_none_at_all: kinds.is_empty(),
        kinds: choices(kinds, known),
        members: people.deciding(),
        views: views(viewer).await?,
        may_decide: viewer.role.may_decide(),
        reason_rule: if viewer.role.may_decide() { store.reason_rule().await? } else { None },
        reason_groups: reason_groups(&reasons),
        last_decision,
        joint_decision: joint_decision(viewer, place.decided).await?,
        left: left(place.left.unwrap_or_default()),
        refused: String::new(),
        typed: TypedDecision::default(),
        unknown: String::new(),
        here,
        query,
        queue_filter,
    })
}

/// Returns `true` when not all is of one state: what is true and not stopped yet stands among what is open.
fn shows_state(queue_filter: &QueueFilter, rows: &[QueueRow]) -> bool {
    let is_open = queue_filter.state_word() == FindingState::Open.as_str();
    !is_open || rows.iter().any(|row| row.is_decided)
}

/// The lines of the queue, masked for whoever reads them, with who decided them and why.
async fn rows(
    viewer: &Member,
    (listed, now): (Vec<StoredFinding>, Timestamp),
    (known, people, reasons): (KnownChecks<'_>, &People, &ReasonCatalogue),
    from: (&str, &str),
) -> Result<Vec<QueueRow>, PageError> {
    let decided = decided_by(viewer, &listed, people).await?;
    let row = |mut found: StoredFinding| {
        found.finding.mask(viewer.role.visibility());
        let decided = decided.get(&found.finding.key).cloned();
        let reason = found.standing.reason_code.as_ref().map(|code| reasons.titled(code));
        let row = queue_row(found, known, (people, now), from);
        let (decided, reason) = (decided.unwrap_or_default(), reason.unwrap_or_default());
        QueueRow { decided, reason, ..row }
    };
    Ok(listed.into_iter().map(row).collect())
}

async fn today(sums: &FindingSums<'_>, now: Timestamp) -> Result<Today, PageError> {
    let midnight = format::day_begins(format::today(now));
    let decided = sums.decided_since(midnight).await?;
    let mut of = decided;
    for state in [FindingState::Open, FindingState::NeedsInformation] {
        let undecided = FindingFilter { state: Some(state), ..FindingFilter::default() };
        of += sums.count_findings(&undecided).await?;
    }
    Ok(Today { decided, of })
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
        key: key.clone(),
        path: viewer.path(&format!("findings/{key}")),
        title: format::prose(&found.finding.title),
        state: known.state_words(found.standing.state, &found.finding.check),
        is_duplicate: found.standing.state == FindingState::Confirmed,
        recovered: format::of_currency(found.standing.recovered, found.finding.at_risk.as_ref()),
        seen: found.last_entry,
    }))
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
