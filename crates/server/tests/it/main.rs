//! Workers on a real store, with ledgers that do as they are told.
#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected has failed")]

mod book;
mod browser;
mod checking;
mod desk;
mod documented;
mod findings;
mod issuer;
mod pages;
mod panics;
mod readiness;
mod reading_rules;
mod roles;
mod signing_keys;
mod work;
mod workplace;
