//! Permission as a value, for pages: who is signed in, and what they may do for the customer in the path.
//!
//! Not for: access tokens (`http::access`).
//!
//! Invariant: a [`Viewer`], an [`Analyst`], an [`Unmasker`], an [`Auditor`], an [`Admin`] and a
//! [`TokenAdmin`] are the only way to their customer's data, and are made only for a member whose role in
//! the unit of the path, or without one for all units, is theirs or covers it.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use domain::finding::CheckedUnit;
use domain::{
    AccessScope, CustomerName, JobId, MemberRole, Membership, RunId, UnitName, Unmasking, UserId,
};
use http::request::Parts;
use http::{HeaderMap, Method};
use store::{CustomerStore, Decider, NewRun, Session, User};

use super::appearance::Appearance;
use super::cookie;
use super::document::Document;
use super::error::PageError;
use super::form::FormBody;
use super::format;
use super::kept_form::KeptForm;
use super::last_unit::last_unit;
use crate::App;
use crate::sign_in::session::{self, SessionSecret};

/// A person who asks for a page, signed in or not.
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
    /// The address of the unit that their browser was in last.
    pub(crate) last_unit: Option<String>,
}

/// A member of the customer in the path.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) current_user: Arc<CurrentUser>,
    pub(crate) customer: CustomerName,
    /// The unit of the path; where it has none, the first that they may open.
    pub(crate) unit: UnitName,
    /// In the unit of the path; where it has none, for all units.
    pub(crate) role: MemberRole,
    pub(crate) membership: Membership,
    pub(crate) store: CustomerStore,
}

/// A member who reads.
#[derive(Debug)]
pub(crate) struct Viewer(Member);

/// A member who decides.
#[derive(Debug)]
pub(crate) struct Analyst(Member);

/// A member who is shown whole what is masked elsewhere, once the audit log knows.
#[derive(Debug)]
pub(crate) struct Unmasker(Member);

/// A member who reads the audit log.
#[derive(Debug)]
pub(crate) struct Auditor(Member);

/// A member who sets up.
#[derive(Debug)]
pub(crate) struct Admin(Member);

/// A member who makes access tokens, for all units or for those they are an admin of.
#[derive(Debug)]
pub(crate) struct TokenAdmin {
    member: Member,
    /// None: all, also those to come.
    units: Option<Vec<UnitName>>,
}

/// Somebody who runs the server, apart from all customers.
#[derive(Debug)]
pub(crate) struct Operator(pub(crate) Arc<CurrentUser>);

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

    /// Asks for a run of the checks of a unit, as whatever changes its findings does.
    pub(crate) async fn ask_for_run(&self, app: &App, unit: &UnitName) -> Result<(), PageError> {
        let decider = self.decider(app);
        let ids = NewRun {
            run: RunId::new(decider.at, app.randomness.bytes()),
            job: JobId::new(decider.at, app.randomness.bytes()),
        };
        self.store.ask_for_run(unit, ids, decider).await?;
        app.new_work.notify_one();
        Ok(())
    }

    /// Returns `true` for those who make access tokens, for all units or for some.
    pub(crate) fn may_make_tokens(&self) -> bool {
        let own = self.membership.units.values().copied();
        self.membership.everywhere.into_iter().chain(own).any(MemberRole::may_set_up)
    }

    async fn from_parts(parts: &mut Parts, app: &App) -> Result<Visit, PageError> {
        let current_user = Arc::<CurrentUser>::from_request_parts(parts, app).await?;
        let path = RawPathParams::from_request_parts(parts, app).await;
        let path = path.map_err(|_no_path| PageError::NotFound)?;
        let named =
            |wanted: &str| path.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
        let customer = named("customer").ok_or(PageError::NotFound)?;
        Visit::load(app, current_user, customer, named("unit")).await
    }
}

/// A customer, or one of its units, that somebody may open, whatever their role is there.
pub(crate) struct Visit {
    member: Member,
    /// None of who has a role in some units only and asks for what is the whole customer's.
    role: Option<MemberRole>,
}

impl Visit {
    /// [`PageError::NotFound`] of a customer that somebody has no role for, and of a unit: whether it is
    /// there does not show.
    pub(crate) async fn load(
        app: &App,
        current_user: Arc<CurrentUser>,
        customer: &str,
        unit: Option<&str>,
    ) -> Result<Self, PageError> {
        let customer: CustomerName = customer.parse().map_err(|_no_name| PageError::NotFound)?;
        let store = app.store.customer(&customer);
        let membership = store.membership_of(current_user.user.id).await?;
        let mut units = store.units().await?.into_iter().filter_map(|unit| {
            let role = membership.in_unit(&unit)?;
            Some((unit, role))
        });
        let opened = match unit {
            Some(name) => units.find(|(unit, _)| unit.as_str() == name),
            None => units.next(),
        };
        let (opened, in_unit) = opened.ok_or(PageError::NotFound)?;
        let role = if unit.is_some() { Some(in_unit) } else { membership.everywhere };
        let member =
            Member { current_user, customer, unit: opened, role: in_unit, membership, store };
        Ok(Self { member, role })
    }

    /// The member, for what stands round a page that says what they may not.
    pub(crate) fn into_member(self) -> Member {
        self.member
    }

    /// The member, when their role is one of those that may; `needs` is the least of them.
    fn allowed(
        self,
        may: impl Fn(MemberRole) -> bool,
        needs: MemberRole,
    ) -> Result<Member, PageError> {
        match self.role {
            Some(role) if may(role) => Ok(Member { role, ..self.member }),
            Some(has) => Err(PageError::TooWeak { has, needs }),
            None => Err(PageError::OfUnitsOnly { needs }),
        }
    }
}

impl Admin {
    /// The unit that a query or a form names, of all that the customer has; where it names none, the first.
    /// [`PageError::NotFound`] of one that is not there.
    pub(crate) async fn unit_named(&self, name: &str) -> Result<UnitName, PageError> {
        if name.is_empty() {
            return Ok(self.unit.clone());
        }
        let units = self.store.units().await?;
        units.into_iter().find(|unit| unit.as_str() == name).ok_or(PageError::NotFound)
    }
}

impl TokenAdmin {
    /// The units that a token of theirs may be for; none: all.
    pub(crate) fn units(&self) -> Option<&[UnitName]> {
        self.units.as_deref()
    }

    /// Returns `true` when a token is for units of theirs only.
    pub(crate) fn covers(&self, scope: &AccessScope) -> bool {
        let is_theirs = |unit: &UnitName| self.units.as_ref().is_none_or(|own| own.contains(unit));
        scope.customer == self.member.customer
            && match &scope.units {
                Some(units) => units.iter().all(is_theirs),
                None => self.units.is_none(),
            }
    }
}

impl Visitor {
    /// The head of a page for whoever asks, signed in or not.
    pub(crate) fn document(&self, title: &str) -> Document {
        Document { csrf: self.csrf.clone(), ..Document::bare(title, self.appearance) }
    }
}

macro_rules! members {
    ($($name:ident: $may:expr, $needs:ident;)+) => {
        $(
            impl FromRequestParts<App> for $name {
                type Rejection = PageError;
                async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
                    let opened = Member::from_parts(parts, app).await?;
                    Ok(Self(opened.allowed($may, MemberRole::$needs)?))
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
members! {
    Viewer: |_any_role| true, Viewer;
    Analyst: MemberRole::may_decide, Analyst;
    Unmasker: |role: MemberRole| role.unmasking() != Unmasking::Never, Analyst;
    Auditor: MemberRole::may_audit, Auditor;
    Admin: MemberRole::may_set_up, Admin;
}

impl FromRequestParts<App> for TokenAdmin {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let opened = Member::from_parts(parts, app).await?;
        let own = opened.member.membership.units.iter();
        let own: Vec<UnitName> =
            own.filter(|(_, role)| role.may_set_up()).map(|(unit, _)| unit.clone()).collect();
        match opened.role {
            Some(role) if role.may_set_up() => {
                Ok(Self { member: Member { role, ..opened.member }, units: None })
            }
            _ if !own.is_empty() => Ok(Self { member: opened.member, units: Some(own) }),
            Some(has) => Err(PageError::TooWeak { has, needs: MemberRole::Admin }),
            None => Err(PageError::OfUnitsOnly { needs: MemberRole::Admin }),
        }
    }
}

impl Deref for TokenAdmin {
    type Target = Member;
    fn deref(&self) -> &Member {
        &self.member
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let current_user = Arc::<CurrentUser>::from_request_parts(parts, app).await?;
        // To others it is as if the page were not there.
        if current_user.user.is_operator {
            Ok(Self(current_user))
        } else {
            Err(PageError::NotFound)
        }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        Self::from_headers(&parts.headers, app).await
    }
}

impl Visitor {
    /// The person who sent these headers.
    pub(crate) async fn from_headers(headers: &HeaderMap, app: &App) -> Result<Self, PageError> {
        let appearance = Appearance::from_headers(headers);
        let secret = cookie::session(headers);
        // Also of a session that is over: the guard knows the cookie only.
        let csrf = secret.as_ref().map(SessionSecret::csrf).unwrap_or_default();
        let user = match secret {
            Some(secret) => session::current(app, &secret).await?.map(|(session, user)| {
                format::reader::set_reader(&user.formats);
                let (csrf, last_unit) = (secret.csrf(), last_unit(headers));
                Arc::new(CurrentUser { user, session, csrf, appearance, last_unit })
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
        if let Some(user) = visitor.user {
            return Ok(user);
        }
        let is_get = parts.method == Method::GET;
        let next = parts.uri.path_and_query().filter(|_| is_get).map(ToString::to_string);
        let kept = match parts.extensions.get::<FormBody>() {
            // A query says which button of a larger form it was: without it, it would ask for something else.
            Some(form) if parts.uri.query().is_none() => owner(app, &parts.headers)
                .await?
                .and_then(|owner| KeptForm::parse(owner, parts.uri.path(), form.bytes())),
            _ => None,
        };
        Err(PageError::SignIn { next, kept })
    }
}

/// The user whose session is over that a browser was in; of one that signed out, who was signed in
/// last.
async fn owner(app: &App, headers: &HeaderMap) -> Result<Option<UserId>, PageError> {
    let secret = cookie::session(headers).or_else(|| cookie::known_by(headers));
    match secret {
        Some(secret) => Ok(app.store.system().session_owner(secret.digest()).await?),
        None => Ok(None),
    }
}
