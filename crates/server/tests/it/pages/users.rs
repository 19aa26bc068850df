//! Members: invited, given a role, removed; somebody is left.

use domain::MemberRole;

use crate::browser::{Browser, Page};
use crate::desk::Desk;

const PATH: &str = "/settings/acme/users";

fn id_of<'p>(page: &'p Page, email: &str) -> &'p str {
    let (_, rest) = page.text.split_once(&format!("<span class=\"note below\">{email}")).unwrap();
    rest.split_once("name=\"user\" value=\"").unwrap().1.split_once('"').unwrap().0
}

#[tokio::test]
async fn somebody_is_invited_and_removed() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let fields = [("role", "viewer"), ("days", "1")];
    let made = ann.post(&desk, &format!("{PATH}/invite"), &fields).await;
    let link = made.between("<code id=\"link\">https://localhost", "</code>").unwrap().to_owned();
    assert!(made.text.contains("24 Nov 2026, 10:00 UTC"), "{}", made.text);
    let list = ann.get(&desk, PATH).await;
    assert!(!list.text.contains(&link) && list.text.contains("Open invitations"), "{}", list.text);
    let mut bob = Browser::default();
    assert_eq!(bob.accept(&desk, &link, "bob@example.org").await.status, 303);
    assert_eq!(bob.get(&desk, "/at/acme/acme/uploads").await.status, 200);

    let list = ann.get(&desk, PATH).await;
    assert!(!list.text.contains("Open invitations"));
    let id = id_of(&list, "bob@example.org").to_owned();
    let fields = [("user", id.as_str()), ("role", "analyst")];
    let changed = ann.post(&desk, &format!("{PATH}/role"), &fields).await;
    assert_eq!(changed.location(), "/settings/acme/users?said=role-changed");
    let removed = ann.post(&desk, &format!("{PATH}/remove"), &[("user", &id)]).await;
    assert_eq!(removed.location(), "/settings/acme/users?said=user-removed");
    assert_eq!(bob.get(&desk, "/at/acme/acme/uploads").await.status, 404, "from the next page on");
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
    let fields = [("role", "admin"), ("days", "30")];
    let made = ann.post(&desk, &format!("{PATH}/invite"), &fields).await;
    let link = made.between("<code id=\"link\">https://localhost", "</code>").unwrap().to_owned();
    let id = made.between("name=\"invitation\" value=\"", "\"").unwrap().to_owned();
    let gone = ann.post(&desk, &format!("{PATH}/withdraw"), &[("invitation", &id)]).await;
    assert_eq!(gone.location(), "/settings/acme/users?said=invitation-withdrawn");
    assert_eq!(Browser::default().get(&desk, &link).await.status, 409);
    let again = ann.post(&desk, &format!("{PATH}/withdraw"), &[("invitation", &id)]).await;
    assert_eq!(again.status, 404);
    for fields in [[("role", "king"), ("days", "7")], [("role", "viewer"), ("days", "999")]] {
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
    // With another one there, they may go, and land where they still may be.
    Browser::member(&desk, "bob@example.org", MemberRole::Admin).await;
    let gone = ann.post(&desk, &format!("{PATH}/remove"), &[("user", &own)]).await;
    assert_eq!((gone.status.as_u16(), gone.location()), (303, "/"));
    assert_eq!(ann.get(&desk, PATH).await.status, 404);
}

#[tokio::test]
async fn names_stay_text() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let link = desk.invitation("acme", MemberRole::Viewer).await;
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
