//! Whether the store works right now, and how much room is left.
//!
//! Invariant: a check ends within [`CHECK_TIME_MAX`], and at most one object is being tried at a time,
//! so that checks of a store that hangs do not pile up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::SystemStore;
use crate::error::Error;
use crate::objects::{ObjectKey, ObjectWriter, Objects};

/// Longer than a busy store takes for a small row or a small object, and no longer than whoever asks
/// for it waits.
pub const CHECK_TIME_MAX: Duration = Duration::from_secs(5);
const PROBE_CONTENT: &[u8] = b"Bursar looks whether it can keep files here.\n";
/// Checks of one process never share a name.
static CHECKS: AtomicU64 = AtomicU64::new(0);

/// Where small objects are tried: the place of the objects, through a client that gives up early.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    objects: Arc<dyn Objects>,
    one_at_a_time: Arc<Semaphore>,
}

/// Connections to the database, by what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionCounts {
    pub in_use: u32,
    pub idle: u32,
}

#[derive(Debug, thiserror::Error)]
#[error("no answer within {} seconds", CHECK_TIME_MAX.as_secs())]
struct NoAnswer;

impl SystemStore {
    /// Tries the database and the objects: `Ok` when both work.
    pub async fn check(&self, now: Timestamp) -> Result<(), Error> {
        self.check_database().await?;
        self.check_objects(now).await
    }

    /// Asks the database something small.
    pub async fn check_database(&self) -> Result<(), Error> {
        let ask = sqlx::query_scalar("SELECT COUNT(*) FROM customers WHERE name = ''")
            .fetch_one(self.parts.db.reader());
        let one: i64 = timeout(CHECK_TIME_MAX, ask).await.map_err(no_answer)??;
        debug_assert_eq!(one, 0, "no customer has an empty name");
        Ok(())
    }

    /// Puts, reads and deletes a small object.
    pub async fn check_objects(&self, now: Timestamp) -> Result<(), Error> {
        self.parts.probe.check(now).await
    }

    /// Room for objects, in bytes; `None` where nobody can say.
    pub fn free_bytes(&self) -> Option<u64> {
        self.parts.objects.free_bytes()
    }

    /// The connections of this process.
    pub fn connection_counts(&self) -> ConnectionCounts {
        self.parts.db.connection_counts()
    }
}

impl Probe {
    pub(crate) fn new(objects: Arc<dyn Objects>) -> Self {
        Self { objects, one_at_a_time: Arc::new(Semaphore::new(1)) }
    }

    pub(crate) async fn check(&self, now: Timestamp) -> Result<(), Error> {
        let check = CHECKS.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{check}", now.as_microsecond(), std::process::id());
        let Self { objects, one_at_a_time } = self.clone();
        let tried = async {
            let turn = one_at_a_time.acquire_owned().await.map_err(Error::internal)?;
            // Goes on when nobody waits any more, so that it removes what it has put.
            let trying = tokio::spawn(async move {
                let tried = try_object(&*objects, ObjectKey::probe(&name)).await;
                drop(turn);
                tried
            });
            trying.await?
        };
        timeout(CHECK_TIME_MAX, tried).await.map_err(no_answer)?
    }
}

fn no_answer(_elapsed: tokio::time::error::Elapsed) -> Error {
    Error::unavailable(NoAnswer)
}

async fn try_object(objects: &dyn Objects, key: ObjectKey) -> Result<(), Error> {
    let mut writer = ObjectWriter::create(objects, key.clone()).await?;
    writer.write(Bytes::from_static(PROBE_CONTENT)).await?;
    writer.finish().await?.publish().await?;
    let found: Vec<Bytes> = objects.read(key.as_str()).await?.try_collect().await?;
    objects.delete(key.as_str()).await?;
    if found.concat() != PROBE_CONTENT {
        return Err(Error::internal("an object came back with other bytes"));
    }
    Ok(())
}
