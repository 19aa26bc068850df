//! A server below a path that others have beside it: every link, form, redirect and cookie stays there.

use std::collections::{BTreeSet, VecDeque};

use domain::Role;
use http::Method;
use server::http::{Access, routes};

use crate::browser::{Browser, PASSWORD};
use crate::desk::{Desk, checked};

const SITE: &str = "https://localhost/bursar";
const PREFIX: &str = "/bursar";
const ANN: &str = "ann@example.org";
/// More than there are; a page that led to ever more of them would be noticed.
const PAGES_MAX: usize = 400;
/// Attributes whose values are no links: a key of the keyboard, and fields of forms, which say where to go on
/// to inside.
const NO_LINKS: [&str; 2] = ["data-key", "value"];

/// The values of all attributes of a page that are paths of the host.
fn host_paths(page: &str) -> impl Iterator<Item = String> {
    page.match_indices("=\"/").filter_map(|(at, _)| {
        let name = page[..at].rsplit([' ', '\n']).next().unwrap_or_default();
        let value = page[at + 2..].split('"').next().unwrap_or_default();
        let value = value.replace("&#38;", "&").replace("&amp;", "&");
        (!NO_LINKS.contains(&name)).then_some(value)
    })
}

fn is_below(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.starts_with('/'))
}

async fn admin(desk: &Desk) -> Browser {
    let mut ann = Browser::default();
    let link = format!("{PREFIX}{}", desk.welcome().await);
    let page = ann.accept(desk, &link, ANN).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/bursar/"));
    for cookie in page.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Secure-bursar"), "{cookie}");
        assert!(cookie.contains("; Path=/bursar;"), "{cookie}");
    }
    ann.get(desk, "/bursar/me").await;
    ann
}

#[tokio::test]
async fn every_page_leads_to_pages_below_the_path() {
    let desk = Desk::open_at(SITE).await;
    desk.run(&checked(3)).await;
    desk.receive("invoices_20261123.csv", "erp").await;
    let mut ann = admin(&desk).await;
    let check = [
        ("name", "cash"),
        ("title", "Cash"),
        ("claim", "it was cash"),
        ("innocent_if", "the till is kept there"),
        ("sql", "SELECT 'Cash' AS title, make_array(unique_id) AS transactions FROM transactions"),
        ("action", "keep"),
    ];
    let kept = ann.post(&desk, "/bursar/settings/acme/own-checks", &check).await;
    assert_eq!(kept.status, 303, "{}", kept.text);
    let system = desk.app.store.system();
    let person = system.person_by_email(&ANN.parse().unwrap()).await.unwrap().unwrap();
    let mut seen = BTreeSet::new();
    let mut waiting = VecDeque::from([format!("{PREFIX}/")]);
    waiting.extend(
        routes()
            .iter()
            .filter(|route| route.method == Method::GET && matches!(route.access, Access::Page(_)))
            .map(|route| {
                let path = route.path.replace("{customer}", "acme").replace("{unit}", "acme");
                // What is to be erased stands in the query.
                let query = match route.operation {
                    "look_at_unit_erasure" => "?unit=acme".to_owned(),
                    "look_at_person_erasure" => format!("?user={}", person.user.id),
                    "look_at_customer_erasure" => "?customer=acme".to_owned(),
                    _ if path.contains("/own-checks/check.") => "?name=cash".to_owned(),
                    _ => String::new(),
                };
                format!("{PREFIX}{path}{query}")
            })
            .filter(|path| !path.contains('{')),
    );
    while let Some(path) = waiting.pop_front() {
        let bare = path.split('#').next().unwrap().to_owned();
        if !seen.insert(bare.clone()) {
            continue;
        }
        assert!(seen.len() < PAGES_MAX, "{seen:?}");
        let page = ann.get(&desk, &bare).await;
        // Rows of findings that are made up stand in no ledger.
        // Neither do files of a letter, or of a claim, about nothing.
        let of_nothing = ["/transactions/", "/letter.", "/claim.zip"];
        let is_missing = page.status == 404 && of_nothing.iter().any(|of| bare.contains(of));
        assert!(page.status.as_u16() < 400 || is_missing, "{bare}: {}", page.status);
        if page.status == 303 {
            assert!(is_below(page.location()), "{bare} leads to {}", page.location());
            waiting.push_back(page.location().to_owned());
            continue;
        }
        let media = page.headers.get("content-type").map(|media| media.to_str().unwrap());
        if !media.is_some_and(|media| media.starts_with("text/html")) {
            continue;
        }
        for found in host_paths(&page.text) {
            assert!(is_below(&found), "{bare} leads to {found}");
            let is_export = found.contains("findings.") || found.contains("/file");
            if page.text.contains(&format!("href=\"{found}\"")) && !is_export {
                waiting.push_back(found);
            }
        }
    }
    assert!(seen.len() > 40, "{seen:?}");
}

#[tokio::test]
async fn forms_and_refusals_stay_below_the_path() {
    let desk = Desk::open_at(SITE).await;
    let mut ann = admin(&desk).await;
    let out = ann.post(&desk, "/bursar/sign-out", &[]).await;
    assert_eq!(out.location(), "/bursar/sign-in?said=signed-out");
    let refused = ann.get(&desk, "/bursar/at/acme/acme/uploads?after=x").await;
    let sign_in = "/bursar/sign-in?next=%2Fat%2Facme%2Facme%2Fuploads%3Fafter%3Dx";
    assert_eq!(refused.location(), sign_in);
    let form = ann.get(&desk, refused.location()).await;
    let next = form.between("name=\"next\" value=\"", "\"").unwrap().to_owned();
    let fields = [("email", ANN), ("password", PASSWORD), ("next", &next)];
    let page = ann.post(&desk, "/bursar/sign-in", &fields).await;
    assert_eq!(page.location(), "/bursar/at/acme/acme/uploads?after=x");
    // A path of another application on the same host is none of this site.
    let fields = [("email", ANN), ("password", PASSWORD), ("next", "/wiki/")];
    let page = Browser::default().post(&desk, "/bursar/sign-in", &fields).await;
    assert_eq!(page.location(), "/bursar/wiki/");
    let help = ann.get(&desk, "/bursar/at/acme/acme/help").await;
    assert!(help.text.contains("https://localhost/bursar/customers/acme"), "{}", help.text);
    let missing = ann.get(&desk, "/bursar/nowhere").await;
    assert!(missing.status == 404 && missing.text.contains("href=\"/bursar/\""));
    let page = ann.get(&desk, "/bursar").await;
    assert_eq!(page.location(), "/bursar/at/acme/acme/");
}

#[tokio::test]
async fn programs_find_the_api_below_the_path_and_a_proxy_may_take_it_off() {
    let desk = Desk::open_at(SITE).await;
    let token = desk.token(Role::Uploader, "erp").await;
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "text/csv")];
    let upload = "/customers/acme/units/acme/Uploads/upload/APT/a_20261123.csv";
    for path in [format!("{PREFIX}{upload}"), format!("{PREFIX}{}", upload.to_lowercase())] {
        let answer = desk.send(Method::POST, &path, &headers, "Supplier\n").await;
        let location = answer.headers.get("location").map(|location| location.to_str().unwrap());
        if answer.status == 201 {
            assert!(location.unwrap().starts_with("/bursar/customers/acme/"), "{location:?}");
            let links = &answer.json()["links"];
            assert_eq!(links["self"], location.unwrap());
            assert!(links["problems"].as_str().unwrap().starts_with("/bursar/customers/acme/"));
        } else {
            let problem = answer.json();
            assert_eq!(problem["code"], "file_type_unknown");
            assert_eq!(problem["type"], "/bursar/problems/file_type_unknown");
            assert!(problem["instance"].as_str().unwrap().starts_with("/bursar/customers/acme/"));
        }
    }
    let answer = desk.send(Method::POST, upload, &headers, "Supplier\n").await;
    assert!(answer.status == 201, "the prefix was taken off before: {}", answer.status);
    let document = desk.send(Method::GET, "/bursar/openapi.json", &[], "").await.json();
    assert_eq!(document["servers"][0]["url"], "/bursar/");
    let nothing = desk.send(Method::GET, "/bursars/openapi.json", &[], "").await;
    assert_eq!(nothing.status, 404);
}

#[tokio::test]
async fn another_host_is_refused_where_the_own_is_known() {
    let desk = Desk::open_at("https://bursar.example.org").await;
    let answer = desk.send(Method::GET, "/sign-in", &[], "").await;
    let problem = answer.json();
    assert_eq!((answer.status.as_u16(), &problem["code"]), (421, &"host_unknown".into()));
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("https://bursar.example.org") && detail.contains("bursard.toml"));
    assert_eq!(
        desk.send(Method::GET, "/healthz", &[], "").await.status,
        200,
        "probes have no name"
    );
}

#[tokio::test]
async fn a_proxy_that_changes_the_host_is_named() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, "/sign-in").await;
    assert_eq!(page.status, 303);
    let form = "email=ann%40example.org&password=x";
    let headers = [
        ("Accept", "text/html"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", "https://bursar.example.org"),
    ];
    let answer = desk.send(Method::POST, "/sign-in", &headers, form).await;
    let text = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 403);
    for said in ["public_url", "https://bursar.example.org", "proxy_set_header Host $http_host"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}
