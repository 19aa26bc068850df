//! Where ledgers' tables lie: below `ledgers/` of the place the objects are in.
//!
//! Not for: what the files mean; that is the query engine's business.
//!
//! Invariant: a file that was written is durable before the writer hears of it, on a local disk as
//! in a service, and a name that must be new is never taken twice: a table's versions rest on it.

use std::sync::Arc;

use object_store::ObjectStore;

use crate::SystemStore;
use crate::error::Error;

/// The folder at the beginning of all their names.
pub(crate) const ROOT: &str = "ledgers";

/// The folder of all ledgers of a customer, or of a unit.
pub(crate) fn folder(customer: &str, unit: Option<&str>) -> String {
    match unit {
        None => format!("{ROOT}/{customer}"),
        Some(unit) => format!("{ROOT}/{customer}/{unit}"),
    }
}

impl SystemStore {
    /// Everybody's tables; their paths are [`LedgerName`](domain::LedgerName)s. To be asked for once
    /// and kept: it remembers which folders are durable already.
    pub fn ledger_files(&self) -> Result<Arc<dyn ObjectStore>, Error> {
        self.parts.objects.ledger_files()
    }
}
