//! What holds of any table, in whatever dialect a program writes it: it is read as it was, or
//! something is said.

use super::*;

const NAMES: [&str; 9] = [
    "unique_id",
    "invoice_number",
    "invoice_amount",
    "base_amount",
    "invoice_date",
    "entered_date",
    "supplier_name",
    "description",
    "supplier_ref",
];

#[derive(Debug, Clone)]
struct Dialect {
    delimiter: u8,
    quote: u8,
    doubles: bool,
    style: csv::QuoteStyle,
    end: csv::Terminator,
}

fn dialects() -> impl Strategy<Value = Dialect> {
    let quoting = prop::sample::select(vec![
        (b'"', true, csv::QuoteStyle::Necessary),
        (b'"', true, csv::QuoteStyle::Always),
        (b'"', true, csv::QuoteStyle::NonNumeric),
        (b'"', false, csv::QuoteStyle::Always),
        (b'\'', true, csv::QuoteStyle::Always),
        (b'\'', false, csv::QuoteStyle::NonNumeric),
        (b'"', true, csv::QuoteStyle::Never),
    ]);
    let delimiter = prop::sample::select(b",\t;|~^\x01\x1f".to_vec());
    let end = prop::sample::select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n')]);
    (delimiter, quoting, end).prop_map(|(delimiter, (quote, doubles, style), end)| Dialect {
        delimiter,
        quote,
        doubles,
        style,
        end,
    })
}

/// Names and descriptions, with more of what splits texts than people write.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-z]{1,7} (& Co|Ltd|GmbH)",
        "[a-z\"',;|~^\\\\ ]{1,12}",
        "[A-Z][a-z]{1,5},? [a-z]{0,4}\n[A-Z][a-z]{1,5}, [A-Z]{2}",
        "[0-9]{1,2}\" [a-z]{2,5} x [0-9]\"",
    ]
}

fn written(rows: &[(String, String)], dialect: &Dialect) -> String {
    let mut writer = csv::WriterBuilder::new();
    writer.delimiter(dialect.delimiter).quote(dialect.quote).double_quote(dialect.doubles);
    writer.quote_style(dialect.style).terminator(dialect.end);
    let mut writer = writer.from_writer(Vec::new());
    writer.write_record(NAMES).unwrap();
    for (row, (name, description)) in rows.iter().enumerate() {
        let (id, number) = (format!("U{row}"), format!("INV-{row}"));
        let day = format!("2024-03-{:02}", row + 13);
        let row = [&id, &number, "12.50", "12.50", &day, &day, name, description, "S1001"];
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_table_is_read_as_it_was_or_something_is_said(
        rows in prop::collection::vec((texts(), texts()), 1..9),
        dialect in dialects(),
    ) {
        // This writer escapes quotes and not the sign that escapes: what it writes of that is
        // another text. So is a text between quotes that it writes without quotes of its own.
        let is_bare = matches!(dialect.style, csv::QuoteStyle::Never);
        let is_quoted = |text: &str, sign: char| {
            let text = text.trim();
            text.len() > 1 && text.starts_with(sign) && text.ends_with(sign)
        };
        let plain = |mut text: String| {
            for sign in ['"', '\''] {
                if is_quoted(&text, sign) && (is_bare || dialect.quote != sign as u8) {
                    text = text.replace(sign, "/");
                }
            }
            if dialect.doubles { text } else { text.replace('\\', "/") }
        };
        let rows: Vec<(String, String)> =
            rows.into_iter().map(|(name, text)| (plain(name), plain(text))).collect();
        let text = written(&rows, &dialect);
        let options = Options { failed_per_mille_max: 1_000, ..strict(FileType::Transactions) };
        let (kept, reading) = read_with(text.as_bytes(), &options);
        let Ok(reading) = reading else { return Ok(()) };
        let is_said = reading.rows_set_aside > 0
            || reading.non_rows.all() > 1
            || kept.notes().iter().any(|note| *note != Reason::OtherDelimiter);
        let trimmed = |texts: Vec<&String>| -> Vec<String> {
            texts.into_iter().map(|text| text.trim().replace('\r', "")).collect()
        };
        let names = trimmed(rows.iter().map(|(name, _)| name).collect());
        let descriptions = trimmed(rows.iter().map(|(_, description)| description).collect());
        let empty = |texts: Vec<String>| -> Vec<String> {
            texts.into_iter().map(|text| if text == "-" { String::new() } else { text }).collect()
        };
        let is_same = kept.column("supplier_name") == names
            && empty(kept.column("description")) == descriptions;
        prop_assert!(is_same || is_said, "{dialect:?} gave {:?} of {text:?}", kept.column("supplier_name"));
    }
}

#[test]
fn blanks_before_quotes_are_no_part_of_a_text() {
    let header = "\"Unique ID\", \"Supplier Name\", \"Amount\"";
    let rows = "\"1\", \"Smith, Jones & Co\", \"1,234.50\"\n\"2\",  \"Say \"\"hi\"\"\" , 2.50\n";
    let (kept, reading) = read_csv(&format!("{header}\n{rows}"));
    assert_eq!(kept.column("supplier_name"), ["Smith, Jones & Co", "Say \"hi\""]);
    assert_eq!(kept.column("invoice_amount"), ["12345000", "25000"]);
    assert_eq!((reading.rows_read, kept.notes().len()), (2, 0));
    // In one text a quote behind a blank is a part of it.
    let (kept, _) = read_csv("Unique ID,Supplier Name\n1, \"The\" Shop\n2,Acme\n3,Acme\n4,Acme\n");
    assert_eq!(kept.column("supplier_name")[0], "\"The\" Shop");
}

#[test]
fn rows_between_two_lone_quotes_are_told_or_said() {
    let header =
        "Unique ID|Invoice Number|Amount|Invoice Date|Supplier Name|Description|Supplier Ref";
    let first = "U0|INV-0|12.50|2024-03-13|\"|Aa & Co|S1001";
    let second = "U1|INV-1|12.50|2024-03-14|Aa & Co|\"|,|S1001";
    let third = "U2|INV-2|12.50|2024-03-15|Aa & Co|\"|S1001";
    let broken = "U0|INV-0|12.50|2024-03-13|\"|Aa\r\n& Co|S1001";
    for (rows, ids, reason) in [
        // The second row has a cell too many, and is one all the same; its own quote opens a text that
        // ends in the third.
        (vec![first, second, third], vec!["U0", "U1"], Reason::StrayQuote),
        // Nothing shows that the first line is a row.
        (vec![broken, third], vec!["U0"], Reason::RowsInText),
    ] {
        let (kept, _) = read_csv(&format!("{header}\r\n{}\r\n", rows.join("\r\n")));
        assert_eq!(kept.column("unique_id"), ids);
        assert!(kept.notes().contains(&reason), "{reason:?}");
    }
}
