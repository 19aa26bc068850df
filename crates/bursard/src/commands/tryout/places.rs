//! Where the report and the workbook are written.
//!
//! Invariant: no file that was given is written over.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::cli::TryArgs;

const REPORT: &str = "bursar-report.html";
const WORKBOOK: &str = "xlsx";

/// Where the two files go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) report: PathBuf,
    pub(super) workbook: PathBuf,
}

impl Places {
    /// The places that are given; else beside the first file, or in the current folder where that one's takes
    /// no files.
    pub(super) fn choose(args: &TryArgs) -> anyhow::Result<Self> {
        let report = args.report.clone().unwrap_or_else(|| usual(args.files.first()));
        let workbook = args.xlsx.clone().unwrap_or_else(|| report.with_extension(WORKBOOK));
        let places = Self { report, workbook };
        places.check(&args.files)?;
        Ok(places)
    }

    /// Finds out before anything is read whether they can be written.
    fn check(&self, given: &[PathBuf]) -> anyhow::Result<()> {
        if self.report == self.workbook {
            bail!("the report and the workbook are two files; name them apart");
        }
        let real = |path: &Path| path.canonicalize().ok();
        for place in [&self.report, &self.workbook] {
            let there = real(place);
            if there.is_some() && given.iter().any(|path| real(path) == there) {
                bail!(
                    "{} is one of the files to try and is not written over; name another with \
                     --report and --xlsx",
                    place.display()
                );
            }
            if !folder_of(place).is_dir() {
                bail!("{} is no folder to write into", folder_of(place).display());
            }
        }
        Ok(())
    }

    /// Writes both, and says where they are from the root on.
    pub(super) fn write(self, report: &str, workbook: &[u8]) -> anyhow::Result<Self> {
        let write = |path: &Path, bytes: &[u8]| {
            fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
        };
        write(&self.report, report.as_bytes())?;
        write(&self.workbook, workbook)?;
        let whole = |path: PathBuf| path.canonicalize().unwrap_or_else(|_as_it_was_given| path);
        Ok(Self { report: whole(self.report), workbook: whole(self.workbook) })
    }
}

/// Beside the first file, where that folder can be written to.
fn usual(first: Option<&PathBuf>) -> PathBuf {
    let beside = first.map(|path| folder_of(path).to_owned()).unwrap_or_default();
    let folder = if takes_files(&beside) { beside } else { PathBuf::new() };
    folder.join(REPORT)
}

fn takes_files(folder: &Path) -> bool {
    // Root may write where nobody is meant to: into a share, or among data that somebody keeps as it is.
    if fs::metadata(folder_or_here(folder)).is_ok_and(|folder| folder.permissions().readonly()) {
        return false;
    }
    match tempfile::tempfile_in(folder_or_here(folder)) {
        Ok(_removed_when_dropped) => true,
        Err(fault) => fault.kind() == io::ErrorKind::NotFound,
    }
}

fn folder_of(path: &Path) -> &Path {
    folder_or_here(path.parent().unwrap_or(Path::new("")))
}

fn folder_or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn choose(arguments: &[&str]) -> anyhow::Result<Places> {
        let cli = Cli::parse_from([&["bursard", "try"], arguments].concat());
        let Command::Try(args) = cli.command else { panic!("it is a try") };
        Places::choose(&args)
    }

    #[test]
    fn what_is_written_stands_beside_the_first_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("invoices.csv");
        fs::write(&file, "").unwrap();
        let given = file.to_str().unwrap();
        let places = choose(&[given, "other.csv"]).unwrap();
        assert_eq!(places.report, folder.path().join("bursar-report.html"));
        assert_eq!(places.workbook, folder.path().join("bursar-report.xlsx"));
        let closed = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode));
        closed(0o555).unwrap();
        assert_eq!(choose(&[given]).unwrap().report, Path::new("bursar-report.html"));
        closed(0o755).unwrap();
        let named = folder.path().join("x.html");
        let places = choose(&[given, "--report", named.to_str().unwrap()]).unwrap();
        assert_eq!(places.workbook, folder.path().join("x.xlsx"));
        assert_eq!(choose(&[]).unwrap().report, Path::new("bursar-report.html"));
        for (flags, says) in [
            (["--report", given].as_slice(), "not written over"),
            (&["--xlsx", given], "not written over"),
            (&["--report", "no/such/folder/x.html"], "no folder"),
            (&["--report", "x.xlsx"], "name them apart"),
        ] {
            let fault = choose(&[&[given], flags].concat()).unwrap_err();
            assert!(fault.to_string().contains(says), "{fault}");
        }
    }
}
