//! Files with secrets, which others may not read.
//!
//! Not for: the rule (`domain::private_file`).

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::bail;
use domain::private_file::{Secrecy, check_mode, holds_password};

/// Refuses a file that is a secret and that others than its owner may read.
pub(super) fn check(path: &Path, what: &'static str) -> anyhow::Result<()> {
    refuse(path, what, Secrecy::Whole, "")
}

/// The text of the settings.
pub(super) fn read_settings(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).map_err(|fault| {
        let file = path.display();
        let what = if fault.kind() == ErrorKind::PermissionDenied {
            format!(
                "the configuration file {file} may not be read by this user; give it to the one that the server \
                 runs as: chown --reference=FOLDER/ {file}"
            )
        } else {
            format!("cannot read the configuration file {file}")
        };
        anyhow::Error::new(fault).context(what)
    })
}

/// Refuses settings with a password among them that everybody may read.
pub(super) fn check_settings(path: &Path, text: &str) -> anyhow::Result<()> {
    if !holds_password(text) {
        return Ok(());
    }
    let or = ", or give it in the environment and leave it out there (BURSARD_DATABASE, AWS_SECRET_ACCESS_KEY, \
              AZURE_STORAGE_ACCOUNT_KEY)";
    refuse(path, "the password in", Secrecy::Settings, or)
}

fn refuse(path: &Path, what: &'static str, secrecy: Secrecy, or: &str) -> anyhow::Result<()> {
    // Whoever cannot look at it cannot read it either, which is said there.
    let Ok(found) = fs::metadata(path) else { return Ok(()) };
    if !found.is_file() {
        return Ok(());
    }
    match check_mode(what, path, found.permissions().mode(), secrecy) {
        Ok(()) => Ok(()),
        Err(why) => bail!("{why}; let nobody else read it: {}{or}", why.remedy()),
    }
}
