//! Units: added once, by a name that can stand in an address.

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
