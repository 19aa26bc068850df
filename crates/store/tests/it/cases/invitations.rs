//! Links: the first administrator's, and those for members.

use domain::{EmailAddress, InvitationId, MemberRole, Secret, Sha256Digest, UserId};
use futures_util::future::join_all;
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
        email: address(name),
        name: name.parse().unwrap(),
        password_hash: Some(Secret::new("$argon2id$1".to_owned())),
    }
}

/// The first administrator.
pub(crate) async fn ann(site: &Site) -> User {
    assert!(site.system().make_welcome(&acme(), new_link(1), now()).await.unwrap());
    site.system().accept_invitation(link(1), new_user("ann"), now()).await.unwrap()
}

pub(crate) fn address(name: &str) -> EmailAddress {
    format!("{name}@example.org").parse().unwrap()
}

async fn invite(site: &Site, number: u8, name: &str, role: MemberRole, by: &User) {
    let (new, by) = (new_link(number), by.email.as_str());
    site.acme().invite(new, Some(&address(name)), role, by, now()).await.unwrap();
}

/// A member with a role.
pub(crate) async fn member(site: &Site, by: &User, name: &str, role: MemberRole) -> User {
    let number = name.bytes().next().unwrap();
    invite(site, number, name, role, by).await;
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
    assert_eq!(
        site.acme().membership_of(ann.id).await.unwrap().everywhere,
        Some(MemberRole::Admin)
    );
    let again = system.accept_invitation(link(2), new_user("bob"), now()).await;
    assert!(matches!(again, Err(Error::NotFound { what: "invitation" })));
    assert!(!system.make_welcome(&acme(), new_link(3), now()).await.unwrap());
    assert!(offered(3, now()).await.is_none());
}

pub(crate) async fn an_invitation_makes_a_member(site: Site) {
    let ann = ann(&site).await;
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    assert!(!bob.is_operator);
    assert_eq!(
        site.acme().membership_of(bob.id).await.unwrap().everywhere,
        Some(MemberRole::Viewer)
    );
    invite(&site, 9, "bob", MemberRole::Analyst, &ann).await;
    assert_eq!(site.acme().open_invitations(now()).await.unwrap().len(), 1);
    let twin = site.system().accept_invitation(link(9), new_user("bob"), now()).await;
    assert!(matches!(twin, Err(Error::Conflict { what: "user" })), "the address is taken");
    site.system().join_by_invitation(link(9), &bob, now()).await.unwrap();
    assert_eq!(
        site.acme().membership_of(bob.id).await.unwrap().everywhere,
        Some(MemberRole::Analyst)
    );
    assert!(site.acme().open_invitations(now()).await.unwrap().is_empty());
    let members = site.acme().members().await.unwrap();
    let members: Vec<_> = members
        .iter()
        .map(|member| (member.user.name.as_str(), member.membership.everywhere))
        .collect();
    assert_eq!(members, [("ann", Some(MemberRole::Admin)), ("bob", Some(MemberRole::Analyst))]);
}

pub(crate) async fn an_invitation_is_for_its_address(site: Site) {
    let ann = ann(&site).await;
    let viv = member(&site, &ann, "viv", MemberRole::Viewer).await;
    invite(&site, 9, "bob", MemberRole::Admin, &ann).await;
    let offer = site.system().invitation(link(9), now()).await.unwrap().unwrap();
    assert_eq!(offer.email, Some(address("bob")));
    let other = site.system().accept_invitation(link(9), new_user("eve"), now()).await;
    assert!(matches!(other, Err(Error::NotFound { what: "invitation" })), "{other:?}");
    let other = site.system().join_by_invitation(link(9), &viv, now()).await;
    assert!(matches!(other, Err(Error::NotFound { what: "invitation" })), "{other:?}");
    assert_eq!(
        site.acme().membership_of(viv.id).await.unwrap().everywhere,
        Some(MemberRole::Viewer)
    );
    site.system().accept_invitation(link(9), new_user("bob"), now()).await.unwrap();
    // The first admin of a further customer is whoever holds its link.
    site.system().add_customer(&"globex".parse().unwrap(), now()).await.unwrap();
    let globex = site.store.customer(&"globex".parse().unwrap());
    globex.invite(new_link(10), None, MemberRole::Admin, "operator", now()).await.unwrap();
    let eve = site.system().accept_invitation(link(10), new_user("eve"), now()).await.unwrap();
    assert_eq!(globex.membership_of(eve.id).await.unwrap().everywhere, Some(MemberRole::Admin));
    assert_eq!(site.acme().membership_of(eve.id).await.unwrap().everywhere, None);
}

pub(crate) async fn an_invitation_lowers_no_role(site: Site) {
    let ann = ann(&site).await;
    for role in MemberRole::ALL {
        invite(&site, 9, "ann", role, &ann).await;
        let joined = site.system().join_by_invitation(link(9), &ann, now()).await;
        assert!(matches!(joined, Err(Error::Illegal { .. })), "{joined:?}");
        assert_eq!(
            site.acme().membership_of(ann.id).await.unwrap().everywhere,
            Some(MemberRole::Admin)
        );
        let open = site.acme().open_invitations(now()).await.unwrap();
        assert_eq!(open.len(), 1, "it was not used up");
        site.acme().withdraw_invitation(open[0].id, &ann, now()).await.unwrap();
    }
}

pub(crate) async fn six_take_one_link_and_five_are_too_late(site: Site) {
    assert!(site.system().make_welcome(&acme(), new_link(1), now()).await.unwrap());
    let system = site.system();
    let names = ["ann", "bob", "cid", "dee", "eve", "fay"];
    let take = |name: &'static str| system.accept_invitation(link(1), new_user(name), now());
    let taken = join_all(names.map(take)).await;
    assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 1, "{taken:?}");
    assert_eq!(site.acme().members().await.unwrap().len(), 1);
    // The one who came in adds five, and all six hold one link to another customer.
    let first = site.acme().members().await.unwrap().remove(0).user;
    let mut users = vec![first.clone()];
    for name in names.into_iter().filter(|name| address(name) != first.email) {
        users.push(member(&site, &first, name, MemberRole::Viewer).await);
    }
    let globex = "globex".parse().unwrap();
    system.add_customer(&globex, now()).await.unwrap();
    let globex = site.store.customer(&globex);
    globex.invite(new_link(2), None, MemberRole::Admin, "operator", now()).await.unwrap();
    let join = |user| system.join_by_invitation(link(2), user, now());
    let joined = join_all(users.iter().map(join)).await;
    assert_eq!(joined.iter().filter(|joined| joined.is_ok()).count(), 1, "{joined:?}");
    assert_eq!(globex.members().await.unwrap().len(), 1);
}
