//! Suppliers and employees: who is absent becomes inactive, unless that would be unusually many.

use analysis::ReadingOutcome;
use domain::{FileType, HoldReason};

use crate::site::{FileToRead, NOW, Row, Site};

const SUPPLIERS: FileType = FileType::Suppliers;

fn suppliers(rows: &[(&str, &str)]) -> String {
    let line =
        |(supplier, account): &(&str, &str)| format!("{supplier},Name {supplier},{account}\n");
    "Supplier Ref,Supplier Name,Account Number\n".to_owned()
        + &rows.iter().map(line).collect::<String>()
}

fn numbered(count: usize) -> Vec<(String, &'static str)> {
    (0..count).map(|number| (format!("S{number}"), "1")).collect()
}

fn borrowed<'a>(rows: &'a [(String, &'a str)]) -> Vec<(&'a str, &'a str)> {
    rows.iter().map(|(supplier, account)| (supplier.as_str(), *account)).collect()
}

/// Supplier, account, active, since, ended.
fn shown(rows: &[Row]) -> Vec<String> {
    let mut shown: Vec<String> = rows
        .iter()
        .map(|row| {
            let names = ["supplier_ref", "account_number", "_active", "_since", "_ended"];
            names.map(|name| row[name].as_str()).join(" ")
        })
        .collect();
    shown.sort();
    shown
}

#[tokio::test]
async fn who_is_absent_becomes_inactive_and_may_come_back() {
    let site = Site::new();
    let many: Vec<_> = numbered(6);
    site.read(SUPPLIERS, 1, &suppliers(&borrowed(&many))).await;
    let change = site.read(SUPPLIERS, 2, &suppliers(&borrowed(&many[..5]))).await;
    assert_eq!((change.rows.made_inactive, change.rows.rows_replaced), (1, 5));
    let rows = shown(&site.rows(SUPPLIERS).await);
    assert_eq!(rows[0], "S0 1 true 1 ");
    assert_eq!(rows[5], "S5 1 false 1 2");

    let change = site.read(SUPPLIERS, 3, &suppliers(&borrowed(&many))).await;
    assert_eq!(change.rows.made_inactive, 0);
    let rows = shown(&site.rows(SUPPLIERS).await);
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[5], "S5 1 true 3 ");
}

#[tokio::test]
async fn an_earlier_bank_account_stays_as_an_inactive_row() {
    let site = Site::new();
    site.read(SUPPLIERS, 1, &suppliers(&[("S1", "111"), ("S2", "222")])).await;
    let change = site.read(SUPPLIERS, 2, &suppliers(&[("S1", "999"), ("S2", "222")])).await;
    assert_eq!(change.rows.made_inactive, 0, "the supplier is still there");
    site.read(SUPPLIERS, 3, &suppliers(&[("S1", "999"), ("S2", "222")])).await;
    assert_eq!(
        shown(&site.rows(SUPPLIERS).await),
        ["S1 111 false 1 2", "S1 999 true 2 ", "S2 222 true 1 "]
    );
}

#[tokio::test]
async fn an_unusual_snapshot_is_held_until_released() {
    let site = Site::new();
    let many = numbered(10);
    site.read(SUPPLIERS, 1, &suppliers(&borrowed(&many))).await;
    // A fifth may go, more may not.
    let fewer = suppliers(&borrowed(&many[..7]));
    let read = FileToRead { number: 2, ..FileToRead::csv(SUPPLIERS, fewer.as_bytes()) };
    match site.prepare(read).await.unwrap() {
        ReadingOutcome::Held { rows, reason, .. } => {
            assert_eq!((rows.rows_read, rows.made_inactive), (7, 3));
            assert_eq!(reason, HoldReason::ManyInactive { active_before: 10 });
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(site.open(SUPPLIERS).await.version(), 1, "nothing changes meanwhile");
    let released = site.pending(FileToRead { is_released: true, ..read }).await;
    let change = released.commit(NOW).await.unwrap();
    assert_eq!(change.rows.made_inactive, 3);
    let allowed = site.read(SUPPLIERS, 3, &suppliers(&borrowed(&many[..6]))).await;
    assert_eq!(allowed.rows.made_inactive, 1);
}

#[tokio::test]
async fn a_snapshot_without_rows_is_held_too() {
    let site = Site::new();
    site.read(SUPPLIERS, 1, &suppliers(&[("S1", "1")])).await;
    let nobody = suppliers(&[]);
    let read = FileToRead { number: 2, ..FileToRead::csv(SUPPLIERS, nobody.as_bytes()) };
    assert!(matches!(site.prepare(read).await.unwrap(), ReadingOutcome::Held { .. }));
}

#[tokio::test]
async fn employees_are_a_snapshot_as_well() {
    let site = Site::new();
    let text = |ids: &[&str]| {
        let lines: Vec<String> =
            ids.iter().map(|id| format!("{id},Ann,Other{id},70{id}\n")).collect();
        format!("Employee ID,First Name,Last Name,Account Number\n{}", lines.concat())
    };
    site.read(FileType::Employees, 1, &text(&["1", "2", "3", "4", "5"])).await;
    let change = site.read(FileType::Employees, 2, &text(&["1", "2", "3", "4"])).await;
    assert_eq!(change.rows.made_inactive, 1);
    assert_eq!(site.rows(FileType::Employees).await.len(), 5);
}
