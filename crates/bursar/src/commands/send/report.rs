//! What became of one file, in words and as JSON.
//!
//! Invariant: the members of the JSON object are always the same ones; what is not known is `null`.

use std::path::Path;

use domain::FileType;
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::auth::token::Token;
use crate::commands::uploads::FollowResult;
use crate::journal::OutboxEntry;
use crate::net::answer::{SentFile, ServerReceipt, is_repeat, repeat_note};
use crate::net::target::SafeName;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::byte_size;
use crate::report::format::date_time;

/// The JSON about a file, which grows while the file is sent.
#[derive(Debug)]
pub(super) struct Report(Value);

/// The ways in which a file goes well.
#[derive(Debug)]
pub(super) enum Success {
    Received {
        name: SafeName,
        sent: SentFile,
        receipt: ServerReceipt,
    },
    /// By an earlier run; nothing was sent now.
    ReceivedBefore {
        name: SafeName,
        at: Timestamp,
        receipt: ServerReceipt,
    },
    /// Of a dry run.
    Described {
        url: String,
        headers: Vec<(String, String)>,
        sent: SentFile,
    },
}

impl Report {
    pub(super) fn new(file: &Path) -> Self {
        Self(json!({
            "file": file.display().to_string(),
            "fileName": null,
            "fileType": null,
            "url": null,
            "sent": false,
            "dryRun": false,
            "exitCode": ExitCode::Ok.number(),
            "status": null,
            "tries": 0,
            "bytes": null,
            "sha256": null,
            "headers": null,
            "receipt": null,
            "repeated": null,
            "upload": null,
            "problems": null,
            "failure": null,
            "entry": null,
            "receivedBefore": null,
            "notes": [],
        }))
    }

    pub(super) fn prepared(&mut self, name: &SafeName, file_type: FileType, url: &str, bytes: u64) {
        self.0["fileName"] = name.to_string().into();
        self.0["fileType"] = file_type.as_str().into();
        self.0["url"] = url.into();
        self.0["bytes"] = bytes.into();
    }

    pub(super) fn note(&mut self, text: String) {
        if let Some(notes) = self.0["notes"].as_array_mut() {
            notes.push(text.into());
        }
    }

    pub(super) fn tried(&mut self, tries: u32, status: Option<StatusCode>) {
        self.0["tries"] = tries.into();
        self.0["status"] = status.map(|status| status.as_u16()).into();
    }

    /// Notes where the file stands in the outbox.
    pub(super) fn entered(&mut self, entry: &OutboxEntry) {
        self.0["entry"] = json!({ "id": entry.id.number(), "state": entry.state.word() });
    }

    pub(super) fn failed(&mut self, failure: &Failure) {
        self.0["exitCode"] = failure.exit.number().into();
        self.0["failure"] = failure.to_json();
    }

    pub(super) fn followed(&mut self, result: &FollowResult) {
        self.0["upload"] = result.upload.clone();
        self.0["problems"] = result.problems.clone();
    }

    pub(super) fn into_json(self) -> Value {
        self.0
    }

    pub(super) fn succeeded(&mut self, success: &Success) {
        match success {
            Success::Received { sent, receipt, .. } => {
                self.0["sent"] = true.into();
                self.0["sha256"] = sent.sha256.to_string().into();
                self.0["receipt"] = receipt.json.clone().into();
                self.0["repeated"] = receipt.json.as_ref().and_then(is_repeat).into();
            }
            Success::ReceivedBefore { at, receipt, .. } => {
                self.0["receivedBefore"] = at.to_string().into();
                self.0["receipt"] = receipt.json.clone().into();
            }
            Success::Described { sent, headers, .. } => {
                self.0["dryRun"] = true.into();
                self.0["sha256"] = sent.sha256.to_string().into();
                self.0["headers"] = headers
                    .iter()
                    .map(|(name, value)| (name.clone(), Value::from(value.clone())))
                    .collect::<serde_json::Map<_, _>>()
                    .into();
            }
        }
    }
}

impl Success {
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Received { name, sent, receipt } => {
                let id = receipt.id_behind_name();
                let confirmed = if receipt.is_digest_confirmed {
                    "the server names the same digest; received is not yet analysed"
                } else if receipt.json.is_some() {
                    "the server names no digest; received is not yet analysed"
                } else {
                    "201 without a receipt; received is not yet analysed"
                };
                let earlier = repeat_note(receipt.json.as_ref());
                let earlier = earlier.map(|words| format!("\n  ({words})")).unwrap_or_default();
                format!(
                    "received {name}{id}\n  {}  sha256 {}\n  ({confirmed}){earlier}",
                    byte_size(sent.bytes),
                    sent.sha256
                )
            }
            Self::ReceivedBefore { name, at, receipt } => {
                let id = receipt.id_behind_name();
                format!(
                    "received {name}{id}\n  on {}, with the same bytes; not sent again (--again does)",
                    date_time(*at)
                )
            }
            Self::Described { url, headers, sent } => {
                let mut text = format!("would send\n  POST {url}\n");
                for (name, value) in headers {
                    text = text + "  " + name + ": " + value + "\n";
                }
                let (bytes, digest) = (byte_size(sent.bytes), sent.sha256);
                text + &format!("  {bytes}  sha256 {digest}\nnothing was sent")
            }
        }
    }
}

/// A header for a person, without the token.
pub(super) fn masked(value: &HeaderValue, token: &Token) -> String {
    if value.is_sensitive() {
        let length = token.secret().expose().len();
        return format!("Bearer … ({length} characters, not shown)");
    }
    value.to_str().unwrap_or_else(|_no_text| "…").to_owned()
}
