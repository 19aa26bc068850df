//! Signing in, whatever the way: who somebody is, the session that follows, links by which people become
//! users.
//!
//! Not for: forms, cookies and pages (`http::pages`), or access tokens of programs (`tokens`).
//!
//! Invariant: nothing here knows the requests of people; each way in finds out who somebody is in a file of
//! its own and goes on with `session::begin`.

mod error;
pub mod links;
pub mod oidc;
pub(crate) mod password;
pub mod password_hash;
pub mod password_links;
pub(crate) mod recovery_codes;
pub(crate) mod session;
pub mod totp;
pub(crate) mod two_step;

use store::User;

pub(crate) use error::Error;

/// The ways by which people sign in.
#[derive(Debug)]
pub struct SignInMethods {
    pub passwords: PasswordUse,
    pub providers: oidc::Providers,
}

/// The people who may sign in with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PasswordUse {
    #[default]
    Everybody,
    /// Only those who run the server, for when no provider answers.
    Operators,
}

impl SignInMethods {
    /// Passwords for everybody, and no provider.
    pub fn by_password() -> Self {
        Self { passwords: PasswordUse::default(), providers: oidc::Providers::none() }
    }
}

impl PasswordUse {
    /// Returns `true` when a password signs somebody in.
    pub(crate) fn sign_in(self, user: &User) -> bool {
        self == Self::Everybody || user.is_operator
    }
}
