//! The members of a customer: invited by a link, given a role, a new password, removed.
//!
//! Not for: one's own account (`me`), or the page behind a link (`invitations`).
//!
//! Invariant: somebody is left who may set up the customer; the store holds that.

use askama::Template;
use axum::extract::State;
use domain::user::InvalidEmailAddress;
use domain::{EmailAddress, InvitationId, MemberRole, OfferedRole, TitledUnit, UnitName, UserId};
use jiff::SignedDuration;
use serde::Deserialize;
use store::{Invitation, Member, ResetScope};

use super::access::Admin;
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, see_other};
use super::site::SiteUrl;
use crate::App;
use crate::sign_in::{links, password_links};

pub(crate) const PATH: &str = "/settings/{customer}/users";
/// Days for which an invitation may work: whoever is there today, over a weekend and a short holiday,
/// over a long one.
const LASTS: [i64; 3] = [1, 7, 30];
const LASTS_DEFAULT: i64 = 7;

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    page: Layout,
    here: String,
    /// The link that was just made.
    link: Option<MadeLink>,
    /// Tokens of somebody who was removed just now.
    left_tokens: Vec<LeftToken>,
    tokens_path: String,
    roles: [(MemberRole, &'static str); 4],
    /// To choose from; none where the customer has one unit only.
    units: Vec<TitledUnit>,
    /// Days, and whether they are chosen.
    lasts: [(i64, bool); 3],
    members: Vec<MemberRow>,
    invitations: Vec<InvitationRow>,
}

/// A link to pass on, and in words what becomes of who opens it.
struct MadeLink {
    link: String,
    effect: String,
}

/// A token that goes on working although who made it is gone.
struct LeftToken {
    label: String,
    made_by: String,
    role: &'static str,
    ends: String,
}

struct MemberRow {
    id: UserId,
    name: String,
    email: String,
    is_oneself: bool,
    /// The marks of the user: the tone of a tag, and its word.
    tags: Vec<(&'static str, &'static str)>,
    has_totp: bool,
    /// For all units; none: for those below only.
    role: Option<MemberRole>,
    /// The titles of units, with the role there.
    unit_roles: Vec<(TitledUnit, MemberRole)>,
    since: String,
    last_sign_in: String,
}

impl MemberRow {
    /// Returns `true` when this is their role for all units.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn has(&self, role: &MemberRole) -> bool {
        self.role.as_ref() == Some(role)
    }

    fn is_admin(&self) -> bool {
        self.has(&MemberRole::Admin)
    }
}

struct InvitationRow {
    id: InvitationId,
    email: String,
    role: MemberRole,
    /// The title of the unit that it is for; none: for all.
    unit: Option<String>,
    by: String,
    made: String,
    expires: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct InviteForm {
    email: Text,
    #[serde(deserialize_with = "valid")]
    role: Option<MemberRole>,
    /// Empty for all units.
    unit: Text,
    #[serde(deserialize_with = "valid")]
    days: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WithdrawForm {
    #[serde(deserialize_with = "valid")]
    invitation: Option<InvitationId>,
}

/// A member, and whether two-step sign-in goes with the password.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PasswordLinkForm {
    #[serde(deserialize_with = "valid")]
    user: Option<UserId>,
    codes: Text,
}

/// Somebody who was removed just now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LeftQuery {
    #[serde(deserialize_with = "valid")]
    left: Option<UserId>,
}

/// A member, and the role they shall have where one is given: for all units, or for one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MemberForm {
    #[serde(deserialize_with = "valid")]
    user: Option<UserId>,
    #[serde(deserialize_with = "valid")]
    unit: Option<UnitName>,
    /// [`NO_ROLE`] takes the one that is there away.
    role: Text,
}

/// The word in the place of a role.
const NO_ROLE: &str = "none";

pub(crate) async fn list_users(
    State(app): State<App>,
    admin: Admin,
    Query(LeftQuery { left }): Query<LeftQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &admin).await?;
    let left_tokens = match left {
        Some(user) => left_tokens(&app, &admin, user).await?,
        None => Vec::new(),
    };
    html(&UsersPage { page: page.page.with_flash(flash), left_tokens, ..page })
}

/// The tokens of this customer that somebody made who is no member any more.
async fn left_tokens(app: &App, admin: &Admin, user: UserId) -> Result<Vec<LeftToken>, PageError> {
    let system = app.store.system();
    let Some(person) = system.person(user).await? else { return Ok(Vec::new()) };
    let (maker, now) = (person.user.email.as_str(), app.clock.now());
    let tokens = system.working_tokens_of(Some(&admin.customer), maker, now).await?;
    Ok(tokens
        .into_iter()
        .map(|token| LeftToken {
            label: token.label,
            made_by: token.made_by.unwrap_or_default(),
            role: token.role.as_str(),
            ends: format::date(token.expires_at),
        })
        .collect())
}

/// Makes a link, which is in this answer only.
pub(crate) async fn invite_user(
    State(app): State<App>,
    admin: Admin,
    site: SiteUrl,
    Form(form): Form<InviteForm>,
) -> PageResult {
    let role = form.role.ok_or_else(|| no_choice("a role"))?;
    let email: EmailAddress = form.email.parse().map_err(|why: InvalidEmailAddress| {
        PageError::Impossible(format!("Nothing was changed: {why}."))
    })?;
    let days = form.days.filter(|days| LASTS.contains(days));
    let days = days.ok_or_else(|| no_choice("how long the link works"))?;
    let now = app.clock.now();
    let lasts = SignedDuration::from_hours(24 * days);
    let (path, new) = links::new_invitation(&app.randomness, now, lasts);
    let unit: Option<UnitName> = match &*form.unit {
        "" => None,
        name => Some(name.parse().map_err(|_no_name| no_choice("a unit"))?),
    };
    let place = unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
    let offered = OfferedRole { role, unit };
    admin.store.invite(new, Some(&email), offered, admin.address(), now).await?;
    let members = admin.store.members().await?;
    let gets = if members.iter().any(|member| member.user.email == email) {
        format!(
            "{email}, who is a member already, gets the role {role}{place} unless theirs is higher"
        )
    } else {
        format!("{email} joins as {role}{place}")
    };
    let until = format::moment_in_zone(new.expires_at);
    let effect = format!("With it {gets}. It works once, until {until}.");
    let link = Some(MadeLink { link: format!("{site}{}", path.expose()), effect });
    html(&UsersPage { link, ..page(&app, &admin).await? })
}

/// Makes a link by which a member chooses a new password; it is in this answer only.
pub(crate) async fn make_password_link(
    State(app): State<App>,
    admin: Admin,
    site: SiteUrl,
    Form(form): Form<PasswordLinkForm>,
) -> PageResult {
    let member = form.user.ok_or(PageError::NotFound)?;
    let now = app.clock.now();
    let scope =
        if form.codes.is_empty() { ResetScope::Password } else { ResetScope::PasswordAndCodes };
    let (path, new) = password_links::new_link(&app.randomness, now, scope);
    let user = admin.store.make_password_link(member, new, admin.address(), now).await?;
    let effect = format!(
        "With it {} chooses a new password{}. It works once, until {}.",
        user.email,
        if scope.clears_totp() { " and turns two-step sign-in off" } else { "" },
        format::moment_in_zone(new.expires_at)
    );
    let link = Some(MadeLink { link: format!("{site}{}", path.expose()), effect });
    html(&UsersPage { link, ..page(&app, &admin).await? })
}

/// Takes a member's authenticator app away, as when the telephone is lost.
pub(crate) async fn turn_codes_off(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<MemberForm>,
) -> PageResult {
    let member = form.user.ok_or(PageError::NotFound)?;
    admin.store.clear_totp(member, admin.address(), app.clock.now()).await?;
    see_other(&Flash::CodesOff.on(&admin.fill(PATH)))
}

pub(crate) async fn withdraw_invitation(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<WithdrawForm>,
) -> PageResult {
    let id = form.invitation.ok_or(PageError::NotFound)?;
    admin.store.withdraw_invitation(id, &admin.current_user.user, app.clock.now()).await?;
    see_other(&Flash::InvitationWithdrawn.on(&admin.fill(PATH)))
}

/// Gives a member another role for all units, or none, so that they keep those in single units only.
pub(crate) async fn set_role(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<MemberForm>,
) -> PageResult {
    let member = form.user.ok_or(PageError::NotFound)?;
    let role = chosen_role(&form)?;
    admin.store.set_role(member, role, admin.address(), app.clock.now()).await?;
    if member == admin.current_user.user.id && role != Some(MemberRole::Admin) {
        // This page is theirs no more.
        return see_other("/");
    }
    see_other(&Flash::RoleChanged.on(&admin.fill(PATH)))
}

/// Gives a member a role of their own in a unit, or takes it away.
pub(crate) async fn set_unit_role(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<MemberForm>,
) -> PageResult {
    let member = form.user.ok_or(PageError::NotFound)?;
    let unit = form.unit.as_ref().ok_or_else(|| no_choice("a unit"))?;
    let role = chosen_role(&form)?;
    admin.store.set_unit_role(member, unit, role, admin.address(), app.clock.now()).await?;
    let here = admin.fill(PATH);
    match role {
        Some(_) => see_other(&Flash::RoleChanged.on(&here)),
        None => see_other(&Flash::RoleChanged.on(&format!("{here}?left={member}"))),
    }
}

pub(crate) async fn remove_user(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<MemberForm>,
) -> PageResult {
    let member = form.user.ok_or(PageError::NotFound)?;
    admin.store.remove_member(member, admin.address(), app.clock.now()).await?;
    if member == admin.current_user.user.id {
        return see_other("/");
    }
    see_other(&Flash::UserRemoved.on(&format!("{}?left={member}", admin.fill(PATH))))
}

fn chosen_role(form: &MemberForm) -> Result<Option<MemberRole>, PageError> {
    match &*form.role {
        NO_ROLE => Ok(None),
        word => word.parse().map(Some).map_err(|_no_role| no_choice("a role")),
    }
}

fn no_choice(of: &str) -> PageError {
    PageError::Impossible(format!("Nothing was changed: choose {of} and send the form again."))
}

async fn page(app: &App, admin: &Admin) -> Result<UsersPage, PageError> {
    let members = admin.store.members().await?;
    let invitations = admin.store.open_invitations(app.clock.now()).await?;
    let oneself = admin.current_user.user.id;
    let units = admin.store.titled_units().await?;
    Ok(UsersPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Users").await?,
        here: admin.fill(PATH),
        link: None,
        left_tokens: Vec::new(),
        tokens_path: admin.fill(super::tokens::PATH),
        roles: MemberRole::ALL.map(|role| (role, role_words(role))),
        lasts: LASTS.map(|days| (days, days == LASTS_DEFAULT)),
        members: members.iter().map(|member| member_row(member, &units, oneself)).collect(),
        invitations: invitations
            .into_iter()
            .map(|invitation| invitation_row(invitation, &units))
            .collect(),
        units: if units.len() > 1 { units } else { Vec::new() },
    })
}

const fn role_words(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Viewer => {
            "Viewer: reads findings and ledgers; bank details and names of employees are masked"
        }
        MemberRole::Analyst => "Analyst: also decides",
        MemberRole::Auditor => {
            "Auditor: reads everything and the audit log, what is masked by giving a reason; decides nothing"
        }
        MemberRole::Admin => "Admin: also sets up the organisation",
    }
}

fn member_row(member: &Member, units: &[TitledUnit], oneself: UserId) -> MemberRow {
    let own = |unit: &TitledUnit| Some((unit.clone(), *member.membership.units.get(&unit.name)?));
    let is_oneself = member.user.id == oneself;
    let tags = [
        (is_oneself, ("done", "you")),
        (member.user.is_operator, ("plain", "operator")),
        (member.user.disabled_at.is_some(), ("caution", "may not sign in")),
    ];
    MemberRow {
        id: member.user.id,
        is_oneself,
        tags: tags.into_iter().filter_map(|(is_so, tag)| is_so.then_some(tag)).collect(),
        has_totp: member.has_totp,
        name: member.user.name.to_string(),
        email: member.user.email.to_string(),
        role: member.membership.everywhere,
        unit_roles: units.iter().filter_map(own).collect(),
        since: format::date(member.since),
        last_sign_in: member.signed_in_at.map_or_else(|| "never".to_owned(), format::moment),
    }
}

fn invitation_row(invitation: Invitation, units: &[TitledUnit]) -> InvitationRow {
    let called = |name: UnitName| {
        let known = units.iter().find(|unit| unit.name == name);
        known.map_or_else(|| name.to_string(), |unit| unit.called().to_owned())
    };
    InvitationRow {
        unit: invitation.unit.map(called),
        id: invitation.id,
        email: invitation
            .email
            .map_or_else(|| "whoever has the link".to_owned(), |email| email.to_string()),
        role: invitation.role,
        by: invitation.invited_by.unwrap_or_else(|| "the server, for its first user".to_owned()),
        made: format::moment(invitation.made_at),
        expires: format::moment(invitation.expires_at),
    }
}
