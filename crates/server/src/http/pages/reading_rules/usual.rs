//! Fields that extracts often do not write, as people fill them.
//!
//! Not for: what the reader takes from another field by itself (`domain::columns`).

/// A field, and the one whose value is taken, the best first. Only a person can decide it, as checks find
/// less by such values.
pub(super) const BY_PEOPLE: [(&str, &str); 5] = [
    ("invoice_number", "unique_id"),
    ("invoice_date", "entered_date"),
    ("invoice_date", "received_date"),
    ("invoice_date", "paid_date"),
    ("invoice_date", "payment_cleared_date"),
];
