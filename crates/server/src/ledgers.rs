//! What the server asks of the ledgers, without knowing how they are kept.
//!
//! Not for: keeping them; the program wires in `analysis`, so that working on uploads, the pages or the
//! jobs never builds it. Invariant: every call may be repeated after a crash and ends in the same ledger.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs::File;

use async_trait::async_trait;
use domain::finding::{
    AcrossOutcome, AcrossRequest, CheckRequest, CheckedUnit, Credit, ExportedFinding,
    OwnCheckTrial, RunOutcome,
};
use domain::ledger_view::{RowsPage, RowsRequest, SupplierHistory};
use domain::payment_run::PaymentCheck;
use domain::screening::ScreeningRequest;
use domain::statement::{
    Reconciliation, SentStatement, StatementColumns, StatementCredit, StatementRefusal,
};
use domain::{
    CheckSettings, FileType, LedgerChange, LedgerFault, LedgerName, OwnCheck, Preview, Problem,
    ReadingRules, Screening, ShownRecord, TrialReading, Upload, UploadId,
};
use jiff::civil::Date;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::limits::{PROBLEM_LIST_STALL_MAX, PROBLEMS_AT_ONCE};

/// Rows of a preview: enough to tell what a column holds, few enough for one look.
pub const PREVIEWED_ROWS: usize = 8;

/// Records that a trial of rules reads: enough that bad rows show, few enough that nobody waits.
pub const TRIED_RECORDS: u64 = 1_000;

/// Reads uploads into ledgers and keeps the ledgers in order.
#[async_trait]
pub trait LedgerReader: Debug + Send + Sync {
    /// Finds the outcome of an upload that is in its ledger already: of a reading that was
    /// interrupted behind the ledger's commit.
    async fn find_reading(&self, upload: &Upload) -> Result<Option<LedgerChange>, LedgersError>;

    /// Reads the file as far as the ledger's commit, which [`PreparedReading::commit`] makes.
    async fn prepare(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
    ) -> Result<ReadingOutcome, LedgersError>;

    /// The rules as they are kept, or why no file could be read by them.
    fn checked_rules(
        &self,
        file_type: FileType,
        rules: ReadingRules,
    ) -> Result<ReadingRules, String>;

    /// The first [`PREVIEWED_ROWS`] rows of the upload's file, read by these rules.
    async fn preview(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
    ) -> Result<Preview, LedgersError>;

    /// The first [`TRIED_RECORDS`] of the upload's file, read by these rules, with the first
    /// [`PREVIEWED_ROWS`] as they would stand in the ledger.
    async fn try_reading(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
    ) -> Result<TrialReading, LedgersError>;

    /// The record that begins at this line or row of the upload's file, read by these rules; none where there
    /// is no such record, or not within the first [`LINE_BYTES_MAX`](crate::limits::LINE_BYTES_MAX).
    async fn record_at(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
        line: u64,
    ) -> Result<Option<ShownRecord>, LedgersError>;

    /// Gives every problem of the upload's file, read by these rules, in the order of a reading; also where
    /// that refuses it. Ends early when nobody takes them any more.
    async fn problems(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
        taker: ProblemTaker,
    ) -> Result<(), LedgersError>;

    /// The upload's file without the payments of these lines, its counts and sums mended; or why there is
    /// none, as a clause.
    async fn without_payments(
        &self,
        upload: &Upload,
        file: File,
        rules: &ReadingRules,
        held: BTreeSet<u64>,
    ) -> Result<Result<Vec<u8>, String>, LedgersError>;

    /// Joins small files and removes what no version that is kept needs.
    async fn tidy(&self, ledger: &LedgerName) -> Result<(), LedgersError>;

    /// Every ledger that cannot be used as it is, in the order of their names.
    async fn faults(&self) -> Result<Vec<LedgerFault>, LedgersError>;
}

/// Takes the problems of a file while it is read, some at a time, and no faster than somebody listens.
#[derive(Debug)]
pub struct ProblemTaker {
    some: Vec<Problem>,
    to: mpsc::Sender<Vec<Problem>>,
}

/// Nobody listens to the problems of a file any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody listens any more")]
pub struct ReceiverGone;

impl ProblemTaker {
    pub const fn new(to: mpsc::Sender<Vec<Problem>>) -> Self {
        Self { some: Vec::new(), to }
    }

    /// Blocking: for a thread of its own, of a runtime.
    pub fn take(&mut self, problem: Problem) -> Result<(), ReceiverGone> {
        self.some.push(problem);
        if self.some.len() < PROBLEMS_AT_ONCE { Ok(()) } else { self.hand_on() }
    }

    /// Hands on the last of them. Blocking, as [`Self::take`].
    pub fn finish(mut self) -> Result<(), ReceiverGone> {
        self.hand_on()
    }

    fn hand_on(&mut self) -> Result<(), ReceiverGone> {
        let some = std::mem::take(&mut self.some);
        let handed_on = timeout(PROBLEM_LIST_STALL_MAX, self.to.send(some));
        match Handle::current().block_on(handed_on) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_gone)) => Err(ReceiverGone),
            Err(_stalled) => Err(ReceiverGone),
        }
    }
}

/// Runs checks over ledgers.
#[async_trait]
pub trait LedgerChecker: Debug + Send + Sync {
    /// Runs the checks over the ledgers of a unit as they are now. Dropped, it stops.
    async fn check(
        &self,
        request: &CheckRequest,
        progress: &dyn CheckProgress,
    ) -> Result<RunOutcome, LedgersError>;

    /// Compares the invoices of several units of a customer with one another. Dropped, it stops.
    async fn check_across(&self, request: &AcrossRequest) -> Result<AcrossOutcome, LedgersError>;

    /// The credits of these suppliers in the transactions of a unit as they are now, from a day on.
    async fn credits(
        &self,
        of: &CheckedUnit,
        suppliers: &[String],
        since: Date,
    ) -> Result<Vec<Credit>, LedgersError>;

    /// The credits of these statements to which nothing in the ledgers of a unit belongs as they are now.
    async fn credits_not_taken(
        &self,
        of: &CheckedUnit,
        statements: Vec<SentStatement>,
    ) -> Result<Vec<StatementCredit>, LedgersError>;

    /// Holds the payments of an upload, which are in the ledger, against the unit's ledgers. `held` are
    /// payments of earlier runs that did not go out.
    async fn check_payments(
        &self,
        upload: &Upload,
        held: Vec<(UploadId, u64)>,
    ) -> Result<PaymentCheck, LedgersError>;
}

/// A supplier's statement as it was sent.
#[derive(Debug, Clone)]
pub struct StatementFile {
    /// Its ending says how it is read.
    pub name: String,
    pub bytes: Vec<u8>,
    /// The columns that were settled for the supplier; none where they are found by their usual names.
    pub columns: Option<StatementColumns>,
    /// The day on which it is read.
    pub today: Date,
}

/// Shows ledgers to people.
#[async_trait]
pub trait LedgerBrowser: Debug + Send + Sync {
    /// Some rows of a ledger as it is now; none of a ledger that is not there yet.
    async fn rows(&self, request: &RowsRequest) -> Result<RowsPage, LedgersError>;

    /// A supplier over time; none when neither a snapshot nor an invoice names it.
    async fn supplier(
        &self,
        of: &CheckedUnit,
        reference: &str,
    ) -> Result<Option<SupplierHistory>, LedgersError>;

    /// A supplier's statement beside the ledger; or why it cannot be read.
    async fn reconcile(
        &self,
        of: &CheckedUnit,
        supplier: &str,
        file: StatementFile,
    ) -> Result<Result<Reconciliation, StatementRefusal>, LedgersError>;

    /// A check of somebody's own over the ledgers of a unit as they are now, within its limits.
    async fn try_own_check(
        &self,
        of: &CheckedUnit,
        settings: &CheckSettings,
        check: &OwnCheck,
    ) -> Result<OwnCheckTrial, LedgersError>;

    /// The findings as one Parquet file, a row for each, in their order.
    async fn findings_parquet(
        &self,
        findings: Vec<ExportedFinding>,
    ) -> Result<Vec<u8>, LedgersError>;
}

/// Holds invoices against ledgers before they are paid.
#[async_trait]
pub trait LedgerScreener: Debug + Send + Sync {
    /// Each invoice of a request against the ledgers of its unit, and against those before it.
    async fn screen(&self, request: ScreeningRequest) -> Result<Screening, LedgersError>;
}

/// A listener that is told how far a check is. Called as often as the check likes.
pub trait CheckProgress: Send + Sync {
    /// `done` from 0 to 1, `what` in words: `comparing invoices`.
    fn at(&self, done: f64, what: &str);
}

/// The outcome of reading a file.
pub type ReadingOutcome = domain::ReadingOutcome<Box<dyn PreparedReading>>;

/// Rows that wait for the commit that shows them.
#[async_trait]
pub trait PreparedReading: Debug + Send + Sync {
    async fn commit(self: Box<Self>) -> Result<LedgerChange, LedgersError>;
}

/// The error beneath; for the log alone.
pub type Cause = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why a ledger did not answer. The file's own faults are none of these but a
/// [`Refused`](domain::ReadingOutcome::Refused) reading.
#[derive(Debug, thiserror::Error)]
pub enum LedgersError {
    /// This one, until an operator has seen to it; the others go on.
    #[error(transparent)]
    Unusable(LedgerFault),
    /// The files of ledgers cannot be had or written just now, whatever is read into them.
    #[error("the ledger's files could not be read or written")]
    Storage(#[source] Cause),
    /// There is more in this one than is held in memory to screen against.
    #[error("the ledger is too large to be held in memory")]
    TooLarge,
    /// Anything else: trying again is right, and a file with which it happens every time has to do with it.
    #[error("the ledger could not be read or written")]
    Unexpected(#[source] Cause),
}

impl LedgersError {
    /// Returns `true` when another file in the place of this one would have met it as well.
    pub const fn is_of_server(&self) -> bool {
        match self {
            Self::Unusable(_) | Self::Storage(_) => true,
            Self::TooLarge | Self::Unexpected(_) => false,
        }
    }
}
