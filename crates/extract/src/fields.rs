//! The fields of every file type: the columns of the catalogue.
//!
//! Not for: what a column is (`domain::columns`), what it is called in files (`names`), which column
//! of a file holds which field (`headers`), or how a value is read (`dates`, `amounts`). Invariant: a
//! field's name is unique in its type and is its column in the ledger.

use std::sync::Arc;

use arrow_schema::{DataType, SchemaRef};
use domain::columns::EXTRA;
use domain::{Column, ColumnKind, FileType, LedgerField, Sensitivity};

/// Digits of an amount, and how many of them stand behind the point: enough for a currency with three
/// decimals and an exchange in the fourth, and 14 digits before.
pub const AMOUNT_PRECISION: u8 = 18;
pub const AMOUNT_SCALE: i8 = 4;
pub(crate) const AMOUNT_DECIMALS: usize = AMOUNT_SCALE.unsigned_abs() as usize;

/// The column with the line (or sheet row) a row came from. Signed, as tables know no other integers.
pub const LINE_COLUMN: &str = "_line";

/// Stands behind the name of an amount in the name of its currency.
const OF_CURRENCY: &str = "_currency";

/// A field of a file type.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    file_type: FileType,
    column: &'static Column,
}

impl Field {
    /// Its column in the ledger, such as `invoice_number`; what a mapping writes.
    pub const fn name(self) -> &'static str {
        self.column.name
    }

    /// The title for people, such as `Invoice Number`.
    pub const fn title(self) -> &'static str {
        self.column.title
    }

    pub const fn kind(self) -> ColumnKind {
        self.column.kind
    }

    /// Returns `true` when a file without it is refused, and a row without it set aside.
    pub const fn is_mandatory(self) -> bool {
        self.column.is_mandatory
    }

    /// The field whose value it takes in a file that lacks it, unless the unit is strict.
    pub fn derived_from(self) -> Option<Self> {
        self.column.derived_from.and_then(|name| self.beside(name))
    }

    /// The field with the currency of an amount.
    pub(crate) fn currency(self) -> Option<Self> {
        let is_amount = self.kind() == ColumnKind::Amount;
        is_amount.then(|| self.beside(&format!("{}{OF_CURRENCY}", self.name()))).flatten()
    }

    /// The field with the amount that a currency is of.
    pub(crate) fn amount(self) -> Option<Self> {
        self.name().strip_suffix(OF_CURRENCY).and_then(|name| self.beside(name))
    }

    /// The field of this name of the same file type.
    pub(crate) fn beside(self, name: &str) -> Option<Self> {
        Self::named(self.file_type, name)
    }

    /// Returns `true` when a problem shows no more of its values than their shape: what is masked in
    /// the ledger, and of people everything, as what could not be read may be anything of somebody.
    pub fn is_personal(self) -> bool {
        let of_anything = self.file_type.spec().of_unknown;
        self.column.sensitivity.max(of_anything) != Sensitivity::Plain
    }

    /// The field as people choose it.
    pub fn described(self) -> LedgerField {
        LedgerField {
            name: self.name(),
            title: self.title(),
            is_mandatory: self.is_mandatory(),
            is_identifier: self.kind() == ColumnKind::Identifier,
            derived_from: self.column.derived_from,
        }
    }

    /// All fields of a type, in the order of the ledger's columns.
    pub fn all(file_type: FileType) -> impl ExactSizeIterator<Item = Self> {
        file_type.spec().columns.iter().map(move |column| Self { file_type, column })
    }

    pub fn named(file_type: FileType, name: &str) -> Option<Self> {
        file_type.column(name).map(|column| Self { file_type, column })
    }
}

/// Fields of one file type are compared, and there the name is theirs alone.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.column == other.column
    }
}

impl Eq for Field {}

/// The columns of the batches of a file type: its fields, then [`EXTRA`] and [`LINE_COLUMN`].
/// All but the last may be null, as a survey reads files that lack mandatory columns.
pub fn schema(file_type: FileType) -> SchemaRef {
    let fields = Field::all(file_type)
        .map(|field| arrow_schema::Field::new(field.name(), arrow_type(field.kind()), true));
    let last = [
        arrow_schema::Field::new(EXTRA, DataType::Utf8, true),
        arrow_schema::Field::new(LINE_COLUMN, DataType::Int64, false),
    ];
    Arc::new(arrow_schema::Schema::new(fields.chain(last).collect::<Vec<_>>()))
}

pub(crate) fn arrow_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Date => DataType::Date32,
        ColumnKind::Amount => DataType::Decimal128(AMOUNT_PRECISION, AMOUNT_SCALE),
        ColumnKind::Text
        | ColumnKind::Reference
        | ColumnKind::Identifier
        | ColumnKind::Currency => DataType::Utf8,
    }
}

#[cfg(test)]
mod tests;
