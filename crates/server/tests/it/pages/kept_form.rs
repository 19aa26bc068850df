//! Forms that are sent when the session is over.

use domain::MemberRole;

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
    let owner = asked.between("name=\"kept_by\" value=\"", "\"").unwrap().to_owned();
    for (password, status) in [("wrong", 422), (PASSWORD, 200)] {
        let fields = [
            ("email", "ann@example.org"),
            ("password", password),
            ("kept_by", owner.as_str()),
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

#[tokio::test]
async fn a_text_goes_to_nobody_else() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let finding = format!("/at/acme/acme/findings/{}", key(1));
    let comments = format!("{finding}/comments");
    ann.get(&desk, &finding).await;
    // Signed out in another tab: who was signed in last is known still.
    let csrf = ann.csrf.clone();
    ann.post(&desk, "/sign-out", &[]).await;
    ann.csrf = csrf;
    let words = [("words", "a word with purchasing"), ("seen", "0")];
    let asked = ann.post(&desk, &comments, &words).await;
    let field = |name: &str| {
        let before = format!("name=\"{name}\" value=\"");
        asked.between(&before, "\"").unwrap().replace("&#38;", "&")
    };
    let (owner, kept) = (field("kept_by"), field("kept"));
    for (email, shows) in [("bob@example.org", false), ("ann@example.org", true)] {
        let fields = [
            ("email", email),
            ("password", PASSWORD),
            ("kept_by", owner.as_str()),
            ("kept_path", comments.as_str()),
            ("kept", kept.as_str()),
        ];
        let page = ann.post(&desk, "/sign-in", &fields).await;
        assert_eq!(page.text.contains("a word with purchasing"), shows, "{email} {}", page.text);
        if !shows {
            assert_eq!(page.location(), "/me?said=kept-of-another");
            let me = ann.get(&desk, page.location()).await;
            assert!(me.text.contains("somebody else’s"), "{}", me.text);
            ann.post(&desk, "/sign-out", &[]).await;
        }
    }
    // Of a browser in which nobody ever was signed in nothing is kept.
    let stranger = Browser::default().post(&desk, &comments, &words).await;
    assert_eq!((stranger.status.as_u16(), stranger.location()), (303, "/sign-in"));
}
