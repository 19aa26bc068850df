//! Invoices that are held against the ledgers before they are paid, as they are sent.

use std::borrow::Cow;

use domain::ScreenedInvoice;
use domain::screening::INVOICES_AT_ONCE_MAX;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// One invoice, a list of some, or such a list as the member `invoices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScreeningInvoices {
    pub invoices: Vec<ScreenedInvoice>,
}

impl<'de> Deserialize<'de> for ScreeningInvoices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        let listed = value.get_mut("invoices").map(Value::take);
        let invoices = match listed.unwrap_or(value) {
            Value::Array(invoices) => invoices,
            one => vec![one],
        };
        if !(1..=INVOICES_AT_ONCE_MAX).contains(&invoices.len()) {
            return Err(D::Error::custom(format_args!(
                "a screening is of 1 to {INVOICES_AT_ONCE_MAX} invoices, and here it is {}",
                invoices.len()
            )));
        }
        let read = |(line, invoice): (usize, Value)| {
            let invoice = serde_json::from_value(invoice);
            invoice.map_err(|why| D::Error::custom(format_args!("invoice {line}: {why}")))
        };
        let invoices = (1..).zip(invoices).map(read).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { invoices })
    }
}

impl JsonSchema for ScreeningInvoices {
    fn schema_name() -> Cow<'static, str> {
        "ScreeningInvoices".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<ScreenedInvoice>();
        let some = json_schema!({
            "type": "array", "items": one, "minItems": 1, "maxItems": INVOICES_AT_ONCE_MAX,
        });
        json_schema!({
            "description": "One invoice, a list of some, or such a list as the member `invoices`.",
            "anyOf": [
                one,
                some,
                { "type": "object", "properties": { "invoices": some }, "required": ["invoices"] },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invoices_are_read_alone_and_in_lists() {
        let one = r#"{"invoice_number":"A1","invoice_amount":"7","invoice_date":"2026-03-01"}"#;
        let read = |text: &str| serde_json::from_str::<ScreeningInvoices>(text);
        for (text, count) in [
            (one.to_owned(), 1),
            (format!("[{one},{one}]"), 2),
            (format!(r#"{{"invoices":[{one}]}}"#), 1),
        ] {
            assert_eq!(read(&text).unwrap().invoices.len(), count, "{text}");
        }
        for (wrong, why) in [
            ("[]".to_owned(), "1 to 1000 invoices"),
            (format!("[{}]", vec![one; 1_001].join(",")), "and here it is 1001"),
            (format!("[{one},{{}}]"), "invoice 2: missing field"),
            ("7".to_owned(), "invoice 1: invalid type"),
        ] {
            let error = read(&wrong).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
