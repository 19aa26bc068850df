//! An answer of the server, and whether it is a receipt for what was sent.
//!
//! Not for: words for people; those are in `explain`.
//!
//! Invariant: only 201 is a receipt, and not when it speaks of other bytes than were sent. The body is
//! read leniently: the vendor's receipt has members of its own.

use bytes::Bytes;
use domain::{RefusalCode, Sha256Digest};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value;

use crate::report::foreign_text::{one_line, visible};
use crate::report::format::date_time;

/// A longer text is a page or a trace, and no sentence for a person.
const PLAIN_TEXT_BYTES_MAX: usize = 400;

/// A whole answer, or as much of it as came.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Set when the body came to its end.
    pub is_whole: bool,
}

/// The length and digest of what was sent, to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentFile {
    pub bytes: u64,
    pub sha256: Sha256Digest,
}

/// The receipt in a 201.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerReceipt {
    /// The JSON of the answer; `None` when there was none.
    pub json: Option<Value>,
    /// Set when the server named the digest of what it received.
    pub is_digest_confirmed: bool,
}

impl ServerReceipt {
    /// The id under which the server shows what came of the file.
    pub fn upload_id(&self) -> Option<&str> {
        let json = self.json.as_ref()?;
        ["uploadId", "id"].iter().find_map(|member| json.get(member)?.as_str())
    }

    /// The id behind the name of a file, as a person reads it; nothing where there is none.
    pub fn id_behind_name(&self) -> String {
        self.upload_id().map_or_else(String::new, |id| format!("  {}", one_line(id)))
    }

    /// Returns `true` when the receipt is one the server gave before; see [`is_repeat`].
    pub fn is_repeated(&self) -> bool {
        self.json.as_ref().and_then(is_repeat) == Some(true)
    }
}

/// Reads whether a receipt is that of an earlier upload; the vendor's service and older servers do not say
/// it.
pub fn is_repeat(receipt: &Value) -> Option<bool> {
    receipt.get("repeated")?.as_bool()
}

/// Says that a receipt is that of an earlier upload, and when that came; nothing when it is a new one.
pub fn repeat_note(receipt: Option<&Value>) -> Option<String> {
    let receipt = receipt.filter(|receipt| is_repeat(receipt) == Some(true))?;
    let at: Option<Timestamp> = receipt.get("receivedAt").and_then(|at| at.as_str()?.parse().ok());
    let since = at.map(|at| format!(" on {}", date_time(at))).unwrap_or_default();
    Some(format!(
        "the server received it before{since}; this is the receipt of that upload, and nothing new was kept"
    ))
}

/// Parses a date of HTTP, also one with the wrong weekday, as some servers write it.
pub fn parse_http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text.trim()).ok()
}

/// The difference between a receipt and what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptMismatch {
    pub of: &'static str,
    pub sent: String,
    pub received: String,
}

impl Answer {
    pub fn is_html(&self) -> bool {
        let declared = self.field(CONTENT_TYPE.as_str()).unwrap_or_default();
        let begins = |tag: &[u8]| {
            let body = self.body.trim_ascii_start();
            body.len() >= tag.len() && body[..tag.len()].eq_ignore_ascii_case(tag)
        };
        declared.to_ascii_lowercase().starts_with("text/html")
            || begins(b"<!doctype html")
            || begins(b"<html")
    }

    /// Returns `true` when the answer says that it is of this media type, whatever its parameters.
    pub fn has_media_type(&self, media_type: &str) -> bool {
        let declared = self.field(CONTENT_TYPE.as_str()).unwrap_or_default();
        let named = declared.split_once(';').map_or(declared, |(named, _)| named);
        named.trim().eq_ignore_ascii_case(media_type)
    }

    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The `detail` of a problem (RFC 9457), what other services call it, or a sentence in plain text.
    pub fn detail(&self) -> Option<String> {
        let Some(json) = self.json() else { return self.plain_text() };
        let detail = ["detail", "message", "error_description", "title"]
            .iter()
            .find_map(|member| json.get(member)?.as_str().map(shown))?;
        (!detail.is_empty()).then_some(detail)
    }

    /// The code of one of our refusals whose detail is its standing advice alone: the title of the code
    /// is what happened then.
    pub fn usual_refusal(&self) -> Option<RefusalCode> {
        let code: RefusalCode = self.json()?.get("code")?.as_str()?.parse().ok()?;
        (self.detail().as_deref() == Some(code.advice())).then_some(code)
    }

    /// A body that says it is plain text, where it is no longer than a few sentences.
    fn plain_text(&self) -> Option<String> {
        let is_text = self.is_whole && self.has_media_type("text/plain");
        let text = is_text.then(|| std::str::from_utf8(&self.body).ok()).flatten()?.trim();
        let is_short = !text.is_empty() && text.len() <= PLAIN_TEXT_BYTES_MAX;
        is_short.then(|| shown(text))
    }

    /// The number by which the operator finds this request: ours, or Cloudflare's.
    pub fn request_id(&self) -> Option<String> {
        let ours = self.json().and_then(|json| json.get("requestId")?.as_str().map(shown));
        ours.or_else(|| self.field("x-request-id").map(shown))
            .or_else(|| self.field("cf-ray").map(|ray| format!("cf-ray {}", shown(ray))))
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Reads a 201 and compares what it offers.
    pub fn receipt(&self, sent: SentFile) -> Result<ServerReceipt, ReceiptMismatch> {
        let json = self.json().filter(Value::is_object);
        let member = |name: &str| json.as_ref().and_then(|json| json.get(name));
        let named: Option<Sha256Digest> =
            member("sha256").and_then(|value| value.as_str()?.to_ascii_lowercase().parse().ok());
        let differs = |of, sent: String, received: String| ReceiptMismatch { of, sent, received };
        let unequal = [named, self.digest_field()]
            .into_iter()
            .flatten()
            .find(|received| *received != sent.sha256);
        if let Some(received) = unequal {
            return Err(differs("digest", sent.sha256.to_string(), received.to_string()));
        }
        if let Some(bytes) = member("bytes").and_then(Value::as_u64).filter(|b| *b != sent.bytes) {
            return Err(differs("length", sent.bytes.to_string(), bytes.to_string()));
        }
        Ok(ServerReceipt { is_digest_confirmed: named.or(self.digest_field()).is_some(), json })
    }

    /// A `Repr-Digest`, unless it is of the answer itself, as it may be from other servers.
    fn digest_field(&self) -> Option<Sha256Digest> {
        let digest = Sha256Digest::from_field(self.field("repr-digest")?).ok().flatten()?;
        let own = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &self.body);
        (own.as_ref() != digest.as_bytes()).then_some(digest)
    }
}

/// Text of a stranger for a terminal: one line, nothing invisible, no more than helps.
fn shown(text: &str) -> String {
    /// Our own longest detail has about 300.
    const SHOWN_MAX: usize = 600;
    let flat: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    visible(&flat, SHOWN_MAX).trim().to_owned()
}

#[cfg(test)]
mod tests;
