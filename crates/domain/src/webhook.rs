//! The bodies of webhooks: JSON with fields in braces, one for each program that takes them, or one of an
//! administrator's own.
//!
//! Not for: signing or sending them (`server`).
//!
//! Invariant: a [`WebhookBody`] is JSON whatever its fields are filled in with: values are escaped, and a
//! field stands inside a text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::notification::NotificationEvent;
use crate::template::{self, Piece, pieces};

/// Longer than any card of a chat.
pub const WEBHOOK_BODY_CHARS_MAX: usize = 4_000;

/// The body of the Standard Webhooks specification: type, timestamp, data.
const STANDARD: &str = r#"{"type": "{type}", "timestamp": "{timestamp}", "data": {"customer": "{customer}", "unit": "{unit}", "text": "{text}", "url": "{url}"}}"#;
/// Slack's incoming webhooks.
const SLACK: &str = r#"{"text": "{text}", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "{text}\n<{url}|Open it in Bursar>"}}]}"#;
/// A card for the workflow of Teams, When a Teams webhook request is received.
const TEAMS: &str = r#"{"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": {"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "wrap": true, "text": "{text}"}], "actions": [{"type": "Action.OpenUrl", "title": "Open it in Bursar", "url": "{url}"}]}}]}"#;

/// Longer than those of chats, which have some hundreds.
pub const WEBHOOK_URL_BYTES_MAX: usize = 2_000;

/// Where events are posted. Whoever knows it can post there too, so it is not printed and not logged.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// Why a text is no address of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhookUrl {
    #[error(
        "the address begins with https://, or with http:// inside a network that the operator has named"
    )]
    Scheme,
    #[error("the address names no host behind https://")]
    NoHost,
    #[error(
        "the address holds a name and password before an @; a webhook is known by its signature"
    )]
    Userinfo,
    #[error("the address has more than {WEBHOOK_URL_BYTES_MAX} bytes")]
    TooLong,
    #[error("the address holds a blank or a sign that none has; copy it again")]
    Characters,
}

impl WebhookUrl {
    pub const fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// The host, with its port where it names one: so much may be shown.
    pub fn host(&self) -> &str {
        let (_, behind) = self.0.split_once("://").expect("it has a scheme");
        behind.split(['/', '?', '#']).next().unwrap_or(behind)
    }
}

impl FromStr for WebhookUrl {
    type Err = InvalidWebhookUrl;
    fn from_str(text: &str) -> Result<Self, InvalidWebhookUrl> {
        let text = text.trim();
        if text.len() > WEBHOOK_URL_BYTES_MAX {
            return Err(InvalidWebhookUrl::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['\\', '"', '<', '>'])
        {
            return Err(InvalidWebhookUrl::Characters);
        }
        let behind = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let authority = behind.ok_or(InvalidWebhookUrl::Scheme)?.split(['/', '?', '#']).next();
        match authority.unwrap_or_default() {
            "" => Err(InvalidWebhookUrl::NoHost),
            named if named.contains('@') => Err(InvalidWebhookUrl::Userinfo),
            named if named.starts_with(':') => Err(InvalidWebhookUrl::NoHost),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({}…)", self.host())
    }
}

/// The form of the body that a webhook is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookBody {
    /// With all that is known of the event as data.
    #[default]
    Standard,
    Slack,
    Teams,
    /// Written by an administrator.
    Own(OwnBody),
}

/// A body that is JSON with fields in braces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnBody(String);

/// The values of the fields of one body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookValues {
    pub event_type: String,
    pub timestamp: String,
    pub customer: String,
    pub unit: String,
    pub text: String,
    pub url: String,
}

/// Why a text is no body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhookBody {
    #[error(
        "{{{0}}} is no field of a body; the fields are {{type}}, {{timestamp}}, {{customer}}, {{unit}}, {{text}} and {{url}}"
    )]
    UnknownField(String),
    #[error(
        "the body is no JSON once its fields are filled in; put fields inside quotes, as in {{\"text\": \"{{text}}\"}}"
    )]
    NoJson,
    #[error("the body has more than {WEBHOOK_BODY_CHARS_MAX} characters; shorten it")]
    TooLong,
    #[error("the body names no {{text}}, so that nobody would learn what happened; put it in")]
    NoText,
}

impl OwnBody {
    pub fn new(text: &str) -> Result<Self, InvalidWebhookBody> {
        if text.chars().count() > WEBHOOK_BODY_CHARS_MAX {
            return Err(InvalidWebhookBody::TooLong);
        }
        let mut has_text = false;
        for piece in pieces(text) {
            let Piece::Field(name) = piece else { continue };
            if value(name, &WebhookValues::default()).is_none() {
                return Err(InvalidWebhookBody::UnknownField(name.to_owned()));
            }
            has_text |= name == "text";
        }
        if !has_text {
            return Err(InvalidWebhookBody::NoText);
        }
        // A quotation mark shows whether every field stands inside a text: outside it would be no JSON.
        let trying = filled(text, &WebhookValues { text: "\"".to_owned(), ..every("\"") });
        match serde_json::from_str::<Value>(&trying) {
            Ok(_json) => Ok(Self(text.to_owned())),
            Err(_no_json) => Err(InvalidWebhookBody::NoJson),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl WebhookBody {
    /// The name of the form, as it is chosen and kept.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Own(_) => "own",
        }
    }

    /// The body for one event: JSON in one line or as its template is laid out.
    pub fn write(&self, event: Option<&NotificationEvent>, values: &WebhookValues) -> String {
        match self {
            Self::Standard => standard(event, values),
            Self::Slack => filled(SLACK, values),
            Self::Teams => filled(TEAMS, values),
            Self::Own(OwnBody(text)) => filled(text, values),
        }
    }

    /// A template to begin one's own with.
    pub const fn example() -> &'static str {
        SLACK
    }
}

/// The standard body, with the members of the event among its data.
fn standard(event: Option<&NotificationEvent>, values: &WebhookValues) -> String {
    let written = filled(STANDARD, values);
    let body: Result<Value, _> = serde_json::from_str(&written);
    let mut body = body.expect("values are escaped");
    let members = event.map(|event| serde_json::to_value(event).expect("an event is JSON"));
    if let (Some(Value::Object(members)), Some(data)) = (members, body["data"].as_object_mut()) {
        data.extend(members.into_iter().filter(|(name, _)| name != "event"));
    }
    body.to_string()
}

fn every(text: &str) -> WebhookValues {
    WebhookValues {
        event_type: text.to_owned(),
        timestamp: text.to_owned(),
        customer: text.to_owned(),
        unit: text.to_owned(),
        text: text.to_owned(),
        url: text.to_owned(),
    }
}

fn value<'v>(name: &str, values: &'v WebhookValues) -> Option<&'v str> {
    match name {
        "type" => Some(&values.event_type),
        "timestamp" => Some(&values.timestamp),
        "customer" => Some(&values.customer),
        "unit" => Some(&values.unit),
        "text" => Some(&values.text),
        "url" => Some(&values.url),
        _ => None,
    }
}

fn filled(text: &str, values: &WebhookValues) -> String {
    template::filled(text, |name| {
        let value = value(name, values).expect("a body names known fields only");
        let quoted = Value::from(value).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    })
}

impl TryFrom<String> for OwnBody {
    type Error = InvalidWebhookBody;
    fn try_from(text: String) -> Result<Self, InvalidWebhookBody> {
        Self::new(&text)
    }
}

impl From<OwnBody> for String {
    fn from(OwnBody(text): OwnBody) -> Self {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::file_type::FileType;

    fn values(text: &str) -> WebhookValues {
        WebhookValues {
            event_type: "feed.silent".to_owned(),
            url: "https://bursar.example/at/a/b/uploads".to_owned(),
            ..every(text)
        }
    }

    #[test]
    fn every_form_is_json_with_its_words() {
        let event = NotificationEvent::FeedSilent {
            file_type: FileType::Employees,
            since: "2026-11-09T23:59:00Z".parse().unwrap(),
        };
        let own = OwnBody::new(r#"{"say": "{text}", "n": {"a": 1}}"#).unwrap();
        for (body, place) in [
            (WebhookBody::Standard, "/data/text"),
            (WebhookBody::Slack, "/text"),
            (WebhookBody::Teams, "/attachments/0/content/body/0/text"),
            (WebhookBody::Own(own), "/say"),
        ] {
            let written = body.write(Some(&event), &values("a \"b\" {url}"));
            let json: Value = serde_json::from_str(&written).unwrap();
            assert_eq!(json.pointer(place).unwrap(), "a \"b\" {url}", "{written}");
        }
        let written = WebhookBody::Standard.write(Some(&event), &values("x"));
        let json: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(json["data"]["fileType"], "Employees");
        assert_eq!(json["type"], "feed.silent");
    }

    #[test]
    fn what_is_no_body_is_said() {
        for (text, why) in [
            (r#"{"a": "{nobody}{text}"}"#, InvalidWebhookBody::UnknownField("nobody".to_owned())),
            (r#"{"a": {text}}"#, InvalidWebhookBody::NoJson),
            (r#"{"a": "x"}"#, InvalidWebhookBody::NoText),
            ("{text}", InvalidWebhookBody::NoJson),
            (&" ".repeat(WEBHOOK_BODY_CHARS_MAX + 1), InvalidWebhookBody::TooLong),
        ] {
            assert_eq!(OwnBody::new(text), Err(why), "{text}");
        }
    }

    #[test]
    fn only_an_address_is_one() {
        let url: WebhookUrl = " https://hooks.example:8443/a/b?c ".parse().unwrap();
        assert_eq!(
            (url.host(), url.expose()),
            ("hooks.example:8443", "https://hooks.example:8443/a/b?c")
        );
        assert_eq!(format!("{url:?}"), "WebhookUrl(hooks.example:8443…)");
        for (text, why) in [
            ("ftp://a", InvalidWebhookUrl::Scheme),
            ("hooks.example", InvalidWebhookUrl::Scheme),
            ("https:///a", InvalidWebhookUrl::NoHost),
            ("https://:80/", InvalidWebhookUrl::NoHost),
            ("https://ann:secret@hooks.example/", InvalidWebhookUrl::Userinfo),
            ("https://a b", InvalidWebhookUrl::Characters),
            ("https://a\\@b", InvalidWebhookUrl::Characters),
        ] {
            assert_eq!(text.parse::<WebhookUrl>(), Err(why), "{text}");
        }
        let long = format!("https://a/{}", "x".repeat(WEBHOOK_URL_BYTES_MAX));
        assert_eq!(long.parse::<WebhookUrl>(), Err(InvalidWebhookUrl::TooLong));
    }

    proptest! {
        #[test]
        fn any_words_leave_it_json(text in "\\PC{0,60}|[\\x00-\\x1f\"\\\\{}]{0,20}") {
            for body in [WebhookBody::Standard, WebhookBody::Slack, WebhookBody::Teams] {
                let written = body.write(None, &values(&text));
                prop_assert!(serde_json::from_str::<Value>(&written).is_ok(), "{}", written);
            }
        }
    }
}
