//! `bursard ledger list|history|export|tidy`
//!
//! Invariant: none of them changes a row.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use analysis::{Error, Ledger, LedgerSummary, Ledgers, Version};
use anyhow::{Context as _, bail};
use domain::{AuditEntry, LedgerFaultKind, LedgerName, causes};
use store::Store;

use crate::cli::{AsOf, EXIT_FOUND_BAD, ExportFormat, Format, LedgerArgs, LedgerCommand, Settings};
use crate::deployment::Deployment;
use crate::ledgers;
use crate::output;
use crate::ownership;
use crate::system;

pub(super) async fn run(settings: &Settings, command: LedgerCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    let ledgers = ledgers::open(&deployment.store, deployment.config.keep_days)
        .context("cannot open the ledgers")?;
    let mut end = ExitCode::SUCCESS;
    match command {
        LedgerCommand::List { format } => end = list(&ledgers, format).await?,
        LedgerCommand::History { ledger, format } => {
            history(&ledgers, &name_of(ledger), format).await?;
        }
        LedgerCommand::Export { ledger, as_of, format, output } => {
            let from = (&deployment.store, &ledgers);
            export(from, &name_of(ledger), as_of, (format, output.as_deref())).await?;
        }
        LedgerCommand::Tidy { ledger } => {
            tidy(&ledgers, &name_of(ledger)).await?;
            ownership::give_to_owner(&deployment.config);
        }
    }
    deployment.store.close().await;
    Ok(end)
}

fn name_of(ledger: LedgerArgs) -> LedgerName {
    let unit = ledger.place.unit();
    LedgerName { customer: ledger.place.customer, unit, file_type: ledger.file_type }
}

/// All there are, those that cannot be opened with the reason: they hide none of the others.
async fn list(ledgers: &Ledgers, format: Format) -> anyhow::Result<ExitCode> {
    let mut found = Vec::new();
    for name in ledgers.list().await? {
        let summary = ledgers.summary(&name).await;
        found.push((name, summary));
    }
    let mut faults: BTreeMap<LedgerName, (LedgerFaultKind, String)> = BTreeMap::new();
    for (name, error) in ledgers.faults().await? {
        faults.insert(name, (error.fault_kind(), causes::one_line(&error)));
    }
    if format.json {
        let items: Vec<_> = found
            .iter()
            .map(|(name, summary)| as_json(name, summary.as_ref().ok(), faults.get(name)))
            .collect();
        output::json(&items);
    } else if found.is_empty() {
        output::note("no extract was read yet; a ledger begins with the first one");
    } else {
        for (name, summary) in &found {
            match summary {
                Ok(ledger) => summary_line(ledger),
                Err(_) => output::line(format_args!("{:<40} CANNOT BE USED", name.to_string())),
            }
            if let Some((_, why)) = faults.get(name) {
                output::note(why);
            }
        }
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND_BAD) })
}

fn summary_line(ledger: &LedgerSummary) {
    output::line(format_args!(
        "{:<40} version {:<6} {:>12} rows {:>6} parts {:>14} bytes",
        ledger.name.to_string(),
        ledger.version,
        ledger.rows,
        ledger.parts,
        ledger.bytes
    ));
}

/// A ledger as JSON; of one that cannot be opened the unknown is null.
fn as_json(
    name: &LedgerName,
    summary: Option<&LedgerSummary>,
    fault: Option<&(LedgerFaultKind, String)>,
) -> serde_json::Value {
    serde_json::json!({
        "customer": name.customer, "unit": name.unit, "type": name.file_type,
        "version": summary.map(|ledger| ledger.version), "rows": summary.map(|ledger| ledger.rows),
        "parts": summary.map(|ledger| ledger.parts), "bytes": summary.map(|ledger| ledger.bytes),
        "fault": fault.map(|(kind, _)| kind.as_str()), "detail": fault.map(|(_, why)| why),
    })
}

async fn history(ledgers: &Ledgers, name: &LedgerName, format: Format) -> anyhow::Result<()> {
    let versions = open(ledgers, name).await?.history().await?;
    if format.json {
        output::json(&versions);
        return Ok(());
    }
    for Version { version, at, upload, rows, operation } in versions {
        let when = at.strftime("%-d %b %Y %H:%M:%S UTC");
        let what = match (upload, rows) {
            (Some(upload), Some(rows)) => format!(
                "{upload}   {} read, {} replaced, {} made inactive",
                rows.rows_read, rows.rows_replaced, rows.made_inactive
            ),
            _ => format!("({})", operation.to_lowercase()),
        };
        output::line(format_args!("{version:>6}  {when}  {what}"));
    }
    Ok(())
}

/// Before the first row is written: what cannot be noted is not handed out.
async fn note_export(
    store: &Store,
    name: &LedgerName,
    version: u64,
    format: ExportFormat,
) -> anyhow::Result<()> {
    let file = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Parquet => "parquet",
    };
    let entry = AuditEntry {
        at: system::now(),
        who: system::OPERATOR.to_owned(),
        what: "ledger.export".to_owned(),
        about: name.to_string(),
        customer: Some(name.customer.clone()),
        details: serde_json::json!({ "version": version, "file": file }),
    };
    store
        .system()
        .audit(&entry)
        .await
        .context("the export could not be noted, so nothing was written")
}

async fn export(
    (store, ledgers): (&Store, &Ledgers),
    name: &LedgerName,
    as_of: AsOf,
    (format, output): (ExportFormat, Option<&Path>),
) -> anyhow::Result<()> {
    let ledger = open(ledgers, name).await?;
    let ledger = match as_of {
        AsOf { version: Some(version), .. } => ledger.at_version(version).await,
        AsOf { at: Some(at), .. } => ledger.as_of(at).await,
        AsOf { .. } => Ok(ledger),
    }
    .with_context(|| format!("{name} cannot be read as it was then"))?;
    let to: Box<dyn Write + Send> = match output {
        Some(path) => Box::new(
            File::create(path).with_context(|| format!("cannot write {}", path.display()))?,
        ),
        None => Box::new(std::io::stdout()),
    };
    let version = ledger.version();
    note_export(store, name, version, format).await?;
    let rows = tokio::task::spawn_blocking(move || {
        let to = BufWriter::new(to);
        match format {
            ExportFormat::Csv => analysis::export_csv(&ledger, to),
            ExportFormat::Parquet => analysis::export_parquet(&ledger, to),
        }
    })
    .await?
    .context("the ledger was not written to its end")?;
    output::note(format_args!("{rows} rows of version {version}"));
    Ok(())
}

async fn tidy(ledgers: &Ledgers, name: &LedgerName) -> anyhow::Result<()> {
    open(ledgers, name).await?;
    let report = ledgers.tidy(name, system::now()).await?;
    output::line(format_args!(
        "{name}: {} small parts joined into {}, {} files removed",
        report.joined.from, report.joined.to, report.removed
    ));
    Ok(())
}

async fn open(ledgers: &Ledgers, name: &LedgerName) -> anyhow::Result<Ledger> {
    match ledgers.open(name).await {
        Err(Error::NotFound) => {
            bail!("there is no ledger {name}; those there are: bursard ledger list")
        }
        opened => opened.with_context(|| format!("cannot open {name}")),
    }
}
