//! A finding as it was when something was decided about it: the answer to what was known then, and by whom.
//!
//! Not for: the finding as it is now (`one`).
//!
//! Invariant: what is shown is what the history kept; nothing of it is looked up again.

use askama::Template;
use axum::extract::{Path, State};
use domain::{Finding, FindingKey};

use super::comparison::{Comparison, comparisons};
use super::people::People;
use super::probability_text;
use super::timeline::{HistoryLine, history_line};
use super::waterfall::{Waterfall, waterfall};
use crate::App;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::respond::{PageResult, html};

#[derive(Template)]
#[template(path = "finding_as_decided.html")]
struct DecidedFindingPage {
    page: Layout,
    /// The page of the finding as it is now.
    now: String,
    title: String,
    check: String,
    at_risk: String,
    at_risk_is: String,
    probability: String,
    claim: String,
    reckoning: String,
    innocent_if: String,
    decision: HistoryLine,
    tables: Vec<Comparison>,
    waterfall: Option<Waterfall>,
}

pub(crate) async fn get_finding_as_decided(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, key, entry)): Path<(String, String, String, String)>,
) -> PageResult {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    let number: u64 = entry.parse().map_err(|_no_number| PageError::NotFound)?;
    let history = viewer.store.finding_history(&viewer.unit, &key).await?;
    let people = People::of(&viewer).await?.and(&history);
    let entry = history.into_iter().find(|known| known.entry == number);
    let mut entry = entry.ok_or(PageError::NotFound)?;
    let mut finding = entry.finding.take().ok_or(PageError::NotFound)?;
    finding.mask(viewer.role.visibility());
    let mut layout =
        Layout::for_member(&app, &viewer, Section::Findings, "At the time of the decision").await?;
    let now = viewer.path(&format!("findings/{key}"));
    layout.push_crumb("One finding", now.clone());
    let tables = comparisons(&finding.rows, |ledger, id| viewer.row_path(ledger, id));
    let decision = history_line(&entry, KnownChecks::new(&app), &finding.check, &people);
    let decision = (decision, KnownChecks::new(&app).title(&finding.check));
    html(&DecidedFindingPage { tables, ..page(layout, now, finding, decision) })
}

fn page(
    page: Layout,
    now: String,
    finding: Finding,
    (decision, check): (HistoryLine, String),
) -> DecidedFindingPage {
    let probability = probability_text(finding.probability);
    DecidedFindingPage {
        page,
        now,
        title: format::with_dates(&finding.title),
        check,
        at_risk: finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
        at_risk_is: finding.at_risk_is,
        waterfall: waterfall(&finding.evidence, &probability),
        probability,
        claim: finding.claim,
        reckoning: finding.reckoning,
        innocent_if: finding.innocent_if,
        decision,
        tables: Vec::new(),
    }
}
