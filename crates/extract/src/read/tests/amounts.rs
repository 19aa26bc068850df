//! Signs, decimals and currencies of whole files, and what a spreadsheet was told by them.

use domain::{InvoiceSign, ReadingRules};

use super::*;

fn by_rules(text: &str, rules: &ReadingRules) -> (CollectingSink, Reading) {
    let options = Options {
        require: Require::WhatIsThere,
        failed_per_mille_max: 1_000,
        ..Options::by_rules(FileType::Transactions, FileFormat::Csv, rules)
    };
    let (kept, reading) = read_with(text.as_bytes(), &options);
    (kept, reading.unwrap())
}

fn signed(sign: InvoiceSign) -> ReadingRules {
    ReadingRules { invoice_sign: Some(sign), ..ReadingRules::default() }
}

/// A file of these columns and rows.
fn file(header: &str, rows: &[&str]) -> String {
    format!("{header}\n{}\n", rows.join("\n"))
}

/// The value a note shows.
fn shown_with(kept: &CollectingSink, reason: Reason) -> Option<&str> {
    let problem = kept.problems.iter().find(|problem| problem.reason == reason)?;
    problem.value.as_deref()
}

fn count(reading: &Reading, reason: Reason) -> u64 {
    let counts = reading.problems.iter().filter(|count| count.reason == reason);
    counts.map(|count| count.count).sum()
}

#[test]
fn most_amounts_negative_is_said_and_turned_where_the_unit_says_so() {
    let text =
        file("Unique ID,Amount,Base Amount", &["1,12.00-,-12.00", "2,(3.50),-3.50", "3,1.00,1.00"]);
    let (kept, _) = read_csv(&text);
    assert_eq!(kept.column("invoice_amount"), ["-120000", "-35000", "10000"]);
    assert_eq!(shown_with(&kept, Reason::MostlyNegative), Some("2 of 3"));

    let (kept, _) = by_rules(&text, &signed(InvoiceSign::Negative));
    for column in ["invoice_amount", "base_amount"] {
        assert_eq!(kept.column(column), ["120000", "35000", "-10000"]);
    }
    assert_eq!(shown_with(&kept, Reason::AmountsTurned), Some("2 of 3"));
    assert!(!kept.notes().contains(&Reason::MostlyNegative));

    let few = file("Unique ID,Amount", &["1,-12.00", "2,3.50", "3,0.00"]);
    assert!(!read_csv(&few).0.notes().contains(&Reason::MostlyNegative), "half are not most");
    let (kept, _) = by_rules("Unique ID,Amount\n1,5.00\n", &signed(InvoiceSign::Negative));
    assert_eq!(kept.column("invoice_amount"), ["-50000"]);
    assert!(kept.notes().contains(&Reason::MostlyNegative), "turned the wrong way");
}

#[test]
fn the_greater_part_says_on_which_side_invoices_stand() {
    let creditors = ["1,12.00 Cr", "2,3.50 CR.", "3,1.00 Dr"];
    let debtors = ["1,12.00D", "2,3.50D", "3,1.00C"];
    for (rows, sign, values, said) in [
        (creditors, None, ["120000", "35000", "-10000"], Reason::CreditsAreInvoices),
        (debtors, None, ["120000", "35000", "-10000"], Reason::DebitsAreInvoices),
        (
            creditors,
            Some(InvoiceSign::Positive),
            ["-120000", "-35000", "10000"],
            Reason::DebitsAreInvoices,
        ),
        (
            debtors,
            Some(InvoiceSign::Negative),
            ["-120000", "-35000", "10000"],
            Reason::CreditsAreInvoices,
        ),
    ] {
        let rules = ReadingRules { invoice_sign: sign, ..ReadingRules::default() };
        let (kept, _) = by_rules(&file("Unique ID,Amount", &rows), &rules);
        assert_eq!(kept.column("invoice_amount"), values, "{rows:?} {sign:?}");
        assert!(kept.notes().contains(&said), "{rows:?} {sign:?}");
    }
    let few = file("Unique ID,Amount", &["1,12.00", "2,3.50", "3,1.00 Cr", "4,-2.00"]);
    let (kept, _) = read_csv(&few);
    assert_eq!(kept.column("invoice_amount"), ["120000", "35000", "-10000", "-20000"]);
    assert_eq!(shown_with(&kept, Reason::DebitsAreInvoices), Some("1 credits, 0 debits"));
}

#[test]
fn a_column_of_debit_and_credit_gives_unsigned_amounts_their_sign() {
    for (header, invoice, credit_note) in [
        ("SHKZG", "H", "S"),
        ("Debit/Credit Ind.", "H", "S"),
        ("D/C", "C", "D"),
        ("DrCr", "Cr", "Dr"),
        ("Soll/Haben", "Haben", "Soll"),
        ("Debit/Credit", "Credit", "Debit"),
    ] {
        let rows = [
            format!("1,5.00,4.00,{invoice}"),
            format!("2,6.00,5.00,{credit_note}"),
            format!("3,7.00,6.00,{invoice}"),
        ];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let text = file(&format!("Unique ID,Amount,Base Amount,{header}"), &rows);
        let (kept, _) = read_csv(&text);
        assert_eq!(kept.column("invoice_amount"), ["50000", "-60000", "70000"], "{header}");
        assert_eq!(kept.column("base_amount"), ["40000", "-50000", "60000"], "{header}");
        let counts = shown_with(&kept, Reason::CreditsAreInvoices);
        assert_eq!(counts, Some("2 credits, 1 debits"), "{header}");
        assert!(kept.column("extra")[0].contains(invoice), "it is kept as text as well");

        let (kept, _) = by_rules(&text, &signed(InvoiceSign::Positive));
        assert_eq!(kept.column("invoice_amount"), ["-50000", "60000", "-70000"], "{header}");
    }
}

#[test]
fn a_column_of_debit_and_credit_that_is_not_used_is_said() {
    let signed = file("Unique ID,Amount,SHKZG", &["1,-5.00,H", "2,6.00,S", "3,7.00,S"]);
    let (kept, _) = read_csv(&signed);
    assert_eq!(kept.column("invoice_amount"), ["-50000", "60000", "70000"]);
    assert_eq!(shown_with(&kept, Reason::SidesUnused), Some("1 credits, 2 debits"));
    let unknown = file("Unique ID,Amount,SHKZG", &["1,5.00,H", "2,6.00,S", "3,7.00,X"]);
    let (kept, _) = read_csv(&unknown);
    assert_eq!(kept.column("invoice_amount"), ["50000", "60000", "70000"]);
    assert_eq!(shown_with(&kept, Reason::SidesUnused), Some("1 credits, 1 debits, 1 others"));
    let none = file("Unique ID,Amount,SH", &["1,5.00,DHL", "2,6.00,UPS"]);
    assert!(read_csv(&none).0.notes().contains(&Reason::UnknownColumn), "it is shipping");
    let blank = file("Unique ID,Amount,SHKZG", &["1,5.00,H", "2,6.00,", "3,7.00,S"]);
    let (kept, _) = read_csv(&blank);
    assert_eq!(kept.column("invoice_amount"), ["50000", "60000", "-70000"]);
    assert!(kept.notes().contains(&Reason::NoSide));
}

#[test]
fn the_currency_of_the_row_says_whether_three_digits_are_decimals() {
    let header = "Unique ID,Amount,Currency,Base Amount";
    let rows =
        ["1,736.605,KWD,736.605", "2,1.234,JPY,9.876", "3,5.678,GBP,5.678", "4,\"853,170\",kwd,1"];
    let (kept, _) = read_csv(&file(header, &rows));
    assert_eq!(kept.column("invoice_amount"), ["7366050", "12340000", "56780000", "8531700"]);
    assert_eq!(kept.column("base_amount"), ["7366050", "98760000", "56780000", "10000"]);
    for reason in [Reason::DecimalsOfCurrency, Reason::DecimalStyleAssumed] {
        assert!(kept.notes().contains(&reason), "{reason}");
    }
    let next_day = ["1,2350.750,KWD,1", "2,736.605,KWD,1", "3,1.234,JPY,1"];
    let (kept, _) = read_csv(&file(header, &next_day));
    assert_eq!(kept.column("invoice_amount"), ["23507500", "7366050", "12340"]);
    assert!(kept.notes().contains(&Reason::DecimalsBeyondCurrency));
}

#[test]
fn the_units_decimal_sign_decides_where_the_file_does_not() {
    let rules = |style| ReadingRules { decimal_style: Some(style), ..ReadingRules::default() };
    let open = "Unique ID,Amount\n1,1.234\n";
    for (style, value) in [(DecimalStyle::Point, "12340"), (DecimalStyle::Comma, "12340000")] {
        let (kept, reading) = by_rules(open, &rules(style));
        assert_eq!(kept.column("invoice_amount"), [value]);
        assert_eq!(kept.notes(), [Reason::DecimalStyleSet]);
        let format = AmountFormat { style, by: DecidedBy::Setting, ..AmountFormat::default() };
        assert_eq!(reading.columns[1].format, ColumnFormat::Amount(format));
    }
    let settled = "Unique ID,Amount\n1,1.234\n2,1.50\n";
    let (kept, _) = by_rules(settled, &rules(DecimalStyle::Comma));
    assert_eq!(kept.column("invoice_amount"), ["12340", "15000"], "the file's own values win");
}

#[test]
fn the_currency_with_an_amount_is_kept_where_no_column_has_it() {
    let rows = ["1,\"1,073.08 EUR\",£5.00", "2,US$ 6.00,5.00", "3,$7.00,R$ 8.00", "4,9.00,9.00"];
    let (kept, reading) = read_csv(&file("Unique ID,Amount,Base Amount", &rows));
    assert_eq!(kept.column("invoice_amount"), ["10730800", "60000", "70000", "90000"]);
    assert_eq!(kept.column("invoice_amount_currency"), ["EUR", "USD", "-", "-"]);
    assert_eq!(kept.column("base_amount_currency"), ["GBP", "-", "BRL", "-"]);
    assert_eq!(count(&reading, Reason::CurrencyWithAmount), 4);
    assert_eq!(count(&reading, Reason::SharedSymbol), 1);

    let rows = ["1,5.00 EUR,", "2,$6.00,CAD", "3,£7.00,EUR", "4,kr 8.00,NULL"];
    let (kept, reading) = read_csv(&file("Unique ID,Amount,Currency", &rows));
    assert_eq!(count(&reading, Reason::CurrencyWithAmount), 1, "said though its column is there");
    assert_eq!(count(&reading, Reason::SharedSymbol), 1);
    assert_eq!(kept.column("invoice_amount_currency"), ["EUR", "CAD", "EUR", "-"]);
    assert_eq!(shown_with(&kept, Reason::OtherCurrency), Some("£7.00"));
    assert_eq!(count(&reading, Reason::OtherCurrency), 1);
}

#[test]
fn currencies_are_read_as_their_codes() {
    let cells = ["gbp", "£", "Euro", "US Dollar", "UKP", "$", "Ruritanian"];
    let rows: Vec<String> = cells.iter().map(|cell| format!("1,1.00,{cell}")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (kept, reading) = read_csv(&file("Unique ID,Amount,Currency", &rows));
    assert_eq!(
        kept.column("invoice_amount_currency"),
        ["GBP", "GBP", "EUR", "USD", "GBP", "$", "Ruritanian"]
    );
    assert_eq!(count(&reading, Reason::CurrencyNamed), 5);
    assert_eq!(count(&reading, Reason::NotACurrency), 2);
}

#[test]
fn letters_that_are_no_currency_are_no_amount() {
    let rows = ["1,REF 123", "2,PO. 77", "3,ABC12.50", "4,12.50"];
    let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
    let header = "Unique ID,Amount,Invoice Number,Base Amount,Invoice Date,Entered Date,Supplier Name,Supplier Ref";
    let rows = rows.map(|row| format!("{row},A,1.00,2024-01-01,2024-01-01,Acme,S"));
    let text = format!("{header}\n{}\n", rows.join("\n"));
    let (kept, _) = read_with(text.as_bytes(), &options);
    assert_eq!(kept.column("unique_id"), ["4"]);
    assert_eq!(kept.set_aside().len(), 3);
}

#[test]
fn signs_in_the_last_digit_are_read_where_the_whole_column_has_them() {
    let text =
        file("Unique ID,Amount,Currency", &["1,0001234{,GBP", "2,0005678J,GBP", "3,0000500C,JPY"]);
    let (kept, reading) = read_csv(&text);
    assert_eq!(kept.column("invoice_amount"), ["1234000", "-5678100", "50030000"]);
    assert_eq!(count(&reading, Reason::Overpunched), 3);
    let (kept, _) = read_csv(&file("Unique ID,Amount", &["1,0001234{", "2,12.50"]));
    assert_eq!(kept.column_or_none("invoice_amount").last().unwrap().as_deref(), Some("125000"));
    assert!(!kept.notes().contains(&Reason::Overpunched));
}

#[test]
fn what_keeps_a_spreadsheet_from_a_number_is_taken_off() {
    let header = "Unique ID,Invoice Number,Amount,Invoice Date,Supplier Name,Supplier Ref";
    let rows = [
        "\"=\"\"00123\"\"\",'007000,'-70.00,\"=\"\"2024-01-02\"\"\",'t Hoen BV,'S1001",
        "\"=\"\"00124\"\"\",'007001,\"=\"\"12.50\"\"\",2024-01-03,Smith,'S1002",
        "=\"00125\",'007002,12.50,2024-01-03,=A1,'S1003",
    ];
    let (kept, reading) = read_csv(&file(header, &rows));
    assert_eq!(kept.column("unique_id"), ["00123", "00124", "00125"]);
    assert_eq!(kept.column("invoice_number"), ["007000", "007001", "007002"]);
    assert_eq!(kept.column("invoice_amount"), ["-700000", "125000", "125000"]);
    assert_eq!(kept.column("invoice_date")[0], "19724");
    assert_eq!(kept.column("supplier_name"), ["'t Hoen BV", "Smith", "=A1"]);
    assert_eq!(kept.column("supplier_ref"), ["S1001", "S1002", "S1003"]);
    assert_eq!(count(&reading, Reason::KeptFromSpreadsheet), 3 + 3 + 2 + 1 + 3);

    let few = file(
        header,
        &["1,'007,1.00,2024-01-02,A,S", "2,008,1.00,2024-01-02,A,S", "3,009,1.00,2024-01-02,A,S"],
    );
    assert_eq!(read_csv(&few).0.column("invoice_number"), ["'007", "008", "009"], "one is a text");
}

#[test]
fn what_the_end_of_a_file_tells_holds_for_its_beginning() {
    let mut text = "Unique ID,Amount,Invoice Number\n".to_owned();
    for row in 0..limits::INFERENCE_RECORDS + 10 {
        writeln!(text, "{row},0.00,'{row}").unwrap();
    }
    text.push_str("x,5.00 Cr EUR,'7\n");
    let (kept, _) = read_csv(&text);
    assert_eq!(kept.restarts, 1);
    assert_eq!(kept.column("invoice_number")[0], "0");
    assert_eq!(
        kept.column("invoice_amount").last().unwrap(),
        "50000",
        "all that say a side are credits"
    );
    assert_eq!(kept.column("invoice_amount_currency").last().unwrap(), "EUR");
}

#[test]
fn a_column_without_decimals_is_said() {
    let rows: Vec<String> = (1..=20).map(|row| format!("{row},{row}00,GBP,{row}00,JPY")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let header = "Unique ID,Amount,Currency,Base Amount,Base Currency";
    let (kept, _) = read_csv(&file(header, &rows));
    assert_eq!(kept.notes(), [Reason::WholeAmounts]);
    assert_eq!(kept.problems[0].column.as_deref(), Some("Amount"), "a yen has no decimals");
    assert_eq!(read_csv(&file(header, &rows[1..])).0.notes(), []);
}

#[test]
fn apostrophes_are_dropped_from_the_one_row_above_a_footer() {
    let rows = ["'00123,12.00,Acme", "End of report,,"];
    let (kept, reading) = read_csv(&file("Unique ID,Amount,Supplier Name", &rows));
    assert_eq!(kept.column("unique_id"), ["00123"]);
    assert_eq!(reading.non_rows.footers, 1);
    assert_eq!(count(&reading, Reason::KeptFromSpreadsheet), 1);
}

#[test]
fn credit_notes_that_stand_as_invoices_are_said() {
    for (header, invoice, credit_note) in [
        ("Document Type", "KR", "KG"),
        ("Transaction Type", "Invoice", "Credit Note"),
        ("Type", "Facture", "Avoir"),
        ("Tipo de documento", "Factura", "Nota de cr\u{e9}dito"),
        ("Type", "PI", "PC"),
        ("Belegart", "RE", "GU"),
        ("Class", "Bill", "Vendor Credit"),
        ("Invoice Type Code", "380", "381"),
    ] {
        let rows = |sign: &str| {
            let rows = [
                format!("1,5.00,{invoice}"),
                format!("2,{sign}6.00,{credit_note}"),
                format!("3,{sign}7.00,{credit_note}"),
            ];
            file(&format!("Unique ID,Amount,{header}"), &rows.each_ref().map(String::as_str))
        };
        let (kept, _) = read_csv(&rows(""));
        assert_eq!(shown_with(&kept, Reason::CreditNotesPositive), Some("2 of 2"), "{header}");
        let (kept, _) = read_csv(&rows("-"));
        assert_eq!(shown_with(&kept, Reason::CreditNotesPositive), None, "{header}");
    }
}

#[test]
fn three_decimals_beside_amounts_that_show_the_sign_are_said() {
    for (amounts, said) in [
        (["1000.50", "1.037", "12.25"], Some("1 of 3 amounts")),
        (["\"1000,50\"", "\"1,037\"", "\"2,037\""], Some("2 of 3 amounts")),
        (["1000.50", "0.125", "1234.567"], None),
        (["1000.50", "\"1,037\"", "12.25"], None),
        (["1.037", "1.038", "1.039"], None),
    ] {
        let rows = amounts.map(|amount| format!("1,{amount}"));
        let (kept, _) = read_csv(&file("Unique ID,Amount", &rows.each_ref().map(String::as_str)));
        assert_eq!(shown_with(&kept, Reason::ThreeDecimals), said, "{amounts:?}");
    }
    let arabic: Vec<String> = (10..40).map(|row| format!("{row},\u{661}\u{66b}\u{665}")).collect();
    let arabic: Vec<&str> = arabic.iter().map(String::as_str).collect();
    assert_eq!(read_csv(&file("Unique ID,Amount", &arabic)).0.notes(), [], "they have decimals");
}

#[test]
fn amounts_without_tax_are_said_where_there_are_no_others() {
    for (header, is_said) in [
        ("Net Amount", true),
        ("NET", true),
        ("Nettobetrag", true),
        ("Gross Amount,Net Amount", false),
        ("Amount,Network", false),
        ("Amount", false),
    ] {
        let row = ["1.00"; 2][..=header.matches(',').count()].join(",");
        let (kept, _) = read_csv(&format!("Unique ID,{header}\n1,{row}\n"));
        assert_eq!(kept.notes().contains(&Reason::NetAmounts), is_said, "{header}");
    }
}

#[test]
fn numbers_of_a_workbook_say_nothing_of_how_its_texts_write_decimals() {
    let page = |amounts: &[(&str, &str)]| {
        let cell =
            |kind: &str, text: &str| format!("<Cell><Data ss:Type=\"{kind}\">{text}</Data></Cell>");
        let row = |(kind, amount): &(&str, &str)| {
            format!("<Row>{}{}</Row>", cell("String", "1"), cell(kind, amount))
        };
        let header =
            format!("<Row>{}{}</Row>", cell("String", "Unique ID"), cell("String", "Amount"));
        let rows: String = amounts.iter().map(row).collect();
        format!(
            "<?xml version=\"1.0\"?><Workbook xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
             <Worksheet ss:Name=\"A\"><Table>{header}{rows}</Table></Worksheet></Workbook>"
        )
    };
    for (amounts, values, is_said) in [
        (
            [("Number", "5148.68"), ("String", "5.148,68"), ("Number", "12.345")],
            ["51486800", "51486800", "123450"],
            false,
        ),
        // Nothing tells, and three digits are likelier thousands.
        (
            [("Number", "12.5"), ("String", "1.234"), ("Number", "7")],
            ["125000", "12340000", "70000"],
            true,
        ),
    ] {
        let (kept, reading) = read_with(page(&amounts).as_bytes(), &survey(FileFormat::Xls));
        reading.unwrap();
        assert_eq!(kept.column("invoice_amount"), values, "{amounts:?}");
        assert_eq!(kept.notes().contains(&Reason::DecimalStyleAssumed), is_said, "{amounts:?}");
    }
}
