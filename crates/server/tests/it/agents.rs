//! Agents by the Model Context Protocol: what they read, and what only an analyst's decides.

use std::collections::BTreeMap;

use domain::ledger_view::{LedgerRow, RowsPage, SupplierHistory, Variation};
use domain::statement::{LineState, ReconciledLine, Reconciliation, StatementLine, StatementRow};
use domain::{Amount, FileType, Role, StatementId};
use http::Method;
use serde_json::{Value, json};
use store::{Decider, NewStatement};

use crate::desk::{Answer, Desk, checked, key, now};
use crate::workplace::{acme, random, unit};

const ACCEPT: &str = "application/json, text/event-stream";

/// A message, with the headers that it is to have beside those of every one.
async fn send(desk: &Desk, token: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut all = vec![("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    all.extend(headers);
    desk.send(Method::POST, "/mcp", &all, &body.to_string()).await
}

/// The result of one message, as JSON-RPC gives it.
async fn ask(desk: &Desk, token: &str, method: &str, params: Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let answer = send(desk, token, &[("Accept", ACCEPT)], &body).await;
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

/// The tool and what it was about, of each call that the audit log has.
async fn calls(desk: &Desk) -> Vec<(String, Option<String>)> {
    let entries = desk.app.store.system().audit_entries_behind(0).await.unwrap();
    let calls = entries.iter().filter(|entry| entry.entry.what == "agent.call");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let of = |details: &Value| (text(&details["tool"]).unwrap(), text(&details["of"]));
    calls.map(|entry| of(&entry.entry.details)).collect()
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
    let before = calls(&desk).await.len();
    assert_eq!(before, 4);
    for (tool, arguments, why) in [
        ("list_findings", json!({ "colour": "red" }), "unknown field"),
        ("list_findings", json!({ "unit": "de" }), "The token is for no unit de"),
        ("get_finding", json!({ "key": "fnd_00000000000000000000000000000000" }), "finding"),
        ("decide_finding", json!({}), "takes a token of the role analyst"),
        ("drop_table", json!({}), "There is no tool"),
    ] {
        let (said, is_error) = call(&desk, &token, tool, arguments).await;
        assert!(is_error && said.as_str().unwrap().contains(why), "{tool}: {said}");
    }
    let refused = &calls(&desk).await[before..];
    let tools: Vec<&str> = refused.iter().map(|(tool, _)| tool.as_str()).collect();
    let wanted = ["list_findings", "list_findings", "get_finding", "decide_finding"];
    assert_eq!(tools, wanted, "what is refused is noted, and what there is not does nothing");
    assert_eq!(refused[2].1.as_deref(), Some("fnd_00000000000000000000000000000000"));
}

#[tokio::test]
async fn suppliers_are_found_and_their_accounts_masked() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Viewer, "agent").await;
    let fields = [("supplier_name", "Alder Works"), ("town", "Leeds"), ("iban", "GB33BUKB55")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let row = |id: &str| LedgerRow {
        id: id.to_owned(),
        is_active: Some(true),
        fields: BTreeMap::from(fields.clone()),
    };
    let rows = vec![row("S1"), row("S2")];
    let page = RowsPage { rows, total: 3, version: 1, ..RowsPage::default() };
    desk.book.holds(FileType::Suppliers, page);
    let search = json!({ "text": " alder ", "limit": 2 });
    let (found, _) = call(&desk, &token, "list_suppliers", search).await;
    let wanted = json!({
        "reference": "S1", "name": "Alder Works", "town": "Leeds", "country": null, "isActive": true,
    });
    assert_eq!((&found["items"][0], &found["next"]), (&wanted, &json!(2)), "{found}");
    let asked = desk.book.rows_asked();
    assert_eq!((asked.filter.text.as_deref(), asked.size.get()), (Some("alder"), 2));
    let (rest, _) = call(&desk, &token, "list_suppliers", json!({ "after": 2 })).await;
    assert_eq!((desk.book.rows_asked().skip, rest["next"].is_null()), (2, true));
    let long = json!({ "text": "x".repeat(201) });
    let (why, is_error) = call(&desk, &token, "list_suppliers", long).await;
    assert!(is_error && why.as_str().unwrap().contains("200 characters"), "{why}");

    let iban = ("iban".to_owned(), "GB33BUKB20201555555512".to_owned());
    desk.book.knows(SupplierHistory {
        reference: "S1".to_owned(),
        variations: vec![Variation {
            is_active: true,
            since: None,
            ended: None,
            fields: BTreeMap::from([iban]),
        }],
        ..SupplierHistory::default()
    });
    let (one, _) = call(&desk, &token, "get_supplier", json!({ "reference": "S1" })).await;
    let shown = one["record"]["iban"].as_str().unwrap();
    assert!(shown.ends_with("5512") && !shown.contains("BUKB"), "{one}");
    let (none, is_error) = call(&desk, &token, "get_supplier", json!({ "reference": "S9" })).await;
    assert!(is_error && none.as_str().unwrap().contains("names a supplier S9"), "{none}");
    assert_eq!(calls(&desk).await.pop().unwrap().1.as_deref(), Some("S9"));
}

/// A statement of so many lines, the first of which is not with us, and one row that it lacks.
async fn keep_statement(desk: &Desk, lines: u64) -> StatementId {
    let amount = Amount::from_ten_thousandths(12_345_600);
    let line = |line| ReconciledLine {
        line: StatementLine {
            line,
            number: format!("INV-{line}"),
            date: Some(jiff::civil::date(2026, 3, 1)),
            amount,
            currency: None,
            kind: "Invoice".to_owned(),
        },
        state: if line == 1 { LineState::MissingHere } else { LineState::Agreed },
        words: "as the books have it".to_owned(),
        row: None,
    };
    let lacked = StatementRow {
        ledger: FileType::Transactions,
        id: "T9".to_owned(),
        number: "INV-99".to_owned(),
        date: None,
        amount,
        currency: None,
        words: None,
    };
    let reconciliation = Reconciliation {
        lines: (1..=lines).map(line).collect(),
        missing_there: vec![lacked],
        ..Reconciliation::default()
    };
    let id = StatementId::new(now(), random());
    let (supplier, file_name) = ("S1", "alder.csv");
    let new = NewStatement { id, supplier, file_name, reconciliation: &reconciliation, run: None };
    let decider = Decider { by: "Ann", who: "ann@example.org", at: now() };
    let store = desk.app.store.customer(&acme());
    store.keep_statement(&unit(), new, &decider).await.unwrap();
    id
}

#[tokio::test]
async fn statements_are_read_some_lines_at_a_time() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Viewer, "agent").await;
    let kept = [keep_statement(&desk, 30).await, keep_statement(&desk, 1).await];
    let of = |after: &Value| json!({ "reference": "S1", "limit": 1, "after": after });
    let (first, _) = call(&desk, &token, "list_statements", of(&Value::Null)).await;
    let (second, _) = call(&desk, &token, "list_statements", of(&first["next"])).await;
    assert!(second["next"].is_null(), "{second}");
    let mut listed: Vec<Value> =
        [&first, &second].map(|page| page["items"][0]["statement"].clone()).into();
    listed.sort_unstable_by_key(ToString::to_string);
    let mut known = kept.map(|id| json!(id));
    known.sort_unstable_by_key(ToString::to_string);
    assert_eq!(listed, known);

    let part = |after: u64| json!({ "statement": kept[0], "after": after });
    let (begin, _) = call(&desk, &token, "get_statement", part(0)).await;
    assert_eq!(begin["counts"], json!({ "missing_here": 1, "agreed": 29, "missing_there": 1 }));
    assert_eq!((begin["lines"].as_array().unwrap().len(), &begin["next"]), (20, &json!(20)));
    assert_eq!(begin["lines"][0]["number"], "INV-1", "{begin}");
    assert_eq!(begin["lines"][0]["question"], "Please send a copy of this invoice.");
    let (end, _) = call(&desk, &token, "get_statement", part(20)).await;
    let lines = end["lines"].as_array().unwrap();
    assert_eq!((lines.len(), end["next"].is_null()), (11, true), "{end}");
    assert_eq!(
        (&lines[10]["state"], &lines[10]["row"]["number"]),
        (&json!("missing_there"), &json!("INV-99"))
    );
    let missing = json!({ "statement": kept[0], "state": "missing_here" });
    let (missing, _) = call(&desk, &token, "get_statement", missing).await;
    assert_eq!(missing["lines"].as_array().unwrap().len(), 1, "{missing}");
    let strange = json!({ "statement": StatementId::new(now(), random()) });
    let (none, is_error) = call(&desk, &token, "get_statement", strange).await;
    assert!(is_error && none.as_str().unwrap().contains("no such statement"), "{none}");
}

/// A client of 2026-07-28 says in headers what its message says; one of before begins with `initialize`.
#[tokio::test]
async fn a_message_is_refused_whose_headers_say_otherwise() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Viewer, "agent").await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "a test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = json!({
        "jsonrpc": "2.0", "id": 7, "method": "server/discover", "params": { "_meta": meta },
    });
    let version = ("MCP-Protocol-Version", "2026-07-28");
    let known = [("Accept", ACCEPT), version, ("Mcp-Method", "server/discover")];
    let answer = send(&desk, &token, &known, &body).await;
    let said = answer.json();
    assert_eq!(answer.status, 200, "{said}");
    let versions = said["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{said}");
    // Whoever speaks for an agent, and leaves them out, is told so by the protocol.
    let bare = send(&desk, &token, &[("Accept", ACCEPT)], &body).await;
    assert_eq!((bare.status.as_u16(), &bare.json()["id"]), (400, &json!(7)), "{}", bare.json());
    for (headers, status, words) in [
        (vec![("Accept", "application/json")], 400, "text/event-stream"),
        (vec![("Accept", ACCEPT), ("MCP-Protocol-Version", "1999-01-01")], 400, "server/discover"),
    ] {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let answer = send(&desk, &token, &headers, &body).await;
        let problem = answer.json();
        assert_eq!(answer.status.as_u16(), status, "{problem}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
    let none = send(&desk, &token, &[("Accept", ACCEPT)], &json!(["a list"])).await;
    assert_eq!(
        (none.status.as_u16(), &none.json()["code"]),
        (415, &json!("media_type_unsupported"))
    );
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
