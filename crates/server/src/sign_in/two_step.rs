//! Two-step sign-in: turned on by a code of the app that shall show them, and off.
//!
//! Not for: what a code is (`totp`).
//!
//! Invariant: a secret is kept only once a code of it has come back, and the password is known.

use domain::Secret;
use store::User;

use super::{Error, password, totp};
use crate::App;

/// Why two-step sign-in stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    WrongPassword,
    WrongCode,
}

/// Turns it on with the secret that a page has offered.
pub(crate) async fn turn_on(
    app: &App,
    user: &User,
    password: Secret<String>,
    secret: &Secret<String>,
    code: &str,
) -> Result<Result<(), Refusal>, Error> {
    if !password::is_own(app, user, password).await? {
        return Ok(Err(Refusal::WrongPassword));
    }
    let now = app.clock.now();
    if totp::step_of(code, secret, now).is_none() {
        return Ok(Err(Refusal::WrongCode));
    }
    app.store.system().set_totp(user, Some(secret), now).await?;
    Ok(Ok(()))
}

/// Turns it off for whoever knows the password.
pub(crate) async fn turn_off(
    app: &App,
    user: &User,
    password: Secret<String>,
) -> Result<Result<(), Refusal>, Error> {
    if !password::is_own(app, user, password).await? {
        return Ok(Err(Refusal::WrongPassword));
    }
    app.store.system().set_totp(user, None, app.clock.now()).await?;
    Ok(Ok(()))
}
