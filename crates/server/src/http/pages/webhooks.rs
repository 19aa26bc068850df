//! Webhooks: addresses to which events are posted, with what was posted and what was answered.
//!
//! Not for: posting (`crate::deliveries`).
//!
//! Invariant: the key of a webhook is in one answer only, to whoever made it, and of its address only
//! the host is shown.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use domain::page::PageSize;
use domain::{
    DeliveryId, JobId, NotificationKind, OwnBody, UnitName, WebhookBody, WebhookId, WebhookUrl,
};
use serde::Deserialize;
use store::{Delivery, DeliveryIds, DeliveryState, DeliveryTarget, Webhook};

use super::access::Admin;
use super::error::{PageError, sentence};
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::deliveries::new_secret;

pub(crate) const PATH: &str = "/settings/{customer}/webhooks";
/// The rows of what was posted, on one page.
const LOG_ROWS: u32 = 50;
const SWITCHED_OFF: &str = "an admin switched it off";

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    page: Layout,
    here: String,
    issued: Option<IssuedSecret>,
    wrong: Option<String>,
    typed: WebhookForm,
    units: Vec<(String, String)>,
    kinds: Vec<KindChoice>,
    example: &'static str,
    webhooks: Vec<WebhookRow>,
    log: Vec<LogRow>,
    next: Option<String>,
    is_first: bool,
}

/// The key of a webhook that was just made.
struct IssuedSecret {
    host: String,
    secret: String,
}

struct KindChoice {
    kind: NotificationKind,
    title: &'static str,
    is_chosen: bool,
}

struct WebhookRow {
    id: WebhookId,
    host: String,
    unit: String,
    body: &'static str,
    kinds: String,
    above: String,
    made: String,
    off_why: Option<String>,
}

/// One delivery, of which nothing is shown but what it was about and what was answered.
struct LogRow {
    id: DeliveryId,
    at: String,
    host: String,
    what: String,
    href: Option<String>,
    state: &'static str,
    tone: &'static str,
    attempts: u32,
    answer: String,
    is_over: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WebhookForm {
    url: Text,
    unit: Text,
    body: Text,
    own: String,
    kind: Vec<String>,
    above: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NamedWebhookForm {
    #[serde(deserialize_with = "valid")]
    webhook: Option<WebhookId>,
    #[serde(deserialize_with = "valid")]
    delivery: Option<DeliveryId>,
    /// There where it is to post again.
    on: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LogQuery {
    #[serde(deserialize_with = "valid")]
    after: Option<DeliveryId>,
}

pub(crate) async fn list_webhooks(
    State(app): State<App>,
    admin: Admin,
    Query(query): Query<LogQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &admin, WebhookForm::default(), query.after).await?;
    html(&WebhooksPage { page: page.page.with_flash(flash), ..page })
}

pub(crate) async fn add_webhook(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<WebhookForm>,
) -> PageResult {
    let added = match parse(&app, &admin, &form) {
        Ok(new) => match admin.store.add_webhook(&new).await {
            Ok(()) => Ok(new),
            Err(store::Error::Illegal { why }) => Err(sentence(&why)),
            Err(store::Error::NotFound { .. }) => {
                Err("There is no such unit any more: choose again.".to_owned())
            }
            Err(other) => return Err(other.into()),
        },
        Err(wrong) => Err(wrong),
    };
    match added {
        Ok(new) => {
            let secret = new.secret.expose().clone();
            let issued = Some(IssuedSecret { host: new.url.host().to_owned(), secret });
            let page = page(&app, &admin, WebhookForm::default(), None).await?;
            html(&WebhooksPage { issued, ..page })
        }
        Err(wrong) => {
            let page = page(&app, &admin, form, None).await?;
            html_again(&WebhooksPage { wrong: Some(wrong), ..page })
        }
    }
}

pub(crate) async fn remove_webhook(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<NamedWebhookForm>,
) -> PageResult {
    let id = form.webhook.ok_or(PageError::NotFound)?;
    admin.store.remove_webhook(id, admin.address(), app.clock.now()).await?;
    see_other(&Flash::WebhookRemoved.on(&admin.fill(PATH)))
}

/// Posts nothing more there, or posts again.
pub(crate) async fn switch_webhook(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<NamedWebhookForm>,
) -> PageResult {
    let id = form.webhook.ok_or(PageError::NotFound)?;
    let off_why = form.on.is_none().then_some(SWITCHED_OFF);
    let now = app.clock.now();
    let is_changed = admin.store.switch_webhook(id, off_why, admin.address(), now).await?;
    let flash = match (is_changed, off_why) {
        (false, _) => Flash::NothingChanged,
        (true, Some(_)) => Flash::WebhookOff,
        (true, None) => Flash::WebhookOn,
    };
    see_other(&flash.on(&admin.fill(PATH)))
}

/// Another key, shown once; the one before signs nothing more.
pub(crate) async fn renew_webhook_secret(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<NamedWebhookForm>,
) -> PageResult {
    let id = form.webhook.ok_or(PageError::NotFound)?;
    let secret = new_secret(&app.randomness);
    let now = app.clock.now();
    admin.store.renew_webhook_secret(id, &secret, admin.address(), now).await?;
    let known = admin.store.webhooks().await?.into_iter().find(|known| known.id == id);
    let host = known.ok_or(PageError::NotFound)?.url.host().to_owned();
    let issued = Some(IssuedSecret { host, secret: secret.into_exposed() });
    let page = page(&app, &admin, WebhookForm::default(), None).await?;
    html(&WebhooksPage { issued, ..page })
}

/// Posts a trial.
pub(crate) async fn try_webhook(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<NamedWebhookForm>,
) -> PageResult {
    let id = form.webhook.ok_or(PageError::NotFound)?;
    let (ids, now) = (new_ids(&app), app.clock.now());
    admin.store.try_webhook((id, &admin.unit), ids, admin.address(), now).await?;
    see_other(&Flash::WebhookTried.on(&admin.fill(PATH)))
}

/// Posts once more what was posted.
pub(crate) async fn redeliver(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<NamedWebhookForm>,
) -> PageResult {
    let id = form.delivery.ok_or(PageError::NotFound)?;
    admin.store.redeliver(id, new_ids(&app), admin.address(), app.clock.now()).await?;
    see_other(&Flash::DeliveredAgain.on(&admin.fill(PATH)))
}

/// The ids of a delivery that somebody asks for.
pub(in crate::http) fn new_ids(app: &App) -> DeliveryIds {
    let now = app.clock.now();
    DeliveryIds {
        delivery: DeliveryId::new(now, app.randomness.bytes()),
        job: JobId::new(now, app.randomness.bytes()),
    }
}

fn parse(app: &App, admin: &Admin, form: &WebhookForm) -> Result<Webhook, String> {
    let say = |why: &dyn std::fmt::Display| sentence(&why.to_string());
    let url: WebhookUrl =
        form.url.parse().map_err(|why: domain::webhook::InvalidWebhookUrl| say(&why))?;
    let unit = match &*form.unit {
        "" => None,
        unit => Some(
            unit.parse::<UnitName>()
                .map_err(|_no_unit| "There is no such unit: choose again.".to_owned())?,
        ),
    };
    let body = match &*form.body {
        "standard" => WebhookBody::Standard,
        "slack" => WebhookBody::Slack,
        "teams" => WebhookBody::Teams,
        "own" => WebhookBody::Own(OwnBody::new(form.own.trim()).map_err(|why| say(&why))?),
        _ => return Err("Choose the form of the body.".to_owned()),
    };
    let kinds = form.kind.iter().map(|kind| kind.parse());
    let kinds: BTreeSet<NotificationKind> = kinds
        .collect::<Result<_, _>>()
        .map_err(|_no_kind| "There is no such event: choose again.".to_owned())?;
    if kinds.is_empty() {
        return Err("Tick at least one event that is to be posted.".to_owned());
    }
    let above = match &*form.above {
        "" => None,
        text => Some(format::typed(text, None).map_err(|why| say(&why))?),
    };
    let now = app.clock.now();
    Ok(Webhook {
        id: WebhookId::new(now, app.randomness.bytes()),
        unit,
        url,
        secret: new_secret(&app.randomness),
        body,
        kinds,
        above,
        off_why: None,
        made_by: admin.address().to_owned(),
        made_at: now,
    })
}

/// The page with what was typed, when there is something.
async fn page(
    app: &App,
    admin: &Admin,
    typed: WebhookForm,
    after: Option<DeliveryId>,
) -> Result<WebhooksPage, PageError> {
    let webhooks = admin.store.webhooks().await?;
    let units = admin.store.titled_units().await?;
    let called = |name: &UnitName| {
        let known = units.iter().find(|unit| unit.name == *name);
        known.map_or_else(|| name.to_string(), |unit| unit.called().to_owned())
    };
    let log = admin.store.deliveries(None, PageSize::fixed(LOG_ROWS), after).await?;
    let kinds = NotificationKind::ALL.map(|kind| KindChoice {
        kind,
        title: title(kind),
        is_chosen: typed.kind.iter().any(|chosen| chosen == kind.as_str()),
    });
    let here = admin.fill(PATH);
    Ok(WebhooksPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Webhooks").await?,
        issued: None,
        wrong: None,
        typed,
        units: units.iter().map(|unit| (unit.name.to_string(), unit.called().to_owned())).collect(),
        kinds: kinds.into(),
        example: WebhookBody::example(),
        log: log.items.iter().map(|row| log_row(admin, row, &webhooks, &called)).collect(),
        next: log.next.map(|next| format!("{here}?after={next}#log")),
        is_first: after.is_none(),
        webhooks: webhooks.iter().map(|webhook| webhook_row(webhook, &called)).collect(),
        here,
    })
}

fn webhook_row(webhook: &Webhook, called: &dyn Fn(&UnitName) -> String) -> WebhookRow {
    let kinds: Vec<&str> = webhook.kinds.iter().map(|kind| title(*kind)).collect();
    WebhookRow {
        id: webhook.id,
        host: webhook.url.host().to_owned(),
        unit: webhook.unit.as_ref().map_or_else(|| "all units".to_owned(), called),
        body: match webhook.body {
            WebhookBody::Standard => "Standard Webhooks",
            WebhookBody::Slack => "Slack",
            WebhookBody::Teams => "Teams",
            WebhookBody::Own(_) => "own",
        },
        kinds: kinds.join(" · "),
        above: webhook.above.map(|above| format::figure(above, None)).unwrap_or_default(),
        made: format!("{} by {}", format::date(webhook.made_at), webhook.made_by),
        off_why: webhook.off_why.clone(),
    }
}

fn log_row(
    admin: &Admin,
    delivery: &Delivery,
    webhooks: &[Webhook],
    called: &dyn Fn(&UnitName) -> String,
) -> LogRow {
    let of = |webhook: &&Webhook| delivery.target == DeliveryTarget::Webhook(webhook.id);
    let webhook = webhooks.iter().find(of);
    let (state, tone) = super::notifications::state_words(delivery.state);
    let event = delivery.event.as_ref();
    let unit = called(&delivery.unit);
    let status = delivery.status.map(|status| format!("{status}"));
    LogRow {
        id: delivery.id,
        at: format::second(delivery.tried_at.unwrap_or(delivery.made_at)),
        host: webhook.map(|webhook| webhook.url.host().to_owned()).unwrap_or_default(),
        what: event.map_or_else(
            || "A trial".to_owned(),
            |event| format::prose(&event.sentence_for_others(&unit)),
        ),
        href: event
            .map(|event| format!("/at/{}/{}/{}", admin.customer, delivery.unit, event.path())),
        state,
        tone,
        attempts: delivery.attempts,
        answer: delivery.why.clone().or(status).unwrap_or_default(),
        is_over: matches!(delivery.state, DeliveryState::Sent | DeliveryState::Failed),
    }
}

/// The words for a kind where it is not for whoever reads them.
const fn title(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Assigned => "A finding is given to somebody",
        NotificationKind::Mentioned => "Somebody is named in a comment or a reason",
        other => other.title(),
    }
}
