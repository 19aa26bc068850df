//! The beginning of a file, for whoever says which column holds what, and the fields there are to choose.
//!
//! Not for: reading the file (`extract`).

/// A field of a file type, as people choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerField {
    /// What a mapping writes, such as `invoice_number`.
    pub name: &'static str,
    /// As people call it, such as `Invoice Number`.
    pub title: &'static str,
    /// Whether a file without it is refused.
    pub is_mandatory: bool,
}

/// The first rows of a file, and what its columns would be taken for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    pub columns: Vec<PreviewedColumn>,
    /// As many cells as there are columns. Long ones are cut, and personal ones masked.
    pub rows: Vec<Vec<String>>,
    /// Why the file cannot be read at all; then there is nothing else.
    pub refusal: Option<String>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedColumn {
    /// As it stands in the file; empty when the column has no header.
    pub header: String,
    /// The name of the field it is taken for; none: kept as text.
    pub field: Option<String>,
}
