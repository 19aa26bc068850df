//! `[job.<name>]` as it is written, and checked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::{CustomerName, DateOrder, DecimalStyle, FileType, InvoiceSign, UnitName};
use serde::Deserialize;

use super::{After, DatabaseAddress, Job, JobSource, Links, Pattern, QueryText, Ready};
use crate::config::schedule::Schedule;
use crate::config::settings::Settings;

/// Longer than a slow writer pauses between two blocks.
const QUIET_SECONDS: u64 = 10;

/// The mark that a writer puts beside a finished file.
const MARKER: &str = ".done";

/// A day: longer is a slip.
const SECONDS_MAX: u64 = 86_400;

/// `[job.<name>]` as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "a key of the file each")]
pub struct JobSection {
    pub(super) profile: Option<String>,
    pub(super) customer: Option<CustomerName>,
    pub(super) unit: Option<UnitName>,
    #[serde(rename = "type")]
    pub(super) file_type: Option<FileType>,
    pub(super) name: Option<String>,
    pub(super) schedule: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) source: SourceSection,
    #[serde(default)]
    pub(super) after: AfterKeyword,
    pub(super) move_to: Option<PathBuf>,
    #[serde(default)]
    pub(super) check: bool,
    pub(super) mapping: Option<PathBuf>,
    pub(super) date_order: Option<DateOrder>,
    pub(super) encoding: Option<String>,
    pub(super) decimals: Option<DecimalStyle>,
    pub(super) invoices: Option<InvoiceSign>,
    pub(super) sheet: Option<String>,
    #[serde(default)]
    pub(super) empty_words: Vec<String>,
    #[serde(default)]
    pub(super) keep_totals: bool,
    #[serde(default)]
    pub(super) strict: bool,
    #[serde(default)]
    pub(super) wait: bool,
    pub(super) wait_max: Option<String>,
    pub(super) refused_to: Option<PathBuf>,
    pub(super) min_rows: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SourceSection {
    pub(super) glob: Option<String>,
    pub(super) folder: Option<PathBuf>,
    pub(super) pattern: Option<String>,
    pub(super) ready: Option<ReadyKeyword>,
    pub(super) quiet_seconds: Option<u64>,
    pub(super) marker: Option<String>,
    pub(super) follow_links: Option<bool>,
    pub(super) command: Option<String>,
    pub(super) sql: Option<String>,
    pub(super) sql_file: Option<PathBuf>,
    pub(super) database: Option<String>,
    pub(super) database_command: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AfterKeyword {
    #[default]
    Keep,
    Move,
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ReadyKeyword {
    Quiet,
    Marker,
    Rename,
    Lock,
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
