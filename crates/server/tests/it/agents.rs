//! Agents by the Model Context Protocol: what they read, and what only an analyst's decides.

use domain::Role;
use http::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, checked, key};

/// The result of one message, as JSON-RPC gives it.
async fn ask(desk: &Desk, token: &str, method: &str, params: Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    let answer = desk.send(Method::POST, "/mcp", &headers, &body.to_string()).await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 200, "{text}");
    answer.json()["result"].clone()
}

/// The answer of a tool, and whether it says why there is none.
async fn call(desk: &Desk, token: &str, tool: &str, arguments: Value) -> (Value, bool) {
    let result =
        ask(desk, token, "tools/call", json!({ "name": tool, "arguments": arguments })).await;
    let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{result}"));
    let json = serde_json::from_str(text).unwrap_or_else(|_a_sentence| json!(text));
    (json, result["isError"] == true)
}

#[tokio::test]
async fn an_agent_reads_what_a_viewer_reads() {
    let desk = Desk::with(&checked(25)).await;
    let token = desk.token(Role::Viewer, "agent").await;
    let begun = json!({
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": { "name": "a test", "version": "1" },
    });
    let hello = ask(&desk, &token, "initialize", begun).await;
    assert_eq!(hello["serverInfo"]["name"], "bursar", "{hello}");
    let tools = ask(&desk, &token, "tools/list", json!({})).await;
    let names: Vec<&str> = tools["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"list_findings") && !names.contains(&"decide_finding"), "{names:?}");

    let (page, _) = call(&desk, &token, "list_findings", json!({})).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 20, "{page}");
    let (rest, _) = call(&desk, &token, "list_findings", json!({ "after": page["next"] })).await;
    assert_eq!((rest["items"].as_array().unwrap().len(), rest["next"].is_null()), (5, true));
    let (one, _) = call(&desk, &token, "get_finding", json!({ "key": key(1) })).await;
    assert_eq!(one["rows"][0]["fields"]["supplier_name"], "ACME 1", "{one}");
    let invoice = json!({
        "supplier_ref": "S1", "invoice_number": "A1", "invoice_amount": "7",
        "invoice_date": "2026-11-20",
    });
    let (screened, _) =
        call(&desk, &token, "screen_invoices", json!({ "invoices": [invoice] })).await;
    assert_eq!(screened["word"], "stop", "{screened}");
    for (tool, arguments, why) in [
        ("list_findings", json!({ "colour": "red" }), "unknown field"),
        ("list_findings", json!({ "unit": "de" }), "the token is for no unit de"),
        ("get_finding", json!({ "key": "fnd_00000000000000000000000000000000" }), "finding"),
        ("decide_finding", json!({}), "takes a token of the role analyst"),
        ("drop_table", json!({}), "There is no tool"),
    ] {
        let (said, is_error) = call(&desk, &token, tool, arguments).await;
        assert!(is_error && said.as_str().unwrap().contains(why), "{tool}: {said}");
    }
    assert!(desk.audited().await.contains(&"agent.call".to_owned()));
}

#[tokio::test]
async fn an_analysts_agent_decides_and_says_that_it_is_one() {
    let desk = Desk::with(&checked(1)).await;
    let token = desk.token(Role::Analyst, "Claims agent").await;
    let verdict = json!({ "key": key(1), "state": "not_duplicate", "because": "two deliveries" });
    let (decided, is_error) = call(&desk, &token, "decide_finding", verdict).await;
    assert!(!is_error, "{decided}");
    let found = desk.get(&token, &format!("findings/{}", key(1))).await.json();
    assert_eq!(found["because"], "By an agent: two deliveries", "{found}");
    let empty = json!({ "key": key(1), "state": "not_duplicate", "because": " " });
    assert!(call(&desk, &token, "decide_finding", empty).await.1);
}
