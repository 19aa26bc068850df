//! The checks as the server runs them, watched: how far they are, and why they failed.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::finding::{
    AcrossOutcome, AcrossRequest, CheckRequest, CheckedUnit, Credit, RunOutcome,
};
use domain::payment_run::PaymentCheck;
use domain::statement::{SentStatement, StatementCredit};
use domain::{Upload, UploadId, causes};
use jiff::civil::Date;

use super::{TryoutListener, TryoutProgress};
use crate::ledgers::{CheckProgress, LedgerChecker, LedgersError};

/// A checker that tells how far it is and remembers why it failed.
#[derive(Debug)]
pub(super) struct WatchedChecker {
    pub(super) checker: Arc<dyn LedgerChecker>,
    pub(super) listener: Arc<dyn TryoutListener>,
    pub(super) fault: Fault,
}

/// Why the last run did not come to its end, with what lay beneath it.
#[derive(Debug, Clone, Default)]
pub(super) struct Fault(Arc<Mutex<Option<String>>>);

impl Fault {
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: &LedgersError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(causes::one_line(error));
    }
}

#[async_trait]
impl LedgerChecker for WatchedChecker {
    async fn check(
        &self,
        request: &CheckRequest,
        progress: &dyn CheckProgress,
    ) -> Result<RunOutcome, LedgersError> {
        let both = Both(progress, &*self.listener);
        self.checker.check(request, &both).await.inspect_err(|error| self.fault.set(error))
    }

    async fn check_across(&self, request: &AcrossRequest) -> Result<AcrossOutcome, LedgersError> {
        self.checker.check_across(request).await
    }

    async fn credits(
        &self,
        of: &CheckedUnit,
        suppliers: &[String],
        since: Date,
    ) -> Result<Vec<Credit>, LedgersError> {
        self.checker.credits(of, suppliers, since).await
    }

    async fn credits_not_taken(
        &self,
        of: &CheckedUnit,
        statements: Vec<SentStatement>,
    ) -> Result<Vec<StatementCredit>, LedgersError> {
        self.checker.credits_not_taken(of, statements).await
    }

    async fn check_payments(
        &self,
        upload: &Upload,
        held: Vec<(UploadId, u64)>,
    ) -> Result<PaymentCheck, LedgersError> {
        self.checker.check_payments(upload, held).await
    }
}

struct Both<'a>(&'a dyn CheckProgress, &'a dyn TryoutListener);

impl CheckProgress for Both<'_> {
    fn at(&self, done: f64, what: &str) {
        self.0.at(done, what);
        self.1.at(TryoutProgress::Checking { done, what });
    }
}
