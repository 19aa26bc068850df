//! Where an invoice that is not in the ledger yet stands in its workflow.
//!
//! Not for: invoices of the ledger that were taken back (`invoice_status`, whose words are used here).
//!
//! Invariant: what no known word ends is open, so that no invoice is left out for a word nobody foresaw.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::invoice_status::{STATUS_BYTES_MAX, says_taken_back};
use crate::text::fold;

/// The state of an unposted invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceWorkflow {
    /// It waits for somebody, and may yet be paid.
    Open,
    /// It is in the ledger, which speaks of it from now on.
    Posted,
    /// Somebody refused it; it may come back.
    Rejected,
    /// It was taken out of the workflow.
    Removed,
}

/// Statuses that say that an invoice is in the ledger.
const POSTED: [&str; 14] = [
    "posted",
    "booked",
    "paid",
    "transferred",
    "exported",
    "exported to erp",
    "sent to erp",
    "integrated",
    "posted to erp",
    "posted to ledger",
    "processed",
    "completed",
    "gebucht",
    "comptabilise",
];
/// Statuses that say that somebody refused an invoice.
const REJECTED: [&str; 8] = [
    "rejected",
    "reject",
    "refused",
    "declined",
    "returned to supplier",
    "returned to vendor",
    "abgelehnt",
    "rejete",
];
/// Statuses that say that an invoice is out of the workflow, beside those by which ledgers take one back.
const REMOVED: [&str; 8] = [
    "removed",
    "deleted",
    "archived",
    "discarded",
    "withdrawn",
    "obsolete",
    "geloscht",
    "supprime",
];

/// The words of one state.
fn known(words: &'static [&'static str]) -> HashSet<&'static str> {
    words.iter().copied().collect()
}

static KNOWN: LazyLock<[(InvoiceWorkflow, HashSet<&'static str>); 3]> = LazyLock::new(|| {
    [
        (InvoiceWorkflow::Posted, known(&POSTED)),
        (InvoiceWorkflow::Rejected, known(&REJECTED)),
        (InvoiceWorkflow::Removed, known(&REMOVED)),
    ]
});

impl InvoiceWorkflow {
    /// The state that a row's own words tell: of its status, and of the transaction that it became.
    pub fn new(status: Option<&str>, posted_as: Option<&str>) -> Self {
        if posted_as.is_some_and(|id| !id.trim().is_empty()) {
            return Self::Posted;
        }
        let Some(status) = status.filter(|status| status.len() <= STATUS_BYTES_MAX) else {
            return Self::Open;
        };
        let plain = fold(status).to_lowercase();
        let words: Vec<&str> = plain
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let whole = words.join(" ");
        let told = KNOWN.iter().find(|(_, words)| words.contains(whole.as_str()));
        match told {
            Some((state, _)) => *state,
            None if says_taken_back(status) => Self::Removed,
            None => Self::Open,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Posted => "posted",
            Self::Rejected => "rejected",
            Self::Removed => "removed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_where_an_invoice_stands() {
        use InvoiceWorkflow::{Open, Posted, Rejected, Removed};
        for (status, posted_as, state) in [
            (None, None, Open),
            (Some(""), Some(" "), Open),
            (Some("Awaiting approval"), None, Open),
            (Some("approved"), None, Open),
            (Some("Not posted"), None, Open),
            (Some("POSTED"), None, Posted),
            (Some("Posted-to-ERP"), None, Posted),
            (Some("open"), Some("5100001"), Posted),
            (Some("Rejected"), None, Rejected),
            (Some("rejection withdrawn"), None, Open),
            (Some("Removed"), None, Removed),
            (Some("Cancelled"), None, Removed),
            (Some("Gelöscht"), None, Removed),
        ] {
            assert_eq!(InvoiceWorkflow::new(status, posted_as), state, "{status:?} {posted_as:?}");
        }
    }
}
