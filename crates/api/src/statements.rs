//! Suppliers' statements as they were held against the ledgers, and the columns that were settled for them.

use domain::statement::{Reconciliation, StatementQuestion};
use domain::{FindingKey, StatementId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Letters of the reference of a supplier in a query.
pub const SUPPLIER_CHARS_MAX: usize = 200;
/// Letters of the name of a statement's file.
pub const STATEMENT_NAME_CHARS_MAX: usize = 255;

/// The query of the statements of a unit: `?supplier=S1`
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementsQuery {
    /// By its Supplier Ref; the statements of all suppliers when absent.
    #[schemars(length(max = SUPPLIER_CHARS_MAX))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
}

/// The query of a supplier's columns: `?supplier=S1`
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierQuery {
    /// By its Supplier Ref.
    #[schemars(length(min = 1, max = SUPPLIER_CHARS_MAX))]
    pub supplier: String,
}

/// The query of a statement that is sent: `?supplier=S1&file_name=alder.pdf`
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatementQuery {
    /// The supplier whose statement it is, by its Supplier Ref.
    #[schemars(length(min = 1, max = SUPPLIER_CHARS_MAX))]
    pub supplier: String,
    /// The name of the file; its ending says how it is read.
    #[schemars(length(min = 1, max = STATEMENT_NAME_CHARS_MAX))]
    pub file_name: String,
}

/// Statements, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Statements {
    pub items: Vec<StatementSummary>,
}

/// A statement in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementSummary {
    pub statement_id: StatementId,
    /// The Supplier Ref.
    pub supplier: String,
    pub file_name: String,
    /// The name of who sent it.
    pub sent_by: String,
    #[schemars(with = "String")]
    pub sent_at: Timestamp,
    pub line_count: u64,
    /// Lines that there is something to ask about.
    pub to_ask_count: u64,
    /// Rows of ours that it lacks.
    pub missing_there_count: u64,
}

/// A statement beside the ledgers: line by line, what it lacks, and what to ask the supplier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    #[serde(flatten)]
    pub summary: StatementSummary,
    #[serde(flatten)]
    pub reconciliation: Reconciliation,
    pub questions: Vec<StatementQuestion>,
    /// The findings about its credits, as far as a run has looked at them since.
    #[serde(default)]
    pub findings: Vec<StatementFinding>,
}

/// A finding about a credit of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementFinding {
    /// The line of the statement.
    pub line: u64,
    pub finding: FindingKey,
    pub title: String,
}
