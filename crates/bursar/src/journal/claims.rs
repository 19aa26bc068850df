//! The right to send an entry: taken, renewed, given back with how it ended.

use std::time::Duration;

use domain::CustomerName;
use jiff::Timestamp;

use super::lists::{DESTINATION_FILTER, DestinationFilter};
use super::{FailedAttempt, Journal, Receipt};
use crate::args::EntryId;
use crate::report::failure::Failure;

/// After so long without a sign of life an entry is taken over although its process seems to live: it
/// may be on another machine, or stopped. A server that gets the file twice answers with one receipt.
pub const LEASE: Duration = Duration::from_mins(5);

/// The right to send one entry, and to say how it ended.
#[derive(Debug)]
pub struct Claim {
    id: EntryId,
}

/// The end of a sending.
#[derive(Debug)]
pub enum Ending {
    Received(Receipt),
    /// Worth another try as it is: the network, the server or the token was at fault.
    Later(FailedAttempt),
    /// The file itself was at fault, or what was said about it.
    Never(FailedAttempt),
}

impl Journal {
    /// Takes an entry for sending; nothing when another process was faster.
    pub async fn claim(&self, id: EntryId, now: Timestamp) -> Result<Option<Claim>, Failure> {
        let taken = sqlx::query(
            "UPDATE entry SET state = 'sending', holder = $1, lease_until = $2, changed_at = $3
             WHERE id = $4 AND (state IN ('waiting', 'failed', 'dropped')
                                OR state = 'sending' AND lease_until < $3)",
        )
        .bind(self.holder.id())
        .bind(lease_end(now))
        .bind(now.as_microsecond())
        .bind(id.number())
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok((taken.rows_affected() == 1).then_some(Claim { id }))
    }

    /// Says that the sending goes on.
    pub async fn renew(&self, claim: &Claim, now: Timestamp) -> Result<(), Failure> {
        sqlx::query("UPDATE entry SET lease_until = $1 WHERE id = $2 AND holder = $3")
            .bind(lease_end(now))
            .bind(claim.id.number())
            .bind(self.holder.id())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(self.fault())
    }

    /// Writes down how it ended. Nothing changes when the entry was taken over meanwhile, unless the
    /// file was received: that stays true.
    pub async fn settle(
        &self,
        claim: Claim,
        tries: u32,
        ending: &Ending,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let (state, status, failed_attempt, receipt) = match ending {
            Ending::Received(receipt) => ("received", Some(receipt.status), None, Some(receipt)),
            Ending::Later(failed_attempt) => {
                ("waiting", failed_attempt.status, Some(failed_attempt), None)
            }
            Ending::Never(failed_attempt) => {
                ("failed", failed_attempt.status, Some(failed_attempt), None)
            }
        };
        sqlx::query(
            "UPDATE entry SET state = $1, tries = tries + $2, status = $3, exit_code = $4, what = $5,
                    next = $6, sha256 = COALESCE($7, sha256), receipt = $8, changed_at = $9,
                    holder = NULL, lease_until = NULL
             WHERE id = $10 AND (holder = $11 OR $1 = 'received')",
        )
        .bind(state)
        .bind(tries)
        .bind(status)
        .bind(failed_attempt.map(|failed_attempt| failed_attempt.failure.exit.number()))
        .bind(failed_attempt.map(|failed_attempt| failed_attempt.failure.what.as_str()))
        .bind(failed_attempt.map(|failed_attempt| failed_attempt.failure.next.as_str()))
        .bind(receipt.map(|receipt| receipt.sha256.to_string()))
        .bind(receipt.and_then(|receipt| receipt.json.as_ref()).map(ToString::to_string))
        .bind(now.as_microsecond())
        .bind(claim.id.number())
        .bind(self.holder.id())
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Takes an entry out of what is to be sent; the record stays. Nothing when it is received or
    /// being sent.
    pub async fn drop(&self, id: EntryId, now: Timestamp) -> Result<bool, Failure> {
        let dropped = sqlx::query(
            "UPDATE entry SET state = 'dropped', changed_at = $1
             WHERE id = $2 AND state IN ('waiting', 'failed')",
        )
        .bind(now.as_microsecond())
        .bind(id.number())
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok(dropped.rows_affected() == 1)
    }

    /// Forgets what was received or dropped before a moment, so that the file does not grow for ever.
    pub async fn forget(
        &self,
        before: Timestamp,
        filter: &DestinationFilter,
    ) -> Result<u64, Failure> {
        let sql = format!(
            "DELETE FROM entry WHERE {DESTINATION_FILTER} AND state IN ('received', 'dropped') AND changed_at < $3"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(filter.customer.as_ref().map(CustomerName::as_str))
            .bind(filter.host())
            .bind(before.as_microsecond())
            .execute(&self.pool)
            .await
            .map(|done| done.rows_affected())
            .map_err(self.fault())
    }
}

fn lease_end(now: Timestamp) -> i64 {
    let lease = i64::try_from(LEASE.as_micros()).expect("a lease is short");
    now.as_microsecond().saturating_add(lease)
}
