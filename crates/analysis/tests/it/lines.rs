//! Ledgers of lines, and files sent again: what becomes of findings as the share of lines, or of
//! copies, grows.

use std::fmt::Write as _;

use domain::InvoiceLines;
use domain::finding::{Finding, InvoicesRead, RunOutcome};

use crate::site::check_files;

const HEAD: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Base Amount Currency,Invoice Date,Entered Date,\
                    Paid Date,Supplier Name,Supplier Ref,User ID\n";
const SUPPLIERS: u64 = 25;

/// A number without any order, the same every time.
fn mixed(seed: u64) -> u64 {
    let mut at = seed.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    at ^= at >> 27;
    at = at.wrapping_mul(0x94D0_49BB_1331_11EB);
    at ^ (at >> 31)
}

fn row(id: &str, at: u64, cents: u64, days_later: u64) -> String {
    let supplier = at % SUPPLIERS;
    let day = |day: u64| format!("2025-{:02}-{:02}", day / 28 % 12 + 1, day % 28 + 1);
    let billed = mixed(at + 50) % 300;
    let (invoiced, entered) = (day(billed), day(billed + 1 + days_later));
    let paid = day(billed + 25 + days_later);
    let number = 10_000 + supplier * 731 + at / SUPPLIERS * 13;
    format!(
        "{id},SI-{number},{0}.{1:02},{0}.{1:02},GBP,{invoiced},{entered},{paid},Firm {supplier} Works Ltd,V{supplier},u{2}\n",
        cents / 100,
        cents % 100,
        mixed(at) % 4
    )
}

fn cents(at: u64) -> u64 {
    5_000 + mixed(at * 7 + 1) % 900_000
}

/// Whole invoices, `ids` before the number of each.
fn ledger(ids: &str, which: impl Iterator<Item = u64>) -> String {
    let rows = which.map(|at| row(&format!("{ids}{at}"), at, cents(at), 0));
    HEAD.to_owned() + &rows.collect::<String>()
}

async fn check_with(files: &[String], invoice_lines: InvoiceLines) -> (RunOutcome, InvoicesRead) {
    let checked = check_files("duplicate_invoices", files, invoice_lines).await;
    let read = InvoicesRead::from_reports(&checked.checks).unwrap();
    (checked, read)
}

async fn check(files: &[String]) -> (RunOutcome, InvoicesRead) {
    check_with(files, InvoiceLines::Automatic).await
}

fn at_risk(finding: &Finding) -> f64 {
    finding.at_risk.as_ref().unwrap().amount.to_string().parse().unwrap()
}

/// Both rows stand in one finding.
fn shown<'c>(checked: &'c RunOutcome, ids: [&str; 2]) -> Option<&'c Finding> {
    let has =
        |finding: &&Finding| ids.iter().all(|id| finding.rows.iter().any(|row| row.id == **id));
    checked.findings.iter().find(has)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_sent_again_under_other_ids_is_said_and_not_doubled() {
    // One planted pair, keyed eight days apart, over 500.00.
    let planted = |ids: &str| {
        let pair =
            [row(&format!("{ids}A"), 9_000, 50_000, 0), row(&format!("{ids}B"), 9_000, 50_000, 8)];
        ledger(ids, 0..600) + &pair.concat()
    };
    let (once, _) = check(&[planted("00")]).await;
    let (twice, read) = check(&[planted("00"), planted("x")]).await;
    let [file] = read.files_sent_again.as_slice() else { panic!("{read:?}") };
    assert_eq!((file.copies, file.invoices, file.is_left_out), (602, 602, true));
    assert_eq!((read.invoices, read.rows_left_out, read.lines), (602, 602, 0));
    let title = "602 of 602 invoices of file-2.csv stand in file-1.csv under other Unique IDs";
    assert!(read.notices()[0].starts_with(title), "{:?}", read.notices());

    let said = twice.findings.iter().find(|finding| finding.kind == "file_sent_again").unwrap();
    assert_eq!((said.title.as_str(), said.rows.len()), (title, 20));
    assert!(said.rows.iter().all(|row| row.fields.contains_key("invoice_number")), "{said:?}");
    let pair = shown(&twice, ["00A", "00B"]).expect("the planted pair is found");
    let at_risk = pair.at_risk.as_ref().unwrap().amount.to_string();
    assert_eq!([at_risk.as_str(), &pair.rows[0].fields["base_amount"]], ["500.00"; 2]);
    assert!(pair.title.contains("GBP 500.00"), "{}", pair.title);
    // Nothing else is found that was not before.
    assert_eq!(twice.findings.len(), once.findings.len() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_references_of_another_kind_is_said() {
    let [one, two, three] =
        [("a", 0), ("b", 200), ("c", 400)].map(|(ids, from)| ledger(ids, from..from + 200));
    let (_, read) = check(&[one.clone(), two.clone(), three.clone()]).await;
    assert!(read.other_references.is_empty(), "{read:?}");
    let (_, read) = check(&[one, two, three.replace(" Works Ltd,V", " Works Ltd,7700")]).await;
    let [file] = read.other_references.as_slice() else { panic!("{read:?}") };
    assert_eq!((file.suppliers, file.split), (SUPPLIERS, SUPPLIERS));
    assert_eq!((file.reference.as_str(), file.elsewhere.as_str()), ("77000", "V0"));
    assert_eq!(file.file_name.as_deref(), Some("file-3.csv"));
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_invoices_sent_again_are_found_one_by_one() {
    let again = ledger("x", (0..600).step_by(20));
    let beside_new = ledger("x", (0..600).step_by(20).chain(600..700));
    for files in [[ledger("00", 0..600), again], [ledger("00", 0..600), beside_new]] {
        let (checked, read) = check(&files).await;
        for at in (0..600).step_by(20) {
            let found = shown(&checked, [&format!("00{at}"), &format!("x{at}")]).unwrap();
            assert!(found.probability > Some(0.99), "{at}: {:?}", found.probability);
        }
        assert_eq!((read.rows_left_out, read.lines), (0, 0));
    }
}

/// A ledger of which so many of 100 invoices stand in two or three lines, and in which forty invoices were
/// keyed twice: ten of them on one day.
fn with_lines(percent: u64) -> String {
    let mut text = HEAD.to_owned();
    for at in 0..1_200 {
        let is_in_lines = mixed(at + 3) % 100 < percent;
        let copies = if at % 30 == 7 { 2 } else { 1 };
        for copy in 0..copies {
            let later = if at % 120 == 7 { 0 } else { copy * 9 };
            let parts = if is_in_lines { 2 + at % 2 } else { 1 };
            for part in 0..parts {
                let line = cents(at * 31 + part);
                text.push_str(&row(&format!("L{at}-{copy}-{part}"), at, line, later));
            }
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_move_smoothly_with_the_share_of_lines() {
    let mut table = String::new();
    let mut seen: Vec<(usize, f64)> = Vec::new();
    for percent in [0, 5, 8, 9, 10, 11, 12, 15, 40] {
        let (checked, read) = check(&[with_lines(percent)]).await;
        let money: f64 = checked.findings.iter().map(at_risk).sum();
        let found = (0..1_200).step_by(30).filter(|at| {
            let at = at + 7;
            shown(&checked, [&format!("L{at}-0-0"), &format!("L{at}-1-0")]).is_some()
        });
        let found = found.count();
        writeln!(
            table,
            "{percent}%: {} lines, {} findings, {found} of 40, {money:.2}",
            read.lines,
            checked.findings.len()
        )
        .unwrap();
        assert!(found >= 38, "{table}");
        seen.push((checked.findings.len(), money));
    }
    // The ledgers differ in whether an invoice is whole or in lines; its amount is another, no more.
    for pair in seen.windows(2) {
        let ([one, other], money) = ([pair[0].0, pair[1].0], pair[1].1 / pair[0].1);
        assert!(one.abs_diff(other) <= 3, "{table}");
        assert!((0.7..1.6).contains(&money), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_shows_the_sum_of_an_invoices_lines() {
    let text = ledger("00", 0..100)
        + &row("M1", 9_000, 1_987_367, 0)
        + &row("M2", 9_000, 4_108_033, 0)
        + &row("N", 9_000, 6_095_400, 9);
    for (setting, lines) in [
        (InvoiceLines::Automatic, 2),
        (InvoiceLines::Always, 2),
        // Two invoices, and a third over both under their number.
        (InvoiceLines::Never, 0),
    ] {
        let (checked, read) = check_with(std::slice::from_ref(&text), setting).await;
        let found = shown(&checked, ["M1", "N"]).expect("the whole beside its lines");
        assert_eq!(read.lines, lines, "{setting:?}");
        assert_eq!(found.kind == "paid_in_pieces", lines == 0, "{setting:?}");
        if lines == 0 {
            assert!(shown(&checked, ["M2", "N"]).is_some());
            continue;
        }
        let sum = found.rows.iter().find(|row| row.id == "M1").unwrap();
        assert_eq!(
            (sum.fields["base_amount"].as_str(), sum.fields["lines"].as_str()),
            ("60954.00", "2")
        );
        let both = ["line_ids", "supplier_ref", "invoice_date"].map(|name| &sum.fields[name]);
        assert_eq!(both[0], "M1; M2", "{setting:?}");
        assert_eq!(found.at_risk.as_ref().unwrap().amount.to_string(), "60954.00");
        let whole = found.rows.iter().find(|row| row.id == "N").unwrap();
        assert!(!whole.fields.contains_key("lines"));
        assert!(!whole.fields.contains_key("line_ids"));
        assert_eq!(both[1..], ["supplier_ref", "invoice_date"].map(|name| &whole.fields[name]));
    }
}
