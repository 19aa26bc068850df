//! Whoever answers the statements of checks in the engine's place: several machines, for a unit that is too
//! large for one.
//!
//! Not for: how they are spoken to. That is a program of its own, outside of this workspace, so that
//! nobody else builds it.
//!
//! Invariant: what is answered there is what the engine here would come to; a check that was not answered
//! there is run here, and whoever asked is told.

use std::fmt;
use std::time::Duration;

use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::functions;
use crate::checks::Check;
use crate::error::Error;

/// The URL below which sessions name the parts of ledgers: behind it stands the place in the store, as in
/// `ledgers://unit/acme/uk/transactions/part-….parquet`. Who answers statements has that store under it.
pub const LEDGERS_URL: &str = "ledgers://unit";

/// Machines that answer statements of checks.
pub trait Cluster: fmt::Debug + Send + Sync {
    /// A session without tables whose statements are answered there, in which [`check_functions`] are
    /// known. What comes out may depend on these settings.
    fn session(&self, settings: SessionConfig) -> Result<SessionContext, Error>;

    /// Returns `true` when the statements of a check are to be answered there.
    fn answers(&self, check: &Check) -> bool;

    /// The time that one check may take there, each time that it is asked for.
    fn time(&self) -> Duration;

    /// The number of times that one check is asked for there before it is run here.
    fn attempts(&self) -> usize;

    /// Called when a check that should have been answered there was not, and is run here.
    fn not_answered(&self, check: &Check, why: &Error);
}

/// The functions that the statements of checks call beside those of SQL: whoever answers them must know
/// all.
pub fn check_functions() -> Vec<ScalarUDF> {
    functions::all()
}
