//! Runs of payments: kept, summed, decided line by line, and checked anew.

use domain::page::PageSize;
use domain::payment_run::{
    CheckedPayment, PaymentCheck, PaymentDecision, PaymentDoubt, PaymentDoubtKind,
};
use domain::{Amount, Money};
use store::{AuditFilter, DecidedLines, Error, NewPaymentDecision, PaymentFilter};

use crate::cases::verdicts::ann;
use crate::site::{Site, now, unit};

fn payment(line: u64, pounds: i64, kinds: &[PaymentDoubtKind]) -> CheckedPayment {
    let doubt = |kind: &PaymentDoubtKind| PaymentDoubt { kind: *kind, words: "look\0".to_owned() };
    CheckedPayment {
        line,
        payment_id: format!("P{line}"),
        payee: "Alder’s".to_owned(),
        supplier_ref: None,
        money: Money {
            amount: Amount::from_ten_thousandths(pounds * 10_000),
            currency: Some("GBP".to_owned()),
        },
        account_end: "…5926".to_owned(),
        reference: String::new(),
        doubts: kinds.iter().map(doubt).collect(),
    }
}

fn check(payments: u64) -> PaymentCheck {
    let kinds = |line: u64| match line % 100 {
        3 => &[PaymentDoubtKind::AboveOpen][..],
        4 => &[PaymentDoubtKind::OtherAccount, PaymentDoubtKind::AboveOpen],
        _ => &[],
    };
    let payments = (2..payments + 2).map(|line| payment(line, 10, kinds(line))).collect();
    PaymentCheck { payments, notes: vec!["no employees".to_owned()] }
}

fn decision(decision: PaymentDecision) -> NewPaymentDecision {
    NewPaymentDecision { decision, because: Some("ask first".to_owned()) }
}

pub(crate) async fn a_run_of_payments_is_kept_and_decided(site: Site) {
    let upload = site.receive("payrun.csv", b"1").await.into_upload();
    let acme = site.acme();
    assert_eq!(acme.payment_run(&unit(), upload.id).await.unwrap(), None);
    site.system().keep_payment_check(&upload, &check(250), now()).await.unwrap();
    let run = acme.payment_run(&unit(), upload.id).await.unwrap().unwrap();
    assert_eq!(run.notes, ["no employees"]);
    assert_eq!((run.sums.payments, run.sums.doubtful, run.sums.undecided), (250, 6, 6));
    assert_eq!(run.sums.money[0].amount, Amount::from_ten_thousandths(25_000_000));
    assert_eq!(acme.payment_runs(&unit()).await.unwrap(), [run]);
    let first = acme.doubtful_payments(&unit(), upload.id, PageSize::fixed(2)).await.unwrap();
    let lines: Vec<u64> = first.iter().map(|decided| decided.payment.line).collect();
    assert_eq!(lines, [4, 104], "the gravest first");
    let lines = DecidedLines::Lines(vec![3, 4]);
    let hold = decision(PaymentDecision::Hold);
    let held = acme.decide_payments(&unit(), upload.id, (&lines, &hold), &ann()).await.unwrap();
    assert_eq!(held, 2);
    let unknown = DecidedLines::Lines(vec![5, 9_999]);
    let refused = acme.decide_payments(&unit(), upload.id, (&unknown, &hold), &ann()).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    let release = decision(PaymentDecision::Release);
    let clear = (&DecidedLines::Clear, &release);
    assert_eq!(acme.decide_payments(&unit(), upload.id, clear, &ann()).await.unwrap(), 244);
    // Checked anew, decisions stay.
    site.system().keep_payment_check(&upload, &check(250), now()).await.unwrap();
    let sums = acme.payment_run(&unit(), upload.id).await.unwrap().unwrap().sums;
    assert_eq!((sums.held, sums.released, sums.undecided), (2, 244, 4));
    let held = site.system().held_payments(&upload).await.unwrap();
    assert_eq!(held, [(upload.id, 3), (upload.id, 4)]);
    assert_eq!(acme.held_lines(&unit(), upload.id).await.unwrap(), [3, 4]);
    let mut after = None;
    let mut seen = 0;
    loop {
        let place = (PageSize::fixed(100), after);
        let page = acme.payments(&unit(), upload.id, PaymentFilter::All, place).await.unwrap();
        seen += page.items.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, 250);
    let place = (PageSize::default(), None);
    let held = acme.payments(&unit(), upload.id, PaymentFilter::Held, place).await.unwrap();
    assert_eq!(held.items[0].because.as_deref(), Some("ask first"));
    assert_eq!(held.items[0].decided_by.as_deref(), Some("Ann"));
    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entry = &log.items[0].entry;
    assert_eq!((entry.what.as_str(), &entry.details["payments"]), ("payment.release", &244.into()));
    let stranger = site.store.customer(&"other".parse().unwrap());
    assert_eq!(stranger.payment_run(&unit(), upload.id).await.unwrap(), None);
    let page = stranger.payments(&unit(), upload.id, PaymentFilter::All, place).await.unwrap();
    assert!(page.items.is_empty(), "of another customer");
    assert!(stranger.held_lines(&unit(), upload.id).await.unwrap().is_empty());
}

pub(crate) async fn payments_that_are_read_no_more_go(site: Site) {
    let upload = site.receive("payrun.csv", b"1").await.into_upload();
    let acme = site.acme();
    let other = site.receive("other.csv", b"2").await.into_upload();
    site.system().keep_payment_check(&other, &check(250), now()).await.unwrap();
    site.system().keep_payment_check(&upload, &check(250), now()).await.unwrap();
    let lines = DecidedLines::Lines(vec![3, 250]);
    let hold = decision(PaymentDecision::Hold);
    acme.decide_payments(&unit(), upload.id, (&lines, &hold), &ann()).await.unwrap();
    // By other rules it begins a line later and ends earlier.
    let mut read_again = check(20);
    read_again.payments.remove(0);
    site.system().keep_payment_check(&upload, &read_again, now()).await.unwrap();
    let place = (PageSize::fixed(100), None);
    let page = acme.payments(&unit(), upload.id, PaymentFilter::All, place).await.unwrap();
    let left: Vec<u64> = page.items.iter().map(|decided| decided.payment.line).collect();
    assert_eq!(left, (3..=21).collect::<Vec<u64>>());
    assert_eq!(acme.held_lines(&unit(), upload.id).await.unwrap(), [3], "as it was decided");
    let sums = acme.payment_run(&unit(), upload.id).await.unwrap().unwrap().sums;
    assert_eq!((sums.payments, sums.held), (19, 1));
    let sums = acme.payment_run(&unit(), other.id).await.unwrap().unwrap().sums;
    assert_eq!(sums.payments, 250, "of another run");
}
