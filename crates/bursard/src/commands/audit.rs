//! `bursard audit verify|checkpoint|export`
//!
//! Invariant: nothing here changes the log, but that it was verified or written out is in it.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

use anyhow::Context as _;
use domain::AuditEntry;
use jiff::Timestamp;
use serde_json::json;
use server::checkpoints;
use store::{AuditFault, AuditVerified, HeldEntry, SystemStore};

use crate::cli::{AuditCommand, EXIT_FOUND_BAD, Format, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

/// Characters that an error repeats of what was taken for a path: a path has no more, and a long text is
/// none.
const PATH_SHOWN_CHARS: usize = 200;

pub(super) async fn run(settings: &Settings, command: AuditCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    let system = deployment.store.system();
    match command {
        AuditCommand::Verify { holds, format } => {
            let mut held = Vec::new();
            for text in &holds {
                held.extend(entries_held(&deployment, text.trim()).await?);
            }
            verify(&system, &held, format).await
        }
        AuditCommand::Checkpoint => {
            let keys = deployment.keys().await?;
            let end = system.audit_end().await?;
            output::line(checkpoints::sign(&keys, end, system::now())?);
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Export { after } => export(&system, after).await,
    }
}

/// The entries that somebody kept: one as it is written, checkpoints, or those of a file of checkpoints,
/// one a line.
async fn entries_held(deployment: &Deployment, text: &str) -> anyhow::Result<Vec<HeldEntry>> {
    if let Ok(held) = text.parse() {
        return Ok(vec![held]);
    }
    let is_checkpoint =
        text.lines().next().is_some_and(|line| checkpoints::is_in_form(line.trim()));
    let lines = if is_checkpoint { text.to_owned() } else { read_checkpoints(text)? };
    let keys = deployment.keys().await?;
    let mut held = Vec::new();
    let mut retired: BTreeMap<String, Timestamp> = BTreeMap::new();
    for (line, text) in lines.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let opened = checkpoints::open(&keys, text.trim()).await;
        let opened = opened.with_context(|| format!("line {} cannot be used", line + 1))?;
        retired.extend(opened.key_retired_at.map(|at| (opened.key, at)));
        held.push(opened.entry);
    }
    for (key, at) in retired {
        output::note(format_args!(
            "signed by {key}, which was retired on {}: a checkpoint of it proves as much as the place where it was \
             kept since",
            output::day(at)
        ));
    }
    Ok(held)
}

fn read_checkpoints(path: &str) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| {
        let shown: String = path.chars().take(PATH_SHOWN_CHARS).collect();
        format!(
            "{shown} is neither a number, a colon and a hash, nor a checkpoint, nor a file of checkpoints that can \
             be read"
        )
    })
}

async fn verify(
    system: &SystemStore,
    held: &[HeldEntry],
    format: Format,
) -> anyhow::Result<ExitCode> {
    let outcome = system.verify_audit_holding(held).await;
    let outcome = outcome.context("the audit log cannot be read")?;
    if let Ok(verified) = &outcome {
        system.note_audit_verified(verified, system::OPERATOR, system::now()).await?;
    }
    let code = if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND_BAD) };
    if format.json {
        output::json(&to_json(&outcome));
        return Ok(code);
    }
    match outcome {
        Ok(AuditVerified { entries, end }) => {
            output::line(format_args!("whole: {entries} entries, the last with the hash {end}"));
            output::note(format_args!(
                "Keep it elsewhere and prove later that nothing before it was changed, with: bursard audit \
                 verify --holds {entries}:{end}"
            ));
        }
        Err(fault) => {
            output::line(&fault);
            if let Some(copy) =
                system.copy().await?.filter(|_| matches!(fault, AuditFault::Cut { .. }))
            {
                let of = copy.made_at.map_or_else(String::new, |at| format!(" of {at}"));
                output::note(format_args!(
                    "This store was restored from a backup{of}: entries that were written after it are in the \
                     original only. Hold it to a checkpoint from before."
                ));
            }
        }
    }
    Ok(code)
}

fn to_json(outcome: &Result<AuditVerified, AuditFault>) -> serde_json::Value {
    match outcome {
        Ok(AuditVerified { entries, end }) => {
            json!({ "whole": true, "entries": entries, "end": end })
        }
        Err(fault) => json!({ "whole": false, "why": fault.to_string() }),
    }
}

async fn export(system: &SystemStore, after: u64) -> anyhow::Result<ExitCode> {
    let entry = AuditEntry {
        at: system::now(),
        who: system::OPERATOR.to_owned(),
        what: "audit.export".to_owned(),
        about: String::new(),
        customer: None,
        details: json!({ "file": "jsonl", "after": after }),
    };
    system.audit(&entry).await.context("the export could not be noted, so nothing was written")?;
    let mut last = after;
    loop {
        let items = system.audit_entries_behind(last).await?;
        let Some(end) = items.last() else { return Ok(ExitCode::SUCCESS) };
        last = end.sequence;
        for item in &items {
            output::line(serde_json::to_string(item)?);
        }
    }
}
