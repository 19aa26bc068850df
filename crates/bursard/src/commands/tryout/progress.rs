//! What is being done, on a line of the terminal; the checks as the server runs them, watched.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::finding::{CheckRequest, RunOutcome};
use server::ledgers::{CheckProgress, LedgerChecker, LedgersError};

use crate::output;

/// A checker that shows how far it is and remembers why it failed.
#[derive(Debug)]
pub(super) struct WatchedChecker {
    pub(super) checker: Arc<dyn LedgerChecker>,
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
        let words: Vec<String> = anyhow::Chain::new(error).map(ToString::to_string).collect();
        let words = words.join(": ");
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
    }
}

struct StatusLine;

impl CheckProgress for StatusLine {
    fn at(&self, done: f64, what: &str) {
        output::status(&format!("checking  {:.0} %  {what}", done * 100.0));
    }
}

#[async_trait]
impl LedgerChecker for WatchedChecker {
    async fn check(
        &self,
        request: &CheckRequest,
        progress: &dyn CheckProgress,
    ) -> Result<RunOutcome, LedgersError> {
        let both = Both(progress, &StatusLine);
        self.checker.check(request, &both).await.inspect_err(|error| self.fault.set(error))
    }
}

struct Both<'a>(&'a dyn CheckProgress, &'a dyn CheckProgress);

impl CheckProgress for Both<'_> {
    fn at(&self, done: f64, what: &str) {
        self.0.at(done, what);
        self.1.at(done, what);
    }
}
