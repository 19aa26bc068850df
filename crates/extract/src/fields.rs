//! The fields of the three file types: one table says what each is, must be and is called elsewhere.
//!
//! Not for: which column of a file holds which (`headers`), or how a value is read (`dates`,
//! `amounts`). Invariant: a field's name is unique in its type and is its column in the ledger.

use std::sync::Arc;

use arrow_schema::{DataType, SchemaRef};
use domain::FileType;

mod employees;
mod suppliers;
mod transactions;

/// Digits of an amount, and how many of them stand behind the point: enough for a currency with three
/// decimals and an exchange in the fourth, and 14 digits before.
pub const AMOUNT_PRECISION: u8 = 18;
pub const AMOUNT_SCALE: i8 = 4;

/// The column with what is in no field: a JSON object of header to text, null when there is nothing.
pub const EXTRA_COLUMN: &str = "extra";
/// The column with the line (or sheet row) a row came from. Signed, as tables know no other integers.
pub const LINE_COLUMN: &str = "_line";

/// How a field's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
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

#[derive(Debug)]
pub(crate) struct FieldRow {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: FieldKind,
    pub(crate) must: bool,
    pub(crate) personal: bool,
    /// Other names, the likeliest first: of two columns that could be the field, the earlier wins.
    /// Written as [`crate::headers::normal`] leaves them, with a blank between.
    pub(crate) synonyms: &'static str,
}

impl FieldRow {
    const fn must(
        name: &'static str,
        title: &'static str,
        kind: FieldKind,
        synonyms: &'static str,
    ) -> Self {
        Self { name, title, kind, must: true, personal: false, synonyms }
    }

    const fn may(
        name: &'static str,
        title: &'static str,
        kind: FieldKind,
        synonyms: &'static str,
    ) -> Self {
        Self { name, title, kind, must: false, personal: false, synonyms }
    }

    const fn personal(self) -> Self {
        Self { personal: true, ..self }
    }
}

/// A field of a file type.
#[derive(Debug, Clone, Copy)]
pub struct Field(&'static FieldRow);

impl Field {
    /// Its column in the ledger, such as `invoice_number`; what a mapping writes.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// As people call it, such as `Invoice Number`.
    pub const fn title(self) -> &'static str {
        self.0.title
    }

    pub const fn kind(self) -> FieldKind {
        self.0.kind
    }

    /// Whether a file without it is refused, and a row without it set aside.
    pub const fn is_mandatory(self) -> bool {
        self.0.must
    }

    /// Whether its values are masked wherever they are shown.
    pub const fn is_personal(self) -> bool {
        self.0.personal
    }

    pub(crate) fn synonyms(self) -> impl Iterator<Item = &'static str> {
        self.0.synonyms.split_whitespace()
    }

    /// All fields of a type, in the order of the ledger's columns.
    pub fn all(file_type: FileType) -> impl ExactSizeIterator<Item = Self> {
        rows(file_type).iter().map(Self)
    }

    pub fn named(file_type: FileType, name: &str) -> Option<Self> {
        Self::all(file_type).find(|field| field.name() == name)
    }
}

/// Fields of one file type are compared, and there the name is theirs alone. Not by address: a constant
/// table has as many as the compiler likes, and one only in a debug build.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Field {}

/// Fields that may stand for one another: at least one of the groups must be there whole, in a file
/// as columns and in a row as values.
pub(crate) fn alternatives(file_type: FileType) -> &'static [&'static [&'static str]] {
    match file_type {
        FileType::Transactions | FileType::Suppliers => &[],
        FileType::Employees => employees::NAMES,
    }
}

/// The columns of the batches of a file type: its fields, then [`EXTRA_COLUMN`] and [`LINE_COLUMN`].
/// All but the last may be null, as a survey reads files that lack mandatory columns.
pub fn schema(file_type: FileType) -> SchemaRef {
    let fields = Field::all(file_type)
        .map(|field| arrow_schema::Field::new(field.name(), arrow_type(field.kind()), true));
    let last = [
        arrow_schema::Field::new(EXTRA_COLUMN, DataType::Utf8, true),
        arrow_schema::Field::new(LINE_COLUMN, DataType::Int64, false),
    ];
    Arc::new(arrow_schema::Schema::new(fields.chain(last).collect::<Vec<_>>()))
}

pub(crate) fn arrow_type(kind: FieldKind) -> DataType {
    match kind {
        FieldKind::Date => DataType::Date32,
        FieldKind::Amount => DataType::Decimal128(AMOUNT_PRECISION, AMOUNT_SCALE),
        FieldKind::Text | FieldKind::Reference | FieldKind::Identifier | FieldKind::Currency => {
            DataType::Utf8
        }
    }
}

fn rows(file_type: FileType) -> &'static [FieldRow] {
    match file_type {
        FileType::Transactions => transactions::FIELDS,
        FileType::Suppliers => suppliers::FIELDS,
        FileType::Employees => employees::FIELDS,
    }
}

#[cfg(test)]
mod tests;
