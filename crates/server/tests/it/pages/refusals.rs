//! Refusals: where somebody is signed in, they stand inside the page.

use domain::MemberRole;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

const BAR: &str = "<header class=\"bar\">";

#[tokio::test]
async fn a_refusal_keeps_what_stands_round_the_page() {
    let desk = Desk::with(&checked(1)).await;
    Browser::ann(&desk).await;
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let sections = "href=\"/at/acme/acme/findings\"";
    let missing = "/at/acme/acme/findings/fnd_00000000000000000000000000000000";
    for (path, status) in [
        (missing, 404),
        ("/at/acme/acme/uploads/send", 403),
        ("/settings/acme/users", 403),
        ("/at/acme/acme/nosuch", 404),
    ] {
        let page = viv.get(&desk, path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.text.contains(BAR) && page.text.contains(sections), "{path} {}", page.text);
    }
    let page = viv.get(&desk, missing).await;
    let current = "href=\"/at/acme/acme/findings\" aria-current=\"page\"";
    assert!(page.text.contains(current), "{}", page.text);
    // Where no unit of theirs is spoken of, the bar alone.
    for path in ["/at/nosuch/nosuch/findings", "/nowhere"] {
        let page = viv.get(&desk, path).await;
        assert!(page.text.contains(BAR) && !page.text.contains(sections), "{path} {}", page.text);
    }
    let path = format!("/at/acme/acme/findings/{}/verdict", key(1));
    let csrf = std::mem::take(&mut viv.csrf);
    let page = viv.post(&desk, &path, &[]).await;
    assert!(page.status == 403 && page.text.contains(BAR), "a form of an older session");
    viv.csrf = csrf;
    let below = Desk::open_at("https://localhost/bursar").await;
    let (mut ann, link) = (Browser::default(), format!("/bursar{}", below.welcome().await));
    ann.accept(&below, &link, "ann@example.org").await;
    let page = ann.get(&below, &format!("/bursar{missing}")).await;
    let current = "href=\"/bursar/at/acme/acme/findings\" aria-current=\"page\"";
    assert!(page.status == 404 && page.text.contains(current), "{}", page.text);
    // Nobody is signed in: there is nothing to stand round it.
    let page = Browser::default().get(&desk, "/nowhere").await;
    assert!(page.status == 404 && !page.text.contains(BAR), "{}", page.text);
}
