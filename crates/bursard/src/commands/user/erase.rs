//! `bursard user erase`: what would go with an account, and with `--yes` that it is gone.
//!
//! Invariant: what somebody decided stays, and is said to.

use anyhow::Context as _;
use domain::EmailAddress;

use super::user;
use crate::cli::Removal;
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(
    deployment: &Deployment,
    email: &EmailAddress,
    removal: Removal,
) -> anyhow::Result<()> {
    let (user, system) = (user(deployment, email).await?, deployment.store.system());
    let report = if removal.yes {
        let erased = system.erase_person(user.id, None, system::OPERATOR, system::now()).await;
        erased.with_context(|| format!("the account of {email} was not erased"))?
    } else {
        system.look_at_person_erasure(user.id).await?
    };
    if removal.format.json {
        let rows: serde_json::Map<_, _> =
            report.rows.iter().map(|(table, rows)| ((*table).to_owned(), (*rows).into())).collect();
        output::json(&serde_json::json!({
            "erased": removal.yes, "rows": rows, "auditEntries": report.audit_entries,
            "decisionsKept": report.decisions,
        }));
        return Ok(());
    }
    let verb = if removal.yes { "erased" } else { "would erase" };
    let rows: u64 = report.rows.iter().map(|(_, rows)| rows).sum();
    output::line(format_args!(
        "{verb} the account of {email}: {rows} rows, and the text of {} entries of the audit log; {} entries of \
         findings keep the name, as records of the organisation",
        report.audit_entries, report.decisions
    ));
    if !removal.yes {
        output::note(
            "Nothing was erased. To erase it, add --yes; nothing brings it back but a backup.",
        );
    }
    Ok(())
}
