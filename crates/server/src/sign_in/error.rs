//! Why signing in could not go on.
//!
//! Not for: why somebody is refused; each way in has words of its own for that.

use super::password_hash;

/// Signing in could not go on; none of it is the fault of whoever signs in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Hash(#[from] password_hash::Error),
}
