//! The fields that findings show of their rows, looked up once for all findings.
//!
//! Invariant: no more of an employee than who it is and where they work; of bank accounts the last digits.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use datafusion::arrow::compute::cast;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use domain::FileType;
use domain::finding::{Amount, Finding};

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

type Fields = BTreeMap<String, String>;

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
        let known = look_up(session, file_type, ids).await?;
        let rows = findings.iter_mut().flat_map(|finding| &mut finding.rows);
        for row in rows.filter(|row| row.ledger == file_type) {
            if let Some(fields) = known.get(&row.id) {
                row.fields.clone_from(fields);
            }
        }
    }
    Ok(())
}

async fn look_up(
    session: &SessionContext,
    file_type: FileType,
    ids: Vec<String>,
) -> Result<HashMap<String, Fields>, Error> {
    let schema = Arc::new(Schema::new(vec![Field::new("wanted_id", DataType::Utf8, false)]));
    let column: ArrayRef = Arc::new(StringArray::from(ids));
    let wanted = RecordBatch::try_new(Arc::clone(&schema), vec![column])?;
    session.deregister_table("wanted")?;
    session.register_table("wanted", Arc::new(MemTable::try_new(schema, vec![vec![wanted]])?))?;
    let all = crate::schema::table_schema(file_type);
    let listed = fields_of(file_type).iter().filter(|field| all.column_with_name(field).is_some());
    let fields: Vec<&str> = listed.copied().collect();
    let id = reference_field(file_type);
    let table = table_name(file_type);
    let order = if file_type.is_snapshot() { " ORDER BY _active" } else { "" };
    let sql = format!(
        "SELECT {id}, {} FROM {table} JOIN wanted ON {id} = wanted_id{order}",
        fields.join(", ")
    );
    let mut known: HashMap<String, Fields> = HashMap::new();
    for batch in query_all(session, &sql).await? {
        let texts: Vec<ArrayRef> = batch
            .columns()
            .iter()
            .map(|column| cast(column, &DataType::Utf8))
            .collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let id = texts[0].as_string::<i32>().value(row).to_owned();
            let entry = known.entry(id).or_default();
            for (field, column) in fields.iter().zip(&texts[1..]) {
                let column = column.as_string::<i32>();
                if column.is_valid(row) {
                    note(entry, field, column.value(row));
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
            let before = fields.get(field).and_then(|text| text.parse::<Amount>().ok());
            let (before, line) =
                (before.unwrap_or_default(), value.parse::<Amount>().unwrap_or_default());
            Amount::from_ten_thousandths(before.ten_thousandths() + line.ten_thousandths())
                .to_string()
        }
        _ if ACCOUNTS.contains(&field) => masked(value),
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

const fn fields_of(file_type: FileType) -> &'static [&'static str] {
    match file_type {
        FileType::Transactions => TRANSACTION_FIELDS,
        FileType::Suppliers => SUPPLIER_FIELDS,
        FileType::Employees => EMPLOYEE_FIELDS,
    }
}
