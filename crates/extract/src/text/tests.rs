use std::io::Cursor;

use domain::FileType;
use proptest::prelude::*;

use crate::encoding::CodePage;

use super::dialect::DELIMITERS;
use super::*;

fn open(bytes: &[u8], format: FileFormat) -> Result<Box<dyn RecordSource + '_>, ReadError> {
    open_stream(Cursor::new(bytes), format)
}

fn open_stream<'s>(
    source: impl Read + Seek + 's,
    format: FileFormat,
) -> Result<Box<dyn RecordSource + 's>, ReadError> {
    let matcher = Matcher::with_known_names(FileType::Transactions);
    let options = Options::new(FileType::Transactions, format);
    crate::source::open(source, &options, &matcher)
}

fn records(bytes: &[u8]) -> Result<Vec<Vec<String>>, ReadError> {
    let mut source = open(bytes, FileFormat::Txt)?;
    all(source.as_mut())
}

fn all(source: &mut dyn RecordSource) -> Result<Vec<Vec<String>>, ReadError> {
    let (mut record, mut records) = (Record::default(), Vec::new());
    while source.next(&mut record)? {
        records.push(record.cells().map(str::to_owned).collect());
    }
    Ok(records)
}

fn refusal(bytes: &[u8]) -> Refusal {
    match records(bytes) {
        Err(ReadError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

const fn windows_1252() -> Encoding {
    Encoding::Page(CodePage::WINDOWS_1252)
}

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

#[test]
fn every_encoding_gives_the_same_text() {
    let text = "Supplier Name,Amount\nMüller & Söhne £,1.00\n";
    let windows = |text: &str| -> Vec<u8> {
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    };
    let marked = format!("\u{feff}{text}");
    let cases = [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (marked.as_bytes().to_vec(), Encoding::Utf8),
        (format!("\u{feff}ï»¿{text}").into_bytes(), Encoding::Utf8),
        (windows(text), windows_1252()),
        (utf16(text, u16::to_le_bytes), Encoding::Utf16),
        (utf16(text, u16::to_be_bytes), Encoding::Utf16),
        (utf16(&marked, u16::to_le_bytes), Encoding::Utf16),
        (utf16(&marked, u16::to_be_bytes), Encoding::Utf16),
    ];
    let expected = [["Supplier Name", "Amount"], ["Müller & Söhne £", "1.00"]];
    for (bytes, encoding) in cases {
        let mut source = open(&bytes, FileFormat::Csv).unwrap();
        assert_eq!(all(source.as_mut()).unwrap(), expected, "{encoding:?}");
        assert_eq!(source.encoding(), Some(encoding));
    }
    let mixed = [text.as_bytes(), &windows("Ü,2\n"), "Ö,3\n".as_bytes()].concat();
    let mut source = open(&mixed, FileFormat::Csv).unwrap();
    assert_eq!(all(source.as_mut()).unwrap()[2..], [["Ü", "2"], ["Ö", "3"]]);
    assert_eq!(source.encoding(), Some(Encoding::Mixed(CodePage::WINDOWS_1252)));
    let doubts = source.doubts();
    assert_eq!(doubts[0].reason, Reason::MixedEncodings);
    assert_eq!(doubts[0].cells, [(0, "Ü".to_owned())]);
}

/// Gives seven bytes at a time.
struct Slow<'a>(Cursor<&'a [u8]>);

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = out.len().min(7);
        self.0.read(&mut out[..most])
    }
}

impl Seek for Slow<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_line_is_decided_whole_however_slowly_it_comes() {
    let padding = "Supplier Name,Amount\r\n".repeat(200);
    let bytes = [padding.as_bytes(), "Ä,1\nA\u{e9},".as_bytes(), b"\xfc\r\nb,2"].concat();
    let mut slow = open_stream(Slow(Cursor::new(&bytes)), FileFormat::Csv).unwrap();
    let read = all(slow.as_mut()).unwrap();
    assert_eq!((read[200][0].as_str(), read[201][1].as_str()), ("Ä", "ü"));
    assert_eq!((read[201][0].chars().count(), read[202][0].as_str()), (3, "b"));
    assert_eq!(read, records(&bytes).unwrap());
}

#[test]
fn an_encoding_is_verified_to_the_end() {
    let mut bytes = b"Supplier Name,Amount\n".to_vec();
    while bytes.len() < 3 * crate::limits::BLOCK_BYTES {
        bytes.extend_from_slice(b"Acme,1.00\n");
    }
    bytes.extend_from_slice(b"M\xfcller,1.00");
    let mut source = open(&bytes, FileFormat::Csv).unwrap();
    let records = all(source.as_mut()).unwrap();
    assert_eq!(records.last().unwrap(), &["Müller", "1.00"]);
    assert_eq!(source.encoding(), Some(windows_1252()));
}

#[test]
fn byte_order_marks_of_files_put_one_behind_the_other_are_left_out() {
    let text = "\u{feff}Supplier Name,Amount\na\u{feff}b,1\n\u{feff}c,2\r\n\u{feff}\u{feff}d,3";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes(), &utf16] {
        let mut source = open(bytes, FileFormat::Csv).unwrap();
        let records = all(source.as_mut()).unwrap();
        assert_eq!(records[1..], [["a\u{feff}b", "1"], ["c", "2"], ["d", "3"]]);
        assert!(source.notes().iter().any(|note| note.reason == Reason::MarksInside));
    }
    let once = open("\u{feff}Supplier Name,Amount\na,1\n".as_bytes(), FileFormat::Csv).unwrap();
    assert_eq!(once.notes(), []);
}

#[test]
fn letters_that_were_encoded_twice_are_shown() {
    let twice: String = "é".bytes().map(char::from).collect();
    let text = format!("Supplier Name,Amount\nCaf{twice} du Nord,1\nSÃO PAULO,2\nOâ€™Brien,3\n");
    let mut source = open(text.as_bytes(), FileFormat::Csv).unwrap();
    all(source.as_mut()).unwrap();
    let doubts = source.doubts();
    assert_eq!(doubts[0].reason, Reason::EncodedTwice);
    let cells: Vec<&str> = doubts[0].cells.iter().map(|(_, cell)| cell.as_str()).collect();
    assert_eq!(cells, [format!("Caf{twice} du Nord").as_str(), "Oâ€™Brien"]);
}

#[test]
fn characters_written_as_on_web_pages_are_shown() {
    let text = "Supplier Name,Amount\nSmith &amp; Sons,1\nA & B;,2\nO&#39;Brien,3\nR&D;,4\nX &#xE9;,5\n\
                Y &#;,6\nZ &#12345678;,7\n";
    let mut source = open(text.as_bytes(), FileFormat::Csv).unwrap();
    all(source.as_mut()).unwrap();
    let doubts = source.doubts();
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert_eq!(doubts[0].reason, Reason::HtmlEntities);
    let cells: Vec<&str> = doubts[0].cells.iter().map(|(_, cell)| cell.as_str()).collect();
    assert_eq!(cells, ["Smith &amp; Sons", "O&#39;Brien", "X &#xE9;"]);
}

#[test]
fn characters_that_cannot_be_seen_are_shown() {
    let text = "Supplier Name,Amount\nA\u{200b}b,1\n\u{201c}c\u{201d} \u{2013} \u{20ac},2\n";
    let mut source = open(text.as_bytes(), FileFormat::Csv).unwrap();
    all(source.as_mut()).unwrap();
    let doubts = source.doubts();
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert_eq!(doubts[0].reason, Reason::UnseenCharacters);
    assert_eq!(doubts[0].cells, [(0, "A\u{200b}b".to_owned())]);
}

#[test]
fn the_delimiter_is_the_one_that_shows_headers() {
    for (text, delimiter) in [
        ("Supplier Name,Amount\nSmith; Jones,1", b','),
        ("Supplier Name;Amount\nSmith, Jones;1,50", b';'),
        ("Supplier Name\tAmount\nSmith, Jones\t1", b'\t'),
        ("Supplier Name|Amount\nSmith, Jones|1", b'|'),
        ("Title, with, commas\nSupplier Name|Amount\nSmith|1", b'|'),
        ("nothing;known;here", b';'),
    ] {
        let source = open(text.as_bytes(), FileFormat::Txt).unwrap();
        assert_eq!(source.delimiter(), Some(delimiter), "{text}");
    }
    let other = open(b"Supplier Name;Amount", FileFormat::Csv).unwrap();
    assert_eq!(other.notes()[0].reason, Reason::OtherDelimiter);
}

#[test]
fn records_cross_blocks() {
    let long = "x".repeat(crate::limits::BLOCK_BYTES + 7);
    let quoted = format!("\"{}\r\n\"\"ü\"", "y,\n".repeat(crate::limits::BLOCK_BYTES / 2));
    let text = format!("Supplier Name,Amount\r\n{long},1\r\n{quoted},2\r\nend,3");
    let records = records(text.as_bytes()).unwrap();
    assert_eq!(records[1], [long, "1".to_owned()]);
    assert_eq!(records[2][0].len(), quoted.len() - 3);
    assert_eq!(records[3], ["end", "3"]);
}

#[test]
fn what_would_fill_memory_is_refused() {
    let header = "Supplier Name,Amount\n";
    let large = RECORD_BYTES_MAX + 3 * crate::limits::BLOCK_BYTES;
    let endless = format!("{header}{}", "x".repeat(large));
    assert_eq!(refusal(endless.as_bytes()), Refusal::RecordTooLong { line: 2 });
    let open_quote = format!("{header}a,1\n\"{}", "b,2\n".repeat(large / 4));
    assert_eq!(refusal(open_quote.as_bytes()), Refusal::UnclosedQuote { line: 3 });
    let short = format!("{header}a,1\n\"b,2\nc,3");
    assert_eq!(refusal(short.as_bytes()), Refusal::UnclosedQuote { line: 3 });
    let wide = format!("{header}{}", ",".repeat(1_000_000));
    assert_eq!(refusal(wide.as_bytes()), Refusal::TooManyCells { line: 2 });
    for pdf in [b"%PDF-1.7".as_slice(), b"PK\x03\x04", b"<html>"] {
        assert!(matches!(refusal(pdf), Refusal::Content(_)));
    }
    let blank = format!("{header}{}a,1", "\r\n".repeat(large));
    assert_eq!(records(blank.as_bytes()).unwrap().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_is_read(
        cells in prop::collection::vec(
            prop::collection::vec("[a,;|\\t\"\"\n\r ä€]{0,9}", 1..6),
            0..9,
        ),
        delimiter in prop::sample::select(&DELIMITERS[..]),
        style in prop::sample::select(vec![csv::QuoteStyle::Necessary, csv::QuoteStyle::Always]),
        end in prop::sample::select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\r')]),
    ) {
        let mut writer = csv::WriterBuilder::new();
        let writer = writer.flexible(true).delimiter(delimiter).quote_style(style).terminator(end);
        let mut writer = writer.from_writer(Vec::new());
        let header = vec!["Supplier Name".to_owned(), "Amount".to_owned()];
        let written: Vec<_> = std::iter::once(header).chain(cells).collect();
        for record in &written {
            writer.write_record(record).unwrap();
        }
        prop_assert_eq!(records(&writer.into_inner().unwrap()).unwrap(), written);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let first = records(&bytes).ok();
        prop_assert_eq!(records(&bytes).ok(), first, "reading twice reads the same");
    }
}
