//! JSON Schemas of values whose types do not describe themselves: moments, days, maps.
//!
//! Not for: types of our own, which do.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// The schema of a moment: RFC 3339, always in UTC.
#[derive(Debug)]
pub struct DateTime;

/// The schema of a day: `2026-11-23`.
#[derive(Debug)]
pub struct Day;

macro_rules! text_of_format {
    ($name:ident, $format:literal) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}
text_of_format!(DateTime, "date-time");
text_of_format!(Day, "date");

/// The schema of the versions of ledgers, by table name.
#[derive(Debug)]
pub struct LedgerVersions;

impl JsonSchema for LedgerVersions {
    fn schema_name() -> Cow<'static, str> {
        "LedgerVersions".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Versions of ledgers, by table name.",
            "additionalProperties": { "type": "integer", "minimum": 0 },
        })
    }
}
