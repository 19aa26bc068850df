//! The server's face to the ledgers, put on `analysis`: the one place that knows both.

use std::fs::File;
use std::sync::Arc;

use analysis::{CheckLedgers, ReadRequest, Retention};
use async_trait::async_trait;
use domain::finding::{CheckRequest, Checked, CheckedUnit, KeptFinding};
use domain::ledger_view::{RowsPage, RowsRequest, SupplierHistory};
use domain::{
    Check, CheckParameter, FileType, LedgerChange, LedgerFault, LedgerField, LedgerName, Preview,
    ReadingRules, ShownRecord, Upload,
};
use server::Clock;
use server::ledgers::{
    CheckProgress, Ledgers, LedgersError, PREVIEWED_ROWS, PreparedReading, ReadingOutcome,
};
use server::limits::LINE_BYTES_MAX;
use store::Store;

/// The ledgers of a store, as commands use them.
pub(crate) fn open(store: &Store, keep_days: u32) -> Result<analysis::Ledgers, store::Error> {
    let files = store.system().ledger_files()?;
    Ok(analysis::Ledgers::new(files, Retention { days: keep_days }))
}

/// The ledgers with a query engine, for pages or for work.
pub(crate) fn with_engine(ledgers: analysis::Ledgers) -> Result<CheckLedgers, analysis::Error> {
    let engine = Arc::new(analysis::Engine::new(analysis::EngineLimits::default())?);
    Ok(CheckLedgers::new(ledgers, engine))
}

/// The ledgers as the server's trait asks for them. `shown` are those that pages of this process
/// show: what is read into a ledger is held there before anybody looks.
pub(crate) fn for_server(
    ledgers: analysis::Ledgers,
    checks: CheckLedgers,
    shown: Option<CheckLedgers>,
    clock: Clock,
) -> Arc<dyn Ledgers> {
    Arc::new(Adapter { ledgers, checks, shown, clock })
}

/// Holds the lists of all ledgers, beside what goes on.
pub(crate) fn hold_all(shown: CheckLedgers) {
    tokio::spawn(async move {
        if let Err(error) = shown.hold_all().await {
            not_held(&error);
        }
    });
}

fn hold(shown: CheckLedgers, ledger: LedgerName) {
    if ledger.file_type == FileType::Transactions {
        let of = CheckedUnit { customer: ledger.customer, unit: ledger.unit };
        tokio::spawn(async move {
            if let Err(error) = shown.hold(&of).await {
                not_held(&error);
            }
        });
    }
}

/// Pages are slower then and right all the same.
fn not_held(error: &analysis::Error) {
    tracing::warn!(error = error as &dyn std::error::Error, "lists of a ledger are not held");
}

#[derive(Debug)]
struct Adapter {
    ledgers: analysis::Ledgers,
    checks: CheckLedgers,
    shown: Option<CheckLedgers>,
    clock: Clock,
}

#[async_trait]
impl Ledgers for Adapter {
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
        };
        let outcome = self.ledgers.prepare(request, file).await.map_err(failed)?;
        Ok(outcome.map(|change| {
            let shown = self.shown.clone().map(|shown| (shown, upload.ledger()));
            Box::new(LedgerCommit { change, shown, clock: self.clock.clone() }) as _
        }))
    }

    fn fields(&self, file_type: FileType) -> Vec<LedgerField> {
        extract::Field::all(file_type)
            .map(|field| LedgerField {
                name: field.name(),
                title: field.title(),
                is_mandatory: field.is_mandatory(),
                is_identifier: field.kind() == extract::ColumnKind::Identifier,
            })
            .collect()
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

    async fn faults(&self) -> Result<Vec<LedgerFault>, LedgersError> {
        let faults = self.ledgers.faults().await.map_err(failed)?;
        Ok(faults.into_iter().map(|(ledger, error)| fault(ledger, error)).collect())
    }

    async fn tidy(&self, ledger: &LedgerName) -> Result<(), LedgersError> {
        let report = self.ledgers.tidy(ledger, self.clock.now()).await.map_err(failed)?;
        tracing::info!(%ledger, ?report, "ledger tidied");
        if let Some(shown) = &self.shown {
            hold(shown.clone(), ledger.clone());
        }
        Ok(())
    }

    fn checks(&self) -> Vec<Check> {
        analysis::Check::all().iter().map(told).collect()
    }

    async fn check(
        &self,
        request: &CheckRequest,
        progress: &dyn CheckProgress,
    ) -> Result<Checked, LedgersError> {
        self.checks.check(request, |done, what| progress.at(done, what)).await.map_err(failed)
    }

    async fn rows(&self, request: &RowsRequest) -> Result<RowsPage, LedgersError> {
        self.checks.rows(request).await.map_err(failed)
    }

    async fn supplier(
        &self,
        of: &CheckedUnit,
        reference: &str,
    ) -> Result<Option<SupplierHistory>, LedgersError> {
        self.checks.supplier(of, reference).await.map_err(failed)
    }

    async fn findings_parquet(&self, findings: Vec<KeptFinding>) -> Result<Vec<u8>, LedgersError> {
        tokio::task::spawn_blocking(move || analysis::findings_parquet(&findings))
            .await
            .map_err(unexpected)?
            .map_err(failed)
    }
}

#[derive(Debug)]
struct LedgerCommit {
    change: analysis::PreparedChange,
    /// Where people look at it in this process, and which it is.
    shown: Option<(CheckLedgers, LedgerName)>,
    clock: Clock,
}

#[async_trait]
impl PreparedReading for LedgerCommit {
    async fn commit(self: Box<Self>) -> Result<LedgerChange, LedgersError> {
        let Self { change, shown, clock } = *self;
        let change = change.commit(clock.now()).await.map_err(failed)?;
        if let Some((shown, ledger)) = shown {
            hold(shown, ledger);
        }
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
    let read = move || {
        let usual = extract::Options::new(file_type, format);
        read(&extract::Options { mapping: rules.mapping.as_ref(), ..usual })
    };
    let read = tokio::task::spawn_blocking(read).await;
    match read.map_err(unexpected)? {
        Ok(read) => Ok(Ok(read)),
        Err(extract::ReadError::Refused(refusal)) => Ok(Err(refusal)),
        Err(fault) => Err(unexpected(fault)),
    }
}

/// A check as pages show it.
fn told(check: &analysis::Check) -> Check {
    let parameters = check.about.parameters.iter();
    Check {
        name: check.name.to_owned(),
        title: check.about.title.clone(),
        about: check.about.about.clone(),
        severity: check.about.severity,
        innocent_reasons: check.about.innocent_reasons.clone(),
        parameters: parameters
            .map(|(name, parameter)| CheckParameter {
                name: name.clone(),
                about: parameter.about.clone(),
                unit: parameter.unit.clone(),
                // Four places hold every number of the checks.
                default: format!("{:.4}", parameter.default).parse().expect("it is a decimal"),
            })
            .collect(),
    }
}

/// Why one ledger cannot be used, as the server says it.
fn fault(ledger: LedgerName, error: analysis::Error) -> LedgerFault {
    LedgerFault { ledger, kind: error.fault_kind(), detail: chain(error) }
}

/// An error with what lay beneath it, on one line.
pub(crate) fn chain(error: analysis::Error) -> String {
    format!("{:#}", anyhow::Error::from(error))
}

/// Whose fault it is that a ledger did not answer.
fn failed(error: analysis::Error) -> LedgersError {
    match error {
        analysis::Error::Schema { ref ledger, .. } => {
            let ledger = LedgerName::clone(ledger);
            LedgersError::Unusable(fault(ledger, error))
        }
        analysis::Error::Storage(_) | analysis::Error::Overtaken => {
            LedgersError::Storage(Box::new(error))
        }
        other => unexpected(other),
    }
}

fn unexpected(error: impl std::error::Error + Send + Sync + 'static) -> LedgersError {
    LedgersError::Unexpected(Box::new(error))
}
