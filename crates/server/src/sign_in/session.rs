//! Sessions: the secret a browser holds, how one begins, whose it is.
//!
//! Not for: the cookie it travels in (`http::pages::cookie`).
//!
//! Invariant: the secret is in the browser and nowhere else; the store has its digest, a form has a value
//! made from it that leads back to neither.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::{SessionId, Sha256Digest};
use store::{NewSession, ProviderSession, Session, User};

use super::Error;
use super::links::SECRET_BYTES;
use crate::limits::{SESSION_LIMITS, SESSION_SEEN_EVERY};
use crate::sha256::sha256;
use crate::{App, Randomness};

const CSRF_PURPOSE: &[u8] = b"bursar csrf";

/// The secret by which a browser shows whose session it is in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionSecret([u8; SECRET_BYTES]);

/// The browser somebody signs in with, as the list of sessions names it.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) address: String,
    pub(crate) agent: String,
    /// The secret of an earlier session in it.
    pub(crate) known_by: Option<SessionSecret>,
}

impl SessionSecret {
    pub(crate) fn new(randomness: &Randomness) -> Self {
        Self(randomness.bytes())
    }

    /// Reads what a browser presents; text that cannot be one of ours is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        BASE64.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The text that a browser keeps.
    pub(crate) fn text(&self) -> String {
        BASE64.encode(self.0)
    }

    pub(crate) fn digest(&self) -> Sha256Digest {
        sha256(&self.0)
    }

    /// The token in every form of the session: who does not know the secret cannot make it.
    pub(crate) fn csrf(&self) -> String {
        BASE64.encode(hmac::sign(&self.key(), CSRF_PURPOSE).as_ref())
    }

    pub(crate) fn is_csrf(&self, presented: &str) -> bool {
        let tag = BASE64.decode(presented).unwrap_or_else(|_no_token_of_ours| Vec::new());
        hmac::verify(&self.key(), CSRF_PURPOSE, &tag).is_ok()
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

/// Begins a session of somebody who has shown who they are; the secret is for their browser.
pub(crate) async fn begin(
    app: &App,
    user: &User,
    browser: Browser,
) -> Result<SessionSecret, Error> {
    begin_after(app, user, browser, None).await
}

/// Begins a session that follows from one at an identity provider, where it does.
pub(crate) async fn begin_after(
    app: &App,
    user: &User,
    browser: Browser,
    follows: Option<&ProviderSession>,
) -> Result<SessionSecret, Error> {
    let (secret, now) = (SessionSecret::new(&app.randomness), app.clock.now());
    let new = NewSession {
        id: SessionId::new(now, app.randomness.bytes()),
        secret_hash: secret.digest(),
        address: browser.address,
        agent: browser.agent,
    };
    let (id, system) = (new.id, app.store.system());
    system.begin_session(user, new, now).await?;
    if let Some(follows) = follows {
        system.note_provider_session(id, follows, SESSION_LIMITS, now).await?;
    }
    Ok(secret)
}

/// The session of a secret and whose it is; none when it is over. That it was used is noted.
pub(crate) async fn current(
    app: &App,
    secret: &SessionSecret,
) -> Result<Option<(Session, User)>, Error> {
    let (system, now) = (app.store.system(), app.clock.now());
    let found = system.session(secret.digest(), SESSION_LIMITS, now).await?;
    let Some((session, user)) = found else { return Ok(None) };
    if session.seen_at + SESSION_SEEN_EVERY < now {
        system.note_session_seen(session.id, now).await?;
    }
    Ok(Some((session, user)))
}

/// Ends one session of a user.
pub(crate) async fn end(app: &App, user: &User, session: SessionId) -> Result<(), Error> {
    Ok(app.store.system().end_session(user, session, app.clock.now()).await?)
}
