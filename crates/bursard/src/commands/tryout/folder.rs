//! Where files are tried: a temporary folder, or a new one that is kept.
//!
//! Invariant: a temporary folder goes when its value does, however the command ends; a kept one is there with
//! everything in it, or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

/// The folder of everything that a tryout keeps while it works.
#[derive(Debug)]
pub(super) struct Folder {
    made: TempDir,
    /// Where it stays in the end; else it is removed.
    kept: Option<PathBuf>,
}

impl Folder {
    pub(super) fn make(keep: Option<&Path>) -> anyhow::Result<Self> {
        let Some(kept) = keep else {
            let made = tempfile::Builder::new().prefix("bursard-try-").tempdir();
            let made = made.context("no temporary folder can be made")?;
            return Ok(Self { made, kept: None });
        };
        let is_empty = || fs::read_dir(kept).is_ok_and(|mut entries| entries.next().is_none());
        if kept.exists() && !is_empty() {
            bail!(
                "{} is there already and not empty; name a new folder with --keep",
                kept.display()
            );
        }
        let beside = kept.parent().filter(|parent| !parent.as_os_str().is_empty());
        let beside = beside.unwrap_or(Path::new("."));
        fs::create_dir_all(beside)
            .with_context(|| format!("cannot make the folder {}", beside.display()))?;
        let made = tempfile::Builder::new().prefix(".bursard-try-").tempdir_in(beside);
        let made = made.with_context(|| format!("cannot write to {}", beside.display()))?;
        Ok(Self { made, kept: Some(kept.to_owned()) })
    }

    pub(super) fn path(&self) -> &Path {
        self.made.path()
    }

    /// Puts a folder that is kept in its place, or removes it and says so when that cannot be done.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        let Some(kept) = self.kept else {
            let path = self.made.path().display().to_string();
            return self
                .made
                .close()
                .with_context(|| format!("cannot remove {path}; remove it by hand"));
        };
        fs::rename(self.made.path(), &kept)
            .with_context(|| format!("cannot put what is kept into {}", kept.display()))?;
        // Nothing is there any more that could be removed.
        drop(self.made.keep());
        Ok(())
    }
}
