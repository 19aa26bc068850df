//! The work on a tryout: its files read, a word awaited, the checks run, the report written.
//!
//! Invariant: whatever goes wrong, what its owner reads is a sentence of ours; the inside text goes to
//! the log.

use std::error::Error as StdError;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use store::{DatabaseUrl, ObjectsUrl};
use tokio::time::timeout;

use super::{ReportWriter, Tryout, TryoutState, Tryouts};
use crate::App;
use crate::limits::{Limits, TRYOUT_ROWS_MAX, TRYOUT_WORK_TIME_MAX};
use crate::tryout::input::{GivenFile, Inputs, RulesByType};
use crate::tryout::unit::{TryoutParts, TryoutUnit};
use crate::tryout::{ReadFiles, TryoutError, TryoutListener, TryoutProgress};

/// The sentence on a file that does not tell its type.
const UNTOLD: &str =
    "neither its columns nor its name tell what it holds; try it again and choose its type";

/// All that the work on one tryout needs.
pub(super) struct WorkRequest<'a> {
    pub(super) app: &'a App,
    pub(super) tryout: &'a Arc<Tryout>,
    pub(super) folder: &'a Path,
    pub(super) rules: RulesByType,
    pub(super) write: ReportWriter,
}

/// Why the work ended early.
enum Interruption {
    Fault(TryoutError),
    TooLong,
}

impl From<TryoutError> for Interruption {
    fn from(error: TryoutError) -> Self {
        Self::Fault(error)
    }
}

impl Tryouts {
    /// Does all of it and then waits for ever: the tryout is there until it is ended. What has to be closed
    /// stands in `unit`.
    pub(super) async fn work(
        &self,
        request: WorkRequest<'_>,
        files: Vec<GivenFile>,
        unit: &mut Option<TryoutUnit>,
    ) {
        // Boxed: a file on its way through the reader takes 16 KiB of it.
        let work = Box::pin(self.read_and_check(&request, files, unit));
        if let Err(interruption) = work.await {
            request.tryout.set(TryoutState::Failed(words(&interruption)));
            if let Interruption::Fault(error) = interruption {
                let error = &error as &dyn StdError;
                tracing::warn!(tryout = %request.tryout.id, error, "a tryout did not come to its end");
            }
        }
        std::future::pending::<()>().await;
    }

    async fn read_and_check(
        &self,
        request: &WorkRequest<'_>,
        files: Vec<GivenFile>,
        unit: &mut Option<TryoutUnit>,
    ) -> Result<(), Interruption> {
        let tryout = request.tryout;
        let read = {
            let place = self.place().await;
            let reading = Box::pin(self.read(request, files, unit));
            let read = timeout(TRYOUT_WORK_TIME_MAX, reading).await.map_err(too_long)??;
            drop(place);
            Arc::new(read)
        };
        tryout.set(TryoutState::Read(Arc::clone(&read)));
        tryout.checks.notified().await;
        let place = self.place().await;
        let unit = unit.as_ref().expect("files are read in a unit");
        let found = timeout(TRYOUT_WORK_TIME_MAX, unit.check(&read)).await.map_err(too_long)??;
        let (app, write) = (request.app.clone(), request.write);
        let of = Arc::clone(&read);
        let report = tokio::task::spawn_blocking(move || write(&app, &of, &found)).await;
        let report = report.map_err(|panicked| TryoutError::Report(panicked.into()))??;
        drop(place);
        tryout.set(TryoutState::Done { read, report: Arc::new(report) });
        Ok(())
    }

    async fn place(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.0.places.acquire().await.expect("the places are never closed")
    }

    async fn read(
        &self,
        request: &WorkRequest<'_>,
        files: Vec<GivenFile>,
        unit: &mut Option<TryoutUnit>,
    ) -> Result<ReadFiles, TryoutError> {
        let (ledgers, rules) = (Arc::clone(&self.0.ledgers), request.rules.clone());
        let looking =
            tokio::task::spawn_blocking(move || Inputs::examine(&*ledgers, files, &rules, UNTOLD));
        let inputs = looking.await.map_err(|panicked| TryoutError::NotRead {
            name: "a file".to_owned(),
            why: panicked.to_string(),
        })??;
        let app = request.app;
        let made = TryoutUnit::make(TryoutParts {
            store: store::Config {
                database: DatabaseUrl::Sqlite(request.folder.join("bursar.db")),
                objects: ObjectsUrl::Local(request.folder.join("objects")),
            },
            spill: request.folder.join("spill"),
            ledgers: Arc::clone(&self.0.ledgers),
            customer: request.tryout.owner.customer.clone(),
            title: None,
            region: app.region.clone(),
            checks: app.checks.clone(),
            limits: Limits { workers: 1, ..app.limits.clone() },
            rows_max: TRYOUT_ROWS_MAX,
            listener: Arc::clone(request.tryout) as Arc<dyn TryoutListener>,
            clock: app.clock.clone(),
            randomness: app.randomness.clone(),
        });
        unit.insert(made.await?).read(inputs, &request.rules).await
    }
}

impl TryoutListener for Tryout {
    fn at(&self, progress: TryoutProgress<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match progress {
            TryoutProgress::Reading { number, of, name } => {
                if matches!(*state, TryoutState::Waiting | TryoutState::Reading { .. }) {
                    *state = TryoutState::Reading { number, of, name: name.to_owned() };
                }
            }
            TryoutProgress::Checking { done, what } => {
                // A thread that was cut off has a last word.
                if let TryoutState::Checking { done: known, what: words, .. } = &mut *state {
                    *known = done;
                    what.clone_into(words);
                }
            }
        }
    }
}

fn too_long(_elapsed: tokio::time::error::Elapsed) -> Interruption {
    Interruption::TooLong
}

/// The words for the owner.
fn words(interruption: &Interruption) -> String {
    match interruption {
        Interruption::TooLong => format!(
            "It took longer than {} minutes, the longest that files are tried for. Send the files instead: \
             then they are read and checked for as long as it takes.",
            TRYOUT_WORK_TIME_MAX.as_secs() / 60
        ),
        Interruption::Fault(TryoutError::TooManyRows { max }) => format!(
            "The files hold more than {} rows, the most that are tried here. Try a part of them, send them \
             instead, or use bursard try on a machine of your own.",
            domain::digits::grouped(&max.to_string())
        ),
        Interruption::Fault(_) => {
            "The server could not do its work. Try again; if it goes on, tell the operator \
            to look for this tryout in the server's log."
                .to_owned()
        }
    }
}
