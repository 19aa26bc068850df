//! The overview: what is first, what is summed, what is drawn.

use domain::MemberRole;
use domain::finding::{CheckEnd, CheckReport, Lane};
use http::StatusCode;
use serde_json::json;

use crate::browser::Browser;
use crate::desk::{Desk, checked, key};

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
    assert!(first.text.contains("the lists of suppliers and employees as well"), "{}", first.text);
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
        "2 sums may come back (£5,000.00)</a>.",
        "findings?text=is%3Anew\">3 findings nobody has opened</a>",
        "Start (2)</a>",
        "£5,000.00</a></b><span>may come back and is not decided, in 2 findings",
        "nothing</a></b><span>can be stopped before it is paid</span>",
        "<a href=\"/at/acme/acme/recovery?stage=received\">nothing</a></b><span>recovered in 2026",
        "=Invoice 3 looks paid twice</a><span class=\"note\">Recover · <b>£3,000.00</b> · <span class=\"chance two\" title=\"50%\"><span>likely</span>",
        "Invoices that came twice",
        "&#60;i&#62;shared_accounts",
        "findings?what=duplicate_invoices",
        "no &#60;b&#62;IBAN in suppliers",
        "61 of 1,000 invoices (6.1%) stand in several rows",
        "1 of 3 checks cannot run",
        "Checks done 10:00 today: 3 new findings",
        "Transactions: none yet",
        "Nothing is assigned to anybody",
    ] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
    assert!(!page.text.contains("<i>") && !page.text.contains("class=\"chart\""));
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    let page = viv.get(&desk, OVERVIEW).await;
    assert!(page.text.contains("Look (2)</a>") && !page.text.contains("Start ("), "{}", page.text);
    let population = ann.get(&desk, "/at/acme/acme/population").await;
    for text in ["First two digits of the amounts", "50.00%", "Findings by week"] {
        assert!(population.text.contains(text), "{text} {}", population.text);
    }
    assert!(!population.text.contains("Last two digits"));
}

#[tokio::test]
async fn a_sign_of_fraud_is_seen_beside_many_payments_to_stop() {
    let mut found = checked(10);
    let others = [Lane::Recover, Lane::Recover, Lane::FraudSigns, Lane::LookInto];
    let lanes = std::iter::repeat_n(Lane::StopPayment, 6).chain(others);
    for (finding, lane) in found.findings.iter_mut().zip(lanes) {
        finding.lane = lane;
    }
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    desk.receive("first.csv", "SAP").await;
    let page = ann.get(&desk, OVERVIEW).await;
    let list = page.text.split("<ol class=\"first-ones\">").nth(1).unwrap();
    let list = list.split("</ol>").next().unwrap();
    let numbers: Vec<&str> =
        list.split("=Invoice ").skip(1).map(|part| part.split(' ').next().unwrap()).collect();
    assert_eq!(numbers, ["6", "8", "9", "10", "5"], "{}", page.text);
    assert!(page.text.contains("The gravest of each lane in turn"), "{}", page.text);
    let begins = format!("/at/acme/acme/findings/{}?lane=stop_payment\">Start (6)</a>", key(6));
    assert!(page.text.contains(&begins), "{begins} {}", page.text);
}

#[tokio::test]
async fn money_that_waits_is_a_figure_too() {
    let desk = Desk::with(&checked(3)).await;
    let mut ann = Browser::ann(&desk).await;
    desk.receive("first.csv", "SAP").await;
    let waits = "Waiting for an answer";
    assert!(!ann.get(&desk, OVERVIEW).await.text.contains(waits));
    let path = format!("/at/acme/acme/findings/{}/verdict", key(3));
    let asked = [("state", "needs_information"), ("because", "asked")];
    ann.post(&desk, &path, &asked).await;
    let page = ann.get(&desk, OVERVIEW).await;
    let link = "<a href=\"/at/acme/acme/findings?lane=recover&#38;state=needs_information\">Waiting for an \
                answer: \u{a3}3,000.00, in 1 finding</a>";
    for said in
        [link, "\u{a3}3,000.00</a></b><span>may come back and is not decided, in 2 findings"]
    {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    let listed =
        ann.get(&desk, "/at/acme/acme/findings?lane=recover&state=needs_information").await;
    let is_listed = |number| listed.text.contains(&key(number).to_string());
    assert!(is_listed(3) && !is_listed(1), "{}", listed.text);
}

#[tokio::test]
async fn what_nobody_has_opened_is_new() {
    let desk = Desk::with(&checked(2)).await;
    let mut viv = Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await;
    desk.receive("first.csv", "SAP").await;
    let is_new = "/at/acme/acme/findings?text=is%3Anew";
    let listed = viv.get(&desk, is_new).await;
    assert!(listed.text.contains("1–2 of 2"), "{}", listed.text);
    let finding = |number| format!("/at/acme/acme/findings/{}", key(number));
    viv.get(&desk, &finding(1)).await;
    // Whoever passes a line of the queue has not opened its finding.
    assert_eq!(viv.look_beside_queue(&desk, &finding(2)).await, StatusCode::OK);
    let page = viv.get(&desk, OVERVIEW).await;
    assert!(page.text.contains("1 finding nobody has opened"), "{}", page.text);
    let listed = viv.get(&desk, is_new).await;
    let is_listed = |number| listed.text.contains(&key(number).to_string());
    assert!(is_listed(2) && !is_listed(1), "{}", listed.text);
}

#[tokio::test]
async fn a_team_and_its_verdicts_are_summed() {
    let desk = Desk::with(&checked(4)).await;
    let mut ann = Browser::ann(&desk).await;
    Browser::member(&desk, "bob@example.org", MemberRole::Analyst).await;
    desk.receive("first.csv", "SAP").await;
    let path = |number| format!("/at/acme/acme/findings/{}", key(number));
    for number in [1, 2] {
        let assign = [("assignee", "bob@example.org")];
        ann.post(&desk, &format!("{}/assign", path(number)), &assign).await;
    }
    for (number, state) in [(3, "duplicate"), (4, "not_duplicate")] {
        let fields = [("state", state), ("because", "asked")];
        ann.post(&desk, &format!("{}/verdict", path(number)), &fields).await;
    }
    ann.post(&desk, &format!("{}/recovered", path(3)), &[("recovered", "2500")]).await;
    let page = ann.get(&desk, OVERVIEW).await;
    for text in [
        ">bob</a></td><td class=\"num\" data-label=\"To do\">2</td>",
        "data-label=\"Median age\">0 days</td>",
        ">ann</a></td><td class=\"num\" data-label=\"To do\">0</td>",
        "data-label=\"Decided this week\">2</td>",
        "1 of 2 true",
        "£2,500.00</a></b><span>recovered in 2026",
        "2 sums may come back (£3,000.00)",
    ] {
        assert!(page.text.contains(text), "{text} {}", page.text);
    }
}

#[tokio::test]
async fn a_feed_that_fell_silent_is_said() {
    const DAY: i64 = 24 * 60 * 60;
    let desk = Desk::open().await;
    desk.receive("first.csv", "SAP").await;
    desk.read_one().await;
    let mut ann = Browser::ann(&desk).await;
    let fresh = ann.get(&desk, OVERVIEW).await;
    assert!(fresh.text.contains("Transactions 10:00 today"), "{}", fresh.text);
    assert!(!fresh.text.contains("No transactions for"));
    desk.later(3 * DAY);
    ann.sign_in(&desk, "ann@example.org", crate::browser::PASSWORD).await;
    let silent = ann.get(&desk, OVERVIEW).await;
    assert!(silent.text.contains("No transactions for 3 days"), "{}", silent.text);
    assert!(silent.text.contains("Look at the log of the uploader"));
}

#[tokio::test]
async fn before_the_first_run_it_says_that_nothing_is_known_and_looks_again() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let looks_again = "hx-get=\"/at/acme/acme/overview\" hx-trigger=";
    assert!(!ann.get(&desk, OVERVIEW).await.text.contains(looks_again));
    desk.receive("first.csv", "SAP").await;
    let page = ann.get(&desk, OVERVIEW).await;
    for said in
        [looks_again, "A file is being read, and the checks run after it", ">not checked yet<"]
    {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    desk.read_one().await;
    let page = ann.get(&desk, OVERVIEW).await;
    assert!(!page.text.contains(looks_again), "{}", page.text);
    for said in ["Nothing has been checked yet", ">not checked yet<"] {
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    desk.run(&checked(0)).await;
    let page = ann.get(&desk, OVERVIEW).await;
    assert!(!page.text.contains("checked yet"), "{}", page.text);
}
