//! Lists of payments without held lines, and what is not written anew.

use std::io::Cursor;

use domain::{FileFormat, FileType};

use super::*;

const LIST: &str = "Run of November\r\n\
    Supplier No,Supplier Name,Amount,Sort Code,Account Number,Payment Date,Reference\r\n\
    S1,Alder Ltd,100.00,200301,48271009,2026-11-02,A-1\r\n\
    S2,\"Birch\r\nof Leeds\",80.00,200302,31415926,2026-11-02,B-2\r\n\
    \r\n\
    S3,C\u{e9}dar,5.25,200303,27182818,2026-11-02,C-3\r\n";

fn cleaned_bytes(
    bytes: &[u8],
    format: FileFormat,
    held: &[u64],
) -> Result<Result<Vec<u8>, NotCleaned>, ReadError> {
    let options = Options::new(FileType::Payments, format);
    cleaned_run(Cursor::new(bytes), &options, &held.iter().copied().collect())
}

fn cleaned(text: &str, held: &[u64]) -> Result<String, String> {
    let cleaned = cleaned_bytes(text.as_bytes(), FileFormat::Csv, held).unwrap();
    cleaned.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|why| why.to_string())
}

#[test]
fn held_lines_go_and_all_others_stay_as_they_were() {
    let second = "S2,\"Birch\r\nof Leeds\",80.00,200302,31415926,2026-11-02,B-2\r\n\r\n";
    let third = "S3,C\u{e9}dar,5.25,200303,27182818,2026-11-02,C-3\r\n";
    for (held, left) in [
        (&[][..], LIST.to_owned()),
        (&[4], LIST.replace(second, "")),
        (&[4, 7], LIST.replace(second, "").replace(third, "")),
        (&[7], LIST.replace(third, "")),
    ] {
        assert_eq!(cleaned(LIST, held), Ok(left.clone()), "{held:?}");
        // The bytes of a code page stay as well, and so do other line ends.
        let latin = |text: &str| -> Vec<u8> {
            text.replace('\n', "").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
        };
        let found = cleaned_bytes(&latin(LIST), FileFormat::Csv, held).unwrap().unwrap();
        assert_eq!(found, latin(&left), "{held:?}");
    }
}

#[test]
fn what_would_not_be_right_is_not_written() {
    let total = format!("{LIST}Total,,185.25,,,,\r\n");
    let mapped = LIST.replace(',', ";").replace(".00", ",00").replace("5.25", "5,25");
    assert!(cleaned(&mapped, &[3]).unwrap().starts_with("Run of November\r\nSupplier No;"));
    for (text, held, words) in [
        (total.as_str(), &[3][..], "a total or a footer"),
        (LIST, &[3, 4, 7], "every payment of the file is held"),
        (LIST, &[5], "others than when it was checked"),
    ] {
        let why = cleaned(text, held).unwrap_err();
        assert!(why.contains(words), "{words}: {why}");
    }
    let wide: Vec<u8> =
        format!("\u{feff}{LIST}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let why = cleaned_bytes(&wide, FileFormat::Csv, &[3]).unwrap().unwrap_err();
    assert!(why.to_string().contains("UTF-16"), "{why}");
    let why = cleaned_bytes(b"PK\x03\x04", FileFormat::Xlsx, &[3]).unwrap().unwrap_err();
    assert!(why.to_string().contains("a workbook"), "{why}");
    let refused = cleaned_bytes(b"<Document><a></Document>", FileFormat::Xml, &[3]);
    assert!(matches!(refused, Err(ReadError::Refused(_))), "{refused:?}");
}
