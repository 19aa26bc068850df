//! Suppliers' statements as they were held against the ledger.

use domain::Amount;
use domain::StatementId;
use domain::page::PageSize;
use domain::statement::{
    LineState, ReconciledLine, Reconciliation, StatementColumns, StatementLine, StatementListing,
};
use jiff::ToSpan as _;
use store::{AuditFilter, Decider, Error, NewStatement};

use crate::cases::verdicts::ann;
use crate::site::{Site, new_run, now, random, unit};

pub(crate) async fn a_statement_is_kept_as_it_was_reconciled(site: Site) {
    let line = |number: &str, state| ReconciledLine {
        line: StatementLine {
            line: 2,
            number: number.to_owned(),
            date: Some(jiff::civil::date(2026, 3, 1)),
            amount: Amount::from_ten_thousandths(10_000),
            currency: Some("GBP".to_owned()),
            kind: "Invoice".to_owned(),
        },
        state,
        words: "as it is".to_owned(),
        row: None,
    };
    let reconciliation = Reconciliation {
        lines: vec![line("1", LineState::MissingHere), line("2", LineState::Agreed)],
        ..Reconciliation::default()
    };
    let id = StatementId::new(now(), random());
    let (supplier, file_name) = ("S'1", "alder.pdf");
    let new = NewStatement { id, supplier, file_name, reconciliation: &reconciliation, run: None };
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

/// Keeps a statement up to a day of March with one credit of so many pence, or with an invoice where there
/// are none; sent so many minutes later.
async fn keep(site: &Site, (supplier, day): (&str, i8), pence: i64, later: i64) -> StatementId {
    let is_credit = pence > 0;
    let line = ReconciledLine {
        line: StatementLine {
            line: 2,
            number: "CN-1".to_owned(),
            date: Some(jiff::civil::date(2026, 3, day)),
            amount: Amount::from_ten_thousandths(-pence * 100),
            currency: None,
            kind: "Credit note".to_owned(),
        },
        state: if is_credit { LineState::CreditNotTaken } else { LineState::Agreed },
        words: "as it is".to_owned(),
        row: None,
    };
    let is_movements = later == 0;
    let reconciliation = Reconciliation {
        listing: if is_movements {
            StatementListing::Movements
        } else {
            StatementListing::OpenItems
        },
        lines: vec![line],
        missing_there: Vec::new(),
    };
    let id = StatementId::new(now(), random());
    let new = NewStatement {
        id,
        supplier,
        file_name: "alder.csv",
        reconciliation: &reconciliation,
        run: Some(new_run()),
    };
    let decider = Decider { at: now() + later.minutes(), ..ann() };
    site.acme().keep_statement(&unit(), new, &decider).await.unwrap();
    id
}

async fn with_credits(site: &Site) -> Vec<StatementId> {
    let statements = site.acme().statements_with_credits(&unit()).await.unwrap();
    statements.into_iter().map(|statement| statement.id).collect()
}

async fn runs(site: &Site) -> usize {
    site.acme().runs(&unit(), PageSize::default(), None).await.unwrap().items.len()
}

pub(crate) async fn credits_count_until_a_later_statement_takes_the_place(site: Site) {
    let agreed = keep(&site, ("S2", 1), 0, 1).await;
    assert_eq!((with_credits(&site).await, runs(&site).await), (Vec::new(), 0), "{agreed}");
    let first = keep(&site, ("S1", 5), 1_000, 1).await;
    let of_other = keep(&site, ("S2", 5), 1_000, 2).await;
    assert_eq!(with_credits(&site).await, [first, of_other]);
    assert_eq!(runs(&site).await, 1, "they share the run that waits");
    let again = keep(&site, ("S1", 5), 1_000, 3).await;
    assert_eq!(with_credits(&site).await, [of_other, again], "up to the same day, sent later");
    let earlier = keep(&site, ("S1", 4), 1_000, 4).await;
    assert_eq!(with_credits(&site).await, [of_other, again], "{earlier} is of an earlier day");
    let moved = keep(&site, ("S1", 6), 2_000, 0).await;
    assert_eq!(with_credits(&site).await, [of_other, again, moved], "it lists only what moved");
    keep(&site, ("S1", 7), 0, 5).await;
    assert_eq!(with_credits(&site).await, [of_other], "all that is open, and no credit");
    let stranger = site.store.customer(&"other".parse().unwrap());
    assert!(stranger.statements_with_credits(&unit()).await.unwrap().is_empty());
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
