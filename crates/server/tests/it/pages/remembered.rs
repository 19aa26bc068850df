//! Remembered verdicts as a page: what they hide, and how one ends.

use domain::MemberRole;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const REMEMBERED: &str = "/at/acme/acme/remembered";

#[tokio::test]
async fn what_is_remembered_shows_what_it_hides_and_ends_by_a_click() {
    let mut found = checked(2);
    let hidden = found.suppressed[0].suppressed.as_mut().unwrap();
    "decided".clone_into(&mut hidden.reason);
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    let none = ann.get(&desk, REMEMBERED).await;
    assert!(none.text.contains("Nothing is remembered"), "{}", none.text);
    let rent = [
        ("state", "not_duplicate"),
        ("because", "rent of the depot"),
        ("remember", "pattern"),
        ("until", "2027-11-22"),
    ];
    let path = format!("/at/acme/acme/findings/{}", key(1));
    assert_eq!(ann.post(&desk, &format!("{path}/verdict"), &rent).await.status, 303);
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let page = viv.get(&desk, REMEMBERED).await;
    for said in [
        "rent of the depot",
        "Every finding of this kind at this supplier",
        "Hid 1 finding at the last run.",
        "=Invoice 3 looks paid twice",
        "22 Nov 2027",
    ] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    assert!(!page.text.contains("/end\""), "a viewer ends none");
    let page = ann.get(&desk, REMEMBERED).await;
    let end = page.between(&format!("action=\"{REMEMBERED}/"), "\"").unwrap().to_owned();
    let ended = ann.post(&desk, &format!("{REMEMBERED}/{end}"), &[]).await;
    assert_eq!(ended.location(), format!("{REMEMBERED}?said=verdict-ended"));
    let twice = ann.post(&desk, &format!("{REMEMBERED}/{end}"), &[]).await;
    assert_eq!(twice.location(), format!("{REMEMBERED}?said=nothing-to-end"));
    assert!(ann.get(&desk, REMEMBERED).await.text.contains("Nothing is remembered"));
    assert!(desk.audited().await.contains(&"verdict.end".to_owned()));
    assert_eq!(desk.asked_runs().await, 2, "after the first, what it hid is looked at anew");
}
