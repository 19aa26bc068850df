//! Invoices of several units of a customer, compared with one another.

use std::fmt::Write as _;
use std::sync::Arc;

use analysis::{Checker, Engine, EngineLimits};
use domain::finding::{AcrossOutcome, AcrossRequest};
use domain::{FileType, LedgerName};

use crate::site::{NOW, Site};

const HEAD: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Base Amount Currency,Invoice Date,\
                    Entered Date,Paid Date,Supplier Name,Supplier Ref\n";

/// Invoices of 20 firms, whose references and ids are the unit's own, and these rows.
fn with(salt: u64, rows: &str) -> String {
    let mut text = HEAD.to_owned();
    for at in 0..200_u64 {
        let (firm, mixed) = (at % 20, (at + salt).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40);
        let number = salt * 10_000 + firm * 150 + at / 20 * 3 + mixed % 3;
        let date = format!("2026-{:02}-{:02}", at / 20 % 6 + 1, mixed % 28 + 1);
        let amount = format!("{}.{:02}", 200 + mixed % 9_000, mixed / 7 % 100);
        let name = format!("Firm {firm} Works Ltd,{}", salt + firm);
        writeln!(text, "H{at},{number},{amount},{amount},GBP,{date},{date},{date},{name}").unwrap();
    }
    text + rows
}

async fn compare(site: &Site, units: &[&str]) -> AcrossOutcome {
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let request = AcrossRequest {
        customer: "acme".parse().unwrap(),
        units: units.iter().map(|unit| unit.parse().unwrap()).collect(),
        now: NOW,
    };
    Checker::new(site.ledgers.clone(), engine).check_across(&request).await.unwrap()
}

async fn read(site: &Site, unit: &str, number: u8, text: &str) {
    let ledger = LedgerName {
        customer: "acme".parse().unwrap(),
        unit: unit.parse().unwrap(),
        file_type: FileType::Transactions,
    };
    site.read_into(&ledger, number, text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_of_two_units_is_found_and_those_within_one_are_not() {
    let site = Site::new();
    let uk = with(
        1,
        "A1,INV-88123,5310.17,5310.17,GBP,2026-03-04,2026-03-05,2026-03-20,Alder Works Ltd,S1\n\
         B1,77001,4000.55,4000.55,GBP,2026-03-04,2026-03-05,2026-03-20,Birch Ltd,S2\n\
         B2,77001,4000.55,4000.55,GBP,2026-03-04,2026-03-09,2026-03-20,Birch Ltd,S2\n",
    );
    let fr = with(
        7,
        "A9,INV-88123,5310.17,5310.17,GBP,2026-03-04,2026-03-11,2026-03-27,ALDER WORKS LIMITED,77\n",
    );
    read(&site, "uk", 1, &uk).await;
    let alone = compare(&site, &["uk", "fr"]).await;
    assert!(alone.not_run.is_some_and(|why| why.contains("fewer than two units")));
    read(&site, "fr", 2, &fr).await;
    let outcome = compare(&site, &["uk", "fr"]).await;
    let [found] = &outcome.findings[..] else { panic!("{:#?}", outcome.findings) };
    let mut rows: Vec<&str> = found.rows.iter().map(|row| row.id.as_str()).collect();
    rows.retain(|id| id.contains('/'));
    rows.sort_unstable();
    assert_eq!(rows, ["fr/A9", "uk/A1"]);
    assert!(found.probability.is_some_and(|share| share > 0.9), "{:?}", found.probability);
}
