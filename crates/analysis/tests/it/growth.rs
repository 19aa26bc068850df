//! Ledgers that another schema wrote: fewer columns, others, lost ones, ones that nobody knows.

use std::sync::Arc;

use analysis::{
    Browser, Checker, Engine, EngineLimits, Error, SchemaMismatch, export_csv, table_schema,
};
use domain::finding::CheckedUnit;
use domain::ledger_view::{RowsFilter, RowsOrder, RowsRequest};
use domain::page::PageSize;
use domain::{FileType, LedgerFaultKind, LedgerName};
use jiff::Timestamp;

use crate::altered::{Alteration, names};
use crate::site::{FileToRead, Row, Site, check_request, column, ledger, rows, unit};

const APT: FileType = FileType::Transactions;
const TRANSACTIONS: &str = "\
Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount,Status,ERP ID,Modified Date,Cost Centre
a,INV-1,2026-01-05,2026-01-05,2026-01-05,S1,Alder Ltd,10.00,10.00,Open,E1,2026-01-06,410
b,INV-2,2026-01-12,2026-01-12,2026-01-12,S1,Alder Ltd,9.50,9.50,Paid,E1,2026-01-13,410
";
const MORE_TRANSACTIONS: &str = "\
Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount,Status,ERP ID,Modified Date,Cost Centre
b,INV-2,2026-01-12,2026-01-12,2026-01-12,S1,Alder Ltd,9.50,9.50,Void,E1,2026-02-01,410
c,INV-3,2026-02-01,2026-02-01,2026-02-01,S1,Alder Ltd,7.25,7.25,Open,E2,2026-02-02,420
";
const SUPPLIERS: &str = "\
Supplier Ref,Supplier Name,Sort Code,Account Number,Status,One Time,ERP ID
S1,Alder Ltd,00-00-01,48271009,Active,no,E1
S2,Birch Ltd,00-00-02,31415926,Active,no,E1
";
const MORE_SUPPLIERS: &str = "\
Supplier Ref,Supplier Name,Sort Code,Account Number,Status,One Time,ERP ID
S1,Alder Limited,00-00-01,48271009,Active,yes,E1
S2,Birch Ltd,00-00-02,31415926,Active,no,E1
S3,Cedar Ltd,00-00-03,27182818,Active,no,E1
";
const EMPLOYEES: &str = "\
Employee ID,First Name,Last Name,Sort Code,Account Number,Department,Org Group Ref
E1,Ada,Ash,00-00-11,11223344,Payables,G1
";
const MORE_EMPLOYEES: &str = "\
Employee ID,First Name,Last Name,Sort Code,Account Number,Department,Org Group Ref
E1,Ada,Ash,00-00-11,11223344,Treasury,G2
E2,Ole,Oak,00-00-12,55667788,Payables,G1
";

async fn with_all() -> Site {
    let site = Site::new();
    site.read(APT, 1, TRANSACTIONS).await;
    site.read(FileType::Suppliers, 2, SUPPLIERS).await;
    site.read(FileType::Employees, 3, EMPLOYEES).await;
    site
}

fn engine(site: &Site) -> Checker {
    Checker::new(site.ledgers.clone(), Arc::new(Engine::new(EngineLimits::default()).unwrap()))
}

fn browser(site: &Site) -> Browser {
    Browser::new(site.ledgers.clone(), Arc::new(Engine::new(EngineLimits::default()).unwrap()))
}

async fn check(checks: &Checker, of: CheckedUnit) -> Result<usize, Error> {
    Ok(checks.check(&check_request(of), |_, _| {}).await?.checks.len())
}

/// The rows with nothing in these columns.
fn without(rows: &[Row], columns: &[&str]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for row in &mut rows {
        for column in columns {
            row.insert((*column).to_owned(), String::new()).unwrap();
        }
    }
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_with_fewer_columns_reads_them_as_nothing_and_grows_by_its_next_commit() {
    // The last field, one amid the others, and what no field holds.
    let cases: [(FileType, &[&str], &str); 3] = [
        (APT, &["status", "modified_date", "extra"], MORE_TRANSACTIONS),
        (FileType::Suppliers, &["status", "one_time"], MORE_SUPPLIERS),
        (FileType::Employees, &["department", "org_group_ref"], MORE_EMPLOYEES),
    ];
    for (file_type, lacking, more) in cases {
        let site = with_all().await;
        let before = site.rows(file_type).await;
        site.alter(file_type, Alteration::Without(lacking));
        assert!(site.ledgers.faults().await.unwrap().is_empty());
        let expected = without(&before, lacking);
        assert_eq!(site.rows(file_type).await, expected, "{file_type}");
        assert_eq!(site.open(file_type).await.schema(), table_schema(file_type));
        assert!(check(&engine(&site), unit()).await.unwrap() > 10);

        let first = site.metadata(file_type, 0).unwrap();
        let change = site.read(file_type, 9, more).await;
        let grown = site.metadata(file_type, change.version).expect("the schema has grown");
        assert_eq!(grown["id"], first["id"], "it is the same table");
        assert_eq!(grown["configuration"], first["configuration"]);
        let (old, new) = (names(&first), names(&grown));
        assert_eq!(new[..old.len()], old, "what was there stands where it stood");
        let mut came: Vec<&str> = new[old.len()..].iter().map(String::as_str).collect();
        came.sort_unstable();
        let mut expected_to_come = lacking.to_vec();
        expected_to_come.sort_unstable();
        assert_eq!(came, expected_to_come);

        let now = site.rows(file_type).await;
        assert_eq!(now.len(), before.len() + 1);
        assert!(column(&now, lacking[0]).iter().any(|cell| !cell.is_empty()), "it is filled now");
        let then = site.open(file_type).await.at_version(change.version - 1).await.unwrap();
        assert_eq!(rows(then).await, expected, "{file_type} as it was");
        let history = site.open(file_type).await.history().await.unwrap();
        let then = site.open(file_type).await.as_of(history[1].at).await.unwrap();
        assert!(then.version() >= change.version - 1);
        let again = site.read(file_type, 10, more).await;
        assert_eq!(site.metadata(file_type, again.version), None, "nothing is left to add");
        assert_eq!(
            column(&site.rows(file_type).await, lacking[0]),
            column(&now, lacking[0]),
            "parts of both schemas are read together"
        );
    }
}

#[tokio::test]
async fn a_grown_ledger_is_read_behind_a_checkpoint() {
    let site = with_all().await;
    site.alter(APT, Alteration::Without(&["status", "modified_date"]));
    for number in 10..32 {
        site.read(APT, number, MORE_TRANSACTIONS).await;
    }
    assert!(site.ledgers.faults().await.unwrap().is_empty());
    let mut statuses = column(&site.rows(APT).await, "status");
    statuses.sort();
    assert_eq!(statuses, ["", "Open", "Void"]);
    let first = site.open(APT).await.at_version(1).await.unwrap();
    assert_eq!(column(&rows(first).await, "status"), ["", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_ordered_and_searched_by_columns_that_a_ledger_lacks() {
    let site = with_all().await;
    site.alter(APT, Alteration::Without(&["status", "description", "due_date"]));
    let fresh = browser(&site);
    let indexed = browser(&site);
    indexed.warm_all().await.unwrap();
    for ledgers in [&fresh, &indexed] {
        for (text, total) in [(None, 2), (Some("inv-2"), 1), (Some("no such thing"), 0)] {
            let request = RowsRequest {
                of: unit(),
                file_type: APT,
                filter: RowsFilter { text: text.map(str::to_owned), ..RowsFilter::default() },
                order: RowsOrder::usual(APT),
                skip: 0,
                size: PageSize::try_from(10).unwrap(),
            };
            assert_eq!(ledgers.rows(&request).await.unwrap().total, total, "{text:?}");
        }
    }
    let one = RowsRequest {
        of: unit(),
        file_type: APT,
        filter: RowsFilter { id: Some("b".to_owned()), ..RowsFilter::default() },
        order: RowsOrder::usual(APT),
        skip: 0,
        size: PageSize::try_from(1).unwrap(),
    };
    let page = fresh.rows(&one).await.unwrap();
    assert_eq!(page.rows[0].fields["invoice_number"], "INV-2");
    assert!(!page.rows[0].fields.contains_key("status"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_or_lost_column_is_said_of_its_ledger_alone() {
    let cases = [
        (
            Alteration::AsText("base_amount"),
            LedgerFaultKind::ChangedType,
            "its column base_amount holds string, where this version of Bursar has decimal(18,4)",
        ),
        (
            Alteration::Without(&["invoice_date"]),
            LedgerFaultKind::LostColumn,
            "its column invoice_date is missing",
        ),
        (
            Alteration::Without(&["unique_id"]),
            LedgerFaultKind::LostColumn,
            "its column unique_id is missing",
        ),
        (
            Alteration::Without(&["_version"]),
            LedgerFaultKind::LostColumn,
            "its column _version is missing",
        ),
    ];
    for (alteration, kind, says) in cases {
        let site = with_all().await;
        let other = LedgerName { unit: "fr".parse().unwrap(), ..ledger(APT) };
        site.read_into(&other, 4, TRANSACTIONS).await;
        site.alter(APT, alteration);
        let faults = site.ledgers.faults().await.unwrap();
        let [(name, error)] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((name, error.fault_kind()), (&ledger(APT), kind));
        assert!(error.to_string().contains("acme/uk/transactions"), "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(site.ledgers.list().await.unwrap().len(), 4, "all are listed");

        let files = site.files();
        let read = FileToRead { number: 9, ..FileToRead::csv(APT, MORE_TRANSACTIONS.as_bytes()) };
        assert!(matches!(site.prepare(read).await, Err(Error::Schema { .. })));
        assert_eq!(site.files(), files, "nothing was written");
        assert_eq!(site.rows(FileType::Suppliers).await.len(), 2);
        site.read(FileType::Suppliers, 8, MORE_SUPPLIERS).await;
        let checks = engine(&site);
        assert!(matches!(check(&checks, unit()).await, Err(Error::Schema { .. })));
        let french = CheckedUnit { unit: "fr".parse().unwrap(), ..unit() };
        assert!(check(&checks, french.clone()).await.is_ok(), "another unit is checked");
        let shows = browser(&site);
        assert!(shows.warm_all().await.is_err(), "said");
        let shown = RowsRequest {
            of: french,
            file_type: APT,
            filter: RowsFilter::default(),
            order: RowsOrder::usual(APT),
            skip: 0,
            size: PageSize::default(),
        };
        assert_eq!(shows.rows(&shown).await.unwrap().total, 2, "another unit is shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_with_unknown_columns_is_read_and_not_written() {
    let site = with_all().await;
    let before = site.rows(APT).await;
    site.alter(APT, Alteration::With("reviewed_by"));
    let faults = site.ledgers.faults().await.unwrap();
    let [(name, error)] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!((name, error.fault_kind()), (&ledger(APT), LedgerFaultKind::NewerVersion));
    assert!(error.to_string().contains("reviewed_by"), "{error}");
    assert_eq!(site.rows(APT).await, before);
    assert_eq!(site.ledgers.summary(&ledger(APT)).await.unwrap().rows, 2);
    let opened = site.open(APT).await;
    let exported = tokio::task::spawn_blocking(move || export_csv(&opened, Vec::new()));
    assert_eq!(exported.await.unwrap().unwrap(), 2);
    assert!(check(&engine(&site), unit()).await.is_ok());

    let files = site.files();
    let read = FileToRead { number: 9, ..FileToRead::csv(APT, MORE_TRANSACTIONS.as_bytes()) };
    let newer = |error: &Error| {
        matches!(error, Error::Schema { mismatch: SchemaMismatch::UnknownColumns { .. }, .. })
    };
    assert!(site.prepare(read).await.is_err_and(|error| newer(&error)));
    let tidied = site.ledgers.tidy(&ledger(APT), Timestamp::now()).await;
    assert!(tidied.is_err_and(|error| newer(&error)));
    assert_eq!(site.files(), files, "nothing was written or removed");
}
