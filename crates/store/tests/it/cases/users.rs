//! Users: what proves who they are, and what they may do.

use domain::{MemberRole, Secret};
use store::Error;

use crate::cases::invitations::{ann, member};
use crate::site::{Site, now, unit};

pub(crate) async fn what_proves_a_user_changes(site: Site) {
    let system = site.system();
    let ann = ann(&site).await;
    let person = system.person_by_email(&ann.email).await.unwrap().unwrap();
    assert_eq!((person.user, person.password_hash.expose().as_str()), (ann.clone(), "$argon2id$1"));
    assert!(person.totp_secret.is_none());
    system.set_password(&ann, &Secret::new("$argon2id$2".to_owned()), now()).await.unwrap();
    system.set_totp(&ann, Some(&Secret::new("JBSW".to_owned())), now()).await.unwrap();
    let person = system.person(ann.id).await.unwrap().unwrap();
    assert_eq!(person.password_hash.expose(), "$argon2id$2");
    assert_eq!(person.totp_secret.unwrap().expose(), "JBSW");
    for (step, is_fresh) in [(5, true), (5, false), (4, false), (6, true)] {
        assert_eq!(system.use_totp_step(ann.id, step).await.unwrap(), is_fresh, "{step}");
    }
    system.set_totp(&ann, None, now()).await.unwrap();
    assert!(system.person(ann.id).await.unwrap().unwrap().totp_secret.is_none());
    assert!(system.person_by_email(&"bob@example.org".parse().unwrap()).await.unwrap().is_none());
    let units = system.reachable_units(ann.id).await.unwrap();
    assert_eq!((units.len(), &units[0].unit.name, units[0].role), (1, &unit(), MemberRole::Admin));
}

pub(crate) async fn somebody_is_left_who_sets_up(site: Site) {
    let ann = ann(&site).await;
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    let acme = site.acme();
    let last = acme.set_role(ann.id, Some(MemberRole::Viewer), &ann, now()).await;
    assert!(matches!(last, Err(Error::Illegal { .. })));
    assert!(matches!(acme.set_role(ann.id, None, &ann, now()).await, Err(Error::Illegal { .. })));
    acme.set_role(bob.id, Some(MemberRole::Admin), &ann, now()).await.unwrap();
    acme.set_role(ann.id, None, &bob, now()).await.unwrap();
    assert_eq!(acme.role_of(ann.id).await.unwrap(), None);
    let gone = acme.set_role(ann.id, Some(MemberRole::Viewer), &bob, now()).await;
    assert!(matches!(gone, Err(Error::NotFound { what: "member" })));
}
