//! What whoever reads an upload writes about it.
//!
//! Not for: the ledger's rows, or what a person decides (`decisions`).
//!
//! Invariant: nothing is written by a holder whose lease somebody else has: the fence is asked in
//! the same transaction, and [`Error::LeaseLost`] leaves everything as it was.

use domain::{
    JobId, Problem, ProblemCount, ReadingRules, Remedy, TraceContext, Upload, UploadState,
};
use jiff::Timestamp;
use sqlx::{Any, Transaction};

use crate::SystemStore;
use crate::error::Error;
use crate::jobs::{ClaimedJob, JobKind, NewJob, enqueue, finish, hold};
use crate::problems;
use crate::runs::{NewRun, RunTicket};
use crate::uploads::{is_overtaken, write_state};

/// Why a snapshot that was still held can no longer be let in.
const OVERTAKEN: &str = "a newer snapshot took its place";

/// The ids of the jobs that may follow the reading of an upload.
#[derive(Debug, Clone, Copy, Default)]
pub struct NextJobs {
    /// Tidies the ledger, unless such a job waits already.
    pub tidy: Option<JobId>,
    /// Checks the unit when the upload is read, unless a run waits already.
    pub check: Option<NewRun>,
    /// The place in a trace that the check goes on from.
    pub trace: Option<TraceContext>,
}

impl SystemStore {
    /// The upload that now is being read; as it is, when it has been read, held or refused before:
    /// then only the job is left to finish.
    pub async fn begin_reading(&self, job: &ClaimedJob, now: Timestamp) -> Result<Upload, Error> {
        let mut transaction = self.parts.db.begin().await?;
        hold(&mut transaction, job).await?;
        let mut upload = self.parts.db.locked_upload(&mut transaction, job.upload()?).await?;
        if let Ok(reading) = upload.state.clone().begin_reading(now) {
            upload.state = reading;
            write_state(&mut transaction, &upload).await?;
        }
        transaction.commit().await?;
        Ok(upload)
    }

    /// Keeps these in place of what was kept of the upload, of the problems the first
    /// [`PROBLEMS_KEPT_MAX`](crate::PROBLEMS_KEPT_MAX). `read_by` are the rules by which they were found.
    pub async fn keep_problems(
        &self,
        job: &ClaimedJob,
        (problems, counts): (&[Problem], &[ProblemCount]),
        read_by: &ReadingRules,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        hold(&mut transaction, job).await?;
        problems::remove(&mut transaction, job.upload()?).await?;
        problems::note_rules(&mut transaction, job.upload()?, read_by).await?;
        problems::add(&mut transaction, job.upload()?, problems).await?;
        problems::add_counts(&mut transaction, job.upload()?, counts).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The upload is read, held or refused, the job done, and what `next` asks for waits. A snapshot
    /// that was read or held turns older ones that are held into refused ones. [`Error::Conflict`]
    /// when the upload is not being read.
    pub async fn finish_reading(
        &self,
        job: &ClaimedJob,
        state: UploadState,
        next: NextJobs,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        finish(&mut transaction, job, now).await?;
        let mut upload = self.parts.db.locked_upload(&mut transaction, job.upload()?).await?;
        upload.state = match state {
            UploadState::Read { at, ledger_version, rows } => {
                upload.state.finish_reading(at, ledger_version, rows)?
            }
            UploadState::Held { at, rows, reason } => upload.state.hold(at, rows, reason)?,
            UploadState::Refused { at, reason, remedy } => {
                upload.state.refuse(at, reason, remedy)?
            }
            UploadState::Received | UploadState::Reading { .. } => {
                return Err(Error::Conflict { what: "state of the upload" });
            }
        };
        write_state(&mut transaction, &upload).await?;
        if takes_the_place_of_older(&upload) {
            refuse_older_held(&mut transaction, &upload, now).await?;
        }
        if let Some(tidy) = next.tidy
            && !tidy_waits(&mut transaction, &upload).await?
        {
            let tidying = NewJob { id: tidy, upload: &upload, at: now, trace: None };
            enqueue(&mut transaction, JobKind::TidyLedger, tidying).await?;
        }
        if let Some(ids) = next.check
            && matches!(upload.state, UploadState::Read { .. })
        {
            let (customer, unit, trace) = (&upload.customer, &upload.unit, next.trace);
            let ticket = RunTicket { customer, unit, by: None, at: now, trace };
            self.parts.db.ask_for_run(&mut transaction, ticket, ids).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Returns `true` when an upload of the same ledger that was received later is read: an older
    /// snapshot must not overtake it.
    pub async fn newer_is_read(&self, upload: &Upload) -> Result<bool, Error> {
        is_overtaken(self.parts.db.reader(), upload, "read").await
    }
}

fn takes_the_place_of_older(upload: &Upload) -> bool {
    upload.file_type.is_snapshot()
        && matches!(upload.state, UploadState::Read { .. } | UploadState::Held { .. })
}

async fn refuse_older_held(
    transaction: &mut Transaction<'static, Any>,
    newer: &Upload,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE uploads SET state = 'refused', state_at = $1, reason = $2, remedy = $8, rows_read = NULL, \
         rows_set_aside = NULL, non_rows = NULL, rows_replaced = NULL, made_inactive = NULL, \
         active_before = NULL, hold_reason = NULL, hold_details = NULL WHERE customer = $3 AND unit = $4 AND file_type = $5 \
         AND state = 'held' AND (received_at, id) < ($6, $7)",
    )
    .bind(now.as_microsecond())
    .bind(OVERTAKEN)
    .bind(newer.customer.as_str())
    .bind(newer.unit.as_str())
    .bind(newer.file_type.as_str())
    .bind(newer.received_at.as_microsecond())
    .bind(newer.id.to_string())
    .bind(Remedy::Nothing.code())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn tidy_waits(
    transaction: &mut Transaction<'static, Any>,
    upload: &Upload,
) -> Result<bool, Error> {
    let waiting: Option<String> = sqlx::query_scalar(
        "SELECT id FROM jobs WHERE customer = $1 AND unit = $2 AND ledger = $3 \
         AND state = 'waiting' AND kind = 'tidy_ledger' LIMIT 1",
    )
    .bind(upload.customer.as_str())
    .bind(upload.unit.as_str())
    .bind(upload.file_type.as_str())
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(waiting.is_some())
}
