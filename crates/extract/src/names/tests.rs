//! The tables name fields that exist, no name leads to two of them, and headers of each system are
//! understood.

use std::collections::BTreeMap;

use super::*;
use crate::headers::Matcher;

#[test]
fn every_table_names_fields_that_exist_and_no_name_twice() {
    for table in TABLES {
        for file_type in FileType::ALL {
            let section = table.section(file_type);
            let mut seen = BTreeMap::new();
            let not_ours = section.not_ours.iter().map(|name| ("", name));
            let fields = section.fields.iter();
            let ours = fields.flat_map(|(field, names)| names.iter().map(|name| (*field, name)));
            for (field, name) in ours.chain(not_ours) {
                let is_field = field.is_empty() || Field::named(file_type, field).is_some();
                assert!(is_field, "{} {file_type}: there is no {field}", table.name);
                assert!(!normal(name).is_empty(), "{} {file_type}: {name:?}", table.name);
                let earlier = seen.insert(normal(name), (field, name));
                assert_eq!(earlier, None, "{} {file_type}: {name} twice", table.name);
            }
        }
    }
}

/// Names that hold everywhere must not lead to two fields, whichever of these tables they stand in.
#[test]
fn general_names_and_those_of_languages_mean_one_field() {
    for file_type in FileType::ALL {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for field in Field::all(file_type) {
            for name in [field.name(), field.title()] {
                let earlier = seen.insert(normal(name), field.name());
                assert!(earlier.is_none_or(|e| e == field.name()), "{file_type}: {name}");
            }
        }
        for table in TABLES.iter().filter(|table| table.kind != TableKind::System) {
            for (field, names) in table.section(file_type).fields {
                for name in names.iter().flat_map(|name| spellings(name)) {
                    let earlier = seen.insert(name.clone(), field);
                    let is_one = earlier.is_none_or(|earlier| earlier == *field);
                    assert!(
                        is_one,
                        "{} {file_type}: {name} is {earlier:?} and {field}",
                        table.name
                    );
                }
            }
        }
    }
}

/// Line, system, file type, and the columns with their fields.
type HeaderRow = (usize, &'static str, FileType, Vec<(&'static str, &'static str)>);

/// The rows of `header_rows.txt`: line, system, file type, and the columns with their fields.
fn header_rows() -> Vec<HeaderRow> {
    let lines = include_str!("tests/header_rows.txt").lines().enumerate();
    let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut rows = Vec::new();
    while let (Some((number, title)), Some((_, row))) = (lines.next(), lines.next()) {
        let (system, file_type) = title.split_once(" | ").expect("a system and a file type");
        let file_type = file_type.parse().expect("a file type");
        let column = |column: &'static str| column.rsplit_once('=').unwrap_or((column, ""));
        rows.push((number + 1, system, file_type, row.split(" | ").map(column).collect()));
    }
    rows
}

#[test]
fn header_rows_are_understood_as_their_systems_write_them() {
    let mut wrong = Vec::new();
    for (line, system, file_type, row) in header_rows() {
        let header = Matcher::with_known_names(file_type).header(0, row.iter().map(|(h, _)| *h));
        let recognised = header.system.as_deref().unwrap_or("-");
        if recognised != system {
            wrong.push(format!("{line}: {system} is taken for {recognised}"));
        }
        for ((name, field), column) in row.iter().zip(&header.columns) {
            let taken = column.field.map_or("", Field::name);
            if taken != *field {
                wrong.push(format!("{line}: {name} of {system} is {field}, taken for {taken}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_system_has_a_header_row() {
    let rows = header_rows();
    for table in TABLES.iter().filter(|table| table.kind == TableKind::System) {
        assert!(rows.iter().any(|(_, system, ..)| *system == table.name), "{}", table.name);
    }
}

/// Headers that are none of ours stand in anybody's ledger; they must not decide what `Amount` is.
#[test]
fn a_system_is_one_only_where_it_explains_more_fields_than_the_general_names() {
    let known = ["Unique ID", "Invoice Number", "Amount", "Invoice Date", "Supplier Name"];
    for table in TABLES.iter().filter(|table| table.kind == TableKind::System) {
        let not_ours = table.section(FileType::Transactions).not_ours;
        let names = KnownNames::for_type(FileType::Transactions);
        let is_ours = |name: &&&str| in_general(names.meanings(name)).is_some();
        let not_ours = not_ours.iter().filter(|name| !is_ours(name)).take(12);
        let headers = known.iter().chain(not_ours).copied();
        let header = Matcher::with_known_names(FileType::Transactions).header(0, headers);
        assert_eq!(header.system, None, "{}", table.name);
        let amount = &header.columns[2];
        assert_eq!(amount.field.map(Field::name), Some("invoice_amount"), "{}", table.name);
    }
}
