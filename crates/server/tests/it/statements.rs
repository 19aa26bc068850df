//! Suppliers' statements on the page of a supplier: sent, shown, written out, and refused with a sentence.

use domain::ledger_view::SupplierHistory;
use domain::statement::{LineState, ReconciledLine, Reconciliation, StatementLine, StatementRow};
use domain::{Amount, FileType};

use crate::browser::Browser;
use crate::desk::Desk;

fn reconciliation() -> Reconciliation {
    let amount = Amount::from_ten_thousandths(12_345_600);
    let line = |line, number: &str, state| ReconciledLine {
        line: StatementLine {
            line,
            number: number.to_owned(),
            date: Some(jiff::civil::date(2026, 3, 1)),
            amount,
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
    };
    Reconciliation {
        lines: vec![line(2, "=INV-1", LineState::MissingHere), line(3, "INV-2", LineState::Agreed)],
        missing_there: vec![missing],
    }
}

#[tokio::test]
async fn a_statement_is_sent_and_shown() {
    let desk = Desk::open().await;
    desk.book.knows(SupplierHistory {
        reference: "S1".to_owned(),
        variations: Vec::new(),
        months: Vec::new(),
        currency: None,
    });
    let mut ann = Browser::ann(&desk).await;
    let supplier = "/at/acme/acme/suppliers/S1";
    let page = ann.get(&desk, supplier).await.text;
    assert!(page.contains("None was held against the ledger yet"), "{page}");
    let send = format!("{supplier}/statements");
    let refused = ann.send_file(&desk, &send, "", ("alder.csv", "Colour\nred\n")).await;
    assert!(refused.text.contains("The file has no columns of a statement"), "{}", refused.text);
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
    assert!(file.contains("'=INV-1"), "no cell is a formula: {file}");
    let page = ann.get(&desk, supplier).await.text;
    assert!(page.contains("alder.csv") && page.contains("2 to ask about"), "{page}");
    let audited = desk.audited().await;
    for what in ["statement.reconcile", "statement.export"] {
        assert!(audited.contains(&what.to_owned()), "{what} {audited:?}");
    }
}
