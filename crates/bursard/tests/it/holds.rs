//! Invoices that are not to be paid, as a finance system that has no more than curl fetches them.
//!
//! Not for: what is held and what is not (`store`), or the rest of the answers (`server`).

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::agents::TWICE;
use crate::harness::{CUSTOMER, Server};
use crate::screening::run_over;

/// curl at something below the unit, with a body where there is one.
fn curl(server: &Server, token: &str, below: &str, body: Option<&Value>) -> Output {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--include", "--noproxy", "*", "--cacert"]);
    curl.arg(server.authority()).arg("--header").arg(format!("Authorization: Bearer {token}"));
    if let Some(body) = body {
        curl.args(["--header", "Content-Type: application/json", "--data", &body.to_string()]);
    }
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/{below}");
    let output = curl.arg(server.url(&path)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The header and the body of an answer.
fn parts(output: &Output) -> (String, String) {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

fn json_of(output: &Output) -> Value {
    let (head, body) = parts(output);
    assert!(head.contains(" 200"), "{head} {body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn an_erp_follows_the_list_by_curl() {
    let server = Server::start();
    let uploader = server.token();
    let sent = server.post(&uploader, "APT/twice.csv").body(TWICE).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    let erp = server.token_with(&["--customer", CUSTOMER, "--role", "screening"]);
    run_over(&server, &analyst, 1).await;
    let findings = json_of(&curl(&server, &analyst, "findings?check=duplicate_invoices", None));
    let key = findings["items"][0]["key"].as_str().unwrap().to_owned();
    assert!(json_of(&curl(&server, &erp, "holds", None))["items"].as_array().unwrap().is_empty());

    let hold = json!({ "findings": [key], "because": "=look first" });
    let (refused, _) = parts(&curl(&server, &erp, "holds", Some(&hold)));
    assert!(refused.contains(" 403"), "who fetches holds nothing: {refused}");
    let held = json_of(&curl(&server, &analyst, "holds", Some(&hold)));
    assert_eq!(held["items"].as_array().unwrap().len(), 2, "{held}");
    let first = json_of(&curl(&server, &erp, "holds?limit=1", None));
    assert_eq!((&first["upto"], &first["hasMore"]), (&json!(1), &json!(true)), "{first}");
    assert_eq!(first["items"][0]["fields"]["invoice_number"], "10983", "{first}");
    let (head, csv) = parts(&curl(&server, &erp, "holds.csv?since=1", None));
    assert!(head.contains("bursar-holds-upto: 2"), "{head}");
    assert!(head.contains("content-type: text/csv"), "{head}");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[1].starts_with("2,held,U2,S1,Alder Works,10983,2026-03-09,4310.00,"), "{csv}");
    assert!(lines[1].contains("'=look first"), "no cell is a formula: {csv}");

    let upto = json!({ "upto": 2 });
    let known = json_of(&curl(&server, &erp, "holds/acknowledged", Some(&upto)));
    assert_eq!(known["changes"], 2, "{known}");
    let again = json_of(&curl(&server, &erp, "holds/acknowledged", Some(&upto)));
    assert_eq!(again["changes"], 0, "once more changes nothing: {again}");
    let innocent = json!({ "state": "not_duplicate", "because": "two deliveries" });
    json_of(&curl(&server, &analyst, &format!("findings/{key}/verdict"), Some(&innocent)));
    let lifted = json_of(&curl(&server, &erp, "holds?since=2", None));
    let states: Vec<&str> = lifted["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hold| hold["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["lifted", "lifted"], "{lifted}");
    assert!(lifted["items"][0]["acknowledgedAt"].is_null(), "{lifted}");
    assert_eq!(lifted["upto"], 4);
    let nothing = json_of(&curl(&server, &erp, "holds?since=4", None));
    assert_eq!((&nothing["upto"], nothing["items"].as_array().map(Vec::len)), (&json!(4), Some(0)));
}
