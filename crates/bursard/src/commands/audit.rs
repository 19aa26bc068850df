//! `bursard audit verify|export`
//!
//! Invariant: nothing here changes the log, but that it was written out is in it.

use std::process::ExitCode;

use anyhow::Context as _;
use domain::AuditEntry;
use serde_json::json;
use store::{AuditFault, AuditVerified, SystemStore};

use crate::cli::{AuditCommand, EXIT_FOUND_BAD, Format, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, command: AuditCommand) -> anyhow::Result<ExitCode> {
    let system = Deployment::open(settings).await?.store.system();
    match command {
        AuditCommand::Verify(format) => verify(&system, format).await,
        AuditCommand::Export { after } => export(&system, after).await,
    }
}

async fn verify(system: &SystemStore, format: Format) -> anyhow::Result<ExitCode> {
    let outcome = system.verify_audit().await.context("the audit log cannot be read")?;
    if let Ok(verified) = &outcome {
        system.note_audit_verified(verified, system::now()).await?;
    }
    let code = if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND_BAD) };
    if format.json {
        output::json(&to_json(&outcome));
        return Ok(code);
    }
    match outcome {
        Ok(AuditVerified { entries, end }) => {
            output::line(format_args!("whole: {entries} entries, the last with the hash {end}"));
            output::note(
                "Write the hash down elsewhere: it proves later that nothing before it was changed.",
            );
        }
        Err(fault) => output::line(fault),
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
        who: output::OPERATOR.to_owned(),
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
