//! Runs that find what they are told to.

use async_trait::async_trait;
use domain::finding::{
    AcrossOutcome, AcrossRequest, CheckRequest, CheckedUnit, Credit, RunOutcome,
};
use domain::payment_run::PaymentCheck;
use domain::statement::{SentStatement, StatementCredit};
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

    /// Finds every line below zero, whatever the ledgers hold.
    async fn credits_not_taken(
        &self,
        _of: &CheckedUnit,
        statements: Vec<SentStatement>,
    ) -> Result<Vec<StatementCredit>, LedgersError> {
        let of_statement = |one: SentStatement| {
            let SentStatement { id, file_name, supplier, lines } = one;
            let credits = lines.into_iter().filter(|line| line.amount.ten_thousandths() < 0);
            let credit = move |credit| StatementCredit {
                statement_id: id,
                file_name: file_name.clone(),
                supplier: supplier.clone(),
                credit,
            };
            credits.map(credit).collect::<Vec<_>>()
        };
        Ok(statements.into_iter().flat_map(of_statement).collect())
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
