//! How alike two invoices or two parties are, and what that is evidence of: pure functions over values.
//!
//! Not for: where rows come from (`analysis`), what becomes of findings (`store`), columns of arrow. It is
//! a crate of its own so that working on evidence never builds the query engine.
//!
//! Invariant: no I/O, no clock, no randomness: the same rows give the same evidence everywhere.

pub mod amounts;
pub mod bank;
pub mod days;
pub mod duplicates;
pub mod entities;
pub mod habits;
pub mod invoice_number;
pub mod invoices;
pub mod netting;
pub mod parallel;
mod rate;
mod text_key;
pub mod vat;
pub mod weigh;

pub use text_key::{short_text_key, text_key};

/// A place, or a count of places, in half the memory.
pub fn narrow(at: usize) -> u32 {
    u32::try_from(at).expect("memory ends before there are 2^32 invoices, rows or words")
}
