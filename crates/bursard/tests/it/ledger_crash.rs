//! The power goes while files are read, merged and tidied: the ledgers end as they do undisturbed.

use std::time::Duration;

use crate::deployment::{Deployment, WITHOUT_EMULATOR};
use crate::harness::{CUSTOMER, Server};

/// `cargo xtask prove ledger` sets more.
const ROUNDS_VARIABLE: &str = "BURSAR_LEDGER_CRASH_ROUNDS";
const ROUNDS: u64 = 4;
/// A killed worker's job waits until its lease has lapsed.
const CONFIG: &str = "[limits]\nlease_seconds = 3\n";
const TRANSACTIONS: u64 = 4_000;
const SUPPLIERS: u64 = 400;
/// These tell when something came, and upkeep may come sooner or later.
const WHEN: [&str; 4] = ["_upload", "_version", "_since", "_ended"];

/// What is sent in a round: mostly transactions that replace some of those before, now and then all
/// suppliers, of whom one in fifty has gone and one in fifty has another bank account.
fn file(round: u64) -> (&'static str, String) {
    if round % 4 == 3 {
        let lines = (0..SUPPLIERS).filter(|supplier| !(supplier + round).is_multiple_of(50)).map(
            |supplier| {
                let account =
                    10_000_000 + supplier + if (supplier + round) % 50 == 1 { round } else { 0 };
                format!("S{supplier},Supplies {supplier} Ltd,{account}\n")
            },
        );
        let header = "Supplier Ref,Supplier Name,Account Number\n".to_owned();
        return ("Suppliers", header + &lines.collect::<String>());
    }
    let lines = (0..TRANSACTIONS).map(|row| {
        let id = round * TRANSACTIONS / 2 + row;
        format!(
            "{id},INV-{id},{}.50,{}.50,2026-03-13,2026-03-14,Acme Ltd,S{}\n",
            row,
            row,
            id % SUPPLIERS
        )
    });
    let header = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,\
                  Supplier Name,Supplier Ref\n";
    ("APT", header.to_owned() + &lines.collect::<String>())
}

async fn send(server: &Server, token: &str, round: u64) {
    let (file_type, text) = file(round);
    let name = format!("{file_type}/round_{round}.csv");
    let answer = server.post(token, &name).body(text).send().await.unwrap();
    assert_eq!(answer.status(), 201);
}

/// The rows of a ledger without what tells when they came, in order.
pub(crate) fn rows(server: &Server, file_type: &str) -> Vec<String> {
    let text = server.exported(file_type);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    // No cell of these files holds a comma.
    let kept = |line: &str| {
        let cells = line.split(',').zip(&header).filter(|(_, name)| !WHEN.contains(name));
        cells.map(|(cell, _)| cell).collect::<Vec<_>>().join(",")
    };
    let mut rows: Vec<String> = lines.map(kept).collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ledgers_are_the_same_however_often_the_process_is_killed() {
    prove(Deployment::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ledgers_in_s3_are_the_same_however_often_the_process_is_killed() {
    match Deployment::networked() {
        Some(deployment) => prove(deployment).await,
        None => println!("{WITHOUT_EMULATOR}"),
    }
}

async fn prove(deployment: Deployment) {
    let rounds = std::env::var(ROUNDS_VARIABLE).map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut server = deployment.start(CONFIG).await;
    let token = server.token();
    let (mut unread, mut moment) = (0, 1_u64);
    for round in 0..rounds {
        send(&server, &token, round).await;
        // Scattered over the time that reading takes, and now and then the tidying behind it.
        let longest = if round % 4 == 0 { 700 } else { 90 };
        moment =
            moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis((moment >> 33) % longest)).await;
        let folder = server.kill();
        server = Server::start_in(folder);
        let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads?limit=1");
        let last = server.get_json(&token, &path).await;
        unread += u64::from(last["items"][0]["status"] != "read");
        server.all_read(&token).await;
    }
    let undisturbed = Deployment::Embedded.start(CONFIG).await;
    let token = undisturbed.token();
    for round in 0..rounds {
        send(&undisturbed, &token, round).await;
    }
    undisturbed.all_read(&token).await;
    for file_type in ["APT", "Suppliers"] {
        let (expected, found) = (rows(&undisturbed, file_type), rows(&server, file_type));
        assert!(!expected.is_empty());
        assert!(
            expected == found,
            "{file_type}: {} rows, {} expected",
            found.len(),
            expected.len()
        );
    }
    println!("{rounds} kills, {unread} of them before the file was read: the ledgers are the same");
}
