//! Delimited text: any bytes are read or refused, the records are those another reader counts, and
//! where blocks end makes no difference.
//!
//! Not for: what values mean. Invariant: as in `promises`.

use std::io::{Cursor, Read, Seek, SeekFrom};

use domain::FileFormat;
use extract::{Encoding, Options, Reading, Reason, limits};

use super::promises;

pub fn run(input: &[u8]) {
    let [choice, bytes @ ..] = input else { return };
    let format = [FileFormat::Csv, FileFormat::Tsv, FileFormat::Txt][usize::from(choice / 3) % 3];
    let options = promises::options(*choice, format);
    let Some((reading, _)) = promises::read(bytes, &options) else { return };
    let delimiter = reading.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok());
    let delimiter = delimiter.expect("a text has one, in ASCII");
    // A quote in front of a text by chance opens nothing here, and others than double ones do.
    let quotes_are_plain = !bytes.contains(&b'\'')
        && !bytes.contains(&b'\\')
        && !reading.problems.iter().any(|problem| problem.reason == Reason::StrayQuote);
    if quotes_are_plain && reading.encoding == Some(Encoding::Utf8) {
        assert_eq!(reading.records(), records(bytes, delimiter), "records were lost");
    }
    assert!(reading.columns.len() <= limits::CELLS_MAX);
    // A mark below blank lines is text, and long lines of Windows-1252 are decided piece by piece.
    let is_marked = MARKS.iter().any(|mark| bytes.starts_with(mark.as_bytes()));
    let is_utf8 = reading.encoding == Some(Encoding::Utf8) && std::str::from_utf8(bytes).is_ok();
    if is_utf8 && !is_marked {
        assert_eq!(read_cut(bytes, &options), reading, "cut and whole read differently");
    }
}

/// Byte order marks, as they are and encoded twice.
const MARKS: [&str; 2] = ["\u{feff}", "ï»¿"];

/// Blank lines to put before a text: what is sniffed is read at once, and only what is behind it is
/// cut.
const BLANKS: usize = 1 << 12;

fn read_cut(bytes: &[u8], options: &Options<'_>) -> Reading {
    let below = [&b"\n".repeat(BLANKS), bytes].concat();
    let pieces = Pieces { source: Cursor::new(&below), most: bytes.len() / 8 + 1 };
    let mut reading = extract::read(pieces, options, &mut promises::Rows::default())
        .expect("cutting and blank lines change nothing");
    reading.header_line -= BLANKS as u64;
    reading
}

/// Gives few bytes at a time behind the blank lines.
struct Pieces<'a> {
    source: Cursor<&'a Vec<u8>>,
    most: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = if self.source.position() == 0 { BLANKS } else { self.most };
        let most = most.min(out.len());
        self.source.read(&mut out[..most])
    }
}

impl Seek for Pieces<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.source.seek(to)
    }
}

/// Counts the records as the `csv` library does. It knows one byte order mark and not those written
/// twice.
fn records(mut bytes: &[u8], delimiter: u8) -> u64 {
    while let Some(rest) = MARKS.iter().find_map(|mark| bytes.strip_prefix(mark.as_bytes())) {
        bytes = rest;
    }
    let mut reader = ::csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(delimiter);
    reader.from_reader(bytes).byte_records().inspect(|record| assert!(record.is_ok())).count()
        as u64
}
