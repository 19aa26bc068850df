//! Retention: what is kept for how long.
//!
//! Invariant: it says what the server does, which is the same for everybody; there is nothing to set.

use askama::Template;
use axum::extract::State;

use super::access::Admin;
use super::frame::{Frame, Section};
use super::{PageResult, html, words};
use crate::App;
use crate::limits::{SESSION_AGE_MAX, SESSION_IDLE_MAX};

pub(crate) const PATH: &str = "/settings/{customer}/retention";

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionPage {
    page: Frame,
    session_idle_hours: i64,
    session_hours: i64,
    problems_max: String,
}

pub(crate) async fn get_retention(State(app): State<App>, admin: Admin) -> PageResult {
    html(&RetentionPage {
        page: Frame::of(&app, &admin, Section::Settings(PATH), "Retention").await?,
        session_idle_hours: SESSION_IDLE_MAX.as_hours(),
        session_hours: SESSION_AGE_MAX.as_hours(),
        problems_max: words::count(store::PROBLEMS_KEPT_MAX),
    })
}
