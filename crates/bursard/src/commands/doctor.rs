//! `bursard doctor`: tries everything a server needs; each line says good, or what to do.

use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use server::Limits;
use store::{Backlog, SigningKeyRecord, Store};

use super::finding::{self, Finding};
use super::{key, restored};
use crate::cli::{Examination, Settings};
use crate::config::Config;
use crate::ledgers::chain;
use crate::output;
use crate::system;

/// Before this the clock was never set: Bursar did not exist.
const CLOCK_MIN: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// A job that was due for longer is late: a full history is read within it.
const LATE_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// The age of failures that matter: earlier ones were seen to, or their ledger was tidied since.
const FAILED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// A connection takes one; the database, the ledgers and what is being received take the rest.
const OPEN_FILES_MIN: u64 = server::limits::CONNECTIONS_MAX as u64 + 1_024;

pub(super) async fn run(settings: &Settings, examination: Examination) -> anyhow::Result<ExitCode> {
    let config = Config::read(settings)?;
    let mut findings =
        vec![clock(), finding::certificate(&config), open_files(system::open_files_max())];
    findings.extend(finding::collector(&config).await);
    match Store::open_existing(&config.store).await {
        Ok(store) => {
            findings.push(Finding::good("database", config.store.database.to_string()));
            findings.extend(store_findings(&store, &config).await);
            if examination.deep {
                findings.push(uploads(&store).await);
            }
        }
        Err(error) => findings.push(Finding::bad("database", finding::unopened(error, &config))),
    }
    if examination.format.json {
        output::json(&findings);
    } else {
        findings.iter().for_each(Finding::say);
    }
    Ok(finding::exit_code(&findings))
}

fn clock() -> Finding {
    let now = system::now();
    if now < CLOCK_MIN {
        let detail =
            format!("{now} is in the past; tokens cannot be checked. Set the machine's clock");
        return Finding::bad("clock", detail);
    }
    Finding::good("clock", now.to_string())
}

fn open_files(max: Option<u64>) -> Finding {
    const WHAT: &str = "open files";
    match max {
        None => Finding::good(WHAT, "no limit"),
        Some(max) if max >= OPEN_FILES_MIN => Finding::good(WHAT, format!("{max} at once")),
        Some(max) => Finding::bad(
            WHAT,
            format!(
                "{max} at once, and a server that takes all its connections needs {OPEN_FILES_MIN}; raise the \
                 hard limit, as with LimitNOFILE= in its unit or ulimit -Hn in its shell"
            ),
        ),
    }
}

async fn store_findings(store: &Store, config: &Config) -> Vec<Finding> {
    let system = store.system();
    let objects = &config.store.objects;
    let mut findings = vec![match system.check_objects(system::now()).await {
        Ok(()) => Finding::good("objects", format!("{objects}: written, read, removed")),
        Err(error) => Finding::bad("objects", finding::unreachable_objects(error, config)),
    }];
    findings.extend(system.free_bytes().map(|free| disk(free, &config.limits)));
    findings.push(match system.signing_keys().await {
        Ok(keys) => signing_keys(&keys),
        Err(error) => Finding::bad("signing keys", error.to_string()),
    });
    findings.extend(match restored::unsettled(store).await {
        Ok(None) => None,
        Ok(Some(said)) => Some(Finding::bad("backup", said)),
        Err(error) => Some(Finding::bad("backup", error.to_string())),
    });
    findings.push(match system.customers().await {
        Ok(customers) if customers.is_empty() => {
            Finding::bad("customers", "none; add one with: bursard customer add NAME")
        }
        Ok(customers) => Finding::good("customers", customers.len().to_string()),
        Err(error) => Finding::bad("customers", error.to_string()),
    });
    findings.push(reading(store).await);
    findings.push(ledgers(store, config.keep_days).await);
    findings
}

fn signing_keys(keys: &[SigningKeyRecord]) -> Finding {
    const WHAT: &str = "signing keys";
    let Some(signer) = key::signer(keys) else {
        return Finding::bad(WHAT, "none that signs; make one with: bursard key rotate");
    };
    let retired = keys.iter().filter(|key| key.retired_at.is_some()).count();
    let verifying = keys.len() - retired;
    let retired = if retired == 0 { String::new() } else { format!(", {retired} retired") };
    let good = format!("{} signs, {verifying} in use{retired}", signer.kid);
    Finding::good(WHAT, good)
}

/// Examines the disk by the rule that uploads are let in by.
fn disk(free: u64, limits: &Limits) -> Finding {
    if limits.has_room(free, 0) {
        return Finding::good("disk", format!("{free} bytes free"));
    }
    let reserve = limits.disk_reserve_bytes;
    Finding::bad(
        "disk",
        format!("{free} bytes free, {reserve} kept in reserve: uploads are refused. Make room"),
    )
}

/// The finding on reading: whether it keeps up with what is received, and what waits for somebody.
async fn reading(store: &Store) -> Finding {
    let now = system::now();
    let backlog = match store.system().backlog(now - LATE_AFTER, now - FAILED_WITHIN).await {
        Ok(backlog) => backlog,
        Err(error) => return Finding::bad("reading", error.to_string()),
    };
    let Backlog { held_uploads, failed_jobs, late_jobs, stalled_uploads, oldest_unread } = backlog;
    let held = format!(
        "{held_uploads} held (decide with: bursard upload release or refuse), \
         {failed_jobs} jobs failed within a day, {late_jobs} late"
    );
    if late_jobs > 0 {
        let since = oldest_unread.map_or_else(String::new, |since| format!(" since {since}"));
        return Finding::bad(
            "reading",
            format!(
                "{held}; something is unread{since}. Is `bursard serve` or `bursard work` running, \
                 and what does its log say?"
            ),
        );
    }
    if stalled_uploads > 0 {
        return Finding::bad(
            "reading",
            format!(
                "{held}; {stalled_uploads} uploads wait for a fault of this server to be mended, and those \
                 behind them; the log and bursard upload show say which fault"
            ),
        );
    }
    if failed_jobs > 0 {
        return Finding::bad("reading", format!("{held}; the server's log says why"));
    }
    Finding::good("reading", held)
}

/// Opens every ledger.
async fn ledgers(store: &Store, keep_days: u32) -> Finding {
    const WHAT: &str = "ledgers";
    let ledgers = match crate::ledgers::open(store, keep_days) {
        Ok(ledgers) => ledgers,
        Err(error) => return Finding::bad(WHAT, error.to_string()),
    };
    let (all, faults) = match (ledgers.list().await, ledgers.faults().await) {
        (Ok(all), Ok(faults)) => (all.len(), faults),
        (Err(error), _) | (_, Err(error)) => return Finding::bad(WHAT, chain(error)),
    };
    if faults.is_empty() {
        return Finding::good(WHAT, format!("{all}, all can be read and written"));
    }
    let said: Vec<String> = faults
        .into_iter()
        .map(|(name, error)| match error {
            analysis::Error::Schema { mismatch, .. } => format!("{name}: {mismatch}"),
            other => format!("{name}: {}", chain(other)),
        })
        .collect();
    Finding::bad(
        WHAT,
        format!(
            "{} of {all} cannot be used as they are, and uploads for them wait; {}",
            said.len(),
            said.join("; ")
        ),
    )
}

/// Reads every stored file and compares it with what its receipt says.
async fn uploads(store: &Store) -> Finding {
    let verified = store.system().verify_objects(|_progress| {}).await;
    match verified {
        Err(error) => Finding::bad("uploads", error.to_string()),
        Ok(report) if report.faults.is_empty() => Finding::good(
            "uploads",
            format!("{} read, {} bytes, all as their receipts say", report.objects, report.bytes),
        ),
        Ok(report) => {
            for fault in &report.faults {
                output::note(format_args!("  {fault}"));
            }
            let detail = format!(
                "{} of {} are not as their receipts say; restore them from a backup",
                report.faults.len(),
                report.objects
            );
            Finding::bad("uploads", detail)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_open_files_are_said() {
        for (max, good) in [
            (None, true),
            (Some(1_048_576), true),
            (Some(OPEN_FILES_MIN), true),
            (Some(4_096), false),
        ] {
            assert_eq!(open_files(max).is_good(), good, "{max:?}");
        }
    }
}
