//! The places a token comes from.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::Secret;
use domain::access_token::TOKEN_BYTES_MAX;
#[cfg(unix)]
use domain::private_file::{Secrecy, check_mode};

use super::keyring;
use crate::config::settings::Settings;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::system::System;

/// A password store may ask a person; a job at night must not wait for ever.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(1);
/// A token with much pasted round it; a larger file is another file.
const PASTED_BYTES_MAX: u64 = 4 * TOKEN_BYTES_MAX as u64;
/// The credential's name under systemd's `LoadCredential=`.
const CREDENTIAL: &str = "bursar-token";

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
        let next = "Put the token alone into a text file.";
        Failure::new(ExitCode::TokenUnusable, what, next)
    };
    from.take(PASTED_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|fault| unusable(format!("{shown} cannot be read: {fault}")))?;
    if bytes.len() as u64 > PASTED_BYTES_MAX {
        return Err(unusable(format!("{shown} is too long to hold just a token")));
    }
    let found = text(bytes).map(Secret::new);
    found.ok_or_else(|| unusable(format!("{shown} is no text in UTF-8 or UTF-16")))
}

/// The text of bytes in UTF-8, or in UTF-16, which `>` of Windows PowerShell 5.1 writes: told by its mark
/// or, as a token is ASCII, by a zero in every unit.
fn text(bytes: Vec<u8>) -> Option<String> {
    let is_zero = |first: usize| bytes.iter().skip(first).step_by(2).all(|byte| *byte == 0);
    let decode = |unit: fn([u8; 2]) -> u16| {
        let (units, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = units.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).ok().filter(|_| rest.is_empty())
    };
    match bytes.get(..2) {
        Some(b"\xFF\xFE") => decode(u16::from_le_bytes),
        Some(b"\xFE\xFF") => decode(u16::from_be_bytes),
        Some(_) if is_zero(1) => decode(u16::from_le_bytes),
        Some(_) if is_zero(0) => decode(u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    }
}

#[cfg(unix)]
fn refuse_if_others_may_read(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(found) = std::fs::metadata(path) else {
        return Ok(());
    };
    if !found.is_file() {
        return Ok(());
    }
    let mode = found.permissions().mode();
    check_mode("the token file", path, mode, Secrecy::Whole).map_err(|why| {
        let next = format!("Make it private: {}", why.remedy());
        Failure::new(ExitCode::TokenUnusable, why.to_string(), next)
    })
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can refuse")]
fn refuse_if_others_may_read(_path: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Runs a command that prints a secret, and reads it.
pub async fn run_secret_command(command: &str) -> Result<Secret<String>, Failure> {
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
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_of_text_files() {
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(bytes).collect()
        };
        for (bytes, found) in [
            (b"a.b\n".to_vec(), Some("a.b\n")),
            ("\u{feff}a.b".into(), Some("\u{feff}a.b")),
            (utf16("\u{feff}a.b\r\n", u16::to_le_bytes), Some("\u{feff}a.b\r\n")),
            (utf16("\u{feff}a.b\r\n", u16::to_be_bytes), Some("\u{feff}a.b\r\n")),
            (utf16("a.b", u16::to_le_bytes), Some("a.b")),
            (utf16("a.b", u16::to_be_bytes), Some("a.b")),
            (Vec::new(), Some("")),
            (b"a".to_vec(), Some("a")),
            (b"\xFF\xFEa\0b".to_vec(), None),
            (b"M\xFCller".to_vec(), None),
        ] {
            assert_eq!(text(bytes.clone()).as_deref(), found, "{bytes:?}");
        }
    }
}
