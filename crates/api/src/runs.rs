//! Runs of the checks as they are followed.

use domain::Run;
use domain::finding::{CheckReport, InvoicesRead};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A run, and what each of its checks did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunDetail {
    #[serde(flatten)]
    pub run: Run,
    /// In the order of the checks; empty while the run is not done.
    pub checks: Vec<CheckReport>,
    /// The account of rows of transactions taken for invoices; absent while the run is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoices_read: Option<InvoicesRead>,
    /// Sentences on that for whoever works with the findings; none when there is nothing to say.
    pub notices: Vec<String>,
}
