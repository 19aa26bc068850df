//! The organisation: its groups, and the people who key.
//!
//! Not for: its suppliers and employees (`registry`).
//!
//! Invariant: the three groups are the same in every sample.

use super::names;
use super::rng::Rng;

pub(super) struct Group {
    pub(super) reference: &'static str,
    pub(super) name: &'static str,
    pub(super) erp: &'static str,
}

pub(super) const GROUPS: [Group; 3] = [
    Group { reference: "10", name: "Head Office", erp: "FIN-A" },
    Group { reference: "20", name: "Northern Division", erp: "FIN-A" },
    Group { reference: "30", name: "Western Division", erp: "FIN-B" },
];

/// The people who approve: each some suppliers, and none of them keys.
pub(super) const APPROVERS: [&str; 4] = ["MVORLAND", "PTESSIN", "JQUELBY", "RDAVENS"];

/// Somebody who keys invoices, each in their own way.
pub(super) struct User {
    pub(super) id: String,
    /// Leaves out what is neither letter nor digit in an invoice number.
    pub(super) skips_punctuation: bool,
    pub(super) shouts: bool,
    pub(super) skips_description: bool,
}

/// The people who key: more of them for more invoices, as offices have.
pub(super) fn users(rng: &mut Rng, invoices: u64) -> Vec<User> {
    /// The invoices that one person keys in three years.
    const KEYED: u64 = 20_000;
    (0..(6 + invoices / KEYED).min(60))
        .map(|number| User {
            id: format!("{}{}{number}", &names::first_name(rng)[..1], names::surname(rng))
                .to_uppercase(),
            skips_punctuation: number % 4 == 1,
            shouts: number % 3 == 1,
            skips_description: number % 5 == 2,
        })
        .collect()
}
