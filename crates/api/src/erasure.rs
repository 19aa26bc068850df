//! The end of a unit, as it is asked for and answered.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The request to erase the unit of the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureRequest {
    /// The short name of the unit once more: nothing brings it back.
    pub confirm: String,
}

/// The counts of a unit's erasure, done or only looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitErasure {
    /// False where it was only looked at.
    pub erased: bool,
    /// Rows by table, those without any left out.
    pub rows: BTreeMap<String, u64>,
    /// Received files, and their bytes.
    pub files: u64,
    pub bytes: u64,
    /// Files of ledgers; known once they are gone.
    pub ledger_files: u64,
    /// Entries of the audit log whose text goes; their hashes stay.
    pub audit_entries: u64,
}
