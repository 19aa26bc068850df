//! Signing in, whatever the way: who somebody is, the session that follows, links by which people become
//! users.
//!
//! Not for: forms, cookies and pages (`http::pages`), or access tokens of programs (`tokens`).
//!
//! Invariant: nothing here knows HTTP; another way in, such as OIDC, finds out who somebody is in a
//! file of its own and goes on with `session::begin`.

pub mod links;
pub(crate) mod password;
pub mod password_hash;
pub mod password_links;
pub(crate) mod recovery_codes;
pub(crate) mod session;
pub mod totp;
pub(crate) mod two_step;

/// Signing in could not go on; none of it is the fault of whoever signs in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Hash(#[from] password_hash::Error),
}
