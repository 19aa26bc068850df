use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;
use crate::file_type::{FileType, FileTypeSpec};
use crate::personal::Sensitivity::{self, Account, Name, Personal, Plain};

/// Every column of suppliers that is not plain; whatever is not here is.
const SUPPLIERS: [(&str, Sensitivity); 9] = [
    ("telephone", Personal),
    ("email", Personal),
    ("tax_id", Personal),
    ("bank_account_name", Name),
    ("sort_code", Account),
    ("account_number", Account),
    ("iban", Account),
    ("bic", Personal),
    ("extra", Account),
];

fn views(spec: &FileTypeSpec) -> [(&'static str, View); 4] {
    [
        ("list", spec.listed),
        ("search", spec.searched),
        ("finding", spec.in_findings),
        ("followed", spec.followed),
    ]
}

#[test]
fn every_column_is_in_each_view_or_the_view_says_why_not() {
    for file_type in FileType::ALL {
        let spec = file_type.spec();
        let exported = ("export", transactions::EXPORTED);
        let of_all = (file_type == FileType::Transactions).then_some(exported);
        for (view, shown) in views(spec).into_iter().chain(of_all) {
            let mut names = shown.columns.to_vec();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), shown.columns.len(), "{file_type} {view} names one twice");
            let unknown: Vec<_> =
                names.iter().filter(|name| file_type.column(name).is_none()).collect();
            assert!(unknown.is_empty(), "{file_type} {view}: {unknown:?}");
            assert!(!shown.others.is_empty(), "{file_type} {view} says nothing of the others");
        }
        assert!(file_type.column(spec.key).is_some(), "{file_type}");
        let lists = [spec.beside, spec.withheld, spec.bank, spec.variation].into_iter();
        for name in lists.flatten().chain(spec.alternatives.iter().copied().flatten()) {
            assert!(file_type.column(name).is_some(), "{file_type} {name}");
        }
        for order in spec.orders() {
            assert!(file_type.column(order).is_some(), "{file_type} {order}");
        }
        let otherwise = spec.ordered_otherwise.iter();
        assert!(otherwise.into_iter().all(|(column, _)| spec.listed.has(column)));
    }
}

#[test]
fn every_column_has_its_place_on_the_page_of_a_row() {
    for file_type in FileType::ALL {
        let spec = file_type.spec();
        let mut read = spec.reading_order.to_vec();
        read.retain(|name| other_label(name).is_none());
        read.sort_unstable();
        let mut names: Vec<_> = spec.columns.iter().map(|column| column.name).collect();
        names.sort_unstable();
        assert_eq!(read, names, "{file_type}");
        assert_eq!(file_type.reading_place("something_new"), spec.reading_order.len());
    }
}

#[test]
fn a_column_has_one_label_and_a_label_is_of_one_column() {
    let mut labels: BTreeMap<&str, &str> = OTHER_LABELS.map(|(name, label)| (label, name)).into();
    for file_type in FileType::ALL {
        for column in file_type.spec().columns {
            let known = labels.insert(column.label, column.name);
            assert!(known.is_none_or(|name| name == column.name), "{}", column.label);
            assert_eq!(FileType::label_of(column.name), Some(column.label));
        }
    }
    assert_eq!(FileType::label_of("lines"), Some("Lines added up"));
    assert_eq!(FileType::label_of("something_new"), None);
}

#[test]
fn what_is_personal_is_told_by_ledger_and_column() {
    use FileType::{Employees, Suppliers, Transactions};
    for (column, sensitivity) in SUPPLIERS {
        assert_eq!(Suppliers.sensitivity(column), sensitivity, "{column}");
    }
    for column in suppliers::COLUMNS {
        let is_plain = SUPPLIERS.iter().all(|(name, _)| *name != column.name);
        assert_eq!(is_plain, column.sensitivity == Plain, "{}", column.name);
    }
    for (file_type, column, sensitivity) in [
        (Suppliers, "supplier_name", Plain),
        (Suppliers, "vat_number", Plain),
        (Employees, "employee_id", Plain),
        (Employees, "full_name", Name),
        (Employees, "tax_number", Account),
        (Employees, "town", Personal),
        (Employees, "a_column_of_tomorrow", Personal),
        (Transactions, "supplier_name", Plain),
        (Transactions, "iban", Account),
        (Transactions, "extra", Personal),
        // Of another ledger, as a row of a finding may carry it.
        (Suppliers, "full_name", Name),
        (Suppliers, "tax_number", Account),
        (Transactions, "telephone", Personal),
        (Transactions, "town", Plain),
        (Employees, "bic", Personal),
    ] {
        assert_eq!(file_type.sensitivity(column), sensitivity, "{file_type} {column}");
    }
}

#[test]
fn a_finding_shows_no_more_of_a_person_than_who_and_where() {
    for column in employees::COLUMNS {
        if employees::IN_FINDINGS.has(column.name) {
            assert!(matches!(column.sensitivity, Plain | Name), "{}", column.name);
        }
    }
    for file_type in FileType::ALL {
        for name in file_type.spec().withheld {
            assert!(!file_type.spec().in_findings.has(name), "{name}");
            assert_ne!(file_type.sensitivity(name), Plain, "{name}");
        }
    }
    for column in transactions::EXPORTED.columns {
        assert_eq!(FileType::Transactions.sensitivity(column), Plain, "{column} is sent away");
    }
}

#[test]
fn a_column_is_of_the_first_schema_or_says_of_which() {
    let column = || Column::new("lot", "Lot", "Lot", ColumnKind::Text, Plain);
    assert_eq!(column().since, FIRST_SCHEMA);
    assert_eq!(column().added_in(2).since, 2);
}

#[test]
fn what_a_ledger_lacks_of_an_earlier_schema_may_be_missing() {
    for file_type in FileType::ALL {
        for column in file_type.spec().columns {
            let is_first = column.since == FIRST_SCHEMA;
            assert!(is_first || !file_type.spec().variation.contains(&column.name));
        }
    }
}

#[test]
fn every_column_says_what_it_holds_in_one_sentence() {
    for file_type in FileType::ALL {
        for column in file_type.spec().columns {
            let meaning = column.meaning;
            let is_one =
                meaning.ends_with('.') && !meaning.contains(". ") && !meaning.contains('|');
            assert!(is_one, "{file_type} {}: {meaning:?}", column.name);
            let from = column.derived_from.map(|from| file_type.column(from));
            assert!(from.is_none_or(|from| from.is_some()), "{file_type} {}", column.name);
        }
    }
}

#[test]
fn the_documentation_has_every_column() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ledger.md");
    let page = std::fs::read_to_string(page).unwrap();
    for file_type in FileType::ALL {
        let table = table(file_type);
        assert!(page.contains(&table), "docs/ledger.md lacks this table as it is:\n\n{table}");
    }
}

/// The columns of a file type as the documentation lists them.
fn table(file_type: FileType) -> String {
    let mut table = "| column | in files | holds | masked |\n|---|---|---|---|\n".to_owned();
    for column in file_type.spec().columns {
        let holds = match column.kind {
            ColumnKind::Text => "text",
            ColumnKind::Reference | ColumnKind::Identifier => "reference",
            ColumnKind::Date => "day",
            ColumnKind::Amount => "amount",
            ColumnKind::Currency => "currency code",
        };
        let masked = match column.sensitivity {
            Plain => "",
            Name => "initials",
            Personal => "hidden",
            Account => "last four",
        };
        let must = if column.is_mandatory { ", mandatory" } else { "" };
        let (name, title) = (column.name, column.title);
        writeln!(table, "| `{name}` | {title} | {holds}{must} | {masked} |").unwrap();
    }
    table
}
