//! `bursard doctor`: tries everything a server needs; each line says good, or what to do.

use std::process::ExitCode;

use domain::causes;
use jiff::{SignedDuration, Timestamp};
use server::Limits;
use store::{Backlog, SigningKeyRecord, Store};

use super::diagnostic::{self, Diagnostic};
use super::{key, restored};
use crate::cli::{Examination, Settings};
use crate::config::Config;
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
    let mut diagnostics =
        vec![clock(), diagnostic::certificate(&config), open_files(system::open_files_max())];
    diagnostics.extend(diagnostic::collector(&config).await);
    match Store::open_existing(&config.store).await {
        Ok(store) => {
            diagnostics.push(Diagnostic::good("database", config.store.database.to_string()));
            diagnostics.extend(store_diagnostics(&store, &config).await);
            if examination.deep {
                diagnostics.push(uploads(&store).await);
            }
        }
        Err(error) => {
            diagnostics.push(Diagnostic::bad("database", diagnostic::unopened(&error, &config)));
        }
    }
    if examination.format.json {
        output::json(&diagnostics);
    } else {
        diagnostics.iter().for_each(Diagnostic::say);
    }
    Ok(diagnostic::exit_code(&diagnostics))
}

fn clock() -> Diagnostic {
    let now = system::now();
    if now < CLOCK_MIN {
        let detail =
            format!("{now} is in the past; tokens cannot be checked. Set the machine's clock");
        return Diagnostic::bad("clock", detail);
    }
    Diagnostic::good("clock", now.to_string())
}

fn open_files(max: Option<u64>) -> Diagnostic {
    const WHAT: &str = "open files";
    match max {
        None => Diagnostic::good(WHAT, "no limit"),
        Some(max) if max >= OPEN_FILES_MIN => Diagnostic::good(WHAT, format!("{max} at once")),
        Some(max) => Diagnostic::bad(
            WHAT,
            format!(
                "{max} at once, and a server that takes all its connections needs {OPEN_FILES_MIN}; raise the \
                 hard limit, as with LimitNOFILE= in its unit or ulimit -Hn in its shell"
            ),
        ),
    }
}

async fn store_diagnostics(store: &Store, config: &Config) -> Vec<Diagnostic> {
    let system = store.system();
    let objects = &config.store.objects;
    let mut diagnostics = vec![match system.check_objects(system::now()).await {
        Ok(()) => Diagnostic::good("objects", format!("{objects}: written, read, removed")),
        Err(error) => Diagnostic::bad("objects", diagnostic::unreachable_objects(&error, config)),
    }];
    diagnostics.extend(system.free_bytes().map(|free| disk(free, &config.limits)));
    diagnostics.push(match system.signing_keys().await {
        Ok(keys) => signing_keys(&keys),
        Err(error) => Diagnostic::bad("signing keys", error.to_string()),
    });
    diagnostics.extend(match restored::unsettled(store).await {
        Ok(None) => None,
        Ok(Some(said)) => Some(Diagnostic::bad("backup", said)),
        Err(error) => Some(Diagnostic::bad("backup", error.to_string())),
    });
    diagnostics.push(match system.customers().await {
        Ok(customers) if customers.is_empty() => {
            Diagnostic::bad("customers", "none; add one with: bursard customer add NAME")
        }
        Ok(customers) => Diagnostic::good("customers", customers.len().to_string()),
        Err(error) => Diagnostic::bad("customers", error.to_string()),
    });
    diagnostics.push(reading(store).await);
    diagnostics.push(ledgers(store, config.keep_days).await);
    diagnostics
}

fn signing_keys(keys: &[SigningKeyRecord]) -> Diagnostic {
    const WHAT: &str = "signing keys";
    let Some(signer) = key::signer(keys) else {
        return Diagnostic::bad(WHAT, "none that signs; make one with: bursard key rotate");
    };
    let retired = keys.iter().filter(|key| key.retired_at.is_some()).count();
    let verifying = keys.len() - retired;
    let retired = if retired == 0 { String::new() } else { format!(", {retired} retired") };
    let good = format!("{} signs, {verifying} in use{retired}", signer.kid);
    Diagnostic::good(WHAT, good)
}

/// Examines the disk by the rule that uploads are let in by.
fn disk(free: u64, limits: &Limits) -> Diagnostic {
    if limits.has_room(free, 0) {
        return Diagnostic::good("disk", format!("{free} bytes free"));
    }
    let reserve = limits.disk_reserve_bytes;
    Diagnostic::bad(
        "disk",
        format!("{free} bytes free, {reserve} kept in reserve: uploads are refused. Make room"),
    )
}

/// The diagnostic of reading: whether it keeps up with what is received, and what waits for somebody.
async fn reading(store: &Store) -> Diagnostic {
    let now = system::now();
    let backlog = match store.system().backlog(now - LATE_AFTER, now - FAILED_WITHIN).await {
        Ok(backlog) => backlog,
        Err(error) => return Diagnostic::bad("reading", error.to_string()),
    };
    let Backlog { held_uploads, failed_jobs, late_jobs, stalled_uploads, oldest_unread } = backlog;
    let held = format!(
        "{held_uploads} held (decide with: bursard upload release or refuse), \
         {failed_jobs} jobs failed within a day, {late_jobs} late"
    );
    if late_jobs > 0 {
        let since = oldest_unread.map_or_else(String::new, |since| format!(" since {since}"));
        return Diagnostic::bad(
            "reading",
            format!(
                "{held}; something is unread{since}. Is `bursard serve` or `bursard work` running, \
                 and what does its log say?"
            ),
        );
    }
    if stalled_uploads > 0 {
        return Diagnostic::bad(
            "reading",
            format!(
                "{held}; {stalled_uploads} uploads wait for a fault of this server to be mended, and those \
                 behind them; the log and bursard upload show say which fault"
            ),
        );
    }
    if failed_jobs > 0 {
        return Diagnostic::bad("reading", format!("{held}; the server's log says why"));
    }
    Diagnostic::good("reading", held)
}

/// Opens every ledger.
async fn ledgers(store: &Store, keep_days: u32) -> Diagnostic {
    const WHAT: &str = "ledgers";
    let ledgers = match crate::ledgers::open(store, keep_days) {
        Ok(ledgers) => ledgers,
        Err(error) => return Diagnostic::bad(WHAT, error.to_string()),
    };
    let (all, faults) = match (ledgers.list().await, ledgers.faults().await) {
        (Ok(all), Ok(faults)) => (all.len(), faults),
        (Err(error), _) | (_, Err(error)) => {
            return Diagnostic::bad(WHAT, causes::one_line(&error));
        }
    };
    if faults.is_empty() {
        return Diagnostic::good(WHAT, format!("{all}, all can be read and written"));
    }
    let said: Vec<String> = faults
        .into_iter()
        .map(|(name, error)| match error {
            analysis::Error::Schema { mismatch, .. } => format!("{name}: {mismatch}"),
            other => format!("{name}: {}", causes::one_line(&other)),
        })
        .collect();
    Diagnostic::bad(
        WHAT,
        format!(
            "{} of {all} cannot be used as they are, and uploads for them wait; {}",
            said.len(),
            said.join("; ")
        ),
    )
}

/// Reads every stored file and compares it with what its receipt says.
async fn uploads(store: &Store) -> Diagnostic {
    let verified = store.system().verify_objects(|_progress| {}).await;
    match verified {
        Err(error) => Diagnostic::bad("uploads", error.to_string()),
        Ok(report) if report.faults.is_empty() => Diagnostic::good(
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
            Diagnostic::bad("uploads", detail)
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
