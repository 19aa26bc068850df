//! The access token of this run: where it comes from, cleaned of what was pasted round it, and checked
//! for what can be known without the server.
//!
//! Not for: signatures; only the server can tell whether a token is genuine.
//!
//! Invariant: the text of a token is in [`Secret`] and leaves it only into the `Authorization` header,
//! or where a person asked for it (`bursar token clean`).

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::Secret;
use domain::access_token::{
    CLOCK_LEEWAY_SECONDS, CompactToken, InnerCharacter, InvalidToken, RemovedText, Standing,
    TOKEN_BYTES_MAX, clean, standing,
};
use http::HeaderValue;
use jiff::Timestamp;

use crate::config::settings::Settings;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::date_time;
use crate::system::System;

mod forecast;
mod inspect;
mod keyring;

pub use forecast::{IntendedUse, forecast};
pub use inspect::describe;
pub use keyring::{forget, store};

/// Time to ask for a new token, make it and roll it out.
pub const WARN_AHEAD_DAYS: i64 = 30;
/// A password store may ask a person; a job at night must not wait for ever.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(1);
/// A token with much pasted round it; a larger file is another file.
const PASTED_BYTES_MAX: u64 = 4 * TOKEN_BYTES_MAX as u64;
/// The credential's name under systemd's `LoadCredential=`.
const CREDENTIAL: &str = "bursar-token";
const SECONDS_PER_DAY: i64 = 86_400;

/// Where a token comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    File(PathBuf),
    Command(String),
    Variable,
    /// Private by systemd's own doing.
    Systemd(PathBuf),
    StandardInput,
    /// Of the operating system, under the name of a profile.
    Keyring(Option<String>),
}

/// A token that looks usable.
#[derive(Debug)]
pub struct Token {
    compact: CompactToken,
    removed: Vec<RemovedText>,
}

impl TokenSource {
    /// The first there is of: `--token-file`, `--token-command`, `BURSAR_TOKEN`, the profile's,
    /// systemd's; else the keyring, which is asked only when the token is needed.
    pub fn choose(
        asked: &Settings,
        profile: &Settings,
        name: Option<&str>,
        system: &System,
    ) -> Self {
        let from_settings = |settings: &Settings| {
            let file = settings.token_file.clone().map(Self::File);
            file.or_else(|| settings.token_command.clone().map(Self::Command))
        };
        let variable = system.env_var("BURSAR_TOKEN").map(|_| Self::Variable);
        let systemd = || {
            let folder = system.env_var("CREDENTIALS_DIRECTORY")?;
            let path = Path::new(&folder).join(CREDENTIAL);
            path.is_file().then_some(Self::Systemd(path))
        };
        let found =
            from_settings(asked).or(variable).or_else(|| from_settings(profile)).or_else(systemd);
        found.unwrap_or_else(|| Self::Keyring(name.map(str::to_owned)))
    }

    fn no_token() -> Failure {
        Failure::new(
            ExitCode::TokenUnusable,
            "there is no access token",
            "Give it with --token-file FILE, --token-command COMMAND or in BURSAR_TOKEN, or keep it in the \
             keyring of this system with bursar token store FILE; it is made on the site under Customer Settings (cog) > Organisation Settings > Access Tokens.",
        )
    }

    /// Reads the token with whatever was pasted round it.
    pub async fn read(&self, system: &System) -> Result<Secret<String>, Failure> {
        match self {
            Self::File(path) => {
                refuse_if_others_may_read(path)?;
                read_file(path)
            }
            Self::Systemd(path) => read_file(path),
            Self::Command(command) => run_secret_command(command).await,
            Self::Variable => {
                system.env_var("BURSAR_TOKEN").map(Secret::new).ok_or_else(Self::no_token)
            }
            Self::Keyring(profile) => {
                keyring::read(profile.as_deref()).await?.ok_or_else(Self::no_token)
            }
            Self::StandardInput => read_bounded(std::io::stdin().lock(), "standard input"),
        }
    }
}

impl Token {
    /// Cleans and decodes a token. One line end behind it is how text files end: nothing to speak of.
    pub fn parse(pasted: &Secret<String>) -> Result<Self, Failure> {
        let text = pasted.expose();
        let line = text
            .strip_suffix('\n')
            .map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        let cleaned = clean(line).map_err(|inner| unusable_token(&inner.into()))?;
        let compact =
            CompactToken::parse(&cleaned.token).map_err(|fault| unusable_token(&fault))?;
        Ok(Self { compact, removed: cleaned.removed })
    }

    pub fn secret(&self) -> &Secret<String> {
        self.compact.text()
    }

    /// Describes what was taken from round the token.
    pub fn removed(&self) -> Option<String> {
        describe_removed(&self.removed)
    }

    /// Refuses a token that no server will take now.
    pub fn check_time(&self, now: Timestamp) -> Result<(), Failure> {
        let next = "Make a new one on the site: Customer Settings (cog) > Organisation Settings > Access \
                    Tokens. If the time is wrong, look at the clock of this machine.";
        match standing(self.compact.not_before(), self.compact.expires(), now) {
            Standing::Valid => Ok(()),
            Standing::Expired { at } => Err(Failure::new(
                ExitCode::TokenExpired,
                format!("the access token expired on {}", date_time(at)),
                next,
            )),
            Standing::NotYetValid { from } => Err(Failure::new(
                ExitCode::TokenExpired,
                format!("the access token is valid only from {}", date_time(from)),
                "Wait until then, or look at the clock of this machine.",
            )),
        }
    }

    /// Warns of a token that ends soon.
    pub fn warning(&self, now: Timestamp) -> Option<String> {
        let left = self.compact.expires()?.saturating_sub(now.as_second());
        let days = left / SECONDS_PER_DAY;
        let soon = (-CLOCK_LEEWAY_SECONDS..WARN_AHEAD_DAYS * SECONDS_PER_DAY).contains(&left);
        let at = Timestamp::from_second(self.compact.expires()?).ok()?;
        soon.then(|| {
            format!(
                "the access token expires in {days} days, on {}; make a new one before",
                date_time(at)
            )
        })
    }

    /// The end of the token, if it names one.
    pub fn ends(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.compact.expires()?).ok()
    }

    /// `Bearer …`, marked so that nothing prints it.
    pub fn header(&self) -> Result<HeaderValue, Failure> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.secret().expose()))
            .map_err(|_not_text| unusable_token(&InvalidToken::Empty))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Describes what was taken from round a token; `None` when it was clean.
pub fn describe_removed(removed: &[RemovedText]) -> Option<String> {
    /// Whoever pasted a page sees that from a few.
    const SHOWN_MAX: usize = 6;
    if removed.is_empty() {
        return None;
    }
    let mut words: Vec<String> = removed
        .iter()
        .take(SHOWN_MAX)
        .map(|one| format!("{} at position {}", one.what, one.position))
        .collect();
    if removed.len() > SHOWN_MAX {
        words.push(format!("{} more", removed.len() - SHOWN_MAX));
    }
    Some(format!("taken away from round the token: {}", words.join(", ")))
}

pub fn unusable_character(inner: InnerCharacter) -> Failure {
    unusable_token(&inner.into())
}

fn unusable_token(fault: &InvalidToken) -> Failure {
    let next = "Copy it again from the page that made it, whole and in one line. A file that shows the \
                same each time can be looked at with: bursar token inspect FILE";
    Failure::new(ExitCode::TokenUnusable, fault.to_string(), next)
}

fn read_file(path: &Path) -> Result<Secret<String>, Failure> {
    let file = std::fs::File::open(path).map_err(|fault| {
        Failure::new(
            ExitCode::TokenUnusable,
            format!("the token file {} cannot be read: {fault}", path.display()),
            "Look at the path, and that the user who sends is its owner.",
        )
    })?;
    read_bounded(file, &path.display().to_string())
}

fn read_bounded(from: impl std::io::Read, shown: &str) -> Result<Secret<String>, Failure> {
    let mut bytes = Vec::new();
    let unusable = |what: String| {
        let next = "Put the token alone into a text file (UTF-8).";
        Failure::new(ExitCode::TokenUnusable, what, next)
    };
    from.take(PASTED_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|fault| unusable(format!("{shown} cannot be read: {fault}")))?;
    if bytes.len() as u64 > PASTED_BYTES_MAX {
        return Err(unusable(format!("{shown} is too long to hold just a token")));
    }
    String::from_utf8(bytes)
        .map(Secret::new)
        .map_err(|_not_utf8| unusable(format!("{shown} is not UTF-8 text (UTF-16, perhaps)")))
}

#[cfg(unix)]
fn refuse_if_others_may_read(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o077;
    let Ok(found) = std::fs::metadata(path) else {
        return Ok(());
    };
    let mode = found.permissions().mode() & 0o777;
    if found.is_file() && mode & OTHERS != 0 {
        return Err(Failure::new(
            ExitCode::TokenUnusable,
            format!("the token file {} may be read by others (mode {mode:03o})", path.display()),
            format!("Make it private: chmod 600 {}", path.display()),
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can refuse")]
fn refuse_if_others_may_read(_path: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Runs a command that prints a secret, and reads it.
pub(crate) async fn run_secret_command(command: &str) -> Result<Secret<String>, Failure> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let failed = |what: String| {
        let next = "Run it by hand: it must print the token and nothing else, and end with 0.";
        Failure::new(ExitCode::TokenUnusable, what, next)
    };
    let child = tokio::process::Command::new(shell)
        .args([flag, command])
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::inherit())
        .kill_on_drop(true)
        .output();
    let done = tokio::time::timeout(COMMAND_TIMEOUT, child)
        .await
        .map_err(|_elapsed| {
            failed(format!("the token command did not end within {} s", COMMAND_TIMEOUT.as_secs()))
        })?
        .map_err(|fault| failed(format!("the token command cannot be started: {fault}")))?;
    if !done.status.success() {
        return Err(failed(format!("the token command failed ({})", done.status)));
    }
    read_bounded(&done.stdout[..], "what the token command prints")
}

#[cfg(test)]
mod tests;
