//! The tables hold what the description of the files says, and no name leads to two fields.

use std::collections::BTreeMap;

use domain::Sensitivity;

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
fn what_is_masked_in_a_ledger_is_masked_in_a_problem() {
    // Shown in a ledger, where they are what they say; what a problem shows could not be read as that.
    let only_read = ["employee_id", "start_date", "leave_date"];
    for file_type in FileType::ALL {
        for field in Field::all(file_type) {
            let is_masked = Sensitivity::of(file_type, field.name()) != Sensitivity::Plain;
            let may_differ = file_type == FileType::Employees && only_read.contains(&field.name());
            assert_eq!(
                field.is_personal(),
                is_masked || may_differ,
                "{file_type} {}",
                field.name()
            );
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

#[test]
fn alternatives_name_fields() {
    for file_type in FileType::ALL {
        for name in alternatives(file_type).iter().copied().flatten() {
            assert!(Field::named(file_type, name).is_some(), "{name}");
        }
    }
}
