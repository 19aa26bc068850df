//! How the files of one command or job are sent, known before the first is looked at.

use std::time::Duration;

use domain::FileType;
use http::HeaderValue;
use jiff::Timestamp;

use super::route::Route;
use crate::args::SendArgs;
use crate::config::job::{Job, JobSource};
use crate::config::naming::{safe_name, type_for};
use crate::config::reading::ReadArgs;
use crate::config::settings::Settings;
use crate::journal::UploadRequest;
use crate::net::target::SafeName;
use crate::report::failure::Failure;
use crate::source::STANDARD_INPUT;
use domain::ReadingRules;

/// The media type of the vendor's page: for files of every type, whatever the format of the body.
const CONTENT_TYPE: &str = "text/csv";

/// The way the files of one command or job are sent.
#[derive(Debug)]
pub struct SendPlan {
    pub file_type: Option<FileType>,
    pub content_type: HeaderValue,
    pub name: Option<String>,
    pub adds_timestamp: bool,
    pub is_dry_run: bool,
    /// The rules by which files are read before they are sent, when they are.
    pub check: Option<ReadingRules>,
    /// The longest wait until each is read, when that was asked for.
    pub wait: Option<Duration>,
    /// Set for the only file, so that lines need not say which.
    pub is_alone: bool,
}

/// A file with the name and the type under which it is sent.
#[derive(Debug)]
pub struct NamedFile {
    /// The name it has here.
    pub own_name: String,
    pub file_type: FileType,
    /// Set when the type was guessed from the name.
    pub is_guess: bool,
    /// The name people will see.
    pub name: SafeName,
    /// The changes to the name.
    pub notes: Vec<&'static str>,
}

impl SendPlan {
    pub fn new(args: &SendArgs, settings: &Settings) -> Result<Self, Failure> {
        let piped = args.files.iter().any(|file| file.as_os_str() == STANDARD_INPUT);
        if args.name.is_some() && args.files.len() > 1 {
            return Err(Failure::usage(
                "--name is for one file, and several are named",
                "Send them one by one, or leave --name out.",
            ));
        }
        if piped && args.name.is_none() {
            return Err(Failure::usage(
                "standard input has no name",
                "Say one: --name invoices.csv",
            ));
        }
        if !args.check && args.read != ReadArgs::default() {
            return Err(Failure::usage(
                "--mapping, --date-order, --encoding and their like say how to check a file, and none is \
                 checked",
                "Add --check, or leave them out; they are not sent.",
            ));
        }
        Ok(Self {
            file_type: settings.file_type,
            content_type: content_type(settings)?,
            name: args.name.clone(),
            adds_timestamp: !settings.no_timestamp,
            is_dry_run: args.dry_run,
            check: args.check.then(|| args.read.load()).transpose()?,
            wait: args.wait.wait.then_some(args.wait.wait_max),
            is_alone: args.files.len() == 1,
        })
    }

    /// Plans for files of which nothing more is said.
    pub fn from_settings(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            file_type: settings.file_type,
            content_type: content_type(settings)?,
            name: None,
            adds_timestamp: !settings.no_timestamp,
            is_dry_run: false,
            check: None,
            wait: None,
            is_alone: false,
        })
    }

    /// Plans for what a job finds or gives.
    pub fn for_job(job: &Job, settings: &Settings) -> Result<Self, Failure> {
        let name = match &job.source {
            JobSource::Files { .. } => None,
            JobSource::Command { name, .. } | JobSource::Sql { name, .. } => Some(name.clone()),
        };
        Ok(Self {
            name,
            check: job.check.as_ref().map(ReadArgs::load).transpose()?,
            wait: job.wait,
            ..Self::from_settings(settings)?
        })
    }

    /// Names and types a file that is called `own` here.
    pub fn name_file(&self, own: &str, now: Timestamp) -> Result<NamedFile, Failure> {
        let own_name = self.name.clone().unwrap_or_else(|| own.to_owned());
        let (file_type, is_guess) = type_for(self.file_type, &own_name)?;
        let (name, notes) = safe_name(&own_name, self.adds_timestamp.then_some(now))?;
        Ok(NamedFile { own_name, file_type, is_guess, name, notes })
    }

    /// The request that sends a file along a route, of no job and with the usual settings.
    pub fn request(
        &self,
        file: &NamedFile,
        route: &Route,
        idempotency_key: String,
    ) -> UploadRequest {
        UploadRequest {
            server: route.link.target.to_string(),
            address: route.address.clone(),
            file_type: file.file_type,
            own_name: file.own_name.clone(),
            name: file.name.clone(),
            content_type: self.content_type.to_str().expect("the plan takes no other").to_owned(),
            config: None,
            profile: None,
            job: None,
            idempotency_key,
        }
    }
}

fn content_type(settings: &Settings) -> Result<HeaderValue, Failure> {
    let text = settings.content_type.as_deref().unwrap_or(CONTENT_TYPE);
    let value = HeaderValue::from_str(text).ok().filter(|value| value.to_str().is_ok());
    value.ok_or_else(|| {
        Failure::usage(
            "--content-type cannot stand in a header",
            "Leave it out: text/csv is right.",
        )
    })
}
