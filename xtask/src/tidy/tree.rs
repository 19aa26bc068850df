//! The files of the repository, as the rules see them.
//!
//! Not for: opening files later: all are read at once, so that a rule needs no disk. Invariant:
//! paths are relative to the root, with `/` between the parts, and sorted.

use std::process::Command;

use crate::cargo;

pub(crate) struct TrackedFile {
    pub(crate) path: String,
    pub(crate) size: usize,
    /// `None` for what is not UTF-8.
    pub(crate) text: Option<String>,
}

pub(crate) struct Tree {
    files: Vec<TrackedFile>,
}

impl Tree {
    /// The files that git holds or would hold: those it ignores are nobody's business.
    pub(crate) fn tracked() -> Result<Self, String> {
        let root = cargo::root();
        // A checkout that belongs to another account is still the one we were asked to read.
        let listing = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z"])
            .args(["--cached", "--others", "--exclude-standard"])
            .current_dir(&root)
            .output()
            .map_err(|fault| format!("tidy needs git, which did not start: {fault}"))?;
        if !listing.status.success() {
            return Err(format!(
                "git cannot list the files: {}  tidy runs in a git checkout",
                String::from_utf8_lossy(&listing.stderr)
            ));
        }
        let mut files = Vec::new();
        for path in String::from_utf8_lossy(&listing.stdout).split_terminator('\0') {
            match std::fs::read(root.join(path)) {
                Ok(bytes) => files.push(TrackedFile {
                    path: path.to_owned(),
                    size: bytes.len(),
                    text: String::from_utf8(bytes).ok(),
                }),
                // Deleted but not yet committed, or a link to what is not there.
                Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {}
                Err(fault) => return Err(format!("{path} cannot be read: {fault}")),
            }
        }
        Ok(Self::new(files))
    }

    fn new(mut files: Vec<TrackedFile>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Self { files }
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &TrackedFile> {
        self.files.iter()
    }

    /// The text files whose path ends so: `.rs`, `/Cargo.toml`.
    pub(crate) fn texts(&self, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |file| file.path.ends_with(ending))
            .filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.path == path)?;
        file.text.as_deref()
    }

    /// Returns `true` when a file or a folder of that path is there.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// The names of the folders under `crates/`.
    pub(crate) fn crates(&self) -> Vec<&str> {
        self.files
            .iter()
            .filter_map(|file| {
                let (name, rest) = file.path.strip_prefix("crates/")?.split_once('/')?;
                (rest == "Cargo.toml").then_some(name)
            })
            .collect()
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self::new(
            files
                .iter()
                .map(|(path, text)| TrackedFile {
                    path: (*path).to_owned(),
                    size: text.len(),
                    text: Some((*text).to_owned()),
                })
                .collect(),
        )
    }
}

/// Runs a rule over a small tree and says `path:line: what` of each fault, for tests.
#[cfg(test)]
pub(crate) fn faults_found(rule: super::Rule, files: &[(&str, &str)]) -> Vec<String> {
    let mut faults = rule(&Tree::of(files));
    faults.sort();
    faults
        .into_iter()
        .map(|fault| format!("{}:{}: {}", fault.path, fault.line, fault.what))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_itself_is_read() {
        let tree = Tree::tracked().expect("the tests run in a checkout");
        assert!(tree.text("Cargo.toml").is_some());
        assert!(tree.holds("crates/domain/src"));
        assert!(!tree.holds("crates/domai"));
        assert!(tree.crates().contains(&"domain"));
    }
}
