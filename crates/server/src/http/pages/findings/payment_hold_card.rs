//! The payments of a finding that are held or can be, as its page shows them.
//!
//! Not for: holding them (`verdicts`).
//!
//! Invariant: an invoice is said not to be paid only where the ledger says what is.

use domain::finding::{FindingRow, Lane, NothingToHold, PaymentHoldState, StoredFinding};

use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// A finding about invoices of which some are not paid.
pub(super) struct PaymentHoldCard {
    /// One for each invoice that is held or was, in sentences.
    pub(super) sentences: Vec<String>,
    /// Set where the ledger says what is paid, and of these that they are not.
    pub(super) is_unpaid: bool,
    /// The invoices that can be held still.
    pub(super) free: usize,
    /// The page of all that is held.
    pub(super) href: String,
}

impl PaymentHoldCard {
    /// None where every invoice is paid, or nobody would hold it.
    pub(super) async fn load(
        member: &Member,
        found: &StoredFinding,
    ) -> Result<Option<Self>, PageError> {
        let can_be_held = match found.holdable() {
            Ok(_) => true,
            // What was held before the money came back is said still.
            Err(NothingToHold::Received) => false,
            Err(_nothing) => return Ok(None),
        };
        let Ok(invoices) = found.unpaid_invoices() else { return Ok(None) };
        let holds = member.store.holds_of(&member.unit, invoices.keys()).await?;
        if !can_be_held && holds.is_empty() {
            return Ok(None);
        }
        let sentence = |hold: &domain::finding::PaymentHold| {
            let number = hold.fields.get("invoice_number").unwrap_or(&hold.invoice);
            let (on, by) = (format::moment(hold.changed_at), &hold.changed_by);
            let knows = match hold.acknowledged_at {
                Some(_) => "the ERP knows",
                None => "the ERP has not fetched that yet",
            };
            match hold.state {
                PaymentHoldState::Held => format!("{number} is held since {on} by {by}; {knows}."),
                PaymentHoldState::Lifted => {
                    format!("{number} was lifted on {on} by {by}; {knows}.")
                }
            }
        };
        let asks = |hold: &&domain::finding::PaymentHold| {
            hold.state == PaymentHoldState::Held && hold.findings.contains(&found.finding.key)
        };
        let is_any_paid = found.finding.rows.iter().any(FindingRow::is_paid);
        Ok(Some(Self {
            is_unpaid: is_any_paid || found.finding.lane == Lane::StopPayment,
            free: if can_be_held { invoices.len() - holds.iter().filter(asks).count() } else { 0 },
            sentences: holds.iter().map(sentence).collect(),
            href: member.path("holds"),
        }))
    }
}
