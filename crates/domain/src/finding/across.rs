//! Pairs of invoices across several units of a customer: a run of the customer's own.
//!
//! Not for: deciding about it; each unit has its own queue.
//!
//! Invariant: each of its findings has rows of two units at least, and a row's id begins with its unit.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::schema::DateTime;
use crate::short_name::{CustomerName, UnitName};

/// Stands between the unit and the Unique ID in the id of a row.
const BETWEEN: char = '/';

/// The request for a comparison.
#[derive(Debug, Clone)]
pub struct AcrossRequest {
    pub customer: CustomerName,
    pub units: Vec<UnitName>,
    pub now: Timestamp,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AcrossOutcome {
    /// The surest first.
    pub findings: Vec<Finding>,
    /// Why nothing was compared; none where it was.
    pub not_run: Option<String>,
}

/// The newest comparison of a customer's units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcrossRun {
    #[schemars(with = "DateTime")]
    pub asked_at: Timestamp,
    pub asked_by: String,
    #[serde(flatten)]
    pub state: AcrossState,
}

/// The state of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AcrossState {
    /// Waits until nothing else is due.
    Waiting,
    Running {
        #[schemars(with = "DateTime")]
        since: Timestamp,
    },
    Done {
        #[schemars(with = "DateTime")]
        at: Timestamp,
        units: Vec<UnitName>,
        findings: Vec<Finding>,
    },
    Failed {
        #[schemars(with = "DateTime")]
        at: Timestamp,
        /// A sentence that says what happened and what to do.
        why: String,
    },
}

/// The id of a row among those of several units.
pub fn across_id(unit: &UnitName, id: &str) -> String {
    format!("{unit}{BETWEEN}{id}")
}

/// The unit and the Unique ID of a row; none of an id that names no unit.
pub fn unit_and_id(id: &str) -> Option<(&str, &str)> {
    id.split_once(BETWEEN)
}

impl Finding {
    /// Returns `true` when its rows are of two units at least.
    pub fn is_across_units(&self) -> bool {
        let mut units = self.rows.iter().filter_map(|row| Some(unit_and_id(&row.id)?.0));
        let first = units.next();
        first.is_some_and(|first| units.any(|unit| unit != first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_known_by_its_unit_and_id() {
        let id = across_id(&"uk".parse().unwrap(), "T1/2");
        assert_eq!(unit_and_id(&id), Some(("uk", "T1/2")));
        assert_eq!(unit_and_id("T1"), None);
    }
}
