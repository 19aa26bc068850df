//! Adding jobs to the queue.
//!
//! Not for: their states after that (`jobs`), or whose turn it is (`claim`).

use domain::{CustomerName, DeliveryId, JobId, Run, RunId, TraceContext, UnitName, Upload};
use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{JobKind, JobState};
use crate::error::Error;
use crate::rows::placeholders;

/// The columns of a job that waits for an upload to be read.
const JOB_COLUMNS: usize = 12;
/// The queue in which the jobs of a check stand.
const ALL_LEDGERS: &str = "all";

/// The length of the texts of one job's places in traces: some thirty uploads that asked for one run. Of
/// those behind them the run is found by its id.
const TRACES_BYTES_MAX: i64 = 2_048;

/// A job about an upload, to be added.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewJob<'a> {
    pub(crate) id: JobId,
    pub(crate) upload: &'a Upload,
    pub(crate) at: Timestamp,
    pub(crate) trace: Option<TraceContext>,
}

/// Adds a job that waits, in the transaction of the change that wants it.
pub(crate) async fn enqueue(
    transaction: &mut Transaction<'static, Any>,
    kind: JobKind,
    job: NewJob<'_>,
) -> Result<(), Error> {
    enqueue_all(transaction, kind, &[job]).await
}

/// Adds a job that reads an upload once more, in the trace of its receipt.
pub(crate) async fn enqueue_again(
    transaction: &mut Transaction<'static, Any>,
    id: JobId,
    upload: &Upload,
    at: Timestamp,
) -> Result<(), Error> {
    let first: Option<String> = sqlx::query_scalar(
        "SELECT traces FROM jobs WHERE upload = $1 AND traces IS NOT NULL \
         ORDER BY enqueued_at, id LIMIT 1",
    )
    .bind(upload.id.to_string())
    .fetch_optional(&mut **transaction)
    .await?;
    let trace = first.and_then(|first| first.parse().ok());
    enqueue(transaction, JobKind::ReadUpload, NewJob { id, upload, at, trace }).await
}

/// Adds jobs of one kind that wait, in the transaction of the change that wants them.
pub(crate) async fn enqueue_all(
    transaction: &mut Transaction<'static, Any>,
    kind: JobKind,
    jobs: &[NewJob<'_>],
) -> Result<(), Error> {
    let insert = format!(
        "INSERT INTO jobs (id, kind, customer, unit, ledger, upload, received_at, state, \
         attempts, run_after, enqueued_at, traces) VALUES {}",
        placeholders(jobs.len(), JOB_COLUMNS),
    );
    let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(jobs.len() == 1);
    for NewJob { id, upload, at, trace } in jobs {
        query = query
            .bind(id.to_string())
            .bind(kind.as_str())
            .bind(upload.customer.as_str())
            .bind(upload.unit.as_str())
            .bind(upload.file_type.as_str())
            .bind(upload.id.to_string())
            .bind(upload.received_at.as_microsecond())
            .bind(JobState::Waiting.as_str())
            .bind(0_i64)
            .bind(at.as_microsecond())
            .bind(at.as_microsecond())
            .bind(trace.map(|trace| trace.to_string()));
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

/// Adds the job of a run, in the transaction that adds the run.
pub(crate) async fn enqueue_run(
    transaction: &mut Transaction<'static, Any>,
    job: JobId,
    run: &Run,
    trace: Option<TraceContext>,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO jobs (id, kind, customer, unit, ledger, run, received_at, state, attempts, \
         run_after, enqueued_at, traces) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $7, $7, $8)",
    )
    .bind(job.to_string())
    .bind(JobKind::CheckUnit.as_str())
    .bind(run.customer.as_str())
    .bind(run.unit.as_str())
    .bind(ALL_LEDGERS)
    .bind(run.run_id.to_string())
    .bind(run.asked_at.as_microsecond())
    .bind(trace.map(|trace| trace.to_string()))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Adds a place in a trace to those that the job of a run goes on from, while there is room.
pub(crate) async fn add_trace(
    transaction: &mut Transaction<'static, Any>,
    run: RunId,
    trace: TraceContext,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE jobs SET traces = CASE WHEN traces IS NULL THEN $2 ELSE traces || ' ' || $2 END \
         WHERE run = $1 AND (traces IS NULL OR LENGTH(traces) < $3)",
    )
    .bind(run.to_string())
    .bind(trace.to_string())
    .bind(TRACES_BYTES_MAX)
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
