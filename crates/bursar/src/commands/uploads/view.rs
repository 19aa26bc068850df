//! An upload and its problems as far as this program shows them.
//!
//! Invariants: whatever a server leaves out is empty here, as servers of before and of later differ; every
//! member is one of the answers that `api` describes.

use domain::hold::ReusedIdentifiers;
use serde::Deserialize;

/// One upload.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct UploadView {
    pub(super) upload_id: String,
    pub(super) customer: String,
    pub(super) unit: String,
    pub(super) file_type: String,
    pub(super) file_name: String,
    pub(super) bytes: Option<u64>,
    pub(super) received_at: String,
    pub(super) status: String,
    pub(super) at: String,
    pub(super) ledger_version: Option<u64>,
    pub(super) rows_read: u64,
    pub(super) rows_set_aside: u64,
    pub(super) non_rows: u64,
    pub(super) rows_replaced: u64,
    pub(super) made_inactive: u64,
    pub(super) active_before: u64,
    pub(super) reused_identifiers: Option<ReusedIdentifiers>,
    pub(super) reason: Option<String>,
    pub(super) remedy: Option<String>,
    pub(super) waits_because: Option<String>,
}

/// Some problems of an upload, and the counts of all.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct ProblemsView {
    pub(super) items: Vec<ProblemView>,
    pub(super) counts: Vec<ProblemCountView>,
    pub(super) total: u64,
}

/// One problem.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct ProblemView {
    pub(super) line: Option<u64>,
    pub(super) column: Option<String>,
    pub(super) value: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) level: Option<String>,
    pub(super) message: Option<String>,
    pub(super) advice: Option<String>,
}

/// The count of a kind of problem.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct ProblemCountView {
    pub(super) column: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) level: Option<String>,
    pub(super) message: Option<String>,
    pub(super) count: u64,
}

impl ProblemView {
    /// Returns `true` for a note: the row or the file was taken all the same.
    pub(super) fn is_note(&self) -> bool {
        is_note(self.level.as_deref())
    }
}

impl ProblemsView {
    /// The problems that set rows aside, and the notes, as counted; older servers tell them not apart.
    pub(super) fn totals(&self) -> (u64, u64) {
        let notes: u64 = self
            .counts
            .iter()
            .filter(|kind| is_note(kind.level.as_deref()))
            .map(|kind| kind.count)
            .sum();
        (self.total.saturating_sub(notes), notes)
    }
}

fn is_note(level: Option<&str>) -> bool {
    level == Some("note")
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::*;
    use crate::transfer::client::unknown_members;

    #[test]
    fn every_member_is_one_of_the_api() {
        let upload = UploadView { reused_identifiers: None, ..UploadView::default() };
        assert_eq!(unknown_members(&upload, &schema_for!(api::Receipt)), [""; 0]);
        let problems = ProblemsView {
            items: vec![ProblemView::default()],
            counts: vec![ProblemCountView::default()],
            total: 0,
        };
        assert_eq!(unknown_members(&problems, &schema_for!(api::UploadProblems)), [""; 0]);
    }
}
