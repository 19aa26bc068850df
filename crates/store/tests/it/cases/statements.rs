//! Suppliers' statements as they were held against the ledger.

use domain::Amount;
use domain::StatementId;
use domain::page::PageSize;
use domain::statement::{
    LineState, ReconciledLine, Reconciliation, StatementColumns, StatementLine,
};
use store::{AuditFilter, Error, NewStatement};

use crate::cases::verdicts::ann;
use crate::site::{Site, now, random, unit};

pub(crate) async fn a_statement_is_kept_as_it_was_reconciled(site: Site) {
    let line = |number: &str, state| ReconciledLine {
        line: StatementLine {
            line: 2,
            number: number.to_owned(),
            date: Some(jiff::civil::date(2026, 3, 1)),
            amount: Amount::from_ten_thousandths(10_000),
            kind: "Invoice".to_owned(),
        },
        state,
        words: "as it is".to_owned(),
        row: None,
    };
    let reconciliation = Reconciliation {
        lines: vec![line("1", LineState::MissingHere), line("2", LineState::Agreed)],
        missing_there: Vec::new(),
    };
    let id = StatementId::new(now(), random());
    let (supplier, file_name) = ("S'1", "alder.pdf");
    let new = NewStatement { id, supplier, file_name, reconciliation: &reconciliation };
    let acme = site.acme();
    acme.keep_statement(&unit(), new, &ann()).await.unwrap();
    let listed = acme.statements(&unit(), supplier).await.unwrap();
    assert_eq!((listed[0].lines, listed[0].to_ask, listed[0].missing_there), (2, 1, 0));
    let kept = acme.statement(&unit(), id).await.unwrap().unwrap();
    assert_eq!(kept.reconciliation, reconciliation);
    assert_eq!(kept.summary, listed[0]);
    assert!(acme.statements(&unit(), "S2").await.unwrap().is_empty());
    assert_eq!(acme.newest_statements(&unit()).await.unwrap(), listed);
    let stranger = site.store.customer(&"other".parse().unwrap());
    assert_eq!(stranger.statement(&unit(), id).await.unwrap(), None);
    assert!(stranger.newest_statements(&unit()).await.unwrap().is_empty());
}

pub(crate) async fn columns_are_settled_once_and_audited(site: Site) {
    let acme = site.acme();
    let settled = StatementColumns {
        number: Some("Our ref".to_owned()),
        amount: Some("S'um".to_owned()),
        ..StatementColumns::default()
    };
    assert_eq!(acme.statement_columns(&unit(), "S'1").await.unwrap(), None);
    for columns in [&settled, &settled] {
        acme.settle_statement_columns(&unit(), "S'1", columns, &ann()).await.unwrap();
    }
    assert_eq!(acme.statement_columns(&unit(), "S'1").await.unwrap(), Some(settled.clone()));
    assert_eq!(acme.statement_columns(&unit(), "S2").await.unwrap(), None);
    let none = StatementColumns::default();
    acme.settle_statement_columns(&unit(), "S'1", &none, &ann()).await.unwrap();
    assert_eq!(acme.statement_columns(&unit(), "S'1").await.unwrap(), None);
    let page =
        acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entry = &page.items[0].entry;
    assert_eq!((entry.what.as_str(), entry.about.as_str()), ("statement.columns", "S'1"));
    assert_eq!(entry.details["was"]["number"], "Our ref");
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let set = stranger.settle_statement_columns(&unit(), "S'1", &settled, &ann()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
}
