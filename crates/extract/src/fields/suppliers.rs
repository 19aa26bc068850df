//! The fields of suppliers: one row a supplier, site or bank account.

use super::FieldKind::{Amount, Currency, Date, Identifier, Reference, Text};
use super::FieldRow;

pub(super) const FIELDS: &[FieldRow] = &[];
