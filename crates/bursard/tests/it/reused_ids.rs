//! A Unique ID that an ERP gives to other invoices again: held, read by a key of several columns, released.

use std::fmt::Write as _;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server, sibling};

const MAPPING: &str =
    "[fields]\nunique_id = [\"Company Code\", \"Fiscal Year\", \"Document Number\"]\n";
const PLACE: [&str; 2] = ["--customer", CUSTOMER];

/// Names and references of suppliers.
const SUPPLIERS: [[&str; 2]; 6] = [
    ["Harrow & Vale Catering", "S1003"],
    ["Northgate Scaffolding", "S1004"],
    ["Ivel Timber Merchants", "S1005"],
    ["Oakmoor Cleaning Services", "S1006"],
    ["Brightwater Plumbing Ltd", "S1001"],
    ["Kestrel Office Supplies", "S1002"],
];

/// Twenty invoices of each year and company, as SAP numbers them: anew in each.
fn invoices(years: &[usize], companies: &[usize]) -> String {
    let mut text = "Document Number,Fiscal Year,Company Code,Reference,Amount in doc. curr.,\
        Document currency,Amount in local currency,Local Currency,Document Date,Posting Date,\
        Name 1,Vendor\n"
        .to_owned();
    for (year, company) in years.iter().flat_map(|year| companies.iter().map(move |of| (year, of)))
    {
        let (later, other) = (year - 2023, company / 1_000 - 1);
        for number in 0..20 {
            let [name, vendor] = SUPPLIERS[(number + later + other) % SUPPLIERS.len()];
            let pence =
                544_229 + 22_855 * later + 300_017 * other + number * (11_101 - 1_398 * later);
            let amount = format!("{}.{:02},EUR", pence / 100, pence % 100);
            let reference = format!("RE{}{}{}", year - 2000, company / 1_000, 400 + 7 * number);
            writeln!(
                text,
                "{},{year},{company},{reference},{amount},{amount},{year}-03-{:02},{year}-03-{:02},{name},{vendor}",
                1_900_000_000 + number,
                number + 1,
                number + 2,
            )
            .unwrap();
        }
    }
    text
}

/// The upload once it is neither received nor being read.
async fn sent(server: &Server, name: &str, body: String) -> Value {
    let token = server.token();
    let answer = server.post(&token, &format!("APT/{name}")).body(body).send().await.unwrap();
    let receipt = answer.json_value().await;
    ended(server, receipt["links"]["self"].as_str().unwrap()).await
}

async fn ended(server: &Server, path: &str) -> Value {
    let token = server.token();
    loop {
        let upload = server.get_json(&token, path).await;
        if !matches!(upload["status"].as_str(), Some("received" | "reading")) {
            return upload;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

fn stdout_of(server: &Server, arguments: &[&str]) -> String {
    let output = server.bursard(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// How many rows of the ledger are of each year, by their invoice numbers.
fn years(server: &Server) -> [usize; 2] {
    let rows = server.exported("APT");
    ["RE23", "RE24"].map(|number| rows.matches(number).count())
}

fn set_mapping(server: &Server) {
    let path = server.folder.path().join("key.toml");
    std::fs::write(&path, MAPPING).unwrap();
    let mapping = path.to_str().unwrap();
    let set = [&["reading-rules", "set"], &PLACE[..], &["--type", "APT", "--mapping", mapping]];
    let said = stdout_of(server, &set.concat());
    let columns = "\"Company Code\", \"Fiscal Year\", \"Document Number\" -> unique_id";
    assert!(said.contains(columns), "{said}");
}

#[tokio::test]
async fn another_years_invoices_do_not_replace_last_years() {
    let server = Server::start();
    let first = sent(&server, "belnr_20230331.csv", invoices(&[2023], &[1000])).await;
    assert_eq!((&first["status"], &first["rowsReplaced"]), (&json!("read"), &json!(0)));
    // A later state of the same invoices is read without a word.
    let later = invoices(&[2023], &[1000]).replace(",Northgate", ",The Northgate");
    let later = sent(&server, "belnr_20230401.csv", later).await;
    assert_eq!((&later["status"], &later["rowsReplaced"]), (&json!("read"), &json!(20)));
    let token = server.token();
    let problems = later["links"]["problems"].as_str().unwrap();
    let problems = server.get_json(&token, problems).await;
    let reasons: Vec<_> = problems["counts"].as_array().unwrap().iter().collect();
    assert!(reasons.iter().all(|count| count["reason"] != "other_invoice_replaced"), "{reasons:?}");

    let held = sent(&server, "belnr_20240331.csv", invoices(&[2024], &[1000])).await;
    assert_eq!(held["status"], "held", "{held}");
    assert_eq!(
        (&held["holdReason"], &held["rowsReplaced"]),
        (&json!("reusedIdentifiers"), &json!(20))
    );
    let reused = &held["reusedIdentifiers"];
    assert_eq!((&reused["rows"], &reused["columns"]), (&json!(20), &json!(["Document Number"])));
    assert_eq!(reused["mayRepeatBy"], json!(["Fiscal Year", "Company Code"]));
    assert_eq!(reused["examples"].as_array().unwrap().len(), 3);
    let row = |name: &str, number: &str, amount: &str, date: &str, supplier: &str| {
        json!({
            "line": 2, "supplierRef": supplier, "supplierName": name, "invoiceNumber": number,
            "invoiceAmount": amount, "invoiceDate": date,
        })
    };
    assert_eq!(
        reused["examples"][0],
        json!({
            "uniqueId": "1900000000",
            "before": row("Harrow & Vale Catering", "RE231400", "5442.29", "2023-03-01", "S1003"),
            "after": row("Northgate Scaffolding", "RE241400", "5670.84", "2024-03-01", "S1004"),
        })
    );
    assert_eq!(years(&server), [20, 0], "2023 is still there");

    // Both programs say it in words.
    let id = held["uploadId"].as_str().unwrap();
    let shown = stdout_of(&server, &[&["upload", "show", id], &PLACE[..]].concat());
    let output = Command::new(sibling("bursar"))
        .args(["uploads", "--wait", id, "--url", &server.url(""), "--customer", CUSTOMER])
        .arg("--ca-file")
        .arg(server.authority())
        .arg("--token-file")
        .arg(server.token_file())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(51));
    let told = [output.stdout, output.stderr].concat();
    for text in [shown, String::from_utf8(told).unwrap()] {
        for part in [
            "20 of the 20 rows it would replace are other invoices",
            "Document Number of SAP",
            "build the Unique ID of several columns; the file has Fiscal Year and Company Code",
            "in this file: line 2, S1004, Northgate Scaffolding, RE241400, 5670.84, 2024-03-01",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    // A key of several columns, and the file is read once more.
    set_mapping(&server);
    stdout_of(&server, &[&["upload", "read-again", id], &PLACE[..]].concat());
    let read = ended(&server, held["links"]["self"].as_str().unwrap()).await;
    assert_eq!((&read["status"], &read["rowsReplaced"]), (&json!("read"), &json!(0)), "{read}");
    assert_eq!(years(&server), [20, 20]);
}

#[tokio::test]
async fn a_key_of_several_columns_keeps_the_years_apart() {
    let server = Server::start();
    set_mapping(&server);
    for (name, year, rows) in [("2023.csv", 2023, [20, 0]), ("2024.csv", 2024, [20, 20])] {
        let upload = sent(&server, name, invoices(&[year], &[1000])).await;
        assert_eq!((&upload["status"], &upload["rowsReplaced"]), (&json!("read"), &json!(0)));
        assert_eq!(years(&server), rows);
    }
    assert!(server.exported("APT").contains("1000|2024|1900000000"));
    let again = sent(&server, "again.csv", invoices(&[2024], &[1000])).await;
    assert_eq!((&again["status"], &again["rowsReplaced"]), (&json!("read"), &json!(20)));
    let all = invoices(&[2023, 2024], &[1000, 2000]);
    let upload = sent(&server, "all.csv", all).await;
    assert_eq!((&upload["status"], &upload["rowsRead"]), (&json!("read"), &json!(80)));
}

#[tokio::test]
async fn a_released_file_is_read_as_it_stands() {
    let server = Server::start();
    sent(&server, "a.csv", invoices(&[2023], &[1000])).await;
    let held = sent(&server, "b.csv", invoices(&[2024], &[1000])).await;
    assert_eq!(held["status"], "held", "{held}");
    let id = held["uploadId"].as_str().unwrap();
    stdout_of(&server, &[&["upload", "release", id], &PLACE[..]].concat());
    let read = ended(&server, held["links"]["self"].as_str().unwrap()).await;
    assert_eq!((&read["status"], &read["rowsReplaced"]), (&json!("read"), &json!(20)), "{read}");
    assert_eq!(years(&server), [0, 20]);
}
