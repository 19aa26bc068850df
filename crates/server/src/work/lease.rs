//! A lease that is prolonged while its job is worked on.
//!
//! Invariant: nobody keeps a lease alive for work that was dropped.

use std::error::Error as StdError;
use std::sync::Arc;

use store::ClaimedJob;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::WorkerParts;

/// The heartbeats in a lease's length: two heartbeats may fail before it lapses.
const HEARTBEATS_PER_LEASE: u32 = 3;

/// Prolonged from a task of its own until dropped.
pub(super) struct KeptLease {
    lost: CancellationToken,
    heart: JoinHandle<()>,
}

impl KeptLease {
    pub(super) fn keep(parts: &Arc<WorkerParts>, job: &ClaimedJob) -> Self {
        let lost = CancellationToken::new();
        let heart = tokio::spawn(beat(Arc::clone(parts), job.clone(), lost.clone()));
        Self { lost, heart }
    }

    /// Completes when somebody else has the job, or may have it.
    pub(super) async fn lost(&self) {
        self.lost.cancelled().await;
    }
}

impl Drop for KeptLease {
    fn drop(&mut self) {
        self.heart.abort();
    }
}

async fn beat(parts: Arc<WorkerParts>, job: ClaimedJob, lost: CancellationToken) {
    // However it ends, nobody prolongs the lease from then on.
    let ends = lost.drop_guard();
    let mut prolonged = Instant::now();
    loop {
        sleep(parts.limits.lease / HEARTBEATS_PER_LEASE).await;
        let began = Instant::now();
        match parts.store.system().heartbeat(&job, parts.clock.now()).await {
            Ok(()) => prolonged = began,
            Err(store::Error::LeaseLost) => break,
            Err(error) => {
                tracing::warn!(job = %job.id, error = &error as &dyn StdError, "a heartbeat failed");
                if prolonged.elapsed() >= parts.limits.lease {
                    break;
                }
            }
        }
    }
    drop(ends);
}
