use super::*;
use crate::suggested_mapping;

fn fields_of(file_type: FileType, headers: &[&str]) -> Vec<&'static str> {
    let matcher = Matcher::with_known_names(file_type);
    let columns = matcher.columns(headers.iter().copied());
    columns.iter().map(|c| c.field.map_or("", Field::name)).collect()
}

#[test]
fn headers_of_real_systems_are_understood() {
    let transactions: &[(&[&str], &[&str])] = &[
        (
            &["Vendor ID", "Vendor Name", "Document No", "Amount", "Clearing Date", "Directorate"],
            &[
                "supplier_ref",
                "supplier_name",
                "unique_id",
                "invoice_amount",
                "payment_cleared_date",
                "",
            ],
        ),
        (
            &["GL Date", "Document No.", "Invoice No.", "Invoiced Value", "Address Book No."],
            &["entered_date", "unique_id", "invoice_number", "invoice_amount", "supplier_ref"],
        ),
        (
            &["BELNR", "XBLNR", "LIFNR", "WRBTR", "WAERS", "DMBTR", "BLDAT", "CPUDT"],
            &[
                "unique_id",
                "invoice_number",
                "supplier_ref",
                "invoice_amount",
                "invoice_amount_currency",
                "base_amount",
                "invoice_date",
                "entered_date",
            ],
        ),
        // The likelier name wins, wherever it stands.
        (
            &["Net", "VAT", "Gross", "Supplier Name"],
            &["", "vat_amount", "invoice_amount", "supplier_name"],
        ),
        (&["Supplier Name", "Supplier Name(T)"], &["supplier_ref", "supplier_name"]),
        (
            &["Supplier Name", "Supplier ID", "Supplier Name (T)", "Service Code(T)"],
            &["", "supplier_ref", "supplier_name", ""],
        ),
        (&["supplier-name ", "SUPPLIER_NAME"], &["supplier_name", ""]),
    ];
    for (headers, fields) in transactions {
        assert_eq!(fields_of(FileType::Transactions, headers), *fields, "{headers:?}");
    }
    let suppliers = ["LIFNR", "NAME1", "STRAS", "ORT01", "PSTLZ", "LAND1", "STCEG", "BANKL"];
    assert!(fields_of(FileType::Suppliers, &suppliers).iter().all(|field| !field.is_empty()));
    let employees = ["Payroll No", "Forenames", "Surname", "NI Number", "Date Joined"];
    assert!(fields_of(FileType::Employees, &employees).iter().all(|field| !field.is_empty()));
}

#[test]
fn a_mapping_wins() {
    let columns = [("Reference", ""), ("Rechnung", "invoice_number"), ("Betrag", "base_amount")];
    let columns = columns.map(|(header, field)| (header.to_owned(), field.to_owned()));
    let mapping = Mapping { columns: columns.into(), ..Mapping::default() };
    let matcher = Matcher::new(FileType::Transactions, Some(&mapping)).unwrap();
    let headers = ["reference", "Invoice No", "RECHNUNG", "Betrag", "Base Amount", "Supplier"];
    let columns = matcher.columns(headers.into_iter());
    let fields: Vec<_> = columns.iter().map(|c| c.field.map_or("", Field::name)).collect();
    assert_eq!(fields, ["", "", "invoice_number", "base_amount", "", "supplier_name"]);

    let columns = [("a".to_owned(), "invoice".to_owned())].into();
    let wrong = Mapping { columns, ..Mapping::default() };
    let refused = Matcher::new(FileType::Transactions, Some(&wrong)).unwrap_err();
    assert_eq!(refused, Refusal::UnknownMappedField { name: "invoice".to_owned() });
}

#[test]
fn a_suggestion_maps_as_no_mapping_does() {
    let headers =
        ["Net", "Gross", "Supplier Name", "", "Cost Centre", "NET", "Net"].map(str::to_owned);
    let mapping = suggested_mapping(FileType::Transactions, &headers);
    let text = toml::to_string(&mapping).unwrap();
    let again: Mapping = toml::from_str(&text).unwrap();
    let with = Matcher::new(FileType::Transactions, Some(&again)).unwrap();
    let without = Matcher::with_known_names(FileType::Transactions);
    let fields = |m: &Matcher| -> Vec<_> {
        m.columns(headers.iter().map(String::as_str)).into_iter().map(|c| c.field).collect()
    };
    assert_eq!(fields(&with), fields(&without));
}

#[test]
fn the_header_is_found_below_a_title() {
    let records = [
        vec!["Payments to suppliers over 500"],
        vec!["Supplier", "", ""],
        vec!["Supplier Name", "Invoice No", "Amount"],
        vec!["Acme", "1", "2.00"],
        vec!["Supplier Name", "Invoice No", "Amount"],
    ];
    let matcher = Matcher::with_known_names(FileType::Transactions);
    let found = matcher.find(records.iter().map(|r| r.iter().copied())).unwrap();
    assert_eq!((found.index, found.recognised()), (2, 3));
    let nothing = matcher.find(records[..2].iter().map(|r| r.iter().copied()));
    assert_eq!(nothing, None, "a known word in a title is not a header");
}

#[test]
fn a_header_in_two_lines_is_joined() {
    let matcher = Matcher::with_known_names(FileType::Transactions);
    for (records, names) in [
        (
            [
                vec!["Unique", "Invoice", "Invoice", "Base", "", "Status"],
                vec!["ID", "Number", "Date", "Amount", "Description", ""],
            ],
            Some(
                &[
                    "Unique ID",
                    "Invoice Number",
                    "Invoice Date",
                    "Base Amount",
                    "Description",
                    "Status",
                ][..],
            ),
        ),
        (
            [
                vec!["Invoice", "", "", "Supplier", ""],
                vec!["Number", "Date", "Amount", "Ref", "Name"],
            ],
            Some(&[
                "Invoice Number",
                "Invoice Date",
                "Invoice Amount",
                "Supplier Ref",
                "Supplier Name",
            ]),
        ),
        // A header with a title of groups above, and one with a row below, are in one line.
        (
            [vec!["Invoice", "", "Supplier"], vec!["Invoice No", "Invoice Date", "Supplier Name"]],
            None,
        ),
        ([vec!["Invoice No", "Invoice Date", "Supplier Name"], vec!["A", "", "Acme"]], None),
    ] {
        let found = matcher.find(records.iter().map(|record| record.iter().copied())).unwrap();
        assert_eq!(found.is_in_two_lines, names.is_some(), "{records:?}");
        if let Some(names) = names {
            let headers: Vec<&str> = found.columns.iter().map(|c| c.header.as_str()).collect();
            assert_eq!((headers.as_slice(), found.index), (names, 1));
        }
    }
}

#[test]
fn a_header_is_cut_before_it_is_said_with_every_problem() {
    let long = ["Invoice Amount", &"ü.".repeat(500_000)].concat();
    let padded = [" Invoice Amount", &" .".repeat(500_000)].concat();
    let matcher = Matcher::with_known_names(FileType::Transactions);
    let columns = matcher.columns([long.as_str(), &padded].into_iter());
    assert!(columns.iter().all(|column| column.header.chars().count() <= HEADER_CHARS_MAX));
    assert_eq!(
        columns.iter().map(|c| c.field.map(Field::name)).collect::<Vec<_>>(),
        [None, Some("invoice_amount")]
    );
    // What is suggested for a cut header is found again.
    let mapped = [(columns[0].header.clone(), "description".into())].into();
    let mapping = Mapping { columns: mapped, ..Mapping::default() };
    let matcher = Matcher::new(FileType::Transactions, Some(&mapping)).unwrap();
    let mapped = matcher.columns([long.as_str()].into_iter());
    assert_eq!(mapped[0].field.map(Field::name), Some("description"));
}
