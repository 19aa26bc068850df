//! A finding as it was when something was decided about it: the answer to what was known then, and by whom.
//!
//! Not for: the finding as it is now (`one`).
//!
//! Invariant: what is shown is what the history kept; nothing of it is looked up again.

use askama::Template;
use axum::extract::{Path, State};
use domain::finding::HistoryEntry;
use domain::{FindingKey, Visibility};

use super::people::People;
use super::shown::{ShownFinding, short_title};
use super::timeline::{HistoryLine, history_line};
use crate::App;
use crate::http::pages::access::{Member, Unmasker, Viewer};
use crate::http::pages::derived_fields::DerivedFields;
use crate::http::pages::error::PageError;
use crate::http::pages::filters;
use crate::http::pages::form::Form;
use crate::http::pages::known_checks::KnownChecks;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::respond::{PageResult, html};
use crate::http::pages::unmasking::{UnmaskForm, UnmaskOffer};

#[derive(Template)]
#[template(path = "finding_as_decided.html")]
struct DecidedFindingPage {
    page: Layout,
    /// The page of the finding as it is now.
    now: String,
    shown: ShownFinding,
    decision: HistoryLine,
    /// The steps that people took with it after that.
    since: Vec<HistoryLine>,
    /// This page.
    here: String,
    unmask_offer: Option<UnmaskOffer>,
    is_whole: bool,
}

pub(crate) async fn get_finding_as_decided(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, key, entry)): Path<(String, String, String, String)>,
) -> PageResult {
    let (key, entry) = entry_of(&viewer, &key, &entry).await?;
    show(&app, &viewer, (&key, entry), viewer.role.visibility()).await
}

/// Shows it whole; the audit log knows before anybody sees it.
pub(crate) async fn show_finding_as_decided(
    State(app): State<App>,
    unmasker: Unmasker,
    Path((_, _, key, entry)): Path<(String, String, String, String)>,
    Form(form): Form<UnmaskForm>,
) -> PageResult {
    let (key, entry) = entry_of(&unmasker, &key, &entry).await?;
    let visibility = unmasker.unmask(&app, ("finding.show", key.as_str()), &form).await?;
    show(&app, &unmasker, (&key, entry), visibility).await
}

/// A decision about a finding of the open unit, with the finding as it was then.
async fn entry_of(
    member: &Member,
    key: &str,
    number: &str,
) -> Result<(FindingKey, HistoryEntry), PageError> {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    let number: u64 = number.parse().map_err(|_no_number| PageError::NotFound)?;
    let entry = member.store.finding_history_entry(&member.unit, &key, number).await?;
    let decision = entry.filter(|entry| entry.finding.is_some());
    Ok((key, decision.ok_or(PageError::NotFound)?))
}

async fn show(
    app: &App,
    viewer: &Member,
    (key, mut entry): (&FindingKey, HistoryEntry),
    visibility: Visibility,
) -> PageResult {
    let history = viewer.store.finding_history(&viewer.unit, key).await?;
    let people = People::load(viewer).await?.and(std::slice::from_ref(&entry)).and(&history);
    let mut finding = entry.finding.take().ok_or(PageError::NotFound)?;
    let hides = finding.hides_anything(visibility) && visibility == Visibility::Masked;
    finding.mask(visibility);
    let mut layout =
        Layout::for_member(app, viewer, Section::Findings, "At the time of the decision").await?;
    let now = viewer.path(&format!("findings/{key}"));
    let here = format!("{now}/history/{}", entry.entry);
    let currency = finding.at_risk.as_ref().and_then(|money| money.currency.as_deref());
    let (known, derived) = (KnownChecks::new(app), DerivedFields::load(viewer).await?);
    let reasons = viewer.store.reason_codes().await?;
    let words_of = (&people, &reasons);
    layout.push_crumb(&short_title(&finding, known), now.clone());
    let of = (finding.check.as_str(), currency);
    let since = history.iter().filter(|later| later.entry > entry.entry);
    html(&DecidedFindingPage {
        page: layout,
        unmask_offer: hides.then(|| UnmaskOffer::to(viewer, here.clone())).flatten(),
        is_whole: visibility == Visibility::Full,
        here,
        now,
        shown: ShownFinding::new(&finding, (known, &derived), |row| viewer.finding_row_path(row)),
        decision: history_line(&entry, known, of, words_of),
        since: since.map(|later| history_line(later, known, of, words_of)).collect(),
    })
}
