//! Units: added once, by a name that can stand in an address, and called otherwise by people.

use crate::browser::Browser;
use crate::desk::Desk;

#[tokio::test]
async fn a_unit_is_added_once() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let path = "/settings/acme/units";
    let added = ann.post(&desk, path, &[("name", "uk")]).await;
    assert_eq!(added.location(), "/settings/acme/units?said=unit-added");
    assert_eq!(ann.get(&desk, "/at/acme/uk/uploads").await.status, 200);
    let list = ann.get(&desk, path).await;
    assert!(
        list.text.contains("https://localhost/customers/acme/units/uk/Uploads"),
        "{}",
        list.text
    );
    for (name, words) in [("uk", "There is a unit uk already"), ("U K", "lower-case letters")] {
        let refused = ann.post(&desk, path, &[("name", name)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
    assert_eq!(desk.audited().await.iter().filter(|what| *what == "unit.add").count(), 1);
    // What shows every unit shows the new one.
    for page in ["mappings", "limits", "checks", "tokens", "retention"] {
        let page = ann.get(&desk, &format!("/settings/acme/{page}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("acme / uk"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_unit_is_called_otherwise_wherever_people_read() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let (path, rename) = ("/settings/acme/units", "/settings/acme/units/rename");
    ann.post(&desk, path, &[("name", "uk")]).await;
    for (title, words) in [("acme", "Another unit is called acme"), (&"x".repeat(61), "1 to 60")] {
        let refused = ann.post(&desk, rename, &[("unit", "uk"), ("title", title)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
    let called = [("unit", "uk"), ("title", " Great <b>Britain ")];
    let renamed = ann.post(&desk, rename, &called).await;
    assert_eq!(renamed.location(), "/settings/acme/units?said=unit-renamed");
    let again = ann.post(&desk, rename, &called).await;
    assert_eq!(again.location(), "/settings/acme/units?said=nothing-changed");
    ann.post(
        &desk,
        "/settings/acme/tokens",
        &[("label", "SAP"), ("role", "uploader"), ("period", "90"), ("unit", "uk")],
    )
    .await;
    for page in [
        "/settings/acme/units",
        "/settings/acme/mappings",
        "/settings/acme/limits",
        "/settings/acme/checks",
        "/settings/acme/tokens",
        "/settings/acme/audit",
        "/at/acme/uk/overview",
        "/at/acme/uk/help",
    ] {
        let page = ann.get(&desk, page).await;
        assert!(page.text.contains("Great &#60;b&#62;Britain"), "{}", page.text);
        assert!(!page.text.contains("<b>Britain"), "{}", page.text);
    }
    let help = ann.get(&desk, "/at/acme/uk/help").await;
    assert!(help.text.contains("--unit uk"), "addresses go on with the short name: {}", help.text);
    ann.post(&desk, rename, &[("unit", "uk"), ("title", "uk")]).await;
    assert!(ann.get(&desk, "/at/acme/uk/overview").await.text.contains("acme / uk"));
    let nowhere = ann.post(&desk, rename, &[("unit", "mars"), ("title", "Mars")]).await;
    assert_eq!(nowhere.status, 404);
    assert_eq!(desk.audited().await.iter().filter(|what| *what == "unit.rename").count(), 2);
}

#[tokio::test]
async fn pages_of_no_unit_keep_the_sections_of_the_last() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, "/settings/acme/units", &[("name", "uk")]).await;
    let section = |unit: &str| format!("<a href=\"/at/acme/{unit}/findings\">Findings</a>");
    let first = ann.get(&desk, "/me").await;
    assert!(
        first.text.contains(&section("acme")),
        "the first, as nobody was in one: {}",
        first.text
    );
    ann.get(&desk, "/at/acme/uk/overview").await;
    for path in ["/me", "/me/work", "/me/notifications"] {
        let page = ann.get(&desk, path).await;
        assert!(page.text.contains(&section("uk")), "{path} {}", page.text);
        assert!(page.text.contains("<span class=\"sr\">Unit </span>acme / uk"), "{path}");
    }
    // A unit that is not there is none.
    ann.get(&desk, "/at/acme/nowhere/overview").await;
    assert!(ann.get(&desk, "/me").await.text.contains(&section("uk")));
}
