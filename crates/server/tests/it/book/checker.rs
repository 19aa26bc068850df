//! Runs that find what they are told to.

use async_trait::async_trait;
use domain::finding::{
    AcrossOutcome, AcrossRequest, CheckRequest, CheckedUnit, Credit, RunOutcome,
};
use domain::payment_run::PaymentCheck;
use domain::{Upload, UploadId};
use jiff::civil::Date;
use server::ledgers::{CheckProgress, LedgerChecker, LedgersError};

use super::examples::broken;
use super::{Act, Book};

#[async_trait]
impl LedgerChecker for Book {
    async fn check(
        &self,
        request: &CheckRequest,
        progress: &dyn CheckProgress,
    ) -> Result<RunOutcome, LedgersError> {
        let (run, checked) = {
            let mut pages = self.0.lock().unwrap();
            pages.asked.push(request.clone());
            (pages.asked.len(), pages.found.clone())
        };
        progress.at(0.5, &format!("checking for the {run}. time"));
        let meanwhile = self.0.lock().unwrap().while_checking.clone();
        match meanwhile {
            Some(Act::Fail) => return Err(broken()),
            Some(Act::Meanwhile(happen)) => happen().await,
            _ => {}
        }
        Ok(checked)
    }

    /// Finds what a run would.
    async fn check_across(&self, _request: &AcrossRequest) -> Result<AcrossOutcome, LedgersError> {
        let findings = self.0.lock().unwrap().found.findings.clone();
        Ok(AcrossOutcome { findings, not_run: None })
    }

    async fn credits(
        &self,
        _of: &CheckedUnit,
        suppliers: &[String],
        _since: Date,
    ) -> Result<Vec<Credit>, LedgersError> {
        let credits = self.0.lock().unwrap().credits.clone();
        Ok(credits.into_iter().filter(|credit| suppliers.contains(&credit.supplier)).collect())
    }

    /// Finds what it is told to, whatever the file holds.
    async fn check_payments(
        &self,
        _upload: &Upload,
        _held: Vec<(UploadId, u64)>,
    ) -> Result<PaymentCheck, LedgersError> {
        Ok(self.0.lock().unwrap().payments.clone())
    }
}
