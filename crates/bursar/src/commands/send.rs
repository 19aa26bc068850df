//! `bursar send`: each file named, typed, noted in the outbox, sent, and told of.
//!
//! Not for: the request itself (`delivery`).
//!
//! Invariant: a file is in the outbox before its first byte leaves, and what is told of it is what the
//! outbox says; no file waits for what the server makes of another.

use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;

use crate::args::SendArgs;
use crate::commands::uploads::follow_subject;
use crate::explain::explain_source;
use crate::journal::{
    Admission, EntryState, Journal, Offer, Origin, OutboxEntry, Repeat, UploadRequest,
};
use crate::net::answer::{SentFile, ServerReceipt};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::{RateLimit, discard_spooled};
use crate::system::System;
use crate::transfer::delivery::{Courier, Parcel};
use crate::transfer::outbox_folder;
use crate::transfer::pipeline::{Dispatch, Pipeline};
use crate::transfer::plan::SendPlan;
use crate::transfer::route::{Route, resolve};

mod deliver;
mod prepare;
mod report;

use prepare::PreparedFile;
use report::{Report, Success};

/// The things that sending needs before it looks at a file.
struct SendContext {
    route: Route,
    plan: SendPlan,
    /// None on a dry run, which leaves no trace.
    journal: Option<Journal>,
    rate_limit: Option<RateLimit>,
    config: Option<PathBuf>,
    profile: Option<String>,
    repeat: Repeat,
}

/// Sends the files, as many at a time as was asked for.
pub async fn run(args: &SendArgs, system: &System) -> ExitCode {
    let output = Output::new(args.server.output.mode(), system.terminal);
    if args.files.is_empty() {
        let failure = Failure::new(
            ExitCode::NothingToSend,
            "no file is named",
            "Name the files: bursar send invoices.csv. If a pattern such as *.csv stood there, nothing \
             matched it.",
        );
        output.failure("nothing to send", &failure);
        return failure.exit;
    }
    let context = match prepare(args, system, &output).await {
        Ok(context) => context,
        Err(failure) => {
            output.failure("not sent", &failure);
            for file in &args.files {
                let mut report = Report::new(file);
                report.failed(&failure);
                output.json(&report.into_json());
            }
            return failure.exit;
        }
    };
    let sender = Sender { context: &context, system, output: &output };
    let outcomes: Vec<SendOutcome<'_>> = futures_util::stream::iter(&args.files)
        .map(|file| sender.send_and_report(file))
        .buffer_unordered(usize::from(args.transfer.parallel))
        .collect()
        .await;
    if outcomes.len() > 1 {
        let is_sent = |outcome: &&SendOutcome<'_>| matches!(&outcome.success, Ok(success) if !matches!(success, Success::ReceivedBefore { .. }));
        let sent = outcomes.iter().filter(is_sent).count();
        output.note(&format!("{sent} of {} files sent", outcomes.len()));
    }
    // Only now: the server reads the first while the last is on its way, and its checks wait until none is.
    let mut codes = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        codes.push(sender.follow_and_report(outcome).await);
    }
    ExitCode::combine(&codes)
}

/// A file that was tried, before anybody has asked what came of it.
struct SendOutcome<'f> {
    file: &'f Path,
    report: Report,
    success: Result<Success, ExitCode>,
}

async fn prepare(
    args: &SendArgs,
    system: &System,
    output: &Output,
) -> Result<SendContext, Failure> {
    let resolved = resolve(args.server.settings.clone(), &args.server.profile, system)?;
    let plan = SendPlan::new(args, &resolved.settings)?;
    let route = resolved.route(&args.server.profile, system, output).await?;
    let journal = if plan.is_dry_run {
        None
    } else {
        Some(outbox_folder::open(&args.outbox, &args.server.profile, system).await?)
    };
    Ok(SendContext {
        route,
        plan,
        journal,
        rate_limit: args.transfer.limit_rate.map(RateLimit::new),
        config: args
            .server
            .profile
            .config
            .as_deref()
            .and_then(|path| std::path::absolute(path).ok()),
        profile: args.server.profile.profile.clone(),
        repeat: if args.again { Repeat::Asked } else { Repeat::Never },
    })
}

struct Sender<'a> {
    context: &'a SendContext,
    system: &'a System,
    output: &'a Output,
}

impl Sender<'_> {
    /// Sends a file and says how that ended.
    async fn send_and_report<'f>(&self, file: &'f Path) -> SendOutcome<'f> {
        let mut report = Report::new(file);
        let success = match self.send(file, &mut report).await {
            Ok(success) => {
                self.output.result(&success.to_text());
                report.succeeded(&success);
                Ok(success)
            }
            Err(failure) => {
                self.output.failure(&self.subject(file, "not sent"), &failure);
                report.failed(&failure);
                Err(failure.exit)
            }
        };
        SendOutcome { file, report, success }
    }

    /// Waits for the reading of a file that was sent, when that was asked for, and says all of it as JSON.
    async fn follow_and_report(&self, outcome: SendOutcome<'_>) -> ExitCode {
        let SendOutcome { file, mut report, success } = outcome;
        let exit = match success {
            Ok(success) => {
                let failure = self.follow(&success, &mut report).await;
                if let Some(failure) = &failure {
                    let subject = follow_subject(failure.exit);
                    self.output.failure(&self.subject(file, subject), failure);
                    report.failed(failure);
                }
                failure.map_or(ExitCode::Ok, |failure| failure.exit)
            }
            Err(exit) => exit,
        };
        self.output.json(&report.into_json());
        exit
    }

    fn subject(&self, file: &Path, what: &str) -> String {
        if self.context.plan.is_alone {
            what.to_owned()
        } else {
            format!("{}: {what}", file.display())
        }
    }

    async fn send(&self, file: &Path, report: &mut Report) -> Result<Success, Failure> {
        let prepared = self.prepare(file, report)?;
        self.check(file, &prepared, report).await?;
        let url = self.context.route.link.target.url(&prepared.path);
        report.prepared(
            &prepared.named.name,
            prepared.named.file_type,
            &url,
            prepared.source.bytes(),
        );
        let Some(journal) = &self.context.journal else {
            return self.describe(&prepared, url);
        };
        let wanted = self.request(&prepared);
        let offer = Offer {
            request: &wanted,
            source: &prepared.source,
            origin: prepared.origin,
            repeat: self.context.repeat,
        };
        let admitted = journal.admit(&offer, (self.system.now)()).await?;
        let entry = match admitted {
            Admission::Due(entry) => entry,
            Admission::Received(entry) => {
                discard(&prepared, None);
                report.entered(&entry);
                return received_before(&entry);
            }
            Admission::BeingSent(entry) => {
                discard(&prepared, None);
                report.entered(&entry);
                return Err(being_sent(&entry));
            }
        };
        discard(&prepared, Some(&entry));
        if entry.request.name != prepared.named.name {
            let name = &entry.request.name;
            self.note(file, report, format!("goes on under the name it had before, {name}"));
            let path = entry.request.address.upload_path(entry.request.file_type, name);
            let url = self.context.route.link.target.url(&path);
            report.prepared(name, prepared.named.file_type, &url, prepared.source.bytes());
        }
        let pipeline = Pipeline { courier: self.courier(), journal };
        self.send_earlier(file, pipeline, &entry).await.inspect_err(|_| report.entered(&entry))?;
        let Dispatch::Tried(delivery, after) = pipeline.send(&entry).await? else {
            report.entered(&entry);
            return Err(being_sent(&entry));
        };
        self.record_outcome(file, &after, delivery, report)
    }

    fn courier(&self) -> Courier<'_> {
        Courier {
            route: &self.context.route,
            system: self.system,
            output: self.output,
            rate_limit: self.context.rate_limit.as_ref(),
        }
    }

    fn request(&self, prepared: &PreparedFile) -> UploadRequest {
        let SendContext { route, plan, config, profile, .. } = self.context;
        UploadRequest {
            config: config.clone(),
            profile: profile.clone(),
            ..plan.request(&prepared.named, route, (self.system.new_id)())
        }
    }

    fn note(&self, file: &Path, report: &mut Report, text: String) {
        self.output.note(&format!("{}: {text}", file.display()));
        report.note(text);
    }

    fn describe(&self, prepared: &PreparedFile, url: String) -> Result<Success, Failure> {
        let SendContext { route, plan, .. } = self.context;
        let sha256 = prepared.source.digest().map_err(|fault| explain_source(&fault))?;
        let parcel = Parcel {
            source: &prepared.source,
            path: &prepared.path,
            content_type: &plan.content_type,
            idempotency_key: None,
        };
        let headers = parcel.headers_with_expectation(route)?;
        Ok(Success::Described {
            url,
            headers: headers
                .iter()
                .map(|(name, value)| (name.to_string(), report::masked(value, &route.token)))
                .collect(),
            sent: SentFile { bytes: prepared.source.bytes(), sha256 },
        })
    }
}

/// Removes a kept copy that no entry came to own: the same bytes are kept or received already.
fn discard(prepared: &PreparedFile, owner: Option<&OutboxEntry>) {
    let is_owned = owner.is_some_and(|entry| entry.path == prepared.source.path());
    if matches!(prepared.origin, Origin::Spooled(_)) && !is_owned {
        discard_spooled(prepared.source.path());
    }
}

fn received_before(entry: &OutboxEntry) -> Result<Success, Failure> {
    let EntryState::Received(receipt) = &entry.state else { return Err(being_sent(entry)) };
    Ok(Success::ReceivedBefore {
        name: entry.request.name.clone(),
        at: entry.changed_at,
        receipt: ServerReceipt { json: receipt.json.clone(), is_digest_confirmed: false },
    })
}

fn being_sent(entry: &OutboxEntry) -> Failure {
    Failure::new(
        ExitCode::BeingSent,
        format!("another bursar is sending it now, as {} ({})", entry.request.name, entry.id),
        "Nothing is lost: see how it ends with bursar outbox list.",
    )
}
