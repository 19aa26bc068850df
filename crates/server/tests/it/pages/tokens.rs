//! Access Tokens: made by the vendor's menu path, used, and revoked.

use domain::Role;
use http::Method;

use crate::browser::{Browser, Page};
use crate::desk::{Answer, Desk};

const PATH: &str = "/settings/acme/tokens";
const GO: [(&str, &str); 3] = [("label", "SAP nightly"), ("role", "uploader"), ("period", "90")];

/// As a shell would.
async fn run(desk: &Desk, command: &str) -> Answer {
    let (mut words, mut quoted) = (Vec::new(), command.split('"'));
    while let Some(plain) = quoted.next() {
        words.extend(plain.split_whitespace().map(str::to_owned));
        words.extend(quoted.next().map(str::to_owned));
    }
    let headers: Vec<(&str, &str)> = words
        .windows(2)
        .filter(|pair| pair[0] == "--header")
        .map(|pair| pair[1].split_once(": ").unwrap())
        .collect();
    let sends = words.iter().any(|word| word == "--data-binary");
    let path = words.last().unwrap().strip_prefix("https://localhost").unwrap();
    let (method, body) = if sends { (Method::POST, "Supplier\nACME\n") } else { (Method::GET, "") };
    desk.send(method, path, &headers, body).await
}

fn command(page: &Page) -> String {
    page.between("<code id=\"command\">", "</code>").unwrap().replace("&#34;", "\"")
}

#[tokio::test]
async fn a_token_is_made_used_and_revoked() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let cog = ann.get(&desk, "/at/acme/acme/uploads").await;
    assert!(cog.text.contains("Organisation settings"), "{}", cog.text);
    assert!(
        cog.text.contains("<a href=\"/settings/acme/tokens\">Access Tokens</a>"),
        "{}",
        cog.text
    );

    let made = ann.post(&desk, PATH, &GO).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let token = made.between("<code id=\"token\">", "</code>").unwrap().to_owned();
    assert!(made.text.contains("keeps it off the command line"), "{}", made.text);
    let answer = run(&desk, &command(&made)).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let list = ann.get(&desk, PATH).await;
    assert!(!list.text.contains(&token), "shown once");
    for shown in ["SAP nightly", "all units", "by ann@example.org", "from unknown", "21 Feb 2027"] {
        assert!(list.text.contains(shown), "{shown} {}", list.text);
    }
    assert!(list.text.contains("is refused at once, with the answer 401"));

    let id = list.between("name=\"token\" value=\"", "\"").unwrap().to_owned();
    let revoked = ann.post(&desk, &format!("{PATH}/revoke"), &[("token", &id)]).await;
    assert_eq!(revoked.location(), "/settings/acme/tokens?said=token-revoked");
    let answer = run(&desk, &command(&made)).await;
    assert_eq!(answer.status, 401);
    let list = ann.get(&desk, PATH).await;
    assert!(list.text.contains("revoked") && !list.text.contains("name=\"token\" value="));
    let audited = desk.audited().await;
    assert_eq!(audited[audited.len() - 3..], ["token.issue", "upload.received", "token.revoke"]);
}

#[tokio::test]
async fn a_token_is_as_narrow_as_it_was_made() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, "/settings/acme/units", &[("name", "uk")]).await;
    let narrow = [("unit", "uk"), ("type", "Suppliers")];
    let fields: Vec<_> = GO.into_iter().chain(narrow).collect();
    let made = ann.post(&desk, PATH, &fields).await;
    let command = command(&made);
    assert!(command.contains("/units/uk/Uploads/upload/Suppliers/"), "{command}");
    assert_eq!(run(&desk, &command).await.status, 201);
    assert_eq!(run(&desk, &command.replace("/units/uk/", "/units/acme/")).await.status, 403);
    assert_eq!(
        run(&desk, &command.replace("/upload/Suppliers/", "/upload/APT/")).await.status,
        403
    );

    let reads =
        [("label", "Power BI"), ("role", "viewer"), ("period", "until"), ("until", "2026-11-24")];
    let made = ann.post(&desk, PATH, &reads).await;
    assert!(made.text.contains("25 Nov 2026, 00:00 UTC"), "{}", made.text);
    let command = self::command(&made);
    assert_eq!(run(&desk, &command).await.status, 200, "{command}");
    let list = ann.get(&desk, PATH).await;
    assert!(list.text.contains("ends soon"), "{}", list.text);
    desk.later(2 * 24 * 3600);
    assert_eq!(run(&desk, &command).await.status, 401);
}

#[tokio::test]
async fn what_makes_no_token_is_said() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let long = "x".repeat(101);
    for (field, value, words) in [
        ("label", " ", "Say in up to 100 characters"),
        ("label", long.as_str(), "Say in up to 100 characters"),
        ("role", "owner", "Choose what the token is for"),
        ("period", "91", "Choose a validity period"),
        ("period", "until", "Choose the last day"),
    ] {
        let fields = GO.map(|(name, usual)| (name, if name == field { value } else { usual }));
        let page = ann.post(&desk, PATH, &fields).await;
        assert_eq!(page.status, 422, "{field} {value}");
        assert!(page.text.contains(words), "{field} {value} {}", page.text);
    }
    for until in ["2026-11-22", "2036-01-01", "soon"] {
        let fields = [GO[0], GO[1], ("period", "until"), ("until", until)];
        let page = ann.post(&desk, PATH, &fields).await;
        assert_eq!(page.status, 422, "{until}");
        assert!(page.text.contains("value=\"SAP nightly\""), "what was typed is there still");
    }
    let fields = [GO[0], ("role", "viewer"), GO[2], ("type", "APT")];
    let page = ann.post(&desk, PATH, &fields).await;
    assert!(page.text.contains("a token of the role viewer sends nothing"), "{}", page.text);
    // Left out, a token would be good for all units, and for all types.
    for (field, words) in [("unit", "is not there any more"), ("type", "no such file type")] {
        let fields: Vec<_> = GO.into_iter().chain([(field, "gone")]).collect();
        let page = ann.post(&desk, PATH, &fields).await;
        assert_eq!(page.status, 422, "{field}");
        assert!(page.text.contains(words), "{field} {}", page.text);
    }
    assert!(!desk.audited().await.contains(&"token.issue".to_owned()));
}

#[tokio::test]
async fn labels_stay_text_and_others_tokens_stay() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let fields = [("label", "<script>alert(1)</script>"), GO[1], GO[2]];
    let page = ann.post(&desk, PATH, &fields).await;
    assert!(page.text.contains("&#60;script&#62;alert(1)") && !page.text.contains("<script>alert"));
    let id = page.between("name=\"token\" value=\"", "\"").unwrap().to_owned();

    desk.add_customer("other").await;
    let mut eve = Browser::default();
    let link = desk.invitation("other", domain::MemberRole::Admin, "eve@example.org").await;
    eve.accept(&desk, &link, "eve@example.org").await;
    eve.get(&desk, "/me").await;
    let refused = eve.post(&desk, "/settings/other/tokens/revoke", &[("token", &id)]).await;
    assert_eq!(refused.status, 404);
    let token = desk.token(Role::Viewer, "Power BI").await;
    assert_eq!(desk.get(&token, "findings").await.status, 200);
}
