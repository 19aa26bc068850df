//! One execution of the checks over the ledgers of a unit: what is asked, and what it came to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Finding, FindingKey, RememberedVerdict, VerdictTally};
use crate::check::CheckSettings;
use crate::id::UploadId;
use crate::own_check::OwnCheck;
use crate::short_name::{CustomerName, UnitName};
use crate::statement::StatementCredit;

/// A unit, whose ledgers are checked together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CheckedUnit {
    pub customer: CustomerName,
    pub unit: UnitName,
}

/// The inputs of a run beside the ledgers.
#[derive(Debug, Clone)]
pub struct CheckRequest {
    pub of: CheckedUnit,
    /// Now: verdicts end by it, "soon" and "not yet" are counted from it.
    pub now: Timestamp,
    pub verdicts: Vec<RememberedVerdict>,
    /// The outcomes of earlier verdicts of the unit, by sort of finding.
    pub verdict_tallies: Vec<VerdictTally>,
    /// The part of each finding in them: nobody learns of a finding from the verdict on it.
    pub own_verdicts: BTreeMap<FindingKey, VerdictTally>,
    /// The checks to run, and their numbers.
    pub settings: CheckSettings,
    /// Checks of the customer's own that are on.
    pub own_checks: Vec<OwnCheck>,
    /// Names of files as they were sent, for sentences about them; an upload without one is named by its id.
    pub file_names: BTreeMap<UploadId, String>,
    /// Credits of suppliers' statements that the ledgers never took.
    pub statement_credits: Vec<StatementCredit>,
}

impl CheckRequest {
    /// The inputs of a run about which nobody has decided or set anything.
    pub fn new(of: CheckedUnit, now: Timestamp) -> Self {
        Self {
            of,
            now,
            verdicts: Vec::new(),
            verdict_tallies: Vec::new(),
            own_verdicts: BTreeMap::new(),
            settings: CheckSettings::default(),
            own_checks: Vec::new(),
            file_names: BTreeMap::new(),
            statement_credits: Vec::new(),
        }
    }
}

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunOutcome {
    /// The versions of the ledgers that were looked at, by table name.
    pub versions: BTreeMap<String, u64>,
    pub checks: Vec<CheckReport>,
    /// For people to decide on, by lane and then the gravest first.
    pub findings: Vec<Finding>,
    /// Looked like findings, and why they are none. At most as many as the engine's limit says for a
    /// reason; [`CheckReport::suppressed`] counts all.
    pub suppressed: Vec<Finding>,
}

/// The trial of a check of somebody's own, before it is on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OwnCheckTrial {
    /// Why it cannot be run; none where it ran.
    pub refused: Option<String>,
    /// The number of findings.
    pub found: usize,
    /// The first of them.
    pub findings: Vec<Finding>,
    pub milliseconds: u64,
}

/// The report of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    pub check: String,
    pub title: String,
    pub end: CheckEnd,
    pub findings: u64,
    /// The number suppressed, by reason.
    pub suppressed: BTreeMap<String, u64>,
    /// Blocks that were too large to compare every two rows of.
    pub overfull: Vec<OverfullBlock>,
    /// Numbers that pictures are drawn of, such as Benford's digits, in the check's own shape.
    pub figures: serde_json::Value,
    pub milliseconds: u64,
}

/// The end of a check: it ran, or lacked something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "end")]
pub enum CheckEnd {
    Ran,
    /// `why` is a sentence such as "no IBAN in suppliers".
    NotRun {
        why: String,
    },
}

/// Rows alike in some key, too many to compare every two of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OverfullBlock {
    pub block: String,
    /// The likeness that they share, in words.
    pub shared: String,
    pub rows: u64,
}
