//! How a unit wants its extracts read, and what a reading came to.
//!
//! Not for: reading (`extract`) or keeping rows (`analysis`).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::enum_words::enum_words;
use crate::problem::{Problem, ProblemCount};

mod keyword;
pub mod option_help;

pub use keyword::{
    EMPTY_WORDS_MAX, ENCODINGS, InvalidEmptyWord, InvalidKeyword, InvalidSheetName, empty_word,
    sheet_name,
};

/// The order of day, month and year where all are numbers and no year of four digits is in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    #[default]
    #[serde(alias = "dmy")]
    DayFirst,
    #[serde(alias = "mdy")]
    MonthFirst,
    /// The year is in front with two digits, as in `24/03/05`.
    #[serde(alias = "ymd")]
    YearFirst,
}

/// A unit's own word on what each field is read from; it wins over the names we know. Header to field
/// name, and field name to where its value comes from, as TOML tables:
///
/// ```toml
/// [columns]
/// "Rechnungsnummer" = "invoice_number"
/// "Reference" = ""   # kept as text, whatever it looks like
///
/// [fields]
/// unique_id = ["Company Code", "Fiscal Year", "Document Number"]
/// base_amount = "Amount#2"                    # the second of two columns with one header
/// entered_date = { field = "invoice_date" }
/// invoice_amount_currency = { constant = "GBP" }
/// ```
///
/// Headers are compared as always: without case, blanks and punctuation. A column below `[columns]` holds one
/// field; any number of `[fields]` may name a column, whatever it holds besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldSource>,
}

/// Columns that a field may be built of: company, year, kind of document, number and line are five, and a
/// Unique ID is read by people.
pub const BUILT_COLUMNS_MAX: usize = 8;

/// Letters of a constant: it goes into every row, and stands for what a system leaves out, such as a currency
/// or the name of a company.
pub const CONSTANT_CHARS_MAX: usize = 200;

/// Where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "a field is read from a header, \"Amount\", a list of headers, [\"Year\", \"Number\"], \
                 another field, { field = \"invoice_date\" }, or is a text, { constant = \"GBP\" }"
)]
pub enum FieldSource {
    /// The column with this header, or `Amount#2`, the second of those with it.
    Column(String),
    /// The columns with these headers, joined in this order.
    Columns(Vec<String>),
    /// The value of the field of this name.
    SameAs { field: String },
    /// This text, in every row.
    Constant { constant: String },
}

impl FieldSource {
    /// Headers of the columns it is read from.
    pub fn headers(&self) -> &[String] {
        match self {
            Self::Column(header) => std::slice::from_ref(header),
            Self::Columns(headers) => headers,
            Self::SameAs { .. } | Self::Constant { .. } => &[],
        }
    }
}

impl fmt::Display for FieldSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(_) | Self::Columns(_) => f.write_str(&self.headers().join(", ")),
            Self::SameAs { field } => write!(f, "the field {field}"),
            Self::Constant { constant } => write!(f, "the text \"{constant}\""),
        }
    }
}

/// The decimal sign of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecimalStyle {
    /// `1,234.56`
    #[default]
    Point,
    /// `1.234,56`
    Comma,
}

/// The sign that a file gives to the amount of an invoice; a credit note has the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceSign {
    #[default]
    Positive,
    /// Amounts as a creditor's account shows them: what is owed stands in credit.
    Negative,
}

/// The way in which one file type of a unit is read; what is absent is as usual, or as the file tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadingRules {
    pub mapping: Option<Mapping>,
    /// Where a file leaves the order of day and month open.
    pub date_order: Option<DateOrder>,
    /// Failed rows in 1,000 above which a file is refused whole.
    pub failed_per_mille_max: Option<u32>,
    /// The encoding of text, by its name in the WHATWG Encoding Standard or `cp850`, `cp437`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Where a file leaves the decimal sign of amounts open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal_style: Option<DecimalStyle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_sign: Option<InvoiceSign>,
    /// The name of the sheet of workbooks that is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Words that stand for nothing, beside those that always do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub empty_words: Vec<String>,
    /// Set when records that look like totals are rows nevertheless.
    #[serde(skip_serializing_if = "is_false")]
    pub keeps_totals: bool,
    /// Set when a file that lacks a mandatory column is refused though the field could be derived, as
    /// the hosted service does.
    #[serde(skip_serializing_if = "is_false")]
    pub is_strict: bool,
    /// Where transactions have no Unique ID: the text that makes one of the line of each row, such as
    /// `invoices.csv`. For a first look, never for files that are sent again: lines move, and a row would
    /// take the place of another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbered_as: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The counts of a file's records, and of the rows that were in the ledger before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowCounts {
    /// Rows of the file that are in the ledger; those a later row of the same file replaced among them.
    pub rows_read: u64,
    /// Rows of the file that could not be used; the problems say why.
    pub rows_set_aside: u64,
    /// Titles, headers, blank records, totals and footers.
    pub non_rows: u64,
    /// Earlier rows whose place a row of the file took.
    pub rows_replaced: u64,
    /// Suppliers or employees that were active and are not in the file.
    pub made_inactive: u64,
}

/// The report of reading a file beside its rows: problems, and what later files may go by.
#[derive(Debug, Default)]
pub struct ReadingReport {
    /// Capped in number; `counts` has them all.
    pub problems: Vec<Problem>,
    pub counts: Vec<ProblemCount>,
    /// The order of day and month that the file itself tells, for files to come that leave it open.
    pub date_order: Option<DateOrder>,
    /// The decimal sign of amounts, likewise.
    pub decimal_style: Option<DecimalStyle>,
}

/// A version that an upload made of its ledger, and what became of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerChange {
    pub version: u64,
    pub rows: RowCounts,
}

/// Text that is not an order of day and month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected day_first, month_first or year_first, in short dmy, mdy or ymd")]
pub struct InvalidDateOrder;

enum_words! {
    DateOrder;
    DayFirst = "day_first",
    MonthFirst = "month_first",
    YearFirst = "year_first",
}

impl DateOrder {
    /// The letters by which spreadsheets and databases name it.
    const fn letters(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
            Self::YearFirst => "ymd",
        }
    }
}

impl FromStr for DateOrder {
    type Err = InvalidDateOrder;
    fn from_str(text: &str) -> Result<Self, InvalidDateOrder> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text || known.letters() == text)
            .ok_or(InvalidDateOrder)
    }
}

#[cfg(test)]
mod tests;
