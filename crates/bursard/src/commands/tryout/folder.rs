//! Where files are tried: a temporary folder, or a new one that is kept.
//!
//! Invariant: a temporary folder goes when its value does, however the command ends; a kept one was empty.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

/// The folder of everything that a tryout keeps while it works.
#[derive(Debug)]
pub(super) enum Folder {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Folder {
    pub(super) fn make(keep: Option<&Path>) -> anyhow::Result<Self> {
        let Some(kept) = keep else {
            let made = tempfile::Builder::new().prefix("bursard-try-").tempdir();
            return Ok(Self::Temporary(made.context("no temporary folder can be made")?));
        };
        let is_new = !kept.exists();
        let is_empty = || fs::read_dir(kept).is_ok_and(|mut entries| entries.next().is_none());
        if !is_new && !is_empty() {
            bail!(
                "{} is there already and not empty; name a new folder with --keep",
                kept.display()
            );
        }
        Ok(Self::Kept(kept.to_owned()))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }

    /// The folder that is still there when the command has ended.
    pub(super) fn kept(&self) -> Option<&Path> {
        match self {
            Self::Temporary(_) => None,
            Self::Kept(path) => Some(path),
        }
    }

    /// Removes a temporary folder and says so when that cannot be done.
    pub(super) fn remove(self) -> anyhow::Result<()> {
        match self {
            Self::Temporary(folder) => {
                let path = folder.path().display().to_string();
                folder.close().with_context(|| format!("cannot remove {path}; remove it by hand"))
            }
            Self::Kept(_) => Ok(()),
        }
    }
}
