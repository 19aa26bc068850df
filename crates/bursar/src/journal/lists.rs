//! What the journal tells: entries by number, by job, by state, and when jobs ran.
//!
//! Not for: changing an entry. Invariant: no list is longer than was asked for, except what is
//! outstanding, which a person keeps short.

use domain::CustomerName;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::rows::{self, COLUMNS};
use super::{Journal, OutboxEntry};
use crate::args::EntryId;
use crate::report::failure::Failure;

/// A customer and a host or neither; a port counts where the host is given with one, a path never.
pub(super) const DESTINATION_FILTER: &str = "($1 IS NULL OR customer = $1) AND
    ($2 IS NULL OR lower(server) = $2 OR instr(lower(server) || ':', '://' || $2 || ':') > 0
        OR instr(lower(server), '://' || $2 || '/') > 0)";

/// Entries by where they are to go; all, when it names nothing.
#[derive(Debug, Clone, Default)]
pub struct DestinationFilter {
    /// A host, with its port or without, or a server as it is listed.
    pub host: Option<String>,
    pub customer: Option<CustomerName>,
}

/// The entries that wait for one customer of one server.
#[derive(Debug)]
pub struct WaitingGroup {
    pub server: String,
    pub customer: String,
    pub entries: u64,
    /// When the oldest of them came.
    pub since: Timestamp,
}

impl WaitingGroup {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            server: row.try_get("server")?,
            customer: row.try_get("customer")?,
            entries: row.try_get::<i64, _>("entries")?.unsigned_abs(),
            since: rows::timestamp(row.try_get("since")?, "added_at")?,
        })
    }
}

impl DestinationFilter {
    /// The host as it is compared.
    pub(super) fn host(&self) -> Option<String> {
        self.host.as_ref().map(|host| host.trim_end_matches('/').to_lowercase())
    }
}

impl Journal {
    pub async fn entry(&self, id: EntryId) -> Result<Option<OutboxEntry>, Failure> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.number())
            .fetch_optional(&self.pool)
            .await
            .map_err(self.fault())?;
        row.map(|row| rows::entry(&row)).transpose().map_err(self.fault())
    }

    /// The entries that are not received or dropped, oldest first.
    pub async fn outstanding(
        &self,
        filter: &DestinationFilter,
    ) -> Result<Vec<OutboxEntry>, Failure> {
        self.list_where(filter, "state NOT IN ('received', 'dropped') ORDER BY id").await
    }

    /// The entries of a job that wait and come after this one, oldest first.
    pub async fn waiting_for_job(
        &self,
        job: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<OutboxEntry>, Failure> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE job = $1 AND state = 'waiting' AND id > $2
             ORDER BY id LIMIT $3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(job)
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await;
        rows.and_then(|rows| rows::entries(&rows)).map_err(self.fault())
    }

    /// The newest entries of all, newest first.
    pub async fn newest(
        &self,
        filter: &DestinationFilter,
        limit: u32,
    ) -> Result<Vec<OutboxEntry>, Failure> {
        self.list_where(filter, &format!("TRUE ORDER BY id DESC LIMIT {limit}")).await
    }

    /// The places to which entries wait to go, that of the oldest first.
    pub async fn waiting_groups(&self) -> Result<Vec<WaitingGroup>, Failure> {
        let rows = sqlx::query(
            "SELECT server, customer, count(*) AS entries, min(added_at) AS since FROM entry
             WHERE state = 'waiting' GROUP BY server, customer ORDER BY since",
        )
        .fetch_all(&self.pool)
        .await;
        let read = |rows: Vec<SqliteRow>| {
            rows.iter().map(WaitingGroup::from_row).collect::<Result<_, _>>()
        };
        rows.and_then(read).map_err(self.fault())
    }

    /// Counts the entries in each state.
    pub async fn counts(&self) -> Result<Vec<(String, u64)>, Failure> {
        let rows = sqlx::query("SELECT state, count(*) FROM entry GROUP BY state ORDER BY state")
            .fetch_all(&self.pool)
            .await
            .map_err(self.fault())?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1).unsigned_abs())).collect())
    }

    async fn list_where(
        &self,
        filter: &DestinationFilter,
        which: &str,
    ) -> Result<Vec<OutboxEntry>, Failure> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE {DESTINATION_FILTER} AND {which}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(filter.customer.as_ref().map(CustomerName::as_str))
            .bind(filter.host())
            .fetch_all(&self.pool)
            .await;
        rows.and_then(|rows| rows::entries(&rows)).map_err(self.fault())
    }

    /// The time at which a job last ran by its schedule.
    pub async fn last_run(&self, job: &str) -> Result<Option<Timestamp>, Failure> {
        let at: Option<i64> = sqlx::query_scalar("SELECT ran_at FROM job_run WHERE job = $1")
            .bind(job)
            .fetch_optional(&self.pool)
            .await
            .map_err(self.fault())?;
        at.map(|at| rows::timestamp(at, "ran_at")).transpose().map_err(self.fault())
    }

    pub async fn note_run(&self, job: &str, now: Timestamp) -> Result<(), Failure> {
        sqlx::query("INSERT OR REPLACE INTO job_run (job, ran_at) VALUES ($1, $2)")
            .bind(job)
            .bind(now.as_microsecond())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(self.fault())
    }
}
