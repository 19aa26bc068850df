//! Why a ledger could not be read or written.
//!
//! Not for: what is wrong with a file; that is a refusal, and the sender's to mend.
//! Invariant: named by what the caller can do.

use domain::{LedgerFaultKind, LedgerName};
use extract::{ReadError, SinkError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else committed first; prepare it once more.
    #[error("the ledger changed meanwhile")]
    Overtaken,
    #[error("there is no such ledger")]
    NotFound,
    #[error("the ledger has no version {version}; it has {oldest} to {newest}")]
    NoVersion { version: u64, oldest: u64, newest: u64 },
    /// This ledger alone: another version of Bursar wrote it, or somebody else.
    #[error("the ledger {ledger} cannot be used as it is: {mismatch}")]
    Schema { ledger: Box<LedgerName>, mismatch: SchemaMismatch },
    #[error("ledgers hold no columns of type {0}")]
    UnsupportedType(String),
    /// The rows of a file could be read and not be written as the ledger has them. It may be the file's
    /// doing.
    #[error("the file's rows could not be written as those of the ledger")]
    Encoding(#[source] Box<dyn std::error::Error + Send + Sync + 'static>),
    /// Nobody waits for it any more.
    #[error("the checks were stopped")]
    Stopped,
    #[error(
        "the checks took longer than they may; nothing is lost, run them again when the machine is less busy"
    )]
    TooLong,
    /// There are more invoices than are held in memory at once.
    #[error("the ledger is too large to be held in memory, and so nothing is screened against it")]
    TooLarge,
    /// A check's SQL, the memory or the disk for what does not fit into memory.
    #[error("the checks could not be run")]
    Engine(#[source] Box<datafusion::error::DataFusionError>),
    /// A file that the operator supplies; the check that reads it is not run.
    #[error("the operator's register cannot be used: {0}")]
    Register(String),
    /// A fault of Bursar's own; the source says what was said.
    #[error("the work panicked")]
    Panicked(#[source] tokio::task::JoinError),
    /// The storage, the disk or a file of the ledger.
    #[error("the ledger's files could not be read or written")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync + 'static>),
}

/// Why this program cannot use one table as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaMismatch {
    #[error(
        "its column {column} holds {found}, where this version of Bursar has {expected}; \
         restore the ledger from a backup"
    )]
    ChangedType { column: String, expected: String, found: String },
    #[error(
        "its column {column} is missing, without which rows say nothing; \
         restore the ledger from a backup"
    )]
    LostColumn { column: String },
    /// It can be read.
    #[error(
        "it has columns that this version of Bursar does not know ({}): a newer version wrote it, and \
         this one reads it and does not write it; run that version or a later one", .columns.join(", ")
    )]
    UnknownColumns { columns: Vec<String> },
}

impl Error {
    pub(crate) fn storage(
        source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        Self::Storage(source.into())
    }

    pub(crate) fn encoding(
        source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        Self::Encoding(source.into())
    }

    /// The kind of fault of a ledger that could not be opened for this.
    pub const fn fault_kind(&self) -> LedgerFaultKind {
        match self {
            Self::Schema { mismatch, .. } => match mismatch {
                SchemaMismatch::ChangedType { .. } => LedgerFaultKind::ChangedType,
                SchemaMismatch::LostColumn { .. } => LedgerFaultKind::LostColumn,
                SchemaMismatch::UnknownColumns { .. } => LedgerFaultKind::NewerVersion,
            },
            Self::Overtaken
            | Self::NotFound
            | Self::NoVersion { .. }
            | Self::UnsupportedType(_)
            | Self::Encoding(_)
            | Self::Stopped
            | Self::TooLong
            | Self::TooLarge
            | Self::Engine(_)
            | Self::Register(_)
            | Self::Panicked(_)
            | Self::Storage(_) => LedgerFaultKind::Unreadable,
        }
    }
}

impl From<deltalake_core::DeltaTableError> for Error {
    fn from(error: deltalake_core::DeltaTableError) -> Self {
        use deltalake_core::DeltaTableError as Delta;
        use deltalake_core::kernel::transaction::TransactionError;
        match error {
            Delta::NotATable(_) => Self::NotFound,
            Delta::VersionAlreadyExists(_)
            | Delta::Transaction {
                source:
                    TransactionError::MaxCommitAttempts(_)
                    | TransactionError::CommitConflict(_)
                    | TransactionError::VersionAlreadyExists(_),
            } => Self::Overtaken,
            other => Self::storage(other),
        }
    }
}

impl From<datafusion::error::DataFusionError> for Error {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        Self::Engine(Box::new(error))
    }
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        Self::storage(error)
    }
}

impl From<parquet::errors::ParquetError> for Error {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::storage(error)
    }
}

impl From<arrow_schema::ArrowError> for Error {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::storage(error)
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        if error.is_panic() { Self::Panicked(error) } else { Self::Stopped }
    }
}

impl From<SinkError> for Error {
    fn from(error: SinkError) -> Self {
        match error.0.downcast::<Self>() {
            Ok(own) => *own,
            Err(other) => Self::Storage(other),
        }
    }
}

/// The error of a reading that was no refusal.
impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Sink(error) => error.into(),
            other => Self::storage(other),
        }
    }
}
