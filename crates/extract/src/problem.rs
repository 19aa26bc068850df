//! Why a row, a column or a file could not be used as it is, in words for whoever mends the extract.
//!
//! Not for: what refuses the whole file (`error`). Invariant: a personal value leaves this crate only
//! with its letters and digits replaced, so that its shape can be seen and nothing else.

use std::fmt;

use serde::Serialize;

use crate::fields::Field;

/// Enough to recognise a value by; a longer one is cut, and the cut shown.
const VALUE_SHOWN_CHARS: usize = 80;

/// What became of what the problem speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Read all the same; worth knowing.
    Note,
    /// The row is not in the ledger.
    SetAside,
}

/// One problem. `reason` says what is wrong, [`Reason::advice`] how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Line of a text or row of a sheet, from 1; none when it concerns the file or a whole column.
    pub line: Option<u64>,
    /// The column's header as it stands in the file.
    pub column: Option<String>,
    /// What stood there, cut to 80 characters and masked when it is personal.
    pub value: Option<String>,
    pub reason: Reason,
    pub level: Level,
}

/// What is wrong. `Display` is a sentence without the value, which the problem shows beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    // A cell.
    Empty,
    NotADate,
    NoSuchDay,
    OtherDateOrder,
    YearOutOfRange,
    NotANumber,
    TwoDecimalPoints,
    OtherDecimalStyle,
    ScientificAmount,
    TooLarge,
    RuinedIdentifier,
    RuinedReference,
    NotACurrency,
    // A row.
    TooManyCells,
    TooFewCells,
    RunsOverLines,
    BlankRows,
    TotalRow,
    FooterRow,
    RepeatedHeader,
    // A column.
    UnknownColumn,
    ColumnTwice,
    DateOrderFromOthers,
    DateOrderAssumed,
    DecimalStyleAssumed,
    EmptyWords,
    DayNumbers,
    Rounded,
    DashAsZero,
    // The file.
    HeaderBelowTitle,
    EncodedTwiceMark,
    Windows1252,
    MixedEncodings,
    Utf16,
    DamagedCharacters,
    OtherDelimiter,
    ReadFirstSheet,
    NoRows,
    WorkbookMacros,
    WorkbookLinks,
    EmbeddedFiles,
    UnsavedFormulas,
}

impl Reason {
    /// How to mend it, or what was done about it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Empty => "fill it in the ERP, or leave the row out",
            Self::NotADate => "write dates as 2026-11-23",
            Self::NoSuchDay => "correct the date in the ERP",
            Self::OtherDateOrder => "write all dates of a column in one order, best as 2026-11-23",
            Self::YearOutOfRange => "correct the year; 1900 to 9999 are taken",
            Self::NotANumber | Self::TwoDecimalPoints => "write amounts as 1234.56",
            Self::OtherDecimalStyle => "write all amounts of a column in one way, best as 1234.56",
            Self::ScientificAmount | Self::RuinedIdentifier => {
                "export it again without opening the file in a spreadsheet"
            }
            Self::TooLarge => "amounts up to 14 digits before the point are taken",
            Self::RuinedReference => {
                "kept, but never taken as equal to another; export again without a spreadsheet"
            }
            Self::NotACurrency => "kept as written; the ISO code, such as GBP, is understood",
            Self::TooManyCells => "quote text that holds the delimiter: \"Smith, Jones & Co\"",
            Self::TooFewCells => "a row must reach at least its last mandatory column",
            Self::RunsOverLines => "look for a quote that is opened and not closed",
            Self::BlankRows | Self::TotalRow | Self::FooterRow | Self::RepeatedHeader => {
                "skipped; nothing needs to be done"
            }
            Self::UnknownColumn => "kept as text; map it if it is one of ours",
            Self::ColumnTwice => "the first is used, this one is kept as text; map the right one",
            Self::DateOrderFromOthers => "nothing needs to be done if the other dates are right",
            Self::DateOrderAssumed => {
                "the unit's setting decided; check it, or write dates as 2026-11-23"
            }
            Self::DecimalStyleAssumed => "check the amounts; 1234.56 leaves no doubt",
            Self::EmptyWords => "read as empty",
            Self::DayNumbers => "read as days since 1899-12-30, as a spreadsheet counts them",
            Self::Rounded => "rounded to four decimals",
            Self::DashAsZero => "read as zero",
            Self::HeaderBelowTitle => "the lines above the header were skipped",
            Self::EncodedTwiceMark => "skipped; whatever made the file encoded it twice",
            Self::Windows1252 | Self::MixedEncodings | Self::Utf16 => {
                "read all the same; UTF-8 leaves no doubt"
            }
            Self::DamagedCharacters => "shown as \u{fffd}; export the file again as UTF-8",
            Self::OtherDelimiter => "read all the same",
            Self::ReadFirstSheet => "put the extract on the first sheet, alone",
            Self::WorkbookMacros | Self::WorkbookLinks | Self::EmbeddedFiles => {
                "left alone; only the cells' own values were read"
            }
            Self::UnsavedFormulas => {
                "read as empty; open the workbook where it came from and save it once"
            }
            Self::NoRows => "right if there was nothing to send; otherwise look at what made it",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "must not be empty",
            Self::NotADate => "not a date",
            Self::NoSuchDay => "no such day",
            Self::OtherDateOrder => "day and month stand the other way round than in this column",
            Self::YearOutOfRange => "no plausible year",
            Self::NotANumber => "not a number",
            Self::TwoDecimalPoints => "not a number: two decimal points",
            Self::OtherDecimalStyle => "decimals are written another way than in this column",
            Self::ScientificAmount => "a spreadsheet shortened this amount and lost digits",
            Self::TooLarge => "too large for an amount",
            Self::RuinedIdentifier => "a spreadsheet ruined this identifier, others look the same",
            Self::RuinedReference => "a spreadsheet ruined this number",
            Self::NotACurrency => "not a currency code",
            Self::TooManyCells => "more cells than there are headers",
            Self::TooFewCells => "fewer cells than the row needs",
            Self::RunsOverLines => "a quoted text runs over lines and the row does not fit",
            Self::BlankRows => "rows without content",
            Self::TotalRow => "a total, not a row",
            Self::FooterRow => "a footer or title, not a row",
            Self::RepeatedHeader => "the header once more",
            Self::UnknownColumn => "a column that is not one of ours",
            Self::ColumnTwice => "a second column for the same field",
            Self::DateOrderFromOthers => {
                "no day above 12 shows the order; that of the other dates was taken"
            }
            Self::DateOrderAssumed => "no day above 12 shows whether day or month comes first",
            Self::DecimalStyleAssumed => {
                "nothing shows whether three digits behind the sign are thousands; they were \
                 taken as such"
            }
            Self::EmptyWords => "words that stand for nothing, such as N/A or 00000000",
            Self::DayNumbers => "dates as a spreadsheet's day numbers",
            Self::Rounded => "amounts with more than four decimals",
            Self::DashAsZero => "amounts that are only a dash",
            Self::HeaderBelowTitle => "the header row is not the first line",
            Self::EncodedTwiceMark => "the byte order mark was encoded twice",
            Self::Windows1252 => "the file is in Windows-1252",
            Self::MixedEncodings => "some lines are UTF-8, others Windows-1252",
            Self::Utf16 => "the file is in UTF-16",
            Self::DamagedCharacters => "characters were damaged before the file came here",
            Self::OtherDelimiter => "the delimiter is not the one the extension says",
            Self::ReadFirstSheet => {
                "the workbook has more sheets with content; the first visible one was read"
            }
            Self::NoRows => "the file has a header and no rows",
            Self::WorkbookMacros => "the workbook holds macros",
            Self::WorkbookLinks => "the workbook refers to other files or databases",
            Self::EmbeddedFiles => "other files are embedded in the workbook",
            Self::UnsavedFormulas => "formulas whose values were not saved with the workbook",
        })
    }
}

impl Problem {
    pub(crate) fn of_file(reason: Reason) -> Self {
        Self { line: None, column: None, value: None, reason, level: Level::Note }
    }
}

/// A value as a problem may show it.
pub(crate) fn shown(value: &str, field: Option<Field>) -> String {
    let mut shown: String = value.chars().take(VALUE_SHOWN_CHARS).collect();
    if field.is_some_and(Field::is_personal) {
        shown = masked(&shown);
    }
    if value.chars().nth(VALUE_SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// The shape of a personal text: one character for one, letters and digits replaced.
pub fn masked(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0'..='9' => '0',
            _ if c.is_alphanumeric() => 'x',
            _ => c,
        })
        .collect()
}
