//! Connections that are kept for the next request of the same link.
//!
//! Invariants: a connection serves one request at a time; few are kept, and none for longer than servers keep
//! theirs.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::client::conn::http1::SendRequest;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

/// The body of any request.
pub(super) type AnyBody = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// The most connections without a request: as many as files may leave at once.
const KEPT_MAX: usize = 16;
/// A file follows the one before it within milliseconds; some servers hang up after five seconds.
const KEPT_TIME_MAX: Duration = Duration::from_secs(3);
/// The time in which a connection has to be through with the request before. One whose body is still on its
/// way, as the server answered early, is not waited for.
const READY_TIME_MAX: Duration = Duration::from_millis(100);

/// A connection, and the task that drives it; it ends with this.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) sender: SendRequest<AnyBody>,
    #[expect(dead_code, reason = "kept for as long as the connection is used")]
    pub(super) driver: JoinSet<Result<(), hyper::Error>>,
}

/// Connections of one link without a request, the last used at the end. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct KeptConnections(Arc<Mutex<Vec<(Connection, Instant)>>>);

impl KeptConnections {
    /// One that still works.
    pub(super) async fn take(&self) -> Option<Connection> {
        loop {
            let (mut connection, since) = self.lock().pop()?;
            if since.elapsed() > KEPT_TIME_MAX || connection.sender.is_closed() {
                continue;
            }
            if matches!(timeout(READY_TIME_MAX, connection.sender.ready()).await, Ok(Ok(()))) {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection whose answer was read to its end.
    pub(super) fn keep(&self, connection: Connection) {
        let mut kept = self.lock();
        kept.retain(|(_, since)| since.elapsed() <= KEPT_TIME_MAX);
        if kept.len() < KEPT_MAX && !connection.sender.is_closed() {
            kept.push((connection, Instant::now()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Connection, Instant)>> {
        // Nothing here panics half way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
