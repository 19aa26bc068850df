//! Calendar and limits: the amounts that checks go by, the days offices are shut, what is taken at the door.
//!
//! Not for: setting them; amounts are numbers of checks, the door's are the operator's.

use askama::Template;
use axum::extract::State;
use domain::check::ParameterKind;
use domain::{CheckNumber, TitledUnit};

use super::access::Admin;
use super::filters;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html};
use super::{check_settings, format};
use crate::App;

pub(crate) const PATH: &str = "/settings/{customer}/limits";

#[derive(Template)]
#[template(path = "limits.html")]
struct LimitsPage {
    page: Layout,
    checks: String,
    amounts: Vec<Line>,
    has_units: bool,
    file_bytes_max: String,
    uploads_max: usize,
}

struct Line {
    unit: TitledUnit,
    check: String,
    title: String,
    about: String,
    value: CheckNumber,
    is_changed: bool,
}

pub(crate) async fn get_limits(State(app): State<App>, admin: Admin) -> PageResult {
    let (units, checks) = (admin.store.titled_units().await?, &app.checks);
    let mut amounts = Vec::new();
    for unit in &units {
        let settings = admin.store.check_settings(&unit.name).await?;
        for check in checks {
            let is_amount = |kind| matches!(kind, ParameterKind::Amount);
            let of = check.parameters.iter().filter(|parameter| is_amount(parameter.kind));
            amounts.extend(of.map(|parameter| {
                let value = settings.value(check, parameter);
                Line {
                    unit: unit.clone(),
                    check: check.name.clone(),
                    title: check.title.clone(),
                    about: parameter.about.clone(),
                    is_changed: value != parameter.default,
                    value,
                }
            }));
        }
    }
    html(&LimitsPage {
        page: Layout::for_member(&app, &admin, Section::Settings(PATH), "Calendar and limits")
            .await?,
        checks: admin.fill(check_settings::PATH),
        amounts,
        has_units: units.len() > 1,
        file_bytes_max: format::bytes(app.limits.body_bytes_max),
        uploads_max: app.limits.uploads_per_customer_max,
    })
}
