//! Checks whose SQL gives the findings: one row each, in columns of fixed names.
//!
//! The columns: `title` and the evidence must be there, the lists `fields`, `words` and `bits` of one
//! length: signs with a weight by judgement, which make no probability. `kind`, `pattern`, `at_risk` (any
//! number: what the rows come to), `currency`, and lists of ids `transactions`, `suppliers`, `employees`,
//! `unposted_invoices` (at least one of them). `known_by` where the rows grow with every extract, such as
//! all invoices of a supplier: a text that makes the finding's identity instead of them, so that what
//! people decided about it stays. `next_step` where the thing to do now is not that of every finding of the
//! check.

use std::collections::BTreeSet;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Float64Type;
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use datafusion::arrow::compute::cast;
use datafusion::prelude::SessionContext;
use domain::finding::{Evidence, Finding, FindingKey};
use domain::{FileType, Money};

use super::Outcome;
use super::draft::{self, FindingDraft};
use crate::checks::{CheckDefinition, ConfiguredCheck};
use crate::engine::{query_all, reckoned};
use crate::error::Error;

pub(super) async fn find(
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<Outcome, Error> {
    let sql = check.main_sql();
    let mut outcome = Outcome::default();
    // The same rows may be found by several limits: they are one finding, about the first.
    let mut known = BTreeSet::new();
    for batch in query_all(session, &sql).await? {
        for row in 0..batch.num_rows() {
            let found = finding(check.definition, &batch, row)?;
            if known.insert(found.key.clone()) {
                outcome.findings.push(found);
            }
        }
    }
    Ok(outcome)
}

/// The finding that one row is.
pub(super) fn finding(
    check: &CheckDefinition<'_>,
    batch: &RecordBatch,
    row: usize,
) -> Result<Finding, Error> {
    Columns { batch }.finding(check, row)
}

struct Columns<'a> {
    batch: &'a RecordBatch,
}

impl Columns<'_> {
    fn finding(&self, check: &CheckDefinition<'_>, row: usize) -> Result<Finding, Error> {
        let mut rows = Vec::new();
        for (column, ledger) in [
            ("suppliers", FileType::Suppliers),
            ("employees", FileType::Employees),
            ("transactions", FileType::Transactions),
            ("unposted_invoices", FileType::UnpostedInvoices),
        ] {
            let mut ids = self.texts(column, row)?;
            ids.dedup();
            rows.extend(ids.iter().map(|id| draft::row(ledger, id)));
        }
        let kind = self.text("kind", row)?.unwrap_or_else(|| check.name.to_owned());
        let key = match self.text("known_by", row)? {
            Some(known_by) => FindingKey::new(&format!("{}/{known_by}", check.name), []),
            None => FindingKey::new(
                &format!("{}/{kind}", check.name),
                rows.iter().map(|row| (row.ledger, row.id.as_str())),
            ),
        };
        let currency = self.text("currency", row)?;
        // Where a check divides, what comes out is nearest to something that can be paid.
        let money = self.number("at_risk", row)?.map(|amount| {
            let amount = reckoned(amount).in_units_of(currency.as_deref());
            Money { amount, currency }
        });
        let evidence = self.evidence(check, row)?;
        Ok(FindingDraft {
            key,
            kind: &kind,
            title: self.text("title", row)?.unwrap_or_else(|| check.title.to_owned()),
            bits: None,
            money,
            rows,
            evidence,
            pattern: self.text("pattern", row)?,
            claim: None,
            next_step: self.text("next_step", row)?,
        }
        .finish(check))
    }

    /// The reasons of the row.
    fn evidence(&self, check: &CheckDefinition<'_>, row: usize) -> Result<Vec<Evidence>, Error> {
        let (fields, words) = (self.texts("fields", row)?, self.texts("words", row)?);
        let bits = self.numbers("bits", row)?;
        if fields.len() != words.len() || fields.len() != bits.len() {
            // One too few, and every reason after it would bear the weight of another.
            let what = format!("{}: reasons without field, words or bits", check.name);
            return Err(Error::storage(what));
        }
        let reasons = fields.iter().zip(words).zip(bits);
        Ok(reasons.map(|((field, words), bits)| draft::reason(field, words, bits)).collect())
    }

    fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.batch.column_by_name(name)
    }

    fn text(&self, name: &str, row: usize) -> Result<Option<String>, Error> {
        let Some(column) = self.column(name).filter(|column| column.is_valid(row)) else {
            return Ok(None);
        };
        let texts = cast(&column.slice(row, 1), &DataType::Utf8)?;
        Ok(Some(texts.as_string::<i32>().value(0).to_owned()))
    }

    fn number(&self, name: &str, row: usize) -> Result<Option<f64>, Error> {
        let Some(column) = self.column(name).filter(|column| column.is_valid(row)) else {
            return Ok(None);
        };
        let numbers = cast(&column.slice(row, 1), &DataType::Float64)?;
        Ok(Some(numbers.as_primitive::<Float64Type>().value(0)))
    }

    fn list(&self, name: &str, row: usize, of: &DataType) -> Result<Option<ArrayRef>, Error> {
        let Some(column) = self.column(name).filter(|column| column.is_valid(row)) else {
            return Ok(None);
        };
        let list = column.as_list::<i32>().value(row);
        Ok(Some(cast(&list, of)?))
    }

    fn texts(&self, name: &str, row: usize) -> Result<Vec<String>, Error> {
        let list = self.list(name, row, &DataType::Utf8)?;
        let texts =
            list.map(|list| list.as_string::<i32>().iter().flatten().map(str::to_owned).collect());
        Ok(texts.unwrap_or_default())
    }

    fn numbers(&self, name: &str, row: usize) -> Result<Vec<f64>, Error> {
        let list = self.list(name, row, &DataType::Float64)?;
        let numbers =
            list.map(|list| list.as_primitive::<Float64Type>().iter().flatten().collect());
        Ok(numbers.unwrap_or_default())
    }
}
