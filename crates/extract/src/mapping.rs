//! A mapping to start from: what would be taken for what without one.
//!
//! Not for: what a mapping is (`domain::Mapping`). A mapping names a field of the type or nothing;
//! [`crate::Refusal::UnknownMappedField`] ends a reading with any other.

use std::collections::HashSet;

use domain::{FileType, Mapping};

use crate::error::Refusal;
use crate::headers::{Matcher, normal};

/// A mapping to be edited: recognised headers with their field, the others with nothing.
pub fn suggested_mapping(file_type: FileType, headers: &[String]) -> Mapping {
    let matcher = Matcher::with_known_names(file_type);
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
    Mapping { columns, ..Mapping::default() }
}

/// Refuses a mapping that no file could be read by: it names what is no field of the type, or builds one of
/// columns that it cannot be built of.
pub fn check_mapping(file_type: FileType, mapping: &Mapping) -> Result<(), Refusal> {
    Matcher::new(file_type, Some(mapping)).map(drop)
}
