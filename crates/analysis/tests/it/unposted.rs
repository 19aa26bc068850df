//! Invoices that are not posted yet: they replace their earlier states, leave when they are posted, and are
//! compared with the ledger before anybody pays them.

use std::fmt::Write as _;
use std::sync::Arc;

use analysis::{Browser, Checker, Engine, EngineLimits, RunSettings};
use domain::FileType;
use domain::finding::{Lane, RunOutcome};
use domain::ledger_view::{RowsFilter, RowsOrder, RowsRequest};
use domain::page::PageSize;

use crate::site::{NOW, Site, check_request, column, unit};

const IMS: FileType = FileType::UnpostedInvoices;
const HEADER: &str = "Unique ID,Invoice Number,Invoice Date,Captured Date,Supplier Ref,Supplier Name,Invoice Amount,Status";
const LEDGER_HEADER: &str = "Unique ID,Invoice Number,Invoice Date,Entered Date,Supplier Ref,Supplier Name,\
     Base Amount,Invoice Amount";

fn engine() -> Arc<Engine> {
    Arc::new(Engine::new(EngineLimits::default()).unwrap())
}

/// The ids of the list, by id.
async fn listed(site: &Site, filter: RowsFilter) -> Vec<String> {
    let browser = Browser::new(site.ledgers.clone(), engine());
    let order = RowsOrder::by(IMS, "unique_id", false).unwrap();
    let size = PageSize::default();
    let request = RowsRequest { of: unit(), file_type: IMS, filter, order, skip: 0, size };
    let page = browser.rows(&request).await.unwrap();
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows.into_iter().map(|row| row.id).collect()
}

async fn duplicates(site: &Site) -> RunOutcome {
    let request = check_request(unit());
    let settings =
        RunSettings { only: Some(vec!["duplicate_invoices".to_owned()]), ..RunSettings::default() };
    let checker = Checker::new(site.ledgers.clone(), engine());
    checker.check_with(&request, settings, |_, _| {}).await.unwrap()
}

/// Thirty invoices of one supplier that are alike in nothing.
fn ledger() -> String {
    let mut text = format!("{LEDGER_HEADER}\n");
    for n in 0..30 {
        let (month, day, amount) = (1 + n / 5, 3 + (n * 7) % 25, 100 + n * n * 13);
        writeln!(
            text,
            "T{n},AW{},2026-{month:02}-{day:02},2026-{month:02}-{day:02},S1,Alder Works Ltd,{amount}.{n:02},{amount}.{n:02}",
            3000 + n * 7
        )
        .unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn posted_invoices_leave_and_one_transaction_takes_one() {
    let site = Site::new();
    let ims = format!(
        "{HEADER}\n\
         W1,K-1,2026-07-01,2026-07-03,S1,Alder Works Ltd,410.00,Open\n\
         W2,K-1,2026-07-01,2026-07-04,S1,Alder Works Ltd,410.00,Open\n\
         W3,K-3,2026-07-02,2026-07-04,S1,Alder Works Ltd,99.00,Open\n\
         W4,K-4,2026-07-02,2026-07-04,S1,Alder Works Ltd,70.00,Rejected\n\
         T99,K-5,2026-07-02,2026-07-04,S1,Alder Works Ltd,12.50,Open\n"
    );
    site.read(IMS, 1, &ims).await;
    assert_eq!(site.ledgers.mark_posted(&unit(), NOW).await.unwrap(), 0, "there is no ledger");
    site.read(FileType::Transactions, 2, &ledger()).await;
    assert_eq!(site.ledgers.mark_posted(&unit(), NOW).await.unwrap(), 0);
    assert_eq!(listed(&site, RowsFilter::default()).await, ["T99", "W1", "W2", "W3", "W4"]);
    // K-1 is posted in two lines; K-3 was in the ledger before it was captured; T99 keeps its id.
    let posted = format!(
        "{LEDGER_HEADER}\n\
         P1,K1,2026-07-01,2026-07-06,s1,Alder Works Ltd,400.00,400.00\n\
         P1,K1,2026-07-01,2026-07-06,s1,Alder Works Ltd,10.00,10.00\n\
         P3,K-3,2026-07-02,2026-07-03,S1,Alder Works Ltd,99.00,99.00\n\
         T99,K-5,2026-07-02,2026-07-06,S1,Alder Works Ltd,12.50,12.50\n"
    );
    site.read(FileType::Transactions, 3, &posted).await;
    assert_eq!(site.ledgers.mark_posted(&unit(), NOW).await.unwrap(), 2);
    assert_eq!(listed(&site, RowsFilter::default()).await, ["W2", "W3", "W4"]);
    let open = RowsFilter { is_active_only: true, ..RowsFilter::default() };
    assert_eq!(listed(&site, open).await, ["W2", "W3"]);
    // Once more changes nothing: P1 was W1, and is not W2 as well.
    assert_eq!(site.ledgers.mark_posted(&unit(), NOW).await.unwrap(), 0);
    let rows = site.rows(IMS).await;
    let mut posted_as = column(&rows, "posted_as");
    posted_as.sort();
    assert_eq!(posted_as, ["", "", "", "P1", "T99"]);
    // The row comes again, as it was: it was posted all the same.
    site.read(IMS, 4, &ims).await;
    assert_eq!(site.ledgers.mark_posted(&unit(), NOW).await.unwrap(), 2);
    assert_eq!(listed(&site, RowsFilter::default()).await, ["W2", "W3", "W4"]);
}

/// An ERP that gives each line of an invoice a Unique ID of its own.
#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_was_posted_in_lines_with_ids_of_their_own_leaves() {
    let site = Site::new();
    let ims = format!(
        "{HEADER}\n\
         W1,K-1,2026-07-01,2026-07-03,S1,Alder Works Ltd,150.12,Open\n\
         W2,K-1,2026-07-01,2026-07-04,S1,Alder Works Ltd,150.12,Open\n\
         W3,K-3,2026-07-02,2026-07-04,S1,Alder Works Ltd,99.00,Open\n\
         W4,K-4,2026-07-02,2026-07-04,S1,Alder Works Ltd,70.00,Open\n\
         W5,K-5,2026-07-02,2026-07-04,S1,Alder Works Ltd,70.00,Open\n"
    );
    site.read(IMS, 1, &ims).await;
    site.read(FileType::Transactions, 2, &ledger()).await;
    // K-3 was keyed on two days, K-4 before it was captured, and of K-5 one line is all of it.
    let posted = format!(
        "{LEDGER_HEADER}\n\
         L1.2,K-1,2026-07-01,2026-07-06,S1,Alder Works Ltd,50.11,50.11\n\
         L1.1,K-1,2026-07-01,2026-07-06,S1,Alder Works Ltd,100.01,100.01\n\
         L3.1,K-3,2026-07-02,2026-07-06,S1,Alder Works Ltd,90.00,90.00\n\
         L3.2,K-3,2026-07-02,2026-07-07,S1,Alder Works Ltd,9.00,9.00\n\
         L4.1,K-4,2026-07-02,2026-07-03,S1,Alder Works Ltd,40.00,40.00\n\
         L4.2,K-4,2026-07-02,2026-07-03,S1,Alder Works Ltd,30.00,30.00\n\
         L5.1,K-5,2026-07-02,2026-07-06,S1,Alder Works Ltd,70.00,70.00\n\
         L5.2,K-5,2026-07-02,2026-07-06,S1,Alder Works Ltd,7.00,7.00\n"
    );
    site.read(FileType::Transactions, 3, &posted).await;
    for _again in 0..2 {
        site.ledgers.mark_posted(&unit(), NOW).await.unwrap();
        assert_eq!(listed(&site, RowsFilter::default()).await, ["W2", "W3", "W4"]);
        let mut posted_as = column(&site.rows(IMS).await, "posted_as");
        posted_as.sort();
        assert_eq!(posted_as, ["", "", "", "L1.1", "L5.1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_held_against_the_ledger_before_it_is_posted() {
    let site = Site::new();
    site.read(FileType::Transactions, 1, &ledger()).await;
    let ims = format!(
        "{HEADER}\n\
         W1,AW 3140,2026-05-18,2026-07-20,S1,Alder Works Ltd,5300.20,Awaiting approval\n\
         W2,AW9001,2026-07-19,2026-07-20,S1,Alder Works Ltd,77.70,Open\n"
    );
    site.read(IMS, 2, &ims).await;
    assert_eq!(site.ledgers.mark_posted(&unit(), NOW).await.unwrap(), 0);
    let checked = duplicates(&site).await;
    let [finding] = checked.findings.as_slice() else { panic!("{:?}", checked.findings) };
    let rows: Vec<_> = finding.rows.iter().map(|row| (row.ledger, row.id.as_str())).collect();
    assert_eq!(rows, [(FileType::Transactions, "T20"), (IMS, "W1")]);
    assert_eq!(finding.lane, Lane::StopPayment);
    let waiting = &finding.rows[1].fields;
    assert_eq!(waiting["status"], "Awaiting approval");
    assert_eq!(waiting["invoice_amount"], "5300.20");
}
