//! `bursard restore FOLDER`: a backup put back where the settings say.
//!
//! Invariant: nothing is touched before the whole backup was read and proven, and nothing where anything is.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use store::{BackupFolder, Store, TransferReport, TransferStep};

use crate::backup_folder;
use crate::cli::{EXIT_FOUND_BAD, Format, Restoring, Settings};
use crate::config::{Config, TLS_FOLDER};
use crate::output;
use crate::ownership;

const NO_CERTIFICATES: &str =
    "the certificates were not restored; copy the folder tls of the backup by hand";

pub(super) async fn run(settings: &Settings, restoring: &Restoring) -> anyhow::Result<ExitCode> {
    let Restoring { folder, verify_only, format } = restoring;
    let config = Config::read(settings)?;
    let backup = BackupFolder::open(folder).await;
    let backup = backup.with_context(|| format!("{} cannot be restored", folder.display()))?;
    output::status("reading and proving the backup …");
    let faults = backup.verify().await.context("the backup cannot be read")?;
    output::status("");
    if !faults.is_empty() {
        for fault in &faults {
            output::note(fault);
        }
        output::note("Nothing was restored: the backup is not as it was made. Take another one.");
        return Ok(ExitCode::from(EXIT_FOUND_BAD));
    }
    let made_at = backup.made_at();
    if *verify_only {
        output::line(format_args!("good: the backup of {made_at}, every file as it was made"));
        return Ok(ExitCode::SUCCESS);
    }
    let store = Store::open(&config.store).await.with_context(|| {
        format!("cannot open {} and {}", config.store.database, config.store.objects)
    })?;
    let restored = backup.restore(&store, say).await;
    output::status("");
    let report = match restored {
        Err(store::Error::Conflict { what }) => bail!(
            "the {what} to restore to is not empty; name empty ones with database and objects in the settings, or \
             empty it yourself: nothing was changed there"
        ),
        restored => restored.context("not all was restored; give the command again to go on")?,
    };
    copy_certificates(&config, folder)?;
    store.close().await;
    backup.close().await;
    ownership::give_to_owner(&config);
    report_on(&report, *format, &format!("restored the backup of {made_at}"));
    if !format.json {
        output::note("See what came back with it: bursard restored list");
    }
    Ok(ExitCode::SUCCESS)
}

/// Says on the terminal how far a move has come.
pub(super) fn say(step: TransferStep) {
    let said = match step {
        TransferStep::Rows => "rows …".to_owned(),
        TransferStep::Objects(count) => format!("{count} files …"),
        TransferStep::Ledgers => "ledgers …".to_owned(),
        TransferStep::Verifying(count) => format!("reading back: {count} files …"),
    };
    output::status(&said);
}

pub(super) fn report_on(report: &TransferReport, format: Format, what: &str) {
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    if format.json {
        output::json(&serde_json::json!({
            "rows": report.rows(), "uploads": report.objects, "bytes": report.bytes,
            "ledgerFiles": report.ledger_files, "ledgerBytes": report.ledger_bytes,
            "faults": faults, "changedMeanwhile": report.has_changed,
        }));
        return;
    }
    output::line(format_args!(
        "{what}: {} rows, {} uploads of {} bytes and {} files of ledgers, each read back and found to be what it was",
        report.rows(),
        report.objects,
        report.bytes,
        report.ledger_files,
    ));
    for fault in &faults {
        output::note(format_args!("not there, and not as received before either: {fault}"));
    }
}

/// Copies the certificates that the backed-up server had made itself, unless this one has some: clients
/// trust that authority.
fn copy_certificates(config: &Config, folder: &Path) -> anyhow::Result<()> {
    let from = folder.join(TLS_FOLDER);
    let Some(to) = config.own_tls_folder().filter(|to| !to.exists() && from.exists()) else {
        return Ok(());
    };
    backup_folder::copy_private(&from, to).context(NO_CERTIFICATES)
}
