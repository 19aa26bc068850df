//! Invoices that are in several units of a customer: the newest comparison, and asking for one.
//!
//! Not for: deciding; each invoice's unit has its own queue. Invariant: only who sees all units sees it.

use askama::Template;
use axum::extract::State;
use domain::Finding;
use domain::finding::{AcrossState, unit_and_id};

use super::access::Admin;
use super::error::PageError;
use super::filters;
use super::flash::Flash;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, see_other};
use crate::App;

pub(crate) const PATH: &str = "/settings/{customer}/across";

#[derive(Template)]
#[template(path = "across.html")]
struct AcrossPage {
    page: Layout,
    here: String,
    has_several: bool,
    /// A sentence on the newest comparison; empty before there is one.
    state: String,
    is_under_way: bool,
    findings: Vec<Line>,
}

struct Line {
    title: String,
    /// `93%`
    probability: String,
    at_risk: String,
    /// The unit and Unique ID of each invoice, and where its page is.
    rows: Vec<(String, String)>,
    innocent_if: String,
}

pub(crate) async fn list_across(
    State(app): State<App>,
    admin: Admin,
    flash: Option<Flash>,
) -> PageResult {
    let run = admin.store.across_run().await?;
    let has_several = admin.store.units().await?.len() > 1;
    let mut findings = Vec::new();
    let (mut state, mut is_under_way) = (String::new(), false);
    if let Some(run) = run {
        let asked = format!("asked for by {} on {}", run.asked_by, format::moment(run.asked_at));
        state = match run.state {
            AcrossState::Waiting | AcrossState::Running { .. } => {
                is_under_way = true;
                format!("A comparison is under way, {asked}. It runs when nothing else is due.")
            }
            AcrossState::Failed { at, why } => {
                format!("The comparison of {} came to nothing: {why}.", format::moment(at))
            }
            AcrossState::Done { at, units, findings: found } => {
                findings = found.into_iter().map(|finding| line(&admin, finding)).collect();
                let names: Vec<String> = units.iter().map(ToString::to_string).collect();
                format!("{} were compared on {}, {asked}.", names.join(", "), format::moment(at))
            }
        };
    }
    let page = Layout::for_member(&app, &admin, Section::Settings(PATH), "Across units").await?;
    html(&AcrossPage {
        page: page.with_flash(flash),
        here: admin.fill(PATH),
        has_several,
        state,
        is_under_way,
        findings,
    })
}

pub(crate) async fn ask_across(State(app): State<App>, admin: Admin) -> PageResult {
    if admin.store.units().await?.len() < 2 {
        return Err(PageError::Impossible(
            "There is one unit only, so there is nothing to compare it with.".to_owned(),
        ));
    }
    admin.store.ask_across(&admin.decider(&app)).await?;
    app.new_work.notify_one();
    see_other(&Flash::AcrossAsked.on(&admin.fill(PATH)))
}

fn line(admin: &Admin, finding: Finding) -> Line {
    let rows = finding.rows.iter().filter_map(|row| {
        let (unit, id) = unit_and_id(&row.id)?;
        let query: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
        let href = format!("/at/{}/{unit}/transactions?q={query}", admin.customer);
        Some((format!("{unit}: {id}"), href))
    });
    Line {
        rows: rows.collect(),
        probability: finding
            .probability
            .map(|share| format!("{:.0}%", share * 100.0))
            .unwrap_or_default(),
        at_risk: finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
        title: finding.title,
        innocent_if: finding.innocent_if,
    }
}
