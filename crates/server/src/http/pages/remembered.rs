//! Verdicts that later runs are told of: listed with what they hide, ended by a click.
//!
//! Not for: remembering one, which is part of deciding (`verdicts`).
//!
//! Invariant: what is shown as hidden, the last run hid; ending one asks for a run, which looks anew.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use domain::finding::{StoredVerdict, VerdictScope};
use domain::page::PageSize;
use domain::{FindingKey, VerdictId};
use serde::Deserialize;
use store::{FindingName, HiddenFindings};

use super::access::{Analyst, Member, Viewer};
use super::error::PageError;
use super::field::valid;
use super::filters;
use super::flash::Flash;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, see_other};
use crate::App;

pub(crate) const PATH: &str = "/at/{customer}/{unit}/remembered";

#[derive(Template)]
#[template(path = "remembered.html")]
struct RememberedPage {
    page: Layout,
    here: String,
    findings: String,
    verdicts: Vec<RememberedCard>,
    may_decide: bool,
    is_first: bool,
    next: Option<String>,
}

/// A remembered verdict with what it hides.
struct RememberedCard {
    id: String,
    /// The finding that it was decided on.
    title: String,
    href: String,
    because: String,
    by: String,
    at: String,
    until: String,
    speaks_for: &'static str,
    /// The findings that the last run hid by it, in words.
    hides: String,
    hidden: Vec<HiddenLine>,
}

/// A finding that is hidden.
struct HiddenLine {
    title: String,
    href: String,
}

/// The place in the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RememberedQuery {
    #[serde(deserialize_with = "valid")]
    after: Option<VerdictId>,
}

pub(crate) async fn list_remembered(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<RememberedQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let (store, unit, now) = (&viewer.store, &viewer.unit, app.clock.now());
    let part = (PageSize::default(), query.after);
    let listed = store.remembered_verdicts_page(unit, part, now).await?;
    let patterns: Vec<String> = listed.items.iter().filter_map(pattern).collect();
    let keys: Vec<FindingKey> = listed.items.iter().map(|kept| kept.decided_on.clone()).collect();
    let hidden = store.hidden_findings(unit, &patterns).await?;
    let names = store.finding_names(unit, &keys).await?;
    let here = viewer.fill(PATH);
    let card = |kept: StoredVerdict| card(&viewer, kept, &names, &hidden);
    let layout =
        Layout::for_member(&app, &viewer, Section::Findings, "Remembered verdicts").await?;
    html(&RememberedPage {
        page: layout.with_flash(flash),
        findings: viewer.path("findings"),
        may_decide: viewer.role.may_decide(),
        is_first: query.after.is_none(),
        next: listed.next.map(|last| format!("{here}?after={last}")),
        verdicts: listed.items.into_iter().map(card).collect(),
        here,
    })
}

/// Ends one; what it hid is looked at anew.
pub(crate) async fn end_remembered(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, verdict)): Path<(String, String, String)>,
) -> PageResult {
    let id: VerdictId = verdict.parse().map_err(|_no_id| PageError::NotFound)?;
    let here = analyst.fill(PATH);
    match analyst.store.end_verdict(&analyst.unit, id, analyst.decider(&app)).await {
        Ok(()) => {}
        Err(store::Error::NotFound { .. }) => return see_other(&Flash::NothingToEnd.on(&here)),
        Err(other) => return Err(other.into()),
    }
    analyst.ask_for_run(&app, &analyst.unit).await?;
    see_other(&Flash::VerdictEnded.on(&here))
}

fn pattern(kept: &StoredVerdict) -> Option<String> {
    match &kept.verdict.of {
        VerdictScope::Pattern { pattern } => Some(pattern.clone()),
        VerdictScope::Rows { .. } => None,
    }
}

fn card(
    member: &Member,
    kept: StoredVerdict,
    names: &HashMap<FindingKey, FindingName>,
    hidden: &HashMap<String, HiddenFindings>,
) -> RememberedCard {
    let none = HiddenFindings::default();
    let of_pattern = pattern(&kept).map(|pattern| hidden.get(&pattern).unwrap_or(&none));
    let line = |(key, title): &(FindingKey, String)| HiddenLine {
        title: format::prose(title),
        href: member.path(&format!("findings/{key}")),
    };
    let hides = match of_pattern {
        None => "Hides this finding.".to_owned(),
        Some(hidden) if hidden.count == 0 => "Hid nothing at the last run.".to_owned(),
        Some(hidden) => {
            format!("Hid {} at the last run.", format::counted(hidden.count, "finding", "findings"))
        }
    };
    let title = names.get(&kept.decided_on).map(|name| format::prose(&name.title));
    RememberedCard {
        id: kept.verdict_id.to_string(),
        title: title.unwrap_or_else(|| kept.decided_on.to_string()),
        href: member.path(&format!("findings/{}", kept.decided_on)),
        because: kept.because,
        by: kept.verdict.by,
        at: format::date(kept.verdict.at),
        until: kept.verdict.until.map(format::last_day).unwrap_or_default(),
        speaks_for: match kept.verdict.of {
            VerdictScope::Rows { .. } => "These rows only",
            VerdictScope::Pattern { .. } => "Every finding of this kind at this supplier",
        },
        hides,
        hidden: of_pattern.map(|hidden| hidden.some.iter().map(line).collect()).unwrap_or_default(),
    }
}
