//! The units of a customer: listed and added.
//!
//! Not for: what is in one.

use askama::Template;
use axum::extract::State;
use domain::UnitName;

use super::access::Admin;
use super::asked::Asked;
use super::error::sentence;
use super::form::Form;
use super::frame::{Frame, Section};
use super::site::SiteUrl;
use super::{PageError, PageResult, html, html_again, see_other};
use crate::App;

pub(crate) const PATH: &str = "/settings/{customer}/units";

#[derive(Template)]
#[template(path = "units.html")]
struct UnitsPage {
    page: Frame,
    here: String,
    customer: String,
    site: SiteUrl,
    units: Vec<UnitName>,
    name: String,
    wrong: Option<String>,
}

pub(crate) async fn list_units(
    State(app): State<App>,
    admin: Admin,
    site: SiteUrl,
    asked: Asked,
) -> PageResult {
    let page = page(&app, &admin, site).await?;
    html(&UnitsPage { page: page.page.saying(asked.said()), ..page })
}

pub(crate) async fn add_unit(
    State(app): State<App>,
    admin: Admin,
    site: SiteUrl,
    form: Form,
) -> PageResult {
    let wrong = match form.text("name").parse::<UnitName>() {
        Ok(name) => {
            let who = admin.signed_in.user.email.as_str();
            let system = app.store.system();
            match system.add_unit(&admin.customer, &name, who, app.clock.now()).await {
                Ok(()) => return see_other(&format!("{}?said=unit-added", admin.fill(PATH))),
                Err(store::Error::Conflict { .. }) => {
                    format!("There is a unit {name} already. Choose another name.")
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(why) => sentence(&why.to_string()),
    };
    let page = page(&app, &admin, site).await?;
    html_again(&UnitsPage { wrong: Some(wrong), name: form.text("name").to_owned(), ..page })
}

async fn page(app: &App, admin: &Admin, site: SiteUrl) -> Result<UnitsPage, PageError> {
    Ok(UnitsPage {
        page: Frame::of(app, admin, Section::Settings(PATH), "Units").await?,
        here: admin.fill(PATH),
        customer: admin.customer.to_string(),
        site,
        units: admin.store.units().await?,
        name: String::new(),
        wrong: None,
    })
}
