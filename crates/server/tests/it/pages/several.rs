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
