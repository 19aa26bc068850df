//! A run of payments held against the ledgers: suppliers and their accounts, employees, what is open
//! and paid, and earlier runs.
//!
//! Not for: deciding; a doubt is a reason to look. Invariant: what a ledger does not say is no doubt: a
//! comparison that cannot be made is a note on the run.

mod doubts;
mod earlier;
mod invoices;
mod open;
mod orders;
mod parties;

use std::collections::HashSet;

use domain::finding::CheckedUnit;
use domain::payment_run::PaymentCheck;
use domain::{FileType, UploadId};
use tokio::task::spawn_blocking;

use self::doubts::Judge;
use self::earlier::EarlierRuns;
use self::invoices::LedgerInvoices;
use self::orders::{Order, read_orders};
use self::parties::Parties;
use crate::checker::Checker;
use crate::error::Error;
use crate::ledger::Ledger;

/// Payments that somebody has held, by upload and line: they did not go out.
pub type HeldPayments = HashSet<(UploadId, u64)>;

/// The ledgers of a unit that payments are held against.
struct UnitLedgers {
    payments: Ledger,
    suppliers: Option<Ledger>,
    employees: Option<Ledger>,
    transactions: Option<Ledger>,
}

impl Checker {
    /// Checks the payments that came with an upload. [`Error::NotFound`] when none are in the ledger.
    pub async fn check_payments(
        &self,
        of: &CheckedUnit,
        upload: UploadId,
        held: HeldPayments,
    ) -> Result<PaymentCheck, Error> {
        let open = async |file_type| {
            let opened = self.ledgers().open_of_unit(of, file_type).await?;
            Ok::<_, Error>(opened.map(|(_, ledger)| ledger))
        };
        let ledgers = UnitLedgers {
            payments: open(FileType::Payments).await?.ok_or(Error::NotFound)?,
            suppliers: open(FileType::Suppliers).await?,
            employees: open(FileType::Employees).await?,
            transactions: open(FileType::Transactions).await?,
        };
        spawn_blocking(move || check(&ledgers, upload, &held)).await?
    }
}

fn check(
    ledgers: &UnitLedgers,
    upload: UploadId,
    held: &HeldPayments,
) -> Result<PaymentCheck, Error> {
    let (own, before): (Vec<Order>, Vec<Order>) =
        read_orders(&ledgers.payments)?.into_iter().partition(|order| order.upload == upload);
    if own.is_empty() {
        return Err(Error::NotFound);
    }
    let parties = Parties::read(ledgers.suppliers.as_ref(), ledgers.employees.as_ref())?;
    let payees: Vec<_> = own.iter().map(|order| parties.payee(order)).collect();
    let wanted = payees.iter().flat_map(|payee| parties.references(payee)).collect();
    let invoices = LedgerInvoices::read(ledgers.transactions.as_ref(), &wanted)?;
    let before = before
        .into_iter()
        .filter(|order| order.upload < upload && !held.contains(&(order.upload, order.line)));
    let earlier = EarlierRuns::new(before, &own, &parties);
    let judge = Judge { parties: &parties, invoices: &invoices, earlier: &earlier };
    Ok(judge.check(&own, &payees))
}
