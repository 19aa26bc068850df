//! Three nodes over one PostgreSQL and one S3 while processes are killed and paused, networks are
//! cut, stalled
//! and slow, the database restarts and the store answers with errors: nothing acknowledged is lost, and
//! ledgers and findings end as those of one undisturbed server.
//!
//! Not for: one process that is killed at a random moment (`crash`, `ledger_crash`).
//!
//! Invariant: the oracle is made of what clients were told and of what they sent, never of what a node says
//! of itself.

mod relay;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use domain::Sha256Digest;
use serde_json::Value;

use crate::cluster::SOCKET;
use crate::crash::Dice;
use crate::deployment::{Deployment, Network, WITHOUT_EMULATOR};
use crate::harness::{CUSTOMER, JsonAnswer as _, Server, with_config};
use crate::ledger_crash::rows;
use relay::{Disturbance, Relay};

/// `cargo xtask prove chaos` sets more: faults, with five uploads each.
const FAULTS_VARIABLE: &str = "BURSAR_CHAOS_FAULTS";
const FAULTS: u64 = 6;
const UPLOADS_PER_FAULT: u64 = 5;
const NODES: usize = 3;
const CLIENTS: u64 = 4;
/// A killed worker's job waits until its lease has lapsed.
const CONFIG: &str = "[limits]\nlease_seconds = 3\nworkers = 1\n";
/// A client gives up then and asks another node; what it has no answer to is not acknowledged.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// The longest that a disturbance lasts: longer than a lease, so that jobs change hands.
const DISTURBANCE_MAX_MS: u64 = 4_000;
const SLOW: Duration = Duration::from_millis(40);
/// The last one of a file is the one before it under another number, for the checks to find.
const INVOICES: u64 = 40;
/// The columns of the findings that do not depend on when they were found.
const SAME_COLUMNS: [&str; 6] = ["key", "check", "kind", "probability", "at_risk", "suppressed"];

/// A node, with the relays to what it depends on, which outlive its process.
struct Node {
    server: Mutex<Option<Server>>,
    database: Relay,
    store: Relay,
    /// Where it is asked, as it has another port after each start.
    address: Mutex<Option<(String, reqwest::Client)>>,
}

impl Node {
    fn start(&self, folder: tempfile::TempDir) {
        let server = Server::start_in(folder);
        *self.address.lock().unwrap() = Some((server.url(""), server.client()));
        *self.server.lock().unwrap() = Some(server);
    }

    fn signal(&self, signal: &str) {
        self.server.lock().unwrap().as_ref().expect("it runs between two faults").signal(signal);
    }

    fn address(&self) -> Option<(String, reqwest::Client)> {
        self.address.lock().unwrap().clone()
    }
}

/// The settings of a node that reaches the same database and store through relays of its own.
async fn begin_node(place: &str, network: &Network, folder: &Path) -> Node {
    fs::create_dir_all(folder).unwrap();
    let socket = folder.join(SOCKET);
    let database = Relay::between_sockets(&socket, network.database_folder().join(SOCKET));
    let (store, port) = Relay::to_port(network.store_address().to_owned()).await;
    let place = place
        .replace(&network.database_folder().display().to_string(), &folder.display().to_string())
        .replace(network.store_address(), &format!("127.0.0.1:{port}"));
    let node = Node { server: Mutex::new(None), database, store, address: Mutex::new(None) };
    node.start(with_config(&format!("{place}{CONFIG}")));
    node
}

/// Invoices of one file; no row of one is in another.
fn file(number: u64) -> String {
    let header = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,\
                  Supplier Name,Supplier Ref\n";
    let rows = (0..INVOICES).map(|row| {
        let again = row == INVOICES - 1;
        let of = number * INVOICES + if again { row - 1 } else { row };
        let (invoice, supplier) = (of * 7_919 % 1_000_003, of % 50);
        let suffix = if again { "A" } else { "" };
        let id = number * INVOICES + row;
        let (pounds, pence) = (100 + of * 613 % 90_000, of * 37 % 100);
        let day = 1 + of % 28;
        format!(
            "{id},INV{invoice}{suffix},{pounds}.{pence:02},{pounds}.{pence:02},2026-03-{day:02},\
             2026-04-{day:02},Supplies {supplier} Ltd,S{supplier}\n"
        )
    });
    header.to_owned() + &rows.collect::<String>()
}

/// The receipts that clients saw: the SHA-256 by the upload's id.
type Receipts = Mutex<BTreeMap<String, String>>;

/// Sends file after file, each to a node by chance and to the next one until there is a receipt.
async fn upload_all(
    nodes: Arc<Vec<Node>>,
    token: String,
    uploads: u64,
    next: Arc<AtomicU64>,
    receipts: Arc<Receipts>,
) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= uploads {
            return;
        }
        let body = file(number);
        let sha256 = digest(&SHA256, body.as_bytes());
        let sha256 = Sha256Digest::from_bytes(sha256.as_ref().try_into().unwrap()).to_string();
        let mut turn = usize::try_from(number).unwrap();
        let id = loop {
            turn += 1;
            if let Some(id) = send(&nodes[turn % NODES], &token, number, &body).await {
                break id;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        receipts.lock().unwrap().insert(id, sha256);
    }
}

async fn send(node: &Node, token: &str, number: u64, body: &str) -> Option<String> {
    let (url, client) = node.address()?;
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/f_{number}.csv");
    let answer = client
        .post(format!("{url}{path}"))
        .header("Content-Type", "text/csv")
        .header("Idempotency-Key", format!("file-{number}"))
        .bearer_auth(token)
        .timeout(ANSWER_MAX)
        .body(body.to_owned())
        .send()
        .await
        .ok()?;
    if answer.status() != 201 {
        return None;
    }
    let receipt: Value = serde_json::from_slice(&answer.bytes().await.ok()?).unwrap();
    Some(receipt["uploadId"].as_str().unwrap().to_owned())
}

/// One fault at one node, or at the database of all, from its beginning to its end.
async fn disturb(nodes: &[Node], network: &Network, dice: &mut Dice) {
    let node = &nodes[usize::try_from(dice.roll(NODES as u64)).unwrap()];
    let lasting = Duration::from_millis(100 + dice.roll(DISTURBANCE_MAX_MS));
    match dice.roll(10) {
        0 | 1 => {
            *node.address.lock().unwrap() = None;
            let server = node.server.lock().unwrap().take().expect("it runs between two faults");
            let folder = server.kill();
            tokio::time::sleep(lasting / 4).await;
            node.start(folder);
        }
        2 => {
            node.signal("-STOP");
            tokio::time::sleep(lasting).await;
            node.signal("-CONT");
        }
        3 => network.restart_database(),
        kind => {
            let (at, disturbance) = match kind {
                4 => (&node.database, Disturbance::Cut),
                5 => (&node.database, Disturbance::Stalled),
                6 => (&node.database, Disturbance::Slow(SLOW)),
                7 => (&node.store, Disturbance::Answers(500)),
                8 => (&node.store, Disturbance::Answers(503)),
                _ => (&node.store, Disturbance::Slow(SLOW)),
            };
            at.disturb(disturbance);
            tokio::time::sleep(lasting).await;
            at.disturb(Disturbance::None);
        }
    }
}

/// The findings of a run over all that came, without what tells when they were found, in order.
async fn findings(server: &Server) -> Vec<String> {
    let token = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    let unit = format!("/customers/{CUSTOMER}/units/{CUSTOMER}");
    let asked = server.client().post(server.url(&format!("{unit}/runs"))).bearer_auth(&token);
    let run = asked.send().await.unwrap().json_value().await;
    let run = run["runId"].as_str().expect("a run is asked for").to_owned();
    loop {
        let state = server.get_json(&token, &format!("{unit}/runs/{run}")).await;
        match state["status"].as_str().unwrap() {
            "done" => break,
            "failed" => panic!("the run failed: {state}"),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    let url = server.url(&format!("{unit}/findings.csv?suppressed=true"));
    let file = server.client().get(url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(file.status(), 200);
    same_columns(&file.text().await.unwrap())
}

fn same_columns(text: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let kept = |record: csv::StringRecord| {
        let cells =
            header.iter().zip(record.iter()).filter(|(name, _)| SAME_COLUMNS.contains(name));
        cells.map(|(_, cell)| cell).collect::<Vec<_>>().join(",")
    };
    let mut rows: Vec<String> = reader.records().map(|record| kept(record.unwrap())).collect();
    rows.sort();
    rows
}

async fn undisturbed(uploads: u64) -> (Vec<String>, Vec<String>) {
    let server = Deployment::Embedded.start("").await;
    let token = server.token();
    for number in 0..uploads {
        let name = format!("APT/f_{number}.csv");
        let sent = server.post(&token, &name).body(file(number)).send().await.unwrap();
        assert_eq!(sent.status(), 201);
    }
    server.all_read(&token).await;
    (rows(&server, "APT"), findings(&server).await)
}

async fn prove(network: Network, faults: u64) {
    let uploads = faults * UPLOADS_PER_FAULT;
    let place = network.make_place().await;
    let sockets = tempfile::tempdir_in("/tmp").unwrap();
    let mut nodes = Vec::new();
    for number in 0..NODES {
        let folder = sockets.path().join(number.to_string());
        nodes.push(begin_node(&place, &network, &folder).await);
    }
    let nodes = Arc::new(nodes);
    let token = nodes[0].server.lock().unwrap().as_ref().unwrap().token();
    let (next, receipts) = (Arc::new(AtomicU64::new(0)), Arc::new(Receipts::default()));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (nodes, next, receipts) =
                (Arc::clone(&nodes), Arc::clone(&next), Arc::clone(&receipts));
            tokio::spawn(upload_all(nodes, token.clone(), uploads, next, receipts))
        })
        .collect();
    let mut dice = Dice(faults + 7);
    for _ in 0..faults {
        disturb(&nodes, &network, &mut dice).await;
    }
    for client in clients {
        client.await.unwrap();
    }

    let server = nodes[0].server.lock().unwrap().take().expect("it runs after the last fault");
    let receipts = std::mem::take(&mut *receipts.lock().unwrap());
    assert_eq!(receipts.len() as u64, uploads, "each file has a receipt of its own");
    for (id, sha256) in &receipts {
        let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/{id}");
        assert_eq!(server.get_json(&token, &path).await["sha256"], **sha256, "{id}");
    }
    server.all_read(&token).await;
    let (expected_rows, expected_findings) = undisturbed(uploads).await;
    assert!(!expected_findings.is_empty(), "the files have something to find");
    assert_same("ledger", &expected_rows, &rows(&server, "APT"));
    assert_same("findings", &expected_findings, &findings(&server).await);
    println!(
        "{faults} faults, {uploads} uploads at {NODES} nodes: all there, ledger of {} rows and {} \
         findings as undisturbed",
        expected_rows.len(),
        expected_findings.len()
    );
}

fn assert_same(what: &str, expected: &[String], found: &[String]) {
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (expected.iter().collect(), found.iter().collect());
    let lost: Vec<_> = before.difference(&after).take(5).collect();
    let added: Vec<_> = after.difference(&before).take(5).collect();
    assert!(
        expected == found,
        "{what}: {} lines, {} expected; lost {lost:?}, not expected {added:?}",
        found.len(),
        expected.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_lose_nothing_whatever_fails() {
    let faults = std::env::var(FAULTS_VARIABLE).map_or(FAULTS, |faults| faults.parse().unwrap());
    match Network::start("chaos") {
        Some(network) => prove(network, faults).await,
        None => println!("{WITHOUT_EMULATOR}"),
    }
}
