//! A finding as it was when something was decided about it: the answer to what was known then, and by whom.
//!
//! Not for: the finding as it is now (`one`).
//!
//! Invariant: what is shown is what the history kept; nothing of it is looked up again.

use askama::Template;
use axum::extract::{Path, State};
use domain::finding::HistoryEntry;
use domain::{Finding, FindingKey};

use super::chance;
use super::compared::{Compared, compared};
use super::past::{Done, done};
use super::weighed::{Waterfall, waterfall};
use crate::App;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::frame::{Frame, Section};
use crate::http::pages::known_checks::KnownChecks;
use crate::http::pages::respond::{PageResult, html};
use crate::http::pages::words;

#[derive(Template)]
#[template(path = "finding_then.html")]
struct FindingThenPage {
    page: Frame,
    /// The page of the finding as it is now.
    now: String,
    title: String,
    check: String,
    at_risk: String,
    at_risk_is: String,
    chance: String,
    claim: String,
    reckoning: String,
    innocent_if: String,
    done: Done,
    tables: Vec<Compared>,
    waterfall: Option<Waterfall>,
}

pub(crate) async fn get_finding_then(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, key, entry)): Path<(String, String, String, String)>,
) -> PageResult {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    let number: u64 = entry.parse().map_err(|_no_number| PageError::NotFound)?;
    let history = viewer.store.finding_history(&viewer.unit, &key).await?;
    let entry = history.into_iter().find(|known| known.entry == number);
    let mut entry = entry.ok_or(PageError::NotFound)?;
    let mut finding = entry.finding.take().ok_or(PageError::NotFound)?;
    finding.mask(viewer.role.visibility());
    let mut frame = Frame::of(&app, &viewer, Section::Findings, "As it was then").await?;
    let now = viewer.path(&format!("findings/{key}"));
    frame.above("One finding", now.clone());
    let tables = compared(&finding.rows, |ledger, id| viewer.row_path(ledger, id));
    html(&FindingThenPage { tables, ..page(frame, now, &entry, finding, &KnownChecks::of(&app)) })
}

fn page(
    page: Frame,
    now: String,
    entry: &HistoryEntry,
    finding: Finding,
    known: &KnownChecks,
) -> FindingThenPage {
    let chance = chance(finding.probability);
    FindingThenPage {
        page,
        now,
        title: words::with_dates(&finding.title),
        check: known.title(&finding.check),
        at_risk: finding.at_risk.as_ref().map(words::money).unwrap_or_default(),
        at_risk_is: finding.at_risk_is,
        waterfall: waterfall(&finding.evidence, &chance),
        chance,
        claim: finding.claim,
        reckoning: finding.reckoning,
        innocent_if: finding.innocent_if,
        done: done(entry, &finding.check),
        tables: Vec::new(),
    }
}
