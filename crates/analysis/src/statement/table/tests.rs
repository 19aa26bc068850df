//! Columns, lines and amounts of statements as people write them.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn lines(records: &[TableRecord]) -> Result<Vec<StatementLine>, StatementFault> {
    statement_table(records, None, date(2026, 6, 30)).map(|table| table.lines)
}

fn table(rows: &[&[&str]]) -> Vec<TableRecord> {
    let record = |(line, cells): (u64, &&[&str])| TableRecord {
        line,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
    };
    (1..).zip(rows).map(record).collect()
}

#[test]
fn columns_are_found_below_a_letterhead_and_balances_left_out() {
    let rows = table(&[
        &["Alder Ltd", "", "", ""],
        &["Statement of account", "", "", ""],
        &["Date", "Ref", "Charges", "Credits"],
        &["", "Balance brought forward", "10.00", ""],
        &["03/04/2026", "INV-1", "1,250.00", ""],
        &["21/04/2026", "CN-9", "", "£50.00"],
        &["Date", "Ref", "Charges", "Credits"],
        &["22/04/2026", "INV-2", "9.50", ""],
        &["", "Total", "1,259.50", "50.00"],
    ]);
    let found = lines(&rows).unwrap();
    let told: Vec<_> =
        found.iter().map(|line| (line.number.as_str(), line.amount.to_string())).collect();
    assert_eq!(
        told,
        [
            ("INV-1", "1250.00".to_owned()),
            ("CN-9", "-50.00".to_owned()),
            ("INV-2", "9.50".to_owned())
        ]
    );
    assert_eq!(found[0].date, Some(date(2026, 4, 3)));
}

#[test]
fn an_amount_that_cannot_be_read_is_refused_with_its_line() {
    let rows = table(&[&["Date", "Invoice No", "Amount"], &["2026-04-03", "1", "twelve"]]);
    let fault = lines(&rows).unwrap_err().to_string();
    assert!(fault.contains("\"twelve\" at line 2"), "{fault}");
    assert_eq!(lines(&table(&[&["Colour"], &["red"]])), Err(StatementFault::NoHeader));
}

/// The number and the amount of each line.
fn told(rows: &[&[&str]]) -> Vec<(String, String)> {
    let lines = lines(&table(rows)).unwrap_or_else(|why| panic!("{rows:?}: {why}"));
    lines.into_iter().map(|line| (line.number, line.amount.to_string())).collect()
}

#[test]
fn a_balance_that_runs_beside_the_sides_is_no_amount() {
    let rows: &[&[&str]] = &[
        &["Date", "Pièce", "Libellé", "Débit", "Crédit", "Solde"],
        &["01/04/2026", "", "Solde antérieur", "", "", "1 000,00"],
        &["03/04/2026", "FA-12", "Facture", "1 250,00", "", "2 250,00"],
        &["21/04/2026", "AV-3", "Avoir", "", "50,00", "2 200,00"],
        &["", "", "Total", "1 250,00", "50,00", ""],
    ];
    let expected = [("FA-12", "1250.00"), ("AV-3", "-50.00")];
    let expected = expected.map(|(number, amount)| (number.to_owned(), amount.to_owned()));
    assert_eq!(told(rows), expected);
    let read = statement_table(&table(rows), None, date(2026, 6, 30)).unwrap();
    assert_eq!(read.opening, OpeningBalance::Said);
}

#[test]
fn a_balance_between_lines_is_that_of_a_page() {
    use OpeningBalance::{NotSaid, Said};
    let head: &[&str] = &["Date", "Invoice No", "Description", "Amount"];
    let balance: &[&str] = &["", "", "Balance brought forward", "10.00"];
    let zero: &[&str] = &["", "", "Balance brought forward", "0.00"];
    let one: &[&str] = &["03/04/2026", "INV-1", "", "10.00"];
    let two: &[&str] = &["13/04/2026", "INV-2", "", "20.00"];
    for (rows, expected) in [
        ([balance, one, two], Said),
        ([one, two, balance], Said),
        ([one, balance, two], NotSaid),
        ([zero, one, two], NotSaid),
    ] {
        let rows: Vec<&[&str]> = std::iter::once(head).chain(rows).collect();
        let read = statement_table(&table(&rows), None, date(2026, 6, 30)).unwrap();
        assert_eq!((read.opening, read.lines.len()), (expected, 2), "{rows:?}");
    }
}

#[test]
fn kinds_tell_signs_where_no_line_is_below_zero() {
    let rows: &[&[&str]] = &[
        &["Date", "Invoice No", "Type", "Amount", "Balance"],
        &["03/04/2026", "4711", "Invoice", "250.00", "250.00"],
        &["13/04/2026", "BACS 4", "Payment", "300.00", "-50.00"],
        &["14/04/2026", "", "Closing balance", "-50.00", ""],
    ];
    let expected = [("4711", "250.00"), ("BACS 4", "-300.00")];
    assert_eq!(told(rows), expected.map(|(n, a)| (n.to_owned(), a.to_owned())));
}

#[test]
fn a_description_makes_no_payment_of_an_invoice() {
    for (texts, number, kind, expected) in [
        (["Works at the depot", "Pumps", "Hoses"], "4714", "Check valves", "40.00"),
        (["Works at the depot", "Pumps", "Hoses"], "BACS 9", "Payment received", "-40.00"),
        (["SLS", "SLS", "SLS"], "4714", "Payment", "-40.00"),
        (["Invoice", "Invoice", "Pumps"], "4714", "Payment", "-40.00"),
    ] {
        let rows: &[&[&str]] = &[
            &["Date", "Invoice No", "Description", "Amount"],
            &["03/04/2026", "4711", texts[0], "10.00"],
            &["13/04/2026", "4712", texts[1], "20.00"],
            &["14/04/2026", "4713", texts[2], "30.00"],
            &["15/04/2026", number, kind, "40.00"],
        ];
        let told = told(rows);
        assert_eq!(told[3], (number.to_owned(), expected.to_owned()), "{texts:?} {kind}");
    }
}

#[test]
fn a_payment_is_told_by_its_kind_and_no_credit_note_is_one() {
    for (number, kind, amount, expected) in [
        ("BACS 4", "Payment", "-10.00", true),
        ("4711", "Payment", "-10.00", true),
        ("4711", "Payment", "10.00", false),
        ("CR 12", "Cash receipt", "-10.00", true),
        ("CN-77", "Prompt payment discount", "-10.00", false),
        ("SCR0077", "Goods received damaged", "-10.00", false),
    ] {
        let line = StatementLine {
            line: 1,
            number: number.to_owned(),
            date: None,
            amount: amount.parse().unwrap(),
            currency: None,
            kind: kind.to_owned(),
        };
        assert_eq!(is_payment(&line), expected, "{number} {kind} {amount}");
    }
}

#[test]
fn columns_are_told_by_what_they_hold() {
    // `Due` are days and `Invoice` is what is owed.
    let rows: &[&[&str]] = &[
        &["Posted", "Reference", "Due", "Invoice", "Payment", "Balance"],
        &["03/04/2026", "4711", "03/05/2026", "1,250.00", "", "1,250.00"],
        &["05/04/2026", "BACS", "", "", "250.00", "1,000.00"],
    ];
    let expected = [("4711", "1250.00"), ("BACS", "-250.00")];
    assert_eq!(told(rows), expected.map(|(n, a)| (n.to_owned(), a.to_owned())));
}

#[test]
fn ages_and_footers_are_no_lines() {
    let rows: &[&[&str]] = &[
        &["Statement date", "30/04/2026", "", "Amount due", "900.00"],
        &["Date", "Invoice No", "Type", "Due date", "Amount (GBP)"],
        &["03/04/2026", "4711", "Invoice", "03/05/2026", "1,250.00"],
        &["07/04/2026", "4712", "Credit note", "", "350.00"],
        &["Current", "1-30 days", "31-60 days", "61-90 days", "Total"],
        &["900.00", "100.00", "0.00", "0.00", "1,000.00"],
        &["Sort code 20-00-00", "Account 12345678", "", "", "Page 1 of 1"],
        &["VAT", "GB 123456789", "", "", "20.00"],
    ];
    let expected = [("4711", "1250.00"), ("4712", "-350.00")];
    assert_eq!(told(rows), expected.map(|(n, a)| (n.to_owned(), a.to_owned())));
}

#[test]
fn a_day_that_does_not_exist_leaves_no_line_out() {
    for (day, lines) in [
        ("31/02/2026", 2),
        ("31 Feb 2026", 2),
        ("31st of", 1),
        ("Sort code 20-00-00", 1),
        ("VAT", 1),
    ] {
        let rows: &[&[&str]] = &[
            &["Date", "Invoice No", "Amount"],
            &[day, "4711", "10.00"],
            &["13/04/2026", "4712", "10.00"],
        ];
        assert_eq!(told(rows).len(), lines, "{day}");
    }
}

#[test]
fn settled_columns_are_found_by_their_headers() {
    let rows = table(&[
        &["Our books", "", ""],
        &["Wann", "Was", "Wieviel"],
        &["03.04.2026", "4711", "1.250,00"],
    ]);
    assert_eq!(lines(&rows), Err(StatementFault::NoHeader));
    let mut settled = StatementColumns {
        number: Some("was".to_owned()),
        amount: Some("Wieviel".to_owned()),
        ..StatementColumns::default()
    };
    let read = statement_table(&rows, Some(&settled), date(2026, 6, 30)).unwrap();
    assert_eq!(read.lines[0].amount.to_string(), "1250.00");
    assert_eq!(read.lines[0].date, None);
    settled.date = Some("Datum".to_owned());
    let why = statement_table(&rows, Some(&settled), date(2026, 6, 30)).unwrap_err().to_string();
    assert!(why.contains("was, Datum, Wieviel"), "{why}");
}

proptest! {
    #[test]
    fn any_table_is_read_or_refused(
        cells in proptest::collection::vec(
            proptest::collection::vec("(Date|Ref|Amount|[ -~\u{e0}-\u{ff}]{0,9})", 0..5), 0..12
        )
    ) {
        let rows: Vec<Vec<&str>> =
            cells.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        match lines(&table(&rows)) {
            Ok(lines) => prop_assert!(!lines.is_empty()),
            Err(fault) => prop_assert!(!fault.to_string().is_empty()),
        }
    }
}

/// The cells of a file, row by row.
type Rows<'a> = &'a [&'a [&'a str]];

#[test]
fn the_currency_is_that_of_a_column_a_cell_a_header_or_the_letterhead() {
    let head: &[&str] = &["Date", "Invoice No", "Amount"];
    let line: &[&str] = &["2026-04-03", "INV-1", "10.00"];
    let sides: &[&str] = &["Date", "Invoice No", "Debit EUR", "Credit EUR"];
    let cases: [(Rows<'_>, &[Option<&str>]); 14] = [
        (
            &[
                &["Date", "Invoice No", "Amount", "Currency"],
                &["2026-04-03", "INV-1", "10.00", "eur"],
                &["2026-04-04", "INV-2", "10.00", "USD"],
            ],
            &[Some("EUR"), Some("USD")],
        ),
        (&[head, &["2026-04-03", "INV-1", "£10.00"]], &[Some("GBP")]),
        (&[&["Date", "Invoice No", "Amount (GBP)"], line], &[Some("GBP")]),
        (&[sides, &["2026-04-03", "CN-1", "", "10.00"]], &[Some("EUR")]),
        (&[&["Statement currency: CHF"], head, line], &[Some("CHF")]),
        (&[&["ALL AMOUNTS IN USD"], head, line], &[Some("USD")]),
        (&[&["Alle Beträge in Euro"], head, line], &[Some("EUR")]),
        (&[&["Currency", "EUR"], &["Currency", "USD"], head, line], &[None]),
        (&[&["All invoices are due at once"], head, line], &[None]),
        (
            &[&["Currency: EUR"], head, line, &["", "Currency: USD"], line],
            &[Some("EUR"), Some("USD")],
        ),
        (
            &[
                &["Date", "Invoice No", "Amount (EUR)"],
                line,
                &["Date", "Invoice No", "Amount (USD)"],
                line,
            ],
            &[Some("EUR"), Some("USD")],
        ),
        (
            &[&["Date", "Invoice No", "Amount (EUR)"], line, &["Currency", "USD"], head, line],
            &[Some("EUR"), Some("USD")],
        ),
        (&[&["Currency: EUR"], head, line, head, line], &[Some("EUR"), Some("EUR")]),
        (
            &[&["Currency: EUR"], head, line, &["Amounts in USD go to our other bank"], line],
            &[Some("EUR"), Some("EUR")],
        ),
    ];
    for (rows, currencies) in cases {
        let lines = lines(&table(rows)).unwrap();
        let found: Vec<Option<&str>> = lines.iter().map(|line| line.currency.as_deref()).collect();
        assert_eq!(found, currencies, "{rows:?}");
    }
}
