//! What dead processes leave behind: entries they were sending, and copies that no entry names.

use std::path::Path;

use super::Journal;
use crate::report::failure::Failure;

const RELEASE: &str = "UPDATE entry SET state = 'waiting', holder = NULL, lease_until = NULL
     WHERE state = 'sending' AND holder = $1";

impl Journal {
    /// Gives back what processes held that have died.
    pub async fn release_dead(&self) -> Result<(), Failure> {
        self.release().await.map_err(self.fault())
    }

    /// Removes copies that a process made and died before any entry named them.
    pub(super) async fn sweep(&self) -> Result<(), sqlx::Error> {
        let paths: Vec<String> = sqlx::query_scalar(
            "SELECT path FROM entry WHERE is_spooled = 1 AND state <> 'received'",
        )
        .fetch_all(&self.pool)
        .await?;
        // By name, which is unique: the folder may have been moved.
        let owned: Vec<_> = paths.iter().filter_map(|path| Path::new(path).file_name()).collect();
        for item in std::fs::read_dir(self.spool())? {
            let item = item?;
            let name = item.file_name();
            let text = name.to_string_lossy();
            let fingerprint = text.split_once('.').map_or(&*text, |(fingerprint, _)| fingerprint);
            if !self.holder.is_alive(fingerprint) && !owned.contains(&name.as_os_str()) {
                // Another process may sweep too; what cannot be removed is tried again each time.
                std::fs::remove_file(item.path()).unwrap_or_else(|_tried_again| ());
            }
        }
        Ok(())
    }

    async fn release(&self) -> Result<(), sqlx::Error> {
        let holders: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT holder FROM entry WHERE state = 'sending'")
                .fetch_all(&self.pool)
                .await?;
        for dead in holders.iter().filter(|fingerprint| !self.holder.is_alive(fingerprint)) {
            sqlx::query(RELEASE).bind(dead).execute(&self.pool).await?;
            self.holder.forget(dead);
        }
        Ok(())
    }
}
