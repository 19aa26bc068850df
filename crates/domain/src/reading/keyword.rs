//! What a unit settles of its reading, as it is typed: on a command line, in a file, in a form.
//!
//! Not for: names of encodings, which whoever decodes them knows (`extract`).

use super::{DecimalStyle, InvoiceSign};
use crate::enum_words::enum_words;

/// Longer than any word that a program writes for nothing.
const EMPTY_WORD_CHARS_MAX: usize = 40;
/// Words for nothing that a unit may have; what has more is not a list of words but a column of values.
pub const EMPTY_WORDS_MAX: usize = 50;
/// Excel takes 31 characters for the name of a sheet, others more.
const SHEET_NAME_CHARS_MAX: usize = 255;

/// Encodings that people choose from, and where they are met; `extract` knows more by name.
pub const ENCODINGS: [(&str, &str); 22] = [
    ("utf-8", "UTF-8"),
    ("windows-1252", "Western European (Windows-1252)"),
    ("windows-1250", "Central European (Windows-1250)"),
    ("windows-1251", "Cyrillic (Windows-1251)"),
    ("windows-1253", "Greek (Windows-1253)"),
    ("windows-1254", "Turkish (Windows-1254)"),
    ("windows-1255", "Hebrew (Windows-1255)"),
    ("windows-1256", "Arabic (Windows-1256)"),
    ("windows-1257", "Baltic (Windows-1257)"),
    ("windows-1258", "Vietnamese (Windows-1258)"),
    ("windows-874", "Thai (Windows-874)"),
    ("iso-8859-2", "Central European (ISO 8859-2)"),
    ("iso-8859-5", "Cyrillic (ISO 8859-5)"),
    ("iso-8859-15", "Western European with the euro (ISO 8859-15)"),
    ("koi8-r", "Cyrillic (KOI8-R)"),
    ("shift_jis", "Japanese (Shift JIS)"),
    ("euc-jp", "Japanese (EUC-JP)"),
    ("gb18030", "Chinese, simplified (GBK, GB 18030)"),
    ("big5", "Chinese, traditional (Big5)"),
    ("euc-kr", "Korean (EUC-KR)"),
    ("cp850", "DOS, Western European (CP850)"),
    ("cp437", "DOS, American (CP437)"),
];

/// Text that is none of the words of a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct InvalidKeyword(&'static str);

/// Text that cannot be a word for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a word of 1 to {EMPTY_WORD_CHARS_MAX} characters")]
pub struct InvalidEmptyWord;

/// Text that cannot be the name of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of a sheet, 1 to {SHEET_NAME_CHARS_MAX} characters")]
pub struct InvalidSheetName;

enum_words! {
    DecimalStyle or InvalidKeyword = InvalidKeyword("point (1,234.56) or comma (1,234.56)");
    Point = "point",
    Comma = "comma",
}

enum_words! {
    InvoiceSign or InvalidKeyword =
        InvalidKeyword("positive or negative: the sign of an invoice in the file");
    Positive = "positive",
    Negative = "negative",
}

/// A word for nothing as it is kept: without blanks round it.
pub fn empty_word(text: &str) -> Result<String, InvalidEmptyWord> {
    let word = text.trim();
    let is_one = !word.is_empty() && word.chars().count() <= EMPTY_WORD_CHARS_MAX;
    is_one.then(|| word.to_owned()).ok_or(InvalidEmptyWord)
}

/// The name of a sheet as it is kept: without blanks round it.
pub fn sheet_name(text: &str) -> Result<String, InvalidSheetName> {
    let name = text.trim();
    let is_one = !name.is_empty() && name.chars().count() <= SHEET_NAME_CHARS_MAX;
    is_one.then(|| name.to_owned()).ok_or(InvalidSheetName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_no_setting_is_answered_with_those_there_are() {
        let wrong = "dot".parse::<DecimalStyle>().unwrap_err().to_string();
        assert!(wrong.contains("point (1,234.56) or comma"), "{wrong}");
    }

    #[test]
    fn words_and_names_are_kept_without_blanks() {
        assert_eq!(empty_word(" tbc "), Ok("tbc".to_owned()));
        assert_eq!(sheet_name("Sheet 2 "), Ok("Sheet 2".to_owned()));
        for wrong in ["", "  ", &"x".repeat(41)] {
            assert_eq!(empty_word(wrong), Err(InvalidEmptyWord), "{wrong}");
        }
        assert!(sheet_name(" ").is_err() && sheet_name(&"x".repeat(256)).is_err());
    }
}
