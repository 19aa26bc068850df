//! Credits of suppliers' statements as findings, one each.
//!
//! Not for: which credits of a statement the ledgers never took (`statement`).
//!
//! Invariant: a credit is the same finding on whatever statement of its supplier it stands.

use std::collections::{BTreeMap, HashMap};

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::DataType;
use datafusion::arrow::compute::cast;
use datafusion::prelude::SessionContext;
use domain::finding::{Finding, FindingKey, party};
use domain::statement::StatementCredit;
use domain::{Amount, FileType, Money};

use super::Outcome;
use super::draft::{self, FindingDraft};
use crate::checks::{Check, ConfiguredCheck};
use crate::engine::query_all;
use crate::error::Error;

/// A supplier as its invoices name it.
#[derive(Debug, Clone, Default)]
struct Creditor {
    reference: String,
    name: String,
}

pub(super) async fn find(
    credits: &[StatementCredit],
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<Outcome, Error> {
    if credits.is_empty() {
        return Ok(Outcome::default());
    }
    let creditors = creditors(session, check).await?;
    let of = |credit: &StatementCredit| {
        let known = creditors.get(&credit.supplier.trim().to_uppercase()).cloned();
        // Somebody may send a statement of a supplier before its first invoice.
        known.unwrap_or_else(|| Creditor {
            reference: credit.supplier.trim().to_owned(),
            name: String::new(),
        })
    };
    // What stands on several is said of the last.
    let mut newest: BTreeMap<FindingKey, &StatementCredit> = BTreeMap::new();
    newest.extend(credits.iter().map(|one| (FindingKey::of_statement_credit(one), one)));
    let findings =
        newest.into_iter().map(|(key, credit)| finding(check.definition, key, &of(credit), credit));
    Ok(Outcome { findings: findings.collect(), ..Outcome::default() })
}

async fn creditors(
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<HashMap<String, Creditor>, Error> {
    let mut creditors = HashMap::new();
    for batch in query_all(session, &check.main_sql()).await? {
        let texts: Vec<ArrayRef> = batch
            .columns()
            .iter()
            .map(|column| cast(column, &DataType::Utf8))
            .collect::<Result<_, _>>()?;
        let text = |at: usize, row: usize| {
            let texts = texts[at].as_string::<i32>();
            if texts.is_valid(row) { texts.value(row).to_owned() } else { String::new() }
        };
        creditors.extend(
            (0..batch.num_rows()).map(|row| {
                (text(0, row), Creditor { reference: text(1, row), name: text(2, row) })
            }),
        );
    }
    Ok(creditors)
}

fn finding(check: &Check, key: FindingKey, of: &Creditor, found: &StatementCredit) -> Finding {
    let credit = &found.credit;
    let amount = Amount::from_ten_thousandths(credit.amount.ten_thousandths().saturating_abs());
    let money = Money { amount, currency: credit.currency.clone() };
    let named = match credit.number.trim() {
        "" => String::new(),
        number => format!(" {number}"),
    };
    let who = party(&of.name, &of.reference);
    let dated = credit.date.map(|date| format!(" of {date}")).unwrap_or_default();
    let file = &found.file_name;
    let evidence = vec![
        draft::reason(
            "invoice_number",
            format!("line {} of the statement {file} has the credit{named}{dated}", credit.line),
            3.0,
        ),
        draft::reason(
            "invoice_amount",
            "nothing of the supplier in the ledger or the workflow is it by its number, or by amount and day"
                .to_owned(),
            1.0,
        ),
    ];
    let found_as = FindingDraft {
        key,
        kind: check.name,
        title: format!(
            "A credit{named} over {} is on a statement of {who} and not in the ledger",
            money.written()
        ),
        bits: None,
        money: Some(money),
        rows: vec![draft::row(FileType::Suppliers, &of.reference)],
        evidence,
        pattern: Some(of.reference.clone()),
        claim: None,
        next_step: None,
    };
    Finding { statement_credit: Some(found.clone()), ..found_as.finish(check) }
}
