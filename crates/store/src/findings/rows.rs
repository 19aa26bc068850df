//! Which findings speak of a row of a ledger: kept with a run's findings, looked up by the row.
//!
//! Invariant: a finding is known by its rows, so a row once named stays named; a supplier is named by its
//! own row, by the rows that refer to it, and by the pattern of a verdict that is remembered.

use std::collections::BTreeMap;

use domain::finding::FindingSummary;
use domain::page::PageSize;
use domain::{FileType, Finding, Run, UnitName};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{summary, summary_columns};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, placeholders, placeholders_from, storable};

/// Five values each; as with the findings themselves, more only make SQLite slower.
const ROWS_A_STATEMENT: usize = 100;
const COLUMNS: usize = 5;
/// The field by which a transaction refers to its supplier.
const SUPPLIER_FIELD: &str = "supplier_ref";

impl CustomerStore {
    /// The findings that speak of a row of a ledger, what is still found first, then by lane, the gravest
    /// first; of suppliers also those that speak of its invoices. What is suppressed is not among them.
    pub async fn findings_naming(
        &self,
        unit: &UnitName,
        ledger: FileType,
        id: &str,
        size: PageSize,
    ) -> Result<Vec<FindingSummary>, Error> {
        self.findings_naming_invoice(unit, (ledger, id, ""), size).await
    }

    /// The findings that speak of an invoice, as [`Self::findings_naming`] has them: those that speak of its
    /// supplier too, as a Unique ID may be that of invoices of several; of all where `supplier` is empty.
    pub async fn findings_naming_invoice(
        &self,
        unit: &UnitName,
        (ledger, id, supplier): (FileType, &str, &str),
        size: PageSize,
    ) -> Result<Vec<FindingSummary>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            summary_columns!(),
            " FROM finding_rows JOIN findings \
             ON findings.customer = finding_rows.customer AND findings.unit = finding_rows.unit \
             AND findings.key = finding_rows.key \
             WHERE finding_rows.customer = $1 AND finding_rows.unit = $2 \
             AND finding_rows.ledger = $3 AND finding_rows.id = $4 AND suppressed IS NULL \
             AND ($6 = '' OR findings.key IN (SELECT named.key FROM finding_rows AS named \
             WHERE named.customer = $1 AND named.unit = $2 AND named.ledger = $7 AND named.id = $6)) \
             ORDER BY COALESCE(gone_at, 0), lane_rank DESC, score DESC, findings.key LIMIT $5"
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(ledger.as_str())
        .bind(storable(id))
        .bind(i64::from(size.get()))
        .bind(storable(supplier))
        .bind(FileType::Suppliers.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, summary)
    }
}

impl CustomerStore {
    /// The number of open findings that speak of each of some suppliers, by its reference; of those with none
    /// nothing. What is suppressed or found no more is not among them.
    pub async fn open_findings_of_suppliers(
        &self,
        unit: &UnitName,
        references: &[String],
    ) -> Result<BTreeMap<String, u64>, Error> {
        if references.is_empty() {
            return Ok(BTreeMap::new());
        }
        let select = format!(
            "SELECT finding_rows.id AS id, COUNT(*) AS findings FROM finding_rows JOIN findings \
             ON findings.customer = finding_rows.customer AND findings.unit = finding_rows.unit \
             AND findings.key = finding_rows.key \
             WHERE finding_rows.customer = $1 AND finding_rows.unit = $2 AND finding_rows.ledger = $3 \
             AND finding_rows.id IN ({}) AND state = 'open' AND suppressed IS NULL AND gone_at IS NULL \
             GROUP BY finding_rows.id",
            placeholders_from(4, references.len()),
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(FileType::Suppliers.as_str());
        let query = references.iter().fold(query, |query, id| query.bind(storable(id)));
        let rows = query.fetch_all(self.parts.db.reader()).await?;
        let counted = all(&rows, |row| {
            let fields = Fields::new(row, "finding_rows", "id");
            Ok((fields.text("id")?, fields.number("findings")?))
        })?;
        Ok(counted.into_iter().collect())
    }
}

/// Keeps which rows these speak of, in the transaction that keeps them.
pub(super) async fn keep(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    findings: &[&Finding],
) -> Result<(), Error> {
    let mut named: Vec<(&str, String, &str)> = Vec::new();
    for finding in findings {
        let mut of: Vec<(&str, String)> = named_by(finding);
        of.sort_unstable();
        of.dedup();
        named.extend(of.into_iter().map(|(ledger, id)| (ledger, id, finding.key.as_str())));
    }
    for some in named.chunks(ROWS_A_STATEMENT) {
        let insert = format!(
            "INSERT INTO finding_rows (customer, unit, ledger, id, key) VALUES {} \
             ON CONFLICT (customer, unit, ledger, id, key) DO NOTHING",
            placeholders(some.len(), COLUMNS)
        );
        let mut query = sqlx::query(AssertSqlSafe(insert));
        for (ledger, id, key) in some {
            query = query
                .bind(run.customer.as_str())
                .bind(run.unit.as_str())
                .bind(*ledger)
                .bind(id.as_str())
                .bind(*key);
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// The suppliers that it speaks of, by their references.
pub(super) fn suppliers_of(finding: &Finding) -> Vec<String> {
    let named = named_by(finding).into_iter();
    let suppliers = named.filter(|(ledger, _)| *ledger == FileType::Suppliers.as_str());
    let mut ids: Vec<String> = suppliers.map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn named_by(finding: &Finding) -> Vec<(&'static str, String)> {
    let supplier = FileType::Suppliers.as_str();
    let rows = finding.rows.iter().map(|row| (row.ledger.as_str(), storable(&row.id)));
    let referred = finding.rows.iter().filter_map(|row| row.fields.get(SUPPLIER_FIELD));
    // `<check>/<supplier>`, as the checks write it.
    let pattern = finding.pattern.as_deref().and_then(|pattern| pattern.split_once('/'));
    let referred = referred.map(String::as_str).chain(pattern.map(|(_, about)| about));
    rows.chain(referred.map(|id| (supplier, storable(id)))).collect()
}
