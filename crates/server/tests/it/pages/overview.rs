//! The overview: what is first, what is summed, what is drawn.

use domain::MemberRole;
use domain::finding::{CheckEnd, CheckReport, Lane};
use serde_json::json;

use crate::browser::Browser;
use crate::desk::{Desk, checked};

const OVERVIEW: &str = "/at/acme/acme/overview";

pub(crate) fn report(check: &str, end: CheckEnd, figures: serde_json::Value) -> CheckReport {
    CheckReport {
        check: check.to_owned(),
        title: format!("<i>{check}"),
        end,
        findings: 0,
        suppressed: std::collections::BTreeMap::new(),
        overfull: Vec::new(),
        figures,
        milliseconds: 1,
    }
}

#[tokio::test]
async fn whoever_begins_is_told_three_steps() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let landing = ann.get(&desk, "/at/acme/acme/").await;
    assert_eq!(landing.location(), OVERVIEW);
    let first = ann.get(&desk, OVERVIEW).await;
    for text in ["/settings/acme/tokens", "/at/acme/acme/uploads", "/at/acme/acme/findings"] {
        assert!(first.text.contains(&format!("<a href=\"{text}\"")), "{text} {}", first.text);
    }
    let mut viewer = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let first = viewer.get(&desk, OVERVIEW).await;
    assert!(
        !first.text.contains("/settings/") && first.text.contains("An admin"),
        "{}",
        first.text
    );
}

#[tokio::test]
async fn a_unit_is_told_in_a_sentence_and_in_figures() {
    let mut found = checked(3);
    // Its money can neither be stopped nor recovered, and it is in no count of those.
    found.findings[0].lane = Lane::FraudSigns;
    let why = "no <b>IBAN in suppliers".to_owned();
    let digits = |digits: i64| json!({ "figure": "first_two", "digits": digits, "seen": 60, "expected": 0.0414 });
    found.checks = vec![
        report(
            "duplicate_invoices",
            CheckEnd::Ran,
            json!({
                "invoiceLines": "automatic", "invoices": 1000, "invoicesOfLines": 61, "lines": 130,
                "repeatedInvoices": 0, "rowsLeftOut": 0, "filesSentAgain": [],
            }),
        ),
        report("shared_accounts", CheckEnd::NotRun { why }, json!(null)),
        report("benford", CheckEnd::Ran, json!([digits(10), digits(11)])),
    ];
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    desk.receive("first.csv", "SAP").await;
    let page = ann.get(&desk, OVERVIEW).await;
    assert_eq!(page.status, 200);
    for text in [
        "3 findings are open, 3 of them first found by the last run; no transactions are in the ledger yet.",
        "£5,000.00</a></b><span>can be stopped or recovered, in 2 open findings",
        "First to do",
        "=Invoice 3 looks paid twice</a>",
        "Invoices that came twice",
        "&#60;i&#62;shared_accounts",
        "findings?what=duplicate_invoices&#38;state=open",
        "no &#60;b&#62;IBAN in suppliers",
        "61 of 1,000 invoices (6.1%) stand in several rows",
        "2 checks ran",
        "first.csv",
        "First two digits of the amounts",
        "50.00%",
        "Findings by week",
    ] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    assert!(!page.text.contains("<i>") && !page.text.contains("Last two digits"));
}

#[tokio::test]
async fn a_feed_that_fell_silent_is_said() {
    const DAY: i64 = 24 * 60 * 60;
    let desk = Desk::open().await;
    desk.receive("first.csv", "SAP").await;
    desk.read_one().await;
    let mut ann = Browser::ann(&desk).await;
    let fresh = ann.get(&desk, OVERVIEW).await;
    assert!(fresh.text.contains("last transactions received 10:00 today."), "{}", fresh.text);
    assert!(!fresh.text.contains("No transactions for"));
    desk.later(3 * DAY);
    ann.sign_in(&desk, "ann@example.org", crate::browser::PASSWORD).await;
    let silent = ann.get(&desk, OVERVIEW).await;
    assert!(silent.text.contains("No transactions for 3 days"), "{}", silent.text);
    assert!(silent.text.contains("Look at the log of the uploader"));
}
