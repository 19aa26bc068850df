//! `bursard ledger list|history|export|tidy`
//!
//! Invariant: none of them changes a row.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use analysis::{Error, Ledger, Ledgers, Version};
use anyhow::{Context as _, bail};
use domain::LedgerName;

use crate::cli::{AsOf, ExportFormat, Format, LedgerArgs, LedgerCommand, Settings};
use crate::deployment::Deployment;
use crate::ledgers;
use crate::machine;
use crate::output;

pub(super) async fn run(settings: &Settings, command: LedgerCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    let ledgers = ledgers::open(&deployment.store, deployment.config.keep_days)
        .context("cannot open the ledgers")?;
    match command {
        LedgerCommand::List { format } => list(&ledgers, format).await?,
        LedgerCommand::History { ledger, format } => {
            history(&ledgers, &name_of(ledger), format).await?;
        }
        LedgerCommand::Export { ledger, as_of, format, output } => {
            export(&ledgers, &name_of(ledger), as_of, (format, output.as_deref())).await?;
        }
        LedgerCommand::Tidy { ledger } => tidy(&ledgers, &name_of(ledger)).await?,
    }
    deployment.store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn name_of(ledger: LedgerArgs) -> LedgerName {
    let unit = ledger.place.unit();
    LedgerName { customer: ledger.place.customer, unit, file_type: ledger.file_type }
}

async fn list(ledgers: &Ledgers, format: Format) -> anyhow::Result<()> {
    let mut found = Vec::new();
    for name in ledgers.list().await? {
        found.push(ledgers.summary(&name).await.with_context(|| format!("cannot read {name}"))?);
    }
    if format.json {
        let items: Vec<_> = found
            .iter()
            .map(|ledger| {
                serde_json::json!({
                    "customer": ledger.name.customer, "unit": ledger.name.unit,
                    "type": ledger.name.file_type, "version": ledger.version,
                    "rows": ledger.rows, "parts": ledger.parts, "bytes": ledger.bytes,
                })
            })
            .collect();
        output::json(&items);
        return Ok(());
    }
    if found.is_empty() {
        output::note("no extract was read yet; a ledger begins with the first one");
    }
    for ledger in found {
        output::line(format_args!(
            "{:<40} version {:<6} {:>12} rows {:>6} parts {:>14} bytes",
            ledger.name.to_string(),
            ledger.version,
            ledger.rows,
            ledger.parts,
            ledger.bytes
        ));
    }
    Ok(())
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

async fn export(
    ledgers: &Ledgers,
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
    let report = ledgers.tidy(name, machine::now()).await?;
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
