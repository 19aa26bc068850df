//! What kinds, states and fields are called on the pages.
//!
//! Invariant: whatever is not known here is still shown, with its own word made readable.

use domain::FileType;
use domain::finding::FindingState;

/// States of all checks, in the order in which they are offered.
pub(super) const STATES: [(FindingState, &str); 4] = [
    (FindingState::Open, "Open"),
    (FindingState::Duplicate, "Duplicate, or a real risk"),
    (FindingState::NotDuplicate, "Not a duplicate, or innocent"),
    (FindingState::NeedsInformation, "Needs information"),
];

/// How the checks that look for duplicates begin; others look for risks.
const DUPLICATES: &str = "duplicate_";

/// Fields in the order in which they are read, with their labels where [`in_words`] is not enough.
const FIELDS: [(&str, &str); 42] = [
    ("invoice_number", ""),
    ("invoice_date", ""),
    ("invoice_amount", ""),
    ("invoice_amount_currency", "Invoice currency"),
    ("base_amount", ""),
    ("base_amount_currency", "Base currency"),
    ("supplier_ref", "Supplier reference"),
    ("supplier_name", "Supplier"),
    ("description", ""),
    ("po_number", "Order number"),
    ("status", ""),
    ("received_date", "Received"),
    ("entered_date", "Keyed"),
    ("due_date", "Due"),
    ("paid_date", "Paid"),
    ("payment_type", "Paid by"),
    ("user_id", "Keyed by"),
    ("org_group_ref", "Group reference"),
    ("org_group_name", "Group"),
    ("site_ref", "Site"),
    ("scanned_image", "Image"),
    ("address_line_1", "Address"),
    ("address_line_2", ""),
    ("town", ""),
    ("postcode", ""),
    ("country", ""),
    ("telephone", ""),
    ("email", "E-mail"),
    ("vat_number", "VAT number"),
    ("company_registration_number", "Company number"),
    ("sort_code", ""),
    ("account_number", ""),
    ("iban", "IBAN"),
    ("bic", "BIC"),
    ("created_date", "Created"),
    ("modified_date", "Changed"),
    ("first_name", ""),
    ("last_name", ""),
    ("full_name", "Name"),
    ("department", ""),
    ("start_date", "Started"),
    ("leave_date", "Left"),
];

/// What a state is called on a finding of this check.
pub(super) fn state_words(state: FindingState, check: &str) -> &'static str {
    match (state, check.starts_with(DUPLICATES)) {
        (FindingState::Open, _) => "open",
        (FindingState::Duplicate, true) => "duplicate",
        (FindingState::Duplicate, false) => "real risk",
        (FindingState::NotDuplicate, true) => "not a duplicate",
        (FindingState::NotDuplicate, false) => "innocent",
        (FindingState::NeedsInformation, _) => "needs information",
    }
}

pub(super) const fn state_tone(state: FindingState) -> &'static str {
    match state {
        FindingState::Open => "",
        FindingState::Duplicate => "risk",
        FindingState::NotDuplicate => "done",
        FindingState::NeedsInformation => "caution",
    }
}

pub(super) fn field_label(field: &str) -> String {
    let known = FIELDS.iter().find(|(known, _)| *known == field);
    match known {
        Some((_, label)) if !label.is_empty() => (*label).to_owned(),
        _ => in_words(field),
    }
}

/// Where a field stands among the others; what is not known comes last.
pub(super) fn field_place(field: &str) -> usize {
    FIELDS.iter().position(|(known, _)| *known == field).unwrap_or(FIELDS.len())
}

pub(super) const fn row_word(ledger: FileType) -> &'static str {
    match ledger {
        FileType::Transactions => "Transaction",
        FileType::Suppliers => "Supplier",
        FileType::Employees => "Employee",
    }
}

/// `misread_character` to `Misread character`.
pub(super) fn in_words(word: &str) -> String {
    capital(&word.replace('_', " "))
}

pub(super) fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_shown_all_the_same() {
        assert_eq!(
            (field_label("iban"), field_label("base_amount")),
            ("IBAN".into(), "Base amount".into())
        );
        assert_eq!(field_label("something_new"), "Something new");
        assert!(field_place("something_new") > field_place("leave_date"));
        assert_eq!(in_words(""), "");
        for (check, words) in [("duplicate_suppliers", "duplicate"), ("invalid_iban", "real risk")]
        {
            assert_eq!(state_words(FindingState::Duplicate, check), words);
        }
    }
}
