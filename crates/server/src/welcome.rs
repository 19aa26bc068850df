//! The links by which people become users, the first administrator's among them.
//!
//! Not for: the page behind a link (`http::pages::invitations`).
//!
//! Invariant: a link is shown once, to whoever asks for it; only its digest is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::{CustomerName, InvitationId, Secret, Sha256Digest};
use jiff::{SignedDuration, Timestamp};
use store::{NewInvitation, Store};

use crate::Randomness;
use crate::limits::WELCOME_LASTS;

/// What stands behind a link or in a cookie: 256 bits, so that nobody guesses one.
pub(crate) const SECRET_BYTES: usize = 32;

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

/// A link for a member, to be kept with [`store::CustomerStore::invite`], and its path.
pub fn new_invitation(
    randomness: &Randomness,
    now: Timestamp,
    lasts: SignedDuration,
) -> (Secret<String>, NewInvitation) {
    let (secret, new) = new_link(randomness, now, now + lasts);
    (Secret::new(format!("/invitation/{}", secret.expose())), new)
}

fn new_link(
    randomness: &Randomness,
    now: Timestamp,
    expires_at: Timestamp,
) -> (Secret<String>, NewInvitation) {
    let bytes: [u8; SECRET_BYTES] = randomness.bytes();
    let secret_hash = digest(&bytes);
    let id = InvitationId::new(now, randomness.bytes());
    (Secret::new(BASE64.encode(bytes)), NewInvitation { id, secret_hash, expires_at })
}

/// The digest of what a link ends with; none when it cannot be one of ours.
pub(crate) fn digest_of_link(text: &str) -> Option<Sha256Digest> {
    let bytes = BASE64.decode(text).ok().filter(|bytes| bytes.len() == SECRET_BYTES)?;
    Some(digest(&bytes))
}

pub(crate) fn digest(bytes: &[u8]) -> Sha256Digest {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    Sha256Digest::from_bytes(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
}
