//! Files on their way: planned, sent, tried again, settled.

pub mod attempt;
pub mod delivery;
pub mod plan;
pub mod retry;
