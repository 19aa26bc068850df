//! The effect of other settings of the checks on the findings of a unit, before they are kept.
//!
//! Invariant: only settings whose effect was shown are kept from here, as they were shown.

use askama::Template;
use axum::extract::State;
use domain::UnitName;
use domain::finding::{CheckEffect, PreviewState, PreviewedFinding, SettingsPreview};
use serde::Deserialize;

use super::{ChecksForm, PATH, RejectedForm, keep, page, parse_form};
use crate::App;
use crate::http::pages::access::Admin;
use crate::http::pages::error::PageError;
use crate::http::pages::field::{Text, valid};
use crate::http::pages::filters;
use crate::http::pages::form::Form;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::query::Query;
use crate::http::pages::respond::{PageResult, html, html_again, see_other};

pub(crate) const PREVIEW_PATH: &str = "/settings/{customer}/checks/preview";

#[derive(Template)]
#[template(path = "check_preview.html")]
struct PreviewPage {
    page: Layout,
    here: String,
    checks_path: String,
    unit: UnitName,
    /// The moment at which it was asked for, which tells it from a later one.
    asked_at: i64,
    asked: String,
    is_moving: bool,
    /// Why it came to nothing; empty where it did not.
    failed: String,
    /// The sentence on all checks together; empty before it is known.
    sum: String,
    checks: Vec<EffectCard>,
}

/// The effect on one check.
struct EffectCard {
    title: String,
    words: String,
    going: Vec<EffectLine>,
    coming: Vec<EffectLine>,
    /// Of those that go and come, the number that is not named.
    more_going: u64,
    more_coming: u64,
}

/// A finding that would go or come.
struct EffectLine {
    title: String,
    /// Empty of one that is not there yet.
    href: String,
    at_risk: String,
}

/// The unit that is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PreviewQuery {
    unit: Text,
}

/// The preview that was seen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeepForm {
    unit: Text,
    #[serde(deserialize_with = "valid")]
    asked_at: Option<i64>,
}

pub(crate) async fn get_preview(
    State(app): State<App>,
    admin: Admin,
    Query(query): Query<PreviewQuery>,
) -> PageResult {
    let unit = admin.unit_named(&query.unit).await?;
    let Some(preview) = admin.store.check_preview(&unit).await? else {
        return see_other(&format!("{}?unit={unit}", admin.fill(PATH)));
    };
    let layout = Layout::for_member(&app, &admin, Section::Settings(PATH), "Preview of settings");
    let SettingsPreview { asked_at, asked_by, settings: _, state } = preview;
    let mut shown = PreviewPage {
        page: layout.await?,
        here: format!("{}?unit={unit}", admin.fill(PREVIEW_PATH)),
        checks_path: admin.fill(PATH),
        asked_at: asked_at.as_microsecond(),
        asked: format!("asked for by {asked_by}, {}", format::moment(asked_at)),
        is_moving: matches!(state, PreviewState::Waiting | PreviewState::Running { .. }),
        failed: String::new(),
        sum: String::new(),
        checks: Vec::new(),
        unit,
    };
    match state {
        PreviewState::Waiting | PreviewState::Running { .. } => {}
        PreviewState::Failed { why, .. } => shown.failed = why,
        PreviewState::Done { effect, .. } => {
            let (goes, comes) = effect.totals();
            shown.sum = sum_words(goes, comes, effect.stays);
            let known = KnownChecks::new(&app);
            let card =
                |of: CheckEffect| effect_card(&admin, &shown.unit, known.title(&of.check), of);
            shown.checks = effect.checks.into_iter().map(card).collect();
        }
    }
    html(&shown)
}

/// Asks for the effect of the settings of the form.
pub(crate) async fn preview_checks(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<ChecksForm>,
) -> PageResult {
    let unit = admin.unit_named(&form.unit).await?;
    let (settings, wrong) = parse_form(&app.checks, &form);
    if !wrong.is_empty() {
        let rejected = RejectedForm { form: &form, wrong };
        return html_again(&page(&app, &admin, unit, &settings, Some(rejected)).await?);
    }
    admin.store.ask_for_check_preview(&unit, &settings, admin.decider(&app)).await?;
    app.new_work.notify_one();
    see_other(&format!("{}?unit={unit}", admin.fill(PREVIEW_PATH)))
}

/// Keeps the settings whose effect was shown.
pub(crate) async fn keep_previewed(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<KeepForm>,
) -> PageResult {
    let unit = admin.unit_named(&form.unit).await?;
    let preview = admin.store.check_preview(&unit).await?;
    let is_as_seen = |preview: &SettingsPreview| {
        form.asked_at == Some(preview.asked_at.as_microsecond())
            && matches!(preview.state, PreviewState::Done { .. })
    };
    match preview.filter(is_as_seen) {
        Some(preview) => keep(&app, &admin, &unit, &preview.settings).await,
        None => Err(PageError::Impossible(
            "Other settings were tried since you opened the page, so nothing was kept. Look at their effect \
             first."
                .to_owned(),
        )),
    }
}

fn sum_words(goes: u64, comes: u64, stays: u64) -> String {
    let stay = format::counted(stays, "finding stays", "findings stay");
    match (goes, comes) {
        (0, 0) => format!("Nothing would go and nothing would come: {stay}."),
        _ => format!(
            "{}, {}, and {stay}.",
            format::counted(goes, "finding would go", "findings would go"),
            format::counted(comes, "would come", "would come"),
        ),
    }
}

fn effect_card(admin: &Admin, unit: &UnitName, title: String, of: CheckEffect) -> EffectCard {
    let mut words = Vec::new();
    if of.goes > 0 {
        let decided = match of.goes_decided {
            0 => String::new(),
            decided => format!(" ({} decided, which keep their verdicts)", format::count(decided)),
        };
        words.push(format!("{} go{decided}", format::count(of.goes)));
    }
    if of.comes > 0 {
        words.push(format!("{} come", format::count(of.comes)));
    }
    let line = |finding: PreviewedFinding, is_there: bool| EffectLine {
        href: if is_there {
            format!("/at/{}/{unit}/findings/{}", admin.customer, finding.key)
        } else {
            String::new()
        },
        title: format::prose(&finding.title),
        at_risk: finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
    };
    EffectCard {
        title,
        words: words.join(", "),
        more_going: of.goes - of.going.len() as u64,
        more_coming: of.comes - of.coming.len() as u64,
        going: of.going.into_iter().map(|finding| line(finding, true)).collect(),
        coming: of.coming.into_iter().map(|finding| line(finding, false)).collect(),
    }
}
