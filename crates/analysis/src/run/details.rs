//! The fields that findings show of their rows, looked up once for all findings.
//!
//! Invariant: no more of an employee than who it is and where they work; of bank accounts the last digits.

mod billed;
mod same_lines;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use datafusion::arrow::compute::cast;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use domain::finding::Finding;
use domain::{Amount, Column, ColumnKind, FileType, Money, Sensitivity, Visibility};

use self::billed::{add_billed, more};
use crate::engine::{beside, query_all};
use crate::error::Error;
use crate::limits::ROWS_LOOKED_UP_AT_ONCE;

type Fields = BTreeMap<String, String>;

/// Of whom a transaction is.
const SUPPLIER: &str = "supplier_ref";
/// The number of lines that were added up to an invoice, and their Unique IDs.
const LINES: &str = "lines";
const LINE_IDS: &str = "line_ids";
const BASE_AMOUNT: &str = "base_amount";
/// Different texts of the lines of one invoice that are named in a cell.
const TEXTS_NAMED_MAX: usize = 5;

/// Rows by their ids. A posting over several suppliers has one Unique ID, and a row of each.
#[derive(Debug, Default)]
struct KnownRows {
    rows: HashMap<String, Vec<(String, RowDetails)>>,
    /// Invoices of several lines, by the id of the first.
    documents: HashMap<String, Vec<(String, RowDetails)>>,
}

impl KnownRows {
    fn entry(&mut self, id: String, supplier: &str) -> &mut RowDetails {
        let rows = self.rows.entry(id).or_default();
        let at = rows.iter().position(|(of, _)| of == supplier).unwrap_or_else(|| {
            rows.push((supplier.to_owned(), RowDetails::default()));
            rows.len() - 1
        });
        &mut rows[at].1
    }

    /// The row of a supplier, where several have one of the id; where so many lines were added up, all of
    /// them.
    fn find(&self, id: &str, supplier: Option<&str>, lines: Option<usize>) -> Option<&RowDetails> {
        let is_own = |(of, _): &&(String, RowDetails)| Some(of.as_str()) == supplier;
        let documents = self.documents.get(id).into_iter().flatten();
        let document = documents.filter(is_own).find(|(_, all)| Some(all.lines) == lines);
        let own = || {
            let rows = self.rows.get(id)?;
            rows.iter().find(is_own).or_else(|| rows.first())
        };
        document.or_else(own).map(|(_, details)| details)
    }
}

/// The fields that are shown of one row.
#[derive(Debug, Default)]
struct RowDetails {
    fields: Fields,
    /// The texts of the lines of an invoice, each once, by column.
    texts: BTreeMap<&'static str, BTreeSet<String>>,
    /// The Unique IDs of what was added up.
    ids: BTreeSet<String>,
    /// The number of rows that were added up.
    lines: usize,
    /// Their amounts, in ten-thousandths.
    amounts: Vec<i64>,
    /// An active row was read: what comes before it is how the supplier or employee was.
    is_active: bool,
    withheld: BTreeSet<&'static str>,
    /// All that a supplier has billed, in ten-thousandths.
    billed: Option<Money>,
}

/// The rows that are looked up of the ids in `wanted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lookup {
    /// Those of the ids.
    Rows,
    /// All of the same supplier, number and days, as lines of an invoice are.
    Documents,
}

/// Fills the rows of findings with what is shown of them.
pub(super) async fn fill<'a>(
    session: impl Fn() -> Result<SessionContext, Error>,
    findings: impl Iterator<Item = &'a mut Finding>,
) -> Result<(), Error> {
    let mut findings: Vec<&mut Finding> = findings.collect();
    let mut rest = &mut findings[..];
    while !rest.is_empty() {
        let mut rows = 0;
        let is_of_these = |finding: &&mut Finding| {
            let is_first = rows == 0;
            rows += finding.rows.len();
            is_first || rows <= ROWS_LOOKED_UP_AT_ONCE
        };
        let count = rest.iter().map(is_of_these).take_while(|is_of_these| *is_of_these).count();
        let (these, later) = rest.split_at_mut(count);
        fill_some(&session, these).await?;
        rest = later;
    }
    Ok(())
}

/// Each ledger is read in a session of its own, side by side.
async fn fill_some(
    session: &impl Fn() -> Result<SessionContext, Error>,
    findings: &mut [&mut Finding],
) -> Result<(), Error> {
    let mut looked_up = Vec::new();
    for file_type in FileType::ALL {
        let mut ids: Vec<String> = findings
            .iter()
            .flat_map(|finding| &finding.rows)
            .filter(|row| row.ledger == file_type)
            .map(|row| row.id.clone())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            continue;
        }
        let rows = findings.iter().flat_map(|finding| &finding.rows);
        let of_lines = rows.filter(|row| row.ledger == file_type && row.fields.contains_key(LINES));
        let of_lines: BTreeSet<String> = of_lines.map(|row| row.id.clone()).collect();
        let of_lines: Vec<String> = of_lines.into_iter().collect();
        let session = session()?;
        let known = beside(async move {
            register_wanted(&session, ids)?;
            let mut known = look_up(&session, file_type, Lookup::Rows).await?;
            if !of_lines.is_empty() {
                register_wanted(&session, of_lines)?;
                known.documents = look_up(&session, file_type, Lookup::Documents).await?.rows;
            }
            if file_type == FileType::Suppliers {
                add_billed(&session, &mut known).await?;
            }
            Ok(known)
        });
        looked_up.push((file_type, known));
    }
    for (file_type, known) in looked_up {
        let known = known.await?;
        for finding in &mut *findings {
            let names_money = finding.at_risk.is_some() || finding.billed.is_some();
            let (mut billed, mut of_lines): (Option<Money>, Vec<Vec<i64>>) = (None, Vec::new());
            let of_finding = finding.rows.iter().find(|row| row.ledger == FileType::Suppliers);
            let of_finding = of_finding.map(|row| row.id.clone());
            for row in finding.rows.iter_mut().filter(|row| row.ledger == file_type) {
                let supplier = row.fields.get(SUPPLIER).cloned().or_else(|| of_finding.clone());
                let lines = row.fields.get(LINES).and_then(|lines| lines.parse().ok());
                let Some(shown) = known.find(&row.id, supplier.as_deref(), lines) else { continue };
                of_lines.extend(shown.all_amounts(lines));
                // What the check itself says of a row goes before what one line of it says.
                let said = std::mem::replace(&mut row.fields, shown.fields.clone());
                row.fields.extend(said);
                row.withheld = shown.withheld.iter().map(|field| (*field).to_owned()).collect();
                billed = more(billed, shown.billed.as_ref());
            }
            if !names_money {
                finding.billed = billed.or(finding.billed.take());
            }
            let said = same_lines::reason(finding, of_lines);
            finding.evidence.extend(said);
        }
    }
    Ok(())
}

fn register_wanted(session: &SessionContext, ids: Vec<String>) -> Result<(), Error> {
    let schema = Arc::new(Schema::new(vec![Field::new("wanted_id", DataType::Utf8, false)]));
    let column: ArrayRef = Arc::new(StringArray::from(ids));
    let wanted = RecordBatch::try_new(Arc::clone(&schema), vec![column])?;
    session.deregister_table("wanted")?;
    session.register_table("wanted", Arc::new(MemTable::try_new(schema, vec![vec![wanted]])?))?;
    Ok(())
}

impl Lookup {
    /// The tables to select from, in which a row is `line`.
    fn tables(self, table: &str, id: &str) -> String {
        match self {
            Self::Rows => format!("wanted JOIN {table} AS line ON line.{id} = wanted_id"),
            Self::Documents => format!(
                "(SELECT DISTINCT wanted_id, supplier_ref, invoice_number, invoice_date, \
                 coalesce(entered_date, invoice_date) AS entered FROM wanted \
                 JOIN {table} ON {id} = wanted_id) AS first \
                 JOIN {table} AS line ON line.supplier_ref = first.supplier_ref \
                 AND line.invoice_number = first.invoice_number \
                 AND (line.invoice_date IS NOT DISTINCT FROM first.invoice_date) \
                 AND (coalesce(line.entered_date, line.invoice_date) \
                 IS NOT DISTINCT FROM first.entered)"
            ),
        }
    }
}

async fn look_up(
    session: &SessionContext,
    file_type: FileType,
    lookup: Lookup,
) -> Result<KnownRows, Error> {
    let spec = file_type.spec();
    let (fields, withheld) = (spec.in_findings.columns, spec.withheld);
    let columns: Vec<&Column> = fields
        .iter()
        .map(|name| file_type.column(name).expect("a finding shows columns that there are"))
        .collect();
    let has: Vec<String> = withheld
        .iter()
        .map(|field| format!(", CASE WHEN line.{field} IS NOT NULL THEN 'yes' END"))
        .collect();
    let supplier =
        if file_type.is_of_invoices() { "line.supplier_ref" } else { "CAST(NULL AS VARCHAR)" };
    let order = if file_type.is_snapshot() { " ORDER BY line._active" } else { "" };
    let active = if file_type.is_snapshot() { "line._active" } else { "true" };
    let fields_sql: Vec<String> = fields.iter().map(|field| format!("line.{field}")).collect();
    let sql = format!(
        "SELECT wanted_id, {active}, {supplier} AS of_supplier, line.{} AS line_id, {}{} FROM {}{order}",
        spec.key,
        fields_sql.join(", "),
        has.concat(),
        lookup.tables(spec.table, spec.key),
    );
    let mut known = KnownRows::default();
    for batch in query_all(session, &sql).await? {
        let texts: Vec<ArrayRef> = batch
            .columns()
            .iter()
            .map(|column| cast(column, &DataType::Utf8))
            .collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let id = texts[0].as_string::<i32>().value(row).to_owned();
            let suppliers = texts[2].as_string::<i32>();
            let supplier = if suppliers.is_valid(row) { suppliers.value(row) } else { "" };
            let entry = known.entry(id, supplier);
            if texts[1].as_string::<i32>().value(row) == "true" && !entry.is_active {
                entry.is_active = true;
                entry
                    .fields
                    .retain(|field, _| file_type.sensitivity(field) != Sensitivity::Account);
            }
            entry.lines += 1;
            entry.ids.insert(texts[3].as_string::<i32>().value(row).to_owned());
            for (column, texts) in columns.iter().zip(&texts[4..]) {
                let texts = texts.as_string::<i32>();
                if texts.is_valid(row) {
                    entry.note(file_type, column, texts.value(row));
                }
            }
            for (field, column) in withheld.iter().zip(&texts[4 + fields.len()..]) {
                if column.is_valid(row) {
                    entry.withheld.insert(field);
                }
            }
        }
    }
    for details in known.rows.values_mut().flatten().map(|(_, details)| details) {
        details.name_lines();
    }
    Ok(known)
}

impl RowDetails {
    /// Adds what one line of the ledger says.
    fn note(&mut self, file_type: FileType, column: &Column, value: &str) {
        let is_text =
            column.kind != ColumnKind::Amount && column.sensitivity != Sensitivity::Account;
        if column.name == BASE_AMOUNT {
            self.amounts.push(amount(value).ten_thousandths());
        }
        if is_text && file_type.is_of_invoices() {
            self.texts.entry(column.name).or_default().insert(value.to_owned());
        } else {
            note(&mut self.fields, column, value);
        }
    }

    /// The amounts of an invoice that was added up from so many lines, the largest first; none where others
    /// were looked up.
    fn all_amounts(&self, lines: Option<usize>) -> Option<Vec<i64>> {
        let mut amounts = (lines == Some(self.amounts.len())).then(|| self.amounts.clone())?;
        amounts.sort_unstable_by(|one, other| other.cmp(one));
        Some(amounts)
    }

    /// Writes down what the lines say, in one order whichever comes first, and which they are.
    fn name_lines(&mut self) {
        for (column, texts) in std::mem::take(&mut self.texts) {
            self.fields.insert(column.to_owned(), named(&texts));
        }
        if self.lines > 1 && self.ids.len() > 1 {
            self.fields.insert(LINE_IDS.to_owned(), named(&self.ids));
        }
    }
}

/// Different texts, of many the first.
fn named(texts: &BTreeSet<String>) -> String {
    let named: Vec<&str> = texts.iter().take(TEXTS_NAMED_MAX).map(String::as_str).collect();
    match texts.len() - named.len() {
        0 => named.join("; "),
        more => format!("{}; and {more} more", named.join("; ")),
    }
}

/// Adds what one line of the ledger says to what others have said of the same row.
fn note(fields: &mut Fields, column: &Column, value: &str) {
    let known = fields.get(column.name);
    let shown = match (column.kind, column.sensitivity) {
        (ColumnKind::Amount, _) => {
            // Lines of one invoice: its amount is their sum.
            let before = known.map_or(0, |text| i128::from(amount(text).ten_thousandths()));
            Amount::nearest(before + i128::from(amount(value).ten_thousandths())).to_string()
        }
        // A supplier has one of each site. No finding keeps more than the end of an account.
        (_, Sensitivity::Account) => {
            let own = column.sensitivity.masked(value, Visibility::AccountsMasked);
            match known {
                Some(others) if others.split(", ").any(|other| other == own) => others.clone(),
                Some(others) => format!("{others}, {own}"),
                None => own.into_owned(),
            }
        }
        _ => value.to_owned(),
    };
    fields.insert(column.name.to_owned(), shown);
}

fn amount(text: &str) -> Amount {
    text.parse().expect("ledgers hold amounts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_up_and_accounts_kept_by_their_end() {
        for (file_type, column, values, shown) in [
            (FileType::Transactions, "base_amount", &["10.50", "-0.25"][..], "10.25"),
            (FileType::Transactions, "description", &["b", "a", "b"], "a; b"),
            (
                FileType::Transactions,
                "description",
                &["g", "f", "e", "d", "c", "b", "a"],
                "a; b; c; d; e; and 2 more",
            ),
            (FileType::Suppliers, "iban", &["GB33BUKB20201555", "GB33 BUKB 2020 1555"], "…1555"),
            (FileType::Suppliers, "account_number", &["12345678", "87654321"], "…5678, …4321"),
            // As short as its end: nothing of it is kept.
            (FileType::Suppliers, "account_number", &["1234", "12345678", "99"], "hidden, …5678"),
            (FileType::Suppliers, "telephone", &["0113 496 0000"], "0113 496 0000"),
        ] {
            let mut details = RowDetails::default();
            for value in values {
                details.note(file_type, file_type.column(column).unwrap(), value);
            }
            details.name_lines();
            assert_eq!(details.fields[column], shown, "{values:?}");
        }
    }
}
