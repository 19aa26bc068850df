//! The end of a unit, a customer and an account by pages: looked at, typed, gone.

use domain::{AccessScope, MemberRole, Role};
use store::OperatorChange;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key, now};
use crate::workplace::acme;

const UNITS: &str = "/settings/acme/units";
const USERS: &str = "/settings/acme/users";

#[tokio::test]
async fn a_unit_is_erased_by_its_name() {
    let desk = Desk::with(&checked(2)).await;
    let mut ann = Browser::ann(&desk).await;
    assert!(!ann.get(&desk, UNITS).await.text.contains("units/erase"), "it is the only one");
    let only = ann.get(&desk, &format!("{UNITS}/erase?unit=acme")).await;
    assert!(only.text.contains("It is the only unit of its customer"), "{}", only.text);
    ann.post(&desk, UNITS, &[("name", "uk")]).await;
    let looked = ann.get(&desk, &format!("{UNITS}/erase?unit=acme")).await;
    for said in ["3 findings with their histories", "What stays, and why", "name=\"typed\""] {
        assert!(looked.text.contains(said), "{said} {}", looked.text);
    }
    let erase = format!("{UNITS}/erase");
    let wrong = ann.post(&desk, &erase, &[("unit", "acme"), ("typed", "uk")]).await;
    assert!(wrong.status == 422 && wrong.text.contains("Nothing was erased"), "{}", wrong.text);
    assert_eq!(ann.get(&desk, "/at/acme/acme/findings").await.status, 200);
    let erased = ann.post(&desk, &erase, &[("unit", "acme"), ("typed", "acme")]).await;
    assert_eq!(erased.location(), format!("{UNITS}?said=unit-erased"));
    assert_eq!(ann.get(&desk, "/at/acme/acme/findings").await.status, 404);
    assert!(desk.audited().await.contains(&"unit.erase".to_owned()));
}

#[tokio::test]
async fn an_account_is_erased_and_decisions_stay() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let finding = format!("/at/acme/acme/findings/{}", key(1));
    bob.post(&desk, &format!("{finding}/verdict"), &[("state", "duplicate")]).await;
    let users = ann.get(&desk, USERS).await;
    let user = users.between("users/erase?user=", "\"").unwrap().to_owned();
    let looked = ann.get(&desk, &format!("{USERS}/erase?user={user}")).await;
    for said in ["Erase the account of bob", "session", "Verdicts, comments, settings"] {
        assert!(looked.text.contains(said), "{said} {}", looked.text);
    }
    let erase = format!("{USERS}/erase");
    let fields = [("user", user.as_str()), ("typed", "bob")];
    assert_eq!(ann.post(&desk, &erase, &fields).await.status, 422);
    let fields = [("user", user.as_str()), ("typed", "bob@example.org")];
    let erased = ann.post(&desk, &erase, &fields).await;
    assert_eq!(erased.location(), format!("{USERS}?said=person-erased"));
    assert_eq!(bob.get(&desk, "/me").await.status, 303, "signed out");
    assert!(!ann.get(&desk, USERS).await.text.contains("bob@example.org"));
    let page = ann.get(&desk, &finding).await;
    assert!(page.text.contains("bob decided"), "{}", page.text);
    // Of who belongs to others as well, only whoever runs the server does.
    desk.add_customer("other").await;
    let mut cid = Browser::default();
    let link = desk.invitation("acme", MemberRole::Viewer, "cid@example.org").await;
    cid.accept(&desk, &link, "cid@example.org").await;
    let link = desk.invitation("other", MemberRole::Viewer, "cid@example.org").await;
    cid.get(&desk, &link).await;
    cid.post(&desk, &link, &[]).await;
    let users = ann.get(&desk, USERS).await;
    let user = users.between("users/erase?user=", "\"").unwrap().to_owned();
    let refused = ann.post(&desk, &erase, &[("user", &user), ("typed", "cid@example.org")]).await;
    assert!(refused.text.contains("belong to another organisation"), "{}", refused.text);
}

#[tokio::test]
async fn whoever_runs_the_server_erases_a_customer() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    desk.add_customer("other").await;
    let system = desk.app.store.system();
    let user = system.person_by_email(&"ann@example.org".parse().unwrap()).await.unwrap().unwrap();
    system.set_operator(&user.user, OperatorChange::Promote, "operator", now()).await.unwrap();
    let looked = ann.get(&desk, "/operator/erase?customer=acme").await;
    assert!(looked.text.contains("Erase the customer acme"), "{}", looked.text);
    let wrong = ann.post(&desk, "/operator/erase", &[("customer", "acme"), ("typed", "")]).await;
    assert_eq!(wrong.status, 422);
    let fields = [("customer", "acme"), ("typed", "acme")];
    let erased = ann.post(&desk, "/operator/erase", &fields).await;
    assert_eq!(erased.location(), "/operator?said=customer-erased");
    let page = ann.get(&desk, erased.location()).await;
    assert!(page.text.contains("other") && !page.text.contains("<b>acme</b>"), "{}", page.text);
    assert!(!desk.app.store.customer(&acme()).exists().await.unwrap());
}

#[tokio::test]
async fn programs_erase_a_unit_by_its_name() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    let scope = AccessScope { customer: acme(), units: None, types: None };
    let token = desk.token_for(scope, Role::Admin, "SAP").await;
    let only = desk.get(&token, "erasure").await;
    assert_eq!(only.status, 409, "it is the only one: {}", only.json());
    ann.post(&desk, UNITS, &[("name", "uk")]).await;
    let looked = desk.get(&token, "erasure").await.json();
    assert_eq!((&looked["erased"], &looked["rows"]["findings"]), (&false.into(), &2.into()));
    let wrong = desk.post(&token, "erasure", &serde_json::json!({ "confirm": "uk" })).await;
    assert_eq!(wrong.status, 400);
    let erased = desk.post(&token, "erasure", &serde_json::json!({ "confirm": "acme" })).await;
    assert_eq!(erased.json()["erased"], true);
    assert_eq!(ann.get(&desk, "/at/acme/acme/findings").await.status, 404);
}
