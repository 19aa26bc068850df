//! Runs of payments: uploaded, checked when they are read, released and held line by line over the
//! API and the pages.

use domain::payment_run::{CheckedPayment, PaymentCheck, PaymentDoubt, PaymentDoubtKind};
use domain::{Amount, Money, Role};
use http::Method;
use serde_json::json;

use crate::browser::Browser;
use crate::desk::Desk;

const RUNS: &str = "/customers/acme/units/acme/paymentRuns";

fn payment(line: u64, payee: &str, pounds: i64, doubts: Vec<PaymentDoubt>) -> CheckedPayment {
    CheckedPayment {
        line,
        payment_id: format!("P{line}"),
        payee: payee.to_owned(),
        supplier_ref: Some("S1".to_owned()),
        money: Money {
            amount: Amount::from_ten_thousandths(pounds * 10_000),
            currency: Some("GBP".to_owned()),
        },
        account_end: "…5926".to_owned(),
        reference: format!("=INV {line}"),
        doubts,
    }
}

fn doubt(kind: PaymentDoubtKind, words: &str) -> PaymentDoubt {
    PaymentDoubt { kind, words: words.to_owned() }
}

/// A run of one payment, in its line 2.
pub(crate) fn one_payment(doubts: Vec<PaymentDoubt>) -> PaymentCheck {
    PaymentCheck { payments: vec![payment(2, "Alder", 10, doubts)], notes: Vec::new() }
}

fn three_payments() -> PaymentCheck {
    let other =
        doubt(PaymentDoubtKind::OtherAccount, "the account …5926 is none of the supplier's");
    let open =
        doubt(PaymentDoubtKind::AboveOpen, "the ledger has no open invoice of this supplier");
    PaymentCheck {
        payments: vec![
            payment(2, "Alder", 100, Vec::new()),
            payment(3, "Birch & Sons", 250, vec![other]),
            payment(4, "Cedar", 40, vec![open]),
        ],
        notes: vec![
            "No employees have been sent: accounts are not compared with theirs.".to_owned(),
        ],
    }
}

/// Sends a file of payments; the id of its upload.
async fn send(desk: &Desk, name: &str) -> String {
    let token = desk.token(Role::Uploader, "ERP").await;
    let path = format!("/customers/acme/units/acme/Uploads/upload/Payments/{name}");
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "text/csv")];
    let sent = desk.send(Method::POST, &path, &headers, "Payee Name,Payment Amount\nA,1\n").await;
    assert_eq!(sent.status, 201, "{}", sent.json());
    desk.later(1);
    sent.json()["uploadId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_run_is_checked_and_decided_over_the_api() {
    let desk = Desk::open().await;
    desk.book.finds_of_payments(three_payments());
    let analyst = format!("Bearer {}", desk.token(Role::Analyst, "ERP").await);
    let headers = [("Authorization", analyst.as_str()), ("Content-Type", "application/json")];
    let get = async |path: &str| desk.send(Method::GET, path, &headers[..1], "").await;
    let upload = send(&desk, "payrun_20261123.csv").await;
    let run = format!("{RUNS}/{upload}");
    assert_eq!(get(&run).await.status, 404, "nothing was read yet");
    desk.work().await;
    let listed = get(RUNS).await.json();
    assert_eq!(listed["items"][0]["uploadId"], json!(upload));
    let sums = get(&run).await.json();
    assert_eq!(sums["all"]["payments"], 3);
    assert_eq!(sums["all"]["money"][0]["amount"], "390.00");
    assert_eq!((&sums["doubtful"]["payments"], &sums["undecided"]), (&json!(2), &json!(2)));
    assert_eq!(sums["notes"].as_array().unwrap().len(), 1);
    let payments = get(&format!("{run}/payments?only=undecided&limit=1")).await.json();
    assert_eq!(payments["items"][0]["line"], 3);
    assert_eq!(payments["items"][0]["doubts"][0]["kind"], "other_account");
    assert_eq!(payments["next"], 3);
    let decide = async |body: &str| {
        desk.send(Method::POST, &format!("{run}/decisions"), &headers, body).await
    };
    let held = decide(r#"{"decision":"hold","lines":[3],"because":"ask the supplier"}"#).await;
    assert_eq!(held.json(), json!({ "decided": 1 }));
    assert_eq!(decide(r#"{"decision":"release","lines":[3,99]}"#).await.status, 404);
    assert_eq!(decide(r#"{"decision":"release","lines":[]}"#).await.status, 400);
    assert_eq!(decide(r#"{"decision":"release"}"#).await.json(), json!({ "decided": 1 }));
    let sums = get(&run).await.json();
    assert_eq!(sums["held"]["money"][0]["amount"], "250.00", "a refused decision changes nothing");
    assert_eq!((&sums["released"]["payments"], &sums["undecided"]), (&json!(1), &json!(1)));
    let file = get(&format!("{run}/payments?only=held&format=csv")).await;
    let text = String::from_utf8(file.body.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[1].starts_with("3,P3,Birch & Sons,S1,250.00,GBP,"), "{text}");
    assert!(
        lines[1].contains("'=INV 3")
            && lines[1].ends_with("hold,ask the supplier,ERP (access token)"),
        "{text}"
    );
    let audited = desk.audited().await;
    for what in ["payment.hold", "payment.release", "payment.export"] {
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
    // Checked anew, what was decided stays.
    let record = desk.app.store.customer(&crate::workplace::acme());
    let record = record.upload(&crate::workplace::unit(), upload.parse().unwrap()).await.unwrap();
    let system = desk.app.store.system();
    let record = record.unwrap();
    assert_eq!(system.held_payments(&record).await.unwrap(), [(upload.parse().unwrap(), 3)]);
    system.keep_payment_check(&record, &three_payments(), crate::desk::now()).await.unwrap();
    assert_eq!(get(&run).await.json()["held"]["payments"], 1);
    let stranger = format!("Bearer {}", desk.token(Role::Uploader, "sender").await);
    let refused = desk.send(Method::GET, &run, &[("Authorization", &stranger)], "").await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn the_file_for_the_bank_is_there_once_all_is_decided() {
    let desk = Desk::open().await;
    desk.book.finds_of_payments(three_payments());
    let analyst = format!("Bearer {}", desk.token(Role::Analyst, "ERP").await);
    let headers = [("Authorization", analyst.as_str()), ("Content-Type", "application/json")];
    let get = async |path: &str| desk.send(Method::GET, path, &headers[..1], "").await;
    let mut ann = Browser::ann(&desk).await;
    for (name, is_written) in [("payrun_20261123.csv", true), ("workbook_20261123.csv", false)] {
        let upload = send(&desk, name).await;
        desk.work().await;
        let (run, page) =
            (format!("{RUNS}/{upload}"), format!("/at/acme/acme/payment_runs/{upload}"));
        let early = get(&format!("{run}/file")).await;
        assert_eq!((early.status.as_u16(), &early.json()["code"]), (409, &IMPOSSIBLE.into()));
        let detail =
            "Payments that something speaks against are undecided; release or hold them first.";
        assert_eq!(early.json()["detail"], detail);
        let shown = ann.get(&desk, &page).await.text;
        assert!(shown.contains("once all that something speaks against is decided"), "{shown}");
        let early = ann.get(&desk, &format!("{page}/file")).await;
        assert!(early.status == 409 && early.text.contains("release or hold them first"));
        let hold = r#"{"decision":"hold","lines":[2,3,4]}"#;
        desk.send(Method::POST, &format!("{run}/decisions"), &headers, hold).await;
        let taken = get(&format!("{run}/file")).await;
        let shown = ann.get(&desk, &page).await.text;
        assert!(shown.contains(&format!("{page}/file\"")), "{shown}");
        let of_page = ann.get(&desk, &format!("{page}/file")).await;
        if is_written {
            // What is held stood in its second line.
            assert_eq!(
                (taken.status.as_u16(), &*taken.body),
                (200, &b"Payee Name,Payment Amount\n"[..])
            );
            let named = &taken.headers["content-disposition"];
            assert_eq!(named, "attachment; filename*=UTF-8''payrun%5F20261123%5Fcleaned%2Ecsv");
            assert_eq!(of_page.text, "Payee Name,Payment Amount\n");
        } else {
            assert_eq!((taken.status.as_u16(), of_page.status.as_u16()), (409, 409));
            let detail = taken.json()["detail"].as_str().unwrap().to_owned();
            assert!(
                detail.starts_with("A workbook is not written anew. Take the list"),
                "{detail}"
            );
        }
    }
    let system = desk.app.store.system();
    let entries =
        system.audit_entries(domain::page::PageSize::fixed(50), None).await.unwrap().items;
    let taken: Vec<_> = entries
        .iter()
        .map(|item| &item.entry)
        .filter(|entry| entry.what == "payment.file")
        .collect();
    assert_eq!(taken.len(), 2, "by the API and by the page, and nothing that was refused");
    assert_eq!((&taken[0].details["held"], &taken[0].details["payments"]), (&json!(3), &json!(0)));
    assert_eq!(taken[0].details["sha256"].as_str().map(str::len), Some(64));
}

const IMPOSSIBLE: &str = "payment_file_impossible";

#[tokio::test]
async fn a_run_is_decided_on_its_page() {
    let desk = Desk::open().await;
    desk.book.finds_of_payments(three_payments());
    let mut ann = Browser::ann(&desk).await;
    let runs = "/at/acme/acme/payment_runs";
    assert!(ann.get(&desk, runs).await.text.contains("No payment run was checked yet"));
    let upload = send(&desk, "payrun_20261123.csv").await;
    desk.work().await;
    let list = ann.get(&desk, runs).await.text;
    assert!(list.contains("2 undecided") && list.contains("£390.00"), "{list}");
    let run = format!("{runs}/{upload}");
    let page = ann.get(&desk, &run).await.text;
    for said in [
        "Birch &#38; Sons",
        "Not the supplier&#39;s account",
        "the account …5926 is none of the supplier&#39;s",
        "No employees have been sent",
        "Release the 1 that nothing speaks against",
    ] {
        assert!(page.contains(said), "{said} {page}");
    }
    assert!(!page.contains("value=\"2\" aria-label"), "nothing speaks against line 2");
    let form = [("line", "3"), ("line", "4"), ("decision", "hold"), ("because", "ask first")];
    let held = ann.post(&desk, &run, &form).await;
    assert_eq!(held.location(), format!("{run}?only=&said=payments-decided"));
    let nothing = ann.post(&desk, &run, &[("decision", "hold")]).await;
    assert_eq!(nothing.location(), format!("{run}?only=&said=nothing-chosen"));
    ann.post(&desk, &run, &[("clear", "1"), ("decision", "release")]).await;
    let page = ann.get(&desk, &format!("{run}?only=held")).await.text;
    assert!(page.contains("held by ann, 23 Nov 2026: ask first"), "{page}");
    let all = ann.get(&desk, &format!("{run}?only=all")).await.text;
    assert!(all.contains("released by ann") && all.contains("value=\"2\" aria-label"), "{all}");
    let file = ann.get(&desk, &format!("{run}/payments.csv?only=released")).await.text;
    assert_eq!(file.lines().count(), 2, "{file}");
    let upload_page = ann.get(&desk, &format!("/at/acme/acme/uploads/{upload}")).await.text;
    assert!(upload_page.contains("Release or hold them"), "{upload_page}");
}
