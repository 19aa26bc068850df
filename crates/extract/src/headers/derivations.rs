//! Fields that a file lacks and that follow from another of its fields without harm.
//!
//! Not for: what a mapping says, or which field follows from which (`domain::columns`). Invariants:
//! nothing is derived that is there or mapped; an amount is never taken for one in the base currency where
//! the file shows that it is in another.
//!
//! The Unique ID is not derived: a row takes the place of the earlier row with its Unique ID, so that
//! one made of supplier, number, date and amount would make an invoice keyed twice one row, and nobody
//! would find it.

use domain::{ColumnKind, FileType};

use super::Header;
use super::sources::{BaseCurrency, HeldAmount, Source};
use crate::fields::Field;

/// A field, and the one whose value it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derivation {
    pub field: Field,
    pub from: Field,
}

const BASE_AMOUNT: &str = "base_amount";

impl Header {
    /// The derivations of fields that have no source and no column that a mapping names for them.
    pub(crate) fn derivations(&self, file_type: FileType) -> Vec<Derivation> {
        let derivation = |field: Field| {
            let from = field.derived_from()?;
            let is_missing = self.source(field).is_none()
                && self.missing.iter().all(|missing| missing.field != field);
            (is_missing && self.source(from).is_some()).then_some(Derivation { field, from })
        };
        Field::all(file_type).filter_map(derivation).collect()
    }

    /// Gives the fields that follow from others their sources.
    pub(crate) fn derive(&mut self, file_type: FileType) {
        self.derived = self.derivations(file_type);
        for Derivation { field, from } in self.derived.clone() {
            let source = self.source(from).cloned();
            self.sources.extend(source.map(|source| (field, source)));
            self.same_as.push((field, from));
        }
        self.hold_to_base_currency(file_type);
    }

    /// Gives transactions without an identifier one: this text and the line of each.
    pub(crate) fn number_rows(&mut self, file_type: FileType, text: &str) {
        let key = Field::all(file_type).find(|field| field.kind() == ColumnKind::Identifier);
        let is_lacking = |field: &Field| {
            self.source(*field).is_none()
                && self.missing.iter().all(|missing| missing.field != *field)
        };
        if let Some(key) = key.filter(is_lacking) {
            self.sources.push((key, Source::Numbered(text.to_owned())));
        }
    }

    /// Where the base amount is said to be the invoice amount, it is so in rows in the base currency alone.
    pub(super) fn hold_to_base_currency(&mut self, file_type: FileType) {
        let Some(base) = Field::named(file_type, BASE_AMOUNT) else { return };
        let Some(amount) = base.derived_from() else { return };
        let (Some(base_code), Some(code)) = (base.currency(), amount.currency()) else { return };
        if !self.same_as.contains(&(base, amount)) {
            return;
        }
        let of = match self.source(amount).cloned() {
            Some(Source::Column(of)) => of,
            // Nothing says of an amount in two columns that it is in the base currency.
            Some(Source::Sides(_)) if self.source(code).is_some() => return self.forget(base),
            _ => return,
        };
        let base_currency = match self.source(base_code).cloned() {
            Some(Source::Column(position)) => BaseCurrency::Column(position),
            Some(Source::Constant(code)) => BaseCurrency::Code(code),
            _ => BaseCurrency::MostFrequent,
        };
        let given = self.source(code).cloned();
        let currency = given.as_ref().and_then(|source| source.positions().first().copied());
        let (from, base_of) = (amount, base_currency.clone());
        self.held = Some(HeldAmount { amount: base, from, base: base_of, currency });
        let currency = match given {
            Some(Source::Column(position)) => position,
            // All rows are in the one currency that is known, and so is the base amount.
            Some(currency @ Source::Constant(_)) if self.source(base_code).is_none() => {
                self.derive_base_currency(base_code, code, currency);
                return;
            }
            _ => return,
        };
        let held = |of| Source::InBaseCurrency { of, currency, base: base_currency.clone() };
        self.set(base, held(of));
        if base_currency == BaseCurrency::MostFrequent {
            if self.source(base_code).is_none() {
                self.derive_base_currency(base_code, code, held(currency));
            } else {
                self.set(base_code, held(currency));
            }
        }
    }

    fn derive_base_currency(&mut self, field: Field, from: Field, source: Source) {
        self.derived.push(Derivation { field, from });
        self.same_as.push((field, from));
        self.set(field, source);
    }

    /// Takes a field's derivation back.
    fn forget(&mut self, field: Field) {
        self.sources.retain(|(of, _)| *of != field);
        self.derived.retain(|derivation| derivation.field != field);
        self.same_as.retain(|(of, _)| *of != field);
    }

    fn set(&mut self, field: Field, source: Source) {
        self.sources.retain(|(of, _)| *of != field);
        self.sources.push((field, source));
    }
}
