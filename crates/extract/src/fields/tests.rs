//! The fields are what the description of the files says.

use super::*;

#[test]
fn amounts_and_currencies_know_one_another() {
    let currency = |name| Field::named(FileType::Transactions, name).unwrap().currency();
    for amount in ["invoice_amount", "base_amount"] {
        let currency = currency(amount).unwrap();
        assert_eq!(currency.kind(), ColumnKind::Currency, "{amount}");
        assert_eq!(currency.amount().map(Field::name), Some(amount));
    }
    assert_eq!(currency("invoice_date"), None);
    let billed_in = Field::named(FileType::Suppliers, "currency").unwrap();
    assert_eq!(billed_in.amount(), None);
}

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
    assert_eq!(counts, [31, 32, 24, 26, 13]);
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
