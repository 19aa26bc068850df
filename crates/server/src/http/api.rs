//! The REST API beside `upload`: reading back what was received, and working through what was found.

pub(crate) mod across;
mod at_risk;
pub(crate) mod check_settings;
pub(crate) mod erasure;
pub(crate) mod export;
pub(crate) mod findings;
pub(crate) mod holds;
pub(crate) mod payment_runs;
pub(crate) mod problems;
pub(crate) mod reading_rules;
pub(crate) mod reason_codes;
pub(crate) mod recovery;
pub(crate) mod runs;
pub(crate) mod screenings;
pub(crate) mod several;
pub(crate) mod statements;
pub(crate) mod uploads;
pub(crate) mod verdicts;
pub(crate) mod webhooks;
