//! What the first bytes of a file say it is, against what its name says.
//!
//! Not for: reading extracts. This tells the kinds that are read from those that are not, and
//! recognises slips early: a workbook named `.csv`, an error page saved as one, a PDF.

use crate::file_name::FileFormat;
use crate::signatures::{COMPOUND, JPEG, PDF, PNG, ZIP};

/// No signature below is longer or starts later; receiving looks at this many bytes before it keeps
/// any. A web page has its styles before its table.
pub const SIGNATURE_BYTES: usize = 4096;

/// The kinds of content that are read, whatever the name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Text,
    /// A ZIP archive: a workbook of today, or an ODF spreadsheet.
    Package,
    /// A workbook of Excel 97 to 2003, in its container or bare; or an encrypted one.
    OldWorkbook,
    /// A web page that shows a table.
    WebTable,
    /// XML Spreadsheet 2003.
    XmlSpreadsheet,
    /// A file that banks take payments from.
    PaymentOrder(PaymentOrderKind),
}

/// The formats in which payments are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentOrderKind {
    /// ISO 20022 credit transfers, in XML.
    Pain001,
    /// UK Bacs Standard 18.
    Bacs,
    Nacha,
}

/// Why content cannot be what its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the content is {found}, not what the extension .{extension} says: {advice}", extension = .expected.extension())]
pub struct ContentRefusal {
    expected: FileFormat,
    found: &'static str,
    advice: &'static str,
}

/// The first record of Excel 5 to 2003 where there is no container round it.
const BARE_WORKBOOKS: [&[u8]; 3] = [b"\x09\x08\x10\0", b"\x09\x08\x08\0", b"\x09\x08\x06\0"];

/// Signatures that no extract begins with.
const FOREIGN: &[(&[u8], &str)] = &[
    (PDF, "a PDF"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (PNG, "a picture"),
    (JPEG, "a picture"),
    (b"SQLite format 3\0", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"MIME-Version:", "a web archive (.mht)"),
    (b"\x09\x04\x06\0", "a workbook of Excel 4"),
    (b"\x09\x02\x06\0", "a workbook of Excel 3"),
    (b"\x09\0\x04\0", "a workbook of Excel 2"),
    (b"Obj\x01", "an Avro file"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a document of a word processor (RTF)"),
    (b"-----BEGIN PGP MESSAGE", "an encrypted message"),
];

/// Tells by the first bytes (up to [`SIGNATURE_BYTES`], fewer at the end of a short file) what a file
/// is, or refuses what is not read under such a name. An empty file is text.
///
/// # Errors
/// The sentence says what was found and what to do.
pub fn recognise(expected: FileFormat, first: &[u8]) -> Result<Content, ContentRefusal> {
    let refuse = |found, advice| Err(ContentRefusal { expected, found, advice });
    if first.is_empty() {
        return Ok(Content::Text);
    }
    if first.starts_with(ZIP) {
        return match expected {
            FileFormat::Xlsx | FileFormat::Xls | FileFormat::Ods => Ok(Content::Package),
            FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt | FileFormat::Xml => refuse(
                "a workbook or a ZIP archive",
                "name it .xlsx if it is a workbook, or send the unpacked file",
            ),
        };
    }
    if first.starts_with(COMPOUND) || BARE_WORKBOOKS.iter().any(|bare| first.starts_with(bare)) {
        return Ok(Content::OldWorkbook);
    }
    if let Some(found) = foreign(first) {
        return refuse(found, "send the extract itself as text or .xlsx");
    }
    if looks_like_ebcdic(first) {
        return refuse(
            "text in EBCDIC, as mainframes and IBM i keep it",
            "have it converted to UTF-8 (CCSID 1208) where it is written or sent",
        );
    }
    if looks_like_json(first) {
        return refuse("JSON", "send the extract as rows of text, such as CSV");
    }
    if let Some(kind) = fixed_width_order(first) {
        return Ok(Content::PaymentOrder(kind));
    }
    match markup(first) {
        Some(Markup::Readable(content)) => return Ok(content),
        Some(Markup::Other) => {
            return refuse(
                "an HTML or XML page without a table",
                "look at what made the file: an error page may have been saved in its place",
            );
        }
        None => {}
    }
    match expected {
        // Many programs give text this name, so that a click opens it in Excel.
        FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt | FileFormat::Xls => Ok(Content::Text),
        FileFormat::Xlsx | FileFormat::Ods => {
            refuse("not a workbook", "name it .csv or .txt if it is text")
        }
        FileFormat::Xml => refuse(
            "no XML that is read",
            "send payments as ISO 20022 pain.001, and rows of text as .csv or .txt",
        ),
    }
}

/// Files of lines of fixed width, told by the first two.
fn fixed_width_order(first: &[u8]) -> Option<PaymentOrderKind> {
    /// Places of a line of NACHA, which say so themselves.
    const NACHA_PLACES: usize = 94;
    let mut lines = first.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let (one, two) = (lines.next()?, lines.next()?);
    if one.starts_with(b"VOL1") && two.starts_with(b"HDR1") {
        return Some(PaymentOrderKind::Bacs);
    }
    let is_nacha =
        one.starts_with(b"101") && one.get(34..37) == Some(b"094") && two.starts_with(b"5");
    (is_nacha && two.len() == NACHA_PLACES).then_some(PaymentOrderKind::Nacha)
}

/// Checks the first bytes as [`recognise`] does.
///
/// # Errors
/// The sentence says what was found and what to do.
pub fn check_signature(expected: FileFormat, first: &[u8]) -> Result<(), ContentRefusal> {
    recognise(expected, first).map(drop)
}

/// Text of a mainframe: its letters, digits, blanks and commas, and none of those that other text has.
fn looks_like_ebcdic(first: &[u8]) -> bool {
    /// The bytes of a header row at least; fewer could be anything.
    const BYTES_MIN: usize = 16;
    let is_ascii_sign = |byte: &u8| matches!(byte, b' ' | b',' | b';' | b'\t');
    let is_of_text = |byte: &&u8| {
        matches!(
            byte,
            0x40 | 0x4b | 0x5e | 0x60 | 0x61 | 0x6b | 0x6d | 0x0d | 0x15 | 0x25
                | 0x81..=0x89 | 0x91..=0x99 | 0xa2..=0xa9
                | 0xc1..=0xc9 | 0xd1..=0xd9 | 0xe2..=0xe9 | 0xf0..=0xf9
        )
    };
    first.len() >= BYTES_MIN
        && first.contains(&0x40)
        && !first.iter().any(is_ascii_sign)
        && first.iter().filter(is_of_text).count() * 10 >= first.len() * 9
}

/// Objects, alone or in a list; a header may begin with a bracket, as those of SQL Server do.
fn looks_like_json(first: &[u8]) -> bool {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    let inside = text.strip_prefix(b"[").unwrap_or(text).trim_ascii_start();
    let member = inside.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    member.is_some_and(|member| member.starts_with(b"\"") || member.starts_with(b"}"))
}

fn foreign(first: &[u8]) -> Option<&'static str> {
    let signature = FOREIGN.iter().find(|(signature, _)| first.starts_with(signature))?;
    // Two letters are a likely beginning of a header row: a program also has bytes no text has.
    let is_text_all_the_same = signature.0 == b"MZ" && !first.contains(&0);
    (!is_text_all_the_same).then_some(signature.1)
}

/// Content that begins with a tag.
enum Markup {
    Readable(Content),
    Other,
}

fn markup(first: &[u8]) -> Option<Markup> {
    // In UTF-16 every second byte of a tag is zero.
    let text: Vec<u8> =
        first.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    let text = marks.into_iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(&text);
    let text = text.trim_ascii_start();
    let begins = |tags: &[&[u8]]| tags.iter().any(|tag| text.starts_with(tag));
    let holds = |words: &[&[u8]]| {
        words.iter().any(|word| text.windows(word.len()).any(|window| window == *word))
    };
    if begins(&[b"<?xml", b"<?mso-application", b"<workbook", b"<ss:workbook"])
        && holds(&[b"urn:schemas-microsoft-com:office:spreadsheet", b"excel.sheet"])
    {
        return Some(Markup::Readable(Content::XmlSpreadsheet));
    }
    // Before the kinds of pages: a document type in it is refused with its line when it is read.
    if begins(&[b"<?xml", b"<document", b"<!--", b"<!doctype document"]) && holds(&[b"pain.001.0"])
    {
        return Some(Markup::Readable(Content::PaymentOrder(PaymentOrderKind::Pain001)));
    }
    if !begins(&[
        b"<!doctype",
        b"<html",
        b"<?xml",
        b"<head",
        b"<body",
        b"<table",
        b"<meta",
        b"<style",
        b"<title",
        b"<div",
        b"<center",
        b"<font",
        b"<!--",
        b"<script",
        b"<workbook",
        b"<form",
    ]) {
        return None;
    }
    // What Excel and those who imitate it say before the first table.
    let is_table = holds(&[b"<table", b"urn:schemas-microsoft-com:office:excel", b"excel.sheet"]);
    Some(if is_table { Markup::Readable(Content::WebTable) } else { Markup::Other })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_name_agree_or_are_refused() {
        for (format, first, good) in [
            (FileFormat::Csv, &b""[..], true),
            (FileFormat::Csv, b"Supplier,Amount\n", true),
            (FileFormat::Csv, b"\xef\xbb\xbfSupplier\n", true),
            (FileFormat::Csv, b"\xff\xfeS\0", true),
            (FileFormat::Csv, b"MZ number,Amount\n", true),
            (FileFormat::Csv, b"<10 days;Amount\n", true),
            (FileFormat::Csv, b"MZ\x90\0\x03\0", false),
            (FileFormat::Csv, b"PK\x03\x04\x14", false),
            (FileFormat::Txt, b"%PDF-1.7", false),
            (FileFormat::Csv, b"\x7fELF\x02", false),
            (FileFormat::Csv, b"\xef\xbb\xbf \r\n<!DOCTYPE html>", false),
            (FileFormat::Tsv, b"<HTML><head>", false),
            (FileFormat::Csv, b"\x1f\x8b\x08", false),
            (FileFormat::Csv, b"[{\"Unique ID\": 1}]", false),
            (FileFormat::Txt, b"{ \"rows\": [] }", false),
            (FileFormat::Csv, b"[Unique ID],[Amount]", true),
            // Unique ID,Invoice Number
            (
                FileFormat::Txt,
                b"\xe4\x95\x89\x98\xa4\x85\x40\xc9\xc4\x6b\xc9\x95\xa5\x96\x89\x83\x85\x40\xd5\xa4\x94",
                false,
            ),
            // The same words in Russian, in KOI8-R.
            (FileFormat::Csv, b"\xee\xcf\xcd\xc5\xd2;\xf3\xd5\xcd\xcd\xc1;\xe4\xc1\xd4\xc1", true),
            (FileFormat::Txt, b"{\\rtf1\\ansi", false),
            (FileFormat::Xlsx, b"PK\x03\x04\x14", true),
            (FileFormat::Xlsx, b"Supplier,Amount\n", false),
            (FileFormat::Xlsx, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", true),
            (FileFormat::Csv, b"\x1f\x8b\x08", false),
            (FileFormat::Xls, b"Supplier\tAmount\n", true),
            (FileFormat::Ods, b"Supplier,Amount\n", false),
            (FileFormat::Xls, b"MIME-Version: 1.0\r\n", false),
            (FileFormat::Csv, b"<?xml version='1.0'?><a/>", false),
            (FileFormat::Xml, b"<?xml version='1.0'?><a/>", false),
            (FileFormat::Xml, b"Supplier,Amount\n", false),
            (FileFormat::Csv, b"VOL1,Amount\n1,2\n", true),
        ] {
            let outcome = check_signature(format, first);
            assert_eq!(outcome.is_ok(), good, "{format:?} {first:?} {outcome:?}");
        }
    }

    #[test]
    fn tables_are_read_whatever_their_name() {
        let utf16: Vec<u8> =
            "\u{feff}<table><tr>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let sheet =
            b"<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook>";
        for (first, content) in [
            (&b"<table border=1>"[..], Content::WebTable),
            (b"\xef\xbb\xbf\r\n<META charset=utf-8><TABLE>", Content::WebTable),
            (b"<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">", Content::WebTable),
            (b"<!DOCTYPE html><html><body><table>", Content::WebTable),
            (&utf16, Content::WebTable),
            (sheet, Content::XmlSpreadsheet),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", Content::OldWorkbook),
            (b"\x09\x08\x10\0\0\x06\x05\0", Content::OldWorkbook),
            (
                b"<?xml version='1.0'?>\n<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'>",
                Content::PaymentOrder(PaymentOrderKind::Pain001),
            ),
            (b"VOL1123456\r\nHDR1A\r\n", Content::PaymentOrder(PaymentOrderKind::Bacs)),
        ] {
            for format in FileFormat::ALL {
                assert_eq!(recognise(format, first), Ok(content), "{format:?} {first:?}");
            }
        }
    }
}
