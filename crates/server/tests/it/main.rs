//! Workers on a real store, with ledgers that do as they are told.
#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected has failed")]

mod agents;
mod book;
mod browser;
mod check_settings;
mod checking;
mod deliveries;
mod desk;
mod documented;
mod findings;
mod issuer;
mod pages;
mod panics;
mod payment_runs;
mod readiness;
mod reading_rules;
mod resumable;
mod roles;
mod screenings;
mod sftp;
mod signing_keys;
mod statements;
mod work;
mod workplace;
