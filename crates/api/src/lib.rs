//! The REST API's requests and answers, one set of types for whoever gives them and whoever reads them.
//!
//! Not for: routes, statuses and headers (`server`), or what the values mean (`domain`).
//!
//! Invariant: whatever the server writes, this crate reads back, and so it does when a later server has
//! added a member or a word: members nobody knows are passed over, and words are [`OpenEnum`]s.

mod findings;
mod open_enum;
mod paging;
mod problem_details;
mod reading_rules;
mod receipt;
mod recovery;
mod runs;
mod upload_problems;
mod verdicts;

pub use findings::{FindingDetail, FindingSort, FindingsQuery, Include};
pub use open_enum::OpenEnum;
pub use paging::PageQuery;
pub use problem_details::ProblemDetails;
pub use reading_rules::{InvalidRule, ReadingRules, TypeReadingRules, UnitReadingRules};
pub use receipt::{Links, Receipt};
pub use recovery::{RecoveryAgeSum, RecoveryOverview, RecoveryStageSum};
pub use runs::RunDetail;
pub use upload_problems::{
    ListFormat, UploadProblem, UploadProblemCount, UploadProblems, UploadProblemsQuery,
};
pub use verdicts::{
    Assignment, BulkVerdict, BulkVerdictResult, Comment, FINDINGS_AT_ONCE_MAX, Recovery,
    RememberedVerdicts,
};
