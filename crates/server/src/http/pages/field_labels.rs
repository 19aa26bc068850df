//! What the columns of the ledgers are called on the pages, and in which order they are read.
//!
//! Not for: their values (`ledger::fields`).
//!
//! Invariant: a column has one label wherever it stands; one that is not known here is shown all the same,
//! its own word made readable, after the others.

use std::borrow::Cow;

use super::words;

/// Columns in the order in which they are read, those of the three ledgers one after the other.
const LABELS: [(&str, &str); 58] = [
    ("unique_id", "Unique ID"),
    ("invoice_number", "Invoice number"),
    ("supplier_name", "Supplier"),
    ("supplier_ref", "Supplier ref"),
    ("employee_id", "Employee ID"),
    ("full_name", "Name"),
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("department", "Department"),
    ("invoice_amount", "Invoice amount"),
    ("invoice_amount_currency", "Invoice currency"),
    ("base_amount", "Base amount"),
    ("base_amount_currency", "Base currency"),
    ("lines", "Lines added up"),
    ("invoice_date", "Invoice date"),
    ("received_date", "Received"),
    ("entered_date", "Keyed"),
    ("user_id", "Keyed by"),
    ("due_date", "Due"),
    ("paid_date", "Paid"),
    ("payment_cleared_date", "Cleared"),
    ("payment_type", "Payment type"),
    ("status", "Status"),
    ("description", "Description"),
    ("po_number", "PO number"),
    ("start_date", "Started"),
    ("leave_date", "Left"),
    ("site_ref", "Site"),
    ("address_line_1", "Address"),
    ("address_line_2", "Address line 2"),
    ("address_line_3", "Address line 3"),
    ("address_line_4", "Address line 4"),
    ("town", "Town"),
    ("postcode", "Postcode"),
    ("country", "Country"),
    ("telephone", "Telephone"),
    ("mobile", "Mobile"),
    ("email", "E-mail"),
    ("website", "Website"),
    ("vat_number", "VAT number"),
    ("tax_id", "Tax ID"),
    ("tax_number", "Tax number"),
    ("company_registration_number", "Company number"),
    ("bank_account_name", "Bank account name"),
    ("sort_code", "Sort code"),
    ("account_number", "Account number"),
    ("iban", "IBAN"),
    ("bic", "BIC"),
    ("currency", "Currency"),
    ("payment_terms", "Payment terms"),
    ("created_date", "Created"),
    ("modified_date", "Changed"),
    ("one_time", "One-time"),
    ("org_group_ref", "Group ref"),
    ("org_group_name", "Group"),
    ("scanned_image", "Image"),
    ("erp_id", "ERP ID"),
    ("extra", "Other columns"),
];

pub(crate) fn label(column: &str) -> Cow<'static, str> {
    let known = LABELS.iter().find(|(known, _)| *known == column);
    known.map_or_else(|| Cow::Owned(in_words(column)), |(_, label)| Cow::Borrowed(*label))
}

/// Where a column stands among the others.
pub(crate) fn place(column: &str) -> usize {
    LABELS.iter().position(|(known, _)| *known == column).unwrap_or(LABELS.len())
}

/// `misread_character` to `Misread character`.
pub(crate) fn in_words(word: &str) -> String {
    words::capital(&word.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_one_label_and_one_place() {
        for (at, (column, text)) in LABELS.into_iter().enumerate() {
            assert_eq!((place(column), label(column).as_ref()), (at, text), "{column}");
            let same = LABELS.iter().filter(|(_, other)| *other == text).count();
            assert_eq!(same, 1, "{text}");
        }
        assert_eq!(label("something_new"), "Something new");
        assert_eq!(place("something_new"), LABELS.len());
        assert_eq!(in_words(""), "");
    }
}
