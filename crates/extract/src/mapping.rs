//! A mapping to start from: what would be taken for what without one.
//!
//! Not for: what a mapping is (`domain::Mapping`). A mapping names a field of the type or nothing;
//! [`crate::Refusal::UnknownMappedField`] ends a reading with any other.

use domain::{FieldSource, FileType, Mapping};

use crate::error::Refusal;
use crate::fields::Field;
use crate::headers::Matcher;

/// A mapping to be edited: recognised headers with their field, the others with nothing, and the fields that
/// the file lacks and that are taken from others.
pub fn suggested_mapping(file_type: FileType, headers: &[String]) -> Mapping {
    let mut header =
        Matcher::with_known_names(file_type).header(0, headers.iter().map(String::as_str));
    header.derive(file_type);
    let columns = header.columns.iter().filter(|column| !column.name.is_empty());
    let columns = columns.map(|column| {
        let field = column.fields.first().map(|field| field.name().to_owned());
        (column.name.clone(), field.unwrap_or_default())
    });
    let source = |field: Field| FieldSource::SameAs { field: field.name().to_owned() };
    let derived = header.derived.iter();
    let fields = derived.map(|of| (of.field.name().to_owned(), source(of.from)));
    Mapping { columns: columns.collect(), fields: fields.collect() }
}

/// The names of these columns in a mapping, in their order; empty for one that it cannot name.
pub fn column_names(file_type: FileType, headers: &[String]) -> Vec<String> {
    let columns = Matcher::with_known_names(file_type).columns(headers.iter().map(String::as_str));
    columns.into_iter().map(|column| column.name).collect()
}

/// Refuses a mapping that no file could be read by: it names what is no field of the type, or builds one of
/// columns that it cannot be built of.
pub fn check_mapping(file_type: FileType, mapping: &Mapping) -> Result<(), Refusal> {
    Matcher::new(file_type, Some(mapping)).map(drop)
}
