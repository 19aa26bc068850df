//! How each unit's extracts are read: what was mapped, and what is as usual; taking back what was set.
//!
//! Not for: setting it; that is done before the eyes of a file, from an upload.

use askama::Template;
use axum::extract::State;
use domain::{FileType, ReadingRules, TitledUnit, UnitName};
use serde::Deserialize;

use super::access::Admin;
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::layout::{Layout, Section};
use super::reading_setting::{SetSetting, set_settings, taken_back};
use super::respond::{PageResult, html, see_other};
use crate::App;

pub(crate) const PATH: &str = "/settings/{customer}/mappings";

#[derive(Template)]
#[template(path = "mappings.html")]
struct MappingsPage {
    page: Layout,
    customer: String,
    rows: Vec<Line>,
}

struct Line {
    unit: TitledUnit,
    file_type: FileType,
    is_usual: bool,
    /// Header and field, of a field that is built its headers; the field is empty where it is kept as text.
    columns: Vec<(String, String)>,
    /// The other settings.
    settings: Vec<SetSetting>,
}

pub(crate) async fn list_mappings(
    State(app): State<App>,
    admin: Admin,
    flash: Option<Flash>,
) -> PageResult {
    let mut rows = Vec::new();
    for unit in admin.store.titled_units().await? {
        for file_type in FileType::ALL {
            let rules = admin.store.reading_rules(&unit.name, file_type).await?;
            rows.push(line(unit.clone(), file_type, rules));
        }
    }
    let page = Layout::for_member(&app, &admin, Section::Settings(PATH), "Mappings").await?;
    html(&MappingsPage { page: page.with_flash(flash), customer: admin.customer.to_string(), rows })
}

/// A setting of a unit and type that is to be as usual again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TakeBackForm {
    #[serde(deserialize_with = "valid")]
    unit: Option<UnitName>,
    #[serde(rename = "type", deserialize_with = "valid")]
    file_type: Option<FileType>,
    setting: Text,
}

pub(crate) async fn take_back(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<TakeBackForm>,
) -> PageResult {
    let (Some(unit), Some(file_type)) = (form.unit, form.file_type) else {
        return Err(PageError::NotFound);
    };
    if !admin.store.units().await?.contains(&unit) {
        return Err(PageError::NotFound);
    }
    let before = admin.store.reading_rules(&unit, file_type).await?;
    let rules = taken_back(before.clone(), &form.setting).ok_or(PageError::NotFound)?;
    let list = admin.fill(PATH);
    if rules == before {
        return see_other(&Flash::NothingChanged.on(&list));
    }
    admin.store.decide_reading_rules(&unit, file_type, &rules, &admin.decider(&app)).await?;
    see_other(&Flash::SettingTakenBack.on(&list))
}

fn line(unit: TitledUnit, file_type: FileType, rules: ReadingRules) -> Line {
    Line {
        unit,
        file_type,
        is_usual: rules == ReadingRules::default(),
        settings: set_settings(&rules),
        columns: rules
            .mapping
            .map(|mapping| {
                let built = mapping.fields.into_iter();
                let built = built.map(|(name, source)| (source.to_string(), name));
                built.chain(mapping.columns).collect()
            })
            .unwrap_or_default(),
    }
}
