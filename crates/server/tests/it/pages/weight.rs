//! The bytes of pages on the wire: everything of a first visit, and of each later one, whose style
//! and script a browser keeps.

use std::collections::BTreeMap;

use http::Method;
use server::http::{Access, routes};

use crate::browser::Browser;
use crate::desk::{Answer, Desk, checked, key};
use crate::roles::fixture::Fixture;

/// A first page over a slow telephone line is there within two seconds.
const FIRST_BYTES_MAX: usize = 150_000;
/// A later one is there before somebody waits.
const LATER_BYTES_MAX: usize = 40_000;

/// The pages, at the least, that can be opened without anything being sent first.
const PAGES_MIN: usize = 40;

/// The addresses of the files that a page names.
fn assets(page: &str) -> Vec<String> {
    let parts = page.split("\"/assets/").skip(1);
    parts.filter_map(|part| Some(format!("/assets/{}", part.split('"').next()?))).collect()
}

/// The bytes of assets that were fetched already.
type PageWeights = BTreeMap<String, usize>;

/// A page as a browser asks for it, with what it weighs at first and later.
async fn weighed(
    desk: &Desk,
    browser: &Browser,
    kept: &mut PageWeights,
    path: &str,
) -> (Answer, [usize; 2]) {
    let cookies = browser.cookie_header();
    let plain = [("Accept", "text/html"), ("Cookie", cookies.as_str())];
    // A page that another site may have asked for is not packed.
    let packing = [("Accept-Encoding", "gzip, br"), ("Sec-Fetch-Site", "same-origin")];
    let packed: Vec<(&str, &str)> = plain.into_iter().chain(packing).collect();
    let text = desk.send(Method::GET, path, &plain, "").await;
    let text = String::from_utf8_lossy(&text.body).into_owned();
    let page = desk.send(Method::GET, path, &packed, "").await;
    let later = page.body.len();
    let mut first = later;
    for asset in assets(&text) {
        if !kept.contains_key(&asset) {
            let answer = desk.send(Method::GET, &asset, &packed, "").await;
            assert_eq!(answer.status, 200, "{asset}");
            kept.insert(asset.clone(), answer.body.len());
        }
        first += kept[&asset];
    }
    (page, [first, later])
}

/// Every page there is, with a little of everything on it.
#[tokio::test]
async fn every_page_weighs_little() {
    let fixture = Box::pin(Fixture::make()).await;
    let people = fixture.people().await;
    let who = |column| people.iter().find(|person| person.column == column).unwrap();
    let (admin, operator) = (who("admin"), who("operator"));
    let mut kept = PageWeights::new();
    let (mut pages, mut heavy) = (0, Vec::new());
    let is_page = |access: &Access| matches!(access, Access::Page(_));
    let all = routes().into_iter().filter(|route| is_page(&route.access));
    for route in all.filter(|route| route.method == Method::GET) {
        let person = if route.path.starts_with("/operator") { operator } else { admin };
        let path = fixture.path(&route, person, ("acme", "acme"));
        let (page, [first, later]) =
            weighed(&fixture.desk, &person.browser, &mut kept, &path).await;
        let media = page.headers.get("content-type").map(|of| of.to_str().unwrap());
        if page.status != 200 || !media.is_some_and(|of| of.starts_with("text/html")) {
            continue;
        }
        pages += 1;
        if first > FIRST_BYTES_MAX || later > LATER_BYTES_MAX {
            heavy.push(format!("{path}: {first} bytes at first, {later} later"));
        }
    }
    let light = pages - heavy.len();
    assert!(heavy.is_empty(), "{light} of {pages} pages weigh little\n{}", heavy.join("\n"));
    assert!(pages >= PAGES_MIN, "only {pages} pages were there");
}

#[tokio::test]
async fn pages_weigh_little() {
    let desk = Desk::with(&checked(60)).await;
    let mut ann = Browser::ann(&desk).await;
    let unit = "/at/acme/acme";
    let finding = format!("{unit}/findings/{}", key(60));
    let mut kept = PageWeights::new();
    for path in [
        format!("{unit}/overview"),
        format!("{unit}/findings"),
        finding,
        format!("{unit}/recovery"),
        format!("{unit}/remembered"),
        format!("{unit}/uploads"),
        format!("{unit}/transactions"),
        format!("{unit}/suppliers"),
        format!("{unit}/population"),
        format!("{unit}/help/findings"),
        "/settings/acme/checks".to_owned(),
        "/settings/acme/users".to_owned(),
        "/settings/acme/audit".to_owned(),
        "/me".to_owned(),
        "/design".to_owned(),
    ] {
        ann.get(&desk, &path).await;
        let (page, [first, later]) = weighed(&desk, &ann, &mut kept, &path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.headers["content-encoding"], "br", "{path}");
        assert!(first <= FIRST_BYTES_MAX, "{path}: {first} bytes at first");
        assert!(later <= LATER_BYTES_MAX, "{path}: {later} bytes later");
    }
    assert!(kept.len() >= 5, "style and script are among them: {kept:?}");
}
