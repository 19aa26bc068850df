//! Why a row, a column or a file could not be used as it is, in words for whoever mends the extract.
//!
//! Not for: finding one (`extract`), or what refuses the whole file. Invariant: a reason keeps its code
//! for ever, as it is stored and answered by it.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The columns of problems where they are listed, in JSON and in CSV: what [`Problem`] holds, then what
/// its reason says to a person.
pub const LISTED: [&str; 7] = ["line", "column", "value", "reason", "level", "message", "advice"];

/// What became of what the problem speaks of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Read all the same; worth knowing.
    Note,
    /// The row is not in the ledger.
    SetAside,
}

/// One problem. `reason` says what is wrong, [`Reason::advice`] how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
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
    SharedIdentifier,
    OtherInvoiceReplaced,
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
    IdentifierMayRepeat,
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
    pub const ALL: [Self; 45] = [
        Self::Empty,
        Self::NotADate,
        Self::NoSuchDay,
        Self::OtherDateOrder,
        Self::YearOutOfRange,
        Self::NotANumber,
        Self::TwoDecimalPoints,
        Self::OtherDecimalStyle,
        Self::ScientificAmount,
        Self::TooLarge,
        Self::RuinedIdentifier,
        Self::RuinedReference,
        Self::SharedIdentifier,
        Self::OtherInvoiceReplaced,
        Self::NotACurrency,
        Self::TooManyCells,
        Self::TooFewCells,
        Self::RunsOverLines,
        Self::BlankRows,
        Self::TotalRow,
        Self::FooterRow,
        Self::RepeatedHeader,
        Self::UnknownColumn,
        Self::ColumnTwice,
        Self::IdentifierMayRepeat,
        Self::DateOrderFromOthers,
        Self::DateOrderAssumed,
        Self::DecimalStyleAssumed,
        Self::EmptyWords,
        Self::DayNumbers,
        Self::Rounded,
        Self::DashAsZero,
        Self::HeaderBelowTitle,
        Self::EncodedTwiceMark,
        Self::Windows1252,
        Self::MixedEncodings,
        Self::Utf16,
        Self::DamagedCharacters,
        Self::OtherDelimiter,
        Self::ReadFirstSheet,
        Self::NoRows,
        Self::WorkbookMacros,
        Self::WorkbookLinks,
        Self::EmbeddedFiles,
        Self::UnsavedFormulas,
    ];

    /// The code that is stored and answered, such as `not_a_date`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotADate => "not_a_date",
            Self::NoSuchDay => "no_such_day",
            Self::OtherDateOrder => "other_date_order",
            Self::YearOutOfRange => "year_out_of_range",
            Self::NotANumber => "not_a_number",
            Self::TwoDecimalPoints => "two_decimal_points",
            Self::OtherDecimalStyle => "other_decimal_style",
            Self::ScientificAmount => "scientific_amount",
            Self::TooLarge => "too_large",
            Self::RuinedIdentifier => "ruined_identifier",
            Self::RuinedReference => "ruined_reference",
            Self::SharedIdentifier => "shared_identifier",
            Self::OtherInvoiceReplaced => "other_invoice_replaced",
            Self::NotACurrency => "not_a_currency",
            Self::TooManyCells => "too_many_cells",
            Self::TooFewCells => "too_few_cells",
            Self::RunsOverLines => "runs_over_lines",
            Self::BlankRows => "blank_rows",
            Self::TotalRow => "total_row",
            Self::FooterRow => "footer_row",
            Self::RepeatedHeader => "repeated_header",
            Self::UnknownColumn => "unknown_column",
            Self::ColumnTwice => "column_twice",
            Self::IdentifierMayRepeat => "identifier_may_repeat",
            Self::DateOrderFromOthers => "date_order_from_others",
            Self::DateOrderAssumed => "date_order_assumed",
            Self::DecimalStyleAssumed => "decimal_style_assumed",
            Self::EmptyWords => "empty_words",
            Self::DayNumbers => "day_numbers",
            Self::Rounded => "rounded",
            Self::DashAsZero => "dash_as_zero",
            Self::HeaderBelowTitle => "header_below_title",
            Self::EncodedTwiceMark => "encoded_twice_mark",
            Self::Windows1252 => "windows1252",
            Self::MixedEncodings => "mixed_encodings",
            Self::Utf16 => "utf16",
            Self::DamagedCharacters => "damaged_characters",
            Self::OtherDelimiter => "other_delimiter",
            Self::ReadFirstSheet => "read_first_sheet",
            Self::NoRows => "no_rows",
            Self::WorkbookMacros => "workbook_macros",
            Self::WorkbookLinks => "workbook_links",
            Self::EmbeddedFiles => "embedded_files",
            Self::UnsavedFormulas => "unsaved_formulas",
        }
    }

    /// The advice: how to mend it, or what was done about it.
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
            Self::SharedIdentifier => {
                "kept as lines of one invoice; send one row for an invoice, with its gross amount"
            }
            Self::OtherInvoiceReplaced => {
                "look at both; if they are two invoices, build the Unique ID of several columns"
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
            Self::IdentifierMayRepeat => {
                "if so, build the Unique ID of several columns: unique_id = [\"Company Code\", …] below \
                 [fields] in the mapping"
            }
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
            Self::SharedIdentifier => "rows of the file share an identifier",
            Self::OtherInvoiceReplaced => {
                "took the place of a row with another supplier, number and amount"
            }
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
            Self::IdentifierMayRepeat => {
                "such numbers often begin again by what other columns of the file hold"
            }
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
    /// A note on the file or a column of it.
    pub const fn of_file(reason: Reason) -> Self {
        Self { line: None, column: None, value: None, reason, level: Level::Note }
    }
}

/// The count of a reason in a column: of problems given out and of those that were not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProblemCount {
    /// The column's header; none for rows and the file.
    pub column: Option<String>,
    pub reason: Reason,
    pub level: Level,
    pub count: u64,
}

/// Text that is not the code of a reason or a level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a problem's reason or level")]
pub struct InvalidProblemCode;

impl FromStr for Reason {
    type Err = InvalidProblemCode;
    fn from_str(text: &str) -> Result<Self, InvalidProblemCode> {
        Self::ALL.into_iter().find(|known| known.code() == text).ok_or(InvalidProblemCode)
    }
}

impl Level {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::SetAside => "set_aside",
        }
    }
}

impl FromStr for Level {
    type Err = InvalidProblemCode;
    fn from_str(text: &str) -> Result<Self, InvalidProblemCode> {
        [Self::Note, Self::SetAside]
            .into_iter()
            .find(|known| known.code() == text)
            .ok_or(InvalidProblemCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_written_by_its_code_and_found_by_it() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            assert_eq!(reason.code().parse(), Ok(reason));
            assert!(!reason.advice().is_empty());
        }
        for level in [Level::Note, Level::SetAside] {
            assert_eq!(serde_json::to_value(level).unwrap(), level.code());
            assert_eq!(level.code().parse(), Ok(level));
        }
        assert!("nonsense".parse::<Reason>().is_err());
    }
}
