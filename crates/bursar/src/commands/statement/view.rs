//! Statements as far as this program shows them.
//!
//! Invariants: whatever a server leaves out is empty here, as servers of before and of later differ; every
//! member is one of the answers that `api` describes.

use serde::Deserialize;

/// A statement in short.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SummaryView {
    pub(super) statement_id: String,
    pub(super) supplier: String,
    pub(super) file_name: String,
    pub(super) line_count: u64,
    pub(super) to_ask_count: u64,
    pub(super) missing_there_count: u64,
}

/// A statement beside the ledgers.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct StatementView {
    pub(super) statement_id: String,
    pub(super) lines: Vec<LineView>,
    pub(super) questions: Vec<QuestionView>,
}

/// A line and what it came to.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct LineView {
    pub(super) state: String,
}

/// A question to the supplier.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct QuestionView {
    pub(super) line: Option<u64>,
    pub(super) number: String,
    pub(super) date: Option<String>,
    pub(super) amount: String,
    pub(super) currency: Option<String>,
    pub(super) question: String,
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::*;
    use crate::commands::view::ItemsView;
    use crate::transfer::client::unknown_members;

    #[test]
    fn every_member_is_one_of_the_api() {
        let statements = ItemsView { items: vec![SummaryView::default()] };
        assert_eq!(unknown_members(&statements, &schema_for!(api::Statements)), [""; 0]);
        let statement = StatementView {
            lines: vec![LineView::default()],
            questions: vec![QuestionView::default()],
            ..StatementView::default()
        };
        assert_eq!(unknown_members(&statement, &schema_for!(api::Statement)), [""; 0]);
    }
}
