//! The histories of findings, and the names of those they are of.
//!
//! Invariant: what is read of a history is bounded, however often somebody decides, comments or lets
//! a program do so. The findings as they were at each decision are large: of one finding the newest
//! are read, of many none.

use std::collections::{BTreeMap, HashMap};

use domain::finding::HistoryEntry;
use domain::{FindingKey, UnitName};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::entry;
use crate::CustomerStore;
use crate::db::Database;
use crate::error::Error;
use crate::rows::{Fields, all, placeholders_from};

/// Entries of one history that are read, the newest: nobody reads more, and all of them stay in the database.
pub const HISTORY_READ_MAX: usize = 1_000;
/// The number of these that have with them the finding as it was then, again the newest: one about a
/// supplier's whole year has megabytes.
pub const SNAPSHOTS_READ_MAX: usize = 20;

/// Findings whose histories are read at once, and the newest entries of each: some megabytes where
/// people have written what they may.
pub const HISTORIES_AT_ONCE: usize = 100;
const ENTRIES_OF_SEVERAL_MAX: usize = 50;

const COLUMNS: &str = "key, entry, at, by_whom, who, what, before, after, words, undoes";
const OF_ONE: &str = "FROM finding_history WHERE customer = $1 AND unit = $2 AND key = $3";

/// Asked about in one statement: far below the values that a database binds.
const KEYS_AT_ONCE: usize = 500;

/// A finding as something else that speaks of it calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingName {
    pub title: String,
    pub check: String,
}

impl CustomerStore {
    /// The newest entries of what people did to a finding, the first first, and with the newest of
    /// those the finding as it was then.
    pub async fn finding_history(
        &self,
        unit: &UnitName,
        key: &FindingKey,
    ) -> Result<Vec<HistoryEntry>, Error> {
        let oldest_with = format!(
            "SELECT MIN(entry) FROM (SELECT entry {OF_ONE} AND finding IS NOT NULL \
             ORDER BY entry DESC LIMIT {SNAPSHOTS_READ_MAX}) AS newest"
        );
        let select = format!(
            "SELECT {COLUMNS}, CASE WHEN entry >= ({oldest_with}) THEN finding END AS finding {OF_ONE} \
             ORDER BY entry DESC LIMIT {HISTORY_READ_MAX}"
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(key.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        let mut entries = all(&rows, entry)?;
        entries.reverse();
        Ok(entries)
    }

    /// One entry of a finding's history, with the finding as it was then where it was kept.
    pub async fn finding_history_entry(
        &self,
        unit: &UnitName,
        key: &FindingKey,
        number: u64,
    ) -> Result<Option<HistoryEntry>, Error> {
        let Ok(number) = i64::try_from(number) else { return Ok(None) };
        let select = format!("SELECT {COLUMNS}, finding {OF_ONE} AND entry = $4");
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(key.as_str())
            .bind(number)
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(entry).transpose()
    }

    /// The names of findings of a unit, by their keys; of those that are there.
    pub async fn finding_names(
        &self,
        unit: &UnitName,
        keys: &[FindingKey],
    ) -> Result<HashMap<FindingKey, FindingName>, Error> {
        let mut names = HashMap::new();
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let select = format!(
                "SELECT key, title, check_name FROM findings WHERE customer = $1 AND unit = $2 \
                 AND key IN ({})",
                placeholders_from(3, keys.len())
            );
            let query = sqlx::query(AssertSqlSafe(select))
                .persistent(false)
                .bind(self.customer.as_str())
                .bind(unit.as_str());
            let query = keys.iter().fold(query, |query, key| query.bind(key.as_str()));
            for row in &query.fetch_all(self.parts.db.reader()).await? {
                let fields = Fields::new(row, "findings", "key");
                let (title, check) = (fields.text("title")?, fields.text("check_name")?);
                names.insert(fields.parsed("key")?, FindingName { title, check });
            }
        }
        Ok(names)
    }

    /// The newest entries of what people did to each of these findings, the first first, without
    /// the findings as they were then. Whoever asks about more than [`HISTORIES_AT_ONCE`] counts what
    /// it comes to.
    pub async fn finding_histories(
        &self,
        unit: &UnitName,
        keys: &[FindingKey],
    ) -> Result<BTreeMap<FindingKey, Vec<HistoryEntry>>, Error> {
        let mut histories: BTreeMap<FindingKey, Vec<HistoryEntry>> = BTreeMap::new();
        for keys in keys.chunks(HISTORIES_AT_ONCE) {
            let select = format!(
                "SELECT {COLUMNS}, CAST(NULL AS TEXT) AS finding FROM finding_history AS history \
                 WHERE customer = $1 AND unit = $2 AND key IN ({}) AND entry > \
                 (SELECT last_entry FROM findings WHERE findings.customer = history.customer \
                 AND findings.unit = history.unit AND findings.key = history.key) \
                 - {ENTRIES_OF_SEVERAL_MAX} ORDER BY key, entry",
                placeholders_from(3, keys.len())
            );
            let query = sqlx::query(AssertSqlSafe(select))
                .persistent(false)
                .bind(self.customer.as_str())
                .bind(unit.as_str());
            let query = keys.iter().fold(query, |query, key| query.bind(key.as_str()));
            for row in &query.fetch_all(self.parts.db.reader()).await? {
                let key = Fields::new(row, "finding_history", "key").parsed("key")?;
                histories.entry(key).or_default().push(entry(row)?);
            }
        }
        Ok(histories)
    }
}

impl Database {
    /// The newest entries of a finding's history behind one of them, the first first, without the
    /// finding as it was then.
    pub(crate) async fn history_since(
        &self,
        transaction: &mut Transaction<'static, Any>,
        store: &CustomerStore,
        (unit, key): (&UnitName, &FindingKey),
        after: u64,
    ) -> Result<Vec<HistoryEntry>, Error> {
        let select = format!(
            "SELECT {COLUMNS}, CAST(NULL AS TEXT) AS finding {OF_ONE} AND entry > $4 \
             ORDER BY entry DESC LIMIT {HISTORY_READ_MAX}"
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(store.customer.as_str())
            .bind(unit.as_str())
            .bind(key.as_str())
            .bind(i64::try_from(after).map_err(Error::internal)?)
            .fetch_all(&mut **transaction)
            .await?;
        let mut entries = all(&rows, entry)?;
        entries.reverse();
        Ok(entries)
    }
}
