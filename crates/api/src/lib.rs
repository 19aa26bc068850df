//! The REST API's requests and answers, one set of types for whoever gives them and whoever reads them.
//!
//! Not for: routes, statuses and headers (`server`), or what the values mean (`domain`).
//!
//! Invariant: whatever the server writes, this crate reads back, and so it does when a later server has
//! added a member or a word: members nobody knows are passed over, and words are [`OpenEnum`]s.

mod check_settings;
mod erasure;
mod findings;
mod holds;
mod open_enum;
mod paging;
mod payment_runs;
mod problem_details;
mod reading_rules;
mod receipt;
mod recovery;
mod resumable_uploads;
mod runs;
mod screenings;
mod statements;
mod upload_problems;
mod verdicts;
mod webhooks;

pub use check_settings::{CurrencyLimit, InvalidCheckSetting, UnitCheckSettings};
pub use erasure::{ErasureRequest, UnitErasure};
pub use findings::{FindingDetail, FindingSort, FindingsQuery, Include, LaneTotals};
pub use holds::{
    ChangedHolds, HoldAcknowledgement, HoldLift, HoldsAcknowledged, HoldsPage, HoldsQuery, NewHolds,
};
pub use open_enum::OpenEnum;
pub use paging::PageQuery;
pub use payment_runs::{
    BECAUSE_CHARS_MAX, PaymentDecisionRequest, PaymentDecisionResult, PaymentRunSummary,
    PaymentRuns, PaymentSelection, PaymentSum, RunPayment, RunPayments, RunPaymentsQuery,
};
pub use problem_details::ProblemDetails;
pub use reading_rules::{InvalidRule, ReadingRules, TypeReadingRules, UnitReadingRules};
pub use receipt::{Links, Receipt};
pub use recovery::{
    CreditDecision, CreditMatches, RecoveryAgeSum, RecoveryOverview, RecoveryStageSum,
};
pub use resumable_uploads::ResumableUploadState;
pub use runs::RunDetail;
pub use screenings::ScreeningInvoices;
pub use statements::{
    NewStatementQuery, STATEMENT_NAME_CHARS_MAX, SUPPLIER_CHARS_MAX, Statement, StatementFinding,
    StatementSummary, Statements, StatementsQuery, SupplierQuery,
};
pub use upload_problems::{
    ListFormat, UploadProblem, UploadProblemCount, UploadProblems, UploadProblemsQuery,
};
pub use verdicts::{
    Assignment, BulkAssignment, BulkAssignmentResult, BulkUndo, BulkUndoResult, BulkVerdict,
    BulkVerdictResult, Comment, FINDINGS_AT_ONCE_MAX, ReasonList, Recovery, RememberedVerdicts,
};
pub use webhooks::{DeliveryDetail, WebhookDetail, Webhooks};
