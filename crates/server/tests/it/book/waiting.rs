//! A reading that waits for its commit.

use async_trait::async_trait;
use domain::{LedgerChange, RowCounts, Upload};
use server::ledgers::{LedgersError, PreparedReading};

use super::examples::broken;
use super::{Act, Book};

pub(super) struct Waiting {
    pub(super) book: Book,
    pub(super) upload: Upload,
    pub(super) rows: RowCounts,
    pub(super) act: Option<Act>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

#[async_trait]
impl PreparedReading for Waiting {
    async fn commit(self: Box<Self>) -> Result<LedgerChange, LedgersError> {
        let change = self.book.commit(&self.upload, self.rows);
        match &self.act {
            Some(Act::CommitAndHang(done)) => {
                done.notify_one();
                std::future::pending().await
            }
            Some(Act::CommitAndFail) => Err(broken()),
            _ => Ok(change),
        }
    }
}
