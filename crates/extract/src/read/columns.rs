//! Whether a header has the columns that a file must have, and what a record without a header may show.

use domain::FileType;

use crate::error::Refusal;
use crate::fields::Field;
use crate::headers::Header;
use crate::problem::shown;
use crate::record::Record;

/// Refuses a file that lacks mandatory columns, naming them all.
pub(super) fn check_columns(file_type: FileType, header: &Header) -> Result<(), Refusal> {
    let columns = &header.columns;
    let found = columns.iter().map(|column| column.header.clone());
    let found = found.filter(|name| !name.is_empty());
    if let Some(built) = &header.built {
        let parts = header.parts(built).into_iter().zip(&built.headers);
        let missing: Vec<String> =
            parts.filter(|(at, _)| at.is_none()).map(|(_, name)| name.clone()).collect();
        if !missing.is_empty() {
            let (title, found) = (built.field.title().to_owned(), found.collect());
            return Err(Refusal::MissingParts { title, missing, found });
        }
    }
    let has = |field: Field| !header.positions(field).is_empty();
    let missing = Field::all(file_type).filter(|field| field.is_mandatory() && !has(*field));
    let mut names: Vec<String> = missing.map(|field| field.title().to_owned()).collect();
    let groups = file_type.spec().alternatives;
    let has_named = |name: &&str| Field::named(file_type, name).is_some_and(has);
    if !groups.is_empty() && !groups.iter().any(|group| group.iter().all(has_named)) {
        let title = |name: &&'static str| Field::named(file_type, name).map_or(*name, Field::title);
        let group =
            |names: &&[&'static str]| names.iter().map(title).collect::<Vec<_>>().join(" and ");
        names.push(groups.iter().map(group).collect::<Vec<_>>().join(" or "));
    }
    if names.is_empty() {
        return Ok(());
    }
    Err(Refusal::MissingColumns { names, found: found.collect() })
}

/// A record that was taken for a header, as a refusal may show it. Without a header nothing says what
/// is personal in it, and in transactions nothing is.
pub(super) fn shown_record(record: &Record, file_type: FileType) -> String {
    let text = record.cells().map(str::trim).collect::<Vec<_>>().join(", ");
    let personal = Field::all(file_type).find(|field| field.is_personal());
    shown(&text, personal)
}
