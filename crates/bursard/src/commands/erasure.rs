//! `bursard customer remove` and `bursard unit remove`: what would go, and with `--yes` that it is gone.

use std::process::ExitCode;

use anyhow::Context as _;
use store::{ErasureReport, ErasureScope};

use crate::cli::Removal;
use crate::deployment::Deployment;
use crate::ledgers;
use crate::output;
use crate::system;

/// The tables a person asks about first; all of them are in the JSON.
const SAID: [(&str, &str); 5] = [
    ("units", "units"),
    ("uploads", "uploads"),
    ("findings", "findings"),
    ("verdicts", "remembered verdicts"),
    ("tokens", "access tokens"),
];

pub(super) async fn run(
    deployment: &Deployment,
    scope: &ErasureScope,
    removal: Removal,
) -> anyhow::Result<ExitCode> {
    let system = deployment.store.system();
    let name = match scope {
        ErasureScope::Customer(customer) => format!("customer {customer}"),
        ErasureScope::Unit(customer, unit) => format!("unit {unit} of customer {customer}"),
    };
    let report = if removal.yes {
        output::status(&format!("erasing {name} …"));
        let erased = system.erase(scope, system::OPERATOR, system::now()).await;
        output::status("");
        let report = erased.with_context(|| format!("not all of {name} was erased"))?;
        let lists = ledgers::lists_folder(&deployment.config.data_dir);
        analysis::remove_kept_lists(&lists, scope.customer(), scope.unit())
            .with_context(|| format!("lists of {name} are left in {}", lists.display()))?;
        report
    } else {
        let looked_at = system.look_at_erasure(scope).await;
        looked_at.with_context(|| format!("{name} cannot be erased"))?
    };
    if removal.format.json {
        output::json(&json(&report, removal));
        return Ok(ExitCode::SUCCESS);
    }
    let verb = if removal.yes { "erased" } else { "would erase" };
    output::line(format_args!("{verb} {name}: {}", words(&report)));
    if removal.yes {
        output::note(
            "Backups made before hold it still, and so do exports; a worker that was reading for it leaves files \
             that go within a day. The audit log keeps the hashes of what it said, and this erasure.",
        );
    } else {
        output::note(
            "Nothing was erased. To erase it, add --yes; nothing brings it back but a backup.",
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn words(report: &ErasureReport) -> String {
    let rows = |table: &str| {
        report.rows.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| *rows)
    };
    let mut said: Vec<String> =
        SAID.iter().map(|(table, noun)| format!("{} {noun}", rows(table))).collect();
    said.push(format!("{} files of {} bytes", report.files, report.bytes));
    if report.ledger_files > 0 {
        said.push(format!("{} files of ledgers", report.ledger_files));
    }
    said.push(format!("{} accounts", report.accounts));
    said.push(format!("the text of {} entries of the audit log", report.audit_entries));
    said.join(", ")
}

fn json(report: &ErasureReport, removal: Removal) -> serde_json::Value {
    let rows: serde_json::Map<_, _> =
        report.rows.iter().map(|(table, rows)| ((*table).to_owned(), (*rows).into())).collect();
    serde_json::json!({
        "erased": removal.yes, "rows": rows, "files": report.files, "bytes": report.bytes,
        "ledgerFiles": report.ledger_files, "accounts": report.accounts,
        "auditEntries": report.audit_entries,
    })
}
