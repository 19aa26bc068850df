//! Links: the first administrator's, and those for members.

use domain::{InvitationId, MemberRole, Secret, Sha256Digest, UserId};
use jiff::{SignedDuration, Timestamp};
use store::{Error, NewInvitation, NewUser, User};

use crate::site::{Site, acme, now, random};

pub(crate) fn link(number: u8) -> Sha256Digest {
    Sha256Digest::from_bytes([number; 32])
}

pub(crate) fn new_link(number: u8) -> NewInvitation {
    NewInvitation {
        id: InvitationId::new(now(), random()),
        secret_hash: link(number),
        expires_at: now() + SignedDuration::from_hours(24),
    }
}

pub(crate) fn new_user(name: &str) -> NewUser {
    NewUser {
        id: UserId::new(now(), random()),
        email: format!("{name}@example.org").parse().unwrap(),
        name: name.parse().unwrap(),
        password_hash: Secret::new("$argon2id$1".to_owned()),
    }
}

/// The first administrator.
pub(crate) async fn ann(site: &Site) -> User {
    assert!(site.system().make_welcome(&acme(), new_link(1), now()).await.unwrap());
    site.system().accept_invitation(link(1), new_user("ann"), now()).await.unwrap()
}

/// A member with a role.
pub(crate) async fn member(site: &Site, by: &User, name: &str, role: MemberRole) -> User {
    let number = name.bytes().next().unwrap();
    site.acme().invite(new_link(number), role, by, now()).await.unwrap();
    site.system().accept_invitation(link(number), new_user(name), now()).await.unwrap()
}

pub(crate) async fn a_welcome_works_once_and_while_nobody_is_there(site: Site) {
    let system = site.system();
    assert!(!system.has_users().await.unwrap());
    assert!(system.make_welcome(&acme(), new_link(1), now()).await.unwrap());
    assert!(system.make_welcome(&acme(), new_link(2), now()).await.unwrap());
    let offered = async |number, at: Timestamp| system.invitation(link(number), at).await.unwrap();
    assert!(offered(1, now()).await.is_none(), "the one before works no more");
    assert!(offered(2, now() + SignedDuration::from_hours(24)).await.is_none(), "expired");
    let offer = offered(2, now()).await.unwrap();
    assert_eq!((offer.role, offer.makes_operator), (MemberRole::Admin, true));
    let ann = system.accept_invitation(link(2), new_user("ann"), now()).await.unwrap();
    assert!(ann.is_operator && system.has_users().await.unwrap());
    assert_eq!(site.acme().role_of(ann.id).await.unwrap(), Some(MemberRole::Admin));
    let again = system.accept_invitation(link(2), new_user("bob"), now()).await;
    assert!(matches!(again, Err(Error::NotFound { what: "invitation" })));
    assert!(!system.make_welcome(&acme(), new_link(3), now()).await.unwrap());
    assert!(offered(3, now()).await.is_none());
}

pub(crate) async fn an_invitation_makes_a_member(site: Site) {
    let ann = ann(&site).await;
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    assert!(!bob.is_operator);
    assert_eq!(site.acme().role_of(bob.id).await.unwrap(), Some(MemberRole::Viewer));
    site.acme().invite(new_link(9), MemberRole::Analyst, &ann, now()).await.unwrap();
    assert_eq!(site.acme().open_invitations(now()).await.unwrap().len(), 1);
    let twin = site.system().accept_invitation(link(9), new_user("bob"), now()).await;
    assert!(matches!(twin, Err(Error::Conflict { what: "user" })), "the address is taken");
    site.system().join_by_invitation(link(9), &bob, now()).await.unwrap();
    assert_eq!(site.acme().role_of(bob.id).await.unwrap(), Some(MemberRole::Analyst));
    assert!(site.acme().open_invitations(now()).await.unwrap().is_empty());
    let members = site.acme().members().await.unwrap();
    let members: Vec<_> =
        members.iter().map(|member| (member.user.name.as_str(), member.role)).collect();
    assert_eq!(members, [("ann", MemberRole::Admin), ("bob", MemberRole::Analyst)]);
}

pub(crate) async fn two_take_one_link_and_one_is_too_late(site: Site) {
    assert!(site.system().make_welcome(&acme(), new_link(1), now()).await.unwrap());
    let system = site.system();
    let take = |name: &'static str| system.accept_invitation(link(1), new_user(name), now());
    let (one, two) = tokio::join!(take("ann"), take("bob"));
    assert!(one.is_ok() != two.is_ok());
}
