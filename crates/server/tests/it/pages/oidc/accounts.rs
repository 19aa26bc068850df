//! Whose account it is, and what they may do.

use domain::{MemberRole, NewPassword};
use serde_json::json;
use server::sign_in::oidc::GroupRole;
use server::sign_in::{PasswordUse, password_hash};

use super::{desk, desk_with, is_signed_in, sign_in, sign_in_to};
use crate::browser::{Browser, PASSWORD};
use crate::desk::{Desk, now};
use crate::issuer::Issuer;
use crate::workplace::acme;

/// The role that a group has in acme: for all units, or for one.
fn of_group(group: &str, unit: Option<&str>, role: MemberRole) -> GroupRole {
    let unit = unit.map(|unit| unit.parse().unwrap());
    GroupRole { group: group.to_owned(), customer: acme(), unit, role }
}

async fn role_of(desk: &Desk, email: &str) -> Option<MemberRole> {
    let system = desk.app.store.system();
    let person = system.person_by_email(&email.parse().unwrap()).await.unwrap()?;
    desk.app.store.customer(&acme()).membership_of(person.user.id).await.unwrap().everywhere
}

#[tokio::test]
async fn an_account_is_found_by_a_verified_address_only() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk(&issuer).await;
    issuer.will_tell(json!({"sub": "sub-bob"}));
    for email in ["bob@example.org", "dis@example.org", "bob@other.example"] {
        Browser::member(&desk, email, MemberRole::Viewer).await;
    }
    let system = desk.app.store.system();
    let disabled = system.person_by_email(&"dis@example.org".parse().unwrap()).await.unwrap();
    system.disable_user(&disabled.unwrap().user, "operator", now()).await.unwrap();
    for (changes, said) in [
        (json!({"email_verified": false}), "was verified"),
        (json!({"email_verified": null}), "was verified"),
        (json!({"email_verified": "maybe"}), "was verified"),
        (json!({"email": null}), "what your e-mail address is"),
        (json!({"email": "no address"}), "what your e-mail address is"),
        (json!({"email": "bob@other.example"}), "may not speak for"),
        (json!({"email": "nobody@example.org"}), "Ask an admin of your organisation"),
        (json!({"email": "ann@example.org"}), "no provider signs it in"),
        (json!({"email": "dis@example.org"}), "is disabled"),
    ] {
        let mut browser = Browser::default();
        let page = sign_in(&mut browser, &desk, &issuer, &changes).await;
        assert!(page.status == 422 && page.text.contains(said), "{changes}: {}", page.text);
        assert!(!is_signed_in(&mut browser, &desk).await, "{changes}");
    }
    assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &json!({})).await.status, 303);
    // The address was given to somebody else there, who is not the same person.
    let heir = json!({"sub": "sub-heir"});
    let page = sign_in(&mut Browser::default(), &desk, &issuer, &heir).await;
    assert!(page.text.contains("bursard user unlink"), "{}", page.text);
}

#[tokio::test]
async fn a_provider_that_does_not_say_is_trusted_for_its_domains_where_an_operator_says_so() {
    let issuer = Issuer::start().await;
    let trusting = |settings: &mut server::sign_in::oidc::ProviderSettings| {
        settings.trusts_domains = true;
        settings.claims.email_verified = "xms_edov".to_owned();
    };
    let (desk, _ann) = desk_with(&issuer, trusting, PasswordUse::Everybody).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    let denied = json!({"xms_edov": false});
    assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &denied).await.status, 422);
    assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &json!({})).await.status, 303);
}

#[tokio::test]
async fn what_has_to_be_said_is_said() {
    let issuer = Issuer::start().await;
    let strict = |settings: &mut server::sign_in::oidc::ProviderSettings| {
        settings.required = [("hd".to_owned(), "example.org".to_owned())].into();
    };
    let (desk, _ann) = desk_with(&issuer, strict, PasswordUse::Everybody).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    for (changes, status) in [
        (json!({}), 422),
        (json!({"hd": "evil.example"}), 422),
        (json!({"hd": ["example.org"]}), 422),
        (json!({"hd": "example.org"}), 303),
    ] {
        let page = sign_in(&mut Browser::default(), &desk, &issuer, &changes).await;
        assert_eq!(page.status, status, "{changes}: {}", page.text);
    }
}

#[tokio::test]
async fn the_address_may_stand_at_the_userinfo_endpoint() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk(&issuer).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    let thin = json!({"email": null, "email_verified": null});
    issuer.will_tell(json!({"sub": "sub-eve", "email": "bob@example.org", "email_verified": true}));
    let page = sign_in(&mut Browser::default(), &desk, &issuer, &thin).await;
    assert!(page.status == 422 && page.text.contains("whom it is about"), "{}", page.text);
    issuer.will_tell(json!({"sub": "sub-bob", "email": "bob@example.org", "email_verified": true}));
    assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &thin).await.status, 303);
}

#[tokio::test]
async fn what_is_said_of_another_address_verifies_none() {
    let issuer = Issuer::start().await;
    let mapped = |settings: &mut server::sign_in::oidc::ProviderSettings| {
        settings.roles = vec![of_group("clerks", None, MemberRole::Analyst)];
    };
    let (desk, _ann) = desk_with(&issuer, mapped, PasswordUse::Everybody).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    // The groups are looked for at the userinfo endpoint, the address stands in the token.
    let of_token = json!({"email_verified": null});
    let told = |email: &serde_json::Value| json!({"sub": "sub-bob", "email": email, "email_verified": true, "groups": ["clerks"]});
    for elsewhere in [json!("robert@example.org"), json!(null)] {
        issuer.will_tell(told(&elsewhere));
        let page = sign_in(&mut Browser::default(), &desk, &issuer, &of_token).await;
        assert!(page.status == 422 && page.text.contains("was verified"), "{}", page.text);
    }
    issuer.will_tell(told(&json!("bob@example.org")));
    assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &of_token).await.status, 303);
}

#[tokio::test]
async fn groups_give_roles_and_take_them() {
    let issuer = Issuer::start().await;
    let mapped = |settings: &mut server::sign_in::oidc::ProviderSettings| {
        settings.roles = [("admins", MemberRole::Admin), ("clerks", MemberRole::Analyst)]
            .map(|(group, role)| of_group(group, None, role))
            .into();
    };
    let (desk, _ann) = desk_with(&issuer, mapped, PasswordUse::Everybody).await;
    issuer.will_tell(json!({"sub": "sub-bob"}));
    let bob = "bob@example.org";
    let nobody = sign_in(&mut Browser::default(), &desk, &issuer, &json!({})).await;
    assert!(nobody.text.contains("invite you"), "{}", nobody.text);
    assert_eq!(role_of(&desk, bob).await, None);
    for (groups, role) in [
        (json!(["clerks"]), Some(MemberRole::Analyst)),
        (json!(["clerks", "admins"]), Some(MemberRole::Admin)),
        (json!(["clerks"]), Some(MemberRole::Analyst)),
        (json!(["others"]), None),
    ] {
        let mut browser = Browser::default();
        let page = sign_in(&mut browser, &desk, &issuer, &json!({ "groups": groups })).await;
        assert_eq!(page.status == 303, role.is_some(), "{groups}: {}", page.text);
        assert_eq!(role_of(&desk, bob).await, role, "{groups}");
        assert_eq!(is_signed_in(&mut browser, &desk).await, role.is_some());
    }
    let too_many = json!({"_claim_names": {"groups": "src1"}});
    let page = sign_in(&mut Browser::default(), &desk, &issuer, &too_many).await;
    assert!(page.text.contains("more groups than Contoso sends"), "{}", page.text);
    let log = desk.audited().await;
    let given = log.iter().filter(|what| *what == "member.set_role").count();
    assert_eq!((given, log.iter().filter(|what| *what == "user.add").count()), (4, 1), "{log:?}");
}

#[tokio::test]
async fn groups_give_roles_in_units_and_take_what_was_given_by_hand() {
    let issuer = Issuer::start().await;
    let mapped = |settings: &mut server::sign_in::oidc::ProviderSettings| {
        settings.roles = vec![
            of_group("uk clerks", Some("uk"), MemberRole::Analyst),
            of_group("gone", Some("nosuch"), MemberRole::Admin),
            of_group("readers", None, MemberRole::Viewer),
        ];
    };
    let (desk, _ann) = desk_with(&issuer, mapped, PasswordUse::Everybody).await;
    issuer.will_tell(json!({"sub": "sub-bob"}));
    let (system, uk) = (desk.app.store.system(), "uk".parse().unwrap());
    system.add_unit(&acme(), &uk, "operator", now()).await.unwrap();
    let enter = async |groups: &[&str]| {
        let mut bob = Browser::default();
        let page = sign_in(&mut bob, &desk, &issuer, &json!({ "groups": groups })).await;
        let reached = async |bob: &mut Browser, unit: &str| {
            bob.get(&desk, &format!("/at/acme/{unit}/uploads/send")).await.status.as_u16()
        };
        (page.status.as_u16(), reached(&mut bob, "acme").await, reached(&mut bob, "uk").await)
    };
    assert_eq!(enter(&["uk clerks", "gone"]).await, (303, 404, 200), "nothing of the others");
    assert_eq!(enter(&["uk clerks", "readers"]).await, (303, 403, 200));
    assert_eq!(enter(&["readers"]).await, (303, 403, 403), "the role in the unit is gone");
    // What an admin has given by hand lasts until the next sign-in.
    let bob = system.person_by_email(&"bob@example.org".parse().unwrap()).await.unwrap();
    let (bob, store) = (bob.unwrap().user, desk.app.store.customer(&acme()));
    let by_hand = Some(MemberRole::Admin);
    store.set_unit_role(bob.id, &uk, by_hand, "ann@example.org", now()).await.unwrap();
    assert_eq!(enter(&[]).await, (422, 303, 303), "whoever left every group has nothing");
    assert!(store.membership_of(bob.id).await.unwrap().is_empty());
    desk.audited().await;
}

#[tokio::test]
async fn the_last_admin_stays_whatever_groups_say() {
    let issuer = Issuer::start().await;
    let mapped = |settings: &mut server::sign_in::oidc::ProviderSettings| {
        let customer = "globex".parse().unwrap();
        settings.roles =
            vec![GroupRole { customer, ..of_group("admins", None, MemberRole::Admin) }];
    };
    let (desk, _ann) = desk_with(&issuer, mapped, PasswordUse::Everybody).await;
    desk.add_customer("globex").await;
    issuer.will_tell(json!({"sub": "sub-bob"}));
    let admin = json!({"groups": ["admins"]});
    assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &admin).await.status, 303);
    assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &json!({})).await.status, 303);
    let globex = desk.app.store.customer(&"globex".parse().unwrap());
    assert_eq!(globex.members().await.unwrap()[0].membership.everywhere, Some(MemberRole::Admin));
}

#[tokio::test]
async fn passwords_can_be_for_operators_only() {
    let issuer = Issuer::start().await;
    let (desk, mut ann) = desk_with(&issuer, |_| {}, PasswordUse::Operators).await;
    let link = desk.invitation("acme", MemberRole::Analyst, "bob@example.org").await;
    let mut bob = Browser::default();
    let page = bob.get(&desk, &link).await;
    assert!(
        page.text.contains("Go on with Contoso") && !page.text.contains("new_password"),
        "{}",
        page.text
    );
    let fields = [("name", "Bob"), ("new_password", PASSWORD), ("new_password_again", PASSWORD)];
    assert_eq!(bob.post(&desk, &link, &fields).await.status, 409);
    // Whoever is not invited is nobody, invitation or not.
    let eve = json!({"sub": "sub-eve", "email": "eve@example.org"});
    let page = sign_in_to(&mut Browser::default(), &desk, &issuer, &eve, &link).await;
    assert!(page.text.contains("Ask an admin"), "{}", page.text);
    let page = sign_in_to(&mut bob, &desk, &issuer, &json!({}), &link).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/"), "{}", page.text);
    assert_eq!(role_of(&desk, "bob@example.org").await, Some(MemberRole::Analyst));
    let me = bob.get(&desk, "/me").await;
    assert!(
        me.text.contains("There is no password here") && !me.text.contains("/me/totp"),
        "{}",
        me.text
    );
    // A password that was chosen before signs nobody in but whoever runs the server.
    let form = Browser::default().get(&desk, "/sign-in").await;
    assert!(form.text.contains("only whoever runs this server"), "{}", form.text);
    let system = desk.app.store.system();
    let person =
        system.person_by_email(&"bob@example.org".parse().unwrap()).await.unwrap().unwrap();
    let password = NewPassword::new(PASSWORD.to_owned(), &[]).unwrap();
    let hash = password_hash::hash(password, &desk.app.randomness).await.unwrap();
    system.set_password(&person.user, &hash, now()).await.unwrap();
    assert_eq!(Browser::default().sign_in(&desk, "bob@example.org", PASSWORD).await.status, 422);
    ann.post(&desk, "/sign-out", &[]).await;
    assert_eq!(ann.sign_in(&desk, "ann@example.org", PASSWORD).await.status, 303);
}
