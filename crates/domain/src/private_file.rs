//! Whether a file that holds a password is one that others may read: one rule for both programs.
//!
//! Not for: looking at files; the mode and the text come in.
//!
//! Invariant: neither a sentence nor an error repeats what the file holds.

use std::path::Path;

/// Endings of the names of settings whose values nobody else should know.
const SECRET_NAMES: [&str; 7] = [
    "password",
    "passwd",
    "secret",
    "secret_access_key",
    "account_key",
    "session_token",
    "sas_key",
];

/// The amount of a file that is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// The file is a token or a password, and its owner's alone.
    Whole,
    /// Settings with a password among them, which a group of administrators may read.
    Settings,
}

impl Secrecy {
    /// The part of a Unix mode that has to be empty.
    const fn forbidden(self) -> u32 {
        match self {
            Self::Whole => 0o077,
            Self::Settings => 0o007,
        }
    }

    const fn mode(self) -> &'static str {
        match self {
            Self::Whole => "600",
            Self::Settings => "640",
        }
    }
}

/// A file that others may read although there is a secret in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {path} may be read by others (mode {mode:03o})")]
pub struct NotPrivate {
    what: &'static str,
    path: String,
    mode: u32,
    secrecy: Secrecy,
}

impl NotPrivate {
    /// The command that mends it.
    pub fn remedy(&self) -> String {
        format!("chmod {} {}", self.secrecy.mode(), self.path)
    }
}

/// Checks the mode of a file; `what` is how a person knows it, such as `the token file`.
pub fn check_mode(
    what: &'static str,
    path: &Path,
    mode: u32,
    secrecy: Secrecy,
) -> Result<(), NotPrivate> {
    let mode = mode & 0o777;
    if mode & secrecy.forbidden() == 0 {
        return Ok(());
    }
    Err(NotPrivate { what, path: path.display().to_string(), mode, secrecy })
}

/// Returns `true` for a text of settings that holds a password: in a URL, in a line of a database
/// driver, or as the value of a name that says so. Comments hold none.
pub fn holds_password(text: &str) -> bool {
    text.lines().map(str::trim).filter(|line| !line.starts_with('#')).any(is_secret)
}

fn is_secret(line: &str) -> bool {
    let in_url = line.match_indices("://").any(|(at, mark)| {
        let url = line[at + mark.len()..].split(['"', '\'']).next().unwrap_or_default();
        // A password may hold any sign, so it ends at the last `@`.
        url.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    });
    let lower = line.to_ascii_lowercase();
    let in_driver_line = lower.contains("pwd=") || lower.contains("password=");
    let (name, value) = lower.split_once('=').unwrap_or((&lower, ""));
    let name = name.trim().trim_matches(['"', '\'']).replace('-', "_");
    let has_value = !matches!(value.trim(), "" | "\"\"" | "''");
    in_url
        || in_driver_line
        || (has_value && SECRET_NAMES.iter().any(|secret| name.ends_with(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_seen_where_it_may_stand() {
        for (line, holds) in [
            ("database = \"postgres://erp:hunter2@db/erp\"", true),
            ("database = 'mysql://erp:p@ss/w@db/erp?x=1'", true),
            ("database = \"postgres://db/erp?password=x\"", true),
            ("database = \"Driver={X};Uid=erp;Pwd=hunter2\"", true),
            ("aws_secret_access_key = \"x\"", true),
            ("azure_storage_account_key=\"x\"", true),
            ("client-secret = 'x'", true),
            ("password = \"\"", false),
            ("database = \"postgres://erp@db/erp\"", false),
            ("database = \"postgres://db:5432/erp\"", false),
            ("url = \"https://host:8443/\"", false),
            ("url = \"https://host:8443/a@b\"", true),
            ("aws_access_key_id = \"x\"", false),
            ("token-file = \"token.txt\"", false),
            ("client_secret_file = \"secret\"", false),
            ("passwords = \"operators\"", false),
            ("# database = \"postgres://erp:hunter2@db/erp\"", false),
            ("", false),
        ] {
            let text = format!("a = 1\n  {line}\n");
            assert_eq!(holds_password(&text), holds, "{line}");
        }
    }

    #[test]
    fn what_others_may_read_is_said_with_how_to_mend_it() {
        for (mode, secrecy, is_private) in [
            (0o100_600, Secrecy::Whole, true),
            (0o400, Secrecy::Whole, true),
            (0o640, Secrecy::Whole, false),
            (0o604, Secrecy::Whole, false),
            (0o640, Secrecy::Settings, true),
            (0o660, Secrecy::Settings, true),
            (0o644, Secrecy::Settings, false),
            (0o602, Secrecy::Settings, false),
        ] {
            let checked = check_mode("the file", Path::new("/etc/x"), mode, secrecy);
            assert_eq!(checked.is_ok(), is_private, "{mode:o} {secrecy:?}");
        }
        let found = check_mode("the file", Path::new("/etc/x"), 0o644, Secrecy::Settings);
        let found = found.unwrap_err();
        assert_eq!(found.to_string(), "the file /etc/x may be read by others (mode 644)");
        assert_eq!(found.remedy(), "chmod 640 /etc/x");
    }
}
