use std::io::Cursor;

use domain::{FileFormat, FileType};

use crate::error::ReadError;
use crate::headers::Matcher;
use crate::options::Options;
use crate::record::{Quotes, Record};

const HEADER: &str = "Unique ID,Invoice No,Amount,Invoice Date,Supplier Name,Description\n";

/// The cells of every record with what its quotes leave open, or the words of the refusal.
fn records(text: &str) -> Result<Vec<(Vec<String>, Quotes)>, String> {
    let matcher = Matcher::with_known_names(FileType::Transactions);
    let bytes = Cursor::new(text.as_bytes());
    let options = Options::new(FileType::Transactions, FileFormat::Csv);
    let mut source = crate::source::open(bytes, &options, &matcher).map_err(|e| e.to_string())?;
    let (mut record, mut records) = (Record::default(), Vec::new());
    while source.next(&mut record).map_err(|error: ReadError| error.to_string())? {
        records.push((record.cells().map(str::to_owned).collect(), record.quotes));
    }
    Ok(records)
}

fn row(number: usize, name: &str, description: &str) -> String {
    format!(
        "U{number},INV-{number},{number}.50,2024-03-{:02},{name},{description}\n",
        1 + number % 28
    )
}

/// A file of these rows with so many plain ones between.
fn file(rows: &[String], between: usize) -> String {
    let mut text = HEADER.to_owned();
    for row in rows {
        text.push_str(row);
        (0..between).for_each(|number| text.push_str(&self::row(100 + number, "Acme Ltd", "")));
    }
    text
}

#[test]
fn a_stray_quote_takes_no_other_row() {
    let quoted = |row: &str| -> String {
        row.split(',').map(|cell| format!("\"{}\"", cell.trim_end())).collect::<Vec<_>>().join(",")
            + "\n"
    };
    for (rows, strays) in [
        // In one column, so that even the number of cells is right.
        (vec![row(1, "\"Kestrel", "x"), row(2, "\"Brightwater", "y")], 2),
        (vec![row(1, "\"Kestrel", "x"), row(2, "\"Brightwater", "y"), row(3, "\"Ivel", "z")], 3),
        // The last column, and different ones.
        (vec![row(1, "Kestrel", "\"urgent"), row(2, "Ivel", "\"works")], 2),
        (vec![row(1, "\"Kestrel", "x"), row(2, "Ivel", "\"works")], 2),
        (vec![row(1, "Kestrel", "\"works"), row(2, "\"Ivel", "")], 2),
        // Closed by an inch mark, or by a quote that opens rightly.
        (vec![row(1, "\"Kestrel", "x"), row(2, "Ivel", "pipe 6\"")], 1),
        (vec![row(1, "\"Kestrel", "x"), row(2, "\"Smith, Jones\"", "y")], 1),
        (vec![row(1, "\"Kestrel", "x"), quoted(&row(2, "Ivel", "y"))], 1),
        (vec![row(1, "\"Urgent\" works", ""), row(2, "12\" x 3\"", "\"a\" b")], 2),
    ] {
        for between in [0, 1, 12] {
            let text = file(&rows, between);
            let read = records(&text).unwrap_or_else(|refused| panic!("{refused}: {text}"));
            assert_eq!(read.len(), 1 + rows.len() * (1 + between), "{text}");
            assert!(read.iter().all(|(cells, _)| cells.len() == 6), "{text}");
            let is_stray = |quotes: &Quotes| matches!(quotes, Quotes::Stray { .. });
            assert_eq!(
                read.iter().filter(|(_, quotes)| is_stray(quotes)).count(),
                strays,
                "{text}"
            );
        }
    }
    let text = file(&[row(1, "\"Kestrel", "x"), row(2, "\"Brightwater", "y")], 3);
    let crlf = text.replace('\n', "\r\n");
    for text in [&text, &crlf] {
        assert_eq!(records(text).unwrap()[1].0[4], "\"Kestrel");
    }
}

#[test]
fn a_lone_quote_is_refused_by_its_line() {
    let text = file(&[row(1, "Acme", ""), row(2, "\"Kestrel", "x")], 4);
    assert!(records(&text).unwrap_err().contains("at line 7 and not closed"));
}

#[test]
fn honest_texts_over_lines_stay_whole() {
    for cell in [
        "1 High Street\nLeeds, LS1 1AA\nUnited Kingdom",
        "1 High Street,\nLeeds,\nLS1 1AA,\nUK",
        "Works, phase 1\nWorks, phase 2\n\n- doors, 12\n- windows, 6",
        "a, b, c, d, e, f\ng, h, i, j, k, l",
        "x\n,,,,,\n,,,,,",
        "he said \"\"no, no, no, no, no\"\"\nand, then, he, went, away, home",
    ] {
        let unquoted = cell.replace("\"\"", "\"");
        for name in ["Acme", "\"Smith, Jones\""] {
            let text = file(&[row(1, name, &format!("\"{cell}\"")), row(2, name, "")], 2);
            let read = records(&text).unwrap();
            assert_eq!(read.len(), 7, "{text}");
            assert_eq!((read[1].0[5].as_str(), read[1].1), (unquoted.as_str(), Quotes::OverLines));
        }
    }
}

#[test]
fn quotes_of_other_dialects_are_quotes() {
    let single = file(&[row(1, "'Smith, Jones'", "'it''s'"), row(2, "'Acme'", "''")], 0);
    let single = records(&single).unwrap();
    assert_eq!(single[1].0[4..], ["Smith, Jones", "it's"]);
    assert_eq!(single[2].0[4..], ["Acme", ""]);

    let escaped = file(
        &[row(1, "\"Smith, \\\"Jones\\\"\"", r#""C:\\x\y""#), row(2, "\"12\\\"\"", "\"a\"")],
        0,
    );
    let escaped = records(&escaped).unwrap();
    assert_eq!(escaped[1].0[4..], ["Smith, \"Jones\"", r"C:\x\y"]);
    assert_eq!(escaped[2].0[4..], ["12\"", "a"]);

    for (name, kept) in
        [("'00123", "'00123"), ("\"C:\\temp\\\"", "C:\\temp\\"), ("O'Neil", "O'Neil")]
    {
        let plain = records(&file(&[row(1, name, "x"), row(2, name, "\"y\"")], 3)).unwrap();
        assert_eq!((plain.len(), plain[1].0[4].as_str()), (9, kept));
    }
}
