//! Runs of payments by the whole server: planted faults are found within seconds, and the file without what
//! is held is what it would have been without them.
//!
//! `cargo xtask prove payments` takes runs of ten thousand and holds them against their time.

mod made;

use std::fs;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server, bursard, sibling};
use crate::table::Table;
use made::{MadeRun, Payment, SampleFiles, bacs, list, pain001};

/// Payments of a run; `cargo xtask prove` sets it.
const PAYMENTS: &str = "BURSAR_PAYMENTS";
const PAYMENTS_USUALLY: usize = 1_000;
/// Of the long form: from the first byte sent until what speaks against each payment can be asked for.
const CHECKED_WITHIN: Duration = Duration::from_secs(5);
/// Of 1,000 payments, those that are doubted and should not be.
const FALSE_PER_MILLE: usize = 2;

/// A format of the run, and the place of its first payment among its lines.
struct Format {
    file: &'static str,
    write: fn(&[Payment]) -> String,
    first_line: u64,
}

const FORMATS: [Format; 3] = [
    Format { file: "run_20250401.xml", write: pain001, first_line: 5 },
    Format { file: "run_20250401.txt", write: bacs, first_line: 5 },
    Format { file: "run_20250401.csv", write: list, first_line: 2 },
];

fn unit_path(below: &str) -> String {
    format!("/customers/{CUSTOMER}/units/{CUSTOMER}/{below}")
}

/// `bursar payments` as an analyst types it.
fn payments(server: &Server, token: &str, arguments: &[&str]) -> Output {
    let (command, rest) = arguments.split_at(1);
    Command::new(sibling("bursar"))
        .arg("payments")
        .args(command)
        .args(rest)
        .args(["--url", &server.url(""), "--customer", CUSTOMER, "--json", "--ca-file"])
        .arg(server.authority())
        .env("BURSAR_TOKEN", token)
        .output()
        .unwrap()
}

/// Sends ledgers of a sample, in which the invoices of the run are open.
async fn with_ledgers(size: usize) -> (Server, MadeRun) {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("made");
    let invoices = (size * 10).max(6_000).to_string();
    let arguments = ["sample", into.to_str().unwrap(), "--invoices", &invoices];
    let sampled = [&arguments[..], &["--until", "2025-03-31"]].concat();
    assert!(bursard(folder.path(), &sampled).status.success());
    let read = |name: &str| fs::read_to_string(into.join(name)).unwrap();
    let [mut transactions, suppliers, employees] = ["transactions", "suppliers", "employees"]
        .map(|name| read(&format!("{name}_20250331.csv")));
    let mut table = Table::parse(&transactions);
    let truth: Value = serde_json::from_str(&read("truth.json")).unwrap();
    let made = SampleFiles {
        transactions: &table,
        suppliers: &Table::parse(&suppliers),
        employees: &Table::parse(&employees),
        truth: &truth,
    };
    let run = made.run(size);
    let id = table.place("unique_id");
    let paid = ["paid_date", "payment_cleared_date"].map(|column| table.place(column));
    let status = table.place("invoice_/_payment_status");
    for row in table.rows.iter_mut().filter(|row| run.open.contains(&row[id])) {
        for place in paid {
            row[place].clear();
        }
        "Approved".clone_into(&mut row[status]);
    }
    transactions = table.csv(&table.rows);
    let server = Server::start();
    let uploader = server.token();
    for (file, text) in [
        ("APT/transactions.csv", transactions),
        ("Suppliers/suppliers.csv", suppliers),
        ("Employees/employees.csv", employees),
    ] {
        assert_eq!(server.post(&uploader, file).body(text).send().await.unwrap().status(), 201);
    }
    server.all_read(&uploader).await;
    (server, run)
}

/// Sends a run and waits until it is checked; its id, and how long it took.
async fn checked(
    server: &Server,
    (token, analyst): (&str, &str),
    file: &str,
    text: String,
) -> (String, Duration) {
    let began = Instant::now();
    let sent = server.post(token, &format!("Payments/{file}")).body(text).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    let id = sent.json_value().await["uploadId"].as_str().unwrap().to_owned();
    let (client, url) = (server.client(), server.url(&unit_path(&format!("paymentRuns/{id}"))));
    loop {
        let asked = client.get(&url).bearer_auth(analyst).send().await.unwrap();
        if asked.status() == 200 {
            return (id, began.elapsed());
        }
        let upload = server.get_json(token, &unit_path(&format!("Uploads/{id}"))).await;
        assert_ne!(upload["status"], "refused", "{upload}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Every payment of a run, in the order of its file.
async fn listed(server: &Server, analyst: &str, run: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("paymentRuns/{run}/payments?limit=500{after}");
        let mut page = server.get_json(analyst, &unit_path(&path)).await;
        let Value::Array(some) = page["items"].take() else { panic!("{page}") };
        all.extend(some);
        let Some(next) = page["next"].as_u64() else { return all };
        after = format!("&after={next}");
    }
}

/// Holds the doubts against what was planted; the lines of what is doubted and should not be.
fn judge(payments: &[Value], made: &MadeRun, file: &str) -> Vec<u64> {
    assert_eq!(payments.len(), made.payments.len(), "{file}");
    let mut wrong = Vec::new();
    for (at, payment) in payments.iter().enumerate() {
        let doubts = payment["doubts"].as_array().unwrap();
        match made.planted.get(&at) {
            Some(kind) => {
                let is_found = doubts.iter().any(|doubt| doubt["kind"] == *kind);
                assert!(is_found, "{file}: {kind} at {at}: {payment}, of {:?}", made.payments[at]);
            }
            None if doubts.is_empty() => {}
            None => {
                println!("{file}: doubted and should not be: {payment}");
                wrong.push(payment["line"].as_u64().unwrap());
            }
        }
    }
    assert!(wrong.len() * 1_000 <= FALSE_PER_MILLE * payments.len(), "{} of {file}", wrong.len());
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_a_run_are_found_and_its_file_goes_on_without_them() {
    let size = std::env::var(PAYMENTS).ok();
    let count = size.as_ref().map_or(PAYMENTS_USUALLY, |size| size.parse().unwrap());
    let (server, made) = with_ledgers(count).await;
    let uploader = server.token();
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let (file, text) = (format.file, (format.write)(&made.payments));
        let bytes = text.len();
        let (run, took) = checked(&server, (&uploader, &analyst), file, text).await;
        let payments = listed(&server, &analyst, &run).await;
        let wrong = judge(&payments, &made, file);
        println!(
            "{}",
            json!({
                "proof": "payments", "file": file, "bytes": bytes, "payments": payments.len(),
                "planted": made.planted.len(), "false": wrong.len(),
                "checked_seconds": took.as_secs_f64(),
            })
        );
        assert!(size.is_none() || took < CHECKED_WITHIN, "{file}: {took:?}");
        let file = folder.path().join(file);
        take_file(&server, &analyst, (&run, &format), (&made, &wrong), &file);
    }
    refuse_what_is_not_well_formed(&server, &uploader, &made).await;
}

/// Holds what was planted, releases the rest, and takes the file as it is to go to the bank.
fn take_file(
    server: &Server,
    analyst: &str,
    (run, format): (&str, &Format),
    (made, wrong): (&MadeRun, &[u64]),
    to: &std::path::Path,
) {
    let path = to.to_str().unwrap();
    let early = payments(server, analyst, &["file", run, "--to", path]);
    let said = [early.stdout, early.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(!early.status.success() && said.contains("are undecided"), "{said}");
    assert!(!to.exists(), "a file appears when it is whole");
    let held: Vec<u64> = made.planted.keys().map(|at| format.first_line + *at as u64).collect();
    for (decision, lines) in [("hold", held.as_slice()), ("release", wrong)] {
        if !lines.is_empty() {
            let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
            let mut arguments = vec![decision, run];
            arguments.extend(lines.iter().map(String::as_str));
            let decided = payments(server, analyst, &arguments);
            assert!(decided.status.success(), "{}", String::from_utf8_lossy(&decided.stdout));
        }
    }
    let taken = payments(server, analyst, &["file", run, "--to", path]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stdout));
    let kept = made.payments.iter().enumerate().filter(|(at, _)| !made.planted.contains_key(at));
    let kept: Vec<Payment> = kept.map(|(_, payment)| payment.clone()).collect();
    let expected = (format.write)(&kept);
    assert!(
        fs::read_to_string(to).unwrap() == expected,
        "{path} is another file than without them"
    );
    let list = to.with_extension("held.csv");
    let listed = payments(server, analyst, &["list", run, "--to", list.to_str().unwrap()]);
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stdout));
    let listed = fs::read_to_string(list).unwrap();
    assert_eq!(Table::parse(&listed).rows.len(), made.planted.len(), "{listed}");
}

/// A file that is not well formed is refused whole, and the refusal names the line.
async fn refuse_what_is_not_well_formed(server: &Server, uploader: &str, made: &MadeRun) {
    let some = &made.payments[..3];
    let labelled = bacs(some);
    let sums = labelled.lines().count();
    for (file, text, words) in [
        ("broken_1.xml", pain001(some).replacen("</PmtId>", "</PmtI>", 1), "at line 5".to_owned()),
        ("broken_2.txt", labelled.replacen("UTL10", "UTL11", 1), format!("at line {sums}")),
    ] {
        let sent =
            server.post(uploader, &format!("Payments/{file}")).body(text).send().await.unwrap();
        let id = sent.json_value().await["uploadId"].as_str().unwrap().to_owned();
        loop {
            let upload = server.get_json(uploader, &unit_path(&format!("Uploads/{id}"))).await;
            if upload["status"] == "refused" {
                assert!(upload["reason"].as_str().unwrap().contains(&words), "{words}: {upload}");
                break;
            }
            assert_ne!(upload["status"], "read", "{upload}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
