//! The fields of employees: everyone paid through payroll. All of it is personal.

use super::FieldKind::{Date, Identifier, Text};
use super::FieldRow;

/// A full name, or both of its parts.
pub(super) const NAMES: &[&[&str]] = &[&["full_name"], &["first_name", "last_name"]];

pub(super) const FIELDS: &[FieldRow] = &[];
