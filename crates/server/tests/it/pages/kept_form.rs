//! Forms that are sent when the session is over.

use crate::browser::{Browser, PASSWORD};
use crate::desk::{Desk, checked, key};

#[tokio::test]
async fn a_session_that_ends_loses_no_text() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    let finding = format!("/at/acme/acme/findings/{}", key(1));
    ann.get(&desk, &finding).await;
    desk.later(5 * 60 * 60);
    let words = "Asked the supplier for <the> note & waited";
    let comments = format!("{finding}/comments");
    let asked = ann.post(&desk, &comments, &[("words", words), ("seen", "0")]).await;
    assert_eq!(asked.status, 200);
    assert!(asked.text.contains("Your session has ended"), "{}", asked.text);
    let kept = asked.between("name=\"kept\" value=\"", "\"").unwrap().replace("&#38;", "&");
    for (password, status) in [("wrong", 422), (PASSWORD, 200)] {
        let fields = [
            ("email", "ann@example.org"),
            ("password", password),
            ("kept_path", comments.as_str()),
            ("kept", kept.as_str()),
        ];
        let page = ann.post(&desk, "/sign-in", &fields).await;
        assert_eq!(page.status, status, "{}", page.text);
        assert!(page.text.contains(&comments), "it goes along: {}", page.text);
    }
    let sent = ann.post(&desk, &comments, &[("words", words), ("seen", "0")]).await;
    assert_eq!(sent.status, 303, "with the token of that page");
    let page = ann.get(&desk, &finding).await;
    assert!(page.text.contains("Asked the supplier for &#60;the&#62; note &#38; waited"));
}
