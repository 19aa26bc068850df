//! What the states of findings and the rows in them are called on the pages.
//!
//! Invariant: a state is called by what its check looks for.

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

/// Why a finding of this check is innocent most often.
pub(super) fn innocent_reasons(check: &str) -> &'static [&'static str] {
    match check {
        "duplicate_invoices" => &[
            "Recurring: rent or subscription",
            "Instalments of one order",
            "Separate deliveries",
            "Credited already",
        ],
        "bank_changed_then_paid" | "foreign_bank_account" | "shared_bank_account" => &[
            "Account confirmed by telephone, by a number known before",
            "Account of the same group",
        ],
        "employee_is_supplier" => &["Interest declared and approved", "Another person"],
        "duplicate_suppliers" | "look_alike_suppliers" => {
            &["Two firms, by the companies' register", "Two sites that are paid apart"]
        }
        _ => &[
            "Looked into and explained",
            "Agreed with purchasing",
            "Right in the supplier's papers",
        ],
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

pub(super) const fn row_word(ledger: FileType) -> &'static str {
    match ledger {
        FileType::Transactions => "Transaction",
        FileType::Suppliers => "Supplier",
        FileType::Employees => "Employee",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_called_by_what_the_check_looks_for() {
        for (check, words) in [("duplicate_suppliers", "duplicate"), ("invalid_iban", "real risk")]
        {
            assert_eq!(state_words(FindingState::Duplicate, check), words);
        }
    }
}
