//! What stands for a field that a system does not write, as people usually derive it.

/// A field, and the one it is the same as.
pub(super) const USUAL_DERIVATIONS: [(&str, &str); 3] = [
    ("entered_date", "invoice_date"),
    ("base_amount", "invoice_amount"),
    ("supplier_ref", "supplier_name"),
];
