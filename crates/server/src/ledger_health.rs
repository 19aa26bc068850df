//! Ledgers that cannot be used as they are, as the last look found them: for the log, metrics and probes.
//!
//! Not for: the look itself (`ledgers`), or `bursard doctor`, which looks by itself. Invariant: a fault
//! of one ledger is said once in the log when it begins and once when it is over.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::{LedgerFault, LedgerFaultKind, ReadinessCheck, ReadinessCheckName};

use crate::ledgers::LedgerReader;
use crate::measures;

/// The ledgers that could not be used at the last look; none before the first.
#[derive(Debug, Default)]
pub struct LedgerHealth(Mutex<Vec<LedgerFault>>);

impl LedgerHealth {
    /// Opens every ledger once. What was known stays where the look itself fails.
    pub async fn look(&self, ledgers: &dyn LedgerReader) {
        match ledgers.faults().await {
            Ok(found) => self.note(found),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the ledgers could not be looked at");
            }
        }
    }

    fn note(&self, found: Vec<LedgerFault>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for fault in found.iter().filter(|fault| !known.contains(fault)) {
            let (ledger, reason) = (&fault.ledger, fault.kind.as_str());
            tracing::error!(%ledger, reason, detail = fault.detail, "{fault}");
        }
        let is_over = |fault: &&LedgerFault| found.iter().all(|other| other.ledger != fault.ledger);
        for fault in known.iter().filter(is_over) {
            tracing::info!(ledger = %fault.ledger, "the ledger can be used again");
        }
        measures::ledger_faults(&known, &found);
        *known = found;
    }

    /// The number of unusable ledgers and why, for whoever asks whether the server is ready; names
    /// no ledger.
    pub(crate) fn check(&self) -> ReadinessCheck {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = ReadinessCheckName::Ledgers;
        if known.is_empty() {
            let good = ReadinessCheck::good(name, "No ledger is known to be unusable.");
            return good.not_required();
        }
        let mut counts: BTreeMap<LedgerFaultKind, usize> = BTreeMap::new();
        for fault in known.iter() {
            *counts.entry(fault.kind).or_insert(0) += 1;
        }
        let counts: Vec<String> =
            counts.iter().map(|(kind, count)| format!("{count} {}", kind.as_str())).collect();
        let detail = format!(
            "Ledgers cannot be used as they are: {}. Uploads for them wait; bursard doctor says which.",
            counts.join(", ")
        );
        ReadinessCheck::blocking(name, detail).not_required()
    }
}
