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
