//! A run after a few new rows takes what it can from the last one, and gives what a whole run gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use analysis::{Checker, Engine, EngineLimits};
use domain::FileType;
use domain::finding::RunOutcome;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::site::{FileToRead, NOW, Site, check_request, unit};

const INVOICES: &str = "\
Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount
1,INV-1001,2026-01-05,2026-01-05,2026-01-05,S1,Alder Ltd,4310.00,4310.00
2,INV-1001,2026-01-12,2026-01-12,2026-01-12,S1,Alder Ltd,4310.00,4310.00
3,7731,2026-02-01,2026-02-01,2026-02-01,S2,Birch Ltd,99.10,99.10
";
const MORE: &str = "\
Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount
4,7731,2026-02-03,2026-02-03,2026-02-03,S2,Birch Ltd,99.10,99.10
";
const SUPPLIERS: &str = "\
Supplier Ref,Supplier Name,Sort Code,Account Number
S1,Alder Ltd,00-00-01,48271009
S2,Birch Ltd,00-00-01,48271009
";
const SUPPLIERS_AFTER: &str = "\
Supplier Ref,Supplier Name,Sort Code,Account Number
S1,Alder Ltd,00-00-01,48271009
S2,Birch Ltd,00-00-02,31415926
";

/// What a run found, in the order of findings; and nothing of how long it took.
fn found(checked: &RunOutcome) -> Vec<String> {
    let all = checked.findings.iter().chain(&checked.suppressed);
    all.map(|finding| serde_json::to_string(finding).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_after_new_rows_is_the_same_as_a_whole_run() {
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let (site, request) = (Site::new(), check_request(unit()));
    let keeps = Checker::new(site.ledgers.clone(), Arc::clone(&engine));
    let steps = [
        (FileType::Transactions, INVOICES),
        (FileType::Suppliers, SUPPLIERS),
        (FileType::Transactions, MORE),
        (FileType::Suppliers, SUPPLIERS_AFTER),
    ];
    let mut before = Vec::new();
    for (number, (file_type, rows)) in (1..).zip(steps) {
        site.read(file_type, number, rows).await;
        let again = found(&keeps.check(&request, |_, _| {}).await.unwrap());
        let forgetful = Checker::new(site.ledgers.clone(), Arc::clone(&engine));
        let whole = found(&forgetful.check(&request, |_, _| {}).await.unwrap());
        assert_eq!(again, whole, "after step {number}");
        assert_ne!(again, before, "step {number} changed something");
        before = again;
    }
    // Nothing has changed: everything is as it was left.
    assert_eq!(found(&keeps.check(&request, |_, _| {}).await.unwrap()), before);
}

/// Sequences of extracts drawn at random; `BURSAR_SEQUENCES` sets more.
const SEQUENCES_VARIABLE: &str = "BURSAR_SEQUENCES";
const SEQUENCES: u32 = 2;

/// A row as it is drawn: its id, supplier, number, amount and day, each out of so few that rows replace and
/// repeat one another.
type DrawnRow = (u8, u8, u8, u8, u8);

/// An extract of suppliers or of transactions.
fn extract((is_of_suppliers, rows): &(bool, Vec<DrawnRow>)) -> (FileType, String) {
    if *is_of_suppliers {
        let header = "Supplier Ref,Supplier Name,Sort Code,Account Number".to_owned();
        // A snapshot has each once, with the account that was drawn for it last.
        let accounts: BTreeMap<u8, u8> =
            rows.iter().map(|(_, supplier, number, ..)| (*supplier, number % 3)).collect();
        let line = |text, (supplier, account): (u8, u8)| {
            format!("{text}\nS{supplier},Works {supplier} Ltd,00-00-01,4827100{account}")
        };
        return (FileType::Suppliers, accounts.into_iter().fold(header, line));
    }
    let header = "Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,\
        Supplier Name,Base Amount,Invoice Amount"
        .to_owned();
    let line = |text, (id, supplier, number, amount, day): &DrawnRow| {
        let (day, month) = (day % 28 + 1, day / 28 + 1);
        let date = format!("2026-{month:02}-{day:02}");
        let amount = 10_000 + u32::from(*amount) * 7_310;
        let amount = format!("{}.{:02}", amount / 100, amount % 100);
        format!(
            "{text}\n{id},INV-{number},{date},{date},{date},S{supplier},Works {supplier} Ltd,{amount},{amount}"
        )
    };
    (FileType::Transactions, rows.iter().fold(header, line))
}

async fn runs_are_whole(extracts: &[(bool, Vec<DrawnRow>)]) {
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let (site, request) = (Site::new(), check_request(unit()));
    let keeps = Checker::new(site.ledgers.clone(), Arc::clone(&engine));
    for (number, drawn) in (1..).zip(extracts) {
        let (file_type, text) = extract(drawn);
        let read =
            FileToRead { number, is_released: true, ..FileToRead::csv(file_type, text.as_bytes()) };
        site.pending(read).await.commit(NOW).await.unwrap();
        let again = found(&keeps.check(&request, |_, _| {}).await.unwrap());
        let forgetful = Checker::new(site.ledgers.clone(), Arc::clone(&engine));
        let whole = found(&forgetful.check(&request, |_, _| {}).await.unwrap());
        assert_eq!(again, whole, "after {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var(SEQUENCES_VARIABLE).map_or(SEQUENCES, |cases| cases.parse().unwrap()),
        max_shrink_iters: 32,
        ..ProptestConfig::default()
    })]

    #[test]
    fn runs_after_any_extracts_are_the_same_as_whole_runs(
        extracts in vec((any::<bool>(), vec((0..40_u8, 0..5_u8, 0..12_u8, 0..8_u8, 0..56_u8), 1..30)), 2..5)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(runs_are_whole(&extracts));
    }
}
