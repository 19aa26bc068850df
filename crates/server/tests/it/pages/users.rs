//! Members: invited, given a role, removed; somebody is left.

use domain::MemberRole;

use crate::browser::{Browser, Page};
use crate::desk::Desk;

const PATH: &str = "/settings/acme/users";

pub(crate) fn id_of<'p>(page: &'p Page, email: &str) -> &'p str {
    let (_, rest) = page.text.split_once(&format!("<span class=\"note below\">{email}")).unwrap();
    rest.split_once("name=\"user\" value=\"").unwrap().1.split_once('"').unwrap().0
}

#[tokio::test]
async fn somebody_is_invited_and_removed() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let fields = [("email", "bob@example.org"), ("role", "viewer"), ("days", "1")];
    let made = ann.post(&desk, &format!("{PATH}/invite"), &fields).await;
    let link = made.between("<code id=\"link\">https://localhost", "</code>").unwrap().to_owned();
    assert!(made.text.contains("24 Nov 2026, 10:00 UTC"), "{}", made.text);
    assert!(made.text.contains("With it bob@example.org joins as viewer"), "{}", made.text);
    assert!(made.text.contains("Nobody is sent the link"), "{}", made.text);
    let list = ann.get(&desk, PATH).await;
    assert!(!list.text.contains(&link) && list.text.contains("Open invitations"), "{}", list.text);
    let mut bob = Browser::default();
    assert_eq!(bob.accept(&desk, &link, "bob@example.org").await.status, 303);
    assert_eq!(bob.get(&desk, "/at/acme/acme/uploads").await.status, 200);

    let list = ann.get(&desk, PATH).await;
    assert!(!list.text.contains("Open invitations"));
    let again = [("email", "bob@example.org"), ("role", "analyst"), ("days", "1")];
    let again = ann.post(&desk, &format!("{PATH}/invite"), &again).await;
    assert!(
        again.text.contains("bob@example.org, who is a member already, gets"),
        "{}",
        again.text
    );
    let list = ann.get(&desk, PATH).await;
    let id = id_of(&list, "bob@example.org").to_owned();
    let fields = [("user", id.as_str()), ("role", "analyst")];
    let changed = ann.post(&desk, &format!("{PATH}/role"), &fields).await;
    assert_eq!(changed.location(), "/settings/acme/users?said=role-changed");
    let removed = ann.post(&desk, &format!("{PATH}/remove"), &[("user", &id)]).await;
    let removed = removed.location().to_owned();
    assert_eq!(removed, format!("/settings/acme/users?left={id}&said=user-removed"));
    assert_eq!(bob.get(&desk, "/at/acme/acme/uploads").await.status, 303, "signed out");
    bob.sign_in(&desk, "bob@example.org", crate::browser::PASSWORD).await;
    assert_eq!(bob.get(&desk, "/at/acme/acme/uploads").await.status, 404, "and no member");
    let again = ann.post(&desk, &format!("{PATH}/remove"), &[("user", &id)]).await;
    assert_eq!(again.status, 404);
    let audited = desk.audited().await;
    for what in ["member.invite", "member.join", "member.set_role"] {
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
}

#[tokio::test]
async fn a_withdrawn_link_does_not_work() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let fields = [("email", "bob@example.org"), ("role", "admin"), ("days", "30")];
    let made = ann.post(&desk, &format!("{PATH}/invite"), &fields).await;
    let link = made.between("<code id=\"link\">https://localhost", "</code>").unwrap().to_owned();
    let id = made.between("name=\"invitation\" value=\"", "\"").unwrap().to_owned();
    let gone = ann.post(&desk, &format!("{PATH}/withdraw"), &[("invitation", &id)]).await;
    assert_eq!(gone.location(), "/settings/acme/users?said=invitation-withdrawn");
    assert_eq!(Browser::default().get(&desk, &link).await.status, 409);
    let again = ann.post(&desk, &format!("{PATH}/withdraw"), &[("invitation", &id)]).await;
    assert_eq!(again.status, 404);
    for (email, role, days) in [
        ("bob@example.org", "king", "7"),
        ("bob@example.org", "viewer", "999"),
        ("", "viewer", "7"),
        ("bob", "viewer", "7"),
    ] {
        let fields = [("email", email), ("role", role), ("days", days)];
        let refused = ann.post(&desk, &format!("{PATH}/invite"), &fields).await;
        assert_eq!(refused.status, 409, "{fields:?}");
    }
}

#[tokio::test]
async fn the_last_admin_stays() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let list = ann.get(&desk, PATH).await;
    let own = id_of(&list, "ann@example.org").to_owned();
    for (below, fields) in [
        ("remove", vec![("user", own.as_str())]),
        ("role", vec![("user", own.as_str()), ("role", "viewer")]),
    ] {
        let refused = ann.post(&desk, &format!("{PATH}/{below}"), &fields).await;
        assert_eq!(refused.status, 409, "{below}");
        assert!(refused.text.contains("make another admin first"), "{}", refused.text);
    }
    // With another one there, they may go, and are signed out.
    Browser::member(&desk, "bob@example.org", MemberRole::Admin).await;
    let gone = ann.post(&desk, &format!("{PATH}/remove"), &[("user", &own)]).await;
    assert_eq!((gone.status.as_u16(), gone.location()), (303, "/"));
    assert_eq!(ann.get(&desk, PATH).await.status, 303);
}

#[tokio::test]
async fn names_stay_text() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let link = desk.invitation("acme", MemberRole::Viewer, "bob@example.org").await;
    let mut bob = Browser::default();
    bob.get(&desk, &link).await;
    let password = crate::browser::PASSWORD;
    let fields = [
        ("name", "<script>alert(1)</script>"),
        ("email", "bob@example.org"),
        ("new_password", password),
        ("new_password_again", password),
    ];
    assert_eq!(bob.post(&desk, &link, &fields).await.status, 303);
    let list = ann.get(&desk, PATH).await;
    assert!(list.text.contains("&#60;script&#62;alert(1)") && !list.text.contains("<script>alert"));
}

#[tokio::test]
async fn an_invitation_is_for_one_address_and_lowers_no_role() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let link = desk.invitation("acme", MemberRole::Viewer, "bob@example.org").await;
    let page = ann.get(&desk, &link).await;
    assert!(page.text.contains("This invitation is for bob@example.org"), "{}", page.text);
    assert_eq!(ann.post(&desk, &link, &[]).await.status, 409);
    // Whatever the form says, the account is that of the address.
    let mut eve = Browser::default();
    let page = eve.get(&desk, &link).await;
    assert!(page.text.contains("value=\"bob@example.org\" readonly"), "{}", page.text);
    assert_eq!(eve.accept(&desk, &link, "ceo@example.org").await.status, 303);
    let list = ann.get(&desk, PATH).await;
    assert!(list.text.contains("bob@example.org") && !list.text.contains("ceo@example.org"));

    let own = desk.invitation("acme", MemberRole::Viewer, "ann@example.org").await;
    let page = ann.get(&desk, &own).await;
    assert!(page.text.contains("with the role admin already"), "{}", page.text);
    assert_eq!(ann.post(&desk, &own, &[]).await.status, 409);
    assert_eq!(ann.get(&desk, PATH).await.status, 200, "she is an admin still");
    // Somebody with an account signs in, and is sent back here.
    let page = Browser::default().get(&desk, &own).await;
    let back = format!("/sign-in?next={}", own.replace('/', "%2F"));
    assert!(page.text.contains(&back), "{}", page.text);
}

#[tokio::test]
async fn whoever_forgot_their_password_gets_a_link() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Viewer).await;
    let list = ann.get(&desk, PATH).await;
    let id = id_of(&list, "bob@example.org").to_owned();
    let made = ann.post(&desk, &format!("{PATH}/password"), &[("user", &id)]).await;
    let link = made.between("<code id=\"link\">https://localhost", "</code>").unwrap().to_owned();
    assert!(link.starts_with("/password/"), "{link}");
    let mut anybody = Browser::default();
    let page = anybody.get(&desk, &link).await;
    assert!(page.text.contains("<b>bob@example.org</b>"), "{}", page.text);
    let new = "a longer battery";
    for (again, status) in [("other", 422), (new, 303)] {
        let fields = [("new_password", new), ("new_password_again", again)];
        let chosen = anybody.post(&desk, &link, &fields).await;
        assert_eq!(chosen.status, status, "{}", chosen.text);
    }
    assert_eq!(anybody.get(&desk, "/me").await.status, 303, "a link signs nobody in");
    assert_eq!(bob.get(&desk, "/me").await.status, 303, "all sessions are ended");
    assert_eq!(bob.sign_in(&desk, "bob@example.org", crate::browser::PASSWORD).await.status, 422);
    assert_eq!(bob.sign_in(&desk, "bob@example.org", new).await.status, 303);
    assert_eq!(anybody.get(&desk, &link).await.status, 409, "it worked once");

    // The account of whoever runs the server, and of who belongs to another customer, is not acme's.
    let mut cid = Browser::member(&desk, "cid@example.org", MemberRole::Admin).await;
    desk.add_customer("other").await;
    let link = desk.invitation("other", MemberRole::Viewer, "bob@example.org").await;
    bob.get(&desk, &link).await;
    assert_eq!(bob.post(&desk, &link, &[]).await.status, 303);
    for email in ["ann@example.org", "bob@example.org"] {
        let list = cid.get(&desk, PATH).await;
        let id = id_of(&list, email).to_owned();
        for below in ["password", "codes-off"] {
            let refused = cid.post(&desk, &format!("{PATH}/{below}"), &[("user", &id)]).await;
            assert_eq!(refused.status, 409, "{email} {below}");
            assert!(refused.text.contains("bursard user reset"), "{}", refused.text);
        }
    }
    let audited = desk.audited().await;
    for what in ["user.make_password_link", "user.set_password"] {
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
}

#[tokio::test]
async fn the_tokens_of_whoever_was_removed_are_named() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Admin).await;
    let fields = [("label", "SAP nightly"), ("role", "uploader"), ("period", "90")];
    let made = bob.post(&desk, "/settings/acme/tokens", &fields).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let list = ann.get(&desk, PATH).await;
    let id = id_of(&list, "bob@example.org").to_owned();
    let removed = ann.post(&desk, &format!("{PATH}/remove"), &[("user", &id)]).await;
    assert_eq!(bob.get(&desk, "/me").await.status, 303, "signed out");
    let page = ann.get(&desk, removed.location()).await;
    assert!(page.text.contains("<b>SAP nightly</b> (uploader)"), "{}", page.text);
    assert!(!ann.get(&desk, PATH).await.text.contains("SAP nightly"));
}
