//! Suppliers' statements on the page of a supplier and over the API: sent, shown, written out, refused with a
//! sentence, and their columns settled once.

use domain::ledger_view::SupplierHistory;
use domain::statement::{LineState, ReconciledLine, Reconciliation, StatementLine, StatementRow};
use domain::{Amount, FileType, FindingKey, Role};
use http::Method;
use serde_json::json;

use crate::browser::Browser;
use crate::desk::{Desk, checked};

fn reconciliation() -> Reconciliation {
    let amount = Amount::from_ten_thousandths(12_345_600);
    let line = |line, number: &str, state| ReconciledLine {
        line: StatementLine {
            line,
            number: number.to_owned(),
            date: Some(jiff::civil::date(2026, 3, 1)),
            amount,
            currency: Some("EUR".to_owned()),
            kind: "Invoice".to_owned(),
        },
        state,
        words: "as the books have it".to_owned(),
        row: None,
    };
    let missing = StatementRow {
        ledger: FileType::Transactions,
        id: "T9".to_owned(),
        number: "INV-9".to_owned(),
        date: None,
        amount,
        currency: Some("EUR".to_owned()),
        words: Some("we have it again".to_owned()),
    };
    Reconciliation {
        lines: vec![line(2, "=INV-1", LineState::MissingHere), line(3, "INV-2", LineState::Agreed)],
        missing_there: vec![missing],
        ..Reconciliation::default()
    }
}

#[tokio::test]
async fn a_statement_is_sent_and_shown() {
    let desk = Desk::open().await;
    desk.book.knows(SupplierHistory {
        reference: "S1".to_owned(),
        variations: Vec::new(),
        ..SupplierHistory::default()
    });
    let mut ann = Browser::ann(&desk).await;
    let supplier = "/at/acme/acme/suppliers/S1";
    let page = ann.get(&desk, supplier).await.text;
    assert!(page.contains("None was compared with the ledger yet"), "{page}");
    let send = format!("{supplier}/statements");
    let refused = ann.send_file(&desk, &send, "", ("alder.csv", "Colour\nred\n")).await;
    for said in ["The file has no columns of a statement", "Wann", "&#60;Was&#62;", "Which column"]
    {
        assert!(refused.text.contains(said), "{said} {}", refused.text);
    }
    let settle = format!("{supplier}/statement-columns");
    let wrong = ann.post(&desk, &settle, &[("number", "Was")]).await;
    assert!(wrong.text.contains("name the column of the amount"), "{}", wrong.text);
    let settled = ann.post(&desk, &settle, &[("number", "Was"), ("amount", "Sum")]).await;
    assert_eq!(settled.status, 303, "{}", settled.text);
    let page = ann.get(&desk, supplier).await.text;
    assert!(page.contains("value=\"Was\"") && page.contains("data-drop-together"), "{page}");
    desk.book.reconciles(reconciliation());
    let sent = ann.send_file(&desk, &send, "", ("alder.csv", "Ref,Amount\nINV-1,1\n")).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let statement = sent.location().to_owned();
    let page = ann.get(&desk, &statement).await.text;
    for said in [
        "Not with us",
        "Agreed",
        "Open with us and not on the statement",
        "Please send a copy of this invoice.",
        "Please say whether it is settled.",
    ] {
        assert!(page.contains(said), "{said} {page}");
    }
    let file = ann.get(&desk, &format!("{statement}/lines.csv")).await.text;
    assert_eq!(file.lines().count(), 4, "{file}");
    assert!(file.contains("we have it again"), "{file}");
    let book = ann.get(&desk, &format!("{statement}/lines.xlsx")).await;
    assert_eq!(book.status, 200);
    let sent = desk.book.statements_sent();
    let columns = sent.last().unwrap().columns.as_ref().unwrap();
    assert_eq!((sent[0].columns.as_ref(), columns.amount.as_deref()), (None, Some("Sum")));
    assert!(file.contains("'=INV-1"), "no cell is a formula: {file}");
    let page = ann.get(&desk, supplier).await.text;
    assert!(page.contains("alder.csv") && page.contains("2 to ask about"), "{page}");
    let audited = desk.audited().await;
    for what in ["statement.reconcile", "statement.export", "statement.columns"] {
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
}

#[tokio::test]
async fn a_statement_is_sent_listed_and_written_out_over_the_api() {
    let desk = Desk::open().await;
    let analyst = format!("Bearer {}", desk.token(Role::Analyst, "ERP").await);
    let headers =
        [("Authorization", analyst.as_str()), ("Content-Type", "application/octet-stream")];
    let statements = "/customers/acme/units/acme/statements";
    let columns = "/customers/acme/units/acme/statementColumns?supplier=S%2F1";
    let get = async |path: &str| desk.send(Method::GET, path, &headers[..1], "").await;
    let send = async |query: &str, body: &str| {
        desk.send(Method::POST, &format!("{statements}?{query}"), &headers, body).await
    };
    let refused = send("supplier=S%2F1&file_name=a.csv", "Colour\nred\n").await;
    assert_eq!(refused.status, 400);
    let detail = refused.json()["detail"].to_string();
    assert!(detail.contains("The file has no columns of a statement"), "{detail}");
    for (query, body) in [("supplier=S1", "a"), ("supplier=S1&file_name=", "a")] {
        assert_eq!(send(query, body).await.status, 400, "{query}");
    }
    assert_eq!(send("supplier=S1&file_name=a.csv", "").await.status, 400, "nothing was sent");
    let settle = async |body: &str| desk.send(Method::PUT, columns, &headers, body).await;
    assert_eq!(settle(r#"{"number":"Ref"}"#).await.status, 400);
    assert_eq!(settle(r#"{"number":"Ref","amount":"Sum"}"#).await.status, 200);
    assert_eq!(get(columns).await.json(), json!({ "number": "Ref", "amount": "Sum" }));

    desk.book.reconciles(reconciliation());
    let sent = send("supplier=S%2F1&file_name=alder.csv", "Ref,Sum\nINV-1,1\n").await;
    assert_eq!(sent.status, 201, "{}", sent.json());
    let sent = sent.json();
    assert_eq!((&sent["lineCount"], &sent["toAskCount"]), (&json!(2), &json!(1)));
    assert_eq!(sent["lines"][0]["state"], "missing_here");
    assert_eq!(sent["missingThere"][0]["words"], "we have it again");
    assert_eq!(sent["questions"][0]["question"], "Please send a copy of this invoice.");
    assert_eq!(sent["questions"][1]["line"], json!(null));
    let file = desk.book.statements_sent().pop().unwrap();
    assert_eq!(file.columns.unwrap().amount.as_deref(), Some("Sum"));

    let id = sent["statementId"].as_str().unwrap();
    assert_eq!(get(&format!("{statements}/{id}")).await.json(), sent);
    for query in ["", "?supplier=S%2F1"] {
        let listed = get(&format!("{statements}{query}")).await.json();
        assert_eq!(listed["items"][0]["statementId"], id);
    }
    let none = get(&format!("{statements}?supplier=S2")).await.json();
    assert_eq!(none["items"], json!([]));
    let file = get(&format!("{statements}/{id}/lines.csv")).await;
    let text = String::from_utf8(file.body.to_vec()).unwrap();
    assert!(text.starts_with("line,number,date,") && text.contains("'=INV-1"), "{text}");
    let book = get(&format!("{statements}/{id}/lines.xlsx")).await;
    assert!(book.body.starts_with(b"PK"));
    let unknown = get(&format!("{statements}/stm_01k00000000000000000000000")).await;
    assert_eq!(unknown.status, 404);
    let audited = desk.audited().await;
    for what in ["statement.reconcile", "statement.export", "statement.columns"] {
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
}

#[tokio::test]
async fn a_credit_of_a_statement_leads_to_its_finding_and_back() {
    let desk = Desk::open().await;
    let token = desk.token(Role::Analyst, "ERP").await;
    let bearer = format!("Bearer {token}");
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "application/octet-stream")];
    let mut with_credit = reconciliation();
    with_credit.lines[1].line.amount = Amount::from_ten_thousandths(-500_000);
    with_credit.lines[1].state = LineState::CreditNotTaken;
    desk.book.reconciles(with_credit);
    let path = "/customers/acme/units/acme/statements?supplier=S1&file_name=alder.csv";
    let sent = desk.send(Method::POST, path, &headers, "Ref,Sum\nINV-1,1\n").await;
    assert_eq!(sent.status, 201, "{}", sent.json());
    assert_eq!(sent.json()["findings"], json!([]), "no run has looked yet");
    let id = sent.json()["statementId"].as_str().unwrap().to_owned();
    desk.work().await;
    let asked = desk.book.check_requests();
    assert_eq!(asked.len(), 1, "the statement asked for a run");
    let [credit] = &asked[0].statement_credits[..] else { panic!("{asked:?}") };
    assert_eq!((credit.credit.line, credit.supplier.as_str()), (3, "S1"));

    let mut found = checked(1);
    let key = FindingKey::of_statement_credit(credit);
    found.findings[0].key = key.clone();
    found.findings[0].statement_credit = Some(credit.clone());
    desk.run(&found).await;
    let kept = desk.get(&token, &format!("statements/{id}")).await.json();
    assert_eq!(
        (&kept["findings"][0]["line"], &kept["findings"][0]["finding"]),
        (&json!(3), &json!(key))
    );
    let mut ann = Browser::ann(&desk).await;
    let (statement, finding) =
        (format!("/at/acme/acme/statements/{id}"), format!("/at/acme/acme/findings/{key}"));
    assert!(ann.get(&desk, &statement).await.text.contains(&finding));
    assert!(ann.get(&desk, &finding).await.text.contains(&statement));
    let file = ann.get(&desk, &format!("{statement}/lines.csv")).await.text;
    assert!(file.contains(key.as_str()), "{file}");
    desk.run(&checked(0)).await;
    let gone = ann.get(&desk, &finding).await.text;
    assert!(gone.contains("The ledger has the credit now"), "{gone}");
}
