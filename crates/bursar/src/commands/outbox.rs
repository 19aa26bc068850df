//! `bursar outbox`: what waits, what failed, and what a person does about it.
//!
//! Not for: what is remembered and how (`journal`), or sending again (`outbox::retry`).
//!
//! Invariant: what is listed is what the journal says; nothing is guessed from files.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::args::EntryId;
use crate::args::{DestinationArgs, OutboxArgs, OutboxCommand};
use crate::journal::{DestinationFilter, EntryState, Journal, OutboxEntry, is_stale};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::age;
use crate::report::format::byte_size;
use crate::report::format::date_time;
use crate::report::format::plural;
use crate::report::output::{Output, OutputMode};
use crate::system::System;
use crate::transfer::outbox_folder::open;

mod retry;

/// Carries out one of the subcommands.
pub async fn run(args: OutboxArgs, system: &System) -> ExitCode {
    let mode = match &args.command {
        OutboxCommand::List { output, .. } | OutboxCommand::Drop { output, .. } => output.mode(),
        OutboxCommand::Retry(args) => args.server.output.mode(),
        OutboxCommand::Forget { .. } => OutputMode::Human,
    };
    let output = Output::new(mode, system.terminal);
    let done = match args.command {
        OutboxCommand::List { all, limit, destination: filter, outbox, profile, .. } => {
            let newest = all.then_some(limit);
            match open(&outbox, &profile, system).await {
                Ok(journal) => list(newest, &filter.into(), &journal, system, &output).await,
                Err(failure) => Err(failure),
            }
        }
        OutboxCommand::Retry(args) => retry::run(&args, system, &output).await,
        OutboxCommand::Drop { entries, destination: filter, outbox, profile, .. } => {
            match open(&outbox, &profile, system).await {
                Ok(journal) if entries.is_empty() => {
                    drop_selected(&filter.into(), &journal, system, &output).await
                }
                Ok(journal) => drop_entries(&entries, &journal, system, &output).await,
                Err(failure) => Err(failure),
            }
        }
        OutboxCommand::Forget { days, destination: filter, outbox, profile } => {
            match open(&outbox, &profile, system).await {
                Ok(journal) => forget(days, &filter.into(), &journal, system, &output).await,
                Err(failure) => Err(failure),
            }
        }
    };
    done.unwrap_or_else(|failure| {
        output.failure("not done", &failure);
        failure.exit
    })
}

async fn list(
    newest: Option<u32>,
    filter: &DestinationFilter,
    journal: &Journal,
    system: &System,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let entries = match newest {
        Some(limit) => journal.newest(filter, limit).await?,
        None => journal.outstanding(filter).await?,
    };
    for entry in &entries {
        output.json(&entry.to_json());
        output.result(&to_text(entry));
    }
    let counts = journal.counts().await?;
    let counted: Vec<String> =
        counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let all = if counted.is_empty() { "empty".to_owned() } else { counted.join(", ") };
    output.note(&format!("{}: {all}", journal.folder().display()));
    if let Some(advice) = stale_advice(&entries, (system.now)()) {
        output.note(&advice);
    }
    Ok(ExitCode::Ok)
}

/// Advice on entries that have waited for long; nothing when none has.
fn stale_advice(entries: &[OutboxEntry], now: Timestamp) -> Option<String> {
    let waits = |entry: &&OutboxEntry| matches!(entry.state, EntryState::Waiting(_));
    let oldest = entries.iter().filter(waits).min_by_key(|entry| entry.added_at)?;
    is_stale(oldest.added_at, now).then(|| {
        format!(
            "{} has waited {}: bursar outbox retry sends it and says what is in the way; if its host or customer \
             was a slip: bursar outbox drop {0}",
            oldest.id,
            age(now.duration_since(oldest.added_at))
        )
    })
}

/// Describes an entry in two lines, or four when it went wrong.
fn to_text(entry: &OutboxEntry) -> String {
    let mut text = format!(
        "{:>6}  {:8}  {}\n        {} {}, {}, {} of {}, since {}",
        entry.id.to_string(),
        entry.state.word(),
        entry.request.name,
        entry.request.file_type,
        byte_size(entry.bytes),
        entry.request.server,
        entry.request.address.unit,
        entry.request.address.customer,
        date_time(entry.added_at),
    );
    if let Some(failed_attempt) = entry.state.failed_attempt() {
        let Failure { what, next, exit } = &failed_attempt.failure;
        let (code, tries) = (exit.number(), plural(entry.tries.into(), "time"));
        text = format!("{text}\n        {what} (exit code {code}, tried {tries})\n        {next}");
    }
    text
}

impl From<DestinationArgs> for DestinationFilter {
    fn from(args: DestinationArgs) -> Self {
        Self { host: args.host, customer: args.customer }
    }
}

/// The failure when nothing is selected to be sent or dropped.
fn nothing_selected() -> Failure {
    Failure::new(
        ExitCode::NothingToSend,
        "nothing of the outbox waits or failed for that host or customer",
        "bursar outbox list shows what does, and for whom.",
    )
}

async fn drop_selected(
    filter: &DestinationFilter,
    journal: &Journal,
    system: &System,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let entries = journal.outstanding(filter).await?;
    // What is on its way now cannot be dropped, and is told of by whoever sends it.
    let idle = |entry: &&OutboxEntry| !matches!(entry.state, EntryState::Sending { .. });
    let ids: Vec<EntryId> = entries.iter().filter(idle).map(|entry| entry.id).collect();
    if ids.is_empty() {
        return Err(nothing_selected());
    }
    drop_entries(&ids, journal, system, output).await
}

async fn drop_entries(
    ids: &[EntryId],
    journal: &Journal,
    system: &System,
    output: &Output,
) -> Result<ExitCode, Failure> {
    for id in ids {
        let entry = journal.entry(*id).await?.ok_or_else(|| unknown(*id))?;
        if !journal.drop(*id, (system.now)()).await? {
            return Err(Failure::usage(
                format!("{id} is {} and cannot be dropped", entry.state.word()),
                "Only what waits or failed can be.",
            ));
        }
        if entry.is_spooled {
            match std::fs::remove_file(&entry.path) {
                Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                    let path = entry.path.display();
                    output.warn(&format!(
                        "its copy cannot be removed, do so by hand: {path}: {fault}"
                    ));
                }
                _ => {}
            }
        }
        output.result(&format!("dropped {id}  {}", entry.request.name));
        output.json(&json!({ "entry": id.number(), "state": "dropped" }));
    }
    Ok(ExitCode::Ok)
}

fn unknown(id: EntryId) -> Failure {
    Failure::usage(
        format!("there is no entry {id} in the outbox"),
        "bursar outbox list --all shows what there is.",
    )
}

async fn forget(
    days: u16,
    filter: &DestinationFilter,
    journal: &Journal,
    system: &System,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let before = (system.now)()
        .checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
        .map_err(|_too_long_ago| Failure::usage("so many days there are not", "Give fewer."))?;
    let forgotten = journal.forget(before, filter).await?;
    output.result(&format!("forgot {}", plural(forgotten, "file")));
    Ok(ExitCode::Ok)
}
