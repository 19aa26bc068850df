//! The members of a customer: invited by a link, given a role, removed.
//!
//! Not for: one's own account (`me`), or the page behind a link (`invitations`).
//!
//! Invariant: somebody is left who may set up the customer; the store holds that.

use askama::Template;
use axum::extract::State;
use domain::{InvitationId, MemberRole, UserId};
use jiff::SignedDuration;
use serde::Deserialize;
use store::{Invitation, Member};

use super::access::Admin;
use super::error::PageError;
use super::field::valid;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, see_other};
use super::site::SiteUrl;
use crate::App;
use crate::sign_in::links;

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
    /// The link that was just made, to whom it opens the door, and until when.
    link: Option<(String, MemberRole, String)>,
    roles: [(MemberRole, &'static str); 3],
    /// Days, and whether they are chosen.
    lasts: [(i64, bool); 3],
    members: Vec<MemberRow>,
    invitations: Vec<InvitationRow>,
}

struct MemberRow {
    id: UserId,
    name: String,
    email: String,
    is_oneself: bool,
    is_operator: bool,
    role: MemberRole,
    since: String,
    last_sign_in: String,
}

struct InvitationRow {
    id: InvitationId,
    role: MemberRole,
    by: String,
    made: String,
    expires: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct InviteForm {
    #[serde(deserialize_with = "valid")]
    role: Option<MemberRole>,
    #[serde(deserialize_with = "valid")]
    days: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WithdrawForm {
    #[serde(deserialize_with = "valid")]
    invitation: Option<InvitationId>,
}

/// A member, and the role they shall have where one is given.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MemberForm {
    #[serde(deserialize_with = "valid")]
    user: Option<UserId>,
    #[serde(deserialize_with = "valid")]
    role: Option<MemberRole>,
}

pub(crate) async fn list_users(
    State(app): State<App>,
    admin: Admin,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &admin).await?;
    html(&UsersPage { page: page.page.with_flash(flash), ..page })
}

/// Makes a link, which is in this answer only.
pub(crate) async fn invite_user(
    State(app): State<App>,
    admin: Admin,
    site: SiteUrl,
    Form(form): Form<InviteForm>,
) -> PageResult {
    let role = form.role.ok_or_else(|| no_choice("a role"))?;
    let days = form.days.filter(|days| LASTS.contains(days));
    let days = days.ok_or_else(|| no_choice("how long the link works"))?;
    let now = app.clock.now();
    let lasts = SignedDuration::from_hours(24 * days);
    let (path, new) = links::new_invitation(&app.randomness, now, lasts);
    admin.store.invite(new, role, &admin.current_user.user, now).await?;
    let link = format!("{site}{}", path.expose());
    let page = page(&app, &admin).await?;
    html(&UsersPage { link: Some((link, role, format::moment(new.expires_at))), ..page })
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

pub(crate) async fn set_role(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<MemberForm>,
) -> PageResult {
    let member = form.user.ok_or(PageError::NotFound)?;
    let role = form.role.ok_or_else(|| no_choice("a role"))?;
    change(&app, &admin, member, Some(role)).await
}

pub(crate) async fn remove_user(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<MemberForm>,
) -> PageResult {
    let member = form.user.ok_or(PageError::NotFound)?;
    change(&app, &admin, member, None).await
}

async fn change(app: &App, admin: &Admin, member: UserId, role: Option<MemberRole>) -> PageResult {
    let by = &admin.current_user.user;
    admin.store.set_role(member, role, by, app.clock.now()).await?;
    if member == by.id && role != Some(MemberRole::Admin) {
        // This page is theirs no more.
        return see_other("/");
    }
    let flash = if role.is_some() { Flash::RoleChanged } else { Flash::UserRemoved };
    see_other(&flash.on(&admin.fill(PATH)))
}

fn no_choice(of: &str) -> PageError {
    PageError::Impossible(format!("Nothing was changed: choose {of} and send the form again."))
}

async fn page(app: &App, admin: &Admin) -> Result<UsersPage, PageError> {
    let members = admin.store.members().await?;
    let invitations = admin.store.open_invitations(app.clock.now()).await?;
    let oneself = admin.current_user.user.id;
    Ok(UsersPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Users").await?,
        here: admin.fill(PATH),
        link: None,
        roles: MemberRole::ALL.map(|role| (role, role_words(role))),
        lasts: LASTS.map(|days| (days, days == LASTS_DEFAULT)),
        members: members.iter().map(|member| member_row(member, oneself)).collect(),
        invitations: invitations.into_iter().map(invitation_row).collect(),
    })
}

const fn role_words(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Viewer => {
            "Viewer: reads findings and ledgers; bank details and names of employees are masked"
        }
        MemberRole::Analyst => "Analyst: also decides",
        MemberRole::Admin => "Admin: also sets up the organisation",
    }
}

fn member_row(member: &Member, oneself: UserId) -> MemberRow {
    MemberRow {
        id: member.user.id,
        is_oneself: member.user.id == oneself,
        is_operator: member.user.is_operator,
        name: member.user.name.to_string(),
        email: member.user.email.to_string(),
        role: member.role,
        since: format::date(member.since),
        last_sign_in: member.signed_in_at.map_or_else(|| "never".to_owned(), format::moment),
    }
}

fn invitation_row(invitation: Invitation) -> InvitationRow {
    InvitationRow {
        id: invitation.id,
        role: invitation.role,
        by: invitation.invited_by.unwrap_or_else(|| "the server, for its first user".to_owned()),
        made: format::moment(invitation.made_at),
        expires: format::moment(invitation.expires_at),
    }
}
