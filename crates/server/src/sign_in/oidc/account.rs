//! From whom a provider vouches for to whose account it is, and what they may do.
//!
//! Not for: believing the provider (`signed`).
//!
//! Invariant: an account is found by issuer and subject, and the first time by an address that is verified
//! and that the provider may speak for; the accounts of those who run the server are never found so. An
//! account is made only for whoever is invited, or has a role by a group.

use std::collections::BTreeMap;

use domain::{CustomerName, EmailAddress, Membership, UserId, UserName};
use serde_json::Value;
use store::{Identity, NewUser, User};

use super::provider::Provider;
use super::refusal::Refusal;
use super::settings::{ClaimNames, ProviderSettings};
use super::signed::{Claims, SignedTokenFault};
use super::{Error, links};
use crate::App;

/// The path of an invitation, less what it ends with.
const INVITATION: &str = "/invitation/";
/// Claims by which Entra ID says that somebody has more groups than it sends.
const GROUPS_ELSEWHERE: [&str; 2] = ["_claim_names", "hasgroups"];

/// The account of somebody whom a provider vouches for.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) user: User,
    pub(super) identity: Identity,
    /// Set when it was made by the invitation they came with, which is used up.
    pub(super) has_joined: bool,
}

type Outcome<T> = Result<Result<T, Refusal>, Error>;

/// The user whom a provider vouches for, with the roles that its groups give; `next` is where they go on to.
pub(super) async fn user(
    app: &App,
    provider: &Provider,
    claims: &Claims,
    next: &str,
) -> Outcome<Account> {
    let Some(subject) = claims.subject.clone() else {
        return Ok(Err(Refusal::Unbelievable(SignedTokenFault::Subject)));
    };
    let identity = Identity { issuer: provider.settings.issuer.as_str().to_owned(), subject };
    if !is_admitted(&provider.settings, claims) {
        return Ok(Err(Refusal::NotAdmitted));
    }
    let Some(roles) = roles(&provider.settings, claims) else {
        return Ok(Err(Refusal::TooManyGroups));
    };
    let known = app.store.system().user_of_identity(&identity).await?;
    let (user, has_joined) = match known {
        Some(user) => (user, false),
        None => match first_time(app, provider, claims, &identity, (next, &roles)).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    if user.disabled_at.is_some() {
        return Ok(Err(Refusal::Disabled));
    }
    if user.is_operator {
        return Ok(Err(Refusal::Operator));
    }
    give_roles(app, provider, &user, &roles).await?;
    let has_none = app.store.system().reachable_units(user.id).await?.is_empty();
    let is_joining = next.starts_with(INVITATION);
    if has_none && !provider.settings.roles.is_empty() && !is_joining {
        return Ok(Err(Refusal::NoRole));
    }
    Ok(Ok(Account { user, identity, has_joined }))
}

/// Returns `true` when all is said of somebody that has to be.
fn is_admitted(settings: &ProviderSettings, claims: &Claims) -> bool {
    settings.required.iter().all(|(name, value)| match claims.all.get(name) {
        Some(Value::String(said)) => said == value,
        Some(Value::Bool(said)) => said.to_string() == *value,
        _ => false,
    })
}

/// Finds the account of somebody who was never signed in by this provider, or makes one.
async fn first_time(
    app: &App,
    provider: &Provider,
    claims: &Claims,
    identity: &Identity,
    (next, roles): (&str, &Roles),
) -> Outcome<(User, bool)> {
    let (system, now) = (app.store.system(), app.clock.now());
    // The first user of all runs the server, by a link that works only while there is none.
    if !system.has_users().await? {
        return Ok(Err(Refusal::NoOperator));
    }
    let email = match proven_address(&provider.settings, claims) {
        Ok(email) => email,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (user, has_joined) = match system.person_by_email(&email).await? {
        Some(person) if person.user.is_operator => return Ok(Err(Refusal::Operator)),
        Some(person) if person.user.disabled_at.is_some() => return Ok(Err(Refusal::Disabled)),
        Some(person) => (person.user, false),
        None => match make_user(app, provider, claims, email, (next, roles)).await? {
            Some(made) => made,
            None => return Ok(Err(Refusal::NoAccount)),
        },
    };
    match system.link_identity(&user, identity, now).await {
        Ok(()) => Ok(Ok((user, has_joined))),
        Err(store::Error::Conflict { .. }) => Ok(Err(Refusal::OtherIdentity)),
        Err(error) => Err(error.into()),
    }
}

/// Makes an account without a password for whoever holds an invitation, or has a role by a group, and
/// whether it was by the invitation; none for anybody else.
async fn make_user(
    app: &App,
    provider: &Provider,
    claims: &Claims,
    email: EmailAddress,
    (next, roles): (&str, &Roles),
) -> Result<Option<(User, bool)>, Error> {
    let (system, now) = (app.store.system(), app.clock.now());
    let id = UserId::new(now, app.randomness.bytes());
    let new = NewUser {
        id,
        name: name(&provider.settings.claims, claims, &email),
        email,
        password_hash: None,
    };
    if let Some(secret) = next.strip_prefix(INVITATION)
        && let Some(open) = links::open(app, secret).await?
        && !open.invitation.makes_operator
        && open.invitation.email.as_ref().is_none_or(|guest| *guest == new.email)
    {
        return Ok(links::accept_as(app, &open, new).await?.map(|user| (user, true)));
    }
    if roles.values().all(Membership::is_empty) {
        return Ok(None);
    }
    Ok(Some((system.add_user(new, &by(provider), now).await?, false)))
}

/// The address by which an account may be found: the provider may speak for it and says that it was
/// verified, or is trusted to hand out addresses of its domains to nobody else.
fn proven_address(settings: &ProviderSettings, claims: &Claims) -> Result<EmailAddress, Refusal> {
    let email = claims.text(&settings.claims.email).and_then(|email| email.parse().ok());
    let email: EmailAddress = email.ok_or(Refusal::NoAddress)?;
    if !settings.speaks_for(&email) {
        return Err(Refusal::ForeignDomain);
    }
    let is_verified = match claims.all.get(&settings.claims.email_verified) {
        Some(said) => is_yes(said),
        None => settings.trusts_domains && settings.is_of_domains(&email),
    };
    if is_verified { Ok(email) } else { Err(Refusal::Unverified) }
}

/// Providers write a boolean as such, and Entra ID its `xms_edov` as text or number as well.
fn is_yes(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        Value::String(text) => text == "true" || text == "1",
        Value::Number(number) => number.as_i64() == Some(1),
        _ => false,
    }
}

fn name(names: &ClaimNames, claims: &Claims, email: &EmailAddress) -> UserName {
    let said = claims.text(&names.name).and_then(|name| name.parse().ok());
    let short =
        || email.local_part().chars().take(domain::user::USER_NAME_CHARS_MAX).collect::<String>();
    said.unwrap_or_else(|| short().parse().expect("the part before the @ has letters and no space"))
}

/// For each customer that the provider's groups have a say in, the roles that they give; an empty one: none.
type Roles = BTreeMap<CustomerName, Membership>;

/// The roles that somebody's groups give; none where the provider leaves groups out.
fn roles(settings: &ProviderSettings, claims: &Claims) -> Option<Roles> {
    let mut roles = Roles::new();
    if settings.roles.is_empty() {
        return Some(roles);
    }
    let groups = match claims.list(&settings.claims.groups) {
        Some(groups) => groups,
        None if are_elsewhere(&settings.claims, claims) => return None,
        None => Vec::new(),
    };
    for given in &settings.roles {
        let has = roles.entry(given.customer.clone()).or_default();
        if !groups.contains(&given.group.as_str()) {
            continue;
        }
        // The first that fits, as the operator has written them: of all units, and of each.
        match &given.unit {
            None => {
                has.everywhere.get_or_insert(given.role);
            }
            Some(unit) => {
                has.units.entry(unit.clone()).or_insert(given.role);
            }
        }
    }
    Some(roles)
}

fn are_elsewhere(names: &ClaimNames, claims: &Claims) -> bool {
    GROUPS_ELSEWHERE.iter().any(|mark| match claims.all.get(*mark) {
        Some(Value::Object(elsewhere)) => elsewhere.contains_key(&names.groups),
        Some(mark) => is_yes(mark),
        None => false,
    })
}

/// Makes somebody's roles those of their groups, for the customers that these have a say in:
/// whatever else was given them there, in single units as well, is taken away.
async fn give_roles(
    app: &App,
    provider: &Provider,
    user: &User,
    roles: &Roles,
) -> Result<(), Error> {
    let (now, by) = (app.clock.now(), by(provider));
    for (customer, wanted) in roles {
        let store = app.store.customer(customer);
        if !store.exists().await? {
            tracing::warn!(%customer, provider = %provider.settings.name, "a group has a role for no customer");
            continue;
        }
        let (known, mut wanted) = (store.units().await?, wanted.clone());
        wanted.units.retain(|unit, _| {
            let is_there = known.contains(unit);
            if !is_there {
                tracing::warn!(%customer, %unit, provider = %provider.settings.name, "a group has a role for no unit");
            }
            is_there
        });
        match store.set_membership(user.id, &wanted, &by, now).await {
            Ok(_has_changed) => {}
            // Somebody has to be left who sets up a customer, whatever groups say.
            Err(store::Error::Illegal { why }) => {
                tracing::warn!(%customer, user = %user.id, why, "a role stays that no group gives");
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(())
}

/// The provider as the audit log names it.
pub(super) fn by(provider: &Provider) -> String {
    format!("identity provider {}", provider.settings.name)
}

/// When somebody is refused whom a provider has vouched for: what is known of them.
pub(super) fn about(claims: Option<&Claims>) -> String {
    let subject = claims.and_then(|claims| claims.subject.clone());
    subject.unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests;
