//! How alike two invoices or two parties are, and what that is evidence of: pure functions over values.
//!
//! Not for: where rows come from (`analysis`), what becomes of findings (`store`), columns of arrow. It is
//! a crate of its own so that working on evidence never builds the query engine.
//!
//! Invariant: no I/O, no clock, no randomness: the same rows give the same evidence everywhere.

pub mod bank;
pub mod entities;
pub mod invoice_number;
pub mod vat;
