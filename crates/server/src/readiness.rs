//! Whether uploads can be taken: there is room, and the database and the objects answer.
//!
//! Invariant: however often strangers ask, the store is tried at most once in `TRY_EVERY`, and by one
//! request at a time: each try writes and syncs a small object. What they are told is a fixed sentence; the
//! error behind it is in the log.

use std::error::Error as StdError;
use std::time::Duration;

use domain::{ReadinessCheck, ReadinessCheckName, ReadinessReport};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{App, measures};

/// The time between two tries: as often as load balancers commonly ask.
const TRY_EVERY: Duration = Duration::from_secs(5);

/// The checks of the last try, and when that was.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, Vec<ReadinessCheck>)>>);

impl Readiness {
    /// The report of now, or of a try less than `TRY_EVERY` ago.
    pub async fn report(&self, app: &App) -> ReadinessReport {
        let mut checks = vec![server(app)];
        let mut last = self.0.lock().await;
        match &*last {
            Some((tried, found)) if tried.elapsed() < TRY_EVERY => checks.extend_from_slice(found),
            _ => {
                let found = look(app).await;
                checks.extend_from_slice(&found);
                *last = Some((Instant::now(), found));
            }
        }
        checks.push(app.ledger_health.check());
        let report = ReadinessReport::new(checks);
        measures::readiness(&report);
        report
    }
}

fn server(app: &App) -> ReadinessCheck {
    let name = ReadinessCheckName::Server;
    if app.admission.is_closed() {
        return ReadinessCheck::blocking(name, "The server is stopping and takes no more files.");
    }
    ReadinessCheck::good(name, "The server is running.")
}

/// Everything that may be tried only so often.
async fn look(app: &App) -> Vec<ReadinessCheck> {
    let (system, now) = (app.store.system(), app.clock.now());
    let (database, objects) = tokio::join!(system.check_database(), system.check_objects(now));
    let checks = vec![disk(app), database_check(database), objects_check(objects)];
    measures::store_tried(&checks, now);
    checks
}

/// Looks at the disk by the rule that uploads are let in by.
fn disk(app: &App) -> ReadinessCheck {
    let (free, reserve) = (app.store.system().free_bytes(), app.limits.disk_reserve_bytes);
    measures::room(free, reserve);
    let name = ReadinessCheckName::Disk;
    match free {
        None => ReadinessCheck::good(name, "How much room there is cannot be said of this place."),
        Some(free) if app.limits.has_room(free, 0) => {
            ReadinessCheck::good(name, "There is room for files.")
        }
        Some(free) => {
            tracing::warn!(free, reserve, "not ready: less room is free than the reserve");
            ReadinessCheck::blocking(
                name,
                "The disk has less room free than is kept in reserve, so files are refused.",
            )
        }
    }
}

fn database_check(tried: Result<(), store::Error>) -> ReadinessCheck {
    let name = ReadinessCheckName::Database;
    match tried {
        Ok(()) => ReadinessCheck::good(name, "The database answers."),
        Err(error) => {
            log(name, &error);
            ReadinessCheck::blocking(
                name,
                "The database does not answer, so files cannot be received.",
            )
        }
    }
}

fn objects_check(tried: Result<(), store::Error>) -> ReadinessCheck {
    let name = ReadinessCheckName::Objects;
    match tried {
        Ok(()) => ReadinessCheck::good(name, "Files can be written where they are kept."),
        Err(error) => {
            log(name, &error);
            let detail = match error {
                store::Error::Full => "There is no room where files are kept.",
                _ => "Files cannot be written where they are kept.",
            };
            ReadinessCheck::blocking(name, detail)
        }
    }
}

fn log(name: ReadinessCheckName, error: &store::Error) {
    tracing::warn!(error = error as &dyn StdError, check = name.as_str(), "not ready");
}
