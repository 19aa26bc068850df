//! Every page without the form's token, and what each answers besides.
//!
//! Not for: who comes how far with which (`roles`).

use http::Method;
use server::http::{Access, Permission, Route, routes};

use crate::browser::Browser;
use crate::desk::Desk;

/// Pages for whoever comes. This list may only shrink.
const FOR_ANYBODY: [&str; 16] = [
    "GET /",
    "GET /assets/{mark}/{name}",
    "GET /design",
    "GET /invitation/{secret}",
    "GET /password/{secret}",
    "GET /sign-in",
    "GET /sign-in/with/{provider}",
    "GET /sign-in/with/{provider}/callback",
    "GET /welcome/{secret}",
    "POST /invitation/{secret}",
    "POST /look",
    "POST /password/{secret}",
    "POST /sign-in",
    "POST /sign-in/with/{provider}",
    "POST /sign-in/with/{provider}/logout",
    "POST /welcome/{secret}",
];

fn pages() -> impl Iterator<Item = (Route, Permission)> {
    routes().into_iter().filter_map(|route| match route.access {
        Access::Page(permission) => Some((route, permission)),
        _ => None,
    })
}

fn path(route: &Route, customer: &str) -> String {
    let path = route.path.replace("{customer}", customer).replace("{unit}", customer);
    let path = path
        .replace("{finding}", "fnd_00000000000000000000000000000000")
        .replace("{upload}", "upl_01k00000000000000000000000")
        .replace("{transaction}", "U1")
        .replace("{supplier}", "S1")
        .replace("{employee}", "E1")
        .replace("{type}", "APT")
        .replace("{line}", "2")
        .replace("{row}", "1")
        .replace("{entry}", "1")
        .replace("{tryout}", "try_01k00000000000000000000000")
        .replace("{view}", "sav_01k00000000000000000000000")
        .replace("{verdict}", "ver_01k00000000000000000000000")
        .replace("{attachment}", "att_01k00000000000000000000000")
        .replace("{statement}", "stm_01k00000000000000000000000")
        .replace("{delivery}", "dlv_01k00000000000000000000000")
        .replace("{invoice}", "U1")
        .replace("{provider}", "contoso");
    assert!(!path.contains('{') || path.contains("{mark}") || path.contains("{secret}"), "{path}");
    path
}

#[test]
fn the_pages_for_anybody_are_those_of_the_list() {
    let mut found: Vec<String> = pages()
        .filter(|(_, permission)| *permission == Permission::Anybody)
        .map(|(route, _)| format!("{} {}", route.method, route.path))
        .collect();
    found.sort_unstable();
    assert_eq!(found, FOR_ANYBODY);
}

#[tokio::test]
async fn no_form_is_taken_that_is_not_ours() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    for (route, _) in pages().filter(|(route, _)| route.method == Method::POST) {
        // From no browser: what it holds is signed.
        if route.operation == "receive_logout" {
            continue;
        }
        let own = path(&route, "acme");
        let token = ann.csrf.clone();
        for (fields, site) in [
            (&[][..], "same-origin"),
            (&[("csrf", "AAAA")], "same-origin"),
            (&[("csrf", token.as_str())], "cross-site"),
            (&[("csrf", token.as_str())], "same-site"),
        ] {
            let answer = ann.ask(&desk, Method::POST, &own, fields, site).await;
            assert_eq!(answer.status, 403, "{own} {fields:?} {site}");
            assert!(answer.text.contains("Nothing was changed"), "{}", answer.text);
        }
        // Neither is one that does not say where it comes from.
        let silent = desk.send(Method::POST, &own, &[("Accept", "text/html")], "").await;
        assert_eq!(silent.status, 403, "{own}");
    }
    assert_eq!(ann.get(&desk, "/me").await.status, 200, "still signed in");
}

#[tokio::test]
async fn every_page_lets_no_foreign_script_run() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    for (route, _) in pages().filter(|(route, _)| route.method == Method::GET) {
        let page = ann.get(&desk, &path(&route, "acme")).await;
        if !page
            .headers
            .get("content-type")
            .is_some_and(|media| media.as_bytes().starts_with(b"text/html"))
        {
            continue;
        }
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("strict-transport-security", "max-age=63072000"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(page.headers[name], value, "{}", route.path);
        }
        assert!(
            !page.text.contains(" style=\"") && !page.text.contains("<style"),
            "{}",
            route.path
        );
        assert!(
            !page.text.contains("<script>") && !page.text.contains(" onclick="),
            "{}",
            route.path
        );
    }
}
