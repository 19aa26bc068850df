//! Passwords into hashes, and held against them.
//!
//! Not for: which may be chosen (`domain::password`), or how often somebody may be wrong.
//!
//! Invariant: hashing happens on a thread of its own and never more than `HASHED_AT_ONCE` times at once,
//! so that a crowd at the sign-in page does not take the processor and memory of uploads.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::{NewPassword, Secret};
use tokio::sync::Semaphore;

use crate::Randomness;

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. About 30 ms of one core.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// 16 bytes, as RFC 9106 has it.
const SALT_BYTES: usize = 16;
/// Two times 19 MiB; more at once only wait for each other on a small machine.
const HASHED_AT_ONCE: usize = 2;

static PERMITS: Semaphore = Semaphore::const_new(HASHED_AT_ONCE);

/// The hash held against a password when there is no such user, so that the answer takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A hash could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a password could not be hashed")]
    Hash(#[source] argon2::password_hash::Error),
    #[error("hashing a password ended in a panic")]
    Panic(#[from] tokio::task::JoinError),
    #[error("no more passwords are hashed")]
    Closed(#[from] tokio::sync::AcquireError),
}

/// The hash of a password, in PHC form.
pub async fn hash(password: NewPassword, randomness: &Randomness) -> Result<Secret<String>, Error> {
    let salt: [u8; SALT_BYTES] = randomness.bytes();
    let _permit = PERMITS.acquire().await?;
    let hashed = tokio::task::spawn_blocking(move || {
        let password = password.secret().expose().as_bytes();
        hasher()?.hash_password_with_salt(password, &salt).map(|hash| hash.to_string())
    });
    hashed.await?.map(Secret::new).map_err(Error::Hash)
}

/// Tells whether it is the password of `hash`; without a hash it never is, and takes as long.
pub async fn is_right(
    password: Secret<String>,
    hash: Option<Secret<String>>,
) -> Result<bool, Error> {
    let _permit = PERMITS.acquire().await?;
    let checked = tokio::task::spawn_blocking(move || {
        let (kept, is_somebodys) = match &hash {
            Some(hash) => (hash.expose().as_str(), true),
            None => (NOBODYS, false),
        };
        let kept = PasswordHash::new(kept)?;
        let is_right = hasher()?.verify_password(password.expose().as_bytes(), &kept).is_ok();
        Ok(is_right && is_somebodys)
    });
    checked.await?.map_err(Error::Hash)
}

fn hasher() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let new = NewPassword::new("correct horse".to_owned(), &[]).unwrap();
        let hash = hash(new, &Randomness::new(|bytes| bytes.fill(7))).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
        for (text, kept, is_it) in [
            ("correct horse", Some(hash.clone()), true),
            ("correct horse ", Some(hash.clone()), false),
            ("", Some(hash), false),
            ("correct horse", None, false),
        ] {
            assert_eq!(
                is_right(Secret::new(text.to_owned()), kept).await.unwrap(),
                is_it,
                "{text}"
            );
        }
    }
}
