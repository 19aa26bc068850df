//! The links by which people choose a new password when they have forgotten theirs.
//!
//! Not for: links by which somebody becomes a user (`links`).
//!
//! Invariant: a link is shown once, to whoever asks for it; only its digest is kept. It signs nobody in: who
//! has it still needs the code of their app.

use domain::{NewPassword, Secret, Sha256Digest};
use jiff::Timestamp;
use store::{NewPasswordLink, PasswordLink, ResetScope};

use super::links::{digest_of_link, new_secret};
use super::{Error, password_hash};
use crate::limits::PASSWORD_LINK_LASTS;
use crate::{App, Randomness};

/// A link that works.
#[derive(Debug)]
pub(crate) struct OpenPasswordLink {
    digest: Sha256Digest,
    pub(crate) link: PasswordLink,
}

/// A link to be kept with the store, and its path.
pub fn new_link(
    randomness: &Randomness,
    now: Timestamp,
    scope: ResetScope,
) -> (Secret<String>, NewPasswordLink) {
    let (secret, secret_hash) = new_secret(randomness);
    let expires_at = now + PASSWORD_LINK_LASTS;
    let path = Secret::new(format!("/password/{}", secret.expose()));
    (path, NewPasswordLink { secret_hash, scope, expires_at })
}

/// The link behind what an address ends with; none when it was used, has expired or never was.
pub(crate) async fn open(app: &App, secret: &str) -> Result<Option<OpenPasswordLink>, Error> {
    let Some(digest) = digest_of_link(secret) else { return Ok(None) };
    let link = app.store.system().password_link(digest, app.clock.now()).await?;
    Ok(link.map(|link| OpenPasswordLink { digest, link }))
}

/// Sets the password of whose link it is.
pub(crate) async fn choose(
    app: &App,
    open: &OpenPasswordLink,
    new: NewPassword,
) -> Result<(), Error> {
    let hash = password_hash::hash(new, &app.randomness).await?;
    Ok(app.store.system().use_password_link(open.digest, &hash, app.clock.now()).await?)
}
