//! Whose turn it is: the order of jobs, and what may run beside what.
//!
//! A check is of all ledgers of a unit, which for this purpose are one more ledger.
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

use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::{ClaimedJob, JobKind, JobSubject};
use crate::SystemStore;
use crate::error::Error;
use crate::rows::Fields;

/// How long a check waits for uploads that are not read yet: one that is tried again and again must not
/// keep everything else from being looked at.
pub const CHECK_WAITS_MAX: SignedDuration = SignedDuration::from_hours(1);

/// Of the job `j` at the time `$1`.
macro_rules! is_due {
    () => {
        "((j.state = 'waiting' AND j.run_after <= $1) \
         OR (j.state = 'running' AND j.lease_until <= $1))"
    };
}

/// Of the job `j`: a check waits for uploads of its unit that have come, unless it was asked for before
/// the time `$at`.
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

/// The first of each ledger and kind is looked at, not the thousands that may wait behind it.
/// MATERIALIZED, or PostgreSQL asks of each of those thousands whether its ledger is busy.
const CHOOSE: &str = concat!(
    "WITH busy AS MATERIALIZED (SELECT customer, unit, ledger FROM jobs \
     WHERE state = 'running' AND lease_until > $1), \
     open AS MATERIALIZED (SELECT DISTINCT customer, unit, ledger, kind FROM jobs \
     WHERE state IN ('waiting', 'running')), \
     first AS MATERIALIZED (SELECT (SELECT id FROM jobs WHERE jobs.customer = open.customer \
     AND jobs.unit = open.unit AND jobs.ledger = open.ledger AND jobs.kind = open.kind \
     AND jobs.state IN ('waiting', 'running') ORDER BY jobs.received_at, jobs.upload LIMIT 1) \
     AS id FROM open WHERE NOT EXISTS (SELECT 1 FROM busy WHERE busy.customer = open.customer \
     AND busy.unit = open.unit AND busy.ledger = open.ledger)) \
     SELECT j.id FROM first JOIN jobs AS j ON j.id = first.id \
     JOIN units ON units.customer = j.customer AND units.name = j.unit WHERE ",
    is_due!(),
    all_is_read!("$3"),
    " AND $2 LIKE '%,' || j.kind || ',%' ORDER BY j.run_after, j.id LIMIT 1",
);

/// Asks all of it again, of the chosen job alone.
const CLAIM: &str = concat!(
    "UPDATE jobs AS j SET state = 'running', attempts = attempts + 1, lease_until = $2, \
     fence = $3 WHERE j.id = $4 AND ",
    is_due!(),
    all_is_read!("$5"),
    " AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.customer = j.customer \
     AND other.unit = j.unit AND other.ledger = j.ledger \
     AND other.state = 'running' AND other.lease_until > $1) \
     AND (j.kind <> 'read_upload' OR NOT EXISTS (SELECT 1 FROM jobs AS earlier \
     WHERE earlier.customer = j.customer AND earlier.unit = j.unit \
     AND earlier.ledger = j.ledger AND earlier.kind = j.kind \
     AND earlier.state IN ('waiting', 'running') \
     AND (earlier.received_at, earlier.upload) < (j.received_at, j.upload))) \
     RETURNING id, kind, customer, unit, ledger, upload, run, attempts",
);

impl SystemStore {
    /// Takes the job of these kinds that has been due for longest, or whose lease has lapsed, of
    /// those whose turn it is. `fence` is random: the mark by which the holder is known from then
    /// on. Who comes back with nothing while others claim may find a job a moment later.
    pub async fn claim_job(
        &self,
        kinds: &[JobKind],
        now: Timestamp,
        lease: SignedDuration,
        fence: i64,
    ) -> Result<Option<ClaimedJob>, Error> {
        // Kinds are our own words, so a list between commas is searched by either database.
        let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let wanted = format!(",{},", words.join(","));
        let asked_before = (now - CHECK_WAITS_MAX).as_microsecond();
        let choose = format!("{CHOOSE} {}", self.parts.db.skip_locked("j, units"));
        let mut transaction = self.parts.db.begin().await?;
        let chosen: Option<String> = sqlx::query_scalar(AssertSqlSafe(choose))
            .bind(now.as_microsecond())
            .bind(wanted)
            .bind(asked_before)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(chosen) = chosen else {
            return Ok(None);
        };
        let row = sqlx::query(CLAIM)
            .bind(now.as_microsecond())
            .bind((now + lease).as_microsecond())
            .bind(fence)
            .bind(chosen)
            .bind(asked_before)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.map(|row| claimed_job(&row, lease, fence)).transpose()
    }
}

fn claimed_job(row: &AnyRow, lease: SignedDuration, fence: i64) -> Result<ClaimedJob, Error> {
    let fields = Fields::of(row, "jobs", "id");
    let about = match fields.optional_text("upload")? {
        Some(_) => JobSubject::Upload {
            file_type: fields.parsed("ledger")?,
            upload: fields.parsed("upload")?,
        },
        None => JobSubject::Run(fields.parsed("run")?),
    };
    Ok(ClaimedJob {
        id: fields.parsed("id")?,
        kind: fields.parsed("kind")?,
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        about,
        attempts: fields.number("attempts")?,
        lease,
        fence,
    })
}
