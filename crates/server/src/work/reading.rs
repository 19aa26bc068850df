//! One upload from its stored bytes into its ledger.
//!
//! Not for: which of them is next, or trying again (`work`).
//!
//! Invariant: problems are kept before the ledger's commit and the upload is finished after it, so that
//! wherever it is cut off, what is shown is never ahead of what is in the ledger; and a file that is in
//! the ledger is not put there twice, as the ledger is asked first.

use domain::{FileType, LedgerChange, ReadingReport, ReadingRules, Remedy, Upload, UploadState};
use store::ClaimedJob;
use tracing::{Instrument as _, Span};

use super::{Failure, WorkerParts};
use crate::ledgers::{LedgersError, ReadingOutcome};
use crate::limits::TIDY_EVERY_VERSIONS;
use crate::{measures, traces};

/// Why a snapshot that comes out of order is not read.
const OVERTAKEN: &str = "a newer snapshot of this unit was read already";

pub(super) async fn read(parts: &WorkerParts, job: &ClaimedJob) -> Result<(), Failure> {
    let system = parts.store.system();
    let upload = system.begin_reading(job, parts.clock.now()).await?;
    if !matches!(upload.state, UploadState::Reading { .. }) {
        return Ok(system.finish_job(job, parts.clock.now()).await?);
    }
    let reading = Reading { parts, job, upload: &upload };
    if let Some(change) = find_reading(parts, &upload).await? {
        return reading.finish_as_read(change).await;
    }
    if upload.file_type.is_snapshot() && system.newer_is_read(&upload).await? {
        return reading.finish_as_refused(OVERTAKEN.to_owned(), Remedy::Nothing).await;
    }
    let customer = parts.store.customer(&upload.customer);
    let rules = customer.reading_rules(&upload.unit, upload.file_type).await?;
    let file = customer.open_object(&upload, parts.spool.as_deref()).await?;
    let preparing = parts.reader.prepare(&upload, file, &rules);
    match preparing.instrument(traces::step("prepare rows")).await? {
        ReadingOutcome::Ready(report, prepared) => {
            reading.keep(&report, &rules).await?;
            // The last moment at which somebody else's claim stops this one without a trace.
            system.heartbeat(job, parts.clock.now()).await?;
            let committing = prepared.commit();
            let change = committing.instrument(traces::step("commit to the ledger")).await?;
            reading.remember(&report, rules).await?;
            reading.finish_as_read(change).await
        }
        ReadingOutcome::Held { report, rows, reason } => {
            reading.keep(&report, &rules).await?;
            let at = parts.clock.now();
            reading.finish(UploadState::Held { at, rows, reason }).await
        }
        ReadingOutcome::Refused { report, reason, remedy } => {
            reading.keep(&report, &rules).await?;
            reading.finish_as_refused(reason, remedy).await
        }
    }
}

/// The change that an attempt before this one made to the ledger; one of an earlier reading is none.
pub(super) async fn find_reading(
    parts: &WorkerParts,
    upload: &Upload,
) -> Result<Option<LedgerChange>, LedgersError> {
    let found = parts.reader.find_reading(upload).await?;
    Ok(found.filter(|change| upload.read_before.is_none_or(|before| change.version > before)))
}

struct Reading<'a> {
    parts: &'a WorkerParts,
    job: &'a ClaimedJob,
    upload: &'a Upload,
}

impl Reading<'_> {
    async fn keep(&self, report: &ReadingReport, read_by: &ReadingRules) -> Result<(), Failure> {
        let system = self.parts.store.system();
        let found = (&*report.problems, &*report.counts);
        Ok(system.keep_problems(self.job, found, read_by).await?)
    }

    /// Remembers how this file wrote its dates and amounts, which decides for later ones that leave
    /// it open unless a person said.
    async fn remember(&self, report: &ReadingReport, rules: ReadingRules) -> Result<(), Failure> {
        let remembered = ReadingRules {
            date_order: rules.date_order.or(report.date_order),
            decimal_style: rules.decimal_style.or(report.decimal_style),
            ..rules.clone()
        };
        if remembered == rules {
            return Ok(());
        }
        let customer = self.parts.store.customer(&self.upload.customer);
        let (unit, file_type) = (&self.upload.unit, self.upload.file_type);
        let now = self.parts.clock.now();
        Ok(customer.set_reading_rules(unit, file_type, &remembered, now).await?)
    }

    async fn finish_as_read(&self, change: LedgerChange) -> Result<(), Failure> {
        if self.upload.file_type == FileType::Payments {
            self.check_payments().instrument(traces::step("check payments")).await?;
        }
        let LedgerChange { version, rows } = change;
        let at = self.parts.clock.now();
        self.finish(UploadState::Read { at, ledger_version: version, rows }).await?;
        measures::rows(self.upload.file_type, rows);
        Ok(())
    }

    /// Before the upload is said to be read, so that whoever looks then finds what was found.
    async fn check_payments(&self) -> Result<(), Failure> {
        let system = self.parts.store.system();
        let held = system.held_payments(self.upload).await?;
        let check = self.parts.checker.check_payments(self.upload, held).await?;
        let doubtful = check.payments.iter().filter(|payment| payment.has_doubts()).count();
        system.keep_payment_check(self.upload, &check, self.parts.clock.now()).await?;
        tracing::info!(
            upload = %self.upload.id, payments = check.payments.len(), doubtful, "payments were checked"
        );
        Ok(())
    }

    async fn finish_as_refused(&self, reason: String, remedy: Remedy) -> Result<(), Failure> {
        let at = self.parts.clock.now();
        self.finish(UploadState::Refused { at, reason, remedy: Some(remedy) }).await
    }

    async fn finish(&self, state: UploadState) -> Result<(), Failure> {
        let system = self.parts.store.system();
        let tidy = matches!(&state, UploadState::Read { ledger_version, .. }
            if ledger_version.is_multiple_of(TIDY_EVERY_VERSIONS))
        .then(|| self.parts.new_job());
        let (word, rows) = (state.word(), rows_of(&state));
        let span = Span::current();
        span.record("bursar.state", word);
        span.record("bursar.rows", rows.map(traces::count));
        let next = self.parts.after_reading(tidy);
        system.finish_reading(self.job, state, next, self.parts.clock.now()).await?;
        let upload = self.upload;
        tracing::info!(
            upload = %upload.id, customer = %upload.customer, unit = %upload.unit,
            file_type = %upload.file_type, rows, "{word}"
        );
        Ok(())
    }
}

fn rows_of(state: &UploadState) -> Option<u64> {
    match state {
        UploadState::Read { rows, .. } | UploadState::Held { rows, .. } => Some(rows.rows_read),
        UploadState::Received | UploadState::Reading { .. } | UploadState::Refused { .. } => None,
    }
}
