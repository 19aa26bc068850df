//! Links by which a forgotten password is chosen anew.

use domain::{MemberRole, Secret, SessionId};
use jiff::SignedDuration;
use store::ResetScope::{self, Password, PasswordAndCodes};
use store::{Error, NewPasswordLink, NewTotp, NewUser, OperatorChange, User};

use crate::cases::invitations::{ann, link, member, new_user};
use crate::cases::sessions::{LIMITS, cookie, new_session};
use crate::site::{Site, now, random};

fn new_link(number: u8, scope: ResetScope) -> NewPasswordLink {
    let expires_at = now() + SignedDuration::from_hours(24);
    NewPasswordLink { secret_hash: link(number), scope, expires_at }
}

fn hash(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

async fn turn_on_totp(site: &Site, user: &User) {
    let new = NewTotp { secret: hash("JBSW"), step: 1, recovery_codes: vec![link(1)] };
    let kept = SessionId::new(now(), random());
    site.system().set_totp(user, &new, kept, now()).await.unwrap();
}

pub(crate) async fn a_forgotten_password_is_chosen_anew(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    turn_on_totp(&site, &ann).await;
    system.begin_session(&ann, new_session(1), now()).await.unwrap();
    let person = async || system.person(ann.id).await.unwrap().unwrap();
    let works = async |number, hours| {
        let at = now() + SignedDuration::from_hours(hours);
        system.password_link(link(number), at).await.unwrap().is_some()
    };
    system.make_password_link(ann.id, new_link(1, Password), "operator", now()).await.unwrap();
    system.make_password_link(ann.id, new_link(2, Password), "operator", now()).await.unwrap();
    assert!(!works(1, 0).await, "the one before works no more");
    assert!(works(2, 23).await && !works(2, 24).await);
    let is_signed_in = async || system.session(cookie(1), LIMITS, now()).await.unwrap().is_some();
    assert!(is_signed_in().await, "a link that is not used changes nothing");
    system.use_password_link(link(2), &hash("$argon2id$2"), now()).await.unwrap();
    assert_eq!(person().await.password_hash.unwrap().expose(), "$argon2id$2");
    assert!(person().await.totp_secret.is_some(), "the code is asked for as before");
    assert!(!is_signed_in().await);
    let again = system.use_password_link(link(2), &hash("$argon2id$3"), now()).await;
    assert!(matches!(again, Err(Error::NotFound { what: "link" })), "{again:?}");

    system
        .make_password_link(ann.id, new_link(3, PasswordAndCodes), "operator", now())
        .await
        .unwrap();
    system.use_password_link(link(3), &hash("$argon2id$3"), now()).await.unwrap();
    assert!(person().await.totp_secret.is_none());
    assert_eq!(system.recovery_codes_left(ann.id).await.unwrap(), 0);
}

pub(crate) async fn two_use_one_password_link_and_one_is_too_late(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    system.make_password_link(ann.id, new_link(2, Password), "operator", now()).await.unwrap();
    let (first, second) = (hash("$argon2id$2"), hash("$argon2id$3"));
    let (one, two) = tokio::join!(
        system.use_password_link(link(2), &first, now()),
        system.use_password_link(link(2), &second, now())
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

pub(crate) async fn whatever_else_ends_a_password_link(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    let globex = "globex".parse().unwrap();
    system.add_customer(&globex, now()).await.unwrap();
    let globex = site.store.customer(&globex);
    for what in ["another password", "disabled", "another customer"] {
        site.acme()
            .make_password_link(bob.id, new_link(9, PasswordAndCodes), "ann", now())
            .await
            .unwrap();
        assert!(system.password_link(link(9), now()).await.unwrap().is_some(), "{what}");
        match what {
            "another password" => system.set_password(&bob, &hash("$2"), now()).await.unwrap(),
            "disabled" => assert!(system.disable_user(&bob, "operator", now()).await.unwrap()),
            _ => globex.make_member(bob.id, MemberRole::Admin, "operator", now()).await.unwrap(),
        }
        let used = system.use_password_link(link(9), &hash("$3"), now()).await;
        assert!(matches!(used, Err(Error::NotFound { .. })), "{what}: {used:?}");
        if what == "disabled" {
            let made = system
                .make_password_link(bob.id, new_link(9, PasswordAndCodes), "ann", now())
                .await;
            assert!(matches!(made, Err(Error::Illegal { .. })), "{made:?}");
            assert!(system.enable_user(&bob, "operator", now()).await.unwrap());
        }
    }
}

/// An admin of one customer must not come into another by the account of somebody who belongs to both.
pub(crate) async fn an_admin_resets_accounts_of_their_own_customer(site: Site) {
    let (system, acme, ann) = (site.system(), site.acme(), ann(&site).await);
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    turn_on_totp(&site, &bob).await;
    acme.clear_totp(bob.id, "ann@example.org", now()).await.unwrap();
    assert!(system.person(bob.id).await.unwrap().unwrap().totp_secret.is_none());
    let made = acme.make_password_link(bob.id, new_link(9, Password), "ann", now()).await.unwrap();
    assert_eq!(made, bob);
    let globex = "globex".parse().unwrap();
    system.add_customer(&globex, now()).await.unwrap();
    let globex = site.store.customer(&globex);
    globex.make_member(bob.id, MemberRole::Viewer, "operator", now()).await.unwrap();
    for (user, why) in [(bob.id, "also of globex"), (ann.id, "the operator")] {
        let made = acme.make_password_link(user, new_link(9, Password), "ann", now()).await;
        assert!(matches!(made, Err(Error::Illegal { .. })), "{why}: {made:?}");
        let cleared = acme.clear_totp(user, "ann", now()).await;
        assert!(matches!(cleared, Err(Error::Illegal { .. })), "{why}: {cleared:?}");
    }
    let stranger = globex.make_password_link(ann.id, new_link(9, Password), "bob", now()).await;
    assert!(matches!(stranger, Err(Error::NotFound { what: "member" })), "{stranger:?}");
}

/// What an admin made of an account that was their customer's alone must not reach the whole server, nor what
/// an identity provider vouched for.
pub(crate) async fn whoever_is_to_run_the_server_begins_anew(site: Site) {
    let (system, acme, ann) = (site.system(), site.acme(), ann(&site).await);
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    acme.make_password_link(bob.id, new_link(9, PasswordAndCodes), "ann", now()).await.unwrap();
    system.begin_session(&bob, new_session(3), now()).await.unwrap();
    assert!(system.set_operator(&bob, OperatorChange::Promote, "operator", now()).await.unwrap());
    let used = system.use_password_link(link(9), &hash("$3"), now()).await;
    assert!(matches!(used, Err(Error::NotFound { .. })), "{used:?}");
    assert!(system.session(cookie(3), LIMITS, now()).await.unwrap().is_none(), "signed out");
    assert!(system.set_operator(&bob, OperatorChange::Demote, "operator", now()).await.unwrap());
    // Nothing but a password signs in whoever runs the server.
    let without = NewUser { password_hash: None, ..new_user("cleo") };
    let cleo = system.add_user(without, "identity provider", now()).await.unwrap();
    let promoted = system.set_operator(&cleo, OperatorChange::Promote, "operator", now()).await;
    assert!(matches!(promoted, Err(Error::Illegal { .. })), "{promoted:?}");
    assert!(!system.person(cleo.id).await.unwrap().unwrap().user.is_operator);
}
