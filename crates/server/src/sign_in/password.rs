//! Signing in with an e-mail address, a password and, where it is turned on, a code.
//!
//! Not for: which passwords may be chosen (`domain::password`), or how they are kept (`password_hash`).
//!
//! Invariant: whatever was wrong with address, password and code, the answer is the same and takes as long,
//! so that nobody learns who has an account or that a password was guessed; how often somebody may be wrong
//! is counted before the password is looked at.

use domain::{AuditEntry, EmailAddress, NewPassword, Secret, SessionId, SignInSubject};
use jiff::Timestamp;
use store::{Person, SignInAttempt, User};

use super::recovery_codes::RecoveryCode;
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
    /// A code of an authenticator app or one that stands in for it; empty where none is asked for.
    pub(crate) code: &'t str,
}

/// Somebody who is signed in and says that they know their password.
#[derive(Debug)]
pub(crate) struct PasswordProof<'t> {
    pub(crate) user: &'t User,
    pub(crate) session: SessionId,
    pub(crate) browser: &'t Browser,
    pub(crate) password: Secret<String>,
}

/// Why somebody is not taken for who they say they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Address, password and, where one is asked for, code do not belong together.
    Wrong,
    /// There were too many wrong attempts; until then none counts.
    LockedUntil(Timestamp),
}

/// Finds out who somebody is, or why they are not taken for anybody.
pub(crate) async fn recognise(
    app: &App,
    credentials: Credentials<'_>,
    browser: &Browser,
) -> Result<Result<User, Refusal>, Error> {
    let Ok(email) = credentials.email.parse::<EmailAddress>() else {
        measures::sign_in_refused(SignInRefusal::UnknownAccount);
        return Ok(Err(Refusal::Wrong));
    };
    attempt(app, &email, (credentials.password, Some(credentials.code)), browser).await
}

/// Finds out whether somebody who is signed in knows their password: asked before they change how they sign
/// in. Counted and noted as signing in is, so that a session that was taken over is no place to guess.
pub(crate) async fn prove(
    app: &App,
    proof: PasswordProof<'_>,
) -> Result<Result<(), Refusal>, Error> {
    let proved = attempt(app, &proof.user.email, (proof.password, None), proof.browser).await?;
    Ok(proved.map(|_same_user| ()))
}

/// Compares a password, and a code where one is handed over.
async fn attempt(
    app: &App,
    email: &EmailAddress,
    (password, code): (Secret<String>, Option<&str>),
    browser: &Browser,
) -> Result<Result<User, Refusal>, Error> {
    let (system, now) = (app.store.system(), app.clock.now());
    let account = SignInSubject::account(email, sha256);
    let subjects = match known_browser(app, email, browser).await? {
        Some(known) => vec![known],
        None => vec![account.clone(), SignInSubject::address(&browser.address)],
    };
    if let SignInAttempt::LockedUntil(until) = system.begin_sign_in(&subjects, now).await? {
        measures::sign_in_refused(SignInRefusal::Locked);
        return Ok(Err(Refusal::LockedUntil(until)));
    }
    let known = system.person_by_email(email).await?;
    let hash = known.as_ref().and_then(|person| person.password_hash.clone());
    let is_right = password_hash::is_right(password, hash).await?;
    let refusal = match &known {
        None => Some(SignInRefusal::UnknownAccount),
        Some(_) if !is_right => Some(SignInRefusal::WrongPassword),
        Some(person) if !app.sign_in.passwords.sign_in(&person.user) => {
            Some(SignInRefusal::PasswordsOff)
        }
        Some(person) => refusal(app, person, code, now).await?,
    };
    if let Some(why) = refusal {
        measures::sign_in_refused(why);
        note_failure(app, known.as_ref(), &account, browser, now).await?;
        return Ok(Err(Refusal::Wrong));
    }
    system.note_sign_in(&subjects, now).await?;
    Ok(Ok(known.expect("who has no account is refused").user))
}

/// The browser as a subject of its own, where the account was signed in with it before.
async fn known_browser(
    app: &App,
    email: &EmailAddress,
    browser: &Browser,
) -> Result<Option<SignInSubject>, Error> {
    let Some(secret) = &browser.known_by else { return Ok(None) };
    let digest = secret.digest();
    let is_known = app.store.system().was_session_of(digest, email).await?;
    Ok(is_known.then_some(SignInSubject::KnownBrowser(digest)))
}

/// Why a person is not let in although they know the password; none when they are.
async fn refusal(
    app: &App,
    person: &Person,
    code: Option<&str>,
    now: Timestamp,
) -> Result<Option<SignInRefusal>, Error> {
    if person.user.disabled_at.is_some() {
        return Ok(Some(SignInRefusal::Disabled));
    }
    let is_code_right = match code {
        Some(code) => is_second_factor_right(app, person, code, now).await?,
        None => true,
    };
    Ok((!is_code_right).then_some(SignInRefusal::WrongCode))
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
    let system = app.store.system();
    let Some(secret) = &person.totp_secret else { return Ok(true) };
    if let Some(code) = RecoveryCode::parse(code) {
        return Ok(system.use_recovery_code(&person.user, code.digest(), now).await?);
    }
    let Some(step) = totp::step_of(code, secret, now) else { return Ok(false) };
    Ok(system.use_totp_step(person.user.id, step).await?)
}

/// Notes that somebody was refused, for an address without an account as well: otherwise those that have one
/// would be known by the time it takes.
async fn note_failure(
    app: &App,
    known: Option<&Person>,
    account: &SignInSubject,
    browser: &Browser,
    now: Timestamp,
) -> Result<(), Error> {
    let (who, about) = match known {
        Some(person) => (person.user.email.to_string(), person.user.id.to_string()),
        // People type passwords into the field of the address, so its digest is all that is kept.
        None => ("unknown".to_owned(), account.to_string()),
    };
    let entry = AuditEntry {
        at: now,
        who,
        what: "user.sign_in_refused".to_owned(),
        about,
        customer: None,
        details: serde_json::json!({ "address": browser.address }),
    };
    Ok(app.store.system().audit(&entry).await?)
}
