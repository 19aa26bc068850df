//! One finding: what it rests on, why, what would make it innocent, what was done, and what to do now.
//!
//! Not for: deciding (`verdicts`).
//!
//! Invariant: the queue it was opened from goes along in every link and form, so that the next one follows.

use askama::Template;
use axum::extract::{Path, State};
use domain::finding::{FindingState, Lane, ReasonCatalogue, RecoveryStage, StoredFinding};
use domain::{FileType, Finding, FindingKey, Visibility};
use http::{HeaderMap, StatusCode};
use jiff::ToSpan as _;

use super::attachment_line::{AttachmentLine, attachment_line};
use super::context::FindingContext;
use super::distribution::has_distribution;
use super::filter::QueueFilter;
use super::gone::GoneReason;
use super::labels::state_tone;
use super::masking_notes::masking_notes;
use super::money_back::MoneyBack;
use super::named_nobody::named_nobody;
use super::neighbours::Neighbours;
use super::of_supplier::supplier_reference;
use super::other_columns::OtherColumns;
use super::payment_hold_card::PaymentHoldCard;
use super::people::PersonChoice;
use super::proposal_line::{ProposedLine, proposed_line};
use super::recovery_card::{RecoveryCard, is_overdue};
use super::related::{Precedents, RelatedFinding};
use super::same_money::SameMoney;
use super::shown::{ShownFinding, short_title};
use super::supplier_name::{one_of_suppliers, supplier_name};
use super::timeline::{HistoryLine, TimelineEntry, history_line, timeline};
use super::unwritten::{LessThanRecorded, RefusedDecision, TypedDecision, UnwrittenDecision};
use super::{LastDecision, QueuePlace, scans};
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
    /// Files that people put beside it.
    files: Vec<AttachmentLine>,
    /// Money on its way back, where something was decided that it could come back of.
    recovery: Option<RecoveryCard>,
    /// The other findings of its money.
    same_money: SameMoney,
    /// The payments that are held or can be.
    payment_hold: Option<PaymentHoldCard>,
    /// Set when its invoices are known not to be paid: then the hold comes before the money to ask for.
    is_unpaid: bool,
    /// Set where one payment can still be stopped: whoever says that it is true stops it with that.
    stops_payment: bool,
    /// The statement of the supplier that has the credit it is about.
    on_statement: Option<String>,
    /// The letter to the supplier, where money can be asked for.
    letter: Option<String>,
    /// Until when an answer is waited for, in words; empty where nobody waits for a day.
    due: String,
    is_overdue: bool,
    /// Set when every verdict takes a reason here.
    asks_reason: bool,
    /// The reasons that a verdict may name by a code.
    reason_codes: ReasonCatalogue,
    /// Set when somebody has to act if it is true, so that the page asks who.
    asks_who: bool,
    because: Option<String>,
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
    /// The page of the first supplier.
    supplier_path: Option<String>,
    /// The name of that supplier, where it is one of several.
    one_of_suppliers: Option<String>,
    /// The parts of the rows that are not shown, in sentences.
    masking_notes: Vec<String>,
    unmask_offer: Option<UnmaskOffer>,
    is_whole: bool,
    related: Vec<RelatedFinding>,
    precedents: Precedents,
    /// The amounts that its check goes by.
    assumptions: Vec<String>,
    /// The path of the page where an admin sets them.
    limits: Option<String>,
    /// All that is open at its supplier.
    all_of_supplier: Option<String>,
    history: Vec<HistoryLine>,
    /// The entries of the audit log about it, for whoever reads those.
    audit: Option<String>,
    has_pattern: bool,
    /// Set when a chart of its supplier's amounts goes with it.
    has_distribution: bool,
    /// Until when a verdict is remembered unless somebody says otherwise.
    until: String,
    may_decide: bool,
    members: Vec<PersonChoice>,
    neighbours: Neighbours,
    last_decision: Option<LastDecision>,
    /// The last entry of its history: what a form of this page is made on.
    seen: u64,
    /// Why what was sent was not written.
    refused: Option<String>,
    /// Why the recovered amount was not written.
    recovered_wrong: Option<String>,
    /// The amount that is to be confirmed, in digits.
    confirm_recovered: Option<String>,
    /// The ways in which an amount that is less than was recorded can be meant.
    less_than_recorded: Option<Box<LessThanRecorded>>,
    typed: TypedDecision,
    /// The first day on which an answer can be waited for.
    today: String,
}

/// The header by which htmx says where on a page the answer will stand, by the element's ID.
const HX_TARGET: &str = "hx-target";
/// The place beside the queue.
const PANE: &str = "pane";

pub(crate) async fn get_finding(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, key)): Path<(String, String, String)>,
    (Query(queue_filter), Query(place)): (Query<QueueFilter>, Query<QueuePlace>),
    headers: HeaderMap,
    flash: Option<Flash>,
) -> PageResult {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    let visibility = viewer.role.visibility();
    let place = (&queue_filter, place.last.as_ref());
    let mut page = whole_page(&app, &viewer, (&key, visibility), place).await?;
    // Beside the queue it is shown to whoever passes its line; `queue.js` asks for it alone when they stay.
    if headers.get(HX_TARGET).is_none_or(|target| target != PANE) {
        viewer.store.note_opened(&viewer.unit, &key, app.clock.now()).await?;
    }
    // What was decided is said with the means to undo it, and not twice.
    let flash = flash.filter(|flash| page.last_decision.is_none() || !flash.is_of_last_decision());
    page.page.flash = match flash {
        Some(Flash::CommentedToUnknown) => Some(named_nobody(&viewer, &key).await?.into()),
        flash => flash.map(|flash| flash.text().into()),
    };
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
        RefusedDecision::Recovered { why, confirm } if page.recovery.is_some() => {
            (page.recovered_wrong, page.confirm_recovered) = (Some(why), confirm);
        }
        RefusedDecision::LessThanRecorded(less) if page.recovery.is_some() => {
            page.recovered_wrong = Some(less.why.clone());
            page.less_than_recorded = Some(less);
        }
        RefusedDecision::Impossible(why) | RefusedDecision::Recovered { why, .. } => {
            page.refused = Some(why);
        }
        RefusedDecision::LessThanRecorded(less) => page.refused = Some(less.why),
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
    let mut typed = unwritten.typed;
    if let (Some(card), Some(step)) = (&mut page.recovery, typed.step.take()) {
        card.typed(step);
    }
    page.typed = typed;
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
    let from = (queue_filter, last);
    let context = FindingContext::load(app, member, (&found, visibility), from).await?;
    Ok(page(app, (layout, member), (found, visibility), queue_filter, context))
}

#[expect(clippy::too_many_lines, reason = "a page, field by field")]
fn page(
    app: &App,
    (layout, viewer): (Layout, &Member),
    (found, visibility): (StoredFinding, Visibility),
    queue_filter: &QueueFilter,
    context: FindingContext,
) -> FindingPage {
    let FindingContext {
        history,
        people,
        neighbours,
        gone_reason,
        other_columns,
        related,
        precedents,
        reason_rule,
        reason_codes,
        derived,
        payment_hold,
        same_money,
        files,
        recovery,
        scan_hosts,
        assumptions,
        last_decision,
    } = context;
    let end = found.end();
    let stage = found.recovery_stage();
    let StoredFinding { mut finding, standing, seen, last_entry, counted: _ } = found;
    let read = (finding.rows.as_slice(), other_columns.are_hidden);
    let masking_notes = masking_notes(read, viewer.role, visibility);
    let hides = finding.hides_anything(visibility) || other_columns.are_hidden;
    finding.mask(visibility);
    let here = viewer.path(&format!("findings/{}", finding.key));
    let reference = supplier_reference(&finding).map(str::to_owned);
    let (known, today) = (KnownChecks::new(app), format::today(app.clock.now()));
    let may_decide = viewer.role.may_decide();
    let mut shown =
        ShownFinding::new(&finding, (known, &derived), |row| viewer.finding_row_path(row));
    if let Some(back) = MoneyBack::of(&standing, finding.at_risk.as_ref()) {
        shown.come_back(back);
    }
    if let Some(end) = end {
        shown.end(end);
    }
    scans::offer(&scan_hosts, &here, &mut shown.tables);
    let audit = layout.settings.iter().find(|link| link.label == "Audit log");
    let currency = finding.at_risk.as_ref().and_then(|money| money.currency.clone());
    let of = (finding.check.as_str(), currency.as_deref());
    let assignee = standing.assignee.clone().unwrap_or_default();
    let words_of = (&people, &reason_codes);
    FindingPage {
        audit: audit.map(|link| format!("{}?about={}", link.href, finding.key)),
        page: layout,
        supplier: supplier_name(&finding),
        supplier_path: (reference.as_deref()).map(|id| viewer.row_path(FileType::Suppliers, id)),
        one_of_suppliers: one_of_suppliers(&finding),
        masking_notes,
        unmask_offer: (hides && visibility == Visibility::Masked)
            .then(|| UnmaskOffer::to(viewer, format!("{here}/show?{}", queue_filter.query())))
            .flatten(),
        is_whole: visibility == Visibility::Full,
        files: files.iter().map(|file| attachment_line(&here, file)).collect(),
        here,
        queue: viewer.path("findings"),
        query: queue_filter.query(),
        shown,
        state: known.state_words(standing.state, &finding.check),
        yes: format::capital(known.state_words(FindingState::Confirmed, &finding.check)),
        no: format::capital(known.state_words(FindingState::Dismissed, &finding.check)),
        proposal: (standing.proposal.as_ref())
            .map(|made| proposed_line(made, viewer, (known, &finding.check), words_of)),
        may_recover: recovery.is_some() && may_decide,
        letter: letter_path(viewer, &finding, stage).filter(|_path| !same_money.is_asked_elsewhere),
        recovery,
        same_money,
        is_unpaid: payment_hold.as_ref().is_some_and(|card| card.is_unpaid),
        stops_payment: finding.lane == Lane::StopPayment
            && payment_hold.as_ref().is_some_and(|card| card.free == 1),
        payment_hold,
        on_statement: (finding.statement_credit.as_ref())
            .map(|credit| viewer.path(&format!("statements/{}", credit.statement_id))),
        due: standing.due.map(format::day).unwrap_or_default(),
        is_overdue: is_overdue(&standing, today),
        asks_reason: reason_rule.is_some_and(|rule| rule.applies_to(finding.at_risk.as_ref())),
        asks_who: known.takes_action(&finding.check),
        tone: state_tone(standing.state),
        because: reason_codes.in_words(standing.reason_code.as_ref(), standing.because.as_deref()),
        assignee_label: people.label(&assignee),
        assignee,
        me: viewer.address().to_owned(),
        found: format::date(seen.first_seen),
        gone: seen.gone_at.map(format::date),
        gone_reason,
        other_columns,
        reasons: known.innocent_reasons(&finding.check),
        timeline: timeline(&finding.rows, &derived),
        related,
        precedents,
        assumptions,
        limits: viewer.role.may_set_up().then(|| viewer.fill("/settings/{customer}/limits")),
        all_of_supplier: reference.map(|id| all_of_supplier(viewer, &id)),
        history: history.iter().map(|entry| history_line(entry, known, of, words_of)).collect(),
        reason_codes,
        currency: currency.clone().unwrap_or_default(),
        has_pattern: finding.pattern.is_some(),
        has_distribution: has_distribution(&finding),
        suppressed: finding.suppressed.map(|why| why.words),
        until: today.saturating_add(1.year()).to_string(),
        may_decide,
        members: people.deciding(),
        neighbours,
        last_decision,
        seen: last_entry,
        refused: None,
        recovered_wrong: None,
        confirm_recovered: None,
        less_than_recorded: None,
        typed: TypedDecision::default(),
        today: today.to_string(),
    }
}

/// The letter about one finding, where money of it can be asked for.
fn letter_path(member: &Member, finding: &Finding, stage: Option<RecoveryStage>) -> Option<String> {
    let may_ask = member.role.may_decide() && finding.at_risk.is_some();
    let is_outstanding = stage.is_some_and(RecoveryStage::is_outstanding);
    (may_ask && is_outstanding).then(|| member.path(&format!("letter?finding={}", finding.key)))
}

/// All that is open at a supplier, together.
fn all_of_supplier(member: &Member, reference: &str) -> String {
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("supplier", reference).finish();
    member.path(&format!("findings?{query}"))
}
