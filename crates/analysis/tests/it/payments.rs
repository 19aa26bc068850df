//! The payment of an invoice, by whichever column says it.

use std::fmt::Write as _;

use domain::InvoiceLines;
use domain::finding::Lane;

use crate::site::check_files;

/// A small ledger whose column of payments is `header`, with one invoice keyed twice; the second paid as
/// `paid` says.
fn ledger(header: &str, paid: &str) -> String {
    let mut text = format!(
        "Unique ID,Invoice Number,Invoice Amount,Invoice Date,Entered Date,{header},Supplier Name,Supplier Ref\n"
    );
    for at in 0..40 {
        let (month, day) = (at % 12 + 1, at % 27 + 1);
        writeln!(
            text,
            "U{at},{},{}.17,2025-{month:02}-{day:02},2025-{month:02}-{day:02},2026-01-10,Firm {} Ltd,S{}",
            7_000 + at * 13,
            310 + at * 77,
            at % 4,
            at % 4
        )
        .unwrap();
    }
    text.push_str("A,7913,4310.99,2025-11-03,2025-11-04,2025-12-01,Firm 1 Ltd,S1\n");
    writeln!(text, "B,7913,4310.99,2025-11-03,2025-11-20,{paid},Firm 1 Ltd,S1").unwrap();
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cleared_date_says_that_an_invoice_was_paid() {
    for (header, paid, lane, claim) in [
        ("Paid Date", "2025-12-18", Lane::Recover, "one invoice was paid twice"),
        ("Payment Cleared Date", "2025-12-18", Lane::Recover, "one invoice was paid twice"),
        ("Paid Date", "", Lane::StopPayment, "one invoice was keyed twice"),
        ("Payment Cleared Date", "", Lane::StopPayment, "one invoice was keyed twice"),
    ] {
        let files = [ledger(header, paid)];
        let checked = check_files("duplicate_invoices", &files, InvoiceLines::Automatic).await;
        let case = format!("{header} {paid}");
        let [found] = checked.findings.as_slice() else { panic!("{case}: {:?}", checked.findings) };
        assert_eq!((found.lane, found.claim.as_str()), (lane, claim), "{case}");
        let column = if header == "Paid Date" { "paid_date" } else { "payment_cleared_date" };
        assert_eq!(found.rows[0].fields.get(column).unwrap(), "2025-12-01", "{case}: is shown");
        let asks_back = found.next_step.contains("ask for 4,310.99 back");
        assert_eq!(asks_back, lane == Lane::Recover, "{case}: {}", found.next_step);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_is_asked_back_and_no_payment_to_stop() {
    let mut text =
        "Unique ID,Invoice Number,Invoice Amount,Base Amount,Base Amount Currency,Invoice Date,\
                    Entered Date,Due Date,Paid Date,Supplier Name,Supplier Ref,User ID\n"
            .to_owned();
    for month in 1..=8 {
        writeln!(
            text,
            "U{month},A{month},10{month}.00,10{month}.00,GBP,2024-0{month}-05,2024-0{month}-05,\
             2024-0{month}-20,2024-0{month}-21,Birch Ltd,S2,u1"
        )
        .unwrap();
    }
    for month in 2..=4 {
        writeln!(
            text,
            "K{month},CN{month},-2{month}.00,-2{month}.00,GBP,2024-0{month}-01,2024-0{month}-01,\
             2024-0{month}-15,2024-0{month}-20,Birch Ltd,S2,u1"
        )
        .unwrap();
    }
    text.push_str(
        "L,A99,110.00,110.00,GBP,2024-09-30,2024-09-30,2024-10-30,,Birch Ltd,S2,u1\n\
         I,B1,400.00,400.00,GBP,2024-01-10,2024-01-10,2024-02-10,2024-02-11,Alder Works Ltd,S1,u1\n\
         P,CN7,-450.00,-450.00,GBP,2024-03-05,2024-03-05,2024-04-04,,Alder Works Ltd,S1,u1\n",
    );
    let checked = check_files("supplier_in_debit", &[text], InvoiceLines::Automatic).await;
    let [found] = checked.findings.as_slice() else { panic!("{:?}", checked.findings) };
    let credit = found.rows.iter().find(|row| row.id == "P").unwrap();
    assert!(credit.is_credit() && !credit.is_paid(), "{credit:?}");
    assert_eq!(found.lane, Lane::Recover, "nothing is to be paid");
}
