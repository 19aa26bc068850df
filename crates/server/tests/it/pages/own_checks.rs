//! Checks of a unit's own: tried, kept, switched, had back; a run is told those that are on.

use crate::browser::Browser;
use crate::desk::Desk;

const PATH: &str = "/settings/acme/own-checks";

const CASH: [(&str, &str); 8] = [
    ("unit", "acme"),
    ("name", "cash_above_limit"),
    ("title", "Cash above <the> limit"),
    ("about", ""),
    ("claim", "it was cash"),
    ("innocent_if", "the till is kept there"),
    ("at_risk_is", ""),
    ("sql", "SELECT 'Cash' AS title, make_array(unique_id) AS transactions FROM transactions"),
];

fn with(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let is_kept = |(name, _): &(&str, &str)| changed.iter().all(|(other, _)| other != name);
    CASH.into_iter().filter(is_kept).chain(changed.iter().copied()).collect()
}

fn set(version: &'static str, action: &'static str) -> [(&'static str, &'static str); 4] {
    [("unit", "acme"), ("name", "cash_above_limit"), ("version", version), ("action", action)]
}

#[tokio::test]
async fn a_check_is_tried_kept_and_had_back() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let tried = ann.post(&desk, PATH, &with(&[("action", "try")])).await;
    assert_eq!(tried.status, 200);
    assert!(tried.text.contains("It would find"), "{}", tried.text);
    assert!(
        tried.text.contains("cash_above_limit") && tried.text.contains("the till is kept there")
    );
    assert_eq!(desk.asked_runs().await, 0, "trying keeps nothing");

    let kept = ann.post(&desk, PATH, &with(&[("action", "keep")])).await;
    assert_eq!(kept.location(), "/settings/acme/own-checks?unit=acme&said=own-check-kept");
    assert_eq!(desk.asked_runs().await, 1);
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("Cash above &#60;the&#62; limit"), "{}", page.text);
    let toml = ann.get(&desk, &format!("{PATH}/check.toml?unit=acme&name=cash_above_limit")).await;
    assert!(toml.text.contains("title = \"Cash above <the> limit\""), "{}", toml.text);

    for (version, action) in [("1", "off"), ("2", "removed"), ("3", "undo"), ("4", "on")] {
        let done = ann.post(&desk, &format!("{PATH}/set"), &set(version, action)).await;
        assert_eq!(done.status, 303, "{action}: {}", done.text);
    }
    let late = ann.post(&desk, &format!("{PATH}/set"), &set("2", "off")).await;
    assert_eq!(late.status, 409);
    let audited = desk.audited().await;
    for what in ["add", "switch_off", "remove", "undo", "switch_on"] {
        assert!(audited.contains(&format!("own_check.{what}")), "{what}: {audited:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_run_is_not_kept() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    for (field, value, words) in [
        ("name", "Cash", "small letters"),
        ("claim", "", "`claim` is empty"),
        ("sql", "SELECT nothing", "The SQL cannot be read"),
        ("sql", "SELECT {limit}", "there is no such parameter"),
    ] {
        let page = ann.post(&desk, PATH, &with(&[(field, value), ("action", "keep")])).await;
        assert_eq!(page.status, 422, "{field}");
        assert!(page.text.contains(words), "{}", page.text);
    }
    assert!(!ann.get(&desk, PATH).await.text.contains("Change a check"));
    assert_eq!(desk.asked_runs().await, 0);
}

#[tokio::test]
async fn a_run_carries_out_those_that_are_on() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    ann.post(&desk, PATH, &with(&[("action", "keep")])).await;
    desk.work().await;
    let asked = desk.book.check_requests();
    let names = |at: usize| -> Vec<&str> {
        asked[at].own_checks.iter().map(|check| check.name.as_str()).collect()
    };
    assert_eq!(names(asked.len() - 1), ["cash_above_limit"]);
}
