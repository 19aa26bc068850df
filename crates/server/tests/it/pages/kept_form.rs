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
async fn a_form_of_an_older_session_is_there_to_be_sent() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    let finding = format!("/at/acme/acme/findings/{}", key(1));
    ann.get(&desk, &finding).await;
    // Signed out and in again in another tab: the page that is open still has the token of before.
    let older = ann.csrf.clone();
    ann.post(&desk, "/sign-out", &[]).await;
    assert_eq!(ann.sign_in(&desk, "ann@example.org", PASSWORD).await.status, 303);
    let comments = format!("{finding}/comments");
    let words = [("words", "Asked the supplier & waited"), ("seen", "0")];
    older.clone_into(&mut ann.csrf);
    let refused = ann.post(&desk, &comments, &words).await;
    assert_eq!((refused.status.as_u16(), refused.heading()), (403, "This was not written yet"));
    let action = format!("<form method=\"post\" action=\"{comments}\"");
    for said in ["ann@example.org", "<blockquote>Asked the supplier &#38; waited", &action] {
        assert!(refused.text.contains(said), "{said} {}", refused.text);
    }
    let sent = ann.post(&desk, &comments, &words).await;
    assert_eq!(sent.status, 303, "with the token of that page");
    // A password stays out of it, and so does a button whose address says what it is about.
    for (path, field) in [
        ("/me/password".to_owned(), ("new_password", "a longer battery")),
        (format!("{finding}/undo?seen=0"), ("because", "a slip")),
    ] {
        older.clone_into(&mut ann.csrf);
        let refused = ann.post(&desk, &path, &[field]).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(!refused.text.contains(field.1), "{path} {}", refused.text);
    }
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
