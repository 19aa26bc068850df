//! A unit's own word on which column holds which field; it wins over the names we know.
//!
//! Not for: the names we know (`fields`). Invariant: a mapping names a field of the type or nothing;
//! [`crate::Refusal::UnknownMappedField`] ends a reading with any other.

use std::collections::{BTreeMap, HashSet};

use domain::FileType;
use serde::{Deserialize, Serialize};

use crate::headers::{Matcher, normal};

/// Header to field name, as a TOML table:
///
/// ```toml
/// [columns]
/// "Rechnungsnummer" = "invoice_number"
/// "Reference" = ""   # kept as text, whatever it looks like
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Headers are compared as always: without case, blanks and punctuation.
    pub columns: BTreeMap<String, String>,
}

impl Mapping {
    /// What would be taken for what without a mapping, to be edited: recognised headers with their
    /// field, the others with nothing.
    pub fn suggest(file_type: FileType, headers: &[String]) -> Self {
        let matcher = Matcher::of_known_names(file_type);
        let mut named = HashSet::new();
        let columns = matcher
            .columns(headers.iter().map(String::as_str))
            .into_iter()
            // Of columns with one name a mapping speaks once, and the first is the one that is used.
            .filter(|column| !column.header.is_empty() && named.insert(normal(&column.header)))
            .map(|column| {
                let field = column.field.map(|field| field.name().to_owned());
                (column.header, field.unwrap_or_default())
            })
            .collect();
        Self { columns }
    }
}
