//! Whether the store works right now, and how much room is left.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;

use crate::SystemStore;
use crate::error::Error;
use crate::objects::{ObjectKey, ObjectWriter};

const PROBE_CONTENT: &[u8] = b"Bursar looks whether it can keep files here.\n";
/// Checks of one process never share a name.
static CHECKS: AtomicU64 = AtomicU64::new(0);

impl SystemStore {
    /// Asks the database, and puts, reads and deletes a small object: `Ok` when all of it worked.
    pub async fn check(&self, now: Timestamp) -> Result<(), Error> {
        let one: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM customers WHERE name = ''")
            .fetch_one(self.parts.db.reader())
            .await?;
        debug_assert_eq!(one, 0, "no customer has an empty name");
        let check = CHECKS.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{check}", now.as_microsecond(), std::process::id());
        let key = ObjectKey::probe(&name);
        let mut writer = ObjectWriter::create(&*self.parts.objects, key.clone()).await?;
        writer.write(Bytes::from_static(PROBE_CONTENT)).await?;
        writer.finish().await?.publish().await?;
        let found: Vec<Bytes> = self.parts.objects.read(key.as_str()).await?.try_collect().await?;
        self.parts.objects.delete(key.as_str()).await?;
        if found.concat() != PROBE_CONTENT {
            return Err(Error::internal("an object came back with other bytes"));
        }
        Ok(())
    }

    /// Room for objects, in bytes; `None` where nobody can say.
    pub fn free_bytes(&self) -> Option<u64> {
        self.parts.objects.free_bytes()
    }
}
