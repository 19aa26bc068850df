//! The walk of each role over each route: its page, its form, its request.
//!
//! Invariant: `roles/routes.txt` is the whole of it, as data. A route that is not there fails the walk, and
//! so does a line whose route is gone; whoever is refused writes nothing.

mod bodies;
pub(crate) mod fixture;

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use server::http::{Access, Route, routes};

use crate::browser::Page;
use crate::desk::Desk;
use fixture::{Fixture, Person, TokenHolder};

const ROUTES: &str = include_str!("roles/routes.txt");
/// Ends the session of whoever walks, so it comes last.
const LAST: &str = "POST /sign-out";

/// The outcome of a request: how far somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    LetIn,
    SentToSignIn,
    NoToken,
    TooWeak,
    NotThere,
    /// A fault of the server, which no line of the table expects.
    Broken,
}

/// A line of the table: a route, and how far each column of the table comes.
struct Line {
    route: Route,
    reaches: BTreeMap<&'static str, Reach>,
}

impl Reach {
    fn parse(word: &str) -> Self {
        match word {
            "ok" => Self::LetIn,
            "sign" => Self::SentToSignIn,
            "auth" => Self::NoToken,
            "weak" => Self::TooWeak,
            "none" => Self::NotThere,
            other => panic!("{other} is no word of the table"),
        }
    }

    fn of(status: StatusCode, location: &str) -> Self {
        match status.as_u16() {
            303 if location.starts_with("/sign-in") && !location.contains("signed-out") => {
                Self::SentToSignIn
            }
            401 => Self::NoToken,
            403 => Self::TooWeak,
            404 => Self::NotThere,
            500.. => Self::Broken,
            _ => Self::LetIn,
        }
    }
}

/// The lines below the heading that begins with `name`, in which each route of the server of that sort
/// stands once.
fn table(name: &str, is_of_it: impl Fn(&Route) -> bool) -> Vec<Line> {
    let mut lines = ROUTES.lines().skip_while(|line| !line.starts_with(name));
    let columns: Vec<&str> = lines.next().unwrap().split_whitespace().skip(1).collect();
    let key = |route: &Route| format!("{} {}", route.method, route.path);
    let mut known: BTreeMap<String, Route> =
        routes().into_iter().filter(is_of_it).map(|route| (key(&route), route)).collect();
    let lines = lines.take_while(|line| !line.is_empty()).map(|line| {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        let key = format!("{} {}", words[0], words[1]);
        let route = known.remove(&key);
        let route = route.unwrap_or_else(|| panic!("{key} is no route, or stands there twice"));
        assert_eq!(words.len() - 2, columns.len(), "{key}");
        let reaches = columns.iter().copied().zip(words[2..].iter().map(|word| Reach::parse(word)));
        Line { route, reaches: reaches.collect() }
    });
    let mut lines: Vec<Line> = lines.collect();
    assert!(known.is_empty(), "routes.txt says nothing of {:?}", known.keys());
    lines.sort_by_key(|line| key(&line.route) == LAST);
    lines
}

fn is_page(route: &Route) -> bool {
    matches!(route.access, Access::Page(_))
}

async fn newest_entry(desk: &Desk) -> u64 {
    let (system, one) = (desk.app.store.system(), domain::page::PageSize::fixed(1));
    let page = system.audit_entries(one, None).await.unwrap();
    page.items.first().map_or(0, |entry| entry.sequence)
}

async fn ask(person: &mut Person, fixture: &Fixture, route: &Route, path: &str) -> Page {
    if route.method == Method::GET {
        return person.browser.get(&fixture.desk, path).await;
    }
    let fields = fixture.fields(route.operation, person);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    person.browser.post(&fixture.desk, path, &fields).await
}

/// The faults by which a page could be used by another site, or is kept where others look.
fn weaknesses(page: &Page) -> Vec<String> {
    let has = |name: &str, value: &str| {
        page.headers.get(name).is_some_and(|said| said.to_str().unwrap().starts_with(value))
    };
    let mut wanted = vec![("x-content-type-options", "nosniff")];
    if has("content-type", "text/html") {
        let policy = "default-src 'none'; script-src 'self'; style-src 'self'; ";
        wanted.extend([("content-security-policy", policy), ("cache-control", "no-store")]);
    }
    let missing = wanted.into_iter().filter(|(name, value)| !has(name, value));
    missing.map(|(name, value)| format!("{name} is not {value}")).collect()
}

/// The faults of one person at one route: how far they came, what they wrote, what a refusal shows.
async fn faults_of(person: &mut Person, fixture: &Fixture, line: &Line) -> Vec<String> {
    let mut faults = Vec::new();
    let (route, expected) = (&line.route, line.reaches[person.column]);
    let before = newest_entry(&fixture.desk).await;
    let path = fixture.path(route, person, ("acme", "acme"));
    let page = ask(person, fixture, route, &path).await;
    let reach = Reach::of(page.status, page.location());
    if reach != expected {
        faults.push(format!("{reach:?} and not {expected:?}: {} {}", page.status, page.heading()));
    }
    faults.extend(weaknesses(&page));
    if expected == Reach::LetIn {
        return faults;
    }
    if newest_entry(&fixture.desk).await != before {
        faults.push("wrote something".to_owned());
    }
    // Whether it is there must not show.
    // Whoever works there knows what there is, and finds nothing where there is nothing.
    let works_there = match person.column {
        "analyst" | "admin" => true,
        "unit-admin" => route.path.contains("{unit}"),
        _ => false,
    };
    if expected == Reach::NotThere && route.path.contains("{customer}") && !works_there {
        let is_beside = person.column.starts_with("beside");
        let made_up = if is_beside { ("acme", "nosuch") } else { ("nosuch", "nosuch") };
        let path = fixture.path(route, person, made_up);
        if ask(person, fixture, route, &path).await.text != page.text {
            faults.push("what is there is refused otherwise than what is not".to_owned());
        }
    }
    faults
}

/// One walk takes minutes: those who look and those who change something go side by side.
#[tokio::test]
async fn every_role_comes_as_far_as_the_table_says_where_it_looks() {
    Box::pin(every_role_comes_as_far(|route| route.method == Method::GET)).await;
}

#[tokio::test]
async fn every_role_comes_as_far_as_the_table_says_where_it_changes() {
    Box::pin(every_role_comes_as_far(|route| route.method != Method::GET)).await;
}

async fn every_role_comes_as_far(walks: fn(&Route) -> bool) {
    let fixture = Box::pin(Fixture::make()).await;
    let mut people = fixture.people().await;
    let admin_token = fixture.token(None, domain::Role::Admin).await;
    let mut faults = Vec::new();
    for line in table("people", is_page).into_iter().filter(|line| walks(&line.route)) {
        let name = format!("{} {}", line.route.method, line.route.path);
        for person in &mut people {
            let found = faults_of(person, &fixture, &line).await;
            faults.extend(found.iter().map(|fault| format!("{name} as {}: {fault}", person.name)));
        }
        // A token opens no page.
        let path = fixture.path(&line.route, &people[0], ("acme", "acme"));
        let bearer = format!("Bearer {admin_token}");
        let headers = [
            ("Accept", "text/html"),
            ("Authorization", bearer.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let answer = fixture.desk.send(line.route.method.clone(), &path, &headers, "").await;
        let location = answer.headers.get("location").map(|to| to.to_str().unwrap());
        let reach = Reach::of(answer.status, location.unwrap_or_default());
        if reach != line.reaches["nobody"] {
            faults.push(format!("{name} by an access token: {reach:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn every_token_comes_as_far_as_the_table_says() {
    let fixture = Box::pin(Fixture::make()).await;
    let holders = fixture.token_holders().await;
    let admin = fixture.admin_cookie().await;
    let mut faults = Vec::new();
    for Line { route, reaches } in table("tokens", |route| !is_page(route)) {
        let name = format!("{} {}", route.method, route.path);
        for TokenHolder { column, role_column, name: holder, token, place } in &holders {
            // A path of no customer is everybody's, by what the token may do.
            let column = if route.path.contains("{customer}") { column } else { role_column };
            let before = newest_entry(&fixture.desk).await;
            let path = fixture.api_path(&route, *place);
            let answer = fixture.request(&route, &path, token.as_deref()).await;
            let (reach, expected) = (Reach::of(answer.status, ""), reaches[column]);
            if reach != expected {
                let (status, text) = (answer.status, answer.json());
                faults.push(format!("{name} as {holder}: {reach:?} {status} {text}"));
            }
            if expected != Reach::LetIn && newest_entry(&fixture.desk).await != before {
                faults.push(format!("{name} as {holder}: wrote something"));
            }
        }
        // A session is no token.
        let path = fixture.api_path(&route, 0);
        let headers = [("Cookie", admin.as_str()), ("Content-Type", "application/json")];
        let answer = fixture.desk.send(route.method.clone(), &path, &headers, "{}").await;
        let reach = Reach::of(answer.status, "");
        if reach != reaches["nobody"] {
            faults.push(format!("{name} by a session: {reach:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
