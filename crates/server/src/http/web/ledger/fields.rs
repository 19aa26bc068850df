//! How the values of a ledger's rows are written, and which of them are masked for whom.
//!
//! Invariant: an account is shown whole to nobody who did not just ask for it; of employees whatever is not
//! known to be harmless is personal, so a column that is new is masked.

use domain::finding::{Amount, Money};
use domain::ledger_view::LedgerRow;
use domain::{FileType, MemberRole};
use jiff::civil::Date;

use crate::http::web::words;

/// How much of what is personal somebody is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Names as initials, accounts by their end, nothing else.
    Masked,
    /// All but accounts, which are shown by their end.
    Accountless,
    /// Everything: somebody pressed *Show*, and the audit log knows.
    Whole,
}

/// What a value is to somebody who may not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    /// A person's name.
    Name,
    /// Enough to pay to, or to pass for somebody.
    Account,
    /// Anything else about a person.
    Personal,
}

/// A field, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) label: String,
    pub(crate) value: String,
}

const DIGITS_SHOWN: usize = 4;
/// In the place of what is not shown.
const HIDDEN: &str = "hidden";
/// What stands in columns that no field is known for, as JSON.
const EXTRA: &str = "extra";

/// Words whose letters are not just capitalised.
const LABELS: [(&str, &str); 13] = [
    ("bic", "BIC"),
    ("email", "E-mail"),
    ("erp_id", "ERP ID"),
    ("employee_id", "Employee ID"),
    ("extra", "Other columns"),
    ("iban", "IBAN"),
    ("po_number", "PO number"),
    ("site_ref", "Site"),
    ("supplier_ref", "Supplier ref"),
    ("tax_id", "Tax ID"),
    ("unique_id", "Unique ID"),
    ("user_id", "User ID"),
    ("vat_number", "VAT number"),
];
/// In which order a row's page shows them; the others follow by their names.
const FIRST: [&str; 27] = [
    "unique_id",
    "invoice_number",
    "supplier_name",
    "supplier_ref",
    "invoice_amount",
    "base_amount",
    "invoice_date",
    "received_date",
    "entered_date",
    "due_date",
    "paid_date",
    "payment_cleared_date",
    "status",
    "description",
    "employee_id",
    "full_name",
    "first_name",
    "last_name",
    "department",
    "start_date",
    "leave_date",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "address_line_4",
    "town",
    "postcode",
];

impl Sight {
    pub(crate) fn of(role: MemberRole) -> Self {
        if role.sees_personal_data() { Self::Accountless } else { Self::Masked }
    }
}

/// As people call a column.
pub(crate) fn label(column: &str) -> String {
    if let Some((_, label)) = LABELS.iter().find(|(known, _)| *known == column) {
        return (*label).to_owned();
    }
    let words = column.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The value of a column for this sight; empty where the row has nothing.
pub(crate) fn shown(file_type: FileType, row: &LedgerRow, column: &str, sight: Sight) -> String {
    let Some(value) = row.fields.get(column) else { return String::new() };
    if let Some(currency) = currency_of(column) {
        return money(value, row.fields.get(currency));
    }
    masked(kind(file_type, column), value, sight)
}

/// A value that stands in no row of its own.
pub(crate) fn shown_value(file_type: FileType, column: &str, value: &str, sight: Sight) -> String {
    masked(kind(file_type, column), value, sight)
}

/// What somebody is called.
pub(crate) fn person(row: &LedgerRow, sight: Sight) -> String {
    let field = |name: &str| row.fields.get(name).map(String::as_str).unwrap_or_default();
    let name = match field("full_name") {
        "" => format!("{} {}", field("first_name"), field("last_name")),
        full => full.to_owned(),
    };
    masked(Kind::Name, name.trim(), sight)
}

/// All fields of a row that hold something, those that matter first.
pub(crate) fn all(file_type: FileType, row: &LedgerRow, sight: Sight) -> Vec<Shown> {
    let place = |column: &str| FIRST.iter().position(|known| *known == column);
    let mut columns: Vec<&String> = row
        .fields
        .iter()
        .filter(|(column, value)| !value.is_empty() && !column.starts_with('_'))
        .filter(|(column, _)| !is_shown_with_another(row, column))
        .map(|(column, _)| column)
        .collect();
    columns.sort_by_key(|column| place(column).unwrap_or(FIRST.len()));
    let one = |column: &String| Shown {
        label: label(column),
        value: shown(file_type, row, column, sight),
    };
    columns.into_iter().map(one).collect()
}

/// `2026-11-23` as people write it; any other text as it is.
pub(crate) fn day(text: &str) -> String {
    text.parse::<Date>()
        .map_or_else(|_no_date| text.to_owned(), |date| date.strftime("%-d %b %Y").to_string())
}

/// Whether something of a row like this is kept back.
pub(crate) fn hides_anything(file_type: FileType, row: &LedgerRow, sight: Sight) -> bool {
    row.fields.iter().any(|(column, value)| {
        let kind = kind(file_type, column);
        !value.is_empty() && masked(kind, value, sight) != masked(kind, value, Sight::Whole)
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

fn currency_of(column: &str) -> Option<&'static str> {
    match column {
        "base_amount" => Some("base_amount_currency"),
        "invoice_amount" => Some("invoice_amount_currency"),
        _ => None,
    }
}

fn money(value: &str, currency: Option<&String>) -> String {
    let amount: Result<Amount, _> = value.parse();
    amount.map_or_else(
        |_no_amount| value.to_owned(),
        |amount| words::money(&Money { amount, currency: currency.cloned() }),
    )
}

fn kind(file_type: FileType, column: &str) -> Kind {
    match (file_type, column) {
        (_, "sort_code" | "account_number" | "iban")
        // They may hold anything, an account among it.
        | (FileType::Suppliers | FileType::Employees, EXTRA | "tax_number") => Kind::Account,
        (_, "bank_account_name")
        | (FileType::Employees, "first_name" | "last_name" | "full_name") => Kind::Name,
        (FileType::Transactions, EXTRA)
        | (FileType::Suppliers, "telephone" | "email" | "bic" | "tax_id") => Kind::Personal,
        (FileType::Transactions | FileType::Suppliers, _)
        | (
            FileType::Employees,
            "employee_id" | "department" | "start_date" | "leave_date" | "org_group_ref" | "erp_id",
        ) => Kind::Plain,
        (FileType::Employees, _) => Kind::Personal,
    }
}

fn masked(kind: Kind, value: &str, sight: Sight) -> String {
    match (kind, sight) {
        _ if value.is_empty() => String::new(),
        (Kind::Plain, _)
        | (_, Sight::Whole)
        | (Kind::Name | Kind::Personal, Sight::Accountless) => day(value),
        (Kind::Name, Sight::Masked) => initials(value),
        (Kind::Personal, Sight::Masked) => HIDDEN.to_owned(),
        (Kind::Account, Sight::Masked | Sight::Accountless) => end_of(value),
    }
}

/// `…2491`: enough to tell two apart, not enough to pay to. What is not much longer shows nothing.
fn end_of(account: &str) -> String {
    let signs: Vec<char> = account.chars().filter(|sign| sign.is_alphanumeric()).collect();
    // JSON ends in its last value, which may be short.
    if account.starts_with('{') || signs.len() <= DIGITS_SHOWN {
        return HIDDEN.to_owned();
    }
    format!("…{}", signs[signs.len() - DIGITS_SHOWN..].iter().collect::<String>())
}

/// `A. S.`
fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    let initials: Vec<String> =
        letters.map(|letter| letter.to_uppercase().chain(['.']).collect()).collect();
    initials.join(" ")
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
    fn what_is_personal_is_masked_by_sight() {
        use FileType::{Employees, Suppliers, Transactions};
        for (file_type, column, value, viewer, analyst) in [
            (Suppliers, "iban", "GB33 BUKB 2020 1555 55", "…5555", "…5555"),
            (Suppliers, "account_number", "123", "hidden", "hidden"),
            (Suppliers, "email", "pay@acme.example", "hidden", "pay@acme.example"),
            (Suppliers, "town", "Leeds", "Leeds", "Leeds"),
            (Suppliers, "created_date", "2026-03-01", "1 Mar 2026", "1 Mar 2026"),
            (Suppliers, "extra", r#"{"Konto":"12345678"}"#, "hidden", "hidden"),
            (Employees, "last_name", "van Dyke", "V. D.", "van Dyke"),
            (Employees, "department", "Finance", "Finance", "Finance"),
            (Employees, "town", "Leeds", "hidden", "Leeds"),
            (Employees, "shoe_size", "42", "hidden", "42"),
            (Employees, "tax_number", "QQ123456C", "…456C", "…456C"),
            (Transactions, "supplier_name", "Öz Ltd", "Öz Ltd", "Öz Ltd"),
        ] {
            let row = row(&[(column, value)]);
            let shown = |sight| shown(file_type, &row, column, sight);
            assert_eq!(shown(Sight::Masked), viewer, "{column}");
            assert_eq!(shown(Sight::Accountless), analyst, "{column}");
            assert_eq!(shown(Sight::Whole), day(value), "{column}");
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
        let shown = all(FileType::Transactions, &row, Sight::Masked);
        let shown: Vec<_> =
            shown.iter().map(|one| (one.label.as_str(), one.value.as_str())).collect();
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
            assert_eq!(person(&row, Sight::Masked), viewer);
            assert_eq!(person(&row, Sight::Accountless), analyst);
        }
    }
}
