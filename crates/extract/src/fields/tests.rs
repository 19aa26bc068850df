//! The tables hold what the description of the files says, and no name leads to two fields.

use std::collections::BTreeMap;

use super::*;
use crate::headers::normal;

#[test]
fn every_mandatory_field_is_there() {
    let must = |file_type| -> Vec<_> {
        Field::all(file_type).filter(|f| f.is_mandatory()).map(Field::title).collect()
    };
    assert_eq!(
        must(FileType::Transactions),
        [
            "Unique ID",
            "Invoice Number",
            "Invoice Amount",
            "Base Amount",
            "Invoice Date",
            "Entered Date",
            "Supplier Name",
            "Supplier Ref"
        ]
    );
    assert_eq!(must(FileType::Suppliers), ["Supplier Ref", "Supplier Name"]);
    assert_eq!(must(FileType::Employees), ["Employee ID"]);
    let counts = FileType::ALL.map(|file_type| Field::all(file_type).len());
    assert_eq!(counts, [25, 32, 24]);
}

#[test]
fn no_name_leads_to_two_fields() {
    for file_type in FileType::ALL {
        let mut seen = BTreeMap::new();
        for field in Field::all(file_type) {
            let own = [normal(field.name()), normal(field.title())];
            let others = field.synonyms().map(str::to_owned);
            for name in own.into_iter().chain(others) {
                assert_eq!(name, normal(&name), "written as it is compared");
                let earlier = seen.insert(name.clone(), field.name());
                assert!(earlier.is_none_or(|e| e == field.name()), "{file_type}: {name}");
            }
        }
    }
}

#[test]
fn every_column_has_its_synonyms_in_its_place() {
    for file_type in FileType::ALL {
        let known = synonyms(file_type).iter().map(|(name, _)| *name);
        assert!(known.eq(Field::all(file_type).map(Field::name)), "{file_type}");
    }
}

#[test]
fn a_problem_shows_no_more_than_the_ledger_and_of_people_nothing() {
    for file_type in FileType::ALL {
        for field in Field::all(file_type) {
            let is_masked = file_type.sensitivity(field.name()) != Sensitivity::Plain;
            let is_of_people = file_type == FileType::Employees;
            let name = field.name();
            assert_eq!(field.is_personal(), is_masked || is_of_people, "{file_type} {name}");
        }
    }
}

#[test]
fn a_schema_has_every_field_and_where_rows_came_from() {
    for file_type in FileType::ALL {
        let schema = schema(file_type);
        assert_eq!(schema.fields().len(), Field::all(file_type).len() + 2);
        assert!(!schema.field_with_name(LINE_COLUMN).unwrap().is_nullable());
    }
}
