//! The body of every error answer: `application/problem+json` (RFC 9457).

use domain::{ReadinessCheck, RefusalCode, RequestId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::OpenEnum;

/// Why a request was refused, and what to do. Status, title and `retryable` follow from the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemDetails {
    /// Identifies the kind of problem; a page of this server that explains it.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// A sentence on this case: what happened here, and what to do.
    pub detail: String,
    /// The path of the request.
    pub instance: String,
    pub code: OpenEnum<RefusalCode>,
    pub request_id: RequestId,
    /// Set when the same request may succeed later.
    pub retryable: bool,
    /// Values that would have been accepted, where that is a short list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// Of a server that is not ready: all that was looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<ReadinessCheck>,
}

impl ProblemDetails {
    /// Describes a refusal of the request for the path `instance`.
    pub fn new(code: RefusalCode, detail: String, instance: String, request_id: RequestId) -> Self {
        Self {
            kind: format!("/problems/{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            detail,
            instance,
            code: code.into(),
            request_id,
            retryable: code.is_retryable(),
            allowed: Vec::new(),
            checks: Vec::new(),
        }
    }
}
