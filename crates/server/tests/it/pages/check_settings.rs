//! Checks: turned off, given other numbers, and the next run goes by it.

use crate::browser::Browser;
use crate::desk::Desk;

const PATH: &str = "/settings/acme/checks";
const AS_THEY_ARE: [(&str, &str); 11] = [
    ("unit", "acme"),
    ("just_below_limit", "on"),
    ("just_below_limit.limit", "5000"),
    ("just_below_limit.share", "0.3"),
    ("benford", "on"),
    ("benford.limit", ""),
    ("benford.share", "0.30"),
    ("bank_changed_then_paid", "on"),
    ("duplicate_invoices", "on"),
    ("employee_is_supplier", "on"),
    ("round_amounts", "on"),
];

fn with(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let change = |(name, usual)| {
        let found = changed.iter().find(|(known, _)| *known == name);
        (name, found.map_or(usual, |(_, value)| *value))
    };
    AS_THEY_ARE.map(change).to_vec()
}

#[tokio::test]
async fn a_run_goes_by_what_was_set() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("Just below a limit") && page.text.contains("All 6 are on"));
    let same = ann.post(&desk, PATH, &AS_THEY_ARE).await;
    assert_eq!(same.location(), "/settings/acme/checks?unit=acme&said=nothing-changed");
    assert_eq!(desk.asked_runs().await, 0);

    let set =
        ann.post(&desk, PATH, &with(&[("just_below_limit.limit", "7500"), ("benford", "")])).await;
    assert_eq!(set.location(), "/settings/acme/checks?unit=acme&said=checks-set");
    assert_eq!(desk.asked_runs().await, 1);
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("5 of 6 are on") && page.text.contains("value=\"7500\""));
    let limits = ann.get(&desk, "/settings/acme/limits").await;
    assert!(limits.text.contains("7500"), "{}", limits.text);
    assert!(desk.audited().await.contains(&"check.set".to_owned()));

    assert!(page.text.contains("<option value=\"automatic\" selected>"), "{}", page.text);
    let lines = [AS_THEY_ARE.as_slice(), &[("invoice_lines", "never")]].concat();
    ann.post(&desk, PATH, &lines).await;
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("<option value=\"never\" selected>"), "{}", page.text);
    let other = [AS_THEY_ARE.as_slice(), &[("invoice_lines", "often")]].concat();
    let wrong = ann.post(&desk, PATH, &other).await;
    assert!(wrong.text.contains("nothing was changed"), "{}", wrong.text);

    // Back to the checks' own numbers: nothing is kept that a better default could not reach.
    ann.post(&desk, PATH, &AS_THEY_ARE).await;
    assert!(ann.get(&desk, PATH).await.text.contains("All 6 are on"));
}

#[tokio::test]
async fn a_wrong_number_changes_nothing() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    for (field, value, words) in [
        ("just_below_limit.limit", "five", "Write a number such as 5000"),
        ("just_below_limit.share", "30", "Write a number from 0 to 1"),
    ] {
        let page = ann.post(&desk, PATH, &with(&[(field, value), ("benford", "")])).await;
        assert_eq!(page.status, 422);
        assert!(
            page.text.contains(words) && page.text.contains("One number is not valid"),
            "{}",
            page.text
        );
        assert!(page.text.contains(&format!("value=\"{value}\"")), "what was typed is there still");
    }
    assert!(ann.get(&desk, PATH).await.text.contains("All 6 are on"));
    let nowhere = ann.post(&desk, PATH, &with(&[("unit", "mars")])).await;
    assert_eq!(nowhere.status, 404);
    assert_eq!(desk.asked_runs().await, 0);
}
