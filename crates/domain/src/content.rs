//! What the first bytes of a file say it is, against what its name says.
//!
//! Not for: reading extracts. This only recognises slips early: a spreadsheet named `.csv`, an error
//! page saved as one, a PDF.

use crate::file_name::FileFormat;

/// No signature below is longer or starts later; receiving looks at this many bytes before it keeps any.
pub const SIGNATURE_BYTES: usize = 512;

/// Why content cannot be what its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the content is {found}, not what the extension .{extension} says: {advice}", extension = .expected.extension())]
pub struct ContentRefusal {
    expected: FileFormat,
    found: &'static str,
    advice: &'static str,
}

const ZIP: &[u8] = b"PK\x03\x04";

/// Signatures that no text extract begins with.
const FOREIGN: [(&[u8], &str); 12] = [
    (b"%PDF-", "a PDF"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office file (.xls or .doc) or an encrypted workbook",
    ),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x89PNG\r\n\x1a\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\0", "a database"),
    (b"PAR1", "a Parquet file"),
];

/// Compares the first bytes (up to [`SIGNATURE_BYTES`], fewer at the end of a short file) with the
/// format the name promises. An empty file is nothing to refuse here.
pub fn check_signature(expected: FileFormat, first: &[u8]) -> Result<(), ContentRefusal> {
    let refuse = |found, advice| Err(ContentRefusal { expected, found, advice });
    if first.is_empty() {
        return Ok(());
    }
    let is_zip = first.starts_with(ZIP);
    if expected == FileFormat::Xlsx {
        return match foreign(first) {
            _ if is_zip => Ok(()),
            Some(found) => refuse(found, "save it as an unencrypted .xlsx workbook and send that"),
            None => refuse("not a workbook", "name it .csv or .txt if it is text"),
        };
    }
    if is_zip {
        return refuse(
            "a workbook or a ZIP archive",
            "name it .xlsx if it is a workbook, or send the unpacked file",
        );
    }
    if let Some(found) = foreign(first) {
        return refuse(found, "send the extract itself as text or .xlsx");
    }
    if looks_like_markup(first) {
        return refuse(
            "an HTML or XML page",
            "look at what made the file: an error page may have been saved in its place",
        );
    }
    Ok(())
}

fn foreign(first: &[u8]) -> Option<&'static str> {
    let signature = FOREIGN.iter().find(|(signature, _)| first.starts_with(signature))?;
    // Two letters are a likely beginning of a header row: a program also has bytes no text has.
    let is_text_all_the_same = signature.0 == b"MZ" && !first.contains(&0);
    (!is_text_all_the_same).then_some(signature.1)
}

fn looks_like_markup(first: &[u8]) -> bool {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    [&b"<!doctype"[..], b"<html", b"<?xml", b"<head", b"<body"]
        .iter()
        .any(|tag| text.len() >= tag.len() && text[..tag.len()].eq_ignore_ascii_case(tag))
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
            (FileFormat::Xlsx, b"PK\x03\x04\x14", true),
            (FileFormat::Xlsx, b"Supplier,Amount\n", false),
            (FileFormat::Xlsx, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", false),
        ] {
            let outcome = check_signature(format, first);
            assert_eq!(outcome.is_ok(), good, "{format:?} {first:?} {outcome:?}");
        }
    }
}
