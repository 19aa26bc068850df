//! The beginning of a file, for whoever says which column holds what.
//!
//! Not for: reading it. A file whose header is not recognised has one all the same here: its first
//! record, as that is what a mapping has to name.

use std::io::{Read, Seek};

use domain::{FieldSource, FileType, Preview, PreviewedColumn, PreviewedField};

use crate::error::{ReadError, Refusal};
use crate::fields::Field;
use crate::headers::{Header, Matcher, Source, numbered};
use crate::identifiers::join;
use crate::limits::HEADER_SEARCH_RECORDS;
use crate::options::Options;
use crate::problem::shown;
use crate::record::{Record, first_records};

/// The columns and so many rows. [`ReadError::Refused`] when the file cannot be read at all.
pub fn preview<R: Read + Seek>(
    source: R,
    options: &Options<'_>,
    rows: usize,
) -> Result<Preview, ReadError> {
    let matcher = Matcher::new(options.file_type, options.mapping)?;
    let most = HEADER_SEARCH_RECORDS + rows;
    let records = first_records(crate::source::open(source, options, &matcher)?.as_mut(), most)?;
    let top = records.first().ok_or(Refusal::Empty)?;
    let mut header = matcher
        .find(records.iter().take(HEADER_SEARCH_RECORDS).map(Record::cells))
        .unwrap_or_else(|| matcher.header(0, top.cells()));
    if !options.rules.is_strict {
        header.derive(options.file_type);
    }
    if let Some(text) = options.numbered_as() {
        header.number_rows(options.file_type, text);
    }
    let row = |record: &Record| {
        let cells = header.columns.iter().enumerate();
        cells
            .map(|(place, column)| shown(record.cell(place).trim(), column.field))
            .collect::<Vec<_>>()
    };
    let rows: Vec<&Record> = records.iter().skip(header.index + 1).take(rows).collect();
    Ok(Preview {
        fields: fields(options.file_type, &header, &rows),
        rows: rows.into_iter().map(row).collect(),
        columns: header
            .columns
            .iter()
            .map(|column| PreviewedColumn {
                header: column.header.clone(),
                name: column.name.clone(),
                field: column.field.map(|field: Field| field.name().to_owned()),
                identifier_part: column.part,
            })
            .collect(),
        refusal: None,
    })
}

/// Every field of the type with what it is read from.
fn fields(file_type: FileType, header: &Header, rows: &[&Record]) -> Vec<PreviewedField> {
    let name = |position: &usize| header.columns[*position].name.clone();
    let derived = |field: Field| header.derived.iter().find(|derivation| derivation.field == field);
    let written = |source: &Source| match source {
        Source::Column(position) | Source::InBaseCurrency { of: position, .. } => {
            FieldSource::Column(name(position))
        }
        Source::Built(positions) => FieldSource::Columns(positions.iter().map(name).collect()),
        Source::Sides([credits, _]) => FieldSource::Column(name(credits)),
        Source::Constant(text) => FieldSource::Constant { constant: text.clone() },
        Source::Numbered(text) => FieldSource::Constant { constant: format!("{text}:…") },
    };
    let value = |source: &Source, record: &Record, field: Field| {
        let mut joined = String::new();
        let text = match source {
            Source::Column(position) | Source::InBaseCurrency { of: position, .. } => {
                record.cell(*position).trim()
            }
            Source::Built(positions) => {
                join(record, positions, &mut joined).map_or("", |()| joined.as_str())
            }
            Source::Sides(positions) => {
                let mut cells = positions.iter().map(|position| record.cell(*position).trim());
                cells.find(|cell| !cell.is_empty()).unwrap_or_default()
            }
            Source::Constant(text) => text,
            Source::Numbered(text) => {
                joined = numbered(text, record.line);
                &joined
            }
        };
        shown(text, Some(field))
    };
    Field::all(file_type)
        .map(|field| PreviewedField {
            field: field.described(),
            source: match header.same_as(field) {
                Some(other) => Some(FieldSource::SameAs { field: other.name().to_owned() }),
                None => header.source(field).map(written),
            }
            .filter(|_| header.source(field).is_some()),
            is_derived: derived(field).is_some(),
            values: match header.source(field) {
                Some(source) => rows.iter().map(|row| value(source, row, field)).collect(),
                None => Vec::new(),
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use domain::{FileFormat, FileType};

    use super::*;

    fn previewed(text: &str) -> Result<Preview, ReadError> {
        let options = Options::new(FileType::Transactions, FileFormat::Csv);
        preview(Cursor::new(text.as_bytes().to_vec()), &options, 2)
    }

    #[test]
    fn the_header_is_found_or_is_the_first_record() {
        let known = "Report of today\nUnique ID,Invoice Amount,Colour\n1,2.50,red\n2,3,\n3,4,\n";
        let preview = previewed(known).unwrap();
        let fields: Vec<bool> =
            preview.columns.iter().map(|column| column.field.is_some()).collect();
        assert_eq!(fields, [true, true, false]);
        assert_eq!(preview.rows, [["1", "2.50", "red"], ["2", "3", ""]]);

        let sources: Vec<_> =
            preview.fields.iter().filter(|field| field.source.is_some()).collect();
        let shown = |field: &&PreviewedField| {
            let source = field.source.as_ref().map(ToString::to_string).unwrap_or_default();
            (field.field.name, source, field.is_derived, field.values.join(" "))
        };
        assert_eq!(
            sources.iter().map(shown).collect::<Vec<_>>(),
            [
                ("unique_id", "Unique ID".to_owned(), false, "1 2".to_owned()),
                ("invoice_amount", "Invoice Amount".to_owned(), false, "2.50 3".to_owned()),
                ("base_amount", "the field invoice_amount".to_owned(), true, "2.50 3".to_owned()),
            ]
        );

        let unknown = previewed("Nr;Betr\n1;2,50\n").unwrap();
        assert!(unknown.columns.iter().all(|column| column.field.is_none()));
        assert!(matches!(previewed(""), Err(ReadError::Refused(Refusal::Empty))));
    }
}
