//! Uploads into ledgers and files as they are read, for the server.

use std::collections::BTreeSet;
use std::fs::File;

use analysis::ReadRequest;
use async_trait::async_trait;
use domain::finding::CheckedUnit;
use domain::{
    FileType, LedgerChange, LedgerFault, LedgerName, Preview, ReadingRules, ShownRecord,
    TrialReading, Upload,
};
use extract::TrialSize;
use jiff::tz::TimeZone;
use server::Clock;
use server::ledgers::{
    LedgerReader, LedgersError, PREVIEWED_ROWS, PreparedReading, ProblemTaker, ReadingOutcome,
    ReceiverGone, TRIED_RECORDS,
};
use server::limits::LINE_BYTES_MAX;

use super::{Watchers, failed, fault, unexpected};

#[derive(Debug)]
pub(super) struct Reader {
    pub(super) ledgers: analysis::Ledgers,
    pub(super) watchers: Watchers,
    pub(super) clock: Clock,
}

#[async_trait]
impl LedgerReader for Reader {
    async fn find_reading(&self, upload: &Upload) -> Result<Option<LedgerChange>, LedgersError> {
        self.ledgers.find_change(&upload.ledger(), upload.id).await.map_err(failed)
    }

    async fn prepare(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
    ) -> Result<ReadingOutcome, LedgersError> {
        let request = ReadRequest {
            ledger: upload.ledger(),
            upload: upload.id,
            format: upload.file_name.format(),
            rules: rules.clone(),
            is_released: upload.released_at.is_some(),
            is_read_again: upload.read_before.is_some(),
        };
        let outcome = self.ledgers.prepare(request, file).await.map_err(failed)?;
        Ok(outcome.map(|change| {
            let (ledgers, watchers) = (self.ledgers.clone(), self.watchers.clone());
            let (ledger, clock) = (upload.ledger(), self.clock.clone());
            Box::new(LedgerCommit { change, ledgers, watchers, ledger, clock }) as _
        }))
    }

    fn checked_rules(
        &self,
        file_type: FileType,
        rules: ReadingRules,
    ) -> Result<ReadingRules, String> {
        if let Some(mapping) = &rules.mapping {
            extract::check_mapping(file_type, mapping).map_err(|why| why.to_string())?;
        }
        let encoding = rules.encoding.as_deref().map(extract::encoding_name).transpose();
        Ok(ReadingRules { encoding: encoding.map_err(|why| why.to_string())?, ..rules })
    }

    async fn preview(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
    ) -> Result<Preview, LedgersError> {
        let read =
            move |options: &extract::Options<'_>| extract::preview(file, options, PREVIEWED_ROWS);
        Ok(read_beside(upload, rules, read).await?.unwrap_or_else(|refusal| Preview {
            refusal: Some(refusal.to_string()),
            ..Preview::default()
        }))
    }

    async fn try_reading(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
    ) -> Result<TrialReading, LedgersError> {
        let size = TrialSize { records: TRIED_RECORDS, rows: PREVIEWED_ROWS };
        let read = move |options: &extract::Options<'_>| extract::trial(file, options, size);
        Ok(read_beside(upload, rules, read).await?.unwrap_or_else(|refusal| TrialReading {
            refusal: Some(refusal.to_string()),
            ..TrialReading::default()
        }))
    }

    async fn record_at(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
        line: u64,
    ) -> Result<Option<ShownRecord>, LedgersError> {
        let read = move |options: &extract::Options<'_>| {
            extract::record_at(file, options, line, LINE_BYTES_MAX)
        };
        Ok(read_beside(upload, rules, read).await?.unwrap_or_else(|_refused_has_no_rows| None))
    }

    async fn problems(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
        mut taker: ProblemTaker,
    ) -> Result<(), LedgersError> {
        let read = move |options: &extract::Options<'_>| {
            let mut take =
                |problem| taker.take(problem).map_err(|gone| extract::SinkError(gone.into()));
            match extract::all_problems(file, options, &mut take) {
                Ok(()) => Ok(taker.finish()),
                Err(extract::ReadError::Sink(_receiver_gone)) => Ok(Err(ReceiverGone)),
                Err(error) => Err(error),
            }
        };
        match read_beside(upload, rules, read).await? {
            Ok(Ok(())) => Ok(()),
            Ok(Err(gone)) => Err(unexpected(gone)),
            Err(refusal) => Err(unexpected(refusal)),
        }
    }

    async fn without_payments(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
        held: BTreeSet<u64>,
    ) -> Result<Result<Vec<u8>, String>, LedgersError> {
        let write =
            move |options: &extract::Options<'_>| extract::cleaned_run(file, options, &held);
        let written = read_beside(upload, rules, write).await?;
        Ok(match written {
            Ok(cleaned) => cleaned.map_err(|why| why.to_string()),
            Err(refusal) => Err(refusal.to_string()),
        })
    }

    async fn faults(&self) -> Result<Vec<LedgerFault>, LedgersError> {
        let faults = self.ledgers.faults().await.map_err(failed)?;
        Ok(faults.into_iter().map(|(ledger, error)| fault(ledger, &error)).collect())
    }

    async fn tidy(&self, ledger: &LedgerName) -> Result<(), LedgersError> {
        let report = self.ledgers.tidy(ledger, self.clock.now()).await.map_err(failed)?;
        tracing::info!(%ledger, ?report, "ledger tidied");
        self.watchers.warm(ledger);
        Ok(())
    }
}

#[derive(Debug)]
struct LedgerCommit {
    change: analysis::PreparedChange,
    ledgers: analysis::Ledgers,
    watchers: Watchers,
    ledger: LedgerName,
    clock: Clock,
}

#[async_trait]
impl PreparedReading for LedgerCommit {
    async fn commit(self: Box<Self>) -> Result<LedgerChange, LedgersError> {
        let Self { change, ledgers, watchers, ledger, clock } = *self;
        let change = change.commit(clock.now()).await.map_err(failed)?;
        if ledger.file_type.is_of_invoices() {
            let of = CheckedUnit { customer: ledger.customer.clone(), unit: ledger.unit.clone() };
            // The file is read, and the next one marks what this one did not.
            match ledgers.mark_posted(&of, clock.now()).await {
                Ok(0) => {}
                Ok(marked) => tracing::info!(%ledger, marked, "unposted invoices were posted"),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, %ledger, "posted invoices are not marked yet");
                }
            }
        }
        watchers.warm(&ledger);
        Ok(change)
    }
}

/// Reads a file by these rules on a thread that may wait; why it is refused, where it is.
async fn read_beside<T: Send + 'static>(
    upload: &Upload,
    rules: &ReadingRules,
    read: impl FnOnce(&extract::Options<'_>) -> Result<T, extract::ReadError> + Send + 'static,
) -> Result<Result<T, extract::Refusal>, LedgersError> {
    let (file_type, format) = (upload.file_type, upload.file_name.format());
    let rules = rules.clone();
    let received = upload.received_at.to_zoned_datetime(TimeZone::UTC).date();
    let read = move || read(&extract::Options::by_rules(file_type, format, &rules).on(received));
    let read = tokio::task::spawn_blocking(read).await;
    match read.map_err(unexpected)? {
        Ok(read) => Ok(Ok(read)),
        Err(extract::ReadError::Refused(refusal)) => Ok(Err(refusal)),
        Err(fault) => Err(unexpected(fault)),
    }
}
