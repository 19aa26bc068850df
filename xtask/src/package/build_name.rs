//! The words of `--version` in a program of a package: its version, the commit it was built of, and that
//! commit's day.
//!
//! Invariant: it follows from the files alone, so that a build can be repeated, byte for byte.

use std::process::Command;

use super::VERSION;
use crate::cargo;

/// The variable that the programs take it from when they are built.
const VARIABLE: &str = "BURSAR_BUILD";

/// The variable for a build; none where the files are not those of a commit: then the version alone is
/// said.
pub(super) fn variable() -> Option<(&'static str, String)> {
    let commit = git(&["log", "-1", "--abbrev=12", "--format=%h, %cs"])?;
    let changes = git(&["status", "--porcelain"])?;
    Some((VARIABLE, text(&commit, &changes)?))
}

fn text(commit: &str, changes: &str) -> Option<String> {
    let is_whole = !commit.is_empty() && changes.is_empty();
    is_whole.then(|| format!("{VERSION} ({commit})"))
}

fn git(arguments: &[&str]) -> Option<String> {
    let done = Command::new("git").args(arguments).current_dir(cargo::root()).output().ok()?;
    let said = String::from_utf8(done.stdout).ok()?;
    done.status.success().then(|| said.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_named_by_its_commit_when_it_is_one() {
        let commit = "2362648e0a1b, 2026-11-30";
        for (commit, changes, ending) in [
            (commit, "", Some(" (2362648e0a1b, 2026-11-30)")),
            (commit, " M README.md", None),
            ("", "", None),
        ] {
            let expected = ending.map(|ending| format!("{VERSION}{ending}"));
            assert_eq!(text(commit, changes), expected, "{commit:?} {changes:?}");
        }
    }
}
