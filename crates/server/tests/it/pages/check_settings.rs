//! Checks: turned off, given other numbers, and the next run goes by it.

use domain::finding::CheckEnd;
use serde_json::json;

use super::overview::report;
use crate::browser::Browser;
use crate::desk::{Desk, checked};

const PATH: &str = "/settings/acme/checks";
const AS_THEY_ARE: [(&str, &str); 12] = [
    ("unit", "acme"),
    ("learn_from_verdicts", "on"),
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
    assert!(limits.text.contains("7,500.00"), "{}", limits.text);
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
            page.text.contains(words) && page.text.contains("One value is not valid"),
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

#[tokio::test]
async fn statuses_of_the_last_run_are_shown_and_listed() {
    let mut found = checked(3);
    let met = |status: &str, rows: u64, is_left_out: bool| json!({ "status": status, "rows": rows, "isLeftOut": is_left_out });
    let figures = json!({
        "invoiceLines": "automatic", "invoices": 990, "invoicesOfLines": 0, "lines": 0,
        "repeatedInvoices": 0, "rowsLeftOut": 0, "filesSentAgain": [],
        "statuses": {
            "leftOutStatuses": "known", "rows": 1000, "invoicesLeftOutByStatus": 10,
            "met": [met("<Void>", 10, true), met("Cancelado", 7, false), met("Paid", 983, false)], "more": 0,
        },
    });
    found.checks = vec![report("duplicate_invoices", CheckEnd::Ran, figures)];
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, PATH).await;
    for text in ["&#60;Void&#62;</textarea>", ">983<", "<option value=\"known\" selected>"] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    assert_eq!(page.text.matches(">left out<").count(), 1, "{}", page.text);

    let listed = [("left_out", "listed"), ("left_out_statuses", "CANCELADO\r\nStorno")];
    let set = ann.post(&desk, PATH, &[AS_THEY_ARE.as_slice(), &listed].concat()).await;
    assert_eq!(set.location(), "/settings/acme/checks?unit=acme&said=checks-set");
    let page = ann.get(&desk, PATH).await;
    assert!(page.text.contains("CANCELADO\nStorno</textarea>"), "{}", page.text);
    // By what is set now, though the last run went by something else.
    let row =
        "Cancelado</td><td class=\"num\" data-label=\"Rows\">7</td><td data-label=\"Is\">left out<";
    assert!(page.text.contains(row), "{}", page.text);
    assert_eq!(page.text.matches(">left out<").count(), 1, "{}", page.text);

    let long = "x".repeat(101);
    let wrong = [("left_out", "listed"), ("left_out_statuses", long.as_str())];
    let page = ann.post(&desk, PATH, &[AS_THEY_ARE.as_slice(), &wrong].concat()).await;
    assert_eq!(page.status, 422);
    assert!(
        page.text.contains(&long) && page.text.contains("each status on a line"),
        "{}",
        page.text
    );
}
