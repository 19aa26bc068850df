//! A finding as a letter to one of its suppliers tells it, and who that is.
//!
//! Invariant: it shows the invoices of that supplier only, without days and numbers that the extract does not
//! have.

use domain::FileType;
use domain::finding::{FindingRow, StoredFinding};

use crate::http::pages::derived_fields::DerivedFields;
use crate::http::pages::findings::of_supplier::supplier_reference;
use crate::http::pages::findings::timeline::supplier_names;

/// The kind of finding whose invoices are of suppliers that have nothing to do with one another.
const WRONG_SUPPLIER: &str = "wrong_supplier";

/// Who a letter goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Supplier {
    pub(super) name: String,
    pub(super) reference: String,
}

/// A finding as a letter to one of its suppliers tells it: its invoices of that supplier, without what the
/// extract does not have.
pub(super) struct Request {
    pub(super) found: StoredFinding,
    /// The other suppliers under whom the same was keyed.
    pub(super) others: Vec<Supplier>,
    /// The findings whose money it is too.
    pub(super) folded: Vec<StoredFinding>,
}

impl Request {
    pub(super) fn new(
        mut found: StoredFinding,
        named: &str,
        derived: &DerivedFields,
    ) -> (Supplier, Self) {
        let mut others = strangers(&found);
        let asked = others.iter().position(|other| other.reference == named).unwrap_or_default();
        let supplier = if others.is_empty() {
            supplier_of(&found)
        } else {
            let supplier = others.remove(asked);
            found.finding.rows.retain(|row| {
                row.fields.get("supplier_ref").is_some_and(|of| *of == supplier.reference)
            });
            supplier
        };
        for row in &mut found.finding.rows {
            leave_out_derived(row, derived);
        }
        (supplier, Self { found, others, folded: Vec::new() })
    }

    /// All findings that it is about, the one that asks first.
    pub(super) fn findings(&self) -> impl Iterator<Item = &StoredFinding> {
        std::iter::once(&self.found).chain(&self.folded)
    }
}

/// A day or a number that is taken from another field stands on no paper of the supplier's.
pub(super) fn leave_out_derived(row: &mut FindingRow, derived: &DerivedFields) {
    if row.ledger == FileType::Transactions {
        let is_of_paper = |column: &str| column.ends_with("_date") || column == "invoice_number";
        row.fields.retain(|column, _text| !is_of_paper(column) || derived.source(column).is_none());
    }
}

/// The supplier that a finding is about.
fn supplier_of(found: &StoredFinding) -> Supplier {
    let names = supplier_names(&found.finding.rows);
    let reference = supplier_reference(&found.finding).unwrap_or_default().to_owned();
    let name = names.into_iter().next().unwrap_or(&reference).to_owned();
    Supplier { name, reference }
}

/// The suppliers under whom one invoice was keyed, in the order of its rows; none where it is only one.
fn strangers(found: &StoredFinding) -> Vec<Supplier> {
    let mut strangers: Vec<Supplier> = Vec::new();
    for row in found.finding.rows.iter().filter(|_| found.finding.kind == WRONG_SUPPLIER) {
        let Some(reference) = row.fields.get("supplier_ref") else { continue };
        if strangers.iter().all(|known| known.reference != *reference) {
            let name = row.fields.get("supplier_name").unwrap_or(reference).clone();
            strangers.push(Supplier { name, reference: reference.clone() });
        }
    }
    if strangers.len() < 2 { Vec::new() } else { strangers }
}
