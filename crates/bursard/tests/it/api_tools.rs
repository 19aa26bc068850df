//! The published API through tools that others wrote for any API: a client generated from the document,
//! requests made up by its schemas, and two linters.
//!
//! Not for: what single answers say (`answers`). Where the tools are not installed the tests are left out,
//! and say so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server};

/// Below the home folder; `cargo xtask setup` installs them.
const TOOLS: &str = ".cache/bursar/api-tools";
const WITHOUT_TOOLS: &str =
    "left out: there are no tools for APIs here; `cargo xtask setup` installs them";
/// How many requests are made up of each operation and token; `cargo xtask prove api` sets it.
const EXAMPLES_VARIABLE: &str = "BURSAR_API_EXAMPLES";
/// Media types that the generator does not know: bytes are sent and read as they are.
const GENERATOR_CONFIG: &str = "../../examples/openapi-python-client.yaml";

/// Sends a file and reads it back with the generated client; prints what it saw.
const CLIENT: &str = r#"
import json, ssl, sys
folder, url, ca, token, file = sys.argv[1:]
sys.path.insert(0, folder)
from bursar_client import AuthenticatedClient
from bursar_client.api.uploads import get_upload, list_uploads, upload_file
from bursar_client.models import FileType, ProblemDetails
from bursar_client.types import File
client = lambda token: AuthenticatedClient(
    base_url=url, token=token, verify_ssl=ssl.create_default_context(cafile=ca))
def send(token, customer="acme"):
    with open(file, "rb") as payload, client(token) as c:
        return upload_file.sync_detailed(
            customer, customer, FileType.APT, "ledger_20261123.csv", client=c, body=File(payload=payload))
sent = send(token)
with client(token) as c:
    page = list_uploads.sync("acme", "acme", client=c, limit=10)
    missing = get_upload.sync_detailed("acme", "acme", "upl_01k00000000000000000000000", client=c)
refused = [send("nonsense"), send(token, "other"), missing]
assert all(isinstance(answer.parsed, ProblemDetails) for answer in refused), refused
print(json.dumps({
    "sent": [sent.status_code, type(sent.parsed).__name__, sent.parsed.upload_id],
    "listed": [receipt.upload_id for receipt in page.items],
    "refused": [[answer.parsed.status, answer.parsed.code] for answer in refused],
}))
"#;

/// A tool's program; none on a machine without it.
pub(crate) fn tool(program: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME")?;
    let path = Path::new(&home).join(TOOLS).join(program);
    if !path.exists() {
        println!("{WITHOUT_TOOLS}: {program}");
        return None;
    }
    Some(path)
}

fn succeeded(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

async fn document(server: &Server, folder: &Path) -> PathBuf {
    let path = folder.join("openapi.json");
    fs::write(&path, server.get_json("", "/openapi.json").await.to_string()).unwrap();
    path
}

#[tokio::test]
async fn a_generated_client_sends_lists_and_reads_refusals() {
    let Some(generator) = tool("python/bin/openapi-python-client") else { return };
    let server = Server::start_receiving_only();
    let folder = tempfile::tempdir().unwrap();
    let document = document(&server, folder.path()).await;
    let client = folder.path().join("client");
    let generated = Command::new(&generator)
        .args(["generate", "--path"])
        .arg(document)
        .arg("--config")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(GENERATOR_CONFIG))
        .arg("--output-path")
        .arg(&client)
        .env("PATH", search_path(&generator))
        .output()
        .unwrap();
    let said = succeeded(&generated);
    assert!(!said.contains("Warning") && !said.contains("Unable"), "{said}");

    let file = folder.path().join("ledger.csv");
    fs::write(&file, ledger()).unwrap();
    let output = Command::new(generator.with_file_name("python"))
        .args(["-c", CLIENT])
        .args([client.to_str().unwrap(), &server.url("")])
        .arg(server.authority())
        .args([&server.token(), file.to_str().unwrap()])
        .output()
        .unwrap();
    let seen: Value = serde_json::from_str(&succeeded(&output)).unwrap();
    assert_eq!(seen["sent"][0], 201);
    assert_eq!(seen["sent"][1], "ReceiptReceived");
    assert_eq!(seen["listed"], json!([seen["sent"][2]]));
    let refused =
        json!([[401, "token_invalid"], [403, "scope_insufficient"], [404, "upload_not_found"]]);
    assert_eq!(seen["refused"], refused);
}

/// The programs of a Python environment before others: the generator formats what it writes with one of them.
fn search_path(program: &Path) -> std::ffi::OsString {
    let others = std::env::var_os("PATH").unwrap_or_default();
    let own = program.parent().unwrap().to_path_buf();
    std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&others))).unwrap()
}

/// Two invoices that are one, and others.
fn ledger() -> String {
    let head = "Unique ID,Supplier Ref,Supplier Name,Invoice Number,Invoice Date,Entered Date,Invoice Amount,\
        Base Amount\n";
    let line = |id: &str, supplier: usize, number: &str, date: &str, amount: &str| {
        format!("{id},S{supplier},Supplier {supplier},{number},{date},{date},{amount},{amount}\n")
    };
    let others = (0..50).map(|row| {
        let (number, date) = (format!("INV-{row}7{row}"), format!("2026-03-{:02}", row % 28 + 1));
        line(&format!("U{row}"), row % 5, &number, &date, &format!("{row}31.25"))
    });
    let twice = ["X1", "X2"].map(|id| line(id, 1, "QQ-100", "2026-04-01", "5000.00"));
    std::iter::once(head.to_owned()).chain(others).chain(twice).collect()
}

#[tokio::test]
async fn no_answer_is_outside_the_document() {
    let Some(schemathesis) = tool("python/bin/schemathesis") else { return };
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let document = document(&server, folder.path()).await;
    let uploader = server.token();
    let answer =
        server.post(&uploader, "APT/ledger_20261123.csv").body(ledger()).send().await.unwrap();
    let upload = answer.json_value().await["uploadId"].as_str().unwrap().to_owned();
    server.all_read(&uploader).await;
    let token = |role: &str| server.token_with(&["--customer", CUSTOMER, "--role", role]);
    let (viewer, analyst) = (token("viewer"), token("analyst"));
    let (run, finding) = found(&server, &analyst).await;
    let verdict = remembered(&server, &analyst, &finding).await;
    // What there is, so that more is reached than refusals.
    let known = format!(
        "[parameters]\n\"path.customer\" = \"{CUSTOMER}\"\n\"path.unit\" = \"{CUSTOMER}\"\n\
         \"path.upload\" = \"{upload}\"\n\"path.run\" = \"{run}\"\n\"path.finding\" = \"{finding}\"\n\
         \"path.verdict\" = \"{verdict}\"\n"
    );
    let config = folder.path().join("schemathesis.toml");
    fs::write(&config, known).unwrap();
    let long = std::env::var(EXAMPLES_VARIABLE).ok();
    let phases = if long.is_some() { "coverage,fuzzing" } else { "fuzzing" };
    let examples = long.as_deref().unwrap_or("5");
    for (role, token) in [("viewer", &viewer), ("analyst", &analyst), ("uploader", &uploader)] {
        let output = Command::new(&schemathesis)
            .arg("--config-file")
            .arg(&config)
            .arg("run")
            .arg(&document)
            .args(["--url", &server.url(""), "--tls-verify"])
            .arg(server.authority())
            .args(["--header", &format!("Authorization: Bearer {token}")])
            // It makes no body of this media type; `resumable` walks the operation.
            .args(["--exclude-operation-id", "append_to_resumable"])
            // What is asked before a file is sent is answered before its name is read.
            .args(["--exclude-operation-id", "offer_resumption"])
            // A schema says less than the rules of a decision or a name: what fits it may be refused.
            .args(["--exclude-checks", "positive_data_acceptance"])
            .args(["--phases", phases, "--max-examples", examples, "--continue-on-failure"])
            .args(["--warnings", "off", "--seed", "1"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = succeeded(&output);
        let summary: Vec<&str> = said.lines().filter(|line| line.contains("generated")).collect();
        println!("{role}: {}", summary.concat());
    }
}

/// A run that is done and a finding of it.
async fn found(server: &Server, analyst: &str) -> (String, String) {
    let path = |below: &str| format!("/customers/{CUSTOMER}/units/{CUSTOMER}/{below}");
    loop {
        let runs = server.get_json(analyst, &path("runs")).await;
        if let Some(done) =
            runs["items"].as_array().unwrap().iter().find(|run| run["status"] == "done")
        {
            let findings = server.get_json(analyst, &path("findings")).await;
            let finding = findings["items"][0]["key"].as_str().unwrap().to_owned();
            return (done["runId"].as_str().unwrap().to_owned(), finding);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// A verdict that later runs are told of.
async fn remembered(server: &Server, analyst: &str, finding: &str) -> String {
    let below = format!("/customers/{CUSTOMER}/units/{CUSTOMER}");
    let verdict = json!({ "state": "not_duplicate", "because": "rent", "remember": "rows" });
    let request = server.client().post(server.url(&format!("{below}/findings/{finding}/verdict")));
    let answer = request.bearer_auth(analyst).body(verdict.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kept = server.get_json(analyst, &format!("{below}/verdicts")).await;
    kept["items"][0]["verdictId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn linters_find_no_error_in_the_document() {
    let (Some(redocly), Some(spectral)) =
        (tool("node/node_modules/.bin/redocly"), tool("node/node_modules/.bin/spectral"))
    else {
        return;
    };
    let server = Server::start_receiving_only();
    let folder = tempfile::tempdir().unwrap();
    let document = document(&server, folder.path()).await;
    let rules = folder.path().join("spectral.yaml");
    fs::write(&rules, "extends: [\"spectral:oas\"]\n").unwrap();
    let lint = |program: &Path| {
        let mut command = Command::new(program);
        command.arg("lint").arg(&document).current_dir(folder.path());
        command
    };
    succeeded(&lint(&redocly).output().unwrap());
    succeeded(&lint(&spectral).arg("--ruleset").arg(&rules).output().unwrap());
}
