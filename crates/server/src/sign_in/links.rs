//! The links by which people become users, the first administrator's among them.
//!
//! Not for: the page behind a link (`http::pages::invitations`).
//!
//! Invariant: a link is shown once, to whoever asks for it; only its digest is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::{
    CustomerName, EmailAddress, InvitationId, NewPassword, Secret, Sha256Digest, UserId, UserName,
};
use jiff::{SignedDuration, Timestamp};
use store::{Invitation, NewInvitation, NewUser, Store, User};

use super::{Error, password_hash};
use crate::limits::WELCOME_LASTS;
use crate::sha256::sha256;
use crate::{App, Randomness};

/// The length of a secret behind a link or in a cookie: 256 bits, so that nobody guesses one.
pub(crate) const SECRET_BYTES: usize = 32;

/// A link that works.
#[derive(Debug)]
pub(crate) struct OpenInvitation {
    secret: Secret<String>,
    digest: Sha256Digest,
    pub(crate) invitation: Invitation,
}

impl OpenInvitation {
    /// The path of its page.
    pub(crate) fn path(&self) -> String {
        path(&self.secret)
    }
}

/// Somebody who becomes a user by a link.
#[derive(Debug)]
pub(crate) struct NewMember {
    pub(crate) email: EmailAddress,
    pub(crate) name: UserName,
    pub(crate) password: NewPassword,
}

/// The path of a new link for the first administrator of a customer; none once there is a user. A link
/// made before works no more.
pub async fn make_link(
    store: &Store,
    customer: &CustomerName,
    randomness: &Randomness,
    now: Timestamp,
) -> Result<Option<Secret<String>>, store::Error> {
    let (secret, new) = new_link(randomness, now, now + WELCOME_LASTS);
    let is_made = store.system().make_welcome(customer, new, now).await?;
    Ok(is_made.then(|| Secret::new(format!("/welcome/{}", secret.expose()))))
}

/// A link for a member or a first admin, to be kept with [`store::CustomerStore::invite`], and its path.
pub fn new_invitation(
    randomness: &Randomness,
    now: Timestamp,
    lasts: SignedDuration,
) -> (Secret<String>, NewInvitation) {
    let (secret, new) = new_link(randomness, now, now + lasts);
    (Secret::new(path(&secret)), new)
}

fn path(secret: &Secret<String>) -> String {
    format!("/invitation/{}", secret.expose())
}

/// The invitation behind what a link ends with; none when it was used, has expired or never was.
pub(crate) async fn open(app: &App, secret: &str) -> Result<Option<OpenInvitation>, Error> {
    let Some(digest) = digest_of_link(secret) else { return Ok(None) };
    let invitation = app.store.system().invitation(digest, app.clock.now()).await?;
    let secret = Secret::new(secret.to_owned());
    Ok(invitation.map(|invitation| OpenInvitation { secret, digest, invitation }))
}

/// Makes somebody who has an account a member.
pub(crate) async fn join(
    app: &App,
    open: &OpenInvitation,
    user: &User,
) -> Result<Invitation, Error> {
    Ok(app.store.system().join_by_invitation(open.digest, user, app.clock.now()).await?)
}

/// Makes somebody a user and a member; none when the address is another user's.
pub(crate) async fn accept(
    app: &App,
    open: &OpenInvitation,
    new: NewMember,
) -> Result<Option<User>, Error> {
    let now = app.clock.now();
    let password_hash = password_hash::hash(new.password, &app.randomness).await?;
    let id = UserId::new(now, app.randomness.bytes());
    let password_hash = Some(password_hash);
    accept_as(app, open, NewUser { id, email: new.email, name: new.name, password_hash }).await
}

/// Makes a user and a member as they are given; none when the address is another user's.
pub(super) async fn accept_as(
    app: &App,
    open: &OpenInvitation,
    new: NewUser,
) -> Result<Option<User>, Error> {
    let now = app.clock.now();
    match app.store.system().accept_invitation(open.digest, new, now).await {
        Ok(user) => Ok(Some(user)),
        Err(store::Error::Conflict { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn new_link(
    randomness: &Randomness,
    now: Timestamp,
    expires_at: Timestamp,
) -> (Secret<String>, NewInvitation) {
    let (secret, secret_hash) = new_secret(randomness);
    let id = InvitationId::new(now, randomness.bytes());
    (secret, NewInvitation { id, secret_hash, expires_at })
}

/// The secret that a link ends with, and its digest.
pub(super) fn new_secret(randomness: &Randomness) -> (Secret<String>, Sha256Digest) {
    let bytes: [u8; SECRET_BYTES] = randomness.bytes();
    (Secret::new(BASE64.encode(bytes)), sha256(&bytes))
}

/// The digest of what a link ends with; none when it cannot be one of ours.
pub(super) fn digest_of_link(text: &str) -> Option<Sha256Digest> {
    let bytes = BASE64.decode(text).ok().filter(|bytes| bytes.len() == SECRET_BYTES)?;
    Some(sha256(&bytes))
}
