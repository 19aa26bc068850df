//! Signing in with an e-mail address, a password and, where it is turned on, a code.
//!
//! Not for: which passwords may be chosen (`domain::password`), or how they are kept (`password_hash`).
//!
//! Invariant: whatever was wrong with address and password, the answer is the same and takes as long, so that
//! nobody learns who has an account; how often somebody may be wrong is counted before the password is looked
//! at.

use domain::{AuditEntry, EmailAddress, NewPassword, Secret, SessionId, SignInSubject};
use jiff::Timestamp;
use store::{Person, SignInAttempt, User};

use super::session::Browser;
use super::{Error, password_hash, totp};
use crate::App;
use crate::measures::{self, SignInRefusal};
use crate::sha256::sha256;

/// The credentials somebody presents, as typed.
#[derive(Debug)]
pub(crate) struct Credentials<'t> {
    pub(crate) email: &'t str,
    pub(crate) password: Secret<String>,
    /// A code of an authenticator app; empty where none is asked for.
    pub(crate) code: &'t str,
}

/// Why somebody is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Address and password do not belong together.
    Wrong,
    /// They do, and a code of the authenticator app is missing or wrong.
    CodeNeeded,
    /// There were too many wrong attempts; until then none counts.
    LockedUntil(Timestamp),
}

/// Finds out who somebody is, or why they are not taken for anybody.
pub(crate) async fn recognise(
    app: &App,
    credentials: Credentials<'_>,
    browser: &Browser,
) -> Result<Result<User, Refusal>, Error> {
    let (system, now) = (app.store.system(), app.clock.now());
    let Ok(email) = credentials.email.parse::<EmailAddress>() else {
        measures::sign_in_refused(SignInRefusal::UnknownAccount);
        return Ok(Err(Refusal::Wrong));
    };
    let subjects =
        [SignInSubject::account(&email, sha256), SignInSubject::Address(browser.address.clone())];
    if let SignInAttempt::LockedUntil(until) = system.begin_sign_in(&subjects, now).await? {
        measures::sign_in_refused(SignInRefusal::Locked);
        return Ok(Err(Refusal::LockedUntil(until)));
    }
    let person = system.person_by_email(&email).await?;
    let hash = person.as_ref().map(|person| person.password_hash.clone());
    let is_right = password_hash::is_right(credentials.password, hash).await?;
    let Some(person) = person else {
        measures::sign_in_refused(SignInRefusal::UnknownAccount);
        return Ok(Err(Refusal::Wrong));
    };
    if !is_right {
        measures::sign_in_refused(SignInRefusal::WrongPassword);
        note_failure(app, &person, browser, now).await?;
        return Ok(Err(Refusal::Wrong));
    }
    if !is_second_factor_right(app, &person, credentials.code, now).await? {
        measures::sign_in_refused(SignInRefusal::WrongCode);
        note_failure(app, &person, browser, now).await?;
        return Ok(Err(Refusal::CodeNeeded));
    }
    system.note_sign_in(&subjects, now).await?;
    Ok(Ok(person.user))
}

/// Tells whether somebody who is signed in knows their password: asked before they change how they sign in.
pub(crate) async fn is_own(
    app: &App,
    user: &User,
    password: Secret<String>,
) -> Result<bool, Error> {
    let person = app.store.system().person(user.id).await?;
    let hash = person.map(|person| person.password_hash);
    Ok(password_hash::is_right(password, hash).await?)
}

/// Changes a password and ends all sessions but the one it is changed in.
pub(crate) async fn change(
    app: &App,
    user: &User,
    session: SessionId,
    new: NewPassword,
) -> Result<(), Error> {
    let (system, now) = (app.store.system(), app.clock.now());
    let hash = password_hash::hash(new, &app.randomness).await?;
    system.set_password(user, &hash, now).await?;
    system.end_other_sessions(user, session, now).await?;
    Ok(())
}

async fn is_second_factor_right(
    app: &App,
    person: &Person,
    code: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let Some(secret) = &person.totp_secret else { return Ok(true) };
    let Some(step) = totp::step_of(code, secret, now) else { return Ok(false) };
    Ok(app.store.system().use_totp_step(person.user.id, step).await?)
}

async fn note_failure(
    app: &App,
    person: &Person,
    browser: &Browser,
    now: Timestamp,
) -> Result<(), Error> {
    let entry = AuditEntry {
        at: now,
        who: person.user.email.to_string(),
        what: "user.sign_in_refused".to_owned(),
        about: person.user.id.to_string(),
        customer: None,
        details: serde_json::json!({ "address": browser.address }),
    };
    Ok(app.store.system().audit(&entry).await?)
}
