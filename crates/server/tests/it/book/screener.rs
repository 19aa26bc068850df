//! Answers to screenings, by what the number of an invoice says.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::screening::{InvoiceScreening, OddityKind, ScreeningRequest, SupplierOddity};
use domain::{ScreenedInvoice, Screening};
use server::ledgers::{LedgerScreener, LedgersError};

use super::Book;

#[async_trait]
impl LedgerScreener for Book {
    /// Nothing is odd about an invoice numbered `clear`; the account of every other is. `too large` asks
    /// for a ledger that memory does not hold.
    async fn screen(&self, request: ScreeningRequest) -> Result<Screening, LedgersError> {
        if request.invoices.iter().any(|invoice| invoice.invoice_number == "too large") {
            return Err(LedgersError::TooLarge);
        }
        let answer = |invoice: &ScreenedInvoice| {
            let oddity = SupplierOddity {
                word: request.settings.of_oddity(OddityKind::OtherAccount),
                kind: OddityKind::OtherAccount,
                words: "the account ending in 4711 is none of the supplier's".to_owned(),
            };
            let is_odd = invoice.invoice_number != "clear";
            let oddities = if is_odd { vec![oddity] } else { Vec::new() };
            InvoiceScreening::new(invoice, Vec::new(), oddities, Vec::new())
        };
        let answers = request.invoices.iter().map(answer).collect();
        Ok(Screening::new(BTreeMap::from([("transactions".to_owned(), 1)]), answers))
    }
}
