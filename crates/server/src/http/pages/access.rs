//! Permission as a value, for pages: who is signed in, and what they may do for the customer in the path.
//!
//! Not for: access tokens (`http::access`).
//!
//! Invariant: a [`Viewer`], an [`Analyst`] and an [`Admin`] hold the only door to their customer's data, and
//! are made only for a member of that customer whose role is theirs or more.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use domain::finding::CheckedUnit;
use domain::{CustomerName, MemberRole, UnitName};
use http::Method;
use http::request::Parts;
use store::{CustomerStore, Decider, Session, User};

use super::appearance::Appearance;
use super::cookie;
use super::document::Document;
use super::error::PageError;
use super::form::FormBody;
use super::kept_form::KeptForm;
use crate::App;
use crate::sign_in::session::{self, SessionSecret};

/// Whoever asks for a page, signed in or not.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) appearance: Appearance,
    /// For forms; empty without a session.
    pub(crate) csrf: String,
    pub(crate) user: Option<Arc<CurrentUser>>,
}

/// Somebody in a session that stands.
#[derive(Debug)]
pub(crate) struct CurrentUser {
    pub(crate) user: User,
    pub(crate) session: Session,
    pub(crate) csrf: String,
    pub(crate) appearance: Appearance,
}

/// A member of the customer in the path.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) current_user: Arc<CurrentUser>,
    pub(crate) customer: CustomerName,
    /// The unit of the path; where it has none, the customer's first.
    pub(crate) unit: UnitName,
    pub(crate) role: MemberRole,
    pub(crate) store: CustomerStore,
}

/// A member who reads.
#[derive(Debug)]
pub(crate) struct Viewer(Member);

/// A member who decides.
#[derive(Debug)]
pub(crate) struct Analyst(Member);

/// A member who sets up.
#[derive(Debug)]
pub(crate) struct Admin(Member);

impl Member {
    /// The path of a route, for this customer and unit.
    pub(crate) fn fill(&self, route: &str) -> String {
        route.replace("{customer}", self.customer.as_str()).replace("{unit}", self.unit.as_str())
    }

    /// The path of something in the open unit.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("/at/{}/{}/{below}", self.customer, self.unit)
    }

    /// The open unit, as the ledgers know it.
    pub(crate) fn checked_unit(&self) -> CheckedUnit {
        CheckedUnit { customer: self.customer.clone(), unit: self.unit.clone() }
    }

    /// The address of the member, which tells them apart from everybody else.
    pub(crate) fn address(&self) -> &str {
        self.current_user.user.email.as_str()
    }

    /// The member as the history of a finding and the audit log name them.
    pub(crate) fn decider(&self, app: &App) -> Decider<'_> {
        let user = &self.current_user.user;
        Decider { by: user.name.as_str(), who: user.email.as_str(), at: app.clock.now() }
    }

    async fn from_parts(
        parts: &mut Parts,
        app: &App,
        needs: MemberRole,
    ) -> Result<Self, PageError> {
        let current_user = Arc::<CurrentUser>::from_request_parts(parts, app).await?;
        let path = RawPathParams::from_request_parts(parts, app).await;
        let path = path.map_err(|_no_path| PageError::NotFound)?;
        let named =
            |wanted: &str| path.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
        let customer: CustomerName =
            named("customer").and_then(|name| name.parse().ok()).ok_or(PageError::NotFound)?;
        let store = app.store.customer(&customer);
        let role = store.role_of(current_user.user.id).await?.ok_or(PageError::NotFound)?;
        let units = store.units().await?;
        let unit = match named("unit") {
            Some(name) => units.into_iter().find(|unit| unit.as_str() == name),
            None => units.into_iter().next(),
        };
        let unit = unit.ok_or(PageError::NotFound)?;
        if role < needs {
            return Err(PageError::TooWeak { has: role, needs });
        }
        Ok(Self { current_user, customer, unit, role, store })
    }
}

impl Visitor {
    /// The head of a page for whoever asks, signed in or not.
    pub(crate) fn document(&self, title: &str) -> Document {
        Document { csrf: self.csrf.clone(), ..Document::bare(title, self.appearance) }
    }
}

macro_rules! members {
    ($($name:ident),+) => {
        $(
            impl FromRequestParts<App> for $name {
                type Rejection = PageError;
                async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
                    Ok(Self(Member::from_parts(parts, app, MemberRole::$name).await?))
                }
            }

            impl Deref for $name {
                type Target = Member;
                fn deref(&self) -> &Member {
                    &self.0
                }
            }
        )+
    };
}
members!(Viewer, Analyst, Admin);

impl FromRequestParts<App> for Visitor {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let appearance = Appearance::from_headers(&parts.headers);
        let secret = cookie::session(&parts.headers);
        // Also of a session that is over: the guard knows the cookie only.
        let csrf = secret.as_ref().map(SessionSecret::csrf).unwrap_or_default();
        let user = match secret {
            Some(secret) => session::current(app, &secret).await?.map(|(session, user)| {
                Arc::new(CurrentUser { user, session, csrf: secret.csrf(), appearance })
            }),
            None => None,
        };
        Ok(Self { appearance, csrf, user })
    }
}

impl FromRequestParts<App> for Arc<CurrentUser> {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let is_get = parts.method == Method::GET;
        visitor.user.ok_or_else(|| {
            let next = parts.uri.path_and_query().filter(|_| is_get).map(ToString::to_string);
            let path = parts.uri.path();
            let form = parts.extensions.get::<FormBody>();
            PageError::SignIn {
                next,
                kept: form.and_then(|form| KeptForm::parse(path, form.bytes())),
            }
        })
    }
}
