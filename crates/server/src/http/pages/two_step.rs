//! Two-step sign-in of one's own account: the square to scan, the codes that stand in for the app, on and
//! off.
//!
//! Not for: what a code is (`sign_in::totp`, `sign_in::recovery_codes`).
//!
//! Invariant: recovery codes are in one answer only, and never behind an address.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use domain::Secret;
use jiff::Timestamp;
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;

use super::access::CurrentUser;
use super::error::PageError;
use super::field::{SecretText, Text};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::layout::Layout;
use super::me::{PasswordForm, me, proof, refusal_text};
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::sign_in::password;
use crate::sign_in::recovery_codes::RecoveryCode;
use crate::sign_in::session::Browser;
use crate::sign_in::totp;
use crate::sign_in::two_step::{self, Refusal};

const TURNED_ON: &str = "Two-step sign-in is on, and all other sessions are ended.";
const RENEWED: &str = "The codes you had before work no more.";

#[derive(Template)]
#[template(path = "totp.html")]
struct TotpPage {
    page: Layout,
    /// The secret in groups of four, to be typed.
    secret: String,
    raw_secret: String,
    /// The square, as a path of unit squares.
    square: String,
    size: usize,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct RecoveryCodesPage {
    page: Layout,
    codes: Vec<String>,
    /// Why they are shown, and what became of others.
    notice: &'static str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TotpForm {
    password: SecretText,
    /// The secret that the page before offered, to be kept once a code of it comes back.
    secret: SecretText,
    code: Text,
}

/// A square to photograph; nothing is kept before a code of it comes back.
pub(crate) async fn get_totp(State(app): State<App>, current_user: Arc<CurrentUser>) -> PageResult {
    let secret = totp::new_secret(&app.randomness);
    html(&totp_page(&app, &current_user, &secret, None).await?)
}

pub(crate) async fn set_totp(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    browser: Browser,
    Form(form): Form<TotpForm>,
) -> PageResult {
    let SecretText(secret) = form.secret;
    let proof = proof(&current_user, &browser, form.password);
    match two_step::turn_on(&app, proof, &secret, &form.code).await? {
        Ok(codes) => html(&codes_page(&app, &current_user, &codes, TURNED_ON).await?),
        Err(refusal) => {
            let wrong = Some(wrong_text(refusal, app.clock.now()));
            html_again(&totp_page(&app, &current_user, &secret, wrong).await?)
        }
    }
}

pub(crate) async fn clear_totp(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    browser: Browser,
    Form(form): Form<PasswordForm>,
) -> PageResult {
    let proof = proof(&current_user, &browser, form.password);
    match two_step::turn_off(&app, proof).await? {
        Ok(()) => see_other(&Flash::TotpOff.on("/me")),
        Err(refusal) => refused(&app, &current_user, refusal).await,
    }
}

/// Other recovery codes, which are in this answer only.
pub(crate) async fn renew_recovery_codes(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    browser: Browser,
    Form(form): Form<PasswordForm>,
) -> PageResult {
    let proof = proof(&current_user, &browser, form.password);
    match two_step::renew_codes(&app, proof).await? {
        Ok(codes) => html(&codes_page(&app, &current_user, &codes, RENEWED).await?),
        Err(refusal) => refused(&app, &current_user, refusal).await,
    }
}

/// The person's own page again, with the reason.
async fn refused(app: &App, current_user: &CurrentUser, refusal: Refusal) -> PageResult {
    let wrong = Some(wrong_text(refusal, app.clock.now()));
    html_again(&me(app, current_user, None, wrong).await?)
}

fn wrong_text(refusal: Refusal, now: Timestamp) -> String {
    match refusal {
        Refusal::WrongPassword => refusal_text(password::Refusal::Wrong, now),
        Refusal::LockedUntil(until) => refusal_text(password::Refusal::LockedUntil(until), now),
        Refusal::WrongCode => {
            "That is not the code the app shows now. Wait for the next one, look at the \
            clock of the telephone, and try again."
                .to_owned()
        }
    }
}

async fn codes_page(
    app: &App,
    current_user: &CurrentUser,
    codes: &[RecoveryCode],
    notice: &'static str,
) -> Result<RecoveryCodesPage, PageError> {
    let page = Layout::for_user(app, current_user, "Recovery codes").await?;
    Ok(RecoveryCodesPage { page, codes: codes.iter().map(RecoveryCode::text).collect(), notice })
}

async fn totp_page(
    app: &App,
    current_user: &CurrentUser,
    secret: &Secret<String>,
    wrong: Option<String>,
) -> Result<TotpPage, PageError> {
    let uri = totp::uri(secret, &current_user.user.email);
    let code = QrCode::with_error_correction_level(uri.expose().as_bytes(), EcLevel::M)
        .map_err(PageError::internal)?;
    let size = code.width();
    let dark =
        (0..size * size).filter(|place| code[(place % size, place / size)] == qrcode::Color::Dark);
    let square: Vec<String> =
        dark.map(|place| format!("M{} {}h1v1h-1z", place % size, place / size)).collect();
    let raw_secret = secret.expose().clone();
    let groups: Vec<&str> = raw_secret
        .as_bytes()
        .chunks(4)
        .map(|group| std::str::from_utf8(group).expect("it is ASCII"))
        .collect();
    Ok(TotpPage {
        page: Layout::for_user(app, current_user, "Two-step sign-in").await?,
        secret: groups.join(" "),
        raw_secret,
        square: square.concat(),
        size,
        wrong,
    })
}
