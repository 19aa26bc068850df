//! A file that is sent in several requests, as it is answered while it is on its way.

use domain::ResumableId;
use domain::schema::DateTime;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file that is sent in several requests, up to where it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResumableUploadState {
    pub resumable_id: ResumableId,
    /// Bytes that are safe: where the next request begins.
    pub offset: u64,
    /// Of all its bytes as they are sent; `null` as long as its sender has not said it.
    pub length: Option<u64>,
    /// The end of its time: when it is not whole by then, it is given up.
    #[schemars(with = "DateTime")]
    pub expires_at: Timestamp,
}
