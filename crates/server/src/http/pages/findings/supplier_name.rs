//! The supplier that a finding is about, by name.

use domain::{FileType, Finding};

use super::timeline::supplier_names;

/// The supplier that the rows speak of; empty where it is none, or several.
pub(super) fn supplier_name(finding: &Finding) -> String {
    let names = supplier_names(&finding.rows);
    names.first().filter(|_| names.len() == 1).map(|name| (*name).to_owned()).unwrap_or_default()
}

/// The name of the supplier that the first row is or refers to, where it is one of several.
pub(super) fn one_of_suppliers(finding: &Finding) -> Option<String> {
    let own = finding.rows.iter().find(|row| row.ledger == FileType::Suppliers);
    let mut referring = finding.rows.iter().filter(|row| row.fields.contains_key("supplier_ref"));
    let name = own.or_else(|| referring.next())?.fields.get("supplier_name")?;
    (supplier_names(&finding.rows).len() > 1).then(|| name.clone())
}
