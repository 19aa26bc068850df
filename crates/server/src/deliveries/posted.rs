//! An event posted to a webhook, signed as the Standard Webhooks specification has it.
//!
//! Invariant: the id is that of the delivery in every attempt, so that a receiver knows what it has already.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::{CustomerName, Secret, WebhookValues};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use store::{ReadyDelivery, ReceiverStanding, Webhook};

use super::{AttemptEnd, Courier};
use crate::Randomness;
use crate::outbound::OutboundError;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Before the key of a webhook, by the specification.
const SECRET_PREFIX: &str = "whsec_";
/// The specification asks for 24 to 64; as many as the digest has.
const SECRET_BYTES: usize = 32;
const TRIAL: &str = "webhook.test";

/// A key for a new webhook.
pub(crate) fn new_secret(randomness: &Randomness) -> Secret<String> {
    let key: [u8; SECRET_BYTES] = randomness.bytes();
    Secret::new(format!("{SECRET_PREFIX}{}", BASE64.encode(key)))
}

/// `v1,` and the signature of id, time and body.
fn signature(secret: &Secret<String>, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = BASE64.decode(secret.expose().strip_prefix(SECRET_PREFIX)?).ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64.encode(tag.as_ref())))
}

impl Courier {
    pub(super) async fn post(
        &self,
        customer: &CustomerName,
        webhook: &Webhook,
        ready: &ReadyDelivery,
    ) -> AttemptEnd {
        let body = self.body(customer, webhook, ready);
        let id = ready.delivery.id.to_string();
        let Some(headers) = headers(&webhook.secret, &id, self.0.clock.now(), &body) else {
            let why = "the key of the webhook cannot be used; make a new one".to_owned();
            return AttemptEnd::Never { status: None, why, receiver: ReceiverStanding::Stays };
        };
        match self.0.client.post(webhook.url.expose(), headers, body).await {
            Ok(status) => end_of(status.as_u16()),
            Err(error @ (OutboundError::NoUrl | OutboundError::Internal)) => AttemptEnd::Never {
                status: None,
                why: error.to_string(),
                receiver: ReceiverStanding::Stays,
            },
            Err(error) => AttemptEnd::NotYet { status: None, why: error.to_string() },
        }
    }

    fn body(&self, customer: &CustomerName, webhook: &Webhook, ready: &ReadyDelivery) -> String {
        let told = ready.events.first();
        let unit =
            told.map_or_else(|| ready.delivery.unit.to_string(), |(unit, _)| unit.name.to_string());
        let path = told.map_or_else(|| "overview".to_owned(), |(_, event)| event.path());
        let path = format!("/at/{customer}/{unit}/{path}");
        let values = WebhookValues {
            event_type: told.map_or(TRIAL, |(_, event)| event.kind().event_type()).to_owned(),
            timestamp: ready.delivery.made_at.to_string(),
            customer: customer.to_string(),
            text: told.map_or_else(
                || format!("This is a trial: events of {customer} will be posted here."),
                |(unit, event)| event.sentence_for_others(unit.called()),
            ),
            url: self.url(&path).unwrap_or(path),
            unit,
        };
        webhook.body.write(told.map(|(_, event)| event), &values)
    }
}

fn end_of(status: u16) -> AttemptEnd {
    match status {
        200..300 => AttemptEnd::Sent { status: Some(status) },
        // The receiver is gone for good, as it says.
        410 => AttemptEnd::Never {
            status: Some(status),
            why: "the receiver says that it is gone (410)".to_owned(),
            receiver: ReceiverStanding::Gone,
        },
        300..400 => AttemptEnd::NotYet {
            status: Some(status),
            why: format!("the receiver points elsewhere ({status}), and nothing is sent on"),
        },
        _ => AttemptEnd::NotYet {
            status: Some(status),
            why: format!("the receiver answered {status}"),
        },
    }
}

fn headers(secret: &Secret<String>, id: &str, now: Timestamp, body: &str) -> Option<HeaderMap> {
    let seconds = now.as_second();
    let mut headers = HeaderMap::new();
    let value = |text: String| HeaderValue::try_from(text).expect("ids and digits are ASCII");
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(ID, value(id.to_owned()));
    headers.insert(TIMESTAMP, value(seconds.to_string()));
    headers.insert(SIGNATURE, value(signature(secret, id, seconds, body)?));
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn it_is_signed_as_specified() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let signed = signature(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert_eq!(signature(&Secret::new("x".to_owned()), "a", 1, ""), None);
    }
}
