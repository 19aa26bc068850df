//! Adding jobs to the queue.
//!
//! Not for: their states after that (`jobs`), or whose turn it is (`claim`).

use domain::{CustomerName, DeliveryId, JobId, Run, UnitName, Upload};
use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{JobKind, JobState};
use crate::error::Error;
use crate::rows::placeholders;

/// Of a job that waits for an upload to be read.
const JOB_COLUMNS: usize = 11;
/// The queue in which the jobs of a check stand.
const ALL_LEDGERS: &str = "all";

/// Adds a job that waits, in the transaction of the change that wants it.
pub(crate) async fn enqueue(
    transaction: &mut Transaction<'static, Any>,
    job: JobId,
    kind: JobKind,
    upload: &Upload,
    now: Timestamp,
) -> Result<(), Error> {
    enqueue_all(transaction, kind, &[(job, upload, now)]).await
}

/// Adds jobs of one kind that wait, in the transaction of the change that wants them.
pub(crate) async fn enqueue_all(
    transaction: &mut Transaction<'static, Any>,
    kind: JobKind,
    jobs: &[(JobId, &Upload, Timestamp)],
) -> Result<(), Error> {
    let insert = format!(
        "INSERT INTO jobs (id, kind, customer, unit, ledger, upload, received_at, state, \
         attempts, run_after, enqueued_at) VALUES {}",
        placeholders(jobs.len(), JOB_COLUMNS),
    );
    let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(jobs.len() == 1);
    for (job, upload, now) in jobs {
        query = query
            .bind(job.to_string())
            .bind(kind.as_str())
            .bind(upload.customer.as_str())
            .bind(upload.unit.as_str())
            .bind(upload.file_type.as_str())
            .bind(upload.id.to_string())
            .bind(upload.received_at.as_microsecond())
            .bind(JobState::Waiting.as_str())
            .bind(0_i64)
            .bind(now.as_microsecond())
            .bind(now.as_microsecond());
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

/// Adds the job of a run, in the transaction that adds the run.
pub(crate) async fn enqueue_run(
    transaction: &mut Transaction<'static, Any>,
    job: JobId,
    run: &Run,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO jobs (id, kind, customer, unit, ledger, run, received_at, state, attempts, \
         run_after, enqueued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $7, $7)",
    )
    .bind(job.to_string())
    .bind(JobKind::CheckUnit.as_str())
    .bind(run.customer.as_str())
    .bind(run.unit.as_str())
    .bind(ALL_LEDGERS)
    .bind(run.run_id.to_string())
    .bind(run.asked_at.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Adds the job of a delivery, in the transaction that adds the delivery. `queue` is where it goes: of one
/// webhook or person one is sent at a time.
pub(crate) async fn enqueue_delivery(
    transaction: &mut Transaction<'static, Any>,
    job: JobId,
    (customer, unit): (&CustomerName, &UnitName),
    (delivery, queue): (DeliveryId, &str),
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO jobs (id, kind, customer, unit, ledger, delivery, received_at, state, attempts, \
         run_after, enqueued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $7, $7)",
    )
    .bind(job.to_string())
    .bind(JobKind::Deliver.as_str())
    .bind(customer.as_str())
    .bind(unit.as_str())
    .bind(queue)
    .bind(delivery.to_string())
    .bind(now.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
