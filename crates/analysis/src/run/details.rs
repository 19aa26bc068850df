//! The fields that findings show of their rows, looked up once for all findings.
//!
//! Invariant: no more of an employee than who it is and where they work; of bank accounts the last digits.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use datafusion::arrow::compute::cast;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use domain::finding::Finding;
use domain::{Amount, FileType};

use crate::engine::{query_all, table_name};
use crate::error::Error;
use crate::schema::reference_field;

const TRANSACTION_FIELDS: &[&str] = &[
    "invoice_number",
    "invoice_date",
    "invoice_amount",
    "invoice_amount_currency",
    "base_amount",
    "base_amount_currency",
    "supplier_ref",
    "supplier_name",
    "description",
    "po_number",
    "status",
    "received_date",
    "entered_date",
    "due_date",
    "paid_date",
    "payment_type",
    "user_id",
    "org_group_ref",
    "org_group_name",
    "site_ref",
    "scanned_image",
];
const SUPPLIER_FIELDS: &[&str] = &[
    "supplier_name",
    "address_line_1",
    "address_line_2",
    "town",
    "postcode",
    "country",
    "telephone",
    "email",
    "vat_number",
    "company_registration_number",
    "sort_code",
    "account_number",
    "iban",
    "created_date",
    "modified_date",
    "status",
];
const EMPLOYEE_FIELDS: &[&str] =
    &["first_name", "last_name", "full_name", "department", "start_date", "leave_date"];
/// Shown by their last digits only.
const ACCOUNTS: &[&str] = &["sort_code", "account_number", "iban"];
const ACCOUNT_DIGITS_SHOWN: usize = 4;

/// Of employees never shown; that there is something is said.
const EMPLOYEE_WITHHELD: &[&str] = &[
    "address_line_1",
    "postcode",
    "telephone",
    "mobile",
    "email",
    "sort_code",
    "account_number",
    "iban",
];

type Fields = BTreeMap<String, String>;

/// What is shown of one row.
#[derive(Debug, Default)]
struct Shown {
    fields: Fields,
    /// An active row was read: what comes before it is how the supplier or employee was.
    is_active: bool,
    withheld: BTreeSet<&'static str>,
}

pub(super) async fn fill<'a>(
    session: &SessionContext,
    findings: impl Iterator<Item = &'a mut Finding>,
) -> Result<(), Error> {
    let mut findings: Vec<&mut Finding> = findings.collect();
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
        let mut known = look_up(session, file_type, ids).await?;
        if file_type == FileType::Suppliers {
            add_billed(session, &mut known).await?;
        }
        let rows = findings.iter_mut().flat_map(|finding| &mut finding.rows);
        for row in rows.filter(|row| row.ledger == file_type) {
            if let Some(shown) = known.get(&row.id) {
                // What the check itself says of a row goes before what one line of it says.
                let said = std::mem::replace(&mut row.fields, shown.fields.clone());
                row.fields.extend(said);
                row.withheld = shown.withheld.iter().map(|field| (*field).to_owned()).collect();
            }
        }
    }
    Ok(())
}

async fn look_up(
    session: &SessionContext,
    file_type: FileType,
    ids: Vec<String>,
) -> Result<HashMap<String, Shown>, Error> {
    let schema = Arc::new(Schema::new(vec![Field::new("wanted_id", DataType::Utf8, false)]));
    let column: ArrayRef = Arc::new(StringArray::from(ids));
    let wanted = RecordBatch::try_new(Arc::clone(&schema), vec![column])?;
    session.deregister_table("wanted")?;
    session.register_table("wanted", Arc::new(MemTable::try_new(schema, vec![vec![wanted]])?))?;
    let all = crate::schema::table_schema(file_type);
    let listed = fields_of(file_type).iter().filter(|field| all.column_with_name(field).is_some());
    let fields: Vec<&str> = listed.copied().collect();
    let withheld = withheld_of(file_type);
    let has: Vec<String> = withheld
        .iter()
        .map(|field| format!(", CASE WHEN {field} IS NOT NULL THEN 'yes' END"))
        .collect();
    let id = reference_field(file_type);
    let table = table_name(file_type);
    let order = if file_type.is_snapshot() { " ORDER BY _active" } else { "" };
    let active = if file_type.is_snapshot() { "_active" } else { "true" };
    let sql = format!(
        "SELECT {id}, {active}, {}{} FROM wanted JOIN {table} ON {id} = wanted_id{order}",
        fields.join(", "),
        has.concat()
    );
    let mut known: HashMap<String, Shown> = HashMap::new();
    for batch in query_all(session, &sql).await? {
        let texts: Vec<ArrayRef> = batch
            .columns()
            .iter()
            .map(|column| cast(column, &DataType::Utf8))
            .collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let id = texts[0].as_string::<i32>().value(row).to_owned();
            let entry = known.entry(id).or_default();
            if texts[1].as_string::<i32>().value(row) == "true" && !entry.is_active {
                entry.is_active = true;
                entry.fields.retain(|field, _| !ACCOUNTS.contains(&field.as_str()));
            }
            for (field, column) in fields.iter().zip(&texts[2..]) {
                let column = column.as_string::<i32>();
                if column.is_valid(row) {
                    note(&mut entry.fields, field, column.value(row));
                }
            }
            for (field, column) in withheld.iter().zip(&texts[2 + fields.len()..]) {
                if column.is_valid(row) {
                    entry.withheld.insert(field);
                }
            }
        }
    }
    Ok(known)
}

fn note(fields: &mut Fields, field: &str, value: &str) {
    let shown = match field {
        "invoice_amount" | "base_amount" => {
            // Lines of one invoice: its amount is their sum.
            let amount = |text: &str| -> i128 {
                let amount: Amount = text.parse().expect("ledgers hold amounts");
                amount.ten_thousandths().into()
            };
            let before = fields.get(field).map_or(0, |text| amount(text));
            Amount::nearest(before + amount(value)).to_string()
        }
        // A supplier has one of each site.
        _ if ACCOUNTS.contains(&field) => match (fields.get(field), masked(value)) {
            (Some(others), own) if others.split(", ").any(|other| other == own) => others.clone(),
            (Some(others), own) => format!("{others}, {own}"),
            (None, own) => own,
        },
        _ => value.to_owned(),
    };
    fields.insert(field.to_owned(), shown);
}

/// `…2491`: enough to compare two, not enough to pay to.
fn masked(account: &str) -> String {
    let digits: Vec<char> = account.chars().filter(|c| c.is_alphanumeric()).collect();
    let shown = digits.len().saturating_sub(ACCOUNT_DIGITS_SHOWN);
    format!("…{}", digits[shown..].iter().collect::<String>())
}

/// How much goes through a supplier, for what is about suppliers and not about an amount. The suppliers
/// looked up last are still in `wanted`.
async fn add_billed(
    session: &SessionContext,
    known: &mut HashMap<String, Shown>,
) -> Result<(), Error> {
    let sql = "SELECT supplier_ref, CAST(count(*) AS VARCHAR) AS invoices, money(sum(base_amount), min(base_amount_currency)) AS billed, \
        CAST(min(invoice_date) AS VARCHAR) AS first_invoice, CAST(max(invoice_date) AS VARCHAR) AS last_invoice \
        FROM wanted JOIN transactions ON supplier_ref = wanted_id GROUP BY supplier_ref";
    for batch in query_all(session, sql).await? {
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let text = |at: usize| {
                let column = batch.column(at).as_string::<i32>();
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            let Some(shown) = text(0).and_then(|id| known.get_mut(&id)) else { continue };
            for (at, field) in schema.fields().iter().enumerate().skip(1) {
                shown.fields.extend(text(at).map(|value| (field.name().clone(), value)));
            }
        }
    }
    for shown in known.values_mut() {
        shown.fields.entry("invoices".into()).or_insert_with(|| "0".into());
    }
    Ok(())
}

const fn withheld_of(file_type: FileType) -> &'static [&'static str] {
    match file_type {
        FileType::Employees => EMPLOYEE_WITHHELD,
        FileType::Transactions | FileType::Suppliers => &[],
    }
}

const fn fields_of(file_type: FileType) -> &'static [&'static str] {
    match file_type {
        FileType::Transactions => TRANSACTION_FIELDS,
        FileType::Suppliers => SUPPLIER_FIELDS,
        FileType::Employees => EMPLOYEE_FIELDS,
    }
}
