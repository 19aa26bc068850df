//! Webhooks, and what was posted to them.

use domain::schema::DateTime;
use domain::{Amount, DeliveryId, NotificationKind, UnitName, WebhookId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::OpenEnum;

/// The webhooks of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Webhooks {
    pub items: Vec<WebhookDetail>,
}

/// An address to which events are posted: without its key, and of the address the host only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDetail {
    pub id: WebhookId,
    pub host: String,
    /// Null: events of all units.
    pub unit: Option<UnitName>,
    /// The form of the body: `standard`, `slack`, `teams` or `own`.
    pub body: String,
    pub kinds: Vec<OpenEnum<NotificationKind>>,
    /// New findings are posted from this amount on.
    pub above: Option<Amount>,
    /// Set while nothing is posted: why.
    pub off_why: Option<String>,
    pub made_by: String,
    #[schemars(with = "DateTime")]
    pub made_at: Timestamp,
}

/// Something that was posted to a webhook, or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryDetail {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub unit: UnitName,
    /// The type of the event, such as `findings.new`; null: a trial.
    pub event: Option<String>,
    /// The event as a sentence.
    pub text: String,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    pub attempts: u32,
    #[schemars(with = "DateTime")]
    pub made_at: Timestamp,
    /// When it was tried last.
    #[schemars(with = "Option<DateTime>")]
    pub tried_at: Option<Timestamp>,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// The reason why the last attempt came to nothing.
    pub why: Option<String>,
}
