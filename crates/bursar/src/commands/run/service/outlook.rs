//! How soon the next round of a job comes, by what the last one came to.

use std::time::Duration;

use crate::commands::run::context::JobContext;
use crate::commands::run::run_plan::RunPlan;
use crate::commands::run::tally::Tally;
use crate::config::job::{Job, JobSource, Ready};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// A service waits for its server rather than give up: after a failed round this long at first, then doubled.
const RETRY_FIRST: Duration = Duration::from_secs(30);
/// Files of a Sunday are sent soon after the network is back.
const RETRY_MAX: Duration = Duration::from_mins(10);

/// The state of a job after a round.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outlook {
    /// So many rounds in a row could not send what they had.
    Failing(u32),
    /// A file is still being written.
    Unfinished,
    Quiet,
}

/// The results of earlier rounds, as far as they matter to the next.
#[derive(Debug, Default)]
pub(super) struct History {
    failed_rounds: u32,
    /// Said already; a folder that stays away is not told of each minute.
    told: Option<Failure>,
    /// The last count that was said; what stays as it is needs no line each minute.
    counted: Option<String>,
}

pub(super) fn judge(
    done: &Result<Tally, Failure>,
    job: &Job,
    context: &JobContext<'_>,
    history: &mut History,
) -> Outlook {
    let waits = match done {
        Ok(tally) => {
            let counted = tally.has_news().then(|| tally.to_string());
            if let Some(counted) = &counted
                && (tally.settles_files() || history.counted.as_ref() != Some(counted))
            {
                context.output.note(&format!("{}: {counted}", job.name));
            }
            history.counted = counted;
            if history.told.take().is_some() {
                context.output.note(&format!("{}: goes on", job.name));
            }
            tally.waiting > 0
        }
        Err(failure) => {
            if history.told.as_ref() != Some(failure) {
                context.output.failure(&format!("{}: not done", job.name), failure);
            }
            history.told = Some(failure.clone());
            // A folder may be back at any time, and looking costs nothing.
            failure.exit != ExitCode::SourceUnreadable
        }
    };
    history.failed_rounds = if waits { history.failed_rounds.saturating_add(1) } else { 0 };
    match done {
        _ if waits => Outlook::Failing(history.failed_rounds),
        Ok(tally) if tally.unfinished > 0 => Outlook::Unfinished,
        _ => Outlook::Quiet,
    }
}

pub(super) fn pause(
    job: &Job,
    run_plan: &RunPlan,
    context: &JobContext<'_>,
    outlook: Outlook,
) -> Duration {
    match (outlook, &job.source) {
        (Outlook::Failing(count), _) => {
            let doubled = RETRY_FIRST.saturating_mul(1 << (count - 1).min(8)).min(RETRY_MAX);
            doubled.mul_f64(Duration::from_millis(context.args.wait_second_ms).as_secs_f64())
        }
        (Outlook::Unfinished, JobSource::Files { ready: Ready::Quiet(quiet), .. }) => {
            (*quiet).min(run_plan.rescan)
        }
        _ => run_plan.rescan,
    }
}
