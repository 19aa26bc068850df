//! Runs of the checks: asking for one, following it, and what each check did.
//!
//! Not for: the findings a run leaves behind (`findings`), or whose turn it is (`jobs`).
//!
//! Invariant: a unit has at most one run that waits, and a run has its job from the same transaction.
//! Whoever has lost the job's lease writes nothing.

use domain::finding::{CheckReport, RunOutcome};
use domain::page::{Page, PageSize};
use domain::run::InvalidRunTransition;
use domain::{
    AuditEntry, CustomerName, JobId, Run, RunCounts, RunId, RunState, TraceContext, UnitName,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::db::Database;
use crate::error::Error;
use crate::jobs::{ClaimedJob, add_trace, enqueue_run, fail, finish, hold};
use crate::notifications::{note_failed_run, note_new_findings};
use crate::rows::{Fields, all, millionths, share, storable, to_the_microsecond};
use crate::verdicts::Decider;
use crate::{CustomerStore, SystemStore, findings};

/// The counts of the state of a run that is done, as the columns are.
const COUNTS: [fn(&RunCounts) -> u64; 5] = [
    |counts| counts.findings,
    |counts| counts.new_findings,
    |counts| counts.suppressed,
    |counts| counts.gone,
    |counts| counts.not_kept,
];

macro_rules! columns {
    () => {
        "id, customer, unit, asked_at, asked_by, state, began_at, ended_at, done, doing, why, \
         versions, findings, new_findings, suppressed, gone, not_kept"
    };
}

/// The ids of a run that may come to be, and of its job.
#[derive(Debug, Clone, Copy)]
pub struct NewRun {
    pub run: RunId,
    pub job: JobId,
}

/// A request for a run: of which unit, by whom, when.
pub(crate) struct RunTicket<'a> {
    pub(crate) customer: &'a CustomerName,
    pub(crate) unit: &'a UnitName,
    pub(crate) by: Option<&'a str>,
    pub(crate) at: Timestamp,
    pub(crate) trace: Option<TraceContext>,
}

impl CustomerStore {
    /// The run that waits now: the one asked for, or the one that waited already.
    pub async fn ask_for_run(
        &self,
        unit: &UnitName,
        ids: NewRun,
        decider: Decider<'_>,
    ) -> Result<Run, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let (customer, by) = (&self.customer, Some(decider.by));
        let ticket = RunTicket { customer, unit, by, at: decider.at, trace: None };
        let id = self.parts.db.ask_for_run(&mut transaction, ticket, ids).await?;
        if id == ids.run {
            let entry = AuditEntry {
                at: decider.at,
                who: decider.who.to_owned(),
                what: "run.ask".to_owned(),
                about: id.to_string(),
                customer: Some(self.customer.clone()),
                details: json!({ "unit": unit }),
            };
            self.parts.db.audit(&mut transaction, &entry).await?;
        }
        transaction.commit().await?;
        self.run(unit, id).await?.ok_or(Error::NotFound { what: "run" })
    }

    /// Newest first. `after` is the `next` of the page before.
    pub async fn runs(
        &self,
        unit: &UnitName,
        size: PageSize,
        after: Option<RunId>,
    ) -> Result<Page<Run, RunId>, Error> {
        let (asked_at, id) = match after {
            Some(id) => {
                let last = self.run(unit, id).await?.ok_or(Error::NotFound { what: "run" })?;
                (last.asked_at.as_microsecond(), id.to_string())
            }
            None => (i64::MAX, String::new()),
        };
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM runs WHERE customer = $1 AND unit = $2 AND (asked_at, id) < ($3, $4) \
             ORDER BY asked_at DESC, id DESC LIMIT $5",
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(asked_at)
        .bind(id)
        .bind(i64::from(size.get()) + 1)
        .fetch_all(self.parts.db.reader())
        .await?;
        let wanted = size.get() as usize;
        let items = all(&rows[..rows.len().min(wanted)], run)?;
        let next = if rows.len() > wanted { items.last().map(|last| last.run_id) } else { None };
        Ok(Page { items, next })
    }

    pub async fn run(&self, unit: &UnitName, id: RunId) -> Result<Option<Run>, Error> {
        let row = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM runs WHERE customer = $1 AND unit = $2 AND id = $3",
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(id.to_string())
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.as_ref().map(run).transpose()
    }

    /// The reports of a run's checks, in their order; empty while the run is not done.
    pub async fn run_reports(&self, unit: &UnitName, id: RunId) -> Result<Vec<CheckReport>, Error> {
        let rows = sqlx::query(
            "SELECT run, report FROM run_reports JOIN runs ON runs.id = run_reports.run \
             WHERE runs.customer = $1 AND runs.unit = $2 AND runs.id = $3 ORDER BY ordinal",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(id.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "run_reports", "run");
            serde_json::from_str(&fields.text("report")?).map_err(|_invalid| fields.corrupt())
        })
    }
}

impl SystemStore {
    /// The run that now is running; as it is, when it is over: then only the job is left to finish.
    pub async fn begin_run(&self, job: &ClaimedJob, now: Timestamp) -> Result<Run, Error> {
        let mut transaction = self.parts.db.begin().await?;
        hold(&mut transaction, job).await?;
        let mut run = self.parts.db.locked_run(&mut transaction, job.run()?).await?;
        if let Ok(running) = run.state.clone().begin(now) {
            run.state = running;
            write_state(&mut transaction, &run).await?;
        }
        transaction.commit().await?;
        Ok(run)
    }

    /// Notes the progress of a run: from 0 to 1, and what is being done.
    pub async fn note_progress(&self, job: &ClaimedJob, at: f64, what: &str) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        hold(&mut transaction, job).await?;
        sqlx::query("UPDATE runs SET done = $2, doing = $3 WHERE id = $1 AND state = 'running'")
            .bind(job.run()?.to_string())
            .bind(millionths(at))
            .bind(storable(what))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The findings are kept, holds that none asks for any more are lifted, the run is done and its job
    /// too: all in one transaction, so that nobody sees half of a run. [`Error::Conflict`] when the run is
    /// not running.
    pub async fn finish_run(
        &self,
        job: &ClaimedJob,
        checked: &RunOutcome,
        now: Timestamp,
    ) -> Result<Run, Error> {
        let mut transaction = self.parts.db.begin().await?;
        finish(&mut transaction, job, now).await?;
        let mut run = self.parts.db.locked_run(&mut transaction, job.run()?).await?;
        let counts = findings::keep(&mut transaction, &run, checked, now).await?;
        run.state = run.state.finish(to_the_microsecond(now)?, checked.versions.clone(), counts)?;
        write_state(&mut transaction, &run).await?;
        write_reports(&mut transaction, run.run_id, &checked.checks).await?;
        note_new_findings(&mut transaction, &run, now).await?;
        self.customer(&run.customer).lift_at_run_end(&mut transaction, &run.unit, now).await?;
        transaction.commit().await?;
        Ok(run)
    }

    /// The run came to nothing and is not tried again; `why` is a sentence for people.
    pub async fn fail_run(&self, job: &ClaimedJob, why: &str, now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        fail(&mut transaction, job, now, why).await?;
        let mut run = self.parts.db.locked_run(&mut transaction, job.run()?).await?;
        if !run.state.is_over() {
            run.state = run.state.fail(now, storable(why))?;
            write_state(&mut transaction, &run).await?;
            note_failed_run(&mut transaction, &run, now).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

impl Database {
    /// Adds a run that waits and its job, unless one waits already; the id of the one that waits.
    pub(crate) async fn ask_for_run(
        &self,
        transaction: &mut Transaction<'static, Any>,
        ticket: RunTicket<'_>,
        ids: NewRun,
    ) -> Result<RunId, Error> {
        // Two who ask at once would both find none: the second waits here for the first.
        let unit = format!(
            "SELECT name FROM units WHERE customer = $1 AND name = $2 {}",
            self.locked_against_writers()
        );
        let unit: Option<String> = sqlx::query_scalar(AssertSqlSafe(unit))
            .bind(ticket.customer.as_str())
            .bind(ticket.unit.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
        if unit.is_none() {
            return Err(Error::NotFound { what: "unit" });
        }
        let waiting = sqlx::query(
            "SELECT runs.id FROM runs JOIN jobs ON jobs.run = runs.id WHERE jobs.customer = $1 \
             AND jobs.unit = $2 AND jobs.state = 'waiting' AND jobs.kind = 'check_unit' \
             AND runs.state = 'waiting' ORDER BY runs.asked_at LIMIT 1",
        )
        .bind(ticket.customer.as_str())
        .bind(ticket.unit.as_str())
        .fetch_optional(&mut **transaction)
        .await?;
        if let Some(row) = waiting {
            let waits = Fields::new(&row, "runs", "id").parsed("id")?;
            if let Some(trace) = ticket.trace {
                add_trace(transaction, waits, trace).await?;
            }
            return Ok(waits);
        }
        let run = Run {
            run_id: ids.run,
            customer: ticket.customer.clone(),
            unit: ticket.unit.clone(),
            asked_at: ticket.at,
            asked_by: ticket.by.map(storable),
            state: RunState::Waiting,
        };
        sqlx::query(
            "INSERT INTO runs (id, customer, unit, asked_at, asked_by, state) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(run.run_id.to_string())
        .bind(run.customer.as_str())
        .bind(run.unit.as_str())
        .bind(run.asked_at.as_microsecond())
        .bind(run.asked_by.as_deref())
        .bind(run.state.word())
        .execute(&mut **transaction)
        .await?;
        enqueue_run(transaction, ids.job, &run, ticket.trace).await?;
        Ok(run.run_id)
    }

    async fn locked_run(
        &self,
        transaction: &mut Transaction<'static, Any>,
        id: RunId,
    ) -> Result<Run, Error> {
        let select = format!("SELECT {} FROM runs WHERE id = $1 {}", columns!(), self.locked());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(id.to_string())
            .fetch_optional(&mut **transaction)
            .await?;
        run(&row.ok_or(Error::NotFound { what: "run" })?)
    }
}

async fn write_state(transaction: &mut Transaction<'static, Any>, run: &Run) -> Result<(), Error> {
    let (mut began, mut ended, mut done, mut doing, mut why) = (None, None, None, None, None);
    let (mut versions, mut counts) = (None, None);
    match &run.state {
        RunState::Waiting => {}
        RunState::Running { since, done: at, doing: what } => {
            (began, done, doing) = (Some(*since), Some(millionths(*at)), Some(what.as_str()));
        }
        RunState::Done { since, at, versions: of, counts: some } => {
            (began, ended, counts) = (Some(*since), Some(*at), Some(some));
            versions = Some(serde_json::to_string(of).map_err(Error::internal)?);
        }
        RunState::Failed { at, why: said } => (ended, why) = (Some(*at), Some(said.as_str())),
    }
    let mut query = sqlx::query(
        "UPDATE runs SET state = $2, began_at = $3, ended_at = $4, done = $5, doing = $6, \
         why = $7, versions = $8, findings = $9, new_findings = $10, suppressed = $11, \
         gone = $12, not_kept = $13 WHERE id = $1",
    )
    .bind(run.run_id.to_string())
    .bind(run.state.word())
    .bind(began.map(Timestamp::as_microsecond))
    .bind(ended.map(Timestamp::as_microsecond))
    .bind(done)
    .bind(doing)
    .bind(why)
    .bind(versions);
    for of in COUNTS {
        let count = counts.map(of).map(i64::try_from).transpose().map_err(Error::internal)?;
        query = query.bind(count);
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

async fn write_reports(
    transaction: &mut Transaction<'static, Any>,
    run: RunId,
    reports: &[CheckReport],
) -> Result<(), Error> {
    for (ordinal, report) in (0_i64..).zip(reports) {
        let report = serde_json::to_string(report).map_err(Error::internal)?;
        sqlx::query("INSERT INTO run_reports (run, ordinal, report) VALUES ($1, $2, $3)")
            .bind(run.to_string())
            .bind(ordinal)
            // JSON escapes the zero byte; PostgreSQL's text takes it so.
            .bind(report)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

impl From<InvalidRunTransition> for Error {
    fn from(_the_state_is_shown_anyway: InvalidRunTransition) -> Self {
        Self::Conflict { what: "state of the run" }
    }
}

fn run(row: &AnyRow) -> Result<Run, Error> {
    let fields = Fields::new(row, "runs", "id");
    Ok(Run {
        run_id: fields.parsed("id")?,
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        asked_at: fields.time("asked_at")?,
        asked_by: fields.optional_text("asked_by")?,
        state: state(&fields)?,
    })
}

fn state(fields: &Fields<'_>) -> Result<RunState, Error> {
    match fields.text("state")?.as_str() {
        "waiting" => Ok(RunState::Waiting),
        "running" => Ok(RunState::Running {
            since: fields.time("began_at")?,
            done: share(fields.number("done")?),
            doing: fields.text("doing")?,
        }),
        "done" => Ok(RunState::Done {
            since: fields.time("began_at")?,
            at: fields.time("ended_at")?,
            versions: serde_json::from_str(&fields.text("versions")?)
                .map_err(|_invalid| fields.corrupt())?,
            counts: RunCounts {
                findings: fields.number("findings")?,
                new_findings: fields.number("new_findings")?,
                suppressed: fields.number("suppressed")?,
                gone: fields.number("gone")?,
                not_kept: fields.number("not_kept")?,
            },
        }),
        "failed" => Ok(RunState::Failed { at: fields.time("ended_at")?, why: fields.text("why")? }),
        _ => Err(fields.corrupt()),
    }
}
