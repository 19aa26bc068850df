//! The fields of transactions (`APT`): header values of invoices and credit notes.

use super::FieldKind::{Amount, Currency, Date, Identifier, Reference, Text};
use super::FieldRow;

pub(super) const FIELDS: &[FieldRow] = &[];
