//! One fsync of a directory for all who wait for it.
//!
//! Invariant: whoever asks is answered by an fsync that began after the asking. A failed fsync
//! fails all whom it served and is not tried again: the kernel may already have dropped what could
//! not be written.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::error::Error;

type Answer = Result<(), (io::ErrorKind, String)>;
type Waiting = Vec<oneshot::Sender<Answer>>;

/// Groups fsyncs by directory. A directory is in the map while somebody serves it.
#[derive(Debug)]
pub(super) struct GroupSync {
    queues: Mutex<HashMap<PathBuf, Waiting>>,
    sync: fn(&Path) -> io::Result<()>,
}

impl GroupSync {
    pub(super) fn new() -> Self {
        Self::with(sync_folder)
    }

    pub(super) fn with(sync: fn(&Path) -> io::Result<()>) -> Self {
        Self { queues: Mutex::default(), sync }
    }

    /// Returns once the entries that `folder` had at the time of the call are durable.
    pub(super) async fn sync(self: &Arc<Self>, folder: &Path) -> Result<(), Error> {
        let (sender, answer) = oneshot::channel();
        let is_first = {
            let mut queues = self.lock();
            let is_first = !queues.contains_key(folder);
            queues.entry(folder.to_owned()).or_default().push(sender);
            is_first
        };
        if is_first {
            let (group, folder) = (Arc::clone(self), folder.to_owned());
            // Not awaited: it serves others as well, and must go on when this caller goes away.
            drop(spawn_blocking(move || group.serve(&folder)));
        }
        match answer.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err((kind, message))) => Err(io::Error::new(kind, message).into()),
            Err(gone) => Err(Error::internal(gone)),
        }
    }

    fn serve(&self, folder: &Path) {
        let _panics = FailsAll { group: self, folder };
        while let Some(waiting) = self.take(folder) {
            let answer = (self.sync)(folder).map_err(|error| (error.kind(), error.to_string()));
            for sender in waiting {
                // Who went away needs no answer.
                drop(sender.send(answer.clone()));
            }
        }
    }

    /// All who wait now; with none, the directory leaves the map under the same lock.
    fn take(&self, folder: &Path) -> Option<Waiting> {
        let mut queues = self.lock();
        let waiting = queues.get_mut(folder).map(std::mem::take).filter(|who| !who.is_empty());
        if waiting.is_none() {
            queues.remove(folder);
        }
        waiting
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Waiting>> {
        // Nothing here panics half way through a change.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When serving panics: who waits is answered that it failed, and the next who asks begins anew.
struct FailsAll<'a> {
    group: &'a GroupSync,
    folder: &'a Path,
}

impl Drop for FailsAll<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.group.lock().remove(self.folder);
        }
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
