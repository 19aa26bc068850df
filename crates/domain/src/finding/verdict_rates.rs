//! How often people of a unit found a sort of finding true: what probabilities are learnt from.
//!
//! Not for: verdicts on single rows or suppliers that speak for later runs (`verdict`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The verdicts of a unit on one sort of its findings.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictTally {
    pub check: String,
    pub kind: String,
    /// The supplier and pattern, where the finding had one.
    pub pattern: Option<String>,
    pub confirmed: u64,
    pub dismissed: u64,
    /// The sum of the probabilities of those decided, as the evidence alone gave them; none where there
    /// were none.
    pub claimed: Option<f64>,
}

/// Where the probability of a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum ProbabilityBasis {
    /// The weights of its evidence, which are held against duplicates put into real ledgers.
    Evidence,
    /// The evidence, moved by how verdicts of this unit on findings of its sort went.
    EvidenceAndVerdicts { confirmed: u64, decided: u64 },
    /// Verdicts of this unit on findings of its sort, and nothing else.
    Verdicts { confirmed: u64, decided: u64 },
}

impl VerdictTally {
    pub const fn decided(&self) -> u64 {
        self.confirmed + self.dismissed
    }
}
