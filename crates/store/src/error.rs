//! What can go wrong in the store, named by what the caller can do about it.
//!
//! Not for: answers to clients; the server writes those itself.
//! Invariant: no `Display` here shows what a driver said; that is in `source()`, for the log alone.

use std::io;

use domain::finding::HistoryEntry;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Ask for something else.
    #[error("there is no such {what}")]
    NotFound { what: &'static str },
    /// Choose another name, or take what is there.
    #[error("the {what} already exists or says otherwise")]
    Conflict { what: &'static str },
    /// Decide otherwise.
    #[error("{why}")]
    Illegal { why: String },
    /// Look at what was decided since, and decide again.
    #[error(
        "{} did something about the finding since it was looked at; look at it again before you decide",
        .latest.by
    )]
    Superseded { latest: Box<HistoryEntry> },
    /// Try again later.
    #[error("the store cannot be reached at the moment")]
    Unavailable(#[source] Cause),
    /// Make the bucket or container, or correct its name.
    #[error(
        "the object store has no such bucket or container; make it, or correct the setting objects"
    )]
    NoBucket(#[source] Cause),
    /// Make room, then try again.
    #[error("the disk or the quota of the store is full; make room and try again")]
    Full,
    /// Send it with another token.
    #[error("the access token was revoked while the file was sent")]
    Revoked,
    /// Stop working on the job: somebody else has it.
    #[error("the lease of the job has lapsed and another worker may have it")]
    LeaseLost,
    /// Look at the row: it was changed by hand or damaged.
    #[error("row {id} of table {table} cannot be understood; restore it from a backup")]
    Corrupt { table: &'static str, id: String },
    /// Run the program that wrote it, or a newer one.
    #[error(
        "the database was written by a newer Bursar (schema {found}, this program knows {known}); \
         run that version or a later one; nothing was changed"
    )]
    SchemaTooNew { found: i64, known: i64 },
    /// Start the server once, or correct the path.
    #[error(
        "there is no database at {place}; correct the path, or start the server once to make it"
    )]
    NoDatabase { place: String },
    /// Do it the way the sentence says.
    #[error("{advice}")]
    Unsupported { advice: &'static str },
    /// Look at the disk, the folder and its rights.
    #[error("the store cannot read or write its files")]
    Io(#[source] Cause),
    /// A fault of this program.
    #[error("the store met something unexpected")]
    Internal(#[source] Cause),
}

/// The error beneath; only for logs.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Cause(Box<dyn std::error::Error + Send + Sync + 'static>);

impl Cause {
    pub(crate) fn new(
        source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        Self(source.into())
    }
}

impl Error {
    /// Returns `true` when the same call may succeed later without anybody changing anything but the
    /// load.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Full => true,
            Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Illegal { .. }
            | Self::Superseded { .. }
            | Self::Revoked
            | Self::LeaseLost
            | Self::Corrupt { .. }
            | Self::SchemaTooNew { .. }
            | Self::NoDatabase { .. }
            | Self::NoBucket(_)
            | Self::Unsupported { .. }
            | Self::Io(_)
            | Self::Internal(_) => false,
        }
    }

    pub(crate) fn internal(
        source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        Self::Internal(Cause::new(source))
    }

    pub(crate) fn unavailable(
        source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        Self::Unavailable(Cause::new(source))
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(Cause::new(error)),
        }
    }
}

impl From<rustix::io::Errno> for Error {
    fn from(errno: rustix::io::Errno) -> Self {
        io::Error::from(errno).into()
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_spent_quota_are_full() {
        for errno in [rustix::io::Errno::NOSPC, rustix::io::Errno::DQUOT] {
            assert!(matches!(Error::from(errno), Error::Full), "{errno:?}");
        }
        assert!(matches!(Error::from(rustix::io::Errno::IO), Error::Io(_)));
    }

    #[test]
    fn what_a_driver_said_is_not_shown() {
        let error = Error::internal("relation secret does not exist");
        assert!(!error.to_string().contains("secret"));
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.to_string().contains("secret"));
    }
}
