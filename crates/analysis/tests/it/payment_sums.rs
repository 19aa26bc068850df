//! Payments of one run to one supplier: their sums against what is open, and one invoice paid twice.

use std::fmt::Write as _;
use std::sync::Arc;

use analysis::{Checker, Engine, EngineLimits};
use domain::payment_run::PaymentDoubtKind;
use domain::{FileFormat, FileType};

use crate::payment_runs::{FEW_INVOICES, FEW_SUPPLIERS, LIST, check, send};
use crate::site::Site;

/// The doubts about the payments of one run to Alder, with their words: amount, account, reference.
async fn doubted(
    invoices: &str,
    payments: &[(&str, &str, &str)],
) -> Vec<Vec<(PaymentDoubtKind, String)>> {
    let site = Site::new();
    let head = FEW_INVOICES.lines().next().unwrap();
    site.read(FileType::Transactions, 1, &format!("{head}\n{invoices}")).await;
    let second = "S1,Alder Ltd,200301,77001122,no\n";
    site.read(FileType::Suppliers, 2, &format!("{FEW_SUPPLIERS}{second}")).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let checker = Checker::new(site.ledgers.clone(), engine);
    let mut run = LIST.lines().next().unwrap().to_owned();
    for (amount, account, reference) in payments {
        write!(run, "\nS1,Alder Ltd,{amount},200301,{account},2026-11-02,{reference}").unwrap();
    }
    send(&site, 3, FileFormat::Csv, &run).await;
    let checked = check(&checker, 3).await;
    let of = |payment: domain::payment_run::CheckedPayment| {
        payment.doubts.into_iter().map(|doubt| (doubt.kind, doubt.words)).collect()
    };
    checked.payments.into_iter().map(of).collect()
}

/// The amount and the reference of each payment.
type Payments = &'static [(&'static str, &'static str)];

/// A paid invoice, by which the ledger is known to say what is paid; and one that is open.
const OPEN: &str = "\
T1,A-1,2026-10-01,2026-10-02,S1,Alder Ltd,1000.00,1000.00,
T2,A-2,2026-10-01,2026-10-02,S1,Alder Ltd,55.00,55.00,2026-10-20
";

#[tokio::test(flavor = "multi_thread")]
async fn payments_to_one_supplier_are_added_up_against_what_is_open() {
    let credit = "C1,CN-1,2026-10-05,2026-10-06,S1,Alder Ltd,-600.00,-600.00,\n";
    let old = "C2,CN-2,2026-01-05,2026-01-06,S2,Birch Ltd,-10.00,-10.00,";
    let (with_credit, taken) = (format!("{OPEN}{credit}"), "2026-02-01");
    let marked = format!("{OPEN}{credit}{old}{taken}\n");
    let unmarked = format!("{OPEN}{credit}{old}\n");
    let account = "48271009";
    let cases: [(&str, Payments, &[&str]); 9] = [
        (OPEN, &[("800.00", "one"), ("200.00", "two")], &["", ""]),
        (
            OPEN,
            &[("800.00", "one"), ("700.00", "two")],
            &[
                "",
                "1,500.00 is paid together with line 2, and invoices of this supplier for 1,000.00 are open",
            ],
        ),
        // What is doubted does not count for those behind it.
        (
            OPEN,
            &[("900.00", "one"), ("700.00", "two"), ("100.00", "three"), ("5.00", "four")],
            &[
                "",
                "1,600.00 is paid together with line 2, and",
                "",
                "1,005.00 is paid together with 2 lines before it, and",
            ],
        ),
        // An invoice as it is; its credit may be taken with another.
        (&with_credit, &[("1000.00", "A-1")], &[""]),
        (
            &with_credit,
            &[("1000.00", "rest")],
            &[
                "1,000.00 is paid, and invoices of this supplier for 1,000.00 are open, less open credits for 600.00",
            ],
        ),
        (&with_credit, &[("400.00", "A-1")], &[""]),
        (&marked, &[("1000.00", "rest")], &["less open credits for 600.00"]),
        // A ledger that says of no credit when it was taken.
        (&unmarked, &[("1000.00", "rest")], &[""]),
        // What goes out a second time is told once.
        (
            OPEN,
            &[("400.00", "A-1"), ("400.00", "A-1"), ("600.00", "rest")],
            &["", "line 2 orders 400.00 to the same payee for the same", ""],
        ),
    ];
    for (invoices, payments, expected) in cases {
        let payments: Vec<_> =
            payments.iter().map(|(amount, reference)| (*amount, account, *reference)).collect();
        let found = doubted(invoices, &payments).await;
        assert_eq!(found.len(), expected.len());
        for (doubts, words) in found.iter().zip(expected) {
            assert_eq!(doubts.len(), usize::from(!words.is_empty()), "{payments:?}: {found:?}");
            assert!(doubts.iter().all(|(_, said)| said.contains(words)), "{words}: {found:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_is_paid_into_two_accounts_of_its_supplier_is_told() {
    let (one, other) = ("48271009", "77001122");
    let twice =
        [("100.00", one, "A-1"), ("100.00", other, "invoice A-1"), ("100.00", other, "A-7")];
    let found = doubted(OPEN, &twice).await;
    assert_eq!(
        found,
        [
            vec![],
            vec![(
                PaymentDoubtKind::TwiceInRun,
                "line 2 orders 100.00 to the same supplier for the same, into another account"
                    .to_owned()
            )],
            vec![],
        ]
    );
}
