//! The units of a customer: listed, added, called otherwise.
//!
//! Not for: what is in one.

use askama::Template;
use axum::extract::State;
use domain::{TitledUnit, UnitName, UnitTitle};
use serde::Deserialize;

use super::access::Admin;
use super::error::PageError;
use super::error::sentence;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use super::site::SiteUrl;
use crate::App;

pub(crate) const PATH: &str = "/settings/{customer}/units";

#[derive(Template)]
#[template(path = "units.html")]
struct UnitsPage {
    page: Layout,
    here: String,
    customer: String,
    site: SiteUrl,
    units: Vec<TitledUnit>,
    name: String,
    wrong: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AddForm {
    name: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RenameForm {
    #[serde(deserialize_with = "valid")]
    unit: Option<UnitName>,
    title: Text,
}

pub(crate) async fn list_units(
    State(app): State<App>,
    admin: Admin,
    site: SiteUrl,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &admin, site).await?;
    html(&UnitsPage { page: page.page.with_flash(flash), ..page })
}

pub(crate) async fn add_unit(
    State(app): State<App>,
    admin: Admin,
    site: SiteUrl,
    Form(form): Form<AddForm>,
) -> PageResult {
    let wrong = match form.name.parse::<UnitName>() {
        Ok(name) => {
            let who = admin.current_user.user.email.as_str();
            let system = app.store.system();
            match system.add_unit(&admin.customer, &name, who, app.clock.now()).await {
                Ok(()) => return see_other(&Flash::UnitAdded.on(&admin.fill(PATH))),
                Err(store::Error::Conflict { .. }) => {
                    format!("There is a unit {name} already. Choose another name.")
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(why) => sentence(&why.to_string()),
    };
    let page = page(&app, &admin, site).await?;
    html_again(&UnitsPage { wrong: Some(wrong), name: form.name.into(), ..page })
}

/// Renames a unit; nothing written gives it its short name back.
pub(crate) async fn rename_unit(
    State(app): State<App>,
    admin: Admin,
    site: SiteUrl,
    Form(form): Form<RenameForm>,
) -> PageResult {
    let unit: UnitName = form.unit.ok_or(PageError::NotFound)?;
    let text = &*form.title;
    // Written out, the short name is no title: it would stay behind if it ever meant something else.
    let is_title = !text.is_empty() && text != unit.as_str();
    let title = is_title.then(|| text.parse::<UnitTitle>()).transpose();
    let wrong = match title {
        Ok(title) => {
            let who = admin.current_user.user.email.as_str();
            let now = app.clock.now();
            match admin.store.set_unit_title(&unit, title.as_ref(), who, now).await {
                Ok(true) => return see_other(&Flash::UnitRenamed.on(&admin.fill(PATH))),
                Ok(false) => {
                    return see_other(&Flash::NothingChanged.on(&admin.fill(PATH)));
                }
                Err(store::Error::Conflict { .. }) => {
                    format!("Another unit is called {text} already. Choose another name.")
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(why) => sentence(&why.to_string()),
    };
    let page = page(&app, &admin, site).await?;
    html_again(&UnitsPage { wrong: Some(wrong), ..page })
}

async fn page(app: &App, admin: &Admin, site: SiteUrl) -> Result<UnitsPage, PageError> {
    Ok(UnitsPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Units").await?,
        here: admin.fill(PATH),
        customer: admin.customer.to_string(),
        site,
        units: admin.store.titled_units().await?,
        name: String::new(),
        wrong: None,
    })
}
