//! One finding: what it rests on, why, what would make it innocent, what was done, and what to do now.
//!
//! Not for: deciding (`verdicts`).
//!
//! Invariant: the queue it was opened from goes along in every link and form, so that the next one follows.

use askama::Template;
use axum::extract::{Path, State};
use domain::finding::{FindingState, HistoryEntry, StoredFinding};
use domain::page::PageSize;
use domain::{FileType, Finding, FindingKey, Visibility};
use http::StatusCode;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use store::Inclusion;

use super::filter::QueueFilter;
use super::gone::{GoneReason, gone_reason};
use super::labels::state_tone;
use super::masking_notes::masking_notes;
use super::other_columns::{OtherColumns, other_columns};
use super::people::{People, PersonChoice};
use super::proposal_line::{ProposedLine, proposed_line};
use super::shown::ShownFinding;
use super::timeline::{HistoryLine, TimelineEntry, history_line, supplier_names, timeline};
use super::{LastDecision, QueuePlace, last_decision};
use crate::App;
use crate::http::pages::access::{Member, Unmasker, Viewer};
use crate::http::pages::error::PageError;
use crate::http::pages::filters;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::query::Query;
use crate::http::pages::respond::{PageResult, html};
use crate::http::pages::unmasking::{UnmaskForm, UnmaskOffer};

#[derive(Template)]
#[template(path = "finding.html")]
#[expect(clippy::struct_excessive_bools, reason = "a template asks for each by its name")]
struct FindingPage {
    page: Layout,
    here: String,
    queue: String,
    query: String,
    shown: ShownFinding,
    state: &'static str,
    tone: &'static str,
    /// The names of the two verdicts here.
    yes: String,
    no: String,
    proposal: Option<ProposedLine>,
    may_recover: bool,
    /// Set when every verdict takes a reason here.
    asks_reason: bool,
    /// Set when somebody has to act if it is true, so that the page asks who.
    asks_who: bool,
    because: Option<String>,
    /// The money that came back, as the field shows it.
    recovered: String,
    /// The money that came back in words, with its currency.
    recovered_words: String,
    currency: String,
    /// The address of who works on it; empty for nobody.
    assignee: String,
    /// Who that is.
    assignee_label: String,
    /// The reader's own address.
    me: String,
    found: String,
    gone: Option<String>,
    gone_reason: Option<GoneReason>,
    other_columns: OtherColumns,
    suppressed: Option<String>,
    /// Why it may be innocent, in words to choose from.
    reasons: Vec<String>,
    timeline: Vec<TimelineEntry>,
    supplier: String,
    /// Its own page, where one supplier is meant.
    supplier_path: Option<String>,
    /// The parts of the rows that are not shown, in sentences.
    masking_notes: Vec<String>,
    unmask_offer: Option<UnmaskOffer>,
    is_whole: bool,
    related: Vec<RelatedFinding>,
    history: Vec<HistoryLine>,
    has_pattern: bool,
    /// Until when a verdict is remembered unless somebody says otherwise.
    until: String,
    may_decide: bool,
    members: Vec<PersonChoice>,
    previous: Option<String>,
    next: Option<String>,
    last_decision: Option<LastDecision>,
    /// The last entry of its history: what a form of this page is made on.
    seen: u64,
    /// Why what was sent was not written.
    refused: Option<String>,
    /// Why the recovered amount was not written.
    recovered_wrong: Option<String>,
    /// The amount that is to be confirmed, in digits.
    confirm_recovered: Option<String>,
    typed: TypedDecision,
}

/// A decision that was not written, and why.
#[derive(Debug)]
pub(in crate::http::pages) struct UnwrittenDecision {
    pub(in crate::http::pages) why: RefusedDecision,
    pub(in crate::http::pages) typed: TypedDecision,
}

/// Why a decision is not written.
#[derive(Debug)]
pub(in crate::http::pages) enum RefusedDecision {
    /// It cannot be decided so; the sentence says why.
    Impossible(String),
    /// The recovered amount is unclear, or to be confirmed, as these digits.
    Recovered { why: String, confirm: Option<String> },
    /// Somebody did this since the page was opened.
    Superseded(Box<HistoryEntry>),
}

/// The texts that somebody typed, to be sent again.
#[derive(Debug, Default)]
pub(in crate::http::pages) struct TypedDecision {
    /// The state that was to be decided, in which form the reason belongs.
    pub(in crate::http::pages) state: String,
    pub(in crate::http::pages) because: String,
    pub(in crate::http::pages) words: String,
    pub(in crate::http::pages) recovered: String,
}

/// Another finding about the same supplier.
struct RelatedFinding {
    href: String,
    title: String,
    /// Why it is not in the queue; none when it is.
    why: Option<String>,
    at_risk: String,
    state: &'static str,
}

/// The most related findings of each sort; more are behind the link to all of the supplier.
const RELATED_MAX: u32 = 5;

pub(crate) async fn get_finding(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, key)): Path<(String, String, String)>,
    Query(queue_filter): Query<QueueFilter>,
    Query(place): Query<QueuePlace>,
    flash: Option<Flash>,
) -> PageResult {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    let visibility = viewer.role.visibility();
    let place = (&queue_filter, place.last.as_ref());
    let mut page = whole_page(&app, &viewer, (&key, visibility), place).await?;
    // What was decided is said with the means to undo it, and not twice.
    let flash = flash.filter(|flash| page.last_decision.is_none() || *flash != Flash::Decided);
    page.page.flash = flash.map(Flash::text);
    html(&page)
}

/// Shows a finding whole; the audit log knows before anybody sees it.
pub(crate) async fn show_finding(
    State(app): State<App>,
    unmasker: Unmasker,
    Path((_, _, key)): Path<(String, String, String)>,
    Query(queue_filter): Query<QueueFilter>,
    Form(form): Form<UnmaskForm>,
) -> PageResult {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    unmasker.store.finding(&unmasker.unit, &key).await?.ok_or(PageError::NotFound)?;
    let visibility = unmasker.unmask(&app, ("finding.show", key.as_str()), &form).await?;
    html(&whole_page(&app, &unmasker, (&key, visibility), (&queue_filter, None)).await?)
}

/// The page of a finding once more, with what was not written and the text that was typed for it.
pub(in crate::http::pages) async fn show_again(
    app: &App,
    member: &Member,
    key: &FindingKey,
    queue_filter: &QueueFilter,
    unwritten: UnwrittenDecision,
) -> PageResult {
    let visibility = member.role.visibility();
    let mut page = whole_page(app, member, (key, visibility), (queue_filter, None)).await?;
    match unwritten.why {
        RefusedDecision::Impossible(why) => page.refused = Some(why),
        RefusedDecision::Recovered { why, confirm } => {
            (page.recovered_wrong, page.confirm_recovered) = (Some(why), confirm);
            page.may_recover = true;
        }
        RefusedDecision::Superseded(latest) => {
            let of_latest = |line: &&HistoryLine| line.entry == latest.entry;
            let did = page.history.iter().find(of_latest).map_or(&latest.by, |line| &line.what);
            let words = latest.words.as_ref().map(|words| format!(": “{words}”"));
            page.refused = Some(format!(
                "{did} on {}{}. You had not seen that, so nothing was written: look at it, then send yours \
                 again.",
                format::moment(latest.at),
                words.unwrap_or_default()
            ));
        }
    }
    page.typed = unwritten.typed;
    let mut response = html(&page)?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

async fn whole_page(
    app: &App,
    member: &Member,
    (key, visibility): (&FindingKey, Visibility),
    (queue_filter, last): (&QueueFilter, Option<&FindingKey>),
) -> Result<FindingPage, PageError> {
    let found = member.store.finding(&member.unit, key).await?.ok_or(PageError::NotFound)?;
    let title = short_title(&found.finding, KnownChecks::new(app));
    let layout = Layout::for_member(app, member, Section::Findings, &title).await?;
    let neighbours = neighbours(member, queue_filter, key).await?;
    let history = member.store.finding_history(&member.unit, key).await?;
    let people = People::of(member).await?.and(&history);
    let (check, known) = (found.finding.check.clone(), KnownChecks::new(app));
    let gone_reason = match found.seen.gone_at {
        Some(_) => Some(gone_reason(app, member, &found.finding).await?),
        None => None,
    };
    let other_columns = other_columns(app, member, &found.finding.rows, visibility).await;
    let proposal = found.standing.proposal.clone();
    let related = related(member, known, &found.finding, &queue_filter.query()).await?;
    let rule = member.store.reason_rule().await?;
    let at_risk = found.finding.at_risk.clone();
    let mut page = page(layout, member, (found, visibility), queue_filter, app);
    page.asks_reason = rule.is_some_and(|rule| rule.applies_to(at_risk.as_ref()));
    (page.previous, page.next) = neighbours;
    (page.gone_reason, page.other_columns) = (gone_reason, other_columns);
    page.history =
        history.iter().map(|entry| history_line(entry, known, &check, &people)).collect();
    page.related = related;
    page.members = people.deciding();
    page.assignee_label = people.label(&page.assignee);
    page.proposal =
        proposal.map(|proposal| proposed_line(proposal, member, known, &check, &people));
    page.last_decision = last_decision(member, known, last).await?;
    Ok(page)
}

fn page(
    layout: Layout,
    viewer: &Member,
    (found, visibility): (StoredFinding, Visibility),
    queue_filter: &QueueFilter,
    app: &App,
) -> FindingPage {
    let StoredFinding { mut finding, standing, seen, last_entry } = found;
    let masking_notes = masking_notes(&finding.rows, viewer.role, visibility);
    let hides = finding.hides_anything(visibility);
    finding.mask(visibility);
    let here = viewer.path(&format!("findings/{}", finding.key));
    let supplier_path =
        supplier_reference(&finding).map(|id| viewer.row_path(FileType::Suppliers, id));
    let known = KnownChecks::new(app);
    let today = TimeZone::UTC.to_datetime(app.clock.now()).date();
    FindingPage {
        page: layout,
        supplier: supplier_name(&finding),
        supplier_path,
        masking_notes,
        unmask_offer: (hides && visibility == Visibility::Masked)
            .then(|| UnmaskOffer::to(viewer, format!("{here}/show?{}", queue_filter.query())))
            .flatten(),
        is_whole: visibility == Visibility::Full,
        here,
        queue: viewer.path("findings"),
        query: queue_filter.query(),
        shown: ShownFinding::new(&finding, known, |ledger, id| viewer.row_path(ledger, id)),
        state: known.state_words(standing.state, &finding.check),
        yes: format::capital(known.state_words(FindingState::Confirmed, &finding.check)),
        no: format::capital(known.state_words(FindingState::Dismissed, &finding.check)),
        proposal: None,
        may_recover: standing.state == FindingState::Confirmed && viewer.role.may_decide(),
        asks_reason: false,
        asks_who: known.takes_action(&finding.check),
        tone: state_tone(standing.state),
        because: standing.because,
        recovered: standing.recovered.map(format::amount).unwrap_or_default(),
        recovered_words: format::of_currency(standing.recovered, finding.at_risk.as_ref()),
        currency: finding.at_risk.and_then(|money| money.currency).unwrap_or_default(),
        assignee: standing.assignee.unwrap_or_default(),
        assignee_label: String::new(),
        me: viewer.address().to_owned(),
        found: format::date(seen.first_seen),
        gone: seen.gone_at.map(format::date),
        gone_reason: None,
        other_columns: OtherColumns::default(),
        suppressed: finding.suppressed.map(|why| why.words),
        reasons: known.innocent_reasons(&finding.check),
        timeline: timeline(&finding.rows),
        related: Vec::new(),
        history: Vec::new(),
        has_pattern: finding.pattern.is_some(),
        until: today.saturating_add(1.year()).to_string(),
        may_decide: viewer.role.may_decide(),
        members: Vec::new(),
        previous: None,
        next: None,
        last_decision: None,
        seen: last_entry,
        refused: None,
        recovered_wrong: None,
        confirm_recovered: None,
        typed: TypedDecision::default(),
    }
}

/// The findings before and after it in the queue it was opened from.
async fn neighbours(
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

/// Other findings about its suppliers: first those suppressed, then those in the queue.
async fn related(
    viewer: &Member,
    known: KnownChecks<'_>,
    finding: &Finding,
    query: &str,
) -> Result<Vec<RelatedFinding>, PageError> {
    const SIZE: PageSize = PageSize::fixed(RELATED_MAX);
    let mut related = Vec::new();
    for suppressed in [Inclusion::Only, Inclusion::No] {
        let others = viewer.store.findings_beside(&viewer.unit, finding, suppressed, SIZE).await?;
        related.extend(others.into_iter().map(|found| RelatedFinding {
            href: viewer.path(&format!("findings/{}?{query}", found.key)),
            title: format::prose(&found.title),
            why: found.suppressed.map(|why| why.words),
            at_risk: found.at_risk.as_ref().map(format::money).unwrap_or_default(),
            state: known.state_words(found.standing.state, &found.check),
        }));
    }
    Ok(related)
}

/// The reference of the supplier that the first row is or refers to.
fn supplier_reference(finding: &Finding) -> Option<&str> {
    let own = finding.rows.iter().find(|row| row.ledger == FileType::Suppliers);
    let referred = finding.rows.iter().find_map(|row| row.fields.get("supplier_ref"));
    own.map(|row| &row.id).or(referred).map(String::as_str)
}

/// The supplier that the rows speak of; empty where it is none, or several.
fn supplier_name(finding: &Finding) -> String {
    let names = supplier_names(&finding.rows);
    names.first().filter(|_| names.len() == 1).map(|name| (*name).to_owned()).unwrap_or_default()
}

/// A finding in a few words, by which tabs and the way back tell one from another: the numbers of two or
/// three invoices, else what it is, and whose.
pub(super) fn short_title(finding: &Finding, known: KnownChecks<'_>) -> String {
    let invoices = finding.rows.iter().filter_map(|row| row.fields.get("invoice_number"));
    let numbers: Vec<&str> = invoices.map(String::as_str).collect();
    let what = match numbers.as_slice() {
        [_] | [_, _] | [_, _, _] => numbers.join(", "),
        _ => known.title(&finding.check),
    };
    let names = supplier_names(&finding.rows);
    match names.first() {
        Some(name) => format!("{what} · {name}"),
        None => what,
    }
}
