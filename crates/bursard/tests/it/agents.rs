//! Agents by a client that others wrote: over streamable HTTP, and over the standard input of `bursar`.
//!
//! Not for: what each tool answers (`server`). Left out, and said so, where the client is not installed.

use std::process::Command;

use serde_json::Value;

use crate::api_tools::tool;
use crate::harness::{CUSTOMER, Server, sibling};

const CLIENT: &str = r#"
import asyncio, json, ssl, sys
import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

bursar, url, ca, token_file = sys.argv[1:]
token = open(token_file).read().strip()
invoice = {"supplier_ref": "S1", "supplier_name": "Alder Works", "invoice_number": "10983",
           "invoice_amount": "4310.00", "invoice_date": "2026-03-02"}

async def talk(client):
    tools = await client.list_tools()
    findings = await client.call_tool("list_findings", {"limit": 5})
    screened = await client.call_tool("screen_invoices", {"invoices": [invoice]})
    wrong = await client.call_tool("get_supplier", {"reference": "nobody"})
    return {
        "tools": sorted(tool.name for tool in tools.tools),
        "findings": json.loads(findings.content[0].text),
        "word": json.loads(screened.content[0].text)["word"],
        "wrong": [wrong.is_error, wrong.content[0].text],
    }

async def main():
    arguments = ["mcp", "--url", url, "--customer", "acme", "--ca-file", ca, "--token-file", token_file]
    async with Client(StdioServerParameters(command=bursar, args=arguments)) as client:
        by_program = await talk(client)
    web = httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {token}"}, verify=ssl.create_default_context(cafile=ca))
    async with web, Client(streamable_http_client(f"{url}/mcp", http_client=web)) as client:
        by_http = await talk(client)
    print(json.dumps({"program": by_program, "http": by_http}))

asyncio.run(main())
"#;

const HEAD: &str =
    "Unique ID,Invoice Number,Invoice Amount,Invoice Date,Supplier Name,Supplier Ref\n";

#[tokio::test]
async fn a_client_of_others_reads_over_http_and_through_the_program() {
    let Some(python) = tool("python/bin/python") else { return };
    let server = Server::start_with("[agents]\nserve = true\n");
    let uploader = server.token();
    let text = format!("{HEAD}U1,10983,4310.00,2026-03-02,Alder Works,S1\n");
    let sent = server.post(&uploader, "APT/one.csv").body(text).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    server.all_read(&uploader).await;
    let token = server.token_with(&["--customer", CUSTOMER, "--role", "viewer"]);
    let file = server.token_file();
    std::fs::write(&file, token).unwrap();
    let url = server.url("");
    let output = Command::new(python)
        .args(["-c", CLIENT])
        .arg(sibling("bursar"))
        .arg(url.trim_end_matches('/'))
        .args([server.authority(), file])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    for way in ["program", "http"] {
        let seen = &seen[way];
        assert_eq!(seen["tools"].as_array().unwrap().len(), 6, "{way}: {seen}");
        assert_eq!(seen["findings"]["items"].as_array().map(Vec::len), Some(0), "{way}: {seen}");
        assert_eq!(seen["word"], "stop", "{way}: {seen}");
        assert_eq!(seen["wrong"][0], true, "{way}: {seen}");
    }
}

#[tokio::test]
async fn nobody_speaks_with_agents_unless_it_is_turned_on() {
    let server = Server::start();
    let token = server.token_with(&["--customer", CUSTOMER, "--role", "viewer"]);
    let ask = server.client().post(server.url("/mcp")).bearer_auth(token).body("{}");
    assert_eq!(ask.send().await.unwrap().status(), 404);
}
