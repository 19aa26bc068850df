//! Whose turn it is: the order of jobs, and what may run beside what.
//!
//! A check is of all ledgers of a unit, which for this purpose are one more ledger.
//!
//! Between customers: first comes whoever has the fewest jobs running, over all processes; among those,
//! whoever was given a worker least lately; only then what has been due for longest. So nobody gets one
//! worker more than a customer has that waits. What runs is not interrupted: a process that has several
//! workers therefore leaves its last free one to customers of whom nothing runs
//! (`claim_job_for_last_free_worker`), and with one worker a process a customer waits for the end of
//! the job under way, and for no second one.
//!
//! Invariant: of one ledger at most one job runs under a lease that has not lapsed, and uploads are
//! read in the order of their receipt, also when the first of them waits to be tried again.
//!
//! Why this holds when several claim at once: a job may be claimed only when in no committed state
//! an earlier one of its ledger waits or runs, so two who look at the same state find the same job,
//! and its row is locked for one of them. What a state does not show yet - a tidy job and a read
//! claimed at once, an older upload released just now - is kept apart by the unit's row, which is
//! locked with the job's; the claim asks once more under that lock, in a statement of its own, which
//! sees all that was committed before. A lease that lapses while its holder still works ends all of
//! this: the ledger's own commits conflict then, and the fence keeps the loser from saying anything.

use domain::TraceContext;
use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::{ClaimedJob, JobKind, JobSubject};
use crate::SystemStore;
use crate::error::Error;
use crate::rows::Fields;

/// The time a check waits for uploads that are not read yet: one that is tried again and again must
/// not keep everything else from being looked at.
pub const CHECK_WAITS_MAX: SignedDuration = SignedDuration::from_hours(1);

/// The condition that the job `j` is due at the time `$1`.
macro_rules! is_due {
    () => {
        "((j.state = 'waiting' AND j.run_after <= $1) \
         OR (j.state = 'running' AND j.lease_until <= $1))"
    };
}

/// The condition that all is read for the job `j`: a check waits for uploads of its unit that have come,
/// unless it was asked for before the time `$at`.
macro_rules! all_is_read {
    ($at:literal) => {
        concat!(
            " AND (j.kind <> 'check_unit' OR j.received_at <= ",
            $at,
            " OR NOT EXISTS (SELECT 1 FROM jobs AS unread WHERE unread.customer = j.customer \
             AND unread.unit = j.unit AND unread.kind = 'read_upload' \
             AND unread.state IN ('waiting', 'running')))"
        )
    };
}

/// The time after a customer was last served, or added, for which a worker is kept free for it: who
/// sends once a month is waited for, who sends no more takes nothing from the others.
const AWAITED_FOR: SignedDuration = SignedDuration::from_hours(31 * 24);

/// When `$spared` is 1: nothing of the customer is among what runs, or there has been nobody else since
/// `$since`.
macro_rules! is_spared_for {
    ($customer:literal, $running:literal, $spared:literal, $since:literal) => {
        concat!(
            " AND (",
            $spared,
            " = 0 OR NOT EXISTS (SELECT 1 FROM ",
            $running,
            " AS own WHERE own.customer = ",
            $customer,
            ") OR NOT EXISTS (SELECT 1 FROM customers AS awaited WHERE awaited.name <> ",
            $customer,
            " AND COALESCE(awaited.served_at, awaited.added_at) > ",
            $since,
            "))"
        )
    };
}

/// The first of each ledger and kind is looked at, not the thousands that may wait behind it.
/// MATERIALIZED, or PostgreSQL asks of each of those thousands whether its ledger is busy.
const CHOOSE: &str = concat!(
    "WITH busy AS MATERIALIZED (SELECT customer, unit, ledger FROM jobs \
     WHERE state = 'running' AND lease_until > $1), \
     open AS MATERIALIZED (SELECT DISTINCT customer, unit, ledger, kind FROM jobs \
     WHERE state IN ('waiting', 'running')), \
     first AS MATERIALIZED (SELECT (SELECT id FROM jobs WHERE jobs.customer = open.customer \
     AND jobs.unit = open.unit AND jobs.ledger = open.ledger AND jobs.kind = open.kind \
     AND jobs.state IN ('waiting', 'running') \
     ORDER BY jobs.received_at, jobs.upload, jobs.id LIMIT 1) \
     AS id FROM open WHERE NOT EXISTS (SELECT 1 FROM busy WHERE busy.customer = open.customer \
     AND busy.unit = open.unit AND busy.ledger = open.ledger)",
    is_spared_for!("open.customer", "busy", "$4", "$5"),
    ") SELECT j.id, j.customer FROM first JOIN jobs AS j ON j.id = first.id \
     JOIN units ON units.customer = j.customer AND units.name = j.unit \
     JOIN customers ON customers.name = j.customer WHERE ",
    is_due!(),
    all_is_read!("$3"),
    " AND $2 LIKE '%,' || j.kind || ',%' \
     ORDER BY (SELECT COUNT(*) FROM busy WHERE busy.customer = j.customer), \
     COALESCE(customers.served_at, 0), j.run_after, j.id LIMIT 1",
);

/// Claims of one customer follow each other from here on.
const SERVE: &str = "UPDATE customers SET served_at = $2 WHERE name = $1";

/// Asks all of it again, of the chosen job alone.
const CLAIM: &str = concat!(
    "UPDATE jobs AS j SET state = 'running', attempts = attempts + 1, lease_until = $2, \
     fence = $3 WHERE j.id = $4 AND ",
    is_due!(),
    all_is_read!("$5"),
    is_spared_for!(
        "j.customer",
        "(SELECT customer FROM jobs WHERE state = 'running' AND lease_until > $1)",
        "$6",
        "$7"
    ),
    " AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.customer = j.customer \
     AND other.unit = j.unit AND other.ledger = j.ledger \
     AND other.state = 'running' AND other.lease_until > $1) \
     AND (j.kind <> 'read_upload' OR NOT EXISTS (SELECT 1 FROM jobs AS earlier \
     WHERE earlier.customer = j.customer AND earlier.unit = j.unit \
     AND earlier.ledger = j.ledger AND earlier.kind = j.kind \
     AND earlier.state IN ('waiting', 'running') \
     AND (earlier.received_at, earlier.upload) < (j.received_at, j.upload))) \
     RETURNING id, kind, customer, unit, ledger, upload, run, delivery, attempts, enqueued_at, \
     traces",
);

impl SystemStore {
    /// Takes a job of these kinds that is due, or whose lease has lapsed: of those whose turn it is, the
    /// one of the customer who comes first. `fence` is random: the mark by which the holder is known
    /// from then on. Who comes back with nothing while others claim may find a job a moment later.
    pub async fn claim_job(
        &self,
        kinds: &[JobKind],
        now: Timestamp,
        lease: SignedDuration,
        fence: i64,
    ) -> Result<Option<ClaimedJob>, Error> {
        self.claim(kinds, now, LeaseTerm { lease, fence }, Claimant::Worker).await
    }

    /// Claims as [`claim_job`](Self::claim_job) does, for the last free worker of a process that
    /// has several: no job of a customer of whom one runs already, unless nobody else has sent
    /// anything for a month.
    pub async fn claim_job_for_last_free_worker(
        &self,
        kinds: &[JobKind],
        now: Timestamp,
        lease: SignedDuration,
        fence: i64,
    ) -> Result<Option<ClaimedJob>, Error> {
        self.claim(kinds, now, LeaseTerm { lease, fence }, Claimant::LastFreeWorker).await
    }

    async fn claim(
        &self,
        kinds: &[JobKind],
        now: Timestamp,
        term: LeaseTerm,
        claimant: Claimant,
    ) -> Result<Option<ClaimedJob>, Error> {
        // Kinds are our own words, so a list between commas is searched by either database.
        let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let wanted = format!(",{},", words.join(","));
        let asked_before = (now - CHECK_WAITS_MAX).as_microsecond();
        let spared = i64::from(claimant == Claimant::LastFreeWorker);
        let awaited_since = (now - AWAITED_FOR).as_microsecond();
        let choose = format!("{CHOOSE} {}", self.parts.db.skip_locked("j, units"));
        let mut transaction = self.parts.db.begin().await?;
        let chosen = sqlx::query(AssertSqlSafe(choose))
            .bind(now.as_microsecond())
            .bind(wanted)
            .bind(asked_before)
            .bind(spared)
            .bind(awaited_since)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(chosen) = chosen else {
            return Ok(None);
        };
        let chosen = Fields::new(&chosen, "jobs", "id");
        sqlx::query(SERVE)
            .bind(chosen.text("customer")?)
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        let row = sqlx::query(CLAIM)
            .bind(now.as_microsecond())
            .bind((now + term.lease).as_microsecond())
            .bind(term.fence)
            .bind(chosen.text("id")?)
            .bind(asked_before)
            .bind(spared)
            .bind(awaited_since)
            .fetch_optional(&mut *transaction)
            .await?;
        // Who got nothing was not served: what was written is taken back.
        let Some(row) = row else { return Ok(None) };
        transaction.commit().await?;
        claimed_job(&row, term).map(Some)
    }
}

/// The worker that asks for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claimant {
    Worker,
    /// Of a process that has several.
    LastFreeWorker,
}

/// The time that a job is claimed for, and the worker.
#[derive(Debug, Clone, Copy)]
struct LeaseTerm {
    lease: SignedDuration,
    fence: i64,
}

/// The places that were written; one that cannot be read is left out, as a trace keeps no job from
/// being done.
fn traces(written: Option<&str>) -> Vec<TraceContext> {
    let each = written.into_iter().flat_map(str::split_whitespace);
    each.filter_map(|text| text.parse().ok()).collect()
}

fn claimed_job(row: &AnyRow, LeaseTerm { lease, fence }: LeaseTerm) -> Result<ClaimedJob, Error> {
    let fields = Fields::new(row, "jobs", "id");
    let has = |column: &'static str| Ok::<bool, Error>(fields.optional_text(column)?.is_some());
    let about = if has("upload")? {
        JobSubject::Upload { file_type: fields.parsed("ledger")?, upload: fields.parsed("upload")? }
    } else if has("delivery")? {
        JobSubject::Delivery(fields.parsed("delivery")?)
    } else {
        JobSubject::Run(fields.parsed("run")?)
    };
    Ok(ClaimedJob {
        id: fields.parsed("id")?,
        kind: fields.parsed("kind")?,
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        about,
        attempts: fields.number("attempts")?,
        enqueued_at: fields.time("enqueued_at")?,
        traces: traces(fields.optional_text("traces")?.as_deref()),
        lease,
        fence,
    })
}
