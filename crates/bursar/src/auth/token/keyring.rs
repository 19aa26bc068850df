//! A token in the keyring of the operating system: Windows' Credential Manager, the Keychain of macOS, and
//! on Linux the Secret Service of a desktop.
//!
//! Not for: services on Linux, which have no desktop; systemd hands them a credential.
//!
//! Invariant: one entry a profile, and nothing of it is ever said.

use std::time::Duration;

use domain::Secret;
use keyring::{Entry, Error};

use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// The name of the entries; the user of each is the profile.
const SERVICE: &str = "bursar";
/// The account of whoever names no profile.
const NO_PROFILE: &str = "default";
/// A keyring may ask a person to unlock it; a job at night must not wait for ever.
const KEYRING_TIMEOUT: Duration = Duration::from_mins(1);

/// Reads the token of a profile; nothing, where there is no entry or no keyring.
pub(super) async fn read(profile: Option<&str>) -> Result<Option<Secret<String>>, Failure> {
    let bytes = match ask(profile, Entry::get_secret).await? {
        Ok(bytes) => bytes,
        Err(fault @ Error::NoStorageAccess(_)) => return Err(unusable(&fault)),
        Err(_) => return Ok(None),
    };
    String::from_utf8(bytes).map(|text| Some(Secret::new(text))).map_err(|_not_text| {
        Failure::new(
            ExitCode::TokenUnusable,
            "what the keyring holds for bursar is not text",
            "Keep the token anew: bursar token store FILE",
        )
    })
}

/// Stores a token in place of the one that was stored before.
pub async fn store(profile: Option<&str>, token: &Secret<String>) -> Result<(), Failure> {
    let bytes = token.expose().clone().into_bytes();
    ask(profile, move |entry| entry.set_secret(&bytes)).await?.map_err(|fault| unusable(&fault))
}

/// Removes the token of a profile; false when there was none.
pub async fn forget(profile: Option<&str>) -> Result<bool, Failure> {
    match ask(profile, Entry::delete_credential).await? {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(fault) => Err(unusable(&fault)),
    }
}

/// Asks the keyring on a thread of its own, as keyrings answer when they like.
async fn ask<T: Send + 'static>(
    profile: Option<&str>,
    work: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<keyring::Result<T>, Failure> {
    let profile = profile.unwrap_or(NO_PROFILE).to_owned();
    let asked = tokio::task::spawn_blocking(move || work(&Entry::new(SERVICE, &profile)?));
    match tokio::time::timeout(KEYRING_TIMEOUT, asked).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Ok(Err(Error::NoDefaultStore)),
        Err(_) => Err(Failure::new(
            ExitCode::TokenUnusable,
            format!("the keyring did not answer within {} s", KEYRING_TIMEOUT.as_secs()),
            "It may be asking a person to unlock it. Unlock it, or give the token with --token-file.",
        )),
    }
}

fn unusable(fault: &Error) -> Failure {
    let what = match fault {
        Error::NoDefaultStore => "there is no keyring here".to_owned(),
        Error::TooLong(_, most) => format!("the keyring keeps no more than {most} bytes"),
        Error::NoStorageAccess(_) => "the keyring is locked".to_owned(),
        Error::PlatformFailure(why) => format!("the keyring failed: {why}"),
        _ => "the keyring cannot be used".to_owned(),
    };
    Failure::new(
        ExitCode::TokenUnusable,
        what,
        "Unlock it where it is locked. Where there is none, as for services on Linux, keep the token in a \
         private file (--token-file) or hand it over with systemd's LoadCredential=bursar-token.",
    )
}
