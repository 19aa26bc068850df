//! What somebody is told of by e-mail, chosen by themselves for each of their organisations, and turned off
//! altogether by one click.
//!
//! Not for: what is posted to programs (`webhooks`).
//!
//! Invariant: nobody sets what another is told of.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use domain::{CustomerName, MemberRole, NotificationKind, NotificationSettings, Timing};
use serde::Deserialize;
use store::{CustomerStore, Delivery, DeliveryState};

use super::access::CurrentUser;
use super::error::{PageError, sentence};
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::Layout;
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;

pub(crate) const PATH: &str = "/me/notifications";

#[derive(Template)]
#[template(path = "notifications.html")]
struct NotificationsPage {
    page: Layout,
    /// Set where this server sends e-mail.
    sends_mail: bool,
    wrong: Option<String>,
    organisations: Vec<Organisation>,
}

/// One customer of whoever looks.
struct Organisation {
    customer: CustomerName,
    kinds: Vec<KindRow>,
    above: String,
    sent: Vec<SentRow>,
}

struct KindRow {
    kind: &'static str,
    title: &'static str,
    timings: Vec<TimingChoice>,
}

struct TimingChoice {
    value: &'static str,
    words: &'static str,
    is_chosen: bool,
}

/// One thing that was told, or will be.
struct SentRow {
    at: String,
    what: String,
    href: String,
    state: &'static str,
    tone: &'static str,
    why: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NotificationsForm {
    #[serde(deserialize_with = "valid")]
    customer: Option<CustomerName>,
    above: Text,
    #[serde(flatten)]
    timings: BTreeMap<String, String>,
}

pub(crate) async fn get_notifications(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &current_user).await?;
    html(&NotificationsPage { page: page.page.with_flash(flash), ..page })
}

pub(crate) async fn set_notifications(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    Form(form): Form<NotificationsForm>,
) -> PageResult {
    let own = own_customers(&app, &current_user).await?;
    let customer = form.customer.as_ref().filter(|named| own.contains_key(*named));
    let customer = customer.ok_or(PageError::NotFound)?;
    let above = match &*form.above {
        "" => Ok(None),
        text => format::typed(text, None).map(Some),
    };
    let above = match above {
        Ok(above) => above,
        Err(why) => {
            let page = page(&app, &current_user).await?;
            let wrong = Some(sentence(&why.to_string()));
            return html_again(&NotificationsPage { wrong, ..page });
        }
    };
    let chosen = form.timings.iter().filter_map(|(name, value)| {
        Some((name.parse::<NotificationKind>().ok()?, value.parse::<Timing>().ok()?))
    });
    let settings = NotificationSettings { timings: chosen.collect(), above };
    let (store, person) = (app.store.customer(customer), current_user.user.id);
    store.set_notification_settings(person, &settings, app.clock.now()).await?;
    see_other(&Flash::NotificationsSet.on(PATH))
}

/// No e-mail of any organisation from now on.
pub(crate) async fn silence_notifications(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
) -> PageResult {
    let person = current_user.user.id;
    for customer in own_customers(&app, &current_user).await?.keys() {
        let silent = NotificationSettings::silent();
        let store = app.store.customer(customer);
        store.set_notification_settings(person, &silent, app.clock.now()).await?;
    }
    see_other(&Flash::NotificationsSilenced.on(PATH))
}

/// The customers of somebody, each with the role that may most in one of its units.
async fn own_customers(
    app: &App,
    user: &CurrentUser,
) -> Result<BTreeMap<CustomerName, MemberRole>, PageError> {
    let mut own: BTreeMap<CustomerName, MemberRole> = BTreeMap::new();
    for unit in app.store.system().reachable_units(user.user.id).await? {
        let role = own.entry(unit.customer).or_insert(unit.role);
        if unit.role.covers(*role) {
            *role = unit.role;
        }
    }
    Ok(own)
}

async fn page(app: &App, user: &CurrentUser) -> Result<NotificationsPage, PageError> {
    let mut organisations = Vec::new();
    for (customer, role) in own_customers(app, user).await? {
        let store = app.store.customer(&customer);
        organisations.push(organisation(&store, user, (customer, role)).await?);
    }
    let mut page = Layout::for_user(app, user, "What you are told of").await?.with_sections(user);
    page.push_crumb("Your account", "/me".to_owned());
    Ok(NotificationsPage { page, sends_mail: app.sends_mail, wrong: None, organisations })
}

async fn organisation(
    store: &CustomerStore,
    user: &CurrentUser,
    (customer, role): (CustomerName, MemberRole),
) -> Result<Organisation, PageError> {
    let settings = store.notification_settings(user.user.id).await?;
    let units = store.titled_units().await?;
    let called = |delivery: &Delivery| {
        let known = units.iter().find(|unit| unit.name == delivery.unit);
        known.map_or_else(|| delivery.unit.to_string(), |unit| unit.called().to_owned())
    };
    let sent = store.deliveries_to(user.user.id).await?;
    let sent = sent.iter().filter_map(|delivery| {
        let event = delivery.event.as_ref()?;
        let (state, tone) = state_words(delivery.state);
        Some(SentRow {
            at: format::moment(delivery.made_at),
            what: format::prose(&event.sentence(&called(delivery))),
            href: format!("/at/{customer}/{}/{}", delivery.unit, event.path()),
            state,
            tone,
            why: delivery.why.clone().unwrap_or_default(),
        })
    });
    Ok(Organisation {
        kinds: NotificationKind::ALL.map(|kind| kind_row(kind, &settings, role)).into(),
        above: settings.above.map(|above| format::figure(above, None)).unwrap_or_default(),
        sent: sent.collect(),
        customer,
    })
}

fn kind_row(kind: NotificationKind, settings: &NotificationSettings, role: MemberRole) -> KindRow {
    let chosen = settings.timing(kind, role);
    let timings = Timing::ALL.map(|timing| TimingChoice {
        value: timing.as_str(),
        words: timing.title(),
        is_chosen: timing == chosen,
    });
    KindRow { kind: kind.as_str(), title: kind.title(), timings: timings.into() }
}

/// The words for how far a delivery is, and their tone.
pub(super) const fn state_words(state: DeliveryState) -> (&'static str, &'static str) {
    match state {
        DeliveryState::Waiting => ("on its way", "caution"),
        DeliveryState::Daily => ("with the letter of the day", "plain"),
        DeliveryState::Sent => ("sent", "done"),
        DeliveryState::Failed => ("not sent", "risk"),
    }
}
