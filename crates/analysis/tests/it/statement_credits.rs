//! Credits of statements as findings: found by every run until the ledger has them.

use std::sync::Arc;

use analysis::{Checker, Engine, EngineLimits, RunSettings};
use domain::finding::{
    CheckRequest, CheckedUnit, Finding, FindingKey, Lane, RememberedVerdict, VerdictScope,
};
use domain::statement::{SentStatement, StatementLine};
use domain::{Amount, FileType};
use jiff::civil::date;

use crate::site::{NOW, Site};

fn of() -> CheckedUnit {
    CheckedUnit { customer: "acme".parse().unwrap(), unit: "uk".parse().unwrap() }
}

fn line(line: u64, number: &str, amount: &str, kind: &str) -> StatementLine {
    StatementLine {
        line,
        number: number.to_owned(),
        date: Some(date(2026, 3, 4)),
        amount: amount.parse().unwrap(),
        currency: None,
        kind: kind.to_owned(),
    }
}

/// A statement with two credits that are not with us, one that takes back an invoice of its own, one that is
/// with us, and a payment.
fn statement(file_name: &str) -> SentStatement {
    SentStatement {
        id: "stm_01k00000000000000000000000".parse().unwrap(),
        file_name: file_name.to_owned(),
        supplier: " s1 ".to_owned(),
        lines: vec![
            line(2, "INV-1", "100.00", "Invoice"),
            line(3, "INV-77", "70.00", "Invoice"),
            line(4, "CN-77", "-70.00", "Credit note"),
            line(5, "CN-8", "-50.00", "Credit note"),
            line(6, "CN-9", "-20.00", "Credit note"),
            line(7, "CN-3", "-30.00", "Credit note"),
            line(8, "BACS 4", "-10.00", "Payment"),
        ],
    }
}

const HEAD: &str =
    "Unique ID,Supplier Ref,Supplier Name,Invoice Number,Invoice Amount,Invoice Date,Base Amount\n";

async fn found(
    checker: &Checker,
    statements: Vec<SentStatement>,
    verdicts: Vec<RememberedVerdict>,
) -> Vec<Finding> {
    let request = CheckRequest {
        verdicts,
        statement_credits: checker.credits_not_taken(&of(), statements).await.unwrap(),
        ..CheckRequest::new(of(), NOW)
    };
    let only = Some(vec!["credits_on_statements".to_owned()]);
    let settings = RunSettings { only, ..RunSettings::default() };
    checker.check_with(&request, settings, |_, _| {}).await.unwrap().findings
}

fn keys(findings: &[Finding]) -> Vec<FindingKey> {
    let mut keys: Vec<FindingKey> = findings.iter().map(|one| one.key.clone()).collect();
    keys.sort();
    keys
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credits_are_found_until_the_ledger_has_them() {
    let site = Site::new();
    let rows = "1,S1,Alder Works,INV-1,100.00,2026-03-01,100.00\n\
        2,S1,Alder Works,CN-3,-30.00,2026-03-04,-30.00\n";
    site.read(FileType::Transactions, 1, &format!("{HEAD}{rows}")).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let checker = Checker::new(site.ledgers.clone(), engine);
    assert!(found(&checker, Vec::new(), Vec::new()).await.is_empty());
    let first = found(&checker, vec![statement("march.csv")], Vec::new()).await;
    let mut lines: Vec<u64> =
        first.iter().map(|one| one.statement_credit.as_ref().unwrap().credit.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, [5, 6], "{first:?}");
    let of_five = first.iter().find(|one| one.title.contains("CN-8")).unwrap();
    let at_risk = of_five.at_risk.as_ref().unwrap();
    assert_eq!(
        (of_five.lane, at_risk.amount),
        (Lane::Recover, Amount::from_ten_thousandths(500_000))
    );
    assert!(of_five.title.contains("Alder Works (S1)"), "{}", of_five.title);
    assert!(of_five.evidence[0].words.contains("line 5 of the statement march.csv"), "{of_five:?}");
    let again = found(&checker, vec![statement("april.pdf")], Vec::new()).await;
    assert_eq!(keys(&first), keys(&again), "the same credits on another statement");
    // What is decided of one says nothing of the other, though both have the row of the supplier.
    let innocent = RememberedVerdict {
        of: VerdictScope::Rows {
            finding: of_five.key.clone(),
            rows: Vec::new(),
            suppliers: Vec::new(),
        },
        by: "Ann".to_owned(),
        at: NOW,
        until: None,
    };
    let left = found(&checker, vec![statement("march.csv")], vec![innocent]).await;
    assert!(left.len() == 1 && left[0].title.contains("CN-9"), "{left:?}");

    let rows = "3,S1,Alder Works,CN/0008,-50.00,2026-03-20,-50.00\n";
    site.read(FileType::Transactions, 2, &format!("{HEAD}{rows}")).await;
    let left = found(&checker, vec![statement("march.csv")], Vec::new()).await;
    assert!(left.len() == 1 && left[0].title.contains("CN-9"), "{left:?}");
    let unposted = "Unique ID,Supplier Ref,Supplier Name,Invoice Number,Invoice Amount,Invoice Date,Status\n\
        9,S1,Alder Works,CN-9,-20.00,2026-03-04,Waiting\n";
    site.read(FileType::UnpostedInvoices, 3, unposted).await;
    let left = found(&checker, vec![statement("march.csv")], Vec::new()).await;
    assert!(left.is_empty(), "it waits in the workflow: {left:?}");
}
