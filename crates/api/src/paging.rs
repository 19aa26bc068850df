//! Which part of a long list is asked for.

use domain::page::PageSize;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The query of a list: `?limit=50&after=upl_…`
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PageQuery{Cursor}")]
pub struct PageQuery<Cursor> {
    /// The most entries to answer with; 50 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<PageSize>,
    /// The `next` of the page before, which is the id of its last entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Cursor>,
}

impl<Cursor> PageQuery<Cursor> {
    pub fn size(&self) -> PageSize {
        self.limit.unwrap_or_default()
    }
}
