//! Amounts whose sign stands outside them: in a column of debits and one of credits, or in a column of signs.

use super::*;

/// The amounts of these rows below a header, and what is said of the file.
fn amounts(header: &str, rows: &[&str]) -> (Vec<String>, Vec<Reason>) {
    let (kept, _) = read_csv(&format!("{header}\n{}\n", rows.join("\n")));
    let amounts = kept.column("invoice_amount");
    (amounts, kept.notes())
}

#[test]
fn an_amount_stands_in_the_column_of_debits_or_in_that_of_credits() {
    let rows =
        ["1,A,,12.00", "2,B,0.00,3.50", "3,C,1.00,", "4,D,,(2.00)", "5,E,-4.00,-", "6,F,0.00,"];
    let of_creditor = ["120000", "35000", "-10000", "-20000", "40000", "0"];
    for header in
        ["Debit,Credit", "Dr,Cr", "Soll,Haben", "Debit Amount,Credit Amount", "Dare,Avere"]
    {
        let (values, notes) = amounts(&format!("Unique ID,Invoice No,{header}"), &rows);
        assert_eq!(values, of_creditor, "{header}");
        assert!(notes.contains(&Reason::CreditsAreInvoices), "{header}: {notes:?}");
        assert!(!notes.contains(&Reason::UnknownColumn), "{header}");
    }
    let swapped = ["1,A,12.00,", "2,B,\"1,003.50\",", "3,C,,1.00"];
    let (values, notes) = amounts("Unique ID,Invoice No,Debit,Credit", &swapped);
    assert_eq!(values, ["120000", "10035000", "-10000"]);
    assert!(notes.contains(&Reason::DebitsAreInvoices));
}

#[test]
fn two_columns_are_one_amount_only_where_that_is_plain() {
    let both = ["1,A,5.00,12.00", "2,B,,1.00"];
    let (values, _) = amounts("Unique ID,Invoice No,Debit,Credit", &both);
    assert_eq!(values, ["10000"], "two amounts are none");
    let (values, _) = amounts("Unique ID,Amount,Debit,Credit", &["1,7.00,,12.00"]);
    assert_eq!(values, ["70000"], "its own column holds it");
    let (values, _) = amounts("Unique ID,Invoice No,Dr,Cr,Cr", &["1,A,,2.00,3.00"]);
    assert!(values.iter().all(|value| value == "-"), "there are two of credits");
    let none = Mapping { columns: [("Dr".to_owned(), String::new())].into(), ..Mapping::default() };
    let options = Options { mapping: Some(&none), ..survey(FileFormat::Csv) };
    let text = "Unique ID,Invoice No,Dr,Cr\n1,A,,2.00\n";
    let (kept, _) = read_with(text.as_bytes(), &options);
    assert!(kept.column("invoice_amount").iter().all(|value| value == "-"), "a mapping says so");
}

#[test]
fn a_mapping_that_was_suggested_reads_both_columns_again() {
    let headers = ["Unique ID", "Invoice Number", "Debit", "Credit"].map(str::to_owned);
    let mapping = suggested_mapping(FileType::Transactions, &headers);
    let options = Options { mapping: Some(&mapping), ..survey(FileFormat::Csv) };
    let text = "Unique ID,Invoice Number,Debit,Credit\n1,A,,2.00\n2,B,1.00,\n3,C,,4.00\n";
    let (kept, _) = read_with(text.as_bytes(), &options);
    assert_eq!(kept.column("invoice_amount"), ["20000", "-10000", "40000"]);
}

#[test]
fn an_amount_in_two_columns_is_no_base_amount_beside_a_currency() {
    let header = "Unique ID,Invoice Number,Supplier Name,Invoice Date,Debit,Credit";
    let row = "1,A,Acme,2024-03-05,,2.00";
    let text = format!("{header}\n{row}\n");
    let (kept, reading) = read_with(text.as_bytes(), &strict(FileType::Transactions));
    assert_eq!(reading.unwrap().rows_read, 1);
    assert_eq!(kept.column("base_amount"), ["20000"]);
    let text = format!("{header},Currency\n{row},USD\n");
    let refused = read_with(text.as_bytes(), &strict(FileType::Transactions)).1.unwrap_err();
    assert!(refused.to_string().contains("Base Amount"), "{refused}");
}

#[test]
fn signs_and_posting_keys_give_unsigned_amounts_their_sign() {
    for (header, invoice, credit_note) in [
        ("Sign", "+", "-"),
        ("Sign", "1", "-1"),
        ("Vorzeichen", "+", "-"),
        ("Posting Key", "31", "21"),
        ("BSCHL", "31", "21"),
        ("S/H-Kennz.", "H", "S"),
        ("Haben/Soll", "Haben", "Soll"),
        ("Dr or Cr", "Cr", "Dr"),
    ] {
        let rows = [
            format!("1,12.00,{invoice}"),
            format!("2,3.50,{invoice}"),
            format!("3,1.00,{credit_note}"),
        ];
        let (values, notes) =
            amounts(&format!("Unique ID,Amount,{header}"), &rows.each_ref().map(String::as_str));
        assert_eq!(values, ["120000", "35000", "-10000"], "{header} {invoice}");
        let said = [Reason::CreditsAreInvoices, Reason::DebitsAreInvoices];
        assert!(notes.iter().any(|note| said.contains(note)), "{header}: {notes:?}");
    }
    let (values, _) = amounts("Unique ID,Amount,Sign", &["1,12.00,J. Smith", "2,3.50,-"]);
    assert_eq!(values, ["120000", "35000"], "it is who signed");
}
