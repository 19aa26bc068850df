//! The statuses of the ledger, and which of them take their rows out of what the checks look at.
//!
//! Not for: the rule (`domain::invoice_status`).
//!
//! Invariant: a status is decided once, however many rows have it, and every check goes by the same.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use datafusion::prelude::SessionContext;
use domain::LeftOutStatuses;
use domain::finding::{StatusRead, StatusesRead};
use domain::invoice_status::{STATUS_BYTES_MAX, StatusRule};
use futures_util::StreamExt as _;

use crate::engine::{query, query_all};
use crate::error::Error;

/// Statuses named in a report; a column with more holds remarks.
const NAMED_MAX: usize = 50;

/// The statuses of one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statuses {
    /// The statuses left out, as they stand in the ledger.
    pub(super) left_out: Vec<String>,
    pub(super) read: StatusesRead,
}

impl Statuses {
    /// Counts the statuses of transactions and decides each.
    pub(super) async fn read(
        session: &SessionContext,
        left_out: &LeftOutStatuses,
    ) -> Result<Self, Error> {
        let rows = rows(session).await?;
        let rule = StatusRule::new(left_out, rows);
        let read =
            StatusesRead { left_out_statuses: left_out.clone(), rows, ..StatusesRead::default() };
        let mut statuses = Self { left_out: Vec::new(), read };
        let sql = "SELECT status, count(*) AS n FROM transactions WHERE status IS NOT NULL \
            GROUP BY status ORDER BY n DESC, status";
        let mut stream = query(session, sql).await?;
        while let Some(batch) = stream.next().await {
            statuses.add(&batch?, &rule);
        }
        statuses.read.met.sort_by_key(|read| !read.is_left_out);
        Ok(statuses)
    }

    fn add(&mut self, batch: &RecordBatch, rule: &StatusRule) {
        let (texts, counts) =
            (batch.column(0).as_string::<i32>(), batch.column(1).as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            let status = texts.value(row);
            let rows = u64::try_from(counts.value(row)).expect("a count is not negative");
            let is_left_out = rule.leaves_out(status, rows);
            if is_left_out {
                self.left_out.push(status.to_owned());
                self.read.invoices_left_out_by_status += rows;
            }
            if self.read.met.len() < NAMED_MAX && status.len() <= STATUS_BYTES_MAX {
                self.read.met.push(StatusRead { status: status.to_owned(), rows, is_left_out });
            } else {
                self.read.more += 1;
            }
        }
    }
}

async fn rows(session: &SessionContext) -> Result<u64, Error> {
    let found = query_all(session, "SELECT count(*) FROM transactions").await?;
    let first = found.iter().find(|batch| batch.num_rows() > 0);
    Ok(first.map_or(0, |batch| {
        let rows = batch.column(0).as_primitive::<Int64Type>().value(0);
        u64::try_from(rows).expect("a count is not negative")
    }))
}
