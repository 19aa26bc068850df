//! Roles in single units: who has them sees these units, and nothing of the others.

use domain::{AccessScope, MemberRole, OfferedRole, Role, UnitName};

use crate::browser::Browser;
use crate::desk::{Desk, checked, key, now};
use crate::workplace::acme;

const USERS: &str = "/settings/acme/users";

fn uk() -> UnitName {
    "uk".parse().unwrap()
}

fn of_uk(role: MemberRole) -> OfferedRole {
    OfferedRole { role, unit: Some(uk()) }
}

/// Acme with findings, and a unit beside the one that has them.
async fn desk() -> Desk {
    let desk = Desk::with(&checked(2)).await;
    let system = desk.app.store.system();
    system.add_unit(&acme(), &uk(), "operator", now()).await.unwrap();
    let title = "Head office of Acme".parse().unwrap();
    let store = desk.app.store.customer(&acme());
    store.set_unit_title(&acme().only_unit(), Some(&title), "operator", now()).await.unwrap();
    desk
}

#[tokio::test]
async fn who_has_a_unit_sees_nothing_of_the_others() {
    let desk = desk().await;
    Browser::ann(&desk).await;
    let mut uma = Browser::member(&desk, "uma@example.org", of_uk(MemberRole::Analyst)).await;
    assert_eq!(uma.get(&desk, "/").await.location(), "/at/acme/uk/");
    for path in ["/at/acme/uk/findings", "/at/acme/uk/overview", "/me", "/at/acme/uk/help"] {
        let page = uma.get(&desk, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            !page.text.contains("Head office") && !page.text.contains("/at/acme/acme"),
            "{path}"
        );
    }
    assert!(uma.get(&desk, "/me").await.text.contains("acme / uk"));
    // A unit that is there and one that is not are alike, and so are their findings.
    let made_up = uma.get(&desk, "/at/acme/nosuch/findings").await;
    for path in [
        "/at/acme/acme/findings".to_owned(),
        "/at/acme/acme/findings.csv".to_owned(),
        format!("/at/acme/acme/findings/{}", key(1)),
        format!("/at/acme/uk/findings/{}", key(1)),
    ] {
        let page = uma.get(&desk, &path).await;
        assert_eq!(page.status, 404, "{path}");
        if path.contains("/acme/acme/") {
            assert_eq!(page.text, made_up.text, "{path}");
        }
        assert!(!page.text.contains("Head office") && !page.text.contains("Invoice 1"), "{path}");
    }
    let settings = uma.get(&desk, USERS).await;
    assert_eq!(settings.status, 403);
    assert!(settings.text.contains("for some units"), "{}", settings.text);
}

#[tokio::test]
async fn a_role_in_a_unit_goes_before_that_for_all() {
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    let list = ann.get(&desk, USERS).await;
    let id = super::users::id_of(&list, "bob@example.org").to_owned();
    let send = "/uploads/send";
    let reached = async |bob: &mut Browser| {
        let here = bob.get(&desk, &format!("/at/acme/acme{send}")).await.status.as_u16();
        (here, bob.get(&desk, &format!("/at/acme/uk{send}")).await.status.as_u16())
    };
    assert_eq!(reached(&mut bob).await, (403, 403));
    let mut set = async |below: &str, unit: &str, role: &str| {
        let fields = [("user", id.as_str()), ("unit", unit), ("role", role)];
        ann.post(&desk, &format!("{USERS}/{below}"), &fields).await
    };
    assert_eq!(set("unit-role", "uk", "analyst").await.status, 303);
    assert_eq!(reached(&mut bob).await, (403, 200));
    assert_eq!(set("role", "", "analyst").await.status, 303);
    assert_eq!(set("unit-role", "acme", "viewer").await.status, 303);
    assert_eq!(reached(&mut bob).await, (403, 200), "a lower one as well");
    assert_eq!(set("role", "", "none").await.status, 303);
    assert_eq!(set("unit-role", "acme", "none").await.status, 303);
    assert_eq!(reached(&mut bob).await, (404, 200), "units only");
    assert_eq!(set("unit-role", "nosuch", "viewer").await.status, 404);
    assert_eq!(set("unit-role", "uk", "king").await.status, 409);
    let list = set("unit-role", "uk", "none").await;
    assert_eq!(list.location(), format!("{USERS}?left={id}&said=role-changed"));
    assert_eq!(bob.get(&desk, "/me").await.status, 303, "no member any more, and signed out");
}

#[tokio::test]
async fn findings_go_to_who_decides_in_the_unit() {
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    Browser::member(&desk, "uma@example.org", of_uk(MemberRole::Analyst)).await;
    let here = OfferedRole { role: MemberRole::Analyst, unit: Some(acme().only_unit()) };
    Browser::member(&desk, "here@example.org", here).await;
    let page = ann.get(&desk, &format!("/at/acme/acme/findings/{}", key(1))).await;
    assert!(page.text.contains("here@example.org") && !page.text.contains("uma@example.org"));
    let path = format!("/at/acme/acme/findings/{}/assign", key(1));
    let given = ann.post(&desk, &path, &[("assignee", "uma@example.org")]).await;
    assert_eq!(given.status, 409, "{}", given.text);
    let given = ann.post(&desk, &path, &[("assignee", "here@example.org")]).await;
    assert_eq!(given.status, 303, "{}", given.text);
}

#[tokio::test]
async fn an_admin_of_a_unit_makes_tokens_for_it_only() {
    const TOKENS: &str = "/settings/acme/tokens";
    let desk = desk().await;
    let mut ann = Browser::ann(&desk).await;
    let made = [("label", "whole office"), ("role", "viewer"), ("period", "30")];
    assert_eq!(ann.post(&desk, TOKENS, &made).await.status, 200);
    let mut uma = Browser::member(&desk, "uma@example.org", of_uk(MemberRole::Admin)).await;
    let page = uma.get(&desk, TOKENS).await;
    assert_eq!(page.status, 200);
    for hidden in ["whole office", "Head office", "/settings/acme/users"] {
        assert!(!page.text.contains(hidden), "{hidden} {}", page.text);
    }
    let make = async |uma: &mut Browser, unit: &str| {
        let fields = [("label", "x"), ("role", "viewer"), ("period", "30"), ("unit", unit)];
        let fields = if unit.is_empty() { &fields[..3] } else { &fields };
        uma.post(&desk, TOKENS, fields).await
    };
    assert_eq!(make(&mut uma, "acme").await.status, 422, "not theirs");
    assert_eq!(make(&mut uma, "uk").await.status, 200);
    let made = make(&mut uma, "").await;
    let token = made.between("<code id=\"token\">", "</code>").unwrap().to_owned();
    let of_uk = desk
        .send(
            http::Method::GET,
            "/customers/acme/units/uk/findings",
            &[("Authorization", &format!("Bearer {token}"))],
            "",
        )
        .await;
    assert_eq!(of_uk.status, 200);
    assert_eq!(desk.get(&token, "findings").await.status, 403, "without a tick, it is for uk only");
    let scope = AccessScope { customer: acme(), units: None, types: None };
    desk.token_for(scope, Role::Viewer, "all").await;
    let tokens = desk.app.store.system().tokens(Some(&acme())).await.unwrap();
    for token in tokens {
        let expected = if token.scope.units == Some(vec![uk()]) { 303 } else { 404 };
        let id = token.id.to_string();
        let revoked = uma.post(&desk, &format!("{TOKENS}/revoke"), &[("token", &id)]).await;
        assert_eq!(revoked.status, expected, "{}", token.label);
    }
}
