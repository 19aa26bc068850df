//! Whether uploads can be taken: the database and the objects answer.
//!
//! Invariant: however often strangers ask, the store is tried at most once in `TRY_EVERY`, and by one
//! request at a time: each try writes and syncs a small object.

use std::time::Duration;

use jiff::Timestamp;
use store::Store;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// As often as load balancers commonly ask.
const TRY_EVERY: Duration = Duration::from_secs(5);

/// What the last try found.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    pub(crate) async fn is_ready(&self, store: &Store, now: Timestamp) -> bool {
        let mut last = self.0.lock().await;
        if let Some((tried, ready)) = *last
            && tried.elapsed() < TRY_EVERY
        {
            return ready;
        }
        let tried = store.system().check(now).await;
        if let Err(error) = &tried {
            tracing::warn!(error = error as &dyn std::error::Error, "not ready");
        }
        *last = Some((Instant::now(), tried.is_ok()));
        tried.is_ok()
    }
}
