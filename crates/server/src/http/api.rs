//! The REST API behind the door: reading back what was received.

pub(crate) mod problems;
pub(crate) mod uploads;
