//! What people did to many findings, and what those are called, looked up at once.
//!
//! Invariant: the findings as they were at each decision stay where they are: they are large.

use std::collections::{BTreeMap, HashMap};

use domain::finding::HistoryEntry;
use domain::{FindingKey, UnitName};
use sqlx::AssertSqlSafe;

use super::entry;
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

/// Asked about in one statement: far below the values that a database binds.
const KEYS_AT_ONCE: usize = 500;

/// A finding as something else that speaks of it calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingName {
    pub title: String,
    pub check: String,
}

impl CustomerStore {
    /// The names of findings of a unit, by their keys; of those that are there.
    pub async fn finding_names(
        &self,
        unit: &UnitName,
        keys: &[FindingKey],
    ) -> Result<HashMap<FindingKey, FindingName>, Error> {
        let mut names = HashMap::new();
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let places: Vec<String> =
                (3..3 + keys.len()).map(|place| format!("${place}")).collect();
            let select = format!(
                "SELECT key, title, check_name FROM findings WHERE customer = $1 AND unit = $2 \
                 AND key IN ({})",
                places.join(", ")
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

    /// Everything people did to these findings, the first first, without the findings as they were then.
    pub async fn finding_histories(
        &self,
        unit: &UnitName,
        keys: &[FindingKey],
    ) -> Result<BTreeMap<FindingKey, Vec<HistoryEntry>>, Error> {
        let mut histories: BTreeMap<FindingKey, Vec<HistoryEntry>> = BTreeMap::new();
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let places: Vec<String> =
                (3..3 + keys.len()).map(|place| format!("${place}")).collect();
            let select = format!(
                "SELECT key, entry, at, by_whom, who, what, before, after, words, undoes, \
                 CAST(NULL AS TEXT) AS finding FROM finding_history WHERE customer = $1 AND unit = $2 \
                 AND key IN ({}) ORDER BY key, entry",
                places.join(", ")
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
