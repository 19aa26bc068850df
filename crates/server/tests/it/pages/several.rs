//! Several findings at once: decided, taken back, given away; and filters that a team shares.

use domain::{MemberRole, Role};
use serde_json::json;

use super::findings::listed;
use crate::browser::Browser;
use crate::desk::{Desk, checked, key, now};

const QUEUE: &str = "/at/acme/acme/findings";

fn path(number: usize) -> String {
    format!("{QUEUE}/{}", key(number))
}

#[tokio::test]
async fn several_are_decided_at_once() {
    let desk = Desk::with(&checked(4)).await;
    let mut ann = Browser::ann(&desk).await;
    let (one, two) = (key(1).to_string(), key(2).to_string());
    let fields = [
        ("finding", one.as_str()),
        ("finding", two.as_str()),
        ("state", "not_duplicate"),
        ("because", "rent"),
        ("queue", "sort=amount"),
    ];
    let decided = ann.post(&desk, QUEUE, &fields).await;
    let moment = now().as_microsecond();
    assert_eq!(decided.location(), format!("{QUEUE}?sort=amount&decided={moment}"));
    let page = ann.get(&desk, decided.location()).await;
    assert_eq!(listed(&page.text, 4), [4, 3]);
    assert!(page.text.contains("2 findings are decided"), "{}", page.text);
    let moment = moment.to_string();
    let undo = [("decided", moment.as_str()), ("queue", "sort=amount")];
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let his = bob.post(&desk, &format!("{QUEUE}/undo"), &undo).await;
    assert_eq!(his.location(), format!("{QUEUE}?sort=amount&said=nothing-undone"), "not his");
    let undone = ann.post(&desk, &format!("{QUEUE}/undo"), &undo).await;
    assert_eq!(undone.location(), format!("{QUEUE}?sort=amount&said=several-undone"));
    assert_eq!(listed(&ann.get(&desk, undone.location()).await.text, 4), [4, 3, 2, 1]);
    let asked = [("finding", one.as_str()), ("state", "needs_information"), ("because", "asked")];
    let asked: Vec<_> = asked.into_iter().chain([("finding", two.as_str())]).collect();
    let waits = ann.post(&desk, QUEUE, &asked).await;
    let page = ann.get(&desk, waits.location()).await;
    assert!(page.text.contains("2 findings wait for an answer"), "{}", page.text);
    ann.post(&desk, &format!("{QUEUE}/undo"), &undo).await;
    // What a colleague did something about meanwhile is left as it is, and said.
    let (one_seen, two_seen) = (format!("{one}@4"), format!("{two}@4"));
    bob.post(&desk, &format!("{}/comments", path(2)), &[("words", "Asked them")]).await;
    let fields = [
        ("finding", one_seen.as_str()),
        ("finding", two_seen.as_str()),
        ("state", "not_duplicate"),
        ("because", "rent"),
    ];
    let decided = ann.post(&desk, QUEUE, &fields).await;
    assert_eq!(decided.location(), format!("{QUEUE}?left=1&decided={moment}"));
    let page = ann.get(&desk, decided.location()).await;
    assert!(page.text.contains("1 of the ticked findings was left as it is"), "{}", page.text);
    assert_eq!(listed(&page.text, 4), [4, 3, 2]);
    let ticked = [("finding", one.as_str()), ("finding", two.as_str())];
    let undone = ann.post(&desk, &format!("{QUEUE}/undo"), &ticked).await;
    assert_eq!(undone.location(), format!("{QUEUE}?said=several-undone"));
    let none = ann.post(&desk, QUEUE, &[("state", "duplicate"), ("because", "x")]).await;
    assert_eq!(none.location(), format!("{QUEUE}?said=nothing-chosen"));
    let all = ann.get(&desk, &format!("{QUEUE}?state=all")).await;
    assert_eq!(listed(&all.text, 4), [4, 3, 2, 1]);
}

/// The findings that a form of the queue names, as it would send them.
fn named(page: &str) -> Vec<String> {
    let parts = page.split("name=\"finding\" value=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn all_that_match_are_decided_beyond_the_page() {
    let desk = Desk::with(&checked(60)).await;
    let mut ann = Browser::ann(&desk).await;
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let plain = ann.get(&desk, QUEUE).await;
    let offer = format!("href=\"{QUEUE}?all=1\">Select all 60 that match</a>");
    assert!(plain.text.contains(&offer), "{}", plain.text);
    assert_eq!(named(&plain.text).len(), 50);
    let few = ann.get(&desk, &format!("{QUEUE}?amount=58,000&all=1")).await;
    assert_eq!(listed(&few.text, 60), [60, 59, 58]);
    assert!(!few.text.contains("data-beyond"), "{}", few.text);
    let read = viv.get(&desk, &format!("{QUEUE}?all=1")).await;
    assert!(named(&read.text).is_empty(), "a viewer ticks nothing: {}", read.text);

    let all = ann.get(&desk, &format!("{QUEUE}?all=1")).await;
    let ticked = named(&all.text);
    assert_eq!(ticked.len(), 60);
    assert_eq!(all.text.matches(" checked aria-label=\"Select: ").count(), 50);
    assert!(all.text.contains(", 10 of them on other pages"), "{}", all.text);
    assert!(!all.text.contains("which no list of findings knows"), "{}", all.text);
    // One of another page is a colleague's meanwhile.
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    bob.post(&desk, &format!("{}/comments", path(2)), &[("words", "Asked them")]).await;
    let verdict = [("state", "not_duplicate"), ("because", "rent")];
    let findings = ticked.iter().map(|one| ("finding", one.as_str()));
    let fields: Vec<_> = findings.clone().chain(verdict).collect();
    let decided = ann.post(&desk, QUEUE, &fields).await;
    let moment = now().as_microsecond();
    assert_eq!(decided.location(), format!("{QUEUE}?left=1&decided={moment}"));
    let page = ann.get(&desk, decided.location()).await;
    assert!(page.text.contains("59 findings are decided"), "{}", page.text);
    assert_eq!(listed(&page.text, 60), [2]);
    let moment = moment.to_string();
    let undone = ann.post(&desk, &format!("{QUEUE}/undo"), &[("decided", moment.as_str())]).await;
    assert_eq!(undone.location(), format!("{QUEUE}?said=several-undone"));
    assert!(ann.get(&desk, QUEUE).await.text.contains("1–50 of 60"));

    let all = named(&ann.get(&desk, &format!("{QUEUE}?all=1")).await.text);
    let findings = all.iter().map(|one| ("finding", one.as_str()));
    let to_bob: Vec<_> = findings.chain([("assignee", "bob@example.org")]).collect();
    let given = ann.post(&desk, &format!("{QUEUE}/assign"), &to_bob).await;
    assert_eq!(given.location(), format!("{QUEUE}?said=several-assigned"));
    let his = ann.get(&desk, &format!("{QUEUE}?assignee=bob%40example.org")).await;
    assert!(his.text.contains("1–50 of 60"), "{}", his.text);
}

#[tokio::test]
async fn more_than_a_form_may_name_are_refused() {
    let desk = Desk::with(&checked(1)).await;
    let mut ann = Browser::ann(&desk).await;
    let one = key(1).to_string();
    let verdict = [("state", "not_duplicate"), ("because", "rent")];
    for (boxes, status) in [(1_001, 413), (1_000, 303)] {
        let findings = std::iter::repeat_n(("finding", one.as_str()), boxes);
        let fields: Vec<_> = findings.chain(verdict).collect();
        assert_eq!(ann.post(&desk, QUEUE, &fields).await.status, status, "{boxes}");
    }
}

#[tokio::test]
async fn a_verdict_that_makes_no_sense_shows_the_queue_again() {
    let desk = Desk::with(&checked(60)).await;
    let mut ann = Browser::ann(&desk).await;
    let (first, other) = (format!("{}@0", key(60)), format!("{}@0", key(3)));
    let fields = [
        ("finding", first.as_str()),
        ("finding", other.as_str()),
        ("state", "not_duplicate"),
        ("because", ""),
        ("due", "2026-12-04"),
        ("queue", "sort=amount"),
    ];
    let refused = ann.post(&desk, QUEUE, &fields).await;
    assert_eq!((refused.status.as_u16(), refused.heading()), (409, "Findings"));
    for said in [
        "<p class=\"notice caution\" role=\"alert\">",
        "<option value=\"not_duplicate\" selected>",
        "name=\"due\" value=\"2026-12-04\"",
        "name=\"queue\" value=\"sort=amount\"",
        "1–50 of 60",
    ] {
        assert!(refused.text.contains(said), "{said} {}", refused.text);
    }
    // What was ticked is ticked still, also what is on another page.
    assert_eq!(refused.text.matches(" checked aria-label=\"Select: ").count(), 1);
    let named = named(&refused.text);
    assert!(named.len() == 51 && named.contains(&other), "{named:?}");
    assert!(refused.text.contains(&format!("value=\"{other}\" data-beyond data-amount=\"3000")));
    // What a colleague did meanwhile is not decided over when it is sent again.
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    bob.post(&desk, &format!("{}/comments", path(60)), &[("words", "Asked them")]).await;
    let again = ann.post(&desk, QUEUE, &fields).await;
    assert!(again.text.contains(&format!("value=\"{first}\"")), "{}", again.text);
}

#[tokio::test]
async fn programs_decide_several_as_they_saw_them() {
    let desk = Desk::with(&checked(3)).await;
    let token = desk.token(Role::Analyst, "SAP").await;
    let verdict = json!({ "state": "not_duplicate", "because": "rent" });
    let (one, two) = (key(1).to_string(), key(2).to_string());
    let several =
        |seen: u64| json!({ "findings": [one, two], "verdict": verdict, "seen": { &one: seen } });
    let decided = desk.post(&token, "verdicts", &several(0)).await;
    assert_eq!(decided.json(), json!({ "decided": 2, "proposed": 0 }));
    let other = json!({ "findings": [one], "seen": { &two: 0 } });
    assert_eq!(desk.post(&token, "verdicts/undo", &other).await.status, 400);
    let undo = |seen: u64| json!({ "findings": [one, key(3)], "seen": { &one: seen } });
    let undone = desk.post(&token, "verdicts/undo", &undo(1)).await;
    assert_eq!(undone.json(), json!({ "undone": 1, "undecided": 1 }));
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, &format!("{}/verdict", path(2)), &[("state", "duplicate")]).await;
    let assign = json!({ "findings": [two], "assignee": "ann@example.org", "seen": { &two: 1 } });
    assert_eq!(desk.post(&token, "assignments", &assign).await.status, 412);
    let assign = json!({ "findings": [one, two], "assignee": "ann@example.org" });
    let assigned = desk.post(&token, "assignments", &assign).await;
    assert_eq!(assigned.json(), json!({ "assigned": 2 }));
}

#[tokio::test]
async fn a_view_is_shared_by_those_who_decide() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    let mut bob = Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let views = "/at/acme/acme/views";
    let large = [("name", "Large"), ("queue", "amount=2000"), ("shared", "on")];
    assert_eq!(viv.post(&desk, views, &large).await.status, 409, "a viewer keeps their own");
    assert_eq!(bob.post(&desk, views, &large).await.status, 303);
    let seen = viv.get(&desk, QUEUE).await;
    assert!(
        seen.text.contains("Large <span class=\"muted small\">shared by bob</span>"),
        "{}",
        seen.text
    );
    assert!(!seen.text.contains("Delete the view Large"), "{}", seen.text);
    let admins = ann.get(&desk, QUEUE).await;
    let remove = admins.between("action=\"views/", "\"").unwrap().to_owned();
    assert_eq!(viv.post(&desk, &format!("{views}/{remove}"), &[]).await.status, 404);
    assert_eq!(ann.post(&desk, &format!("{views}/{remove}"), &[]).await.status, 303);
    assert!(!bob.get(&desk, QUEUE).await.text.contains("shared by"), "it is gone");
}
