//! The name an upload bears, as people see it.
//!
//! Not for: paths. Storage never uses the name as one; it is kept to be shown and compared.
//!
//! Invariant: at most 255 bytes of letters, digits, inner blanks and a few harmless signs, with one
//! allowed extension at its end, and not a name Windows reserves: safe to print, to offer for download
//! and to save on any file system.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::text::describe_character;

/// The limit of common file systems, so that a download can bear the same name.
pub const FILE_NAME_BYTES_MAX: usize = 255;
/// Signs that are harmless in a shell-quoted path, a header and a page. The vendor's page says to avoid
/// special characters; these occur in names people really have.
const HARMLESS_SIGNS: &str = "._-()+,=@&'!#~[] ";
/// The stamp that the uploader appends to a name without one: UTC, to the second.
const STAMP_FORMAT: &str = "%Y%m%dT%H%M%SZ";
/// Such a stamp and the sign before it.
const STAMP_BYTES: usize = "_20261123T141502Z".len();

/// The format of an upload's bytes, by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileFormat {
    Csv,
    Tsv,
    Txt,
    Xlsx,
    /// A workbook of Excel 97 to 2003, or what programs give that name.
    Xls,
    /// An ODF spreadsheet.
    Ods,
    /// An order of payments in XML, or a spreadsheet of 2003.
    Xml,
}

impl FileFormat {
    pub const ALL: [Self; 7] =
        [Self::Csv, Self::Tsv, Self::Txt, Self::Xlsx, Self::Xls, Self::Ods, Self::Xml];

    /// Returns `true` when records are counted by rows of a sheet, and not by lines.
    pub const fn is_spreadsheet(self) -> bool {
        matches!(self, Self::Xlsx | Self::Xls | Self::Ods)
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Txt => "txt",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Xml => "xml",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Self::ALL.into_iter().find(|known| known.extension().eq_ignore_ascii_case(extension))
    }
}

/// A file name that was parsed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

/// Why a file name was refused; each sentence says how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileNameRefusal {
    #[error("the file name is empty; end the URL with a name such as invoices_20261123.csv")]
    Empty,
    #[error("the file name has {bytes} bytes; at most {FILE_NAME_BYTES_MAX} are taken")]
    TooLong { bytes: usize },
    #[error("the file name is not valid percent-encoded UTF-8; use letters, digits, - and _")]
    NotText,
    #[error("the file name holds {character}; use letters, digits, - and _")]
    Character { character: String },
    #[error("the file name must end in .csv, .tsv, .txt, .xlsx, .xls, .ods or .xml")]
    Extension,
    #[error(
        "the file name begins or ends with a blank or a dot, or has nothing before its extension"
    )]
    Shape,
    #[error("Windows reserves the name {stem}; choose another, such as {stem}_file.csv")]
    Reserved { stem: String },
}

impl FileName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn format(&self) -> FileFormat {
        FileFormat::from_name(&self.0).expect("a name has the extension of a format")
    }

    /// Reads the last segment of a URL path: percent-decodes once, then parses.
    pub fn from_path_segment(segment: &str) -> Result<Self, FileNameRefusal> {
        percent_encoding::percent_decode_str(segment)
            .decode_utf8()
            .map_err(|_not_utf8| FileNameRefusal::NotText)?
            .parse()
    }

    /// The nearest name that parses and has no blank or special character (the vendor's advice), for
    /// an uploader that says what it changed.
    pub fn made_safe(name: &str) -> Result<Self, FileNameRefusal> {
        let safe: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
            .collect();
        let safe = safe.trim_matches('.');
        let stem = safe.split_once('.').map_or(safe, |(stem, _)| stem);
        if is_reserved(stem) { format!("_{safe}").parse() } else { safe.parse() }
    }

    /// Returns `true` when some part of the name is a date: eight digits in a row that begin with 19
    /// or 20, or the same with `-`, `_` or `.` between.
    pub fn has_timestamp(&self) -> bool {
        let digits_from = |text: &str| {
            let mut digits = String::new();
            for c in text.chars() {
                if c.is_ascii_digit() {
                    digits.push(c);
                } else if !"-_.".contains(c) {
                    break;
                }
                if digits.len() == 8 {
                    break;
                }
            }
            digits
        };
        let number = |digits: &str| digits.parse::<u8>().expect("they are two digits");
        self.0.char_indices().filter(|(_, c)| c.is_ascii_digit()).any(|(at, _)| {
            let digits = digits_from(&self.0[at..]);
            digits.len() == 8
                && (digits.starts_with("19") || digits.starts_with("20"))
                && (1..=12).contains(&number(&digits[4..6]))
                && (1..=31).contains(&number(&digits[6..8]))
        })
    }

    /// `invoices.csv` becomes `invoices_20261123T141502Z.csv`.
    pub fn with_timestamp(&self, now: Timestamp) -> Result<Self, FileNameRefusal> {
        let stamp = now.strftime(STAMP_FORMAT);
        let (stem, extension) = self.0.rsplit_once('.').expect("a name has an extension");
        format!("{stem}_{stamp}.{extension}").parse()
    }

    /// The name with so much cut from the end of its stem that a timestamp can be added.
    pub fn with_room_for_timestamp(&self) -> Result<Self, FileNameRefusal> {
        let (stem, extension) = self.0.rsplit_once('.').unwrap_or((&self.0, ""));
        let mut room = FILE_NAME_BYTES_MAX - STAMP_BYTES - extension.len() - ".".len();
        room = room.min(stem.len());
        while !stem.is_char_boundary(room) {
            room -= 1;
        }
        let stem = stem[..room].trim_end_matches([' ', '.']);
        format!("{stem}.{extension}").parse()
    }
}

impl FromStr for FileName {
    type Err = FileNameRefusal;

    fn from_str(text: &str) -> Result<Self, FileNameRefusal> {
        if text.is_empty() {
            return Err(FileNameRefusal::Empty);
        }
        if text.len() > FILE_NAME_BYTES_MAX {
            return Err(FileNameRefusal::TooLong { bytes: text.len() });
        }
        let harmless = |c: char| c.is_alphanumeric() || HARMLESS_SIGNS.contains(c);
        if let Some(c) = text.chars().find(|c| !harmless(*c)) {
            return Err(FileNameRefusal::Character { character: describe_character(c) });
        }
        let stem = text.rsplit_once('.').map_or(text, |(stem, _)| stem);
        if FileFormat::from_name(text).is_none() {
            return Err(FileNameRefusal::Extension);
        }
        let edge = |c: char| c == ' ' || c == '.';
        if stem.is_empty() || text.starts_with(edge) || text.ends_with(edge) || stem.ends_with(edge)
        {
            return Err(FileNameRefusal::Shape);
        }
        let first = text.split_once('.').map_or(text, |(first, _)| first);
        if is_reserved(first) {
            return Err(FileNameRefusal::Reserved { stem: first.to_owned() });
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::id::text_serde!(FileName, {
    "type": "string",
    "maxLength": FILE_NAME_BYTES_MAX,
    "pattern": "\\.([cC][sS][vV]|[tT][sS][vV]|[tT][xX][tT]|[xX][lL][sS][xX]?|[oO][dD][sS]|[xX][mM][lL])$",
});

/// Device names of Win32: `CON`, `PRN`, `AUX`, `NUL`, `COM1`-`COM9`, `LPT1`-`LPT9`, whatever follows a dot.
fn is_reserved(stem: &str) -> bool {
    let upper = stem.trim_end().to_ascii_uppercase();
    if ["CON", "PRN", "AUX", "NUL"].contains(&upper.as_str()) {
        return true;
    }
    let numbered = upper.strip_prefix("COM").or_else(|| upper.strip_prefix("LPT"));
    numbered.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
