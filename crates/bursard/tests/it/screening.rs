//! Invoices screened before they are posted, by the whole server: what each is told, beside what the run
//! finds once they are; and how long an answer takes beside a reading and a run.
//!
//! `cargo xtask prove screening` takes a ledger of a million and holds the answers against their time, and
//! five thousand invoices of each of four ledgers.

mod equal;
mod steady;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use crate::harness::{CUSTOMER, JsonAnswer as _, Server, bursard};
use crate::table::{Table, name};

/// Invoices of the sample; `cargo xtask prove` sets it.
const INVOICES: &str = "BURSAR_SCREENING_INVOICES";
const INVOICES_USUALLY: &str = "6000";
/// Genuine invoices among those that are held out.
const GENUINE: usize = 24;
/// How far the probability of a held invoice may lie beside the run's, which has learnt from the others that
/// were held back as well.
const NEAR: f64 = 0.03;
/// The probability from which on a run shows duplicates, where nobody has set another.
const THRESHOLD: f64 = 0.08;
/// Invoices of one request.
const AT_ONCE: usize = 1_000;

/// The long forms measure time, and one at once is measured.
static ALONE: Mutex<()> = Mutex::const_new(());

/// The columns that a screening takes, by name.
const TAKEN: [&str; 15] = [
    "unique_id",
    "invoice_number",
    "invoice_amount",
    "invoice_amount_currency",
    "base_amount",
    "base_amount_currency",
    "description",
    "po_number",
    "invoice_date",
    "entered_date",
    "payment_type",
    "supplier_name",
    "supplier_ref",
    "user_id",
    "org_group_ref",
];
/// What an invoice does not have yet that is not paid.
const PAID: [&str; 4] = ["status", "invoice_/_payment_status", "paid_date", "payment_cleared_date"];

/// A row as it is posted and not paid yet.
fn unpaid(table: &Table, row: &[String]) -> Vec<String> {
    let cell = |(title, cell): (&String, &String)| {
        if PAID.contains(&name(title).as_str()) { String::new() } else { cell.clone() }
    };
    table.header.iter().zip(row).map(cell).collect()
}

/// A row as a workflow asks about it.
fn asked(table: &Table, row: &[String]) -> Value {
    let cells = table.header.iter().map(|title| name(title)).zip(row);
    let taken = cells.filter(|(name, cell)| TAKEN.contains(&name.as_str()) && !cell.is_empty());
    Value::Object(
        taken.map(|(name, cell)| (name, Value::from(cell.as_str()))).collect::<Map<_, _>>(),
    )
}

/// The files of a sample, made in a folder.
fn made_sample(folder: &Path, invoices: &str) -> impl Fn(&str) -> String + use<> {
    let into = folder.join("made");
    let arguments =
        ["sample", into.to_str().unwrap(), "--invoices", invoices, "--until", "2025-03-31"];
    assert!(bursard(folder, &arguments).status.success());
    move |file: &str| fs::read_to_string(into.join(file)).unwrap()
}

/// The second invoice of each planted pair, and some that are genuine.
fn held_out(truth: &Value, table: &Table) -> BTreeSet<String> {
    let id = table.place("unique_id");
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

async fn send(server: &Server, token: &str, file: &str, text: String) {
    let answer = server.post(token, file).body(text).send().await.unwrap();
    assert_eq!(answer.status(), 201);
}

/// The answers about invoices, in requests of so many as there may be.
async fn screen(server: &Server, token: &str, asked: &[Value]) -> Vec<Value> {
    let (client, url) = (server.client(), server.url(&unit_path("screenings")));
    let mut told = Vec::new();
    for some in asked.chunks(AT_ONCE) {
        let question = client.post(&url).bearer_auth(token).body(json!(some).to_string());
        let answer = question.header("Content-Type", "application/json").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut answer = answer.json_value().await;
        let Value::Array(invoices) = answer["invoices"].take() else { panic!("{answer}") };
        told.extend(invoices);
    }
    told
}

/// The version that the last file of transactions made.
async fn newest_version(server: &Server, uploader: &str) -> u64 {
    let uploads = server.get_json(uploader, &unit_path("Uploads?limit=500")).await;
    let versions = uploads["items"].as_array().unwrap().iter();
    let of_transactions = versions.filter(|upload| upload["fileType"] == "APT");
    of_transactions.filter_map(|upload| upload["ledgerVersion"].as_u64()).max().unwrap()
}

/// Waits until screenings are of a version of the transactions, or of a later one.
async fn screened_against(server: &Server, token: &str, question: &Value, version: u64) {
    let (client, url) = (server.client(), server.url(&unit_path("screenings")));
    loop {
        let asked = client.post(&url).bearer_auth(token).body(question.to_string());
        let answer = asked.header("Content-Type", "application/json").send().await.unwrap();
        let answer = answer.json_value().await;
        if answer["versions"]["transactions"].as_u64() >= Some(version) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits for a run over a version of the transactions, or a later one.
pub(crate) async fn run_over(server: &Server, analyst: &str, version: u64) {
    loop {
        let runs = server.get_json(analyst, &unit_path("runs?limit=1")).await;
        let newest = &runs["items"][0];
        assert_ne!(newest["status"], "failed", "{newest}");
        let is_done = newest["status"] == "done";
        if is_done && newest["versions"]["transactions"].as_u64() >= Some(version) {
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

/// What an answer says that an invoice may duplicate.
fn told_of(answer: &Value) -> FoundDuplicates {
    answer["duplicates"].as_array().unwrap().iter().map(noted).collect()
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

#[tokio::test(flavor = "multi_thread")]
async fn screened_invoices_are_told_what_the_run_finds_once_they_are_posted() {
    let _alone = ALONE.lock().await;
    let size = std::env::var(INVOICES).ok();
    let folder = tempfile::tempdir().unwrap();
    let read = made_sample(folder.path(), size.as_deref().unwrap_or(INVOICES_USUALLY));
    let table = Table::parse(&read("transactions_20250331.csv"));
    let truth: Value = serde_json::from_str(&read("truth.json")).unwrap();
    let (held, id) = (held_out(&truth, &table), table.place("unique_id"));
    let (later, mut before): (Vec<_>, Vec<_>) =
        table.rows.iter().partition(|row| held.contains(&row[id]));

    let server = Server::start();
    let uploader = server.token();
    let token = server.token_with(&["--customer", CUSTOMER, "--role", "screening"]);
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    // The last of the ledger come while answers are timed.
    let beside = if size.is_some() { steady::rows_beside(before.len()) } else { 0 };
    let beside = before.split_off(before.len() - beside);
    send(&server, &uploader, "Suppliers/s.csv", read("suppliers_20250331.csv")).await;
    send(&server, &uploader, "APT/before.csv", table.csv(before)).await;
    server.all_read(&uploader).await;

    let asked: Vec<Value> = later.iter().map(|row| asked(&table, row)).collect();
    let began = Instant::now();
    let mut told = screen(&server, &token, &asked).await;
    println!("{} invoices screened after {:?}", asked.len(), began.elapsed());
    if let Some(size) = size {
        let beside =
            beside.chunks(steady::BESIDE_AT_ONCE).map(|rows| table.csv(rows.iter().copied()));
        let tokens = steady::Tokens { screening: token.clone(), uploader: uploader.clone() };
        steady::keep_time(&server, &tokens, &asked, (beside.collect(), size.as_str())).await;
        server.all_read(&uploader).await;
        let version = newest_version(&server, &uploader).await;
        screened_against(&server, &token, &asked[0], version).await;
        told = screen(&server, &token, &asked).await;
    }
    let unpaid: Vec<Vec<String>> = later.iter().map(|row| unpaid(&table, row)).collect();
    send(&server, &uploader, "APT/later.csv", table.csv(&unpaid)).await;
    server.all_read(&uploader).await;
    let version = newest_version(&server, &uploader).await;
    run_over(&server, &analyst, version).await;
    let found = duplicates(&server, &analyst).await;
    hold_against(&told, &later.iter().map(|row| row[id].clone()).collect::<Vec<_>>(), &found);
}

/// Each answer beside the findings of the run that speak of the invoice and one other.
fn hold_against(told: &[Value], asked: &[String], found: &FoundDuplicates) {
    let (mut pairs, mut genuine, mut apart, mut otherwise) = (0, 0, Vec::new(), Vec::new());
    for (answer, id) in told.iter().zip(asked) {
        let own = told_of(answer);
        let of_run: Vec<_> = found.iter().filter(|(ids, _)| ids.contains(id)).collect();
        for (ids, (probability, kind)) in of_run.iter().filter(|(ids, _)| ids.len() == 2) {
            let Some((own_probability, own_kind)) = own.get(*ids) else {
                // Invoices posted together alter how usual an amount is, and so who else belongs.
                if let Some(wider) = own.keys().find(|wider| wider.is_superset(ids)) {
                    apart.push(format!("{ids:?}: told of as {wider:?}"));
                    continue;
                }
                // What is posted together with it can have the credit that would take it back.
                let is_credited = answer["explained"].to_string().contains("\"credited\"");
                assert!(
                    is_credited,
                    "{id} was not told of {ids:?} ({kind}, {probability}): {answer}"
                );
                apart.push(format!("{ids:?}: credited, by the run {probability}"));
                continue;
            };
            let is_near = (own_probability - probability).abs() < NEAR;
            if !is_near {
                apart.push(format!("{ids:?}: {own:?}, by the run {probability}"));
            }
            assert_eq!(own_kind, kind, "{ids:?}");
            pairs += 1;
        }
        if of_run.is_empty() {
            let is_at_the_threshold = own.values().all(|(of, _)| *of < THRESHOLD + NEAR);
            if !is_at_the_threshold {
                otherwise.push(format!("{id} was told of {own:?}, and the run finds nothing"));
            }
            genuine += 1;
        }
    }
    println!("{pairs} pairs as the run has them, {genuine} invoices without any, {otherwise:?}");
    assert!(otherwise.len() * 1_000 <= genuine * equal::OTHERWISE_PER_MILLE, "{otherwise:?}");
    assert!(pairs >= 20 && genuine >= 10, "{pairs} {genuine}");
    assert!(apart.len() * 20 <= pairs, "of {pairs} pairs: {apart:?}");
}
