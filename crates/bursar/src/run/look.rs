//! What lies in a folder, and which of it is finished.
//!
//! Not for: sending it. Invariant: a file that may still be written to is not finished; nothing is
//! remembered that a look at the folder would not tell again.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tokio::time::Instant;

use crate::job::{Pattern, Ready};
use crate::source::Mark;

/// What earlier looks saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Done with, as long as it stays as it was.
    settled: HashMap<PathBuf, Mark>,
    /// When a file was first seen as it is.
    since: HashMap<PathBuf, (Mark, Instant)>,
}

/// One look.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) finished: Vec<PathBuf>,
    /// Still being written, as far as one can see.
    pub(super) unfinished: usize,
}

impl Seen {
    pub(super) fn settle(&mut self, path: PathBuf, mark: Mark) {
        self.since.remove(&path);
        self.settled.insert(path, mark);
    }

    /// Looks again, for whatever became of it is not known here.
    pub(super) fn unsettle(&mut self, path: &Path) {
        self.settled.remove(path);
    }

    pub(super) fn look(
        &mut self,
        folder: &Path,
        pattern: &Pattern,
        ready: &Ready,
    ) -> io::Result<Found> {
        let mut found = Found::default();
        let mut here = Vec::new();
        for item in fs::read_dir(folder)? {
            let item = item?;
            let name = item.file_name();
            let is_marker = matches!(ready, Ready::Marker(ending) if name.to_string_lossy().ends_with(ending.as_str()));
            if !is_marker && pattern.fits(&name.to_string_lossy()) {
                here.push(item.path());
            }
        }
        here.sort();
        for path in here {
            // Taken away between the two looks: nothing to speak of.
            let Ok(metadata) = fs::metadata(&path) else { continue };
            if !metadata.is_file() {
                continue;
            }
            let mark = Mark::of(&metadata);
            if self.settled.get(&path) == Some(&mark) {
                continue;
            }
            if self.is_finished(&path, &mark, ready) {
                found.finished.push(path);
            } else {
                found.unfinished += 1;
            }
        }
        self.settled.retain(|path, _| path.exists());
        self.since.retain(|path, _| path.exists());
        Ok(found)
    }

    fn is_finished(&mut self, path: &Path, mark: &Mark, ready: &Ready) -> bool {
        match ready {
            Ready::Named => true,
            Ready::Marker(ending) => marker(path, ending).exists(),
            Ready::Unlocked => File::open(path).is_ok_and(|file| file.try_lock().is_ok()),
            Ready::Quiet(quiet) => {
                let now = Instant::now();
                let (noted, since) =
                    self.since.entry(path.to_owned()).or_insert_with(|| (mark.clone(), now));
                if noted != mark {
                    (*noted, *since) = (mark.clone(), now);
                }
                now.duration_since(*since) >= *quiet
            }
        }
    }
}

/// What lies beside a finished file.
pub(super) fn marker(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
