//! `bursar outbox`: what waits, what failed, and what a person does about it.
//!
//! Not for: what is remembered and how (`journal`), or sending again (`outbox::retry`).
//!
//! Invariant: what is listed is what the journal says; nothing is guessed from files.

use std::path::PathBuf;

use jiff::SignedDuration;
use serde_json::json;

use crate::args::{BoundArgs, OutboxArgs, OutboxCommand, OutboxFolder, ProfileArgs};
use crate::auth::token::moment;
use crate::commands::send::size;
use crate::config::profile;
use crate::journal::{Bound, Entry, EntryId, Journal, State};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::plural;
use crate::report::output::{Output, Voice};
use crate::system::Machine;

mod retry;

/// Below the folder of a user's or the machine's state.
const BELOW: &str = "bursar/outbox";

/// Opens the outbox that the flag, the environment, bursar.toml or the machine names.
pub async fn open(
    asked: &OutboxFolder,
    profile: &ProfileArgs,
    machine: &Machine,
) -> Result<Journal, Failure> {
    let folder = place(asked, profile, machine)?;
    Journal::open(&folder, &(machine.unique)()).await
}

/// Where it is.
pub fn place(
    asked: &OutboxFolder,
    profile: &ProfileArgs,
    machine: &Machine,
) -> Result<PathBuf, Failure> {
    let set = |name: &str| machine.set_variable(name).map(PathBuf::from);
    if let Some(folder) = asked.outbox.clone().or_else(|| set("BURSAR_OUTBOX")) {
        return Ok(folder);
    }
    if let Some(folder) = profile::outbox(profile.config.as_deref(), machine)? {
        return Ok(folder);
    }
    // systemd's StateDirectory= is the program's own already.
    if let Some(folder) = set("STATE_DIRECTORY") {
        return Ok(folder.join("outbox"));
    }
    let below_home = || set("HOME").map(|home| home.join(".local/state"));
    set("XDG_STATE_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .or_else(below_home)
        .or_else(|| set("PROGRAMDATA"))
        .map(|folder| folder.join(BELOW))
        .ok_or_else(|| {
            Failure::new(
                ExitCode::OutputFailed,
                "there is no folder for the outbox, which remembers what was sent",
                "Name one that lasts with --outbox FOLDER or BURSAR_OUTBOX; this user has no HOME.",
            )
        })
}

/// One of the subcommands.
pub async fn run(args: OutboxArgs, machine: &Machine) -> ExitCode {
    let voice = match &args.command {
        OutboxCommand::List { voice, .. } | OutboxCommand::Drop { voice, .. } => Voice::of(*voice),
        OutboxCommand::Retry(args) => Voice::of(args.voice),
        OutboxCommand::Forget { .. } => Voice::Talk,
    };
    let output = Output::new(voice, machine);
    let done = match args.command {
        OutboxCommand::List { all, limit, bound, outbox, profile, .. } => {
            let newest = all.then_some(limit);
            match open(&outbox, &profile, machine).await {
                Ok(journal) => list(newest, &bound.into(), &journal, &output).await,
                Err(failure) => Err(failure),
            }
        }
        OutboxCommand::Retry(args) => retry::run(&args, machine, &output).await,
        OutboxCommand::Drop { entries, bound, outbox, profile, .. } => {
            match open(&outbox, &profile, machine).await {
                Ok(journal) if entries.is_empty() => {
                    drop_bound(&bound.into(), &journal, machine, &output).await
                }
                Ok(journal) => drop_entries(&entries, &journal, machine, &output).await,
                Err(failure) => Err(failure),
            }
        }
        OutboxCommand::Forget { days, outbox, profile } => {
            match open(&outbox, &profile, machine).await {
                Ok(journal) => forget(days, &journal, machine, &output).await,
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
    bound: &Bound,
    journal: &Journal,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let entries = match newest {
        Some(limit) => journal.newest(bound, limit).await?,
        None => journal.outstanding(bound).await?,
    };
    for entry in &entries {
        output.json(&entry.to_json());
        output.result(&in_words(entry));
    }
    let counts = journal.counts().await?;
    let counted: Vec<String> =
        counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let all = if counted.is_empty() { "empty".to_owned() } else { counted.join(", ") };
    output.note(&format!("{}: {all}", journal.folder().display()));
    Ok(ExitCode::Ok)
}

/// Two lines, or four when it went wrong.
fn in_words(entry: &Entry) -> String {
    let mut text = format!(
        "{:>6}  {:8}  {}\n        {} {}, {}, {} of {}, since {}",
        entry.id.to_string(),
        entry.state.word(),
        entry.addressed.name,
        entry.addressed.file_type,
        size(entry.bytes),
        entry.addressed.server,
        entry.addressed.place.unit,
        entry.addressed.place.customer,
        moment(entry.added_at),
    );
    if let Some(setback) = entry.state.setback() {
        let Failure { what, next, exit } = &setback.failure;
        let (code, tries) = (exit.number(), plural(entry.tries.into(), "time"));
        text = format!("{text}\n        {what} (exit code {code}, tried {tries})\n        {next}");
    }
    text
}

impl From<BoundArgs> for Bound {
    fn from(args: BoundArgs) -> Self {
        Self { host: args.host, customer: args.customer }
    }
}

/// Why nothing is sent or dropped.
fn nothing_bound() -> Failure {
    Failure::new(
        ExitCode::NothingToSend,
        "nothing of the outbox waits or failed for that host or customer",
        "bursar outbox list shows what does, and for whom.",
    )
}

async fn drop_bound(
    bound: &Bound,
    journal: &Journal,
    machine: &Machine,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let entries = journal.outstanding(bound).await?;
    // What is on its way now cannot be dropped, and is told of by whoever sends it.
    let idle = |entry: &&Entry| !matches!(entry.state, State::Sending { .. });
    let ids: Vec<EntryId> = entries.iter().filter(idle).map(|entry| entry.id).collect();
    if ids.is_empty() {
        return Err(nothing_bound());
    }
    drop_entries(&ids, journal, machine, output).await
}

async fn drop_entries(
    ids: &[EntryId],
    journal: &Journal,
    machine: &Machine,
    output: &Output,
) -> Result<ExitCode, Failure> {
    for id in ids {
        let entry = journal.entry(*id).await?.ok_or_else(|| unknown(*id))?;
        if !journal.drop(*id, (machine.now)()).await? {
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
        output.result(&format!("dropped {id}  {}", entry.addressed.name));
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
    journal: &Journal,
    machine: &Machine,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let before = (machine.now)()
        .checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
        .map_err(|_too_long_ago| Failure::usage("so many days there are not", "Give fewer."))?;
    let forgotten = journal.forget(before).await?;
    output.result(&format!("forgot {}", plural(forgotten, "file")));
    Ok(ExitCode::Ok)
}
