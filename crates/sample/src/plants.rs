//! What is put into the sample on purpose, one file a group of kinds.
//!
//! Not for: deciding how it could be found; a kind says only what is so.
//!
//! Invariant: every kind that can be planted is listed in `docs/sample.md`.

pub(super) mod copies;
mod employees;
mod innocents;
mod numbers;
mod papers;
mod payments;
mod population;
mod settlements;
mod suppliers;

use super::draft::Draft;

/// Everything but copies of invoices, which are made while the ledger is written.
pub(super) fn plant(draft: &mut Draft<'_>) {
    suppliers::plant(draft);
    payments::plant(draft);
    employees::plant(draft);
    population::plant(draft);
    innocents::plant(draft);
    settlements::plant(draft);
    papers::plant(draft);
}
