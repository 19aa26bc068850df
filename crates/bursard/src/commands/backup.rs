//! `bursard backup FOLDER`

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::AuditEntry;

use crate::backup_folder;
use crate::checkpoint_file;
use crate::cli::{EXIT_FOUND_BAD, Format, Settings};
use crate::config::{Config, FILE_NAME};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(
    settings: &Settings,
    folder: &Path,
    base: Option<&Path>,
    format: Format,
) -> anyhow::Result<ExitCode> {
    if folder.exists() {
        bail!("{} is there already; name a folder to make", folder.display());
    }
    let deployment = Deployment::open(settings).await?;
    let report = deployment
        .store
        .system()
        .backup(folder, base, system::now())
        .await
        .with_context(|| format!("there is no whole backup in {}", folder.display()))?;
    copy_settings(&deployment.config, folder)?;
    backup_folder::mark(folder, system::now())?;
    let entry = AuditEntry {
        at: system::now(),
        who: system::OPERATOR.to_owned(),
        what: "backup.make".to_owned(),
        about: folder.display().to_string(),
        customer: None,
        details: serde_json::json!({ "uploads": report.objects }),
    };
    deployment.store.system().audit(&entry).await.context("the backup could not be noted")?;
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    let copied = report.objects - faults.len() as u64;
    if format.json {
        output::json(&serde_json::json!({
            "folder": folder, "uploads": copied, "bytes": report.bytes, "faults": faults,
            "ledgerFiles": report.ledger_files, "shared": report.linked,
        }));
    } else {
        let folder = folder.display();
        output::line(format_args!(
            "{copied} uploads, {} bytes, each proven by its SHA-256, are in {folder}",
            report.bytes
        ));
        if base.is_some() {
            output::line(format_args!("{} files are shared with the backup before", report.linked));
        }
        output::note(format_args!(
            "Put it back with:                   bursard restore {folder}\n\
             It is a data folder. Serve it with: bursard --data-dir {folder} serve\n\
             Prove it with:                      bursard --data-dir {folder} doctor --deep"
        ));
        for fault in &faults {
            output::note(format_args!("not copied: {fault}"));
        }
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND_BAD) })
}

/// The authority, the configuration file and the checkpoints belong to a deployment as much as its rows.
fn copy_settings(config: &Config, folder: &Path) -> anyhow::Result<()> {
    let file = config.data_dir.join(FILE_NAME);
    if file.exists() {
        const WHY: &str = "the configuration file was not copied";
        let text = fs::read_to_string(&file).context(WHY)?;
        let copy = folder.join(FILE_NAME);
        // `copy` keeps the mode: whoever may not read the original may not read this.
        fs::copy(&file, &copy).context(WHY)?;
        fs::write(&copy, backup_folder::settings_without_places(&text)?).context(WHY)?;
    }
    let checkpoints = checkpoint_file::path(&config.data_dir);
    if checkpoints.exists() {
        fs::copy(&checkpoints, checkpoint_file::path(folder))
            .context("the checkpoints of the audit log were not copied")?;
    }
    let Some(tls) = config.own_tls_folder().filter(|tls| tls.exists()) else {
        return Ok(());
    };
    let to = folder.join(tls.file_name().expect("it is a folder below the data folder"));
    backup_folder::copy_private(tls, &to).context("the certificates were not copied")
}
