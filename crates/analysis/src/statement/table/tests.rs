//! Columns, lines and amounts of statements as people write them.

use proptest::prelude::*;

use super::*;

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
    assert_eq!(found[0].date, Some(jiff::civil::date(2026, 4, 3)));
}

#[test]
fn an_amount_that_cannot_be_read_is_refused_with_its_line() {
    let rows = table(&[&["Date", "Invoice No", "Amount"], &["2026-04-03", "1", "twelve"]]);
    let fault = lines(&rows).unwrap_err().to_string();
    assert!(fault.contains("\"twelve\" at line 2"), "{fault}");
    assert_eq!(lines(&table(&[&["Colour"], &["red"]])), Err(StatementFault::NoHeader));
}

#[test]
fn amounts_are_read_as_statements_write_them() {
    for (text, amount) in [
        ("1,234.56", Some("1234.56")),
        ("1.234,56", Some("1234.56")),
        ("(12.00)", Some("-12.00")),
        ("12.00-", Some("-12.00")),
        ("12.00 CR", Some("-12.00")),
        ("12.00DR", Some("12.00")),
        ("£1,000.00", Some("1000.00")),
        ("n/a", None),
    ] {
        let read = amount_of(text).map(|amount| amount.to_string());
        assert_eq!(read.as_deref(), amount, "{text}");
    }
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
