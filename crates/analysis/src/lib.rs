//! The ledgers of a unit.
