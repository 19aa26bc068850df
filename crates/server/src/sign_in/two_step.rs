//! Two-step sign-in: turned on by a code of the app that shall show them, and off; and the codes that stand
//! in for the app.
//!
//! Not for: what a code is (`totp`, `recovery_codes`).
//!
//! Invariant: a secret is kept only once a code of it has come back, and the password is known.

use domain::Secret;
use jiff::Timestamp;
use store::NewTotp;

use super::password::{self, PasswordProof};
use super::recovery_codes::{RecoveryCode, new_codes};
use super::{Error, totp};
use crate::App;

/// Why two-step sign-in stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    WrongPassword,
    WrongCode,
    LockedUntil(Timestamp),
}

/// Turns it on with the secret that a page has offered: the codes that stand in for the app.
pub(crate) async fn turn_on(
    app: &App,
    proof: PasswordProof<'_>,
    secret: &Secret<String>,
    code: &str,
) -> Result<Result<Vec<RecoveryCode>, Refusal>, Error> {
    let (user, session) = (proof.user, proof.session);
    if let Err(refusal) = password::prove(app, proof).await? {
        return Ok(Err(refusal.into()));
    }
    let now = app.clock.now();
    let Some(step) = totp::step_of(code, secret, now) else {
        return Ok(Err(Refusal::WrongCode));
    };
    let codes = new_codes(&app.randomness);
    let recovery_codes = codes.iter().map(RecoveryCode::digest).collect();
    let new = NewTotp { secret: secret.clone(), step, recovery_codes };
    app.store.system().set_totp(user, &new, session, now).await?;
    Ok(Ok(codes))
}

/// Turns it off for whoever knows the password.
pub(crate) async fn turn_off(
    app: &App,
    proof: PasswordProof<'_>,
) -> Result<Result<(), Refusal>, Error> {
    let user = proof.user;
    if let Err(refusal) = password::prove(app, proof).await? {
        return Ok(Err(refusal.into()));
    }
    app.store.system().clear_totp(user, app.clock.now()).await?;
    Ok(Ok(()))
}

/// Other codes that stand in for the app; those of before work no more.
pub(crate) async fn renew_codes(
    app: &App,
    proof: PasswordProof<'_>,
) -> Result<Result<Vec<RecoveryCode>, Refusal>, Error> {
    let user = proof.user;
    if let Err(refusal) = password::prove(app, proof).await? {
        return Ok(Err(refusal.into()));
    }
    let codes = new_codes(&app.randomness);
    let digests: Vec<_> = codes.iter().map(RecoveryCode::digest).collect();
    app.store.system().set_recovery_codes(user, &digests, app.clock.now()).await?;
    Ok(Ok(codes))
}

impl From<password::Refusal> for Refusal {
    fn from(refusal: password::Refusal) -> Self {
        match refusal {
            password::Refusal::Wrong => Self::WrongPassword,
            password::Refusal::LockedUntil(until) => Self::LockedUntil(until),
        }
    }
}
