//! Ledgers as every version of their schema wrote them: each can be read, checked, written and exported.
//!
//! `examples/keep_ledgers.rs` adds the next ones. Those that are kept are never made anew: they are what
//! installations have on their disks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use analysis::{Checker, Engine, EngineLimits, Ledger, export_csv, export_parquet, table_schema};
use domain::FileType;
use domain::finding::CheckEnd;
use jiff::Timestamp;

use crate::site::{Row, Site, check_request, ledger, unit};

/// What an upload adds to each kept ledger: a new state of a row that is there, and a row that is not.
const LATER: [(FileType, &str); 5] = [
    (
        FileType::Transactions,
        "Unique ID,Invoice Number,Invoice Date,Entered Date,Received Date,Supplier Ref,Supplier Name,Base Amount,Invoice Amount\n\
         T5,C-77,2026-02-20,2026-02-23,2026-02-23,S3,Cedar Works,4900.00,4900.00\n\
         T6,C-78,2026-03-01,2026-03-02,2026-03-02,S3,Cedar Works,12.00,12.00\n",
    ),
    (
        FileType::Suppliers,
        "Supplier Ref,Supplier Name,Site Ref,Sort Code,Account Number,IBAN,BIC,ERP ID\n\
         S1,Alder Limited,MAIN,00-00-02,99887766,,,ERP1\n\
         S2,Birch GmbH,,,,DE02120300000000202051,BYLADEM1001,ERP1\n\
         S3,Cedar Works,,00-00-03,31415926,,,ERP1\n\
         S4,Dogwood & Co,,00-00-04,27182818,,,ERP1\n\
         S9,Yew Ltd,,00-00-09,14142135,,,ERP1\n",
    ),
    (
        FileType::Employees,
        "Employee ID,First Name,Last Name,Sort Code,Account Number,ERP ID\n\
         E1,Ada,Ash,00-00-11,11223344,ERP1\n\
         E2,Ole,Oak,00-00-12,55667788,ERP1\n\
         E3,Yan,Yew,00-00-13,99001122,ERP1\n\
         E4,Bo,Box,00-00-14,22113344,ERP1\n",
    ),
    (
        FileType::UnpostedInvoices,
        "Unique ID,Invoice Number,Invoice Date,Supplier Ref,Supplier Name,Invoice Amount,Status\n\
         W1,K-901,2026-03-02,S3,Cedar Works,311.40,Approved\n\
         W2,K-902,2026-03-03,S2,Birch GmbH,87.15,Open\n",
    ),
    (
        FileType::Payments,
        "Payee Ref,Payee Name,Payment Amount,Sort Code,Account Number,Payment Date,Reference\n\
         S3,Cedar Works,311.40,00-00-03,31415926,2026-03-20,K-901\n",
    ),
];

/// Every kept schema, the oldest first.
fn kept() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ledgers");
    let number = |path: &PathBuf| -> Option<u32> {
        path.file_name()?.to_str()?.strip_prefix("schema-")?.parse().ok()
    };
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut numbered: Vec<(u32, PathBuf)> =
        entries.filter_map(|path| Some((number(&path)?, path))).collect();
    numbered.sort();
    numbered.into_iter().map(|(_, path)| path).collect()
}

/// The ledgers that there were when a schema was kept.
fn kept_types(schema: &Path) -> impl Iterator<Item = FileType> {
    let is_kept = move |file_type: &FileType| csv_path(schema, *file_type).exists();
    FileType::ALL.into_iter().filter(is_kept)
}

fn csv_path(schema: &Path, file_type: FileType) -> PathBuf {
    schema.join(format!("{}.csv", ledger(file_type).table()))
}

/// The CSV that was exported when the ledgers of a schema were made. No cell of it holds a comma.
fn exported_then(schema: &Path, file_type: FileType) -> Vec<Row> {
    rows_of(&std::fs::read_to_string(csv_path(schema, file_type)).unwrap())
}

fn rows_of(csv: &str) -> Vec<Row> {
    let mut lines = csv.lines().map(|line| line.split(',').map(str::to_owned));
    let header: Vec<String> = lines.next().unwrap().collect();
    let mut rows: Vec<Row> =
        lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect();
    rows.sort();
    rows
}

async fn exported(ledger: Ledger) -> Vec<Row> {
    let csv = tokio::task::spawn_blocking(move || {
        let mut csv = Vec::new();
        export_csv(&ledger, &mut csv).unwrap();
        let mut parquet = Vec::new();
        assert_eq!(export_parquet(&ledger, &mut parquet).unwrap(), ledger.row_count().unwrap());
        csv
    });
    rows_of(&String::from_utf8(csv.await.unwrap()).unwrap())
}

/// The rows in the columns that there were then; what came later is empty.
fn as_then(mut rows: Vec<Row>, then: &[Row]) -> Vec<Row> {
    let columns: BTreeSet<&String> = then[0].keys().collect();
    for row in &mut rows {
        for (column, cell) in std::mem::take(row) {
            if columns.contains(&column) {
                row.insert(column, cell);
            } else {
                assert_eq!(cell, "", "{column} came later");
            }
        }
    }
    rows.sort();
    rows
}

fn checks(site: &Site) -> Checker {
    Checker::new(site.ledgers.clone(), Arc::new(Engine::new(EngineLimits::default()).unwrap()))
}

/// All checks over all ledgers of the site; which duplicate invoices they find.
async fn duplicates(site: &Site) -> Vec<Vec<String>> {
    let request = check_request(unit());
    let checked = checks(site).check(&request, |_, _| {}).await.unwrap();
    let ran = checked.checks.iter().filter(|report| report.end == CheckEnd::Ran).count();
    assert!(ran > 10, "only {ran} checks ran");
    let of = |finding: &domain::Finding| {
        let mut rows: Vec<String> = finding.rows.iter().map(|row| row.id.clone()).collect();
        rows.sort();
        rows
    };
    let found = checked.findings.iter().filter(|finding| finding.check == "duplicate_invoices");
    found.map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kept_ledger_is_opened_checked_extended_and_exported() {
    let schemas = kept();
    assert!(!schemas.is_empty());
    for schema in schemas {
        let site = Site::over(&schema);
        assert!(site.ledgers.faults().await.unwrap().is_empty());
        for file_type in kept_types(&schema) {
            let then = exported_then(&schema, file_type);
            let now = exported(site.open(file_type).await).await;
            assert_eq!(as_then(now, &then), then, "{} {file_type}", schema.display());
        }
        assert_eq!(duplicates(&site).await, [["T1", "T2"]]);
        let later =
            LATER.into_iter().filter(|(file_type, _)| csv_path(&schema, *file_type).exists());
        for (number, (file_type, rows)) in (101_u8..).zip(later) {
            extends(&site, &exported_then(&schema, file_type), file_type, number, rows).await;
        }
        assert_eq!(duplicates(&site).await, [["T1", "T2"]]);
        for file_type in kept_types(&schema) {
            site.ledgers.tidy(&ledger(file_type), Timestamp::now()).await.unwrap();
        }
    }
}

async fn extends(site: &Site, then: &[Row], file_type: FileType, number: u8, rows: &str) {
    let before = site.open(file_type).await.version();
    let change = site.read(file_type, number, rows).await;
    assert_eq!(change.version, before + 1);
    assert!(change.rows.rows_replaced > 0 || file_type.is_batch(), "{file_type}");
    let opened = site.open(file_type).await;
    let mut columns: Vec<String> =
        opened.schema().fields().iter().map(|field| field.name().clone()).collect();
    columns.sort();
    assert_eq!(site.newest_columns(file_type, change.version), columns);
    let earlier = exported(opened.at_version(before).await.unwrap()).await;
    assert_eq!(as_then(earlier, then), then, "{file_type} as it was");
    let all = exported(site.open(file_type).await).await;
    assert_eq!(all.len(), then.len() + 1, "{file_type}: one row is new");
}

#[test]
fn the_present_schema_is_kept() {
    let newest = kept().pop().unwrap();
    for file_type in FileType::ALL {
        let then: Vec<String> = exported_then(&newest, file_type)[0].keys().cloned().collect();
        let mut now: Vec<String> =
            table_schema(file_type).fields().iter().map(|field| field.name().clone()).collect();
        now.sort();
        assert_eq!(
            then,
            now,
            "the columns of {file_type} have changed: keep ledgers of the new schema beside {} with \
             `cargo run -p analysis --example keep_ledgers`",
            newest.display()
        );
    }
}
