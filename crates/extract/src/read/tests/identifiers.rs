//! The Unique ID: built of several columns, shared by rows, beside columns by which it may repeat.

use super::*;

const SAP: &str = "\
Document Number,Fiscal Year,Company Code,Reference,Amount in doc. curr.,Amount in local currency,\
Document Date,Posting Date,Name 1,Vendor
";
const KEY: [&str; 3] = ["company code", "Fiscal Year", "Document Number"];

fn mapping(fields: &[(&str, &[&str])]) -> Mapping {
    let source = |headers: &[&str]| {
        FieldSource::Columns(headers.iter().map(|header| (*header).to_owned()).collect())
    };
    let fields = fields.iter().map(|(name, headers)| ((*name).to_owned(), source(headers)));
    Mapping { fields: fields.collect(), ..Mapping::default() }
}

fn sap(rows: &[[&str; 3]]) -> String {
    let line = |[number, year, company]: &[&str; 3]| {
        format!("{number},{year},{company},R{number},1.00,1.00,2023-03-01,2023-03-02,Acme,S1\n")
    };
    SAP.to_owned() + &rows.iter().map(line).collect::<String>()
}

fn read_by(text: &str, mapping: Option<&Mapping>) -> (CollectingSink, Result<Reading, ReadError>) {
    let all = 1_000;
    let options = Options { mapping, failed_per_mille_max: all, ..strict(FileType::Transactions) };
    read_with(text.as_bytes(), &options)
}

/// `line column value` of the problems of a reason.
fn problem_cells(kept: &CollectingSink, reason: Reason) -> Vec<(Option<u64>, &str, &str)> {
    let of_it = kept.problems.iter().filter(|problem| problem.reason == reason);
    of_it
        .map(|problem| {
            (
                problem.line,
                problem.column.as_deref().unwrap_or("-"),
                problem.value.as_deref().unwrap_or("-"),
            )
        })
        .collect()
}

#[test]
fn a_unique_id_is_built_of_several_columns() {
    let key = mapping(&[("unique_id", &KEY)]);
    let text = sap(&[["19", "2023", "1000"], ["19", "2024", "1000"], ["19", "2023", "20|00"]]);
    let (kept, reading) = read_by(&text, Some(&key));
    let reading = reading.unwrap();
    assert_eq!((reading.rows_read, reading.rows_set_aside), (3, 0));
    assert_eq!(kept.column("unique_id"), ["1000|2023|19", "1000|2024|19", "20\\|00|2023|19"]);
    // Its columns are what they were as well: a field of their own, or text beside the row.
    assert_eq!(kept.column("org_group_ref"), ["1000", "1000", "20|00"]);
    assert!(kept.column("extra")[0].contains(r#""Document Number":"19","Fiscal Year":"2023""#));
    let parts: Vec<_> = reading.columns.iter().map(|column| column.identifier_part).collect();
    assert_eq!(parts[..4], [Some(2), Some(1), Some(0), None]);
    assert_eq!(reading.identifier.headers, ["Company Code", "Fiscal Year", "Document Number"]);
    let only = [Reason::SystemHeaders];
    assert_eq!(kept.notes(), only, "nothing is unknown, shared or may repeat");
}

#[test]
fn a_row_without_a_part_is_set_aside() {
    let key = mapping(&[("unique_id", &KEY)]);
    let text = sap(&[
        ["19", "", "1000"],
        ["20", "2023", " "],
        ["2.15489E+13", "2023", "1000"],
        ["22", "2023", "1000"],
    ]) + "23\n";
    let (kept, reading) = read_by(&text, Some(&key));
    assert_eq!((reading.unwrap().rows_read, kept.column("unique_id").len()), (1, 1));
    let of = |reason| problem_cells(&kept, reason);
    assert_eq!(of(Reason::Empty), [(Some(2), "Fiscal Year", ""), (Some(3), "Company Code", " ")]);
    assert_eq!(of(Reason::RuinedIdentifier), [(Some(4), "Document Number", "2.15489E+13")]);
}

#[test]
fn a_date_that_is_a_part_is_read_as_a_date_as_well() {
    let key = mapping(&[("unique_id", &["Document Date", "Document Number"])]);
    let (kept, _) = read_by(&sap(&[["19", "2023", "1000"]]), Some(&key));
    assert_eq!(kept.column("unique_id"), ["2023-03-01|19"]);
    assert_eq!(kept.column("invoice_date"), ["19417"], "days since 1970");
}

#[test]
fn one_column_named_by_its_field_is_as_one_named_by_its_header() {
    let by_field = mapping(&[("invoice_amount", &["Amount in local currency"])]);
    let options = Options { mapping: Some(&by_field), ..survey(FileFormat::Csv) };
    let (_, reading) = read_with(sap(&[["19", "2023", "1"]]).as_bytes(), &options);
    let reading = reading.unwrap();
    let amounts = reading
        .columns
        .iter()
        .filter(|column| column.field.is_some_and(|field| field.name() == "invoice_amount"));
    let headers: Vec<_> = amounts.map(|column| column.header.as_str()).collect();
    assert_eq!(headers, ["Amount in local currency"]);
}

#[test]
fn a_mapping_that_cannot_be_followed_is_refused() {
    let nine = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    for (fields, says) in [
        (mapping(&[("invoice_number", &["a", "b"])]), "only a Unique ID"),
        (mapping(&[("unique_id", &["a", "A."])]), "named twice"),
        (mapping(&[("unique_id", &[])]), "name the header"),
        (mapping(&[("unique_id", &["a", ""])]), "name the header"),
        (mapping(&[("unique_id", &nine)]), "too many columns"),
        (mapping(&[("iban", &["a"])]), "iban, which is not one of our fields"),
        (
            Mapping {
                columns: [("c".to_owned(), "unique_id".to_owned())].into(),
                ..mapping(&[("unique_id", &["a", "b"])])
            },
            "leave one of the two",
        ),
    ] {
        let refusal = check_mapping(FileType::Transactions, &fields).unwrap_err().to_string();
        assert!(refusal.contains(says), "{refusal}");
    }
    let key = mapping(&[("unique_id", &["Company Code", "Ledger", "Document Number"])]);
    match read_by(&sap(&[]), Some(&key)).1 {
        Err(ReadError::Refused(refusal @ Refusal::MissingMappedColumns { .. })) => {
            let text = refusal.to_string();
            assert!(
                text.contains("reads Unique ID from a column Ledger, which is not in the file"),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_that_share_an_id_are_said_one_by_one() {
    let text = sap(&[
        ["19", "2023", "1000"],
        ["20", "2023", "1000"],
        ["19", "2024", "1000"],
        ["20", "2023", "1000"],
        ["21", "2023", "1000"],
    ]);
    let (kept, reading) = read_by(&text, None);
    let column = "Document Number";
    assert_eq!(
        problem_cells(&kept, Reason::SharedIdentifier),
        [
            (Some(2), column, "19"),
            (Some(3), column, "20"),
            (Some(4), column, "19"),
            (Some(5), column, "20")
        ]
    );
    let reading = reading.unwrap();
    assert_eq!(reading.encoding, Some(Encoding::Utf8));
    let count = |reading: &Reading, reason| {
        let counts = reading.problems.iter().filter(|count| count.reason == reason);
        counts
            .map(|count| (count.column.clone().unwrap_or_default(), count.count))
            .collect::<Vec<_>>()
    };
    assert_eq!(count(&reading, Reason::SharedIdentifier), [(column.to_owned(), 4)]);
    assert_eq!(
        problem_cells(&kept, Reason::IdentifierMayRepeat),
        [(None, column, "Fiscal Year, Company Code")]
    );

    // By the key of several columns the two that are the same in all of them.
    let key = mapping(&[("unique_id", &KEY)]);
    let (kept, reading) = read_by(&text, Some(&key));
    let column = "Company Code, Fiscal Year, Document Number";
    assert_eq!(
        problem_cells(&kept, Reason::SharedIdentifier),
        [(Some(3), column, "1000|2023|20"), (Some(5), column, "1000|2023|20")]
    );
    assert_eq!(count(&reading.unwrap(), Reason::SharedIdentifier), [(column.to_owned(), 2)]);
}

#[test]
fn suppliers_may_have_several_rows() {
    let text = "Supplier Ref,Supplier Name,Iban\nS1,Acme,GB1\nS1,Acme,GB2\n";
    let options = Options { require: Require::WhatIsThere, ..strict(FileType::Suppliers) };
    let (kept, _) = read_with(text.as_bytes(), &options);
    assert_eq!(problem_cells(&kept, Reason::SharedIdentifier), []);
}

#[test]
fn numbers_that_sap_uses_again_are_seen_in_one_file() {
    let numbers: Vec<String> = (0..20).map(|number| (1_900_000_000 + number).to_string()).collect();
    let mut rows = Vec::new();
    for year in ["2023", "2024"] {
        for company in ["1000", "2000"] {
            rows.extend(numbers.iter().map(|number| [number.as_str(), year, company]));
        }
    }
    let bytes = sap(&rows).into_bytes();
    let (kept, _) = read_with(&bytes, &strict(FileType::Transactions));
    assert_eq!(problem_cells(&kept, Reason::SharedIdentifier).len(), 80);
    let key = mapping(&[("unique_id", &KEY)]);
    let options = Options { mapping: Some(&key), ..strict(FileType::Transactions) };
    let (kept, reading) = read_with(&bytes, &options);
    assert_eq!((reading.unwrap().rows_read, kept.notes()), (80, vec![Reason::SystemHeaders]));
}

#[test]
fn numbers_that_a_program_wrote_as_something_else_are_said() {
    let text = "\
Unique ID,Invoice No,PO Number,Supplier Ref,Amount
1.0,Mar-24,3-Mar,1000.0,1.0
2.5,MAR-24,3-Mrz,V1.0,2.0
3,INV-24,13-400,.0,3.0
4,A,12-Des,10.00,4.0
";
    let (kept, _) = read_csv(text);
    assert_eq!(
        problem_cells(&kept, Reason::PointZero),
        [(Some(2), "Unique ID", "1.0"), (Some(2), "Supplier Ref", "1000.0")]
    );
    assert_eq!(
        problem_cells(&kept, Reason::MonthForNumber),
        [
            (Some(2), "Invoice No", "Mar-24"),
            (Some(2), "PO Number", "3-Mar"),
            (Some(3), "PO Number", "3-Mrz"),
            (Some(5), "PO Number", "12-Des"),
        ]
    );
    assert_eq!(kept.column("unique_id"), ["1.0", "2.5", "3", "4"]);
}
