//! The bytes of pages on the wire: everything of a first visit, and of each later one, whose style
//! and script a browser keeps.

use std::collections::BTreeMap;

use http::Method;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

/// A first page over a slow telephone line is there within two seconds.
const FIRST_BYTES_MAX: usize = 150_000;
/// A later one is there before somebody waits.
const LATER_BYTES_MAX: usize = 40_000;

/// The addresses of the files that a page names.
fn assets(page: &str) -> Vec<String> {
    let parts = page.split("\"/assets/").skip(1);
    parts.filter_map(|part| Some(format!("/assets/{}", part.split('"').next()?))).collect()
}

#[tokio::test]
async fn pages_weigh_little() {
    let desk = Desk::with(&checked(60)).await;
    let mut ann = Browser::ann(&desk).await;
    let cookies = ann.cookie_header();
    let headers = [
        ("Accept", "text/html"),
        ("Accept-Encoding", "gzip, br"),
        ("Cookie", cookies.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    let unit = "/at/acme/acme";
    let finding = format!("{unit}/findings/{}", key(60));
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
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
        let text = ann.get(&desk, &path).await.text;
        let page = desk.send(Method::GET, &path, &headers, "").await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.headers["content-encoding"], "br", "{path}");
        let later = page.body.len();
        let mut first = later;
        for asset in assets(&text) {
            if !kept.contains_key(&asset) {
                let answer = desk.send(Method::GET, &asset, &headers, "").await;
                assert_eq!(answer.status, 200, "{asset}");
                kept.insert(asset.clone(), answer.body.len());
            }
            first += kept[&asset];
        }
        assert!(first <= FIRST_BYTES_MAX, "{path}: {first} bytes at first");
        assert!(later <= LATER_BYTES_MAX, "{path}: {later} bytes later");
    }
    assert!(kept.len() >= 5, "style and script are among them: {kept:?}");
}
