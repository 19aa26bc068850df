//! A supplier's statement by the whole server: sent over the API, shown on its page with what to ask, and its
//! credit found until the ledger has it.
//!
//! Not for: which line belongs to which row (`analysis`), or every layout of statements.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server};
use crate::screening::run_over;
use crate::unposted::SignedIn;

const HEADER: &str = "Unique ID,Invoice Number,Invoice Amount,Invoice Amount Currency,Base Amount,\
     Base Amount Currency,Invoice Date,Entered Date,Supplier Name,Supplier Ref\n";
const STATEMENT: &str = "Alder Works Ltd,,,\nDate,Invoice No,Type,Amount\n\
     2026-03-02,INV-1001,Invoice,100.00\n2026-03-05,INV-1002,Invoice,210.00\n\
     2026-03-09,INV-1007,Invoice,30.00\n2026-03-12,CN-55,Credit note,-40.00\n";

fn unit_path(below: &str) -> String {
    format!("/customers/{CUSTOMER}/units/{CUSTOMER}/{below}")
}

fn invoice(id: &str, number: &str, amount: &str, day: &str) -> String {
    format!("{id},{number},{amount},GBP,{amount},GBP,{day},{day},Alder Works Ltd,S1\n")
}

async fn send_ledger(server: &Server, uploader: &str, file: &str, rows: &[String]) {
    let text = format!("{HEADER}{}", rows.concat());
    let sent = server.post(uploader, &format!("APT/{file}")).body(text).send().await.unwrap();
    assert_eq!(sent.status(), 201);
}

/// Sends a statement of S1; the statement as it was answered.
async fn send_statement(server: &Server, analyst: &str, file: &str) -> Value {
    let path = unit_path(&format!("statements?supplier=S1&file_name={file}"));
    let request = server.client().post(server.url(&path)).bearer_auth(analyst);
    let request = request.header("Content-Type", "application/octet-stream").body(STATEMENT);
    let sent = request.send().await.unwrap();
    assert_eq!(sent.status(), 201);
    sent.json_value().await
}

/// Waits for an answer that is as it should be.
async fn until(
    server: &Server,
    (token, below): (&str, &str),
    holds: impl Fn(&Value) -> bool,
) -> Value {
    loop {
        let answer = server.get_json(token, &unit_path(below)).await;
        if holds(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_statement_is_sent_shown_and_its_credit_found_until_it_is_taken() {
    let server = Server::start();
    let uploader = server.token();
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    let known = [
        invoice("T1", "INV-1001", "100.00", "2026-03-02"),
        invoice("T2", "INV-1002", "200.00", "2026-03-05"),
        invoice("T3", "INV-1003", "55.00", "2026-03-06"),
    ];
    send_ledger(&server, &uploader, "march.csv", &known).await;
    run_over(&server, &analyst, 1).await;

    let sent = send_statement(&server, &analyst, "alder.csv").await;
    let states: Vec<&str> = sent["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["agreed", "different", "missing_here", "credit_not_taken"], "{sent}");
    assert_eq!(sent["lines"][0]["row"]["id"], "T1", "{sent}");
    assert_eq!(sent["lines"][2]["currency"], "GBP", "as the supplier bills: {sent}");
    assert_eq!(sent["missingThere"][0]["id"], "T3", "{sent}");
    let asked: Vec<&str> = sent["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asked| asked["number"].as_str().unwrap())
        .collect();
    assert_eq!(asked, ["INV-1002", "INV-1007", "CN-55", "INV-1003"], "{sent}");

    let id = sent["statementId"].as_str().unwrap();
    let ann = SignedIn::invited(&server).await;
    let path = format!("/at/{CUSTOMER}/{CUSTOMER}/statements/{id}");
    let page = ann.page(&path).await;
    for said in [
        "Credit not taken",
        "Another amount",
        "Open with us and not on the statement",
        "What to ask",
        "Please send a copy of this credit note.",
        "Please say whether it is settled.",
    ] {
        assert!(page.contains(said), "{said} {page}");
    }
    let file = ann.page(&format!("{path}/lines.csv")).await;
    assert_eq!(file.lines().count(), 6, "{file}");

    // The statement asked for a run, which finds the credit.
    let list = "findings?check=credits_on_statements";
    let has_one = |found: &Value| found["items"].as_array().is_some_and(|items| items.len() == 1);
    let found = until(&server, (&analyst, list), has_one).await;
    let finding = &found["items"][0];
    assert_eq!(finding["atRisk"], json!({ "amount": "40.00", "currency": "GBP" }), "{finding}");
    let key = finding["key"].as_str().unwrap().to_owned();
    let statement = server.get_json(&analyst, &unit_path(&format!("statements/{id}"))).await;
    assert_eq!(statement["findings"][0]["finding"], key.as_str(), "{statement}");
    assert_eq!(statement["findings"][0]["line"], sent["lines"][3]["line"], "{statement}");
    let finding_path = format!("/at/{CUSTOMER}/{CUSTOMER}/findings/{key}");
    assert!(ann.page(&path).await.contains(&finding_path), "the statement leads to it");
    assert!(ann.page(&finding_path).await.contains(&path), "and it to the statement");
    let file = ann.page(&format!("{path}/lines.csv")).await;
    assert!(file.contains(&key), "{file}");

    // Sent again, it is the same finding; taken, it is one no more.
    send_statement(&server, &analyst, "again.csv").await;
    let taken = [
        invoice("T5", "CN 55", "-40.00", "2026-03-20"),
        invoice("T6", "INV-1010", "77.00", "2026-03-21"),
    ];
    send_ledger(&server, &uploader, "credit.csv", &taken).await;
    run_over(&server, &analyst, 2).await;
    let one = format!("findings/{key}");
    let gone = until(&server, (&analyst, &one), |found| !found["goneAt"].is_null()).await;
    assert_eq!(gone["statementCredit"]["credit"]["number"], "CN-55", "{gone}");
}
