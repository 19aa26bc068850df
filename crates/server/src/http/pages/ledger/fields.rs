//! How the values of a ledger's rows are written.
//!
//! Not for: what is masked for whom (`domain::personal`), what a column is called (`field_labels`).

use std::borrow::Cow;

use domain::columns::currency_column;
use domain::ledger_view::LedgerRow;
use domain::{Amount, FileType, Money, Sensitivity, Visibility};

use crate::http::pages::{field_labels, format};

/// A field, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldText {
    pub(crate) label: Cow<'static, str>,
    pub(crate) value: String,
}

/// The value of a column for this visibility; empty where the row has nothing.
pub(crate) fn value_text(
    file_type: FileType,
    row: &LedgerRow,
    column: &str,
    visibility: Visibility,
) -> String {
    let Some(value) = row.fields.get(column) else { return String::new() };
    if let Some(currency) = currency_column(column) {
        return money(value, row.fields.get(currency));
    }
    masked(file_type.sensitivity(column), value, visibility)
}

/// A value that stands in no row of its own.
pub(crate) fn masked_text(
    file_type: FileType,
    column: &str,
    value: &str,
    visibility: Visibility,
) -> String {
    masked(file_type.sensitivity(column), value, visibility)
}

/// The name of an employee, masked for this visibility.
pub(crate) fn person_name(row: &LedgerRow, visibility: Visibility) -> String {
    let field = |name: &str| row.fields.get(name).map(String::as_str).unwrap_or_default();
    let name = match field("full_name") {
        "" => format!("{} {}", field("first_name"), field("last_name")),
        full => full.to_owned(),
    };
    Sensitivity::Name.masked(name.trim(), visibility).into_owned()
}

/// All fields of a row that hold something, those that matter first.
pub(crate) fn field_texts(
    file_type: FileType,
    row: &LedgerRow,
    visibility: Visibility,
) -> Vec<FieldText> {
    let mut columns: Vec<&String> = row
        .fields
        .iter()
        .filter(|(column, value)| !value.is_empty() && !column.starts_with('_'))
        .filter(|(column, _)| !is_shown_with_another(row, column))
        .map(|(column, _)| column)
        .collect();
    columns.sort_by_key(|column| file_type.reading_place(column));
    let one = |column: &String| FieldText {
        label: field_labels::label(column),
        value: value_text(file_type, row, column, visibility),
    };
    columns.into_iter().map(one).collect()
}

/// `2026-11-23` as people write it; any other text as it is.
pub(crate) fn day(text: &str) -> String {
    text.parse().map_or_else(|_no_date| text.to_owned(), format::day)
}

/// Tells whether something of a row like this is kept back.
pub(crate) fn hides_anything(file_type: FileType, row: &LedgerRow, visibility: Visibility) -> bool {
    row.fields.iter().any(|(column, value)| {
        file_type.sensitivity(column).masked(value, visibility) != value.as_str()
    })
}

/// Currencies stand with their amounts.
fn is_shown_with_another(row: &LedgerRow, column: &str) -> bool {
    let of = |amount: &str| row.fields.contains_key(amount);
    match column {
        "base_amount_currency" => of("base_amount"),
        "invoice_amount_currency" => of("invoice_amount"),
        _ => false,
    }
}

fn money(value: &str, currency: Option<&String>) -> String {
    let amount: Result<Amount, _> = value.parse();
    amount.map_or_else(
        |_no_amount| value.to_owned(),
        |amount| format::money(&Money { amount, currency: currency.cloned() }),
    )
}

fn masked(sensitivity: Sensitivity, value: &str, visibility: Visibility) -> String {
    day(&sensitivity.masked(value, visibility))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn row(fields: &[(&str, &str)]) -> LedgerRow {
        let fields: BTreeMap<String, String> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        LedgerRow { id: "1".to_owned(), is_active: None, fields }
    }

    #[test]
    fn values_are_masked_and_days_written_out() {
        use FileType::{Employees, Suppliers};
        for (file_type, column, value, viewer) in [
            (Suppliers, "iban", "GB33 BUKB 2020 1555 55", "…5555"),
            (Suppliers, "created_date", "2026-03-01", "1 Mar 2026"),
            (Employees, "last_name", "van Dyke", "V. D."),
            (Employees, "birth_date", "1990-03-01", "hidden"),
        ] {
            let row = row(&[(column, value)]);
            assert_eq!(value_text(file_type, &row, column, Visibility::Masked), viewer, "{column}");
            assert_eq!(
                value_text(file_type, &row, column, Visibility::Full),
                day(value),
                "{column}"
            );
            assert_eq!(hides_anything(file_type, &row, Visibility::Masked), viewer != day(value));
        }
    }

    #[test]
    fn a_row_is_shown_with_its_amounts_and_without_what_is_ours() {
        let row = row(&[
            ("_line", "7"),
            ("base_amount", "-4310.5"),
            ("base_amount_currency", "GBP"),
            ("invoice_amount", "what"),
            ("unique_id", "U1"),
            ("zebra_count", "3"),
            ("description", ""),
        ]);
        let shown = field_texts(FileType::Transactions, &row, Visibility::Masked);
        let shown: Vec<_> =
            shown.iter().map(|one| (one.label.as_ref(), one.value.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("Unique ID", "U1"),
                ("Invoice amount", "what"),
                ("Base amount", "\u{2212}£4,310.50"),
                ("Zebra count", "3")
            ]
        );
    }

    #[test]
    fn people_are_called_by_what_is_there() {
        for (fields, viewer, analyst) in [
            (&[("full_name", "Ann Bee Smith")][..], "A. B. S.", "Ann Bee Smith"),
            (&[("first_name", "Ann"), ("last_name", "Smith")], "A. S.", "Ann Smith"),
            (&[("last_name", "Smith")], "S.", "Smith"),
            (&[], "", ""),
        ] {
            let row = row(fields);
            assert_eq!(person_name(&row, Visibility::Masked), viewer);
            assert_eq!(person_name(&row, Visibility::AccountsMasked), analyst);
        }
    }
}
