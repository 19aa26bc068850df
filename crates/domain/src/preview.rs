//! The beginning of a file, for whoever says which column holds what, and the fields there are to choose.
//!
//! Not for: reading the file (`extract`).

use crate::reading::FieldSource;

/// A field of a file type, as people choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerField {
    /// Its name in a mapping, such as `invoice_number`.
    pub name: &'static str,
    /// Its name for people, such as `Invoice Number`.
    pub title: &'static str,
    /// Set when a file without it is refused.
    pub is_mandatory: bool,
    /// Set when a row replaces its earlier self by it, and a mapping may build it of several columns.
    pub is_identifier: bool,
    /// The name of the field whose value it takes in a file that lacks it.
    pub derived_from: Option<&'static str>,
}

/// The first rows of a file, and what its columns would be taken for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    pub columns: Vec<PreviewedColumn>,
    /// The first rows, each of as many cells as there are columns. Long ones are cut, and personal
    /// ones masked.
    pub rows: Vec<Vec<String>>,
    /// Every field of the type, in the order of the ledger, and what it is read from.
    pub fields: Vec<PreviewedField>,
    /// Why the file cannot be read at all; then there is nothing else.
    pub refusal: Option<String>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedColumn {
    /// The header as it stands in the file; empty when the column has none.
    pub header: String,
    /// Its name in a mapping: the header, or `Amount#2` where it is not the first with that header. Empty
    /// when no mapping can name it.
    pub name: String,
    /// The name of the field it is taken for, the first of several; none: kept as text.
    pub field: Option<String>,
    /// The part of the Unique ID that it is, from 0, when that is built of several columns.
    pub identifier_part: Option<usize>,
}

/// A field, and what it is read from in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedField {
    pub field: LedgerField,
    /// The source as a mapping writes it; none when the file has nothing for the field.
    pub source: Option<FieldSource>,
    /// Set when that follows from nothing but what the file lacks.
    pub is_derived: bool,
    /// The text that it is read from in each of the rows.
    pub values: Vec<String>,
}

/// One record of a file, as whoever mends it looks at it. Nothing in it is masked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownRecord {
    /// Line of a text or row of a sheet where it begins, from 1.
    pub line: u64,
    /// The cells that it has, which need not be as many as there are columns; long ones are cut.
    pub cells: Vec<ShownCell>,
    /// The number of columns of the header.
    pub columns: usize,
}

/// A cell of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCell {
    /// Of its column, as it stands in the file; empty where there is none.
    pub header: String,
    /// The name of the field the column is taken for.
    pub field: Option<String>,
    pub text: String,
}
