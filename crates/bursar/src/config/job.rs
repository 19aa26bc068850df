//! `[job.<name>]` in bursar.toml: what is sent by itself, from where, when, and what becomes of it here.
//!
//! Not for: doing it (`run`).
//!
//! Invariant: a [`Job`] is whole: it has one source, a schedule that comes, and a name where its source
//! has none.

use std::path::PathBuf;
use std::time::Duration;

use super::reading::ReadArgs;
use crate::config::schedule::Schedule;
use crate::config::settings::Settings;

mod outcome;
mod pattern;
mod section;

pub use pattern::Pattern;
pub use section::JobSection;

/// A job: one source, when it is looked at, and what becomes of its files here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub name: String,
    pub profile: Option<String>,
    /// Over those of the profile.
    pub settings: Settings,
    pub schedule: Option<Schedule>,
    pub source: JobSource,
    pub after: After,
    /// The reading of a file before it is sent, when it is read.
    pub check: Option<ReadArgs>,
    /// For how long at most it is followed until the server has read it, when it is.
    pub wait: Option<Duration>,
    /// Where a file goes that is refused, by the server or before it is sent.
    pub refused_to: Option<PathBuf>,
    /// With fewer rows it is not sent.
    pub min_rows: u64,
}

/// The place a job's files come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobSource {
    Files {
        folder: PathBuf,
        pattern: Pattern,
        ready: Ready,
        links: Links,
    },
    /// The output of a command is the file.
    Command {
        command: String,
        name: String,
    },
    /// The rows of a query are the file.
    Sql {
        query: QueryText,
        database: DatabaseAddress,
        name: String,
    },
}

/// The treatment of files that are symbolic links, and of a folder that is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Whoever may write into the folder could have any file of our user sent by one.
    LeftOut,
    Followed,
}

/// The sign by which a file in a folder is finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ready {
    /// Due as soon as it bears a name that fits: its writer renames it at the end.
    Renamed,
    /// Nothing about it changed for so long.
    Quiet(Duration),
    /// A file with this ending more lies beside it.
    Marker(String),
    /// Nobody holds a lock on it.
    Unlocked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryText {
    Text(String),
    File(PathBuf),
}

/// The URL of a database, or the command that prints it; it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseAddress {
    Url(String),
    Command(String),
}

/// The fate of a file that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    Keep,
    Delete,
    MoveTo(PathBuf),
}

impl std::fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabasePlace")
    }
}

impl Job {
    /// Returns `true` when the job watches a folder rather than wait for a time.
    pub fn is_watching(&self) -> bool {
        self.schedule.is_none() && matches!(self.source, JobSource::Files { .. })
    }
}

#[cfg(test)]
mod tests;
