//! A browser that shows what it is told to.

use async_trait::async_trait;
use domain::finding::{CheckedUnit, ExportedFinding, OwnCheckTrial};
use domain::ledger_view::{RowsPage, RowsRequest, SupplierHistory};
use domain::statement::{Reconciliation, StatementRefusal};
use domain::{CheckSettings, LedgerName, OwnCheck};
use server::ledgers::{LedgerBrowser, LedgersError, StatementFile};

use super::Book;
use super::examples::broken;

#[async_trait]
impl LedgerBrowser for Book {
    async fn rows(&self, request: &RowsRequest) -> Result<RowsPage, LedgersError> {
        let mut pages = self.0.lock().unwrap();
        pages.rows_asked.push(request.clone());
        let panics = pages.panics;
        drop(pages);
        assert!(!panics, "no place for {} rows", request.size.get());
        let pages = self.0.lock().unwrap();
        if pages.is_broken {
            return Err(broken());
        }
        let (customer, unit) = (request.of.customer.clone(), request.of.unit.clone());
        pages.usable(&LedgerName { customer, unit, file_type: request.file_type })?;
        let mut found = pages.rows.get(&request.file_type).cloned().unwrap_or_default();
        if let Some(id) = &request.filter.id {
            found.rows.retain(|row| row.id == *id);
            found.total = found.rows.len() as u64;
        }
        Ok(found)
    }

    async fn supplier(
        &self,
        _of: &CheckedUnit,
        reference: &str,
    ) -> Result<Option<SupplierHistory>, LedgersError> {
        let known = self.0.lock().unwrap().supplier.clone();
        Ok(known.filter(|supplier| supplier.reference == reference))
    }

    async fn reconcile(
        &self,
        _of: &CheckedUnit,
        _supplier: &str,
        file: StatementFile,
    ) -> Result<Result<Reconciliation, StatementRefusal>, LedgersError> {
        let mut pages = self.0.lock().unwrap();
        pages.statements_sent.push(file);
        let refusal = || StatementRefusal {
            words: "the file has no columns of a statement".to_owned(),
            head: vec![vec!["Wann".to_owned(), "<Was>".to_owned()]],
        };
        Ok(pages.reconciliation.clone().ok_or_else(refusal))
    }

    /// Finds what the run would; `nothing` in the SQL is nothing that could be read.
    async fn try_own_check(
        &self,
        _of: &CheckedUnit,
        _settings: &CheckSettings,
        check: &OwnCheck,
    ) -> Result<OwnCheckTrial, LedgersError> {
        let findings = self.0.lock().unwrap().found.findings.clone();
        let refused = check.sql.contains("nothing").then(|| "the SQL cannot be read".to_owned());
        Ok(OwnCheckTrial { refused, found: findings.len(), findings, milliseconds: 7 })
    }

    async fn findings_parquet(
        &self,
        findings: Vec<ExportedFinding>,
    ) -> Result<Vec<u8>, LedgersError> {
        Ok(format!("PAR1 {}", findings.len()).into_bytes())
    }
}
