//! A ledger sent twice under other ids, by the whole server: what the run says, and what it finds.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{CUSTOMER, Server};

const HEAD: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Base Amount Currency,Invoice Date,\
                    Entered Date,Paid Date,Supplier Name,Supplier Ref\n";
const INVOICES: u64 = 600;

/// The ids are numbers with zeros in front up to so many digits: none, as a spreadsheet leaves them, with 0.
fn ledger(digits: usize) -> String {
    let mut text = HEAD.to_owned();
    let mut add = |at: u64, number: &str, amount: &str, keyed: u64| {
        let id = 7_000_000 + at;
        let id = format!("{id:0digits$}");
        let (supplier, month) = (at % 23, at % 11 + 1);
        writeln!(
            text,
            "{id},{number},{amount},{amount},GBP,2025-{month:02}-03,2025-{month:02}-{keyed:02},2025-12-01,\
             Firm {supplier} Works Ltd,V{supplier}"
        )
        .unwrap();
    };
    for at in 0..INVOICES {
        let cents = 10_000 + at * at * 37 % 800_000;
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        add(at, &format!("SI-{}", 60_309 + at * 13), &amount, 4 + at % 5);
    }
    // Keyed twice: both of one supplier and month.
    add(INVOICES, "QQ-100", "500.00", 6);
    add(INVOICES + 253, "QQ-100", "500.00", 15);
    text
}

async fn send(server: &Server, token: &str, name: &str, text: String) {
    let answer = server.post(token, &format!("APT/{name}")).body(text).send().await.unwrap();
    assert_eq!(answer.status(), 201);
}

/// The newest run, once it has looked at so many versions of the ledger.
async fn run_over(server: &Server, analyst: &str, version: u64) -> Value {
    let unit = format!("/customers/{CUSTOMER}/units/{CUSTOMER}");
    loop {
        let runs = server.get_json(analyst, &format!("{unit}/runs?limit=1")).await;
        let newest = &runs["items"][0];
        assert_ne!(newest["status"], "failed", "{newest}");
        if newest["versions"]["transactions"].as_u64() == Some(version) {
            let id = newest["runId"].as_str().unwrap();
            return server.get_json(analyst, &format!("{unit}/runs/{id}")).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_ledger_sent_again_under_other_ids_is_said_and_not_summed() {
    let server = Server::start();
    let token = server.token();
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    send(&server, &token, "history.csv", ledger(10)).await;
    let once = run_over(&server, &analyst, 1).await;
    assert_eq!(once["notices"].as_array().unwrap().len(), 0, "{once}");
    send(&server, &token, "again.csv", ledger(0)).await;
    let twice = run_over(&server, &analyst, 2).await;

    let title = "602 of 602 invoices of again.csv stand in history.csv under other Unique IDs";
    let notice = twice["notices"][0].as_str().unwrap();
    assert!(notice.starts_with(title), "{notice}");
    let read = &twice["invoicesRead"];
    assert_eq!((&read["invoices"], &read["lines"]), (&602.into(), &0.into()), "{read}");
    assert_eq!(read["filesSentAgain"][0]["copies"], 602);

    // Other checks count rows as they stand.
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/findings?check=duplicate_invoices");
    let found = server.get_json(&analyst, &path).await;
    let found = found["items"].as_array().unwrap();
    let titles: Vec<&str> = found.iter().map(|one| one["title"].as_str().unwrap()).collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
    // Of the copies none is a finding. This pair stands in either file, was paid twice, and comes first.
    let (pair, file) = (&found[0], &found[1]);
    assert!(titles[0].contains("QQ-100") && titles[0].contains("GBP 500.00"), "{titles:?}");
    assert_eq!((&pair["atRisk"]["amount"], &pair["lane"]), (&"500.00".into(), &"recover".into()));
    assert_eq!((titles[1], &file["lane"]), (title, &"look_into".into()));
    // Most often nothing of it was posted twice: it is the first of what there is to look into.
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/findings?lane=look_into&limit=1");
    let first = server.get_json(&analyst, &path).await;
    assert_eq!(first["items"][0]["title"], title, "{first}");
}
