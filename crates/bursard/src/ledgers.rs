//! The server's face to the ledgers, put on `analysis`: the one place that knows both.

mod pdf_process;
mod reader;
mod tryout;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use analysis::{
    Browser, Checker, Engine, EngineLimits, HeldPayments, Retention, Screener, StatementFormat,
    StatementRecords, ThreadPriority,
};
use async_trait::async_trait;
use domain::finding::{
    AcrossOutcome, AcrossRequest, CheckRequest, CheckedUnit, Credit, ExportedFinding,
    OwnCheckTrial, RunOutcome,
};
use domain::ledger_view::{RowsPage, RowsRequest, SupplierHistory};
use domain::payment_run::PaymentCheck;
use domain::screening::ScreeningRequest;
use domain::statement::{Reconciliation, SentStatement, StatementCredit, StatementRefusal};
use domain::{
    Check, CheckSettings, FileType, LedgerFault, LedgerName, OwnCheck, Screening, Upload, UploadId,
    causes,
};
use jiff::civil::Date;
use server::Clock;
use server::ledgers::{
    CheckProgress, LedgerBrowser, LedgerChecker, LedgerReader, LedgerScreener, LedgersError,
    StatementFile,
};
use server::limits::STATEMENT_HEAD_ROWS;
use store::Store;
use tokio::sync::oneshot;
use tokio::time::timeout;

pub(crate) use pdf_process::{READ_PDF, read_alone};
pub(crate) use tryout::for_tryouts;

/// The time between two warmings of the lists: as often as leftovers are swept.
const WARM_EVERY: Duration = Duration::from_hours(1);

/// A server that starts reads the lists it has kept before anybody looks at them; not for longer, as files
/// are to be taken.
const LISTS_AWAITED_MAX: Duration = Duration::from_secs(2);

/// The ledgers of a store, as commands use them.
pub(crate) fn open(store: &Store, keep_days: u32) -> Result<analysis::Ledgers, store::Error> {
    let files = store.system().ledger_files()?;
    Ok(analysis::Ledgers::new(files, Retention { days: keep_days }))
}

/// The parts that hold ledgers in the memory of this process, and are told of what is read into one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watchers {
    /// The one that pages have.
    pub(crate) browser: Option<Browser>,
    pub(crate) screener: Option<Screener>,
}

impl Watchers {
    /// Makes the newest version of a ledger ready before anybody asks for it.
    fn warm(&self, ledger: &LedgerName) {
        if let Some(browser) = &self.browser {
            warm(browser.clone(), ledger.clone());
        }
        if let Some(screener) = &self.screener {
            warm_screening(screener.clone(), ledger.clone());
        }
    }
}

/// The ledgers as the server reads into them.
pub(crate) fn reader(
    ledgers: analysis::Ledgers,
    watchers: Watchers,
    clock: Clock,
) -> Arc<dyn LedgerReader> {
    Arc::new(reader::Reader { ledgers, watchers, clock })
}

/// The checks as the server runs them, with an engine of their own.
pub(crate) fn checker(
    ledgers: analysis::Ledgers,
    limits: EngineLimits,
    registers: analysis::Registers,
) -> Result<Arc<dyn LedgerChecker>, analysis::Error> {
    let checker = Checker::new(ledgers, engine(limits)?).with_registers(registers);
    Ok(Arc::new(ServerChecker(checker)))
}

/// The ledgers as pages show them, with an engine of their own: no run of the checks makes a page
/// wait for it.
pub(crate) fn browser(ledgers: analysis::Ledgers) -> Result<Browser, analysis::Error> {
    let browser = Browser::new(ledgers, engine(EngineLimits::default())?);
    Ok(browser.with_background(engine(in_background())?))
}

/// The ledgers as invoices are held against them, with engines of their own: one for what somebody waits for.
pub(crate) fn screener(ledgers: analysis::Ledgers) -> Result<Screener, analysis::Error> {
    let screener = Screener::new(ledgers, engine(EngineLimits::default())?);
    Ok(screener.with_background(engine(in_background())?))
}

/// A screener as the server asks it.
pub(crate) fn for_screening(screener: Screener) -> Arc<dyn LedgerScreener> {
    Arc::new(ServerScreener(screener))
}

/// A browser as the server asks it.
pub(crate) fn for_pages(browser: Browser) -> Arc<dyn LedgerBrowser> {
    Arc::new(ServerBrowser(browser))
}

/// The checks there are, in the order in which they are shown.
pub(crate) fn checks() -> Vec<Check> {
    analysis::Check::all().iter().map(analysis::Check::describe).collect()
}

/// Indexes the lists of all ledgers, beside what goes on; and now and then again, so that nothing stays of
/// units that another process has erased. Done once they are all held for the first time, or after
/// [`LISTS_AWAITED_MAX`].
pub(crate) async fn warm_all(browser: Browser) {
    let (held, first) = oneshot::channel();
    tokio::spawn(async move {
        let mut due = tokio::time::interval(WARM_EVERY);
        let mut held = Some(held);
        loop {
            due.tick().await;
            if let Err(error) = browser.warm_all().await {
                warn_not_indexed(&error);
            }
            if let Some(held) = held.take() {
                held.send(()).unwrap_or_else(|()| ());
            }
        }
    });
    if timeout(LISTS_AWAITED_MAX, first).await.is_err() {
        tracing::info!(
            "the lists of large ledgers are read still; pages of them take longer until then"
        );
    }
}

/// The folder of list indexes for the next start, in a data folder. It may be emptied.
pub(crate) fn lists_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("lists")
}

fn engine(limits: EngineLimits) -> Result<Arc<Engine>, analysis::Error> {
    Ok(Arc::new(Engine::new(limits)?))
}

/// The limits of an engine that leaves the processor to whoever looks at pages.
pub(crate) fn in_background() -> EngineLimits {
    EngineLimits { priority: ThreadPriority::Low, ..EngineLimits::default() }
}

/// Makes a unit that invoices are screened against ready again, as one of its ledgers has changed.
fn warm_screening(screener: Screener, ledger: LedgerName) {
    let of = CheckedUnit { customer: ledger.customer, unit: ledger.unit };
    tokio::spawn(async move {
        if let Err(error) = screener.warm(&of).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "a ledger is not held for screening");
        }
    });
}

fn warm(browser: Browser, ledger: LedgerName) {
    if ledger.file_type == FileType::Transactions {
        let of = CheckedUnit { customer: ledger.customer, unit: ledger.unit };
        tokio::spawn(async move {
            if let Err(error) = browser.warm(&of).await {
                warn_not_indexed(&error);
            }
        });
    }
}

/// Pages are slower then and right all the same.
fn warn_not_indexed(error: &analysis::Error) {
    tracing::warn!(error = error as &dyn std::error::Error, "lists of a ledger are not held");
}

#[derive(Debug)]
struct ServerChecker(Checker);

#[async_trait]
impl LedgerChecker for ServerChecker {
    async fn check(
        &self,
        request: &CheckRequest,
        progress: &dyn CheckProgress,
    ) -> Result<RunOutcome, LedgersError> {
        self.0.check(request, |done, what| progress.at(done, what)).await.map_err(failed)
    }

    async fn check_across(&self, request: &AcrossRequest) -> Result<AcrossOutcome, LedgersError> {
        self.0.check_across(request).await.map_err(failed)
    }

    async fn credits(
        &self,
        of: &CheckedUnit,
        suppliers: &[String],
        since: Date,
    ) -> Result<Vec<Credit>, LedgersError> {
        self.0.credits(of, suppliers, since).await.map_err(failed)
    }

    async fn credits_not_taken(
        &self,
        of: &CheckedUnit,
        statements: Vec<SentStatement>,
    ) -> Result<Vec<StatementCredit>, LedgersError> {
        self.0.credits_not_taken(of, statements).await.map_err(failed)
    }

    async fn check_payments(
        &self,
        upload: &Upload,
        held: Vec<(UploadId, u64)>,
    ) -> Result<PaymentCheck, LedgersError> {
        let of = CheckedUnit { customer: upload.customer.clone(), unit: upload.unit.clone() };
        let held: HeldPayments = held.into_iter().collect();
        self.0.check_payments(&of, upload.id, held).await.map_err(failed)
    }
}

#[derive(Debug)]
struct ServerBrowser(Browser);

#[async_trait]
impl LedgerBrowser for ServerBrowser {
    async fn rows(&self, request: &RowsRequest) -> Result<RowsPage, LedgersError> {
        self.0.rows(request).await.map_err(failed)
    }

    async fn supplier(
        &self,
        of: &CheckedUnit,
        reference: &str,
    ) -> Result<Option<SupplierHistory>, LedgersError> {
        self.0.supplier(of, reference).await.map_err(failed)
    }

    async fn reconcile(
        &self,
        of: &CheckedUnit,
        supplier: &str,
        file: StatementFile,
    ) -> Result<Result<Reconciliation, StatementRefusal>, LedgersError> {
        let StatementFile { name, bytes, columns, today } = file;
        let refusal = |words: String| StatementRefusal { words, head: Vec::new() };
        let Some(format) = StatementFormat::of_name(&name) else {
            return Ok(Err(refusal(format!(
                "a statement is a .csv, .tsv, .txt, .xlsx, .xls, .ods or .pdf, and this is {name}"
            ))));
        };
        let table = match format {
            StatementFormat::Pdf => {
                pdf_process::table(&bytes, columns.as_ref()).await.map_err(unexpected)?
            }
            StatementFormat::Table(_) => {
                let read = move || format.table(&bytes, None).map_err(|fault| fault.to_string());
                tokio::task::spawn_blocking(read).await.map_err(unexpected)?
            }
        };
        let records = match table {
            Ok(records) => records,
            Err(why) => return Ok(Err(refusal(why))),
        };
        let head = records.iter().take(STATEMENT_HEAD_ROWS).map(|row| row.cells.clone()).collect();
        let statement = StatementRecords { records, columns, today };
        let reconciled = self.0.reconcile(of, supplier, statement).await.map_err(failed)?;
        Ok(reconciled.map_err(|fault| StatementRefusal { words: fault.to_string(), head }))
    }

    async fn try_own_check(
        &self,
        of: &CheckedUnit,
        settings: &CheckSettings,
        check: &OwnCheck,
    ) -> Result<OwnCheckTrial, LedgersError> {
        self.0.try_own_check(of, &settings.left_out_statuses, check).await.map_err(failed)
    }

    async fn findings_parquet(
        &self,
        findings: Vec<ExportedFinding>,
    ) -> Result<Vec<u8>, LedgersError> {
        tokio::task::spawn_blocking(move || analysis::findings_parquet(&findings))
            .await
            .map_err(unexpected)?
            .map_err(failed)
    }
}

#[derive(Debug)]
struct ServerScreener(Screener);

#[async_trait]
impl LedgerScreener for ServerScreener {
    async fn screen(&self, request: ScreeningRequest) -> Result<Screening, LedgersError> {
        self.0.screen(request).await.map_err(failed)
    }
}

/// The fault for which one ledger cannot be used, as the server says it.
fn fault(ledger: LedgerName, error: &analysis::Error) -> LedgerFault {
    LedgerFault { ledger, kind: error.fault_kind(), detail: causes::one_line(error) }
}

/// Turns the reason why a ledger did not answer into whose fault it is.
fn failed(error: analysis::Error) -> LedgersError {
    match error {
        analysis::Error::Schema { ref ledger, .. } => {
            let ledger = LedgerName::clone(ledger);
            LedgersError::Unusable(fault(ledger, &error))
        }
        analysis::Error::Storage(_) | analysis::Error::Overtaken => {
            LedgersError::Storage(Box::new(error))
        }
        analysis::Error::TooLarge => LedgersError::TooLarge,
        other => unexpected(other),
    }
}

fn unexpected(error: impl std::error::Error + Send + Sync + 'static) -> LedgersError {
    LedgersError::Unexpected(Box::new(error))
}
