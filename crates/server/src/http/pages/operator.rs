//! All customers of the server, for whoever runs it: who is there, whether anybody looks after them, and a
//! link for who shall.
//!
//! Not for: anything in a customer's data; running the server opens none of it.
//!
//! Invariant: a link is made only where a customer has no admin who may sign in, and stands in one answer
//! only.

use askama::Template;
use axum::extract::State;
use domain::user::InvalidEmailAddress;
use domain::{CustomerName, EmailAddress};
use jiff::SignedDuration;
use serde::Deserialize;
use store::CustomerSummary;

use super::access::Operator;
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::Layout;
use super::respond::{PageResult, html};
use super::site::SiteUrl;
use crate::App;
use crate::sign_in::links;

pub(crate) const PATH: &str = "/operator";
/// The time an invitation lasts: whoever is to be the first admin is there within a week.
const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Template)]
#[template(path = "operator.html")]
struct OperatorPage {
    page: Layout,
    customers: Vec<CustomerRow>,
    link: Option<MadeLink>,
}

/// A link to pass on, and in words what becomes of who opens it.
struct MadeLink {
    link: String,
    effect: String,
}

struct CustomerRow {
    name: CustomerName,
    since: String,
    units: String,
    members: String,
    admins: String,
    has_admin: bool,
    last_upload: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FirstAdminForm {
    #[serde(deserialize_with = "valid")]
    customer: Option<CustomerName>,
    email: Text,
}

pub(crate) async fn list_customers(
    State(app): State<App>,
    operator: Operator,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &operator, None).await?;
    html(&OperatorPage { page: page.page.with_flash(flash), ..page })
}

/// Makes the link for a customer's first admin; it is in this answer only.
pub(crate) async fn invite_first_admin(
    State(app): State<App>,
    operator: Operator,
    site: SiteUrl,
    Form(form): Form<FirstAdminForm>,
) -> PageResult {
    let customer = form.customer.ok_or(PageError::NotFound)?;
    let email: EmailAddress = form.email.parse().map_err(|why: InvalidEmailAddress| {
        PageError::Impossible(format!("Nothing was changed: {why}."))
    })?;
    let now = app.clock.now();
    let (path, new) = links::new_invitation(&app.randomness, now, INVITATION_LASTS);
    let by = operator.0.user.email.as_str();
    app.store.customer(&customer).invite_first_admin(new, &email, by, now).await?;
    let effect = format!(
        "With it {email} becomes the admin of {customer}. It works once, until {}.",
        format::moment_in_zone(new.expires_at)
    );
    let link = MadeLink { link: format!("{site}{}", path.expose()), effect };
    html(&page(&app, &operator, Some(link)).await?)
}

async fn page(
    app: &App,
    operator: &Operator,
    link: Option<MadeLink>,
) -> Result<OperatorPage, PageError> {
    let customers = app.store.system().customer_summaries().await?;
    Ok(OperatorPage {
        page: Layout::for_user(app, &operator.0, "Customers of this server").await?,
        customers: customers.into_iter().map(customer_row).collect(),
        link,
    })
}

fn customer_row(customer: CustomerSummary) -> CustomerRow {
    let units: Vec<&str> = customer.units.iter().map(domain::TitledUnit::called).collect();
    CustomerRow {
        since: format::date(customer.added_at),
        units: units.join(", "),
        members: format::count(customer.members),
        admins: format::count(customer.admins),
        has_admin: customer.admins > 0,
        last_upload: customer.last_upload.map_or_else(|| "never".to_owned(), format::moment),
        name: customer.name,
    }
}
