//! The JSON that answers 201, and the same shape where an upload is listed.
//!
//! Invariant: whoever answers makes a [`Receipt`] from an [`Upload`] only, and an `Upload` exists only once
//! its bytes, its directory entries, its row and its job are durable.

use domain::schema::DateTime;
use domain::{
    CustomerName, FileName, FileType, Sha256Digest, UnitName, Upload, UploadId, UploadState,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::OpenEnum;

/// The receipt of an upload. Members may be added later; none is renamed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Receipt {
    pub upload_id: UploadId,
    pub customer: CustomerName,
    pub unit: UnitName,
    pub file_type: OpenEnum<FileType>,
    pub file_name: FileName,
    /// Length of the file as stored.
    pub bytes: u64,
    /// Of the file as stored.
    pub sha256: Sha256Digest,
    #[schemars(with = "DateTime")]
    pub received_at: Timestamp,
    #[serde(flatten)]
    pub state: OpenEnum<UploadState>,
    /// True in the answer to an upload that came before: by its `Idempotency-Key`, or as the newest of
    /// its unit, type and name has the same bytes. The receipt is of that earlier upload, and nothing
    /// was added. Absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
    /// Why it is not read yet although it was its turn; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_because: Option<String>,
    /// When the file itself was removed, as the organisation keeps files no longer; absent before.
    #[schemars(with = "Option<DateTime>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_removed_at: Option<Timestamp>,
    pub links: Links,
}

/// Paths on the same host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Links {
    #[serde(rename = "self")]
    pub this: String,
    pub problems: String,
}

impl From<Upload> for Receipt {
    /// Makes the receipt of a new upload, or of one that is read back; the one way to make one.
    fn from(upload: Upload) -> Self {
        let this =
            format!("/customers/{}/units/{}/Uploads/{}", upload.customer, upload.unit, upload.id);
        Self {
            upload_id: upload.id,
            customer: upload.customer,
            unit: upload.unit,
            file_type: upload.file_type.into(),
            file_name: upload.file_name,
            bytes: upload.bytes,
            sha256: upload.sha256,
            received_at: upload.received_at,
            state: upload.state.into(),
            repeated: false,
            waits_because: None,
            file_removed_at: upload.removed_at,
            links: Links { problems: format!("{this}/problems"), this },
        }
    }
}

impl Receipt {
    /// The receipt of an earlier upload, given for one that came again.
    #[must_use]
    pub fn repeated(self) -> Self {
        Self { repeated: true, ..self }
    }

    /// Adds the reason for which its reading was put off.
    #[must_use]
    pub fn waiting(self, because: Option<String>) -> Self {
        Self { waits_because: because, ..self }
    }

    /// Puts its links below the path that the server is below: empty, or such as `/bursar`.
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        let Links { this, problems } = self.links;
        let links =
            Links { this: format!("{prefix}{this}"), problems: format!("{prefix}{problems}") };
        Self { links, ..self }
    }

    /// Where the upload can be looked at: the `Location` of the answer.
    pub fn location(&self) -> &str {
        &self.links.this
    }
}

#[cfg(test)]
mod tests {
    use domain::Sender;

    use super::*;

    #[test]
    fn the_receipt_has_the_members_of_the_contract() {
        let upload = Upload {
            id: "upl_01k00000000000000000000000".parse().unwrap(),
            customer: "acme".parse().unwrap(),
            unit: "uk".parse().unwrap(),
            file_type: FileType::Transactions,
            file_name: "a_20261123.csv".parse().unwrap(),
            bytes: 3,
            sha256: Sha256Digest::from_bytes([0; 32]),
            received_at: "2026-11-23T10:00:00.5Z".parse().unwrap(),
            sender: Sender::Token("tok_01k00000000000000000000000".parse().unwrap()),
            released_at: None,
            removed_at: None,
            read_before: None,
            state: UploadState::Received,
        };
        let removed = Upload { removed_at: Some(upload.received_at), ..upload.clone() };
        let mut expected = serde_json::json!({
            "uploadId": "upl_01k00000000000000000000000",
            "customer": "acme",
            "unit": "uk",
            "fileType": "APT",
            "fileName": "a_20261123.csv",
            "bytes": 3,
            "sha256": "0".repeat(64),
            "receivedAt": "2026-11-23T10:00:00.5Z",
            "status": "received",
            "links": {
                "self": "/customers/acme/units/uk/Uploads/upl_01k00000000000000000000000",
                "problems": "/customers/acme/units/uk/Uploads/upl_01k00000000000000000000000/problems"
            }
        });
        let receipt = Receipt::from(upload);
        assert_eq!(serde_json::to_value(&receipt).unwrap(), expected);
        assert_eq!(serde_json::from_value::<Receipt>(expected.clone()).unwrap(), receipt);
        let again = Receipt::from(removed.clone().as_received()).repeated();
        expected["repeated"] = true.into();
        assert_eq!(serde_json::to_value(again).unwrap(), expected, "as the first, and says so");
        let later = serde_json::to_value(Receipt::from(removed)).unwrap();
        assert_eq!(later["fileRemovedAt"], "2026-11-23T10:00:00.5Z");
    }
}
