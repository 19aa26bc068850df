//! Users: what proves who they are, and what they may do.

use std::collections::BTreeMap;

use domain::{MemberRole, Membership, OfferedRole, Secret, SessionId, UnitName, UserId};
use store::{Error, NewTotp, TokenRecord, User};

use crate::cases::invitations::{address, ann, link, member, new_link, new_user};
use crate::cases::sessions::{LIMITS, cookie, new_session};
use crate::site::{Site, acme, now, random, scope, token_record, unit};

pub(crate) async fn what_proves_a_user_changes(site: Site) {
    let system = site.system();
    let ann = ann(&site).await;
    let person = system.person_by_email(&ann.email).await.unwrap().unwrap();
    assert_eq!(
        (person.user, person.password_hash.unwrap().expose().as_str()),
        (ann.clone(), "$argon2id$1")
    );
    assert!(person.totp_secret.is_none());
    system.set_password(&ann, &Secret::new("$argon2id$2".to_owned()), now()).await.unwrap();
    system.set_totp(&ann, &new_totp(4), SessionId::new(now(), random()), now()).await.unwrap();
    let person = system.person(ann.id).await.unwrap().unwrap();
    assert_eq!(person.password_hash.unwrap().expose(), "$argon2id$2");
    assert_eq!(person.totp_secret.unwrap().expose(), "JBSW");
    for (step, is_fresh) in [(4, false), (5, true), (5, false), (4, false), (6, true)] {
        assert_eq!(system.use_totp_step(ann.id, step).await.unwrap(), is_fresh, "{step}");
    }
    for (code, is_fresh) in [(1, true), (1, false), (3, false), (2, true)] {
        assert_eq!(system.use_recovery_code(&ann, link(code), now()).await.unwrap(), is_fresh);
    }
    system.set_recovery_codes(&ann, &[link(4)], now()).await.unwrap();
    assert_eq!(system.recovery_codes_left(ann.id).await.unwrap(), 1);
    system.clear_totp(&ann, now()).await.unwrap();
    assert_eq!(system.recovery_codes_left(ann.id).await.unwrap(), 0);
    assert!(system.person(ann.id).await.unwrap().unwrap().totp_secret.is_none());
    assert!(system.person_by_email(&"bob@example.org".parse().unwrap()).await.unwrap().is_none());
    let units = system.reachable_units(ann.id).await.unwrap();
    assert_eq!((units.len(), &units[0].unit.name, units[0].role), (1, &unit(), MemberRole::Admin));
}

pub(crate) async fn somebody_is_left_who_sets_up(site: Site) {
    let ann = ann(&site).await;
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    let (acme, by) = (site.acme(), ann.email.as_str());
    for role in [Some(MemberRole::Viewer), Some(MemberRole::Analyst), None] {
        let last = acme.set_role(ann.id, role, by, now()).await;
        assert!(matches!(last, Err(Error::Illegal { .. })), "{role:?}");
        assert_eq!(acme.membership_of(ann.id).await.unwrap().everywhere, Some(MemberRole::Admin));
    }
    let lowered = acme.make_member(ann.id, MemberRole::Viewer, "operator", now()).await;
    assert!(matches!(lowered, Err(Error::Illegal { .. })));
    let disabled = site.system().disable_user(&ann, "operator", now()).await;
    assert!(matches!(disabled, Err(Error::Illegal { .. })));
    acme.set_role(bob.id, Some(MemberRole::Admin), by, now()).await.unwrap();
    acme.set_role(ann.id, None, bob.email.as_str(), now()).await.unwrap();
    assert_eq!(acme.membership_of(ann.id).await.unwrap().everywhere, None);
    let gone = acme.set_role(ann.id, Some(MemberRole::Viewer), by, now()).await;
    assert!(matches!(gone, Err(Error::NotFound { what: "member" })));
    assert_eq!(acme.membership_of(ann.id).await.unwrap().everywhere, None, "nothing was written");
    acme.make_member(ann.id, MemberRole::Admin, "operator", now()).await.unwrap();
    // Who may not sign in is none who is left.
    assert!(site.system().disable_user(&bob, "operator", now()).await.unwrap());
    let last = acme.set_role(ann.id, None, by, now()).await;
    assert!(matches!(last, Err(Error::Illegal { .. })));
}

/// What is counted by one while another changes it: some rounds, as one may come out right by chance.
pub(crate) async fn two_admins_at_once_leave_one(site: Site) {
    let ann = ann(&site).await;
    let bob = member(&site, &ann, "bob", MemberRole::Admin).await;
    let (acme, system) = (site.acme(), site.system());
    for round in 0..8 {
        let lower = |user: &User| {
            let (id, role) = (user.id, (round % 2 == 0).then_some(MemberRole::Viewer));
            let acme = acme.clone();
            async move { acme.set_role(id, role, "operator", now()).await.is_ok() }
        };
        let (one, two) = tokio::join!(lower(&ann), lower(&bob));
        assert!(one != two, "round {round}: {one} {two}");
        for user in [&ann, &bob] {
            acme.make_member(user.id, MemberRole::Admin, "operator", now()).await.unwrap();
        }
        let disable = |user| system.disable_user(user, "operator", now());
        let (one, two) = tokio::join!(disable(&ann), disable(&bob));
        assert!(one.is_ok() != two.is_ok(), "round {round}: {one:?} {two:?}");
        for user in [&ann, &bob] {
            system.enable_user(user, "operator", now()).await.unwrap();
        }
    }
    assert_eq!(acme.members().await.unwrap().len(), 2);
}

pub(crate) async fn accounts_are_listed_with_what_they_may(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    let globex = "globex".parse().unwrap();
    system.add_customer(&globex, now()).await.unwrap();
    let store = site.store.customer(&globex);
    store.make_member(bob.id, MemberRole::Admin, "operator", now()).await.unwrap();
    store.make_member(ann.id, MemberRole::Viewer, "operator", now()).await.unwrap();
    assert!(system.disable_user(&ann, "operator", now()).await.is_err(), "acme's last admin");
    acme_admin(&site, &bob).await;
    assert!(system.disable_user(&ann, "operator", now()).await.unwrap());
    assert!(!system.disable_user(&ann, "operator", now()).await.unwrap(), "she was before");
    let listed: Vec<_> = system
        .accounts()
        .await
        .unwrap()
        .into_iter()
        .map(|account| {
            (account.user.email, account.user.disabled_at.is_some(), account.memberships)
        })
        .collect();
    let both = |here, there| {
        let (here, there) = (Membership::everywhere(here), Membership::everywhere(there));
        BTreeMap::from([(acme(), here), (globex.clone(), there)])
    };
    let (admin, viewer) = (MemberRole::Admin, MemberRole::Viewer);
    let expected = [(ann.email, true, both(admin, viewer)), (bob.email, false, both(admin, admin))];
    assert_eq!(listed, expected);
}

async fn acme_admin(site: &Site, user: &User) {
    site.acme().make_member(user.id, MemberRole::Admin, "operator", now()).await.unwrap();
}

pub(crate) async fn whoever_leaves_is_signed_out(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    let is_signed_in =
        async |number| system.session(cookie(number), LIMITS, now()).await.unwrap().is_some();
    for (number, user) in [(1, &ann), (2, &bob)] {
        system.begin_session(user, new_session(number), now()).await.unwrap();
    }
    site.acme().set_role(bob.id, Some(MemberRole::Admin), "operator", now()).await.unwrap();
    assert!(is_signed_in(2).await, "another role takes effect with the next page");
    site.acme().set_role(bob.id, None, "operator", now()).await.unwrap();
    assert!(!is_signed_in(2).await && is_signed_in(1).await);
    assert!(system.disable_user(&bob, "operator", now()).await.unwrap());
    system.begin_session(&bob, new_session(3), now()).await.unwrap();
    assert!(!is_signed_in(3).await, "whoever may not sign in has no session");
    assert!(system.enable_user(&bob, "operator", now()).await.unwrap());
    assert!(is_signed_in(3).await);
}

pub(crate) async fn the_tokens_of_whoever_leaves_are_named(site: Site) {
    let system = site.system();
    let made = |made_by: &str| TokenRecord {
        made_by: Some(made_by.to_owned()),
        ..token_record(scope(acme()))
    };
    let (hers, revoked, his) = (made("ann@example.org"), made("ann@example.org"), made("bob"));
    for token in [&hers, &revoked, &his] {
        system.add_token(token).await.unwrap();
    }
    system.revoke_token(revoked.id, "operator", now()).await.unwrap();
    let of = async |customer: &str, at| {
        let customer = customer.parse().unwrap();
        let tokens =
            system.working_tokens_of(Some(&customer), "ann@example.org", at).await.unwrap();
        tokens.into_iter().map(|token| token.id).collect::<Vec<_>>()
    };
    assert_eq!(of("acme", now()).await, [hers.id]);
    assert_eq!(of("acme", hers.expires_at).await, []);
    assert_eq!(of("globex", now()).await, []);
}

fn new_totp(step: i64) -> NewTotp {
    NewTotp { secret: Secret::new("JBSW".to_owned()), step, recovery_codes: vec![link(1), link(2)] }
}

pub(crate) async fn a_role_in_a_unit_is_of_that_unit(site: Site) {
    let (system, acme, ann) = (site.system(), site.acme(), ann(&site).await);
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    let uk: UnitName = "uk".parse().unwrap();
    system.add_unit(&crate::site::acme(), &uk, "operator", now()).await.unwrap();
    let roles = async |user: UserId| {
        let units = system.reachable_units(user).await.unwrap();
        units.into_iter().map(|unit| (unit.unit.name.to_string(), unit.role)).collect::<Vec<_>>()
    };
    let own = |unit: &str, role| (unit.to_owned(), role);
    let set = async |user: UserId, unit: &UnitName, role| {
        acme.set_unit_role(user, unit, role, "operator", now()).await
    };
    set(bob.id, &uk, Some(MemberRole::Analyst)).await.unwrap();
    let expected = [own("acme", MemberRole::Viewer), own("uk", MemberRole::Analyst)];
    assert_eq!(roles(bob.id).await, expected);
    // Without the role for all units, the others are no more his.
    acme.set_role(bob.id, None, "operator", now()).await.unwrap();
    assert_eq!(roles(bob.id).await, [own("uk", MemberRole::Analyst)]);
    let members = acme.members().await.unwrap();
    assert_eq!(members.len(), 2, "{members:?}");
    assert_eq!(members[1].membership, acme.membership_of(bob.id).await.unwrap());
    let accounts = system.accounts().await.unwrap();
    assert_eq!(accounts[1].memberships[&crate::site::acme()], members[1].membership);
    for (user, unit, why) in [
        (bob.id, "nosuch", "no such unit"),
        (ann.id, "uk", "an admin has each unit"),
        (UserId::new(now(), random()), "uk", "nobody"),
    ] {
        let role = Some(MemberRole::Viewer);
        assert!(set(user, &unit.parse().unwrap(), role).await.is_err(), "{why}");
    }
    // What was the last of all ends the sessions.
    system.begin_session(&bob, new_session(7), now()).await.unwrap();
    set(bob.id, &uk, None).await.unwrap();
    assert!(acme.membership_of(bob.id).await.unwrap().is_empty());
    assert!(system.session(cookie(7), LIMITS, now()).await.unwrap().is_none());
    assert!(matches!(set(bob.id, &uk, None).await, Err(Error::NotFound { what: "member" })));

    let offered = OfferedRole { role: MemberRole::Admin, unit: Some(uk.clone()) };
    acme.make_member(bob.id, offered, "operator", now()).await.unwrap();
    let demoted = acme.set_role(ann.id, Some(MemberRole::Viewer), "operator", now()).await;
    assert!(matches!(demoted, Err(Error::Illegal { .. })), "an admin of a unit is none of all");
    acme.make_member(bob.id, MemberRole::Admin, "operator", now()).await.unwrap();
    let bobs = acme.membership_of(bob.id).await.unwrap();
    assert_eq!(bobs, Membership::everywhere(MemberRole::Admin), "one for all units is enough");
    acme.remove_member(bob.id, "operator", now()).await.unwrap();
    assert!(acme.membership_of(bob.id).await.unwrap().is_empty());
}

pub(crate) async fn an_invitation_is_for_its_unit(site: Site) {
    let (system, acme, ann) = (site.system(), site.acme(), ann(&site).await);
    let uk: UnitName = "uk".parse().unwrap();
    let offered = OfferedRole { role: MemberRole::Auditor, unit: Some(uk.clone()) };
    let by = ann.email.as_str();
    let invite = async |number| {
        let address = address("bob");
        acme.invite(new_link(number), Some(&address), offered.clone(), by, now()).await
    };
    assert!(matches!(invite(7).await, Err(Error::NotFound { what: "unit" })));
    system.add_unit(&crate::site::acme(), &uk, "operator", now()).await.unwrap();
    invite(7).await.unwrap();
    assert_eq!(acme.open_invitations(now()).await.unwrap()[0].unit, Some(uk.clone()));
    let bob = system.accept_invitation(link(7), new_user("bob"), now()).await.unwrap();
    let membership = acme.membership_of(bob.id).await.unwrap();
    assert_eq!((membership.everywhere, membership.in_unit(&uk)), (None, Some(MemberRole::Auditor)));
    invite(8).await.unwrap();
    let again = system.join_by_invitation(link(8), &bob, now()).await;
    assert!(matches!(again, Err(Error::Illegal { .. })), "{again:?}");
}

pub(crate) async fn all_roles_of_somebody_are_set_at_once(site: Site) {
    use MemberRole::{Admin, Analyst, Viewer};
    let (system, acme, ann) = (site.system(), site.acme(), ann(&site).await);
    let bob = member(&site, &ann, "bob", Viewer).await;
    let uk: UnitName = "uk".parse().unwrap();
    system.add_unit(&crate::site::acme(), &uk, "operator", now()).await.unwrap();
    let of = |everywhere, in_uk: Option<MemberRole>| Membership {
        everywhere,
        units: in_uk.map(|role| (uk.clone(), role)).into_iter().collect(),
    };
    let set = async |wanted: &Membership| {
        acme.set_membership(bob.id, wanted, "identity provider", now()).await
    };
    system.begin_session(&bob, new_session(7), now()).await.unwrap();
    for (wanted, has_changed) in [
        (of(Some(Viewer), None), false),
        (of(None, Some(Analyst)), true),
        (of(None, Some(Analyst)), false),
        (of(Some(Viewer), Some(Admin)), true),
        (of(Some(Admin), None), true),
        (of(Some(Analyst), Some(Viewer)), true),
    ] {
        assert_eq!(set(&wanted).await.unwrap(), has_changed, "{wanted:?}");
        assert_eq!(acme.membership_of(bob.id).await.unwrap(), wanted);
    }
    // An admin of all units has none of their own, whatever is asked for beside it.
    set(&of(Some(Admin), Some(Viewer))).await.unwrap();
    assert_eq!(acme.membership_of(bob.id).await.unwrap(), of(Some(Admin), None));
    let nowhere =
        Membership { everywhere: None, units: [("nosuch".parse().unwrap(), Viewer)].into() };
    assert!(matches!(set(&nowhere).await, Err(Error::NotFound { what: "unit" })));
    assert_eq!(acme.membership_of(bob.id).await.unwrap(), of(Some(Admin), None), "all or nothing");
    assert!(system.session(cookie(7), LIMITS, now()).await.unwrap().is_some());
    assert!(set(&Membership::default()).await.unwrap());
    assert!(
        system.session(cookie(7), LIMITS, now()).await.unwrap().is_none(),
        "no member any more"
    );
    let last =
        acme.set_membership(ann.id, &of(None, Some(Admin)), "identity provider", now()).await;
    assert!(matches!(last, Err(Error::Illegal { .. })), "{last:?}");
}
