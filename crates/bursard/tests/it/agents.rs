//! Agents by a client that others wrote: over streamable HTTP, and over the standard input of `bursar`.
//!
//! Not for: what each tool answers (`server`). Left out, and said so, where the client is not installed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{CUSTOMER, Server, sibling};
use crate::screening::run_over;

/// Where `cargo xtask setup` keeps the client, below the home folder.
const CLIENT_FOLDER: &str = ".cache/bursar/agent-client";

/// The Python that has the client.
fn python() -> Option<PathBuf> {
    let folder = Path::new(&std::env::var_os("HOME")?).join(CLIENT_FOLDER);
    if !folder.join("bin/mcp").exists() {
        println!("agents of others left out: cargo xtask setup installs their client");
        return None;
    }
    Some(folder.join("bin/python"))
}

/// Reads by the tools over both ways, as a client of today and as one of before 2026-07-28; over HTTP it has
/// an analyst's token, and decides.
const CLIENT: &str = r#"
import asyncio, json, ssl, sys
import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

bursar, url, ca, token_file = sys.argv[1:]
token = sys.stdin.read().strip()
invoice = {"supplier_ref": "S1", "supplier_name": "Alder Works", "invoice_number": "10983",
           "invoice_amount": "4310.00", "invoice_date": "2026-03-02"}

async def call(client, tool, arguments):
    answer = await client.call_tool(tool, arguments)
    text = answer.content[0].text
    return {"refused": text} if answer.is_error else json.loads(text)

async def talk(client):
    tools = await client.list_tools()
    findings = await call(client, "list_findings", {"limit": 1})
    screened = await call(client, "screen_invoices", {"invoices": [invoice]})
    suppliers = await call(client, "list_suppliers", {"text": "alder"})
    return {
        "version": client.protocol_version,
        "tools": sorted(tool.name for tool in tools.tools),
        "findings": findings["items"],
        "word": screened["word"],
        "suppliers": [supplier["name"] for supplier in suppliers["items"]],
        "statements": await call(client, "list_statements", {"reference": "S1"}),
        "holds": await call(client, "list_holds", {}),
        "wrong": await call(client, "get_supplier", {"reference": "nobody"}),
    }

async def decide(client, key):
    because = "two deliveries, by their notes"
    return await call(client, "decide_finding", {"key": key, "state": "not_duplicate", "because": because})

async def main():
    arguments = ["mcp", "--url", url, "--customer", "acme", "--ca-file", ca, "--token-file", token_file]
    seen = {}
    for mode in ("auto", "legacy"):
        program = StdioServerParameters(command=bursar, args=arguments)
        async with Client(program, mode=mode) as client:
            seen[f"program {mode}"] = await talk(client)
            seen["viewer decides"] = await decide(client, seen[f"program {mode}"]["findings"][0]["key"])
        web = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, verify=ssl.create_default_context(cafile=ca))
        async with web, Client(streamable_http_client(f"{url}/mcp", http_client=web), mode=mode) as client:
            seen[f"http {mode}"] = await talk(client)
    web = httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {token}"}, verify=ssl.create_default_context(cafile=ca))
    async with web, Client(streamable_http_client(f"{url}/mcp", http_client=web)) as client:
        key = seen["http auto"]["findings"][0]["key"]
        seen["decided"] = await decide(client, key)
        seen["finding"] = await call(client, "get_finding", {"key": key})
    print(json.dumps(seen))

asyncio.run(main())
"#;

/// One invoice twice, of which nothing is paid yet.
pub(crate) const TWICE: &str = "Unique ID,Invoice Number,Invoice Amount,Invoice Date,Supplier Name,Supplier Ref\n\
     U1,10983,4310.00,2026-03-02,Alder Works,S1\nU2,10983,4310.00,2026-03-09,Alder Works,S1\n";

#[tokio::test]
async fn a_client_of_others_reads_and_decides_over_http_and_through_the_program() {
    let Some(python) = python() else { return };
    let server = Server::start_with("[agents]\nserve = true\n");
    let uploader = server.token();
    let sent = server.post(&uploader, "APT/twice.csv").body(TWICE).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    run_over(&server, &analyst, 1).await;
    let viewer = server.token_with(&["--customer", CUSTOMER, "--role", "viewer"]);
    let file = server.token_file();
    std::fs::write(&file, viewer).unwrap();
    let url = server.url("");
    let mut client = Command::new(python)
        .args(["-c", CLIENT])
        .arg(sibling("bursar"))
        .arg(url.trim_end_matches('/'))
        .args([server.authority(), file])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(analyst.as_bytes()).unwrap();
    let output = client.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (way, version, tools) in [
        ("program auto", "2026-07-28", 9),
        ("program legacy", "2025-11-25", 9),
        ("http auto", "2026-07-28", 10),
        ("http legacy", "2025-11-25", 10),
    ] {
        let seen = &seen[way];
        assert_eq!(seen["version"], version, "{way}: {seen} {said}");
        assert_eq!(seen["tools"].as_array().unwrap().len(), tools, "{way}: {seen}");
        assert_eq!(seen["findings"].as_array().map(Vec::len), Some(1), "{way}: {seen}");
        assert_eq!(seen["word"], "stop", "{way}: {seen}");
        assert_eq!(seen["suppliers"], json!(["Alder Works"]), "{way}: {seen}");
        assert_eq!(seen["statements"], json!({ "items": [], "next": null }), "{way}: {seen}");
        assert_eq!(seen["holds"], json!({ "items": [], "next": null }), "{way}: {seen}");
        let wrong = seen["wrong"]["refused"].as_str().unwrap();
        assert!(wrong.contains("names a supplier nobody"), "{way}: {seen}");
    }
    let refused = seen["viewer decides"]["refused"].as_str().unwrap();
    assert!(refused.contains("a token of the role analyst"), "{refused}");
    assert_eq!(seen["decided"]["state"], "not_duplicate", "{seen}");
    let because = "By an agent: two deliveries, by their notes";
    assert_eq!(seen["finding"]["because"], because, "{seen}");
    assert!(!said.contains("a message was not answered"), "{said}");
}

#[tokio::test]
async fn nobody_speaks_with_agents_unless_it_is_turned_on() {
    let server = Server::start();
    let token = server.token_with(&["--customer", CUSTOMER, "--role", "viewer"]);
    let ask = server.client().post(server.url("/mcp")).bearer_auth(token).body("{}");
    assert_eq!(ask.send().await.unwrap().status(), 404);
}
