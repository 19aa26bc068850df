//! A ledger that another schema wrote, by the whole server: it is said of that ledger alone, and
//! uploads wait.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server};

const CONFIG: &str = "[metrics]\nlisten = \"127.0.0.1:0\"\n";
const SUPPLIERS: &str = "Supplier Ref,Supplier Name,Town\nS1,Alder Ltd,Leeds\nS2,Birch Ltd,York\n";
const MORE_SUPPLIERS: &str =
    "Supplier Ref,Supplier Name,Town\nS1,Alder Ltd,Leeds\nS2,Birch Ltd,York\nS3,Cedar Ltd,Hull\n";
const INVOICES: &str = "\
Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount
a,INV-1,2026-01-05,2026-01-05,2026-01-05,S1,Alder Ltd,10.00,10.00
";

/// Where the suppliers' table says its columns.
fn first_commit(server: &Server) -> PathBuf {
    let table = format!("objects/ledgers/{CUSTOMER}/{CUSTOMER}/suppliers");
    server.data_dir().join(table).join("_delta_log/00000000000000000000.json")
}

/// The column of the table's own schema is of this type from now on, without Bursar's doing.
fn set_type(log: &Path, column: &str, to: &str) {
    let text = fs::read_to_string(log).unwrap();
    let lines = text.lines().map(|line| {
        let mut action: Value = serde_json::from_str(line).unwrap();
        if let Some(metadata) = action.get_mut("metaData") {
            let mut schema: Value =
                serde_json::from_str(metadata["schemaString"].as_str().unwrap()).unwrap();
            let fields = schema["fields"].as_array_mut().unwrap();
            let field = fields.iter_mut().find(|field| field["name"] == column).unwrap();
            field["type"] = json!(to);
            metadata["schemaString"] = json!(schema.to_string());
        }
        action.to_string() + "\n"
    });
    let altered: String = lines.collect();
    fs::write(log, altered).unwrap();
}

async fn send(server: &Server, token: &str, rest: &str, body: &'static str) -> String {
    let answer = server.post(token, rest).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.json_value().await["links"]["self"].as_str().unwrap().to_owned()
}

/// Asks for an upload until it is as it should be.
async fn until(server: &Server, token: &str, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    loop {
        let upload = server.get_json(token, path).await;
        assert_ne!(upload["status"], "refused", "{upload}");
        if is_so(&upload) {
            return upload;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn metrics(server: &Server) -> String {
    let line = server.first_lines.iter().find(|line| line.contains("/metrics")).unwrap();
    let url = line.split_whitespace().last().unwrap();
    server.client().get(url).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_ledger_of_another_schema_is_said_and_its_uploads_wait() {
    let server = Server::start_with(CONFIG);
    let token = server.token();
    send(&server, &token, "Suppliers/suppliers_1.csv", SUPPLIERS).await;
    server.all_read(&token).await;
    let said = server.bursard(&["ledger", "list"]);
    assert!(said.status.success());
    let log = first_commit(&server);
    let folder = server.kill();
    set_type(&log, "town", "long");

    let server = Server::start_in(folder);
    let waiting = send(&server, &token, "Suppliers/suppliers_2.csv", MORE_SUPPLIERS).await;
    let other = send(&server, &token, "APT/invoices_1.csv", INVOICES).await;
    until(&server, &token, &other, |upload| upload["status"] == "read").await;
    let told = until(&server, &token, &waiting, |upload| upload["waitsBecause"].is_string()).await;
    let says = "the ledger acme/acme/suppliers has a column of another type";
    assert!(told["waitsBecause"].as_str().unwrap().starts_with(says), "{told}");

    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let doctor = server.bursard(&["doctor"]);
    let said = text(doctor.stdout);
    assert_eq!(doctor.status.code(), Some(1));
    let why =
        "acme/acme/suppliers: its column town holds long, where this version of Bursar has string";
    assert!(said.contains(why), "{said}");
    let list = server.bursard(&["ledger", "list"]);
    let said = text(list.stdout) + &text(list.stderr);
    assert_eq!(list.status.code(), Some(1));
    assert!(said.contains("acme/acme/transactions") && said.contains("CANNOT BE USED"), "{said}");
    assert!(said.contains("its column town holds long"), "{said}");
    let list = server.bursard(&["ledger", "list", "--json"]);
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!((&list[0]["fault"], &list[0]["rows"]), (&json!(null), &json!(1)));
    assert_eq!((&list[1]["fault"], &list[1]["rows"]), (&json!("changed_type"), &json!(null)));
    let ready = server.client().get(server.url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200, "files can be received");
    let said = ready.text().await.unwrap();
    assert!(said.contains("1 changed_type") && !said.contains(CUSTOMER), "{said}");
    let said = metrics(&server).await;
    let of = format!("customer=\"{CUSTOMER}\",unit=\"{CUSTOMER}\",type=\"Suppliers\"");
    assert!(said.contains(&format!("{of},reason=\"changed_type\"}} 1")), "{said}");

    set_type(&log, "town", "string");
    until(&server, &token, &waiting, |upload| upload["status"] == "read").await;
    assert!(server.exported("Suppliers").contains("Cedar Ltd"));
    assert!(server.bursard(&["ledger", "list"]).status.success());
}
