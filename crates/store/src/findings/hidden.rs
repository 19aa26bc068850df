//! Findings that remembered verdicts hide: the last run found them, and they are in no queue.
//!
//! Invariant: a finding is hidden by a verdict only where a run said so; what something else
//! suppressed is not among them.

use std::collections::HashMap;

use domain::{FindingKey, UnitName};
use sqlx::AssertSqlSafe;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, placeholders_from, storable};

/// The reason of a run for what a remembered verdict speaks for.
const DECIDED: &str = "decided";
/// Findings of each pattern that are named: enough to know them by, the queue has all.
const NAMED: usize = 3;

/// The findings of one pattern that verdicts hide.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HiddenFindings {
    pub count: u64,
    /// The first of them, with their titles.
    pub some: Vec<(FindingKey, String)>,
}

impl CustomerStore {
    /// The findings that remembered verdicts hide at the last run, by their patterns; of no more
    /// patterns than a page has verdicts.
    pub async fn hidden_findings(
        &self,
        unit: &UnitName,
        patterns: &[String],
    ) -> Result<HashMap<String, HiddenFindings>, Error> {
        let mut hidden: HashMap<String, HiddenFindings> = HashMap::new();
        if patterns.is_empty() {
            return Ok(hidden);
        }
        let select = format!(
            "SELECT pattern, key, title FROM findings WHERE customer = $1 AND unit = $2 \
             AND suppressed = $3 AND gone_at IS NULL AND pattern IN ({}) \
             ORDER BY pattern, score DESC, key",
            placeholders_from(4, patterns.len())
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .persistent(false)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(DECIDED);
        let query = patterns.iter().fold(query, |query, pattern| query.bind(storable(pattern)));
        for row in &query.fetch_all(self.parts.db.reader()).await? {
            let fields = Fields::new(row, "findings", "key");
            let of_pattern = hidden.entry(fields.text("pattern")?).or_default();
            of_pattern.count += 1;
            if of_pattern.some.len() < NAMED {
                of_pattern.some.push((fields.parsed("key")?, fields.text("title")?));
            }
        }
        Ok(hidden)
    }
}
