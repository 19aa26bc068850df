//! The tryouts of a server's pages: who has which, how far each is, and that nothing of one stays.
//!
//! Not for: who may begin one, or what is received for it (`http::pages::tryout`).
//!
//! Invariant: a tryout ends when somebody ends it, when its time is over or when the server stops, and its
//! folder goes with it. They are this process's own: another one knows nothing of them.

mod work;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{CustomerName, TryoutId, UnitName, UserId};
use tempfile::TempDir;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::input::{GivenFile, RulesByType};
use super::{ReadFiles, TryoutError, TryoutFindings, TryoutLedgers};
use crate::App;
use crate::limits::{
    TRYOUT_END_TIME_MAX, TRYOUT_LASTS, TRYOUT_REMOVALS_MAX, TRYOUT_REMOVE_AGAIN, TRYOUTS_MAX,
    TRYOUTS_PER_CUSTOMER_MAX, TRYOUTS_WORKED_ON_MAX,
};
use work::WorkRequest;

/// Writes the report of a tryout; the pages have the words for it.
pub type ReportWriter = fn(&App, &ReadFiles, &TryoutFindings) -> Result<TryoutReport, TryoutError>;

/// The report of a tryout, written.
#[derive(Debug, Default)]
pub struct TryoutReport {
    /// The report as a part of a page.
    pub part: String,
    /// The report as a document that stands alone.
    pub document: String,
    /// All findings as XLSX.
    pub workbook: Vec<u8>,
}

/// The tryouts that have not ended; cheap to clone.
#[derive(Debug, Clone)]
pub struct Tryouts(Arc<Registry>);

#[derive(Debug)]
struct Registry {
    ledgers: Arc<dyn TryoutLedgers>,
    /// Where the folders of all of them are.
    folder: PathBuf,
    open: Mutex<HashMap<TryoutId, Arc<Tryout>>>,
    /// Places for those that are read or checked at the moment.
    places: Semaphore,
}

/// The owner of a tryout; nobody else sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryoutOwner {
    pub user: UserId,
    pub customer: CustomerName,
    pub unit: UnitName,
}

/// One tryout.
#[derive(Debug)]
pub struct Tryout {
    pub id: TryoutId,
    owner: TryoutOwner,
    state: Mutex<TryoutState>,
    /// Rung when the checks shall run.
    checks: Notify,
    /// Cancelled when it shall end.
    end: CancellationToken,
    /// Cancelled when nothing of it is left.
    gone: CancellationToken,
}

/// The life of a tryout.
#[derive(Clone)]
pub enum TryoutState {
    /// Others are read and checked first.
    Waiting,
    Reading {
        number: usize,
        of: usize,
        name: String,
    },
    /// Somebody looks at what the files were taken for.
    Read(Arc<ReadFiles>),
    /// `done` from 0 to 1.
    Checking {
        read: Arc<ReadFiles>,
        done: f64,
        what: String,
    },
    Done {
        read: Arc<ReadFiles>,
        report: Arc<TryoutReport>,
    },
    /// A sentence for whoever gave the files.
    Failed(String),
}

/// A folder for the files of one tryout; it goes when its value does.
#[derive(Debug)]
pub struct TryoutFolder(TempDir);

/// A tryout that is to begin.
#[derive(Debug)]
pub struct NewTryout {
    pub owner: TryoutOwner,
    pub folder: TryoutFolder,
    /// Files in that folder.
    pub files: Vec<GivenFile>,
    pub rules: RulesByType,
    pub write: ReportWriter,
}

/// Why no tryout can begin now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BeginRefusal {
    /// The server has as many as it may.
    #[error("as many tryouts are open as this server has room for")]
    Full,
    /// This customer has.
    #[error("your organisation has {TRYOUTS_PER_CUSTOMER_MAX} tryouts open, and one has no more")]
    CustomerFull,
}

impl Tryouts {
    /// Tryouts whose folders are made in this one, which no other process has.
    pub fn new(ledgers: Arc<dyn TryoutLedgers>, folder: PathBuf) -> Self {
        let places = Semaphore::new(TRYOUTS_WORKED_ON_MAX);
        Self(Arc::new(Registry { ledgers, folder, open: Mutex::default(), places }))
    }

    /// Removes what a process that was killed has left behind. For the start, before there are any.
    pub fn remove_leftovers(&self) -> io::Result<()> {
        match std::fs::remove_dir_all(&self.0.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// A folder to receive files into.
    pub fn make_folder(&self) -> io::Result<TryoutFolder> {
        std::fs::create_dir_all(&self.0.folder)?;
        let made = tempfile::Builder::new().prefix("tryout-").tempdir_in(&self.0.folder)?;
        Ok(TryoutFolder(made))
    }

    /// Begins to read the files; ends what the same person tried in that unit before.
    pub async fn begin(&self, app: &App, new: NewTryout) -> Result<TryoutId, BeginRefusal> {
        let earlier = self.known().values().find(|known| known.owner == new.owner).cloned();
        if let Some(earlier) = earlier {
            self.end(&earlier).await;
        }
        let id = TryoutId::new(app.clock.now(), app.randomness.bytes());
        let tryout = Arc::new(Tryout {
            id,
            owner: new.owner.clone(),
            state: Mutex::new(TryoutState::Waiting),
            checks: Notify::new(),
            end: CancellationToken::new(),
            gone: CancellationToken::new(),
        });
        {
            let mut open = self.known();
            if open.len() >= TRYOUTS_MAX {
                return Err(BeginRefusal::Full);
            }
            let customer = &new.owner.customer;
            let of_customer = open.values().filter(|known| known.owner.customer == *customer);
            if of_customer.count() >= TRYOUTS_PER_CUSTOMER_MAX {
                return Err(BeginRefusal::CustomerFull);
            }
            open.insert(id, Arc::clone(&tryout));
        }
        tokio::spawn(self.clone().run_to_end(app.clone(), tryout, new));
        Ok(id)
    }

    /// One that this person has in that unit.
    pub fn find(&self, id: TryoutId, owner: &TryoutOwner) -> Option<Arc<Tryout>> {
        self.known().get(&id).filter(|known| known.owner == *owner).cloned()
    }

    /// Ends a tryout and waits until nothing of it is left, or so long as that takes where all is well.
    pub async fn end(&self, tryout: &Tryout) {
        tryout.end.cancel();
        if timeout(TRYOUT_END_TIME_MAX, tryout.gone.cancelled()).await.is_err() {
            tracing::warn!(tryout = %tryout.id, "a tryout takes long to end; it goes on ending");
        }
    }

    /// Ends all of them, as the server stops.
    pub async fn end_all(&self) {
        let all: Vec<Arc<Tryout>> = self.known().values().cloned().collect();
        for tryout in all {
            self.end(&tryout).await;
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<TryoutId, Arc<Tryout>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on a tryout, keeps it until it ends, and leaves nothing of it.
    async fn run_to_end(self, app: App, tryout: Arc<Tryout>, new: NewTryout) {
        let NewTryout { folder, files, rules, write, .. } = new;
        let leaving = Leaving { tryouts: self.clone(), tryout: Arc::clone(&tryout) };
        let mut unit = None;
        let request =
            WorkRequest { app: &app, tryout: &tryout, folder: folder.path(), rules, write };
        tokio::select! {
            biased;
            () = tryout.end.cancelled() => {}
            () = sleep(TRYOUT_LASTS) => {}
            () = self.work(request, files, &mut unit) => {}
        }
        if let Some(unit) = unit {
            unit.close().await;
        }
        remove(folder).await;
        drop(leaving);
    }
}

/// Takes a tryout off the list when its work is over, also by a panic.
struct Leaving {
    tryouts: Tryouts,
    tryout: Arc<Tryout>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.tryouts.known().remove(&self.tryout.id);
        self.tryout.gone.cancel();
    }
}

impl Tryout {
    pub fn state(&self) -> TryoutState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs the checks, where the files are read and there is something to check; else nothing happens.
    pub fn run_checks(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let read = match &*state {
            TryoutState::Read(read) if read.may_be_checked() => Arc::clone(read),
            _ => return,
        };
        *state =
            TryoutState::Checking { read, done: 0.0, what: "waiting for their turn".to_owned() };
        self.checks.notify_one();
    }

    fn set(&self, state: TryoutState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl TryoutState {
    /// Returns `true` for a state that changes by itself.
    pub const fn is_moving(&self) -> bool {
        matches!(self, Self::Waiting | Self::Reading { .. } | Self::Checking { .. })
    }

    /// The files, once they are read.
    pub const fn read(&self) -> Option<&Arc<ReadFiles>> {
        match self {
            Self::Read(read) | Self::Checking { read, .. } | Self::Done { read, .. } => Some(read),
            Self::Waiting | Self::Reading { .. } | Self::Failed(_) => None,
        }
    }
}

impl fmt::Debug for TryoutState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "Waiting",
            Self::Reading { .. } => "Reading",
            Self::Read(_) => "Read",
            Self::Checking { .. } => "Checking",
            Self::Done { .. } => "Done",
            Self::Failed(_) => "Failed",
        })
    }
}

impl TryoutFolder {
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Removes a folder, again while what was cut off still writes a last file into it.
async fn remove(folder: TryoutFolder) {
    let path = folder.0.keep();
    for _ in 0..TRYOUT_REMOVALS_MAX {
        match tokio::fs::remove_dir_all(&path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                sleep(TRYOUT_REMOVE_AGAIN).await;
            }
            _ => return,
        }
    }
    tracing::error!(folder = %path.display(), "a tryout's folder cannot be removed; the next start does");
}
