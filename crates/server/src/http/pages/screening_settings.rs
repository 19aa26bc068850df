//! From which probability on, and at which oddities, the screenings of a unit say look or stop.
//!
//! Not for: screening (`api::screenings`). Invariant: a form with one wrong number changes nothing.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use domain::screening::OddityKind;
use domain::{CheckNumber, ScreeningSettings, ScreeningWord, TitledUnit, UnitName};
use serde::Deserialize;

use super::access::Admin;
use super::error::{PageError, sentence};
use super::field::Text;
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;

pub(crate) const PATH: &str = "/settings/{customer}/screening";

#[derive(Template)]
#[template(path = "screening_settings.html")]
struct ScreeningSettingsPage {
    page: Layout,
    here: String,
    unit: UnitName,
    /// Units to choose from; empty with one.
    units: Vec<TitledUnit>,
    look_from: String,
    stop_from: String,
    recent_days: String,
    oddities: Vec<OddityField>,
    wrong: Option<String>,
    tokens: String,
    /// The address that is asked.
    path: String,
}

struct OddityField {
    name: &'static str,
    words: &'static str,
    /// The words to choose from, and whether each is set.
    choices: [(ScreeningWord, bool); ScreeningWord::ALL.len()],
}

/// The unit whose settings are looked at; without one, the first.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ScreeningQuery {
    unit: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ScreeningForm {
    unit: Text,
    look_from: Text,
    stop_from: Text,
    recent_days: Text,
    /// A word by the name of each oddity.
    #[serde(flatten)]
    oddities: BTreeMap<String, Text>,
}

pub(crate) async fn get_screening_settings(
    State(app): State<App>,
    admin: Admin,
    Query(query): Query<ScreeningQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let unit = admin.unit_named(&query.unit).await?;
    let settings = admin.store.screening_settings(&unit).await?;
    let page = page(&app, &admin, unit, &settings).await?;
    html(&ScreeningSettingsPage { page: page.page.with_flash(flash), ..page })
}

pub(crate) async fn set_screening_settings(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<ScreeningForm>,
) -> PageResult {
    let unit = admin.unit_named(&form.unit).await?;
    let before = admin.store.screening_settings(&unit).await?;
    let settings = match parse_form(&form) {
        Ok(settings) => settings,
        Err(why) => {
            let page = page(&app, &admin, unit, &before).await?;
            return html_again(&ScreeningSettingsPage {
                look_from: form.look_from.into(),
                stop_from: form.stop_from.into(),
                recent_days: form.recent_days.into(),
                wrong: Some(why),
                ..page
            });
        }
    };
    let back = format!("{}?unit={unit}", admin.fill(PATH));
    if settings == before {
        return see_other(&Flash::NothingChanged.on(&back));
    }
    let (by, now) = (admin.address(), app.clock.now());
    admin.store.set_screening_settings(&unit, &settings, by, now).await?;
    see_other(&Flash::ScreeningSet.on(&back))
}

fn parse_form(form: &ScreeningForm) -> Result<ScreeningSettings, String> {
    let share = |text: &str| -> Result<CheckNumber, String> {
        let no_share = "Write probabilities from 0 to 1, such as 0.25.";
        text.parse().map_err(|_no_number| no_share.to_owned())
    };
    let usual = ScreeningSettings::default();
    let mut settings = ScreeningSettings {
        look_from: share(&form.look_from)?,
        stop_from: share(&form.stop_from)?,
        // What is no number is out of every bound.
        recent_days: form.recent_days.parse().unwrap_or_else(|_no_number| 0),
        ..usual.clone()
    };
    for kind in OddityKind::ALL {
        let Some(text) = form.oddities.get(kind.as_str()) else { continue };
        let word: ScreeningWord = text.parse().map_err(|_none| "Choose a word for each.")?;
        // What is as usual follows a better default.
        if word != usual.of_oddity(kind) {
            settings.oddities.insert(kind, word);
        }
    }
    settings.checked().map_err(|why| sentence(&why.to_string()))
}

async fn page(
    app: &App,
    admin: &Admin,
    unit: UnitName,
    settings: &ScreeningSettings,
) -> Result<ScreeningSettingsPage, PageError> {
    let units = admin.store.titled_units().await?;
    let field = |kind: OddityKind| OddityField {
        name: kind.as_str(),
        words: kind.words(),
        choices: ScreeningWord::ALL.map(|word| (word, word == settings.of_oddity(kind))),
    };
    Ok(ScreeningSettingsPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Screening").await?,
        here: admin.fill(PATH),
        path: format!("/customers/{}/units/{unit}/screenings", admin.customer),
        tokens: admin.fill(super::tokens::PATH),
        unit,
        units: if units.len() > 1 { units } else { Vec::new() },
        look_from: settings.look_from.to_string(),
        stop_from: settings.stop_from.to_string(),
        recent_days: settings.recent_days.to_string(),
        oddities: OddityKind::ALL.map(field).into(),
        wrong: None,
    })
}
