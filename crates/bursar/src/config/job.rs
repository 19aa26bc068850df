//! `[job.<name>]` in bursar.toml: what is sent by itself, from where, when, and what becomes of it here.
//!
//! Not for: doing it (`run`).
//!
//! Invariant: a [`Job`] is whole: it has one source, a schedule that comes, and a name where its source
//! has none.

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::{CustomerName, FileType, UnitName};
use serde::Deserialize;

use super::reading::{DateOrderKeyword, ReadArgs};
use crate::config::schedule::Schedule;
use crate::config::settings::Settings;

mod outcome;
mod pattern;

pub use pattern::Pattern;

/// Longer than a slow writer pauses between two blocks.
const QUIET_SECONDS: u64 = 10;
/// What a writer puts beside a finished file.
const MARKER: &str = ".done";
/// A day: longer is a slip.
const SECONDS_MAX: u64 = 86_400;

/// `[job.<name>]` as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JobSection {
    profile: Option<String>,
    customer: Option<CustomerName>,
    unit: Option<UnitName>,
    #[serde(rename = "type")]
    file_type: Option<FileType>,
    name: Option<String>,
    schedule: Option<String>,
    time_zone: Option<String>,
    source: SourceSection,
    #[serde(default)]
    after: AfterKeyword,
    move_to: Option<PathBuf>,
    #[serde(default)]
    check: bool,
    mapping: Option<PathBuf>,
    date_order: Option<DateOrderKeyword>,
    #[serde(default)]
    wait: bool,
    wait_max: Option<String>,
    refused_to: Option<PathBuf>,
    min_rows: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SourceSection {
    glob: Option<String>,
    folder: Option<PathBuf>,
    pattern: Option<String>,
    ready: Option<ReadyKeyword>,
    quiet_seconds: Option<u64>,
    marker: Option<String>,
    follow_links: Option<bool>,
    command: Option<String>,
    sql: Option<String>,
    sql_file: Option<PathBuf>,
    database: Option<String>,
    database_command: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AfterKeyword {
    #[default]
    Keep,
    Move,
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ReadyKeyword {
    Quiet,
    Marker,
    Rename,
    Lock,
}

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
    /// How a file is read before it is sent, when it is.
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
    /// What a command prints is the file.
    Command {
        command: String,
        name: String,
    },
    /// What a query gives is the file.
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
    /// As soon as it bears a name that fits: its writer renames it at the end.
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
    /// Whether the job watches a folder rather than wait for a time.
    pub fn is_watching(&self) -> bool {
        self.schedule.is_none() && matches!(self.source, JobSource::Files { .. })
    }
}

impl JobSection {
    /// Checks a job as far as that goes without looking at the machine; an error says what is wrong.
    pub fn parse(self, name: &str, folder: &Path) -> Result<Job, String> {
        let schedule = match (&self.schedule, &self.time_zone) {
            (Some(text), zone) => {
                Some(Schedule::parse(text, zone.as_deref()).map_err(|fault| fault.to_string())?)
            }
            (None, Some(_)) => return Err("time-zone is of use only with schedule".to_owned()),
            (None, None) => None,
        };
        let outcome = self.outcome(folder)?;
        let source = self.source.parse(self.name.as_deref(), folder)?;
        let is_files = matches!(source, JobSource::Files { .. });
        if self.name.is_some() && is_files {
            return Err("name is for a command or a query; files have their own".to_owned());
        }
        let after = match (self.after, self.move_to) {
            (AfterKeyword::Keep, None) => After::Keep,
            (AfterKeyword::Delete, None) if is_files => After::Delete,
            (AfterKeyword::Move, Some(to)) if is_files => After::MoveTo(folder.join(to)),
            (AfterKeyword::Move, None) => return Err("after = \"move\" needs move-to".to_owned()),
            (_, Some(_)) if is_files => return Err("move-to needs after = \"move\"".to_owned()),
            _ => {
                return Err(
                    "after is for files; what a command or a query gives leaves none".to_owned()
                );
            }
        };
        Ok(Job {
            name: name.to_owned(),
            profile: self.profile,
            settings: Settings {
                customer: self.customer,
                unit: self.unit,
                file_type: self.file_type,
                ..Settings::default()
            },
            schedule,
            source,
            after,
            check: outcome.check,
            wait: outcome.wait,
            refused_to: outcome.refused_to,
            min_rows: outcome.min_rows,
        })
    }
}

impl SourceSection {
    fn parse(self, name: Option<&str>, below: &Path) -> Result<JobSource, String> {
        let sql = self.sql.is_some() || self.sql_file.is_some();
        let kinds = [self.glob.is_some(), self.folder.is_some(), self.command.is_some(), sql];
        if kinds.into_iter().filter(|is_set| *is_set).count() != 1 {
            return Err("source needs one of glob, folder, command, sql or sql-file".to_owned());
        }
        let is_of_database = self.database.is_some() || self.database_command.is_some();
        if is_of_database && !sql {
            return Err("database is of use only with sql or sql-file".to_owned());
        }
        let tells_ready =
            self.ready.is_some() || self.quiet_seconds.is_some() || self.marker.is_some();
        if self.folder.is_none() && (self.pattern.is_some() || tells_ready && self.glob.is_none()) {
            return Err("pattern, ready, quiet-seconds and marker are for a folder".to_owned());
        }
        if self.folder.is_none() && self.glob.is_none() && self.follow_links.is_some() {
            return Err("follow-links is for files".to_owned());
        }
        let named = || {
            let advice = "a command or a query needs a name, such as name = \"invoices.csv\"";
            name.map(str::to_owned).ok_or(advice.to_owned())
        };
        if let Some(command) = self.command {
            return Ok(JobSource::Command { command, name: named()? });
        }
        if sql {
            let query = match (self.sql, self.sql_file) {
                (Some(text), None) => QueryText::Text(text),
                (None, Some(path)) => QueryText::File(below.join(path)),
                _ => return Err("sql and sql-file are the same thing: leave one out".to_owned()),
            };
            let database = match (self.database, self.database_command) {
                (Some(url), None) => DatabaseAddress::Url(url),
                (None, Some(command)) => DatabaseAddress::Command(command),
                _ => return Err("a query needs database or database-command".to_owned()),
            };
            return Ok(JobSource::Sql { query, database, name: named()? });
        }
        let ready = self.ready()?;
        let links =
            if self.follow_links.unwrap_or(false) { Links::Followed } else { Links::LeftOut };
        if let Some(folder) = self.folder {
            let pattern = Pattern::parse(self.pattern.as_deref().unwrap_or("*"))?;
            return Ok(JobSource::Files { folder: below.join(folder), pattern, ready, links });
        }
        let glob = below.join(self.glob.unwrap_or_default());
        let last = glob.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let folder = glob.parent().unwrap_or(Path::new(".")).to_owned();
        if folder.to_string_lossy().contains(['*', '?']) {
            return Err("only the file name of a glob may hold * and ?".to_owned());
        }
        Ok(JobSource::Files { pattern: Pattern::parse(last)?, folder, ready, links })
    }

    fn ready(&self) -> Result<Ready, String> {
        let word = self.ready.unwrap_or(match (&self.marker, &self.glob) {
            (Some(_), _) => ReadyKeyword::Marker,
            // Looked at by a schedule, when its writer has long finished.
            (None, Some(_)) if self.quiet_seconds.is_none() => ReadyKeyword::Rename,
            (None, _) => ReadyKeyword::Quiet,
        });
        if self.quiet_seconds.is_some_and(|seconds| seconds == 0 || seconds > SECONDS_MAX) {
            return Err("quiet-seconds is 1 to 86400".to_owned());
        }
        match (word, self.quiet_seconds, &self.marker) {
            (ReadyKeyword::Quiet, seconds, None) => {
                Ok(Ready::Quiet(Duration::from_secs(seconds.unwrap_or(QUIET_SECONDS))))
            }
            (ReadyKeyword::Marker, None, marker) => {
                let marker = marker.clone().unwrap_or(MARKER.to_owned());
                let is_ending = marker.starts_with('.') && !marker.contains(['/', '\\']);
                is_ending
                    .then_some(Ready::Marker(marker))
                    .ok_or("marker is an ending such as .done".to_owned())
            }
            (ReadyKeyword::Rename, None, None) => Ok(Ready::Renamed),
            (ReadyKeyword::Lock, None, None) => Ok(Ready::Unlocked),
            (_, _, Some(_)) => Err("marker goes with ready = \"marker\"".to_owned()),
            (_, Some(_), _) => Err("quiet-seconds goes with ready = \"quiet\"".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
