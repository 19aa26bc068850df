//! What could not be used of an upload as it is: problems in pages, and how often each was met.

use domain::page::PageSize;
use domain::{Problem, ProblemCount};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One page of the problems kept, and the true counts of all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadProblems {
    pub items: Vec<UploadProblem>,
    /// By column and reason, the most frequent first; also of problems that are not kept.
    pub counts: Vec<UploadProblemCount>,
    /// All that were met: the sum of the counts.
    pub total: u64,
    /// Pass it as `after` to get the items that follow; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// A problem with its sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UploadProblem {
    #[serde(flatten)]
    pub problem: Problem,
    /// The reason as a sentence.
    pub message: String,
    /// The way to mend it, or what was done about it.
    pub advice: String,
}

/// The count of a reason in a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UploadProblemCount {
    #[serde(flatten)]
    pub count: ProblemCount,
    /// The reason as a sentence.
    pub message: String,
}

/// The query of a list of problems: `?limit=50&after=49` or `?format=csv`
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadProblemsQuery {
    /// The most entries to answer with; 50 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<PageSize>,
    /// The `next` of the page before.
    #[schemars(range(max = u64::MAX))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// When absent, CSV answers an `Accept` that names text/csv and not application/json.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<ListFormat>,
}

/// The form of a list of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ListFormat {
    /// In pages.
    Json,
    /// All of them for a spreadsheet; takes neither `limit` nor `after`.
    Csv,
}

impl UploadProblems {
    /// Lists all problems of an upload on one page.
    pub fn new(problems: Vec<Problem>, counts: Vec<ProblemCount>) -> Self {
        Self {
            total: counts.iter().map(|count| count.count).sum(),
            items: problems.into_iter().map(UploadProblem::from).collect(),
            counts: counts.into_iter().map(UploadProblemCount::from).collect(),
            next: None,
        }
    }
}

impl From<Problem> for UploadProblem {
    fn from(problem: Problem) -> Self {
        let message = problem.reason.to_string();
        let advice = problem.reason.advice().to_owned();
        Self { problem, message, advice }
    }
}

impl From<ProblemCount> for UploadProblemCount {
    fn from(count: ProblemCount) -> Self {
        Self { message: count.reason.to_string(), count }
    }
}
