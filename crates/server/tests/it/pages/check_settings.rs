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

#[tokio::test]
async fn further_limits_and_own_days_off_are_set_and_tried() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, PATH).await;
    for usual in [
        "name=\"weekend_saturday\" value=\"on\" checked",
        "name=\"weekend_sunday\" value=\"on\" checked",
        "<option value=\"england\" selected>",
        "name=\"just_below_limit.limit.more\"",
    ] {
        assert!(page.text.contains(usual), "{usual} {}", page.text);
    }
    let gulf = [
        ("calendar", "on"),
        ("weekend_friday", "on"),
        ("weekend_saturday", "on"),
        ("holidays", "none"),
        ("days_off", "2026-12-02\r\n2026-12-03"),
        ("days_worked", "2026-12-04"),
        ("just_below_limit.limit.more", "50,000\r\neur 6,000"),
    ];
    let form = [AS_THEY_ARE.as_slice(), &gulf].concat();
    let tried = ann.post(&desk, &format!("{PATH}/preview"), &form).await;
    assert_eq!(tried.location(), "/settings/acme/checks/preview?unit=acme");
    let tried = ann.get(&desk, &format!("{PATH}?unit=acme&tried=1")).await;
    assert!(tried.text.contains("EUR 6,000.00</textarea>"), "{}", tried.text);
    assert_eq!(desk.asked_runs().await, 0, "it is only tried");

    let set = ann.post(&desk, PATH, &form).await;
    assert_eq!(set.location(), "/settings/acme/checks?unit=acme&said=checks-set");
    let page = ann.get(&desk, PATH).await;
    for kept in [
        "name=\"weekend_friday\" value=\"on\" checked",
        "name=\"weekend_sunday\" value=\"on\"> Sunday",
        "<option value=\"none\" selected>",
        "2026-12-02\n2026-12-03</textarea>",
        "50,000.00\nEUR 6,000.00</textarea>",
    ] {
        assert!(page.text.contains(kept), "{kept} {}", page.text);
    }
    let limits = ann.get(&desk, "/settings/acme/limits").await;
    for said in [
        "5,000.00 · 50,000.00 · EUR 6,000.00",
        "Fridays and Saturdays; 2 days more; without 1 day that is worked on",
    ] {
        assert!(limits.text.contains(said), "{said} {}", limits.text);
    }

    for (field, typed, says) in [
        ("days_off", "24.12.2026", "is no day: write days as 2026-12-24, one a line."),
        ("holidays", "mars", "Choose england or none."),
        ("just_below_limit.limit.more", "QQQ 5", "names a currency that is none"),
        ("just_below_limit.limit.more", "5.000", "can be 5.000 or 5000"),
    ] {
        let wrong = [AS_THEY_ARE.as_slice(), &[("calendar", "on"), (field, typed)]].concat();
        let refused = ann.post(&desk, PATH, &wrong).await;
        assert_eq!(refused.status, 422, "{typed}");
        assert!(refused.text.contains(says), "{says} {}", refused.text);
        let is_list = field != "holidays";
        assert!(
            !is_list || refused.text.contains(&format!("{typed}</textarea>")),
            "{typed} is kept"
        );
    }
}
