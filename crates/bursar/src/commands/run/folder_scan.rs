//! What lies in a folder, and which of it is finished.
//!
//! Not for: sending it. Invariant: a file that may still be written to is not finished; nothing is
//! remembered that a look at the folder would not tell again.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tokio::time::Instant;

use crate::config::job::{Links, Pattern, Ready};
use crate::report::failure::Failure;
use crate::source::FileFingerprint;

/// The files of a folder as earlier scans saw them.
#[derive(Debug, Default)]
pub(super) struct FolderState {
    /// Done with, as long as it stays as it was.
    settled: HashMap<PathBuf, FileFingerprint>,
    /// When a file was first seen as it is.
    since: HashMap<PathBuf, (FileFingerprint, Instant)>,
    /// Symbolic links that were said to be left out.
    links: HashSet<PathBuf>,
    /// Why files could not be taken, as it was said.
    faults: HashMap<PathBuf, Failure>,
}

/// The folder that is scanned, and which of its files are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct FolderQuery<'a> {
    pub(super) folder: &'a Path,
    pub(super) pattern: &'a Pattern,
    pub(super) ready: &'a Ready,
    pub(super) links: Links,
}

/// The files that one scan found.
#[derive(Debug, Default)]
pub(super) struct FolderScan {
    pub(super) finished: Vec<PathBuf>,
    /// Still being written, as far as one can see.
    pub(super) unfinished: usize,
    /// Finished without a byte in them, and not said yet.
    pub(super) new_empty: Vec<PathBuf>,
    /// All that are so.
    pub(super) empty: usize,
    /// Symbolic links with names that fit, left out and not said yet.
    pub(super) new_links: Vec<PathBuf>,
}

impl FolderState {
    pub(super) fn settle(&mut self, path: PathBuf, fingerprint: FileFingerprint) {
        self.since.remove(&path);
        self.faults.remove(&path);
        self.settled.insert(path, fingerprint);
    }

    /// Has a file looked at again, as what became of it is not known here.
    pub(super) fn unsettle(&mut self, path: &Path) {
        self.settled.remove(path);
    }

    /// Notes a fault of a file; true when it is another than the last one.
    pub(super) fn is_new_fault(&mut self, path: &Path, failure: &Failure) -> bool {
        self.faults.insert(path.to_owned(), failure.clone()).as_ref() != Some(failure)
    }

    pub(super) fn look(&mut self, at: FolderQuery<'_>) -> io::Result<FolderScan> {
        let mut found = FolderScan::default();
        for path in fitting(at)? {
            let metadata = if at.links == Links::Followed {
                fs::metadata(&path)
            } else {
                fs::symlink_metadata(&path)
            };
            // Taken away between the two looks: nothing to speak of.
            let Ok(metadata) = metadata else { continue };
            if metadata.is_symlink() && self.links.insert(path.clone()) {
                found.new_links.push(path);
                continue;
            }
            if !metadata.is_file() {
                continue;
            }
            let fingerprint = FileFingerprint::from_metadata(&metadata);
            if self.settled.get(&path) == Some(&fingerprint) {
                found.empty += usize::from(fingerprint.bytes == 0);
            } else if !self.is_finished(&path, &fingerprint, at.ready) {
                found.unfinished += 1;
            } else if fingerprint.bytes == 0 {
                found.empty += 1;
                self.settle(path.clone(), fingerprint);
                found.new_empty.push(path);
            } else {
                found.finished.push(path);
            }
        }
        self.settled.retain(|path, _| path.exists());
        self.since.retain(|path, _| path.exists());
        self.faults.retain(|path, _| path.exists());
        self.links.retain(|path| path.is_symlink());
        Ok(found)
    }

    fn is_finished(&mut self, path: &Path, fingerprint: &FileFingerprint, ready: &Ready) -> bool {
        match ready {
            Ready::Renamed => true,
            Ready::Marker(ending) => marker(path, ending).exists(),
            Ready::Unlocked => File::open(path).is_ok_and(|file| file.try_lock().is_ok()),
            Ready::Quiet(quiet) => {
                let now = Instant::now();
                let (noted, since) =
                    self.since.entry(path.to_owned()).or_insert_with(|| (fingerprint.clone(), now));
                if noted != fingerprint {
                    (*noted, *since) = (fingerprint.clone(), now);
                }
                now.duration_since(*since) >= *quiet
            }
        }
    }
}

/// Opens a folder, unless it is a link that is not to be followed.
pub(super) fn open(folder: &Path, links: Links) -> io::Result<fs::ReadDir> {
    if links == Links::LeftOut && folder.is_symlink() {
        return Err(io::Error::other(
            "it is a symbolic link, and the job does not say follow-links = true",
        ));
    }
    fs::read_dir(folder)
}

/// The paths of the folder whose names fit, in their order.
fn fitting(at: FolderQuery<'_>) -> io::Result<Vec<PathBuf>> {
    let mut here = Vec::new();
    for item in open(at.folder, at.links)? {
        let item = item?;
        let name = item.file_name();
        let name = name.to_string_lossy();
        let is_marker =
            matches!(at.ready, Ready::Marker(ending) if name.ends_with(ending.as_str()));
        if !is_marker && at.pattern.fits(&name) {
            here.push(item.path());
        }
    }
    here.sort();
    Ok(here)
}

/// The path of the marker that lies beside a finished file.
pub(super) fn marker(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
