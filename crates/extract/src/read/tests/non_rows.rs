//! Which records are rows, and which were never meant as any.

use super::*;

const HEADER: &str = "Unique ID,Invoice No,Amount,Base Amount,Invoice Date,Entered Date,Supplier Ref,\
                      Supplier Name,Description,PO Number,Site Ref,Payment Type,User ID,Due Date,Paid Date,\
                      Cleared Date,Received Date,Modified Date\n";

/// The counts of a file with these records below a row that has what it must have and no more.
fn counts(records: &str, rules: &ReadingRules) -> (u64, u64, NonRows) {
    let text = format!("{HEADER}1,A,1.00,1.00,13/04/2019,13/04/2019,S,Acme\n{records}\n");
    let options = Options {
        failed_per_mille_max: 1_000,
        ..Options::by_rules(FileType::Transactions, FileFormat::Csv, rules)
    };
    let reading = read_with(text.as_bytes(), &options).1.unwrap();
    (reading.rows_read - 1, reading.rows_set_aside, reading.non_rows)
}

#[test]
fn a_record_with_all_it_must_have_is_a_row() {
    for (number, name, description) in [
        ("B", "TOTAL", ""),
        ("B", "Sum", "Balance"),
        ("Balance", "Acme", "Total for March hire"),
        ("B", "Subtotal Music", ""),
        ("Total", "Total", "Total"),
        ("---", "END OF REPORT", "5 rows"),
    ] {
        let row = format!("2,{number},2.00,2.00,13/04/2019,13/04/2019,S,{name},{description}");
        let headers = NonRows { headers: 1, ..NonRows::default() };
        assert_eq!(counts(&row, &ReadingRules::default()), (1, 0, headers), "{row}");
        // One that fails is set aside and said, not skipped.
        let failed = row.replacen("2.00", "two", 1);
        assert_eq!(counts(&failed, &ReadingRules::default()), (0, 1, headers), "{failed}");
    }
}

#[test]
fn a_cell_that_is_longer_than_any_footer_is_not_skipped() {
    let headers = NonRows { headers: 1, ..NonRows::default() };
    let rows = "x".repeat(5_000);
    assert_eq!(counts(&rows, &ReadingRules::default()), (0, 1, headers));
    let footer = NonRows { footers: 1, ..headers };
    assert_eq!(counts(&rows[..900], &ReadingRules::default()), (0, 0, footer));
}

#[test]
fn totals_and_footers_are_told_from_rows() {
    let one = NonRows { headers: 1, ..NonRows::default() };
    let (total, footer) = (NonRows { totals: 1, ..one }, NonRows { footers: 1, ..one });
    for (record, non_rows) in [
        ("Total,,3.00", total),
        (",,3.00,3.00,,,,Grand total: 3 invoices", total),
        ("Summe,,3.00", total),
        ("Razem,,3.00", total),
        (",,3.00,3.00,,,,Acme Ltd Total", total),
        (",,3.00,,,,,Acme Ergebnis", total),
        (",,3.00,,,,,Total Acme", total),
        ("Carried forward,,3.00", total),
        (",,3.00,,,,,,Opening balance", total),
        ("B/F,,3.00", total),
        ("Итого,,3.00", total),
        ("小計,,3.00", total),
        ("**,,3.00", total),
        (",,,,,,Total", total),
        ("---,---,---------,----------,---,---,--,--", footer),
        ("=======================", footer),
        ("-----+------+---------,-----", footer),
        ("TRL,40,1234.56", footer),
        ("Trailer,40", footer),
        ("*** END OF REPORT ***,,,,40 rows", footer),
        ("(5 rows affected)", footer),
        ("5 rows selected.", footer),
        ("Record count:,40", footer),
        ("EOF", footer),
    ] {
        let usual = ReadingRules::default();
        assert_eq!(counts(record, &usual), (0, 0, non_rows), "{record}");
        assert_eq!(counts(&record.replace(',', " , "), &usual), (0, 0, non_rows), "{record}");
    }
    for record in ["-,-,-,-", "TRL,40,1234.56,1234.56,13/04/2019,13/04/2019,S", "2,Total,x"] {
        let is_set_aside = counts(record, &ReadingRules::default()) == (0, 1, one);
        assert_eq!(is_set_aside, record != "2,Total,x", "{record}");
    }
    let keeps_totals = ReadingRules { keeps_totals: true, ..ReadingRules::default() };
    assert_eq!(counts("Total,,3.00", &keeps_totals), (0, 1, one));
}

#[test]
fn a_few_failed_rows_do_not_refuse_the_others() {
    let rows = |good: usize, bad: usize| {
        let row = |date: &str| format!("1,A,1,1,{date},13/04/2019,S,Acme\n");
        [HEADER, &row("13/04/2019").repeat(good), &row("soon").repeat(bad)].concat()
    };
    let usual = strict(FileType::Transactions);
    let strict = Options { failed_per_mille_max: 49, ..usual.clone() };
    for (good, bad, options, is_read) in [
        (9, 1, &usual, true),
        (9, 1, &strict, false),
        (6, 5, &usual, true),
        (5, 5, &usual, false),
        (20, 6, &usual, false),
        (120, 6, &usual, true),
    ] {
        let (_, reading) = read_with(rows(good, bad).as_bytes(), options);
        assert_eq!(reading.is_ok(), is_read, "{good} and {bad}: {reading:?}");
    }
}

#[test]
fn a_title_of_the_rows_below_is_no_row() {
    let row = "1,A,1.00,1.00,13/04/2019,13/04/2019,S,Acme";
    for (title, is_title) in [
        ("Supplier,S1001,Acme Ltd", true),
        ("Vendor:,S1001", true),
        ("17,B17,,,,,,", false),
        ("Supplier,S1001,12.00,12.00,13/04/2019,13/04/2019", false),
    ] {
        let text = format!("{HEADER}{title}\n{row}\n");
        let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
        let reading = read_with(text.as_bytes(), &options).1.unwrap();
        assert_eq!(reading.non_rows.footers == 1, is_title, "{title}");
        assert_eq!(reading.rows_set_aside == 0, is_title, "{title}");
    }
}

#[test]
fn an_error_message_behind_the_rows_is_said_as_one() {
    let row = "1,A,1.00,1.00,13/04/2019,13/04/2019,S,Acme";
    for (last, reason) in [
        ("ORA-01555: snapshot too old", Reason::ErrorMessage),
        ("Error: connection lost", Reason::ErrorMessage),
        ("java.sql.SQLException: closed", Reason::ErrorMessage),
        ("Confidential", Reason::FooterRow),
    ] {
        let text = format!("{HEADER}{row}\n{last}\n");
        let (kept, reading) = read_with(text.as_bytes(), &strict(FileType::Transactions));
        assert_eq!(reading.unwrap().rows_read, 1);
        assert!(kept.notes().contains(&reason), "{last}: {:?}", kept.notes());
    }
}
