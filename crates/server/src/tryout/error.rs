//! Why a tryout did not come to its end, with its causes.

use std::io;

use crate::keys;
use crate::ledgers::LedgersError;

/// Why a tryout did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum TryoutError {
    #[error("cannot read {name}")]
    File {
        name: String,
        #[source]
        source: io::Error,
    },
    #[error("the files hold more than {max} rows, the most that are tried")]
    TooManyRows { max: u64 },
    #[error("{name} was not read to its end: {why}")]
    NotRead { name: String, why: String },
    #[error("the checks did not come to their end: {why}")]
    NotChecked { why: String },
    #[error("the report could not be made")]
    Report(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Keys(#[from] keys::Error),
    #[error(transparent)]
    Ledgers(#[from] LedgersError),
}
