//! A run after a few new rows takes what it can from the last one, and gives what a whole run gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use analysis::{Checker, Engine, EngineLimits};
use domain::FileType;
use domain::finding::{CheckRequest, CheckedUnit, RunOutcome};

use crate::site::{NOW, Site};

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
    let site = Site::new();
    let of = CheckedUnit { customer: "acme".parse().unwrap(), unit: "uk".parse().unwrap() };
    let request = CheckRequest {
        of,
        now: NOW,
        verdicts: Vec::new(),
        verdict_tallies: Vec::new(),
        own_checks: Vec::new(),
        settings: domain::CheckSettings::default(),
        file_names: BTreeMap::new(),
    };
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
