//! What the journal tells: entries by number, by job, by state, and when jobs ran.
//!
//! Not for: changing an entry. Invariant: no list is longer than was asked for, except what is
//! outstanding, which a person keeps short.

use jiff::Timestamp;
use sqlx::Row as _;

use super::rows::{self, COLUMNS};
use super::{Entry, EntryId, Journal};
use crate::failure::Failure;

impl Journal {
    pub async fn entry(&self, id: EntryId) -> Result<Option<Entry>, Failure> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.number())
            .fetch_optional(&self.pool)
            .await
            .map_err(|fault| self.fault(&fault))?;
        row.map(|row| rows::entry(&row)).transpose().map_err(|fault| self.fault(&fault))
    }

    /// All that is not received or dropped, oldest first.
    pub async fn outstanding(&self) -> Result<Vec<Entry>, Failure> {
        self.listed("state NOT IN ('received', 'dropped') ORDER BY id LIMIT -1").await
    }

    /// Of a job, those that wait and come after this one, oldest first.
    pub async fn waiting_of(
        &self,
        job: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, Failure> {
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
        let read = |rows: Vec<_>| rows.iter().map(rows::entry).collect::<Result<_, _>>();
        rows.and_then(read).map_err(|fault| self.fault(&fault))
    }

    /// The newest of all, newest first.
    pub async fn newest(&self, limit: u32) -> Result<Vec<Entry>, Failure> {
        self.listed(&format!("TRUE ORDER BY id DESC LIMIT {limit}")).await
    }

    /// How many entries are in each state.
    pub async fn counts(&self) -> Result<Vec<(String, u64)>, Failure> {
        let rows = sqlx::query("SELECT state, count(*) FROM entry GROUP BY state ORDER BY state")
            .fetch_all(&self.pool)
            .await
            .map_err(|fault| self.fault(&fault))?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1).unsigned_abs())).collect())
    }

    async fn listed(&self, which: &str) -> Result<Vec<Entry>, Failure> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE {which}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await;
        let read = |rows: Vec<_>| rows.iter().map(rows::entry).collect::<Result<_, _>>();
        rows.and_then(read).map_err(|fault| self.fault(&fault))
    }

    /// When a job last ran by its schedule.
    pub async fn last_run(&self, job: &str) -> Result<Option<Timestamp>, Failure> {
        let at: Option<i64> = sqlx::query_scalar("SELECT ran_at FROM job_run WHERE job = $1")
            .bind(job)
            .fetch_optional(&self.pool)
            .await
            .map_err(|fault| self.fault(&fault))?;
        Ok(at.and_then(|at| Timestamp::from_microsecond(at).ok()))
    }

    pub async fn note_run(&self, job: &str, now: Timestamp) -> Result<(), Failure> {
        sqlx::query("INSERT OR REPLACE INTO job_run (job, ran_at) VALUES ($1, $2)")
            .bind(job)
            .bind(now.as_microsecond())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(|fault| self.fault(&fault))
    }
}
