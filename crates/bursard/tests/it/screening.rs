//! Invoices screened before they are posted, by the whole server: what each is told, beside what the run
//! finds once they are; and how long an answer takes.
//!
//! `cargo xtask prove screening` takes a ledger of a million, and holds the answers against their time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server, bursard};

/// Invoices of the sample; `cargo xtask prove` sets it.
const INVOICES: &str = "BURSAR_SCREENING_INVOICES";
const INVOICES_USUALLY: &str = "6000";
/// Of the long form: an answer is there within this time, ninety-nine times of a hundred.
const P99_MAX: Duration = Duration::from_millis(50);
const REQUESTS_A_SECOND: u32 = 20;
const SECONDS: u32 = 30;
/// Genuine invoices among those that are held out.
const GENUINE: usize = 24;

/// The columns that a screening takes.
const TAKEN: [&str; 15] = [
    "Unique ID",
    "Invoice Number",
    "Invoice Amount",
    "Invoice Amount Currency",
    "Base Amount",
    "Base Amount Currency",
    "Description",
    "PO Number",
    "Invoice Date",
    "Entered Date",
    "Payment Type",
    "Supplier Name",
    "Supplier Ref",
    "User ID",
    "Org Group Ref",
];
/// What an invoice does not have yet that is not paid.
const PAID: [&str; 3] = ["Invoice / Payment Status", "Paid Date", "Payment Cleared Date"];

/// A file of transactions: its header, and its rows by Unique ID in their order.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn parse(text: &str) -> Self {
        let mut lines = text.lines().map(cells);
        Self { header: lines.next().unwrap(), rows: lines.collect() }
    }

    fn place(&self, name: &str) -> usize {
        self.header.iter().position(|header| header == name).unwrap()
    }

    fn csv<'a>(&self, rows: impl IntoIterator<Item = &'a Vec<String>>) -> String {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(",");
        let rows = rows.into_iter().map(line);
        std::iter::once(line(&self.header)).chain(rows).collect::<Vec<_>>().join("\n") + "\n"
    }

    /// A row as it is posted and not paid yet.
    fn unpaid(&self, row: &[String]) -> Vec<String> {
        let is_paid = |name: &String| PAID.contains(&name.as_str());
        let cell = |(name, cell): (&String, &String)| {
            if is_paid(name) { String::new() } else { cell.clone() }
        };
        self.header.iter().zip(row).map(cell).collect()
    }

    /// A row as a workflow asks about it.
    fn asked(&self, row: &[String]) -> Value {
        let cells = self.header.iter().zip(row);
        let taken = cells.filter(|(name, cell)| TAKEN.contains(&name.as_str()) && !cell.is_empty());
        let fields = taken.map(|(name, cell)| (name.clone(), Value::from(cell.as_str())));
        Value::Object(fields.collect::<Map<_, _>>())
    }
}

/// The cells of a line; no cell of the sample has a line of its own.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    cells.push(cell);
    cells
}

/// The second invoice of each planted pair, and some that are genuine.
fn held_out(truth: &Value, table: &Table) -> BTreeSet<String> {
    let id = table.place("Unique ID");
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let mut held = BTreeSet::new();
    for case in truth["cases"].as_array().unwrap() {
        let rows = case["rows"].as_array().unwrap();
        let ids: Vec<&str> = rows
            .iter()
            .filter(|row| row["file"] == "transactions")
            .map(|row| row["id"].as_str().unwrap())
            .collect();
        named.extend(&ids);
        if let ([_, second], false) = (ids.as_slice(), case["innocent"] == true) {
            held.insert((*second).to_owned());
        }
    }
    let genuine = table.rows.iter().map(|row| &row[id]).filter(|id| !named.contains(id.as_str()));
    held.extend(genuine.step_by(table.rows.len() / GENUINE / 2).take(GENUINE).cloned());
    held
}

fn unit_path(below: &str) -> String {
    format!("/customers/{CUSTOMER}/units/{CUSTOMER}/{below}")
}

async fn send(server: &Server, token: &str, name: &str, text: String) {
    let answer = server.post(token, name).body(text).send().await.unwrap();
    assert_eq!(answer.status(), 201);
}

async fn screen(server: &Server, token: &str, body: &Value) -> Value {
    let url = server.url(&unit_path("screenings"));
    let asked = server.client().post(url).bearer_auth(token).body(body.to_string());
    let answer = asked.header("Content-Type", "application/json").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json_value().await
}

/// Waits for a run over so many versions of the transactions.
pub(crate) async fn run_over(server: &Server, analyst: &str, version: u64) {
    loop {
        let runs = server.get_json(analyst, &unit_path("runs?limit=1")).await;
        let newest = &runs["items"][0];
        assert_ne!(newest["status"], "failed", "{newest}");
        if newest["versions"]["transactions"].as_u64() == Some(version) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Ids of a finding's rows with its probability and kind.
type FoundDuplicates = BTreeMap<BTreeSet<String>, (f64, String)>;

fn ids(finding: &Value) -> BTreeSet<String> {
    let rows = finding["rows"].as_array().unwrap().iter();
    rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

fn noted(finding: &Value) -> (BTreeSet<String>, (f64, String)) {
    let probability = finding["probability"].as_f64().unwrap();
    (ids(finding), (probability, finding["kind"].as_str().unwrap().to_owned()))
}

/// All duplicates that the last run found.
async fn duplicates(server: &Server, analyst: &str) -> FoundDuplicates {
    let mut found = FoundDuplicates::new();
    let mut after = String::new();
    loop {
        let list = format!("findings?check=duplicate_invoices&limit=500{after}");
        let page = server.get_json(analyst, &unit_path(&list)).await;
        for one in page["items"].as_array().unwrap() {
            let path = format!("findings/{}", one["key"].as_str().unwrap());
            found.extend([noted(&server.get_json(analyst, &unit_path(&path)).await)]);
        }
        let Some(next) = page["next"].as_str() else { return found };
        after = format!("&after={next}");
    }
}

#[tokio::test]
async fn screened_invoices_are_told_what_the_run_finds_once_they_are_posted() {
    let size = std::env::var(INVOICES).ok();
    let folder = tempfile::tempdir().unwrap();
    let invoices = size.as_deref().unwrap_or(INVOICES_USUALLY);
    let into = folder.path().join("made");
    let into_text = into.to_str().unwrap();
    let arguments = ["sample", into_text, "--invoices", invoices, "--until", "2025-03-31"];
    assert!(bursard(folder.path(), &arguments).status.success());
    let read = |name: &str| fs::read_to_string(into.join(name)).unwrap();
    let table = Table::parse(&read("transactions_20250331.csv"));
    let truth: Value = serde_json::from_str(&read("truth.json")).unwrap();
    let (held, id) = (held_out(&truth, &table), table.place("Unique ID"));
    let (later, before): (Vec<_>, Vec<_>) =
        table.rows.iter().partition(|row| held.contains(&row[id]));

    let server = Server::start();
    let uploader = server.token();
    let token = server.token_with(&["--customer", CUSTOMER, "--role", "screening"]);
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    send(&server, &uploader, "Suppliers/s.csv", read("suppliers_20250331.csv")).await;
    send(&server, &uploader, "APT/before.csv", table.csv(before)).await;
    server.all_read(&uploader).await;

    let asked: Vec<Value> = later.iter().map(|row| table.asked(row)).collect();
    let began = Instant::now();
    let told = screen(&server, &token, &json!(asked)).await;
    println!("{} invoices screened after {:?}", asked.len(), began.elapsed());
    if size.is_some() {
        keep_time(&server, &token, &asked).await;
    }
    let unpaid: Vec<Vec<String>> = later.iter().map(|row| table.unpaid(row)).collect();
    send(&server, &uploader, "APT/later.csv", table.csv(&unpaid)).await;
    run_over(&server, &analyst, 2).await;
    let found = duplicates(&server, &analyst).await;
    hold_against(&told, &later.iter().map(|row| row[id].clone()).collect::<Vec<_>>(), &found);
}

/// Each answer beside the findings of the run that speak of the invoice and one other.
fn hold_against(told: &Value, asked: &[String], found: &FoundDuplicates) {
    let (mut pairs, mut genuine) = (0, 0);
    for (answer, id) in told["invoices"].as_array().unwrap().iter().zip(asked) {
        let own: FoundDuplicates =
            answer["duplicates"].as_array().unwrap().iter().map(noted).collect();
        let of_run: Vec<_> = found.iter().filter(|(ids, _)| ids.contains(id)).collect();
        for (ids, (probability, kind)) in of_run.iter().filter(|(ids, _)| ids.len() == 2) {
            let Some((own_probability, own_kind)) = own.get(*ids) else {
                panic!("{id} was not told of {ids:?} ({kind}, {probability}): {answer}");
            };
            assert!((own_probability - probability).abs() < 0.03, "{ids:?}: {own:?}");
            assert_eq!(own_kind, kind, "{ids:?}");
            pairs += 1;
        }
        if of_run.is_empty() {
            assert!(own.is_empty(), "{id} was told of {own:?}, and the run finds nothing");
            genuine += 1;
        }
    }
    println!("{pairs} pairs as the run has them, {genuine} invoices without any");
    assert!(pairs >= 20 && genuine >= 10, "{pairs} {genuine}");
}

/// Asks at a steady rate, each question at its moment whether the one before is answered or not.
async fn keep_time(server: &Server, token: &str, asked: &[Value]) {
    let (client, url) = (server.client(), server.url(&unit_path("screenings")));
    let began = tokio::time::Instant::now();
    let mut waiting = Vec::new();
    for number in 0..REQUESTS_A_SECOND * SECONDS {
        tokio::time::sleep_until(began + Duration::from_secs(1) * number / REQUESTS_A_SECOND).await;
        let body = asked[number as usize % asked.len()].to_string();
        let question = client.post(&url).bearer_auth(token).body(body);
        let question = question.header("Content-Type", "application/json");
        waiting.push(tokio::spawn(async move {
            let began = Instant::now();
            let answer = question.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.bytes().await.unwrap();
            began.elapsed()
        }));
    }
    let mut times = Vec::new();
    for one in waiting {
        times.push(one.await.unwrap());
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    let memory = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let memory = memory.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    println!(
        "p50 {:?}, p95 {:?}, p99 {:?}, at most {:?}; {memory}",
        at(50),
        at(95),
        at(99),
        at(100)
    );
    assert!(at(99) < P99_MAX, "{:?}", at(99));
}
