//! Webhooks as they are set, and the log of what was posted to them.
//!
//! Not for: adding one, which shows a key once, on a page.
//!
//! Invariant: whoever asks is an [`Admin`] of all units, as a webhook may be of all.

use api::{DeliveryDetail, PageQuery, WebhookDetail, Webhooks};
use axum::extract::{Path, State};
use domain::page::Page;
use domain::{DeliveryId, JobId, RefusalCode, TitledUnit};
use store::{Delivery, DeliveryIds, DeliveryTarget, Webhook};

use crate::App;
use crate::http::access::Admin;
use crate::http::error::ApiError;
use crate::http::query::QueryParams;
use crate::http::respond::{Json, NoContent};

pub(crate) async fn list_webhooks(admin: Admin) -> Result<Json<Webhooks>, ApiError> {
    admin.sees_all_units()?;
    let webhooks = admin.store.webhooks().await?;
    Ok(Json(Webhooks { items: webhooks.into_iter().map(webhook_detail).collect() }))
}

pub(crate) async fn list_deliveries(
    admin: Admin,
    QueryParams(query): QueryParams<PageQuery<DeliveryId>>,
) -> Result<Json<Page<DeliveryDetail, DeliveryId>>, ApiError> {
    admin.sees_all_units()?;
    let units = admin.store.titled_units().await?;
    let found = admin.store.deliveries(None, query.size(), query.after).await?;
    let items = found.items.into_iter().filter_map(|delivery| delivery_detail(delivery, &units));
    Ok(Json(Page { items: items.collect(), next: found.next }))
}

/// Posts once more what was posted, as a delivery of its own.
pub(crate) async fn redeliver(
    State(app): State<App>,
    admin: Admin,
    Path((_, _, delivery)): Path<(String, String, String)>,
) -> Result<NoContent, ApiError> {
    admin.sees_all_units()?;
    let not_found = |_no_id| ApiError::new(RefusalCode::NotFound);
    let id: DeliveryId = delivery.parse().map_err(not_found)?;
    let now = app.clock.now();
    let ids = DeliveryIds {
        delivery: DeliveryId::new(now, app.randomness.bytes()),
        job: JobId::new(now, app.randomness.bytes()),
    };
    let decider = admin.decider(&app);
    admin.store.redeliver(id, ids, decider.who, now).await?;
    Ok(NoContent)
}

fn webhook_detail(webhook: Webhook) -> WebhookDetail {
    WebhookDetail {
        id: webhook.id,
        host: webhook.url.host().to_owned(),
        unit: webhook.unit,
        body: webhook.body.as_str().to_owned(),
        kinds: webhook.kinds.into_iter().map(Into::into).collect(),
        above: webhook.above,
        off_why: webhook.off_why,
        made_by: webhook.made_by,
        made_at: webhook.made_at,
    }
}

/// The detail of a delivery; none for what goes to a person: that is theirs alone.
fn delivery_detail(delivery: Delivery, units: &[TitledUnit]) -> Option<DeliveryDetail> {
    let DeliveryTarget::Webhook(webhook) = delivery.target else { return None };
    let known = units.iter().find(|unit| unit.name == delivery.unit);
    let called = known.map_or_else(|| delivery.unit.as_str(), TitledUnit::called);
    let event = delivery.event.as_ref();
    Some(DeliveryDetail {
        id: delivery.id,
        webhook,
        event: event.map(|event| event.kind().event_type().to_owned()),
        text: event.map_or_else(|| "A trial".to_owned(), |event| event.sentence_for_others(called)),
        state: delivery.state.to_string(),
        attempts: delivery.attempts,
        made_at: delivery.made_at,
        tried_at: delivery.tried_at,
        status: delivery.status,
        why: delivery.why.clone(),
        unit: delivery.unit,
    })
}
