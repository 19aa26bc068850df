//! Whether a header has the columns that a file must have, and what a record without a header may show.

use domain::{ColumnKind, FieldSource, FileType};

use crate::error::{HiddenColumn, Refusal};
use crate::fields::Field;
use crate::headers::Header;
use crate::options::Options;
use crate::problem::shown;
use crate::record::Record;

/// Refuses a file that lacks mandatory columns, naming them all, and which of them a unit that is not strict
/// would do without.
pub(super) fn check_columns(options: &Options<'_>, header: &Header) -> Result<(), Refusal> {
    let file_type = options.file_type;
    let columns = header.columns.iter().filter(|column| !column.header.is_empty());
    let found = columns.map(|column| match column.name.as_str() {
        "" => column.header.clone(),
        name => name.to_owned(),
    });
    check_mapped(header, || found.clone().collect())?;
    let has = |field: Field| header.source(field).is_some();
    check_other_fields(options, has, || found.clone().collect())?;
    // What would follow from a column that is missing as well needs no naming.
    let follows =
        |field: Field| !options.rules.is_strict && field.derived_from().is_some_and(|of| !has(of));
    let missing: Vec<Field> = Field::all(file_type)
        .filter(|field| field.is_mandatory() && !has(*field) && !follows(*field))
        .collect();
    let mut names: Vec<String> = missing.iter().map(|field| field.title().to_owned()).collect();
    let groups = file_type.spec().alternatives;
    let has_named = |name: &&str| Field::named(file_type, name).is_some_and(has);
    let lacks_group = !groups.is_empty() && !groups.iter().any(|group| group.iter().all(has_named));
    if lacks_group {
        let title = |name: &&'static str| Field::named(file_type, name).map_or(*name, Field::title);
        let group =
            |names: &&[&'static str]| names.iter().map(title).collect::<Vec<_>>().join(" and ");
        names.push(groups.iter().map(group).collect::<Vec<_>>().join(" or "));
    }
    if names.is_empty() {
        return Ok(());
    }
    let derivable = header.derivations(file_type).into_iter();
    let derivable = derivable.map(|derivation| derivation.field.title().to_owned()).collect();
    let is_of_group = |field: Field| groups.iter().any(|group| group.contains(&field.name()));
    let is_wanted = |field: Field| missing.contains(&field) || (lacks_group && is_of_group(field));
    let hidden =
        header.hidden.iter().filter(|column| is_wanted(column.field) && !has(column.field));
    let hidden = hidden.map(|column| HiddenColumn {
        header: column.header.clone(),
        taken_for: column.taken_for.map(|field| field.title().to_owned()),
    });
    let hidden = hidden.collect();
    Err(Refusal::MissingColumns { names, found: found.collect(), derivable, hidden })
}

/// Refuses a file that lacks columns by which the mapping reads what must be there, or the identifier.
fn check_mapped(header: &Header, found: impl Fn() -> Vec<String>) -> Result<(), Refusal> {
    let is_needed = |field: Field| field.is_mandatory() || field.kind() == ColumnKind::Identifier;
    let Some(first) = header.missing_columns().find(|missing| is_needed(missing.field)) else {
        return Ok(());
    };
    let title = first.field.title().to_owned();
    if let Some(count) = first.namesakes.filter(|count| *count > 0) {
        return Err(Refusal::MissingNamesake { title, name: first.name.clone(), count });
    }
    let of_it = header.missing_columns().filter(|missing| missing.field == first.field);
    let missing = of_it.map(|missing| missing.name.clone()).collect();
    Err(Refusal::MissingMappedColumns { title, missing, found: found() })
}

/// Refuses a file whose mapping reads what must be there from a field that the file has no column for: the
/// column that is missing is that one's.
fn check_other_fields(
    options: &Options<'_>,
    has: impl Fn(Field) -> bool,
    found: impl Fn() -> Vec<String>,
) -> Result<(), Refusal> {
    let fields = options.mapping.into_iter().flat_map(|mapping| &mapping.fields);
    for (name, source) in fields {
        let FieldSource::SameAs { field: other } = source else { continue };
        let named = |name: &str| Field::named(options.file_type, name);
        let (Some(field), Some(other)) = (named(name), named(other)) else { continue };
        if field.is_mandatory() && !has(field) && !has(other) {
            let (title, other) = (field.title().to_owned(), other.title().to_owned());
            return Err(Refusal::MissingMappedField { title, other, found: found() });
        }
    }
    Ok(())
}

/// A record that was taken for a header, as a refusal may show it. Without a header nothing says what
/// is personal in it, and in transactions nothing is.
pub(super) fn shown_record(record: &Record, file_type: FileType) -> String {
    let text = record.cells().map(str::trim).collect::<Vec<_>>().join(", ");
    let personal = Field::all(file_type).find(|field| field.is_personal());
    shown(&text, personal)
}
