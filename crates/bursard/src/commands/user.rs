//! `bursard user list|invite|reset|disable|enable|unlink|promote|demote|erase`
//!
//! Invariant: a link is printed once, alone on standard output, and kept nowhere.

mod erase;
mod invited;

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::{CustomerName, EmailAddress, Membership, OfferedRole};
use jiff::SignedDuration;
use server::sign_in::{links, password_links};
use store::{Account, OperatorChange, ResetScope, User};

use crate::cli::{Format, Settings, UserCommand};
use crate::deployment::Deployment;
use crate::output;
use crate::served_url;
use crate::system;

/// The time an invitation lasts: whoever is invited is there within a week.
const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(super) async fn run(settings: &Settings, command: UserCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    match command {
        UserCommand::List { customer, invited, format } => {
            let people = if invited { People::Invited } else { People::Everybody };
            list(&deployment, customer.as_ref(), people, format).await?;
        }
        UserCommand::Invite { email, customer, role, unit } => {
            let offered = OfferedRole { role, unit };
            invite(&deployment, &customer, Some(&email), offered).await?;
        }
        UserCommand::Reset { email, codes_off } => {
            let scope = if codes_off { ResetScope::PasswordAndCodes } else { ResetScope::Password };
            reset(&deployment, &email, scope).await?;
        }
        UserCommand::Disable { email } => disable(&deployment, &email).await?,
        UserCommand::Enable { email } => enable(&deployment, &email).await?,
        UserCommand::Unlink { email } => unlink(&deployment, &email).await?,
        UserCommand::Promote { email, customer: Some(customer), role, unit, .. } => {
            promote(&deployment, &email, &customer, OfferedRole { role, unit }).await?;
        }
        UserCommand::Promote { email, customer: None, .. } => {
            set_operator(&deployment, &email, OperatorChange::Promote).await?;
        }
        UserCommand::Demote { email } => {
            set_operator(&deployment, &email, OperatorChange::Demote).await?;
        }
        UserCommand::Erase { email, removal } => erase::run(&deployment, &email, removal).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The people of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum People {
    Everybody,
    /// Those alone who have not come yet.
    Invited,
}

async fn list(
    deployment: &Deployment,
    customer: Option<&CustomerName>,
    people: People,
    format: Format,
) -> anyhow::Result<()> {
    if let Some(customer) = customer
        && !deployment.store.customer(customer).exists().await?
    {
        bail!("there is no customer {customer}; list them with: bursard customer list");
    }
    let open = invited::open_invitations(&deployment.store, customer, system::now()).await?;
    if people == People::Invited && format.json {
        output::json(&open.iter().map(invited::to_json).collect::<Vec<_>>());
        return Ok(());
    }
    let accounts = accounts(deployment, customer).await?;
    if format.json {
        output::json(&accounts.iter().map(to_json).collect::<Vec<_>>());
        return Ok(());
    }
    if people == People::Everybody && !accounts.is_empty() {
        table(&accounts);
    }
    invited::say(customer, accounts.len(), &open);
    Ok(())
}

/// Prints a link by which somebody becomes a member: with no address, whoever opens it.
pub(super) async fn invite(
    deployment: &Deployment,
    customer: &CustomerName,
    email: Option<&EmailAddress>,
    offered: OfferedRole,
) -> anyhow::Result<()> {
    let store = deployment.customer(customer).await?;
    let now = system::now();
    let (path, new) = links::new_invitation(&system::randomness(), now, INVITATION_LASTS);
    let what = in_words(&offered);
    store
        .invite(new, email, offered, system::OPERATOR, now)
        .await
        .context("the invitation was not made")?;
    let who = email.map_or_else(|| "whoever opens it".to_owned(), ToString::to_string);
    let until = output::minute_in_utc(new.expires_at);
    let about = format!("{who} joins {customer} as {what} with it; it works once, until {until}");
    print_link(deployment, path.expose(), &about);
    Ok(())
}

fn print_link(deployment: &Deployment, path: &str, about: &str) {
    let config = &deployment.config;
    output::note(about);
    let url = served_url::of(config);
    output::line(format_args!("{url}{path}"));
    if config.site.public_url().is_none() && url.starts_with("https://localhost") {
        output::note(
            "Where people reach the server by another name, set public_url in bursard.toml, or put that name \
             in its place.",
        );
    }
}

async fn accounts(
    deployment: &Deployment,
    customer: Option<&CustomerName>,
) -> anyhow::Result<Vec<Account>> {
    let mut accounts = deployment.store.system().accounts().await?;
    if let Some(customer) = customer {
        accounts.retain(|account| account.memberships.contains_key(customer));
    }
    Ok(accounts)
}

async fn user(deployment: &Deployment, email: &EmailAddress) -> anyhow::Result<User> {
    let person = deployment.store.system().person_by_email(email).await?;
    let Some(person) = person else {
        bail!(
            "nobody has an account with the address {email}; list them with: bursard user list, or invite \
             them with: bursard user invite {email} --customer NAME"
        );
    };
    Ok(person.user)
}

async fn reset(
    deployment: &Deployment,
    email: &EmailAddress,
    scope: ResetScope,
) -> anyhow::Result<()> {
    let user = user(deployment, email).await?;
    let now = system::now();
    let (path, new) = password_links::new_link(&system::randomness(), now, scope);
    let system = deployment.store.system();
    system
        .make_password_link(user.id, new, system::OPERATOR, now)
        .await
        .context("the link was not made")?;
    let codes = if scope.clears_totp() { " and turns two-step sign-in off" } else { "" };
    let about = format!(
        "{email} chooses a new password{codes} with it and is signed out everywhere; it works once, until {}",
        output::minute_in_utc(new.expires_at)
    );
    print_link(deployment, path.expose(), &about);
    Ok(())
}

async fn disable(deployment: &Deployment, email: &EmailAddress) -> anyhow::Result<()> {
    let (user, system) = (user(deployment, email).await?, deployment.store.system());
    let now = system::now();
    let could = system
        .disable_user(&user, system::OPERATOR, now)
        .await
        .with_context(|| format!("{email} was not disabled"))?;
    let said = if could { "is signed out and may not sign in" } else { "was disabled before" };
    output::line(format_args!("{email} {said}"));
    let tokens = system.working_tokens_of(None, email.as_str(), now).await?;
    if !tokens.is_empty() {
        output::note("Access tokens they made go on working; revoke what no program needs:");
    }
    for token in tokens {
        let (id, customer, label) = (token.id, token.scope.customer, token.label);
        output::line(format_args!(
            "bursard token revoke {id}   # {customer}, {}: {label}",
            token.role
        ));
    }
    Ok(())
}

async fn enable(deployment: &Deployment, email: &EmailAddress) -> anyhow::Result<()> {
    let user = user(deployment, email).await?;
    let system = deployment.store.system();
    let could_not = system.enable_user(&user, system::OPERATOR, system::now()).await?;
    let said = if could_not { "may sign in again" } else { "could sign in before" };
    output::line(format_args!("{email} {said}"));
    Ok(())
}

async fn unlink(deployment: &Deployment, email: &EmailAddress) -> anyhow::Result<()> {
    let user = user(deployment, email).await?;
    let system = deployment.store.system();
    let unlinked = system.unlink_identities(&user, system::OPERATOR, system::now()).await?;
    let said = match unlinked {
        0 => "was known to no identity provider",
        _ => "is signed out, and known to no identity provider any more",
    };
    output::line(format_args!("{email} {said}"));
    Ok(())
}

async fn promote(
    deployment: &Deployment,
    email: &EmailAddress,
    customer: &CustomerName,
    offered: OfferedRole,
) -> anyhow::Result<()> {
    let user = user(deployment, email).await?;
    let store = deployment.store.customer(customer);
    if !store.exists().await? {
        bail!("there is no customer {customer}; list them with: bursard customer list");
    }
    let what = in_words(&offered);
    store
        .make_member(user.id, offered, system::OPERATOR, system::now())
        .await
        .with_context(|| format!("the role of {email} is as it was"))?;
    output::line(format_args!("{email} is {what} of {customer}"));
    Ok(())
}

async fn set_operator(
    deployment: &Deployment,
    email: &EmailAddress,
    change: OperatorChange,
) -> anyhow::Result<()> {
    let user = user(deployment, email).await?;
    let system = deployment.store.system();
    let is_new = system.set_operator(&user, change, system::OPERATOR, system::now()).await?;
    let said = match (change, is_new) {
        (OperatorChange::Promote, true) => {
            "runs the server now, and finds its customers under /operator"
        }
        (OperatorChange::Promote, false) => "ran the server before",
        (OperatorChange::Demote, true) => "runs the server no more",
        (OperatorChange::Demote, false) => "did not run the server before",
    };
    output::line(format_args!("{email} {said}"));
    Ok(())
}

/// `analyst`, or `analyst in unit uk`.
fn in_words(OfferedRole { role, unit }: &OfferedRole) -> String {
    unit.as_ref().map_or_else(|| role.to_string(), |unit| format!("{role} in unit {unit}"))
}

fn table(accounts: &[Account]) {
    let columns = [
        ("E-MAIL", 32),
        ("NAME", 20),
        ("STANDING", 9),
        ("TWO-STEP", 8),
        ("LAST SIGN-IN", 21),
        ("MEMBER OF", 0),
    ];
    let row = |account: &Account| {
        let of: Vec<String> = account
            .memberships
            .iter()
            .map(|(customer, membership)| format!("{customer} ({})", roles(membership)))
            .collect();
        [
            account.user.email.as_str().to_owned(),
            account.user.name.as_str().to_owned(),
            standing(&account.user).to_owned(),
            if account.has_totp { "on" } else { "off" }.to_owned(),
            account.signed_in_at.map_or_else(|| "never".to_owned(), output::minute_in_utc),
            of.join(", "),
        ]
    };
    output::table(columns, accounts.iter().map(row));
}

/// `viewer, uk: analyst`
fn roles(membership: &Membership) -> String {
    let everywhere = membership.everywhere.iter().map(ToString::to_string);
    let units = membership.units.iter().map(|(unit, role)| format!("{unit}: {role}"));
    everywhere.chain(units).collect::<Vec<_>>().join(", ")
}

const fn standing(user: &User) -> &'static str {
    match (user.disabled_at.is_some(), user.is_operator) {
        (true, _) => "disabled",
        (false, true) => "operator",
        (false, false) => "good",
    }
}

fn to_json(account: &Account) -> serde_json::Value {
    let Account { user, has_totp, signed_in_at, memberships } = account;
    let memberships = memberships.iter().map(|(customer, membership)| {
        let mut json = serde_json::json!({ "customer": customer, "role": membership.everywhere });
        if !membership.units.is_empty() {
            json["units"] = serde_json::json!(membership.units);
        }
        json
    });
    serde_json::json!({
        "id": user.id,
        "email": user.email.as_str(),
        "name": user.name.as_str(),
        "isOperator": user.is_operator,
        "addedAt": user.added_at,
        "disabledAt": user.disabled_at,
        "hasTwoStep": has_totp,
        "signedInAt": signed_in_at,
        "memberships": memberships.collect::<Vec<_>>(),
    })
}
