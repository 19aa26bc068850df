//! The headers by which a message of the Model Context Protocol is known before it is read: its version, its
//! method and what it names, and the session where a server keeps one.
//!
//! Not for: sending it. Over standard input there are none, so that they follow from the message alone
//! and from what was agreed on before. A tool that wants one of its arguments as a header
//! (`x-mcp-header`) is none of a Bursar server's.
//!
//! Invariant: a header says what the message says; a server refuses any other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// Where a message says by which version it is written, from 2026-07-28 on.
const VERSION_OF_MESSAGE: &str = "/params/_meta/io.modelcontextprotocol~1protocolVersion";
/// The message that begins a session by the versions before that.
const INITIALIZE: &str = "initialize";

/// Where a message of some methods says what it is about.
const NAMED_BY: [(&str, &str); 8] = [
    ("prompts/get", "/params/name"),
    ("resources/read", "/params/uri"),
    ("resources/subscribe", "/params/uri"),
    ("resources/unsubscribe", "/params/uri"),
    ("tasks/cancel", "/params/taskId"),
    ("tasks/get", "/params/taskId"),
    ("tasks/update", "/params/taskId"),
    ("tools/call", "/params/name"),
];

/// Round a value that cannot stand in a header as it is.
const ENCODED: (&str, &str) = ("=?base64?", "?=");

/// The version and the session that the answer to `initialize` has settled.
#[derive(Debug, Default)]
pub(super) struct Agreement {
    version: Option<HeaderValue>,
    session: Option<HeaderValue>,
}

impl Agreement {
    pub(super) fn headers(&self, message: &Value) -> HeaderMap {
        let text = |place: &str| message.pointer(place).and_then(Value::as_str);
        let method = text("/method");
        // Nothing is agreed on yet where it begins, whatever was before.
        let agreed = (method != Some(INITIALIZE)).then_some(self);
        let version = text(VERSION_OF_MESSAGE).and_then(value);
        let version = version.or_else(|| agreed?.version.clone());
        let place = NAMED_BY.iter().find(|(named, _)| Some(*named) == method);
        let name = place.and_then(|(_, place)| text(place));
        let fields = [
            (VERSION, version),
            (METHOD, method.and_then(value)),
            (NAME, name.and_then(value)),
            (SESSION, agreed.and_then(|agreed| agreed.session.clone())),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Keeps what the answer to a message has settled.
    pub(super) fn note(&mut self, message: &Value, answer: &Value, headers: &HeaderMap) {
        if message["method"] != INITIALIZE {
            return;
        }
        let version = answer.pointer("/result/protocolVersion").and_then(Value::as_str);
        self.version = version.and_then(value);
        self.session = headers.get(SESSION).cloned();
    }
}

/// The value as it stands in a header.
fn value(text: &str) -> Option<HeaderValue> {
    let (begin, end) = ENCODED;
    let is_plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && text.trim() == text
        && !(text.starts_with(begin) && text.ends_with(end));
    let written =
        if is_plain { text.to_owned() } else { format!("{begin}{}{end}", BASE64.encode(text)) };
    HeaderValue::try_from(written).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(agreement: &Agreement, message: &Value) -> Vec<String> {
        let headers = agreement.headers(message);
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        let mut lines: Vec<String> = headers.iter().map(line).collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn a_message_says_its_headers_itself() {
        let meta = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28" });
        for (message, wanted) in [
            (
                json!({ "id": 1, "method": "server/discover", "params": { "_meta": meta } }),
                &["mcp-method: server/discover", "mcp-protocol-version: 2026-07-28"][..],
            ),
            (
                json!({ "id": 1, "method": "tools/call", "params": { "name": "list_units" } }),
                &["mcp-method: tools/call", "mcp-name: list_units"],
            ),
            (
                json!({ "id": 1, "method": "tools/call", "params": { "name": "Zürich" } }),
                &["mcp-method: tools/call", "mcp-name: =?base64?WsO8cmljaA==?="],
            ),
            (
                json!({ "id": 1, "method": "resources/read", "params": { "uri": " a" } }),
                &["mcp-method: resources/read", "mcp-name: =?base64?IGE=?="],
            ),
            (
                json!({ "method": "tools/list", "params": { "name": 7 } }),
                &["mcp-method: tools/list"],
            ),
            (json!({ "id": 1, "result": {} }), &[]),
            (json!(["no message"]), &[]),
        ] {
            assert_eq!(written(&Agreement::default(), &message), wanted, "{message}");
        }
    }

    #[test]
    fn what_was_agreed_on_is_said_from_then_on() {
        let mut agreement = Agreement::default();
        let begin = json!({ "id": 1, "method": "initialize", "params": {} });
        let list = json!({ "id": 2, "method": "tools/list" });
        let answer = json!({ "id": 1, "result": { "protocolVersion": "2025-11-25" } });
        let headers = HeaderMap::from_iter([(SESSION, HeaderValue::from_static("s1"))]);
        agreement.note(&begin, &answer, &headers);
        agreement.note(&list, &json!({ "id": 2, "result": {} }), &HeaderMap::new());
        let wanted =
            ["mcp-method: tools/list", "mcp-protocol-version: 2025-11-25", "mcp-session-id: s1"];
        assert_eq!(written(&agreement, &list), wanted);
        assert_eq!(written(&agreement, &begin), ["mcp-method: initialize"], "it begins anew");
        agreement.note(&begin, &json!({ "id": 1, "error": {} }), &HeaderMap::new());
        assert_eq!(written(&agreement, &list), ["mcp-method: tools/list"]);
    }
}
