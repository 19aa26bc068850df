//! What the columns of the ledgers are: one catalogue, from which the fields of extracts, masking, lists,
//! exports, labels and the documentation follow.
//!
//! Not for: what others call them (`extract`), or what a file type is beside its columns (`file_type`).
//!
//! Invariant: a name is unique in its ledger; a column is added and never renamed, taken away or given
//! another kind, as other programs read the tables, and so do later versions of this one.

pub mod employees;
pub mod payments;
pub mod suppliers;
pub mod transactions;
pub mod unposted_invoices;

use crate::personal::Sensitivity;

/// The column with what is in no other: a JSON object of header to text, null when there is nothing.
pub const EXTRA: &str = "extra";

/// The schema of the first ledgers; see [`Column::since`].
pub const FIRST_SCHEMA: u32 = 1;

/// Labels of what stands beside the columns in a ledger or a finding.
const OTHER_LABELS: [(&str, &str); 4] = [
    ("lines", "Lines added up"),
    ("line_ids", "Unique IDs of the lines"),
    ("pair", "Pair"),
    (EXTRA, "Other columns"),
];

/// The kind of a column: how its text is read, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    /// Text by which others refer to it; a spreadsheet's `2.15489E+13` is recognised as ruined.
    Reference,
    /// A reference by which a row replaces its earlier self: ruined, the row cannot be used.
    Identifier,
    Date,
    Amount,
    /// ISO 4217 code as text.
    Currency,
}

/// A column of a ledger, and the field of files that fills it.
#[derive(Debug)]
pub struct Column {
    /// Its name in the ledger, such as `invoice_number`; what a mapping writes.
    pub name: &'static str,
    /// Its name in files, such as `Invoice Number`.
    pub title: &'static str,
    /// Its name on pages, the same in every ledger.
    pub label: &'static str,
    pub kind: ColumnKind,
    /// A sentence on its content for whoever makes the extract.
    pub meaning: &'static str,
    /// The masking of its values.
    pub sensitivity: Sensitivity,
    /// Set when a file without it is refused, and a row without it set aside.
    pub is_mandatory: bool,
    /// The column whose value it takes in a file that lacks it, unless the unit is strict.
    pub derived_from: Option<&'static str>,
    /// The schema of ledgers that had it first: a ledger of an earlier one lacks it.
    pub since: u32,
}

/// The columns that one way of looking at a ledger shows, in its order.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub columns: &'static [&'static str],
    /// Why it leaves out the others.
    pub others: &'static str,
}

/// The column that says in which currency an amount is.
pub fn currency_column(amount: &str) -> Option<&'static str> {
    match amount {
        "base_amount" => Some("base_amount_currency"),
        "invoice_amount" | "vat_amount" | "discount_amount" => Some("invoice_amount_currency"),
        _ => None,
    }
}

impl ColumnKind {
    /// The way in which files write its values, in words.
    pub const fn format(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Reference => "text as it stands, leading zeros too",
            Self::Identifier => "text, in no row empty",
            Self::Date => "day, such as 2026-11-23; one order of day and month in a column",
            Self::Amount => "number, such as 1234.56 or 1.234,56; one way in a column",
            Self::Currency => "ISO 4217 code, such as GBP",
        }
    }
}

impl Column {
    const fn new(
        name: &'static str,
        title: &'static str,
        label: &'static str,
        kind: ColumnKind,
        sensitivity: Sensitivity,
    ) -> Self {
        Self {
            name,
            title,
            label,
            kind,
            meaning: "",
            sensitivity,
            is_mandatory: false,
            derived_from: None,
            since: FIRST_SCHEMA,
        }
    }

    const fn means(self, meaning: &'static str) -> Self {
        Self { meaning, ..self }
    }

    /// Mandatory as well: what nobody misses needs no other value.
    const fn mandatory_or(self, column: &'static str) -> Self {
        Self { is_mandatory: true, derived_from: Some(column), ..self }
    }

    /// Makes it a column of ledgers from this schema on: the number after the greatest in the catalogue,
    /// for a new column.
    #[must_use]
    pub const fn added_in(self, schema: u32) -> Self {
        Self { since: schema, ..self }
    }

    const fn mandatory(self) -> Self {
        Self { is_mandatory: true, ..self }
    }
}

/// Columns of one ledger are compared, and there the name is theirs alone. Not by address: a constant table
/// has as many as the compiler likes.
impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Column {}

impl View {
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }
}

/// The label of what stands beside the columns; none for what is not known.
pub(crate) fn other_label(name: &str) -> Option<&'static str> {
    OTHER_LABELS.iter().find(|(known, _)| *known == name).map(|(_, label)| *label)
}

#[cfg(test)]
mod tests;
